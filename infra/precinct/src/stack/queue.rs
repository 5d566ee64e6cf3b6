//! The queue between inbound texts and `replies`: on file until handled, delivered again where the handler asks.
use std::path::PathBuf;

use anyhow::Context as _;
use aws_lambda_events::event::sqs::SqsEvent;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::captures::append_line;
use super::data::write_json;
use super::functions::{Functions, ORIGINATION_NUMBER};

/// Most messages in one call.
const BATCH: usize = 10;
/// Deliveries before a message goes to the failure list.
const ATTEMPTS: u32 = 5;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    id: String,
    body: String,
    sent_at: Timestamp,
    received: u32,
}

/// The queue.
pub(crate) struct Replies {
    waiting: Vec<Message>,
    file: PathBuf,
    failed: PathBuf,
}

impl Replies {
    /// The queue kept in `file`; messages given up are noted in `failed`.
    pub(crate) fn open(file: PathBuf, failed: PathBuf) -> anyhow::Result<Self> {
        let waiting = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).context("replies.json is damaged")?,
            Err(_) => Vec::new(),
        };
        Ok(Self { waiting, file, failed })
    }

    /// Takes a text in the form in which the messaging service publishes it, raw.
    pub(crate) fn add(&mut self, from: &str, words: &str, at: Timestamp) -> anyhow::Result<()> {
        let id = startup::Entropy::system().token();
        let keyword = words.split_whitespace().next().unwrap_or_default().to_uppercase();
        let body = json!({
            "originationNumber": from,
            "destinationNumber": ORIGINATION_NUMBER,
            "messageKeyword": keyword,
            "messageBody": words,
            "inboundMessageId": id,
        });
        self.waiting.push(Message { id, body: body.to_string(), sent_at: at, received: 0 });
        write_json(&self.file, &self.waiting)
    }

    /// Delivers one batch; whether there was one.
    pub(crate) async fn step(&mut self, functions: &Functions) -> anyhow::Result<bool> {
        let batch: Vec<Message> = self.waiting.iter().take(BATCH).cloned().collect();
        if batch.is_empty() {
            return Ok(false);
        }
        let records: Vec<Value> = batch.iter().map(as_record).collect();
        let event: SqsEvent = serde_json::from_value(json!({"Records": records}))?;
        let failed: Vec<String> = match functions.read_replies(event).await {
            Ok(answer) => {
                answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
            }
            Err(error) => {
                tracing::error!(function.name = "replies", error = format!("{error:#}"), "batch failed");
                batch.iter().map(|message| message.id.clone()).collect()
            }
        };
        let mut later: Vec<Message> = self.waiting.split_off(batch.len());
        for mut message in batch.into_iter().filter(|message| failed.contains(&message.id)) {
            message.received += 1;
            if message.received < ATTEMPTS {
                later.push(message);
            } else {
                append_line(&self.failed, &json!({"function": "replies", "message_id": message.id}))?;
            }
        }
        self.waiting = later;
        write_json(&self.file, &self.waiting)?;
        Ok(true)
    }
}

fn as_record(message: &Message) -> Value {
    json!({
        "messageId": message.id,
        "receiptHandle": message.id,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": (message.received + 1).to_string(),
            "SentTimestamp": message.sent_at.as_millisecond().to_string(),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:replies",
        "awsRegion": "us-east-1",
    })
}
