//! What was "sent": texts, e-mails and webhooks as their receivers got them, written down before the sender is answered.
//! And what is made to fail: providers, and the event-source mappings of the streams.
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A text as the carrier got it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Number, E.164.
    pub to: String,
    /// Words.
    pub body: String,
    /// The provider's id.
    pub message_id: String,
    /// When, by the virtual clock.
    pub at: Timestamp,
}

/// An e-mail as the mail server got it; the raw form lies in `captures/<message id>.eml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// Address.
    pub to: String,
    /// Subject, decoded.
    pub subject: String,
    /// Plain part, decoded.
    pub text: String,
    /// HTML part, decoded.
    pub html: String,
    /// The provider's id.
    pub message_id: String,
    /// When, by the virtual clock.
    pub at: Timestamp,
}

/// A webhook as its receiver got it, whatever it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// The sender's id: the same for each repetition.
    pub id: String,
    /// Whether the signature is right at this moment of the stack's clock.
    pub signed: bool,
    /// What was posted.
    pub body: serde_json::Value,
    /// Status it was answered with.
    pub status: u16,
    /// When, by the virtual clock.
    pub at: Timestamp,
}

/// What can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Texts.
    Sns,
    /// E-mails.
    Ses,
    /// The receiver of task webhooks.
    Webhook,
    /// The stream of Incidents on its way to plan-updates.
    PlanUpdates,
    /// The stream of Incidents on its way to log-crime.
    LogCrime,
    /// The stream of Messages on its way to send-updates.
    SendUpdates,
}

impl Service {
    /// All of them.
    pub(crate) const ALL: [Self; 6] =
        [Self::Sns, Self::Ses, Self::Webhook, Self::PlanUpdates, Self::LogCrime, Self::SendUpdates];
}

/// How it fails. What stands behind the semicolon is said of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It does not.
    #[default]
    Off,
    /// It takes the message, its answer never arrives; the reader does its work, the batch counts as failed.
    AcceptThenLose,
    /// It refuses for now, nothing was sent; the mapping is disabled, records wait.
    Throttle,
    /// It refuses for good; each record goes unread to the failure queue.
    Reject,
}

/// How long a lost answer keeps the caller waiting before the connection ends, longer than any client waits:
/// time to kill the process in between.
pub(crate) const HOLD: Duration = Duration::from_secs(30);

/// What was sent, on file alone, so that a stack that sends for hours takes no more memory than one that began; and the faults
/// in force.
pub(crate) struct Captures {
    folder: PathBuf,
    // Held while a line is written, so that a reader gets whole ones.
    on_file: Mutex<()>,
    faults: Mutex<BTreeMap<Service, (Fault, Duration)>>,
}

const TEXTS: &str = "texts.jsonl";
const EMAILS: &str = "emails.jsonl";
const WEBHOOKS: &str = "webhooks.jsonl";

impl Captures {
    /// The captures kept in `folder`, which is refused where they are damaged.
    pub(crate) fn open(folder: PathBuf) -> anyhow::Result<Self> {
        let captures = Self { folder, on_file: Mutex::default(), faults: Mutex::default() };
        captures.texts()?;
        captures.emails()?;
        captures.webhooks()?;
        Ok(captures)
    }

    /// Texts so far.
    pub(crate) fn texts(&self) -> anyhow::Result<Vec<Text>> {
        self.read(TEXTS)
    }

    /// E-mails so far.
    pub(crate) fn emails(&self) -> anyhow::Result<Vec<Email>> {
        self.read(EMAILS)
    }

    /// Webhooks so far.
    pub(crate) fn webhooks(&self) -> anyhow::Result<Vec<Webhook>> {
        self.read(WEBHOOKS)
    }

    /// Records a webhook.
    pub(crate) fn add_webhook(&self, webhook: &Webhook) -> anyhow::Result<()> {
        self.append(WEBHOOKS, webhook)
    }

    /// Records a text.
    pub(crate) fn add_text(&self, text: &Text) -> anyhow::Result<()> {
        self.append(TEXTS, text)
    }

    /// Records an e-mail and its raw form.
    pub(crate) fn add_email(&self, email: &Email, raw: &[u8]) -> anyhow::Result<()> {
        fs::write(self.folder.join(format!("{}.eml", email.message_id)), raw)?;
        self.append(EMAILS, email)
    }

    /// The fault in force for `service` and how long a lost answer hangs.
    pub(crate) fn fault(&self, service: Service) -> (Fault, Duration) {
        self.faults().get(&service).copied().unwrap_or_default()
    }

    /// Puts a fault in force; faults do not outlive the process.
    pub(crate) fn set_fault(&self, service: Service, fault: Fault, hold: Duration) {
        self.faults().insert(service, (fault, hold));
    }

    fn append(&self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let _alone = self.on_file.lock().unwrap_or_else(PoisonError::into_inner);
        append_line(&self.folder.join(name), value)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<Vec<T>> {
        let _alone = self.on_file.lock().unwrap_or_else(PoisonError::into_inner);
        read_lines(&self.folder.join(name))
    }

    fn faults(&self) -> std::sync::MutexGuard<'_, BTreeMap<Service, (Fault, Duration)>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds `value` as one line; a process killed afterwards has it on file.
pub(crate) fn append_line(file: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    let opened = OpenOptions::new().create(true).append(true).open(file);
    opened
        .and_then(|mut open| open.write_all(&line))
        .with_context(|| format!("{} cannot be written", file.display()))
}

/// Every line of `file`, none where there is no file yet.
fn read_lines<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let damaged = || format!("{} is damaged", file.display());
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
    };
    BufReader::new(opened)
        .lines()
        .map(|line| serde_json::from_str(&line.with_context(damaged)?).with_context(damaged))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("precinct-captures-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn text(number: usize) -> Text {
        let (to, body) = ("+12185550111".to_owned(), "Officers are on the way.".to_owned());
        Text { to, body, message_id: number.to_string(), at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn whoever_reads_while_others_write_gets_whole_texts_in_order() {
        let folder = folder("order");
        let captures = Captures::open(folder.clone()).unwrap();
        std::thread::scope(|scope| {
            let writer =
                scope.spawn(|| (0..100).for_each(|number| captures.add_text(&text(number)).unwrap()));
            while !writer.is_finished() {
                captures.texts().unwrap();
            }
        });
        let expected: Vec<Text> = (0..100).map(text).collect();
        assert_eq!(Captures::open(folder.clone()).unwrap().texts().unwrap(), expected);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_damaged_file_is_refused_by_name() {
        let folder = folder("damaged");
        fs::write(folder.join(EMAILS), "{\"to\":").unwrap();
        let error = Captures::open(folder.clone()).err().unwrap().to_string();
        assert!(error.ends_with("emails.jsonl is damaged"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }
}
