//! Texts that come in: STOP stops everything to that number, START lifts it. The queue keeps a reply until it is
//! handled, so that a STOP is never lost.
use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use serde::Deserialize;
use startup::{Clock, Runtime};
use table::StoreError;
use table::contacts::Contacts;
use table::planning::open_contacts;
use updates::reply::{self, Reply};
use updates::{ContactState, Scope};

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &["CONTACTS_TABLE", "CONTACTS_KEY_ID"];

/// How often a contact is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 8;

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    contacts: Contacts,
    clock: Clock,
}

/// A text that came in, as End User Messaging posts it to the topic.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InboundText {
    origination_number: String,
    message_body: String,
}

impl Context {
    /// Reads the variables.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        Ok(Self { contacts: open_contacts(runtime, &dynamo, &kms)?, clock: runtime.clock.clone() })
    }
}

/// Handles a batch; a text that could not be recorded is reported and comes again.
pub async fn handle(context: &Context, event: SqsEvent) -> anyhow::Result<SqsBatchResponse> {
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        let body = record.body.unwrap_or_default();
        let Ok(text) = serde_json::from_str::<InboundText>(&body) else {
            tracing::error!("a queue message is not an inbound text; it goes to the dead-letter queue");
            response.batch_item_failures.push(failure(record.message_id));
            continue;
        };
        if let Err(error) = take(context, &text).await {
            tracing::error!(error = %error, "reply could not be recorded");
            response.batch_item_failures.push(failure(record.message_id));
        }
    }
    Ok(response)
}

async fn take(context: &Context, text: &InboundText) -> Result<(), StoreError> {
    let reply = reply::read(&text.message_body);
    let mut round = 0;
    loop {
        let Some((address, state)) = context.contacts.find(&text.origination_number).await? else {
            return Ok(());
        };
        let Some(next) = changed(&state, reply, context.clock.now()) else { return Ok(()) };
        match context.contacts.write(&address, &next).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => return result,
        }
    }
}

/// The state after a reply, or `None` where it changes nothing. START lifts opt-outs only, never a latch.
fn changed(state: &ContactState, reply: Reply, now: jiff::Timestamp) -> Option<ContactState> {
    match reply {
        Reply::Stop => state.opted_out(Scope::All, now, "text"),
        Reply::Start => state.opted_in(),
        _ => None,
    }
}

fn failure(message_id: Option<String>) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id.unwrap_or_default();
    failure
}
