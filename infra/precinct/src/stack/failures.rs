//! The failure queues: what Lambda and SQS put there when they give up, in their own forms, readable and deletable as
//! SQS is. `failed.jsonl` lists the same for people, without content; nothing is ever taken out of it.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::captures::append_line;
use super::data::write_json;
use super::server::{Reply, plain};

/// Most messages SQS hands out at a time.
const AT_ONCE: usize = 10;
/// How long a message that was handed out is hidden unless asked otherwise.
const HIDDEN_SECONDS: u64 = 30;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    id: String,
    queue: String,
    body: String,
}

#[derive(Default)]
struct Kept {
    messages: Vec<Message>,
    hidden: BTreeMap<String, Instant>,
}

/// Every failure queue, and what was moved out of one back to where it came from.
pub(crate) struct Failures {
    file: PathBuf,
    log: PathBuf,
    kept: Mutex<Kept>,
}

impl Failures {
    /// The queues kept in `file`; the list for people is `log`.
    pub(crate) fn open(file: PathBuf, log: PathBuf) -> anyhow::Result<Self> {
        let messages = match std::fs::read(&file) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", file.display()))?
            }
            Err(_) => Vec::new(),
        };
        Ok(Self { file, log, kept: Mutex::new(Kept { messages, ..Kept::default() }) })
    }

    /// Adds `body` to `queue`, and `place`, which holds no content, to the list for people.
    pub(crate) fn add(&self, queue: &str, body: String, place: &Value) -> anyhow::Result<()> {
        append_line(&self.log, place)?;
        self.put(queue, body)
    }

    fn put(&self, queue: &str, body: String) -> anyhow::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.messages.push(Message { id: startup::Entropy::system().token(), queue: queue.into(), body });
        write_json(&self.file, &kept.messages)
    }

    /// Takes out everything in `queue`.
    pub(crate) fn take(&self, queue: &str) -> anyhow::Result<Vec<String>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (taken, left): (Vec<Message>, _) =
            std::mem::take(&mut kept.messages).into_iter().partition(|message| message.queue == queue);
        kept.messages = left;
        if !taken.is_empty() {
            write_json(&self.file, &kept.messages)?;
        }
        Ok(taken.into_iter().map(|message| message.body).collect())
    }

    /// Answers `action` as SQS does.
    pub(crate) fn answer(&self, action: &str, body: &[u8]) -> Reply {
        let ask: Value = serde_json::from_slice(body).unwrap_or_default();
        let queue =
            ask["QueueUrl"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        let answered = match action {
            "ReceiveMessage" => Ok(self.receive(&queue, &ask)),
            "DeleteMessage" => self.delete(&ask).map(|()| json!({})),
            "ChangeMessageVisibility" => {
                let seconds = ask["VisibilityTimeout"].as_u64().unwrap_or_default();
                self.hide(ask["ReceiptHandle"].as_str().unwrap_or_default(), seconds);
                Ok(json!({}))
            }
            "SendMessage" => {
                let body = ask["MessageBody"].as_str().unwrap_or_default().to_owned();
                self.put(&queue, body).map(|()| json!({"MessageId": startup::Entropy::system().token()}))
            }
            other => Err(anyhow::anyhow!("the local stack has no action {other} of SQS")),
        };
        match answered {
            Ok(answer) => plain(StatusCode::OK, "application/x-amz-json-1.0", answer.to_string()),
            Err(error) => {
                let refusal =
                    json!({"__type": "com.amazonaws.sqs#InvalidAddress", "message": error.to_string()});
                plain(StatusCode::BAD_REQUEST, "application/x-amz-json-1.0", refusal.to_string())
            }
        }
    }

    fn receive(&self, queue: &str, ask: &Value) -> Value {
        let most = ask["MaxNumberOfMessages"].as_u64().map_or(1, |most| most as usize).min(AT_ONCE);
        let seconds = ask["VisibilityTimeout"].as_u64().unwrap_or(HIDDEN_SECONDS);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.hidden.retain(|_, until| *until > Instant::now());
        let visible: Vec<Message> = kept
            .messages
            .iter()
            .filter(|message| message.queue == queue && !kept.hidden.contains_key(&message.id))
            .take(most)
            .cloned()
            .collect();
        for message in &visible {
            kept.hidden.insert(message.id.clone(), Instant::now() + Duration::from_secs(seconds));
        }
        let shown = |message: &Message| json!({"MessageId": message.id, "ReceiptHandle": message.id, "Body": message.body});
        json!({"Messages": visible.iter().map(shown).collect::<Vec<_>>()})
    }

    fn delete(&self, ask: &Value) -> anyhow::Result<()> {
        let handle = ask["ReceiptHandle"].as_str().unwrap_or_default();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.messages.retain(|message| message.id != handle);
        write_json(&self.file, &kept.messages)
    }

    fn hide(&self, handle: &str, seconds: u64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.hidden.insert(handle.to_owned(), Instant::now() + Duration::from_secs(seconds));
    }
}
