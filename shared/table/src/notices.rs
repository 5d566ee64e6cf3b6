//! Notices: what the system sends for itself, beside updates: the news of a task to its owner, the answer to a text
//! that came in. Rows of the same outbox, claimed and marked like messages; none holds facts of a call or a case.
use aws_sdk_dynamodb::types::Put;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use updates::{Answer, Owner, TaskKind};

use crate::error::StoreError;
use crate::keys::{Key, due_shard, notice};
use crate::messages::{Messages, State};
use crate::store::to_item;

/// A notice that the stream has not delivered by then is handed out again by the sweep.
const SENT_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// By which way a notice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Carrier {
    Text,
    Email,
    Webhook,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// A task came up, or was escalated: to the mailbox of its owner, or to the department's own paging by webhook.
    Task {
        /// Why there is a task.
        kind: TaskKind,
        /// Whose mailbox; an escalated one goes to the role above.
        owner: Owner,
        /// By when it is to be done.
        due_at: Timestamp,
        /// Whether it is overdue.
        escalated: bool,
    },
    /// An e-mail to a member of staff, words and address sealed beside it: a digest of reviews, or the news of one.
    Letter,
    /// An answer to a text.
    Answer {
        /// Which one.
        answer: Answer,
        /// Its language, ISO 639.
        language: String,
    },
}

/// The words of an e-mail to a member of staff.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words say it")]
pub struct Letter {
    pub subject: String,
    pub body: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter([private])")
    }
}

/// Why a notice was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// Updates are in shadow: nothing leaves.
    Shadow,
    /// Everything is paused, and this is no answer that is owed.
    Paused,
    /// No language of the folder has approved words for it.
    UnapprovedText,
    /// Its words cannot be filled, or are too long.
    RenderRefused,
    /// The agency folder names no mailbox for the role.
    NoMailbox,
    /// The agency folder names no webhook.
    NoWebhook,
    /// The provider holds an opt-out of that number.
    OptedOut,
    /// Its receiver says that it is gone (410).
    Gone,
}

/// One notice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    pk: String,
    sk: String,
    /// Revision: the fence of a claim.
    pub rev: u64,
    /// Where it stands; the words are those of messages.
    pub state: State,
    /// By which way.
    pub carrier: Carrier,
    /// What is told.
    pub told: Told,
    /// Sealed words, for a letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) letter: Option<String>,
    /// Sealed number, for an answer, or address, for a letter; tasks go where the agency folder says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When it came about.
    pub at: Timestamp,
    /// After this it is pointless.
    pub expires_at: Timestamp,
    /// When to look at it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    /// Attempts so far, for what may be repeated (a webhook, whose receiver knows its id).
    #[serde(default)]
    pub attempts: u32,
    /// The provider's id, once taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Why it was not sent, if suppressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotSent>,
    /// Language of the words as sent, for an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// SHA-256 of that language's texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_hash: Option<String>,
}

impl Notice {
    /// A notice named `name` under the partition `pk` of a task or a reply, ready to go.
    pub fn new(
        pk: &str,
        name: &str,
        carrier: Carrier,
        told: Told,
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        let Key { pk, sk } = notice(pk, name);
        Self {
            due_shard: Some(due_shard(&pk)),
            due_at: Some(at + SENT_WITHIN),
            pk,
            sk,
            rev: 1,
            state: State::Pending,
            carrier,
            told,
            letter: None,
            address: None,
            at,
            expires_at,
            attempts: 0,
            provider_id: None,
            reason: None,
            language: None,
            text_hash: None,
        }
    }

    /// Its key.
    pub fn key(&self) -> Key {
        Key::new(&self.pk, &self.sk)
    }

    /// Stable id, for a receiver that must know a repetition: partition and name.
    pub fn id(&self) -> String {
        format!("{}.{}", self.pk, self.sk).replace('#', ".")
    }

    /// Id of the task it tells of; empty for an answer.
    pub fn task_id(&self) -> &str {
        self.pk.strip_prefix("TASK#").unwrap_or_default()
    }

    /// The same notice, not sent for `reason`.
    #[must_use]
    pub fn not_sent(&self, reason: NotSent) -> Self {
        Self { reason: Some(reason), ..self.moved(State::Suppressed, None) }
    }

    /// The same notice, taken by its receiver under `provider_id`; a webhook has none.
    #[must_use]
    pub fn accepted(&self, provider_id: Option<String>) -> Self {
        Self { provider_id, ..self.moved(State::Accepted, None) }
    }

    /// The same notice in another state; without `due_at` nobody looks at it again.
    #[must_use]
    pub fn moved(&self, state: State, due_at: Option<Timestamp>) -> Self {
        Self {
            rev: self.rev + 1,
            state,
            due_at,
            due_shard: due_at.map(|_| due_shard(&self.pk)),
            ..self.clone()
        }
    }

    /// The notice without address and words; one that was still to go out goes no more.
    #[must_use]
    pub fn emptied(&self) -> Self {
        let is_open = matches!(self.state, State::Pending | State::Deferred);
        let state = if is_open { State::Expired } else { self.state };
        Self { address: None, letter: None, provider_id: None, ..self.moved(state, None) }
    }

    fn letter_place(&self) -> String {
        format!("{}|{}|letter", self.pk, self.sk)
    }

    fn place(&self) -> String {
        format!("{}|{}|address", self.pk, self.sk)
    }
}

impl Messages {
    /// The notice at `key`.
    pub async fn notice(&self, key: &Key) -> Result<Option<Notice>, StoreError> {
        self.store().read("notice", key).await
    }

    /// Writes a notice whose revision must be one above what is stored: the claim and the mark.
    pub async fn write_notice(&self, notice: &Notice) -> Result<(), StoreError> {
        self.store().put_at_rev("notice", &notice.key(), notice, notice.rev - 1).await
    }

    /// A new notice as part of a transaction; `Condition` where it exists.
    pub(crate) fn put_notice(&self, notice: &Notice) -> Result<Put, StoreError> {
        Ok(Put::builder()
            .table_name(self.store().name())
            .set_item(Some(to_item("notice", &notice.key(), notice)?))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .expect("table and item are set"))
    }

    /// Stores a new notice; `Condition` where it exists.
    pub async fn create_notice(&self, notice: &Notice) -> Result<(), StoreError> {
        self.store().create("notice", &notice.key(), notice).await
    }

    /// Seals the words of a letter.
    pub async fn seal_letter(&self, notice: &mut Notice, letter: &Letter) -> Result<(), StoreError> {
        notice.letter = Some(self.ring().seal_json(&notice.letter_place(), letter).await?);
        Ok(())
    }

    /// The words of a letter.
    pub async fn letter(&self, notice: &Notice) -> Result<Option<Letter>, StoreError> {
        match &notice.letter {
            Some(sealed) => self.ring().open_json(&notice.letter_place(), sealed).await.map(Some),
            None => Ok(None),
        }
    }

    /// Seals the number that a notice goes to.
    pub async fn seal_notice_address(&self, notice: &mut Notice, address: &str) -> Result<(), StoreError> {
        notice.address = Some(self.ring().seal(&notice.place(), address.as_bytes()).await?);
        Ok(())
    }

    /// The number that a notice goes to.
    pub async fn notice_address(&self, notice: &Notice) -> Result<Option<String>, StoreError> {
        let Some(sealed) = &notice.address else { return Ok(None) };
        let bytes = self.ring().open(&notice.place(), sealed).await?;
        Ok(String::from_utf8(bytes).ok())
    }
}
