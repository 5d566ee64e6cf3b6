//! Texts that come in: STOP, START and HELP in every form, languages, emergencies, answers to surveys and to news of a
//! case. Each is stored once with everything that follows from it; the queue keeps it until then, so that a STOP is
//! never lost.
use std::sync::Arc;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use jiff::Timestamp;
use startup::{Clock, Runtime, agency};
use table::contacts::Contacts;
use table::messages::Messages;
use table::planning::{open_contacts, open_messages, policy};
use updates::Policy;

mod hear;

use hear::InboundText;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] =
    &["MESSAGES_TABLE", "CONTACTS_TABLE", "UPDATES_KEY_ID", "CONTACTS_KEY_ID", "AGENCY_DIR"];

/// What the function works with, made once per start. It needs no texts: a bad one never stops a STOP.
#[derive(Clone, Debug)]
pub struct Context {
    messages: Messages,
    contacts: Contacts,
    policy: Arc<Policy>,
    default_language: String,
    clock: Clock,
}

impl Context {
    /// Reads the variables and the rules.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        Ok(Self {
            messages: open_messages(runtime, &dynamo, &kms)?,
            contacts: open_contacts(runtime, &dynamo, &kms)?,
            policy: Arc::new(policy(&folder)?),
            default_language: folder.agency()?.default_language,
            clock: runtime.clock.clone(),
        })
    }
}

/// Handles a batch; a text that could not be recorded is reported and comes again.
pub async fn handle(context: &Context, event: SqsEvent) -> anyhow::Result<SqsBatchResponse> {
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        let body = record.body.as_deref().unwrap_or_default();
        let Ok(text) = serde_json::from_str::<InboundText>(body) else {
            tracing::error!("a queue message is not an inbound text; it goes to the dead-letter queue");
            response.batch_item_failures.push(failure(record.message_id));
            continue;
        };
        let Some(id) = text.inbound_message_id.clone().or_else(|| record.message_id.clone()) else {
            tracing::error!("an inbound text has no id; it goes to the dead-letter queue");
            response.batch_item_failures.push(failure(record.message_id));
            continue;
        };
        let received = received(&record, context.clock.now());
        if let Err(error) = hear::take(context, &text, &id, received).await {
            tracing::error!(error = %error, "reply could not be recorded");
            response.batch_item_failures.push(failure(record.message_id));
        }
    }
    Ok(response)
}

/// When the queue took the text: the clock of a revocation runs from there, however long it waits.
fn received(record: &SqsMessage, now: Timestamp) -> Timestamp {
    let stamp = record.attributes.get("SentTimestamp").and_then(|stamp| stamp.parse().ok());
    stamp.and_then(|stamp| Timestamp::from_millisecond(stamp).ok()).unwrap_or(now).min(now)
}

fn failure(message_id: Option<String>) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id.unwrap_or_default();
    failure
}
