//! What was "sent": texts, e-mails and webhooks as their receivers got them, written down before the sender is answered.
//! And what is made to fail: providers, and the event-source mappings of the streams.
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
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

#[derive(Default)]
struct Kept {
    texts: Vec<Text>,
    emails: Vec<Email>,
    webhooks: Vec<Webhook>,
    faults: BTreeMap<Service, (Fault, Duration)>,
}

/// Both captures and the faults in force.
pub(crate) struct Captures {
    folder: PathBuf,
    kept: Mutex<Kept>,
}

impl Captures {
    /// The captures kept in `folder`.
    pub(crate) fn open(folder: PathBuf) -> anyhow::Result<Self> {
        let kept = Kept {
            texts: read_lines(&folder.join("texts.jsonl"))?,
            emails: read_lines(&folder.join("emails.jsonl"))?,
            webhooks: read_lines(&folder.join("webhooks.jsonl"))?,
            ..Kept::default()
        };
        Ok(Self { folder, kept: Mutex::new(kept) })
    }

    /// Texts so far.
    pub(crate) fn texts(&self) -> Vec<Text> {
        self.lock().texts.clone()
    }

    /// E-mails so far.
    pub(crate) fn emails(&self) -> Vec<Email> {
        self.lock().emails.clone()
    }

    /// Webhooks so far.
    pub(crate) fn webhooks(&self) -> Vec<Webhook> {
        self.lock().webhooks.clone()
    }

    /// Records a webhook.
    pub(crate) fn add_webhook(&self, webhook: Webhook) -> anyhow::Result<()> {
        let mut kept = self.lock();
        append_line(&self.folder.join("webhooks.jsonl"), &webhook)?;
        kept.webhooks.push(webhook);
        Ok(())
    }

    /// Records a text.
    pub(crate) fn add_text(&self, text: Text) -> anyhow::Result<()> {
        let mut kept = self.lock();
        append_line(&self.folder.join("texts.jsonl"), &text)?;
        kept.texts.push(text);
        Ok(())
    }

    /// Records an e-mail and its raw form.
    pub(crate) fn add_email(&self, email: Email, raw: &[u8]) -> anyhow::Result<()> {
        let mut kept = self.lock();
        fs::write(self.folder.join(format!("{}.eml", email.message_id)), raw)?;
        append_line(&self.folder.join("emails.jsonl"), &email)?;
        kept.emails.push(email);
        Ok(())
    }

    /// The fault in force for `service` and how long a lost answer hangs.
    pub(crate) fn fault(&self, service: Service) -> (Fault, Duration) {
        self.lock().faults.get(&service).copied().unwrap_or_default()
    }

    /// Puts a fault in force; faults do not outlive the process.
    pub(crate) fn set_fault(&self, service: Service, fault: Fault, hold: Duration) {
        self.lock().faults.insert(service, (fault, hold));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
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

fn read_lines<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let Ok(text) = fs::read_to_string(file) else { return Ok(Vec::new()) };
    text.lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("{} is damaged", file.display())))
        .collect()
}
