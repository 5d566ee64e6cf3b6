//! The queues before `replies` and `receipts`: on file until handled, delivered again where the handler asks. Lines of the
//! delivery log stand in one too, since Lambda tries again what it was handed by CloudWatch.
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::data::write_json;
use super::failures::Failures;
use super::functions::{Functions, ORIGINATION_NUMBER};

/// Most messages in one call.
const BATCH: usize = 10;
/// Deliveries before a message goes to the failure list.
const ATTEMPTS: u32 = 5;

/// Every queue.
pub(crate) struct Queues {
    replies: Queue,
    receipts: Queue,
    text_log: Queue,
}

/// Who reads a queue, and in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueueReader {
    /// Texts that came in.
    Replies,
    /// What SES says of e-mails.
    Receipts,
    /// What SNS wrote into its delivery log about texts.
    TextLog,
}

impl Queues {
    /// The queues kept in `folder`; messages given up go to `failures`.
    pub(crate) fn open(folder: &Path, failures: &Arc<Failures>) -> anyhow::Result<Self> {
        let open = |reader, name| Queue::open(reader, folder.join(name), Arc::clone(failures));
        Ok(Self {
            replies: open(QueueReader::Replies, "replies.json")?,
            receipts: open(QueueReader::Receipts, "receipts.json")?,
            text_log: open(QueueReader::TextLog, "text-log.json")?,
        })
    }

    /// Takes a text in the form in which the messaging service publishes it, raw.
    pub(crate) fn add_text(&mut self, from: &str, words: &str, at: Timestamp) -> anyhow::Result<()> {
        let id = startup::Entropy::system().token();
        let keyword = words.split_whitespace().next().unwrap_or_default().to_uppercase();
        let body = json!({
            "originationNumber": from,
            "destinationNumber": ORIGINATION_NUMBER,
            "messageKeyword": keyword,
            "messageBody": words,
            "inboundMessageId": id,
        });
        self.replies.add(id, body.to_string(), at)
    }

    /// Takes a message as it is, also one that is no text or one that was delivered before.
    pub(crate) fn add_raw_text(&mut self, body: &str, at: Timestamp) -> anyhow::Result<()> {
        self.replies.add(startup::Entropy::system().token(), body.to_owned(), at)
    }

    /// Takes a notification or event of SES.
    pub(crate) fn add_ses_event(&mut self, event: &Value, at: Timestamp) -> anyhow::Result<()> {
        self.receipts.add(startup::Entropy::system().token(), event.to_string(), at)
    }

    /// Takes a line of the delivery log.
    pub(crate) fn add_sms_log(&mut self, line: &Value, at: Timestamp) -> anyhow::Result<()> {
        self.text_log.add(startup::Entropy::system().token(), line.to_string(), at)
    }

    /// Delivers one batch of each; whether there was one. What was moved back from a failure queue comes again.
    pub(crate) async fn step(&mut self, functions: &Functions, now: Timestamp) -> anyhow::Result<bool> {
        let mut moved = false;
        for queue in [&mut self.replies, &mut self.receipts] {
            for body in queue.failures.take(queue.reader.queue())? {
                queue.add(startup::Entropy::system().token(), body, now)?;
            }
        }
        for queue in [&mut self.replies, &mut self.receipts, &mut self.text_log] {
            moved |= queue.step(functions).await?;
        }
        Ok(moved)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    id: String,
    body: String,
    sent_at: Timestamp,
    received: u32,
}

/// One queue.
struct Queue {
    reader: QueueReader,
    waiting: Vec<Message>,
    file: PathBuf,
    failures: Arc<Failures>,
}

impl Queue {
    fn open(reader: QueueReader, file: PathBuf, failures: Arc<Failures>) -> anyhow::Result<Self> {
        let waiting = match std::fs::read(&file) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", file.display()))?
            }
            Err(_) => Vec::new(),
        };
        Ok(Self { reader, waiting, file, failures })
    }

    fn add(&mut self, id: String, body: String, sent_at: Timestamp) -> anyhow::Result<()> {
        self.waiting.push(Message { id, body, sent_at, received: 0 });
        write_json(&self.file, &self.waiting)
    }

    async fn step(&mut self, functions: &Functions) -> anyhow::Result<bool> {
        let batch: Vec<Message> = self.waiting.iter().take(BATCH).cloned().collect();
        if batch.is_empty() {
            return Ok(false);
        }
        let event = self.reader.event(&batch)?;
        let function = self.reader.function();
        let failed: Vec<String> = match functions.read_queue(self.reader, event).await {
            Ok(answer) => {
                answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
            }
            Err(error) => {
                tracing::error!(function.name = function, error = format!("{error:#}"), "batch failed");
                batch.iter().map(|message| message.id.clone()).collect()
            }
        };
        let mut later: Vec<Message> = self.waiting.split_off(batch.len());
        for mut message in batch.into_iter().filter(|message| failed.contains(&message.id)) {
            message.received += 1;
            if message.received < ATTEMPTS {
                later.push(message);
            } else {
                let place = json!({"function": function, "message_id": message.id});
                self.failures.add(self.reader.failures(), self.reader.given_up(message)?, &place)?;
            }
        }
        self.waiting = later;
        write_json(&self.file, &self.waiting)?;
        Ok(true)
    }
}

impl QueueReader {
    /// Name of the function.
    fn function(self) -> &'static str {
        match self {
            Self::Replies => "replies",
            Self::Receipts | Self::TextLog => "receipts",
        }
    }

    /// Name of the queue.
    fn queue(self) -> &'static str {
        match self {
            Self::Replies => "RepliesQueue",
            Self::Receipts | Self::TextLog => "ReceiptsQueue",
        }
    }

    /// Name of its failure queue.
    fn failures(self) -> &'static str {
        match self {
            Self::Replies => "RepliesFailures",
            Self::Receipts | Self::TextLog => "ReceiptsFailures",
        }
    }

    /// What lands in the failure queue: the message itself, or what Lambda says of an event that it was handed.
    fn given_up(self, message: Message) -> anyhow::Result<String> {
        Ok(match self {
            Self::Replies | Self::Receipts => message.body,
            Self::TextLog => json!({"version": "1.0", "requestPayload": log_batch(&[message])?}).to_string(),
        })
    }

    fn event(self, batch: &[Message]) -> anyhow::Result<Value> {
        match self {
            Self::Replies | Self::Receipts => {
                Ok(json!({"Records": batch.iter().map(|one| self.record(one)).collect::<Vec<_>>()}))
            }
            Self::TextLog => log_batch(batch),
        }
    }

    fn record(self, message: &Message) -> Value {
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
            "eventSourceARN": format!("arn:aws:sqs:us-east-1:000000000000:{}", self.function()),
            "awsRegion": "us-east-1",
        })
    }
}

/// What a subscription of CloudWatch Logs hands over: packed, in base64.
fn log_batch(lines: &[Message]) -> anyhow::Result<Value> {
    let event = |line: &Message| json!({"id": line.id, "timestamp": line.sent_at.as_millisecond(), "message": line.body});
    let batch = json!({
        "messageType": "DATA_MESSAGE",
        "owner": "000000000000",
        "logGroup": "sns/us-east-1/000000000000/DirectPublishToPhoneNumber",
        "logStream": "local",
        "subscriptionFilters": ["receipts"],
        "logEvents": lines.iter().map(event).collect::<Vec<_>>(),
    });
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(batch.to_string().as_bytes())?;
    Ok(json!({"awslogs": {"data": STANDARD.encode(packed.finish()?)}}))
}
