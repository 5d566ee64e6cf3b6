//! What became of messages after a provider took them: delivered or failed is marked, dead addresses and opt-outs are
//! remembered, a lost answer is cleared up, and a person is asked to tell what must be told. Nothing is sent again.
//!
//! ```text
//! SES ─▶ topic ─▶ queue ─┐
//!                        ├─▶ read ─▶ find the message ─▶ Contacts, tasks, state
//! SNS ─▶ delivery log ───┘
//! ```
use aws_lambda_events::event::cloudwatch_logs::LogsEvent;
use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use startup::{Clock, Runtime, agency};
use table::contacts::Contacts;
use table::messages::Messages;
use table::planning::{open_contacts, open_messages};
use updates::receipt;

mod find;
mod settle;

use settle::Settled;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] =
    &["MESSAGES_TABLE", "CONTACTS_TABLE", "UPDATES_KEY_ID", "CONTACTS_KEY_ID", "AGENCY_DIR"];

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    messages: Messages,
    contacts: Contacts,
    zone: TimeZone,
    clock: Clock,
}

impl Context {
    /// Reads the variables and the agency's time zone.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        Ok(Self {
            messages: open_messages(runtime, &dynamo, &kms)?,
            contacts: open_contacts(runtime, &dynamo, &kms)?,
            zone: folder.agency()?.zone()?,
            clock: runtime.clock.clone(),
        })
    }
}

/// Handles a batch of the queue or of the delivery log. Of the queue, what could not be settled is reported and comes
/// again; of the log, the whole batch does, since repetition changes nothing.
pub async fn handle(context: &Context, event: Value) -> anyhow::Result<SqsBatchResponse> {
    if event.get("awslogs").is_some() {
        let Ok(batch) = LogsEvent::deserialize(&event) else {
            anyhow::bail!("a delivery log batch is not base64 of packed JSON")
        };
        return from_log(context, batch).await;
    }
    let Ok(batch) = SqsEvent::deserialize(&event) else {
        anyhow::bail!("an event is neither of a queue nor of a delivery log")
    };
    let mut response = SqsBatchResponse::default();
    for record in batch.records {
        if !settle_all(context, &record.body.unwrap_or_default()).await {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = record.message_id.unwrap_or_default();
            response.batch_item_failures.push(failure);
        }
    }
    Ok(response)
}

async fn from_log(context: &Context, batch: LogsEvent) -> anyhow::Result<SqsBatchResponse> {
    // The service's own test of the way here.
    if batch.aws_logs.data.message_type == "CONTROL_MESSAGE" {
        return Ok(SqsBatchResponse::default());
    }
    let lines = &batch.aws_logs.data.log_events;
    let mut unsettled = 0;
    for line in lines {
        unsettled += usize::from(!settle_all(context, &line.message).await);
    }
    anyhow::ensure!(unsettled == 0, "{unsettled} of {} delivery log lines were not settled", lines.len());
    Ok(SqsBatchResponse::default())
}

/// Settles everything in `sent`; whether nothing of it has to come again.
async fn settle_all(context: &Context, sent: &str) -> bool {
    let receipts = match receipt::read(sent) {
        Ok(receipts) => receipts,
        Err(error) => {
            tracing::error!(error = %error, "receipt goes to the failure queue");
            return false;
        }
    };
    let mut done = true;
    for receipt in &receipts {
        match settle::settle(context, receipt).await {
            Ok(Settled::Done) => {}
            Ok(Settled::Foreign) => tracing::info!(
                receipt.channel = %receipt.channel,
                "receipt belongs to no message of this department that it can be told of"
            ),
            // Its message is perhaps being marked at this moment.
            Ok(Settled::TooEarly) => done = false,
            Err(error) => {
                tracing::error!(error = %error, "receipt could not be settled");
                done = false;
            }
        }
    }
    done
}
