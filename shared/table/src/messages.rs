//! Messages: the outbox. One row per update and address, one decision per change of mind, the pauses.
use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use updates::receipt::Failure;
use updates::{Channel, Class, Kind, Reason, Subject};

use crate::decided::Listed;
use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::{Key, due_shard};
use crate::packed::{pack, unpack};
use crate::store::{Store, from_item, key_of, rev_condition, to_item};

/// The Messages table with its key ring.
#[derive(Clone, Debug)]
pub struct Messages {
    store: Store,
    ring: KeyRing,
}

/// State of a message, in the words of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for its `due_at`.
    Deferred,
    /// Ready: the stream hands it to send-updates.
    Pending,
    /// A sender holds it; past its lease it becomes `unknown`.
    Claimed,
    /// The provider took it.
    Accepted,
    /// The provider reported delivery.
    Delivered,
    /// The provider refused it for good.
    Failed,
    /// Whether the provider took it cannot be known; never sent again by itself.
    Unknown,
    /// Not sent, for a reason.
    Suppressed,
    /// Not sent, something later made it pointless.
    Superseded,
    /// Not sent, too old.
    Expired,
}

impl State {
    /// Every state, in the order of the contract.
    pub const ALL: [Self; 10] = [
        Self::Deferred,
        Self::Pending,
        Self::Claimed,
        Self::Accepted,
        Self::Delivered,
        Self::Failed,
        Self::Unknown,
        Self::Suppressed,
        Self::Superseded,
        Self::Expired,
    ];

    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deferred => "deferred",
            Self::Pending => "pending",
            Self::Claimed => "claimed",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Suppressed => "suppressed",
            Self::Superseded => "superseded",
            Self::Expired => "expired",
        }
    }

    /// Whether a plan may still change it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Deferred | Self::Pending | Self::Suppressed)
    }

    /// Whether a provider took it, or may have.
    pub fn went_out(self) -> bool {
        matches!(self, Self::Claimed | Self::Accepted | Self::Delivered | Self::Unknown)
    }
}

/// One update to one address by one channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own; the rest is said where it is used")]
pub struct Message {
    #[serde(rename = "pk")]
    pub subject: String,
    pub sk: String,
    pub rev: u64,
    pub state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    pub person: String,
    pub kind: Kind,
    pub class: Class,
    pub ordinal: String,
    pub channel: Channel,
    /// Blind index of the address.
    pub recipient: String,
    /// Sealed address; empty once its time is over.
    pub address: String,
    /// When it came about.
    pub at: Timestamp,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_shard: Option<String>,
    /// Fencing token of the claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Why it was not delivered, as a receipt said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// SHA-256 of the language's texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_hash: Option<String>,
    /// Sealed words as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Every state it has been in.
    pub history: Vec<Step>,
    /// When address and words were deleted; the key stays, so that it is not sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emptied_at: Option<Timestamp>,
}

/// A state and when it was reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub state: State,
    /// Why, if suppressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A decision about one person, kind, ordinal and channel. Appended, never changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct Decision {
    #[serde(rename = "pk")]
    pub subject: String,
    pub sk: String,
    pub person: String,
    pub kind: Kind,
    pub ordinal: String,
    pub channel: Channel,
    pub state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    pub rule: String,
    pub policy: String,
    pub decided_at: Timestamp,
    /// Places in the lists of [`crate::decided`].
    #[serde(flatten)]
    pub listed: Listed,
}

/// A pause in force. Its scope is `all`, `kind#…`, `source#…` or `incident#…`; `breaker` is the open circuit breaker,
/// which covers everything under a reason of its own.
#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Pause {
    /// What is paused.
    pub scope: String,
    /// Who paused it (token subject).
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
    /// When it ends by itself, as the breaker does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

// Whoever paused wrote the reason as they liked; scope and times are what an operator needs.
impl std::fmt::Debug for Pause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Pause");
        shown.field("scope", &self.scope).field("since", &self.since).field("until", &self.until);
        shown.finish_non_exhaustive()
    }
}

impl Pause {
    /// Whether it stops a message of this kind about this subject.
    pub fn covers(&self, kind: Kind, subject: &Subject) -> bool {
        let named = |scope: &str, name: &str| self.scope.strip_prefix(scope) == Some(name);
        let key = subject.key();
        self.scope == "all"
            || named("kind#", kind.word())
            || named("incident#", key.split_once('#').map_or(&key, |(_, id)| id))
            || subject.sources().iter().any(|source| named("source#", source))
    }
}

/// Key of a message.
pub fn message_key(subject: &str, recipient: &str, channel: Channel, kind: Kind, ordinal: &str) -> Key {
    Key::new(subject, format!("MSG#{recipient}#{channel}#{kind}#{ordinal}"))
}

/// How long a claim may stand before the sweep settles it as `unknown`. Longer than the sender's own time-out.
pub const CLAIM_LEASE: SignedDuration = SignedDuration::from_secs(60);

const PAUSES: &str = "PAUSE";

impl Message {
    /// Its key.
    pub fn key(&self) -> Key {
        Key::new(&self.subject, &self.sk)
    }

    /// The same message in another state: revision, history and due time follow.
    #[must_use]
    pub fn moved(
        &self,
        state: State,
        reason: Option<Reason>,
        due_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        let mut next = self.clone();
        next.rev += 1;
        next.state = state;
        next.reason = reason;
        next.due_at = due_at;
        next.due_shard = due_at.map(|_| due_shard(&self.subject));
        next.history.push(Step { at: now, state, reason });
        next
    }

    /// When it reached its present state.
    pub fn moved_at(&self) -> Timestamp {
        self.history.last().map_or(self.created_at, |step| step.at)
    }

    /// Place to which its sealed attributes are bound.
    fn place(&self, attribute: &str) -> String {
        format!("{}|{}|{attribute}", self.subject, self.sk)
    }
}

impl Messages {
    /// The table behind `store`.
    pub fn new(store: Store, ring: KeyRing) -> Self {
        Self { store, ring }
    }

    /// A stable pseudonym of `text`, for audit records: a keyed hash under this table's index key.
    pub async fn pseudonym(&self, text: &str) -> Result<String, StoreError> {
        Ok(self.ring.index_key().await?.index(text))
    }

    pub(crate) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// The store itself, for leases.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The message at `key`.
    pub async fn get(&self, key: &Key) -> Result<Option<Message>, StoreError> {
        self.store.read("message", key).await
    }

    /// Every message of a subject.
    pub async fn of(&self, subject: &str) -> Result<Vec<Message>, StoreError> {
        let items = self.store.query("message", subject, "MSG#").await?;
        items.into_iter().map(|item| from_item("message", item)).collect()
    }

    /// Every decision of a subject, oldest first.
    pub async fn decisions(&self, subject: &str) -> Result<Vec<Decision>, StoreError> {
        let items = self.store.query("decision", subject, "DEC#").await?;
        let decisions = items.into_iter().map(|item| from_item("decision", item));
        Ok(in_order(decisions.collect::<Result<_, _>>()?))
    }

    /// Every message of a subject, and every decision, oldest first: one read.
    pub(crate) async fn record(&self, subject: &str) -> Result<(Vec<Message>, Vec<Decision>), StoreError> {
        let (mut messages, mut decisions) = (Vec::new(), Vec::new());
        // A letter behind the separator ends what begins with the one before it.
        for item in self.store.query_between("message", subject, ("DEC#", "MSG$")).await? {
            match key_of(&item).map(|key| key.sk) {
                Some(sk) if sk.starts_with("MSG#") => messages.push(from_item("message", item)?),
                Some(sk) if sk.starts_with("DEC#") => decisions.push(from_item("decision", item)?),
                _ => {}
            }
        }
        Ok((messages, in_order(decisions)))
    }

    /// Appends a decision.
    pub async fn decide(&self, decision: &Decision) -> Result<(), StoreError> {
        self.store.put("decision", &Key::new(&decision.subject, &decision.sk), decision).await
    }

    /// Writes a message whose revision must be one above what is stored.
    pub async fn write(&self, message: &Message) -> Result<(), StoreError> {
        self.store.put_at_rev("message", &message.key(), message, message.rev - 1).await
    }

    /// Claims: `message` (already moved to `claimed`) is written if it and everything it was decided on stand
    /// as they were read.
    pub async fn claim(&self, message: &Message, unchanged: Vec<ConditionCheck>) -> Result<(), StoreError> {
        self.claim_with(message, unchanged, Vec::new()).await
    }

    /// The same with `further` writes in the transaction.
    pub(crate) async fn claim_with(
        &self,
        message: &Message,
        unchanged: Vec<ConditionCheck>,
        further: Vec<TransactWriteItem>,
    ) -> Result<(), StoreError> {
        #[cfg(feature = "mutants")]
        let unchanged = if loses_checks() { Vec::new() } else { unchanged };
        let (condition, values) = rev_condition(message.rev - 1);
        #[cfg(feature = "mutants")]
        let (condition, values) = if startup::mutant::is(startup::mutant::Mutant::ClaimWithoutCondition) {
            ("rev <> :rev", crate::store::Item::from([(":rev".to_owned(), crate::store::n(0))]))
        } else {
            (condition, values)
        };
        let put = Put::builder()
            .table_name(self.store.name())
            .set_item(Some(to_item("message", &message.key(), message)?))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .build()
            .expect("table and item are set");
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        writes.extend(
            unchanged.into_iter().map(|check| TransactWriteItem::builder().condition_check(check).build()),
        );
        writes.extend(further);
        self.store.transact("claim", writes).await
    }

    /// Seals an address for a message.
    pub async fn seal_address(&self, message: &mut Message, address: &str) -> Result<(), StoreError> {
        message.address = self.ring.seal(&message.place("address"), address.as_bytes()).await?;
        Ok(())
    }

    /// The address of a message.
    pub async fn address(&self, message: &Message) -> Result<String, StoreError> {
        let bytes = self.ring.open(&message.place("address"), &message.address).await?;
        String::from_utf8(bytes).map_err(|_| StoreError::malformed("message", "its address is not text"))
    }

    /// Seals the words as sent.
    pub async fn seal_body(&self, message: &mut Message, words: &str) -> Result<(), StoreError> {
        message.body = Some(self.ring.seal(&message.place("body"), &pack(words.as_bytes())).await?);
        Ok(())
    }

    /// The words as sent.
    pub async fn body(&self, message: &Message) -> Result<Option<String>, StoreError> {
        let Some(sealed) = &message.body else { return Ok(None) };
        let packed = self.ring.open(&message.place("body"), sealed).await?;
        Ok(unpack(&packed).and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Keys of messages due at or before `now`.
    pub async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Key>, StoreError> {
        self.store.due(&now.to_string(), limit).await
    }

    /// The pauses in force, read consistently.
    pub async fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        let items = self.store.query("pause", PAUSES, "").await?;
        items.into_iter().map(|item| from_item("pause", item)).collect()
    }

    /// Puts a pause in force.
    pub async fn pause(&self, pause: &Pause) -> Result<(), StoreError> {
        self.store.put("pause", &Key::new(PAUSES, &pause.scope), pause).await
    }

    /// Lifts a pause.
    pub async fn resume(&self, scope: &str) -> Result<(), StoreError> {
        self.store.delete("pause", &Key::new(PAUSES, scope)).await
    }
}

fn in_order(mut decisions: Vec<Decision>) -> Vec<Decision> {
    decisions.sort_by(|a, b| (a.decided_at, &a.sk).cmp(&(b.decided_at, &b.sk)));
    decisions
}

/// Whether a claim goes without its conditions on addresses and safety facts.
#[cfg(feature = "mutants")]
fn loses_checks() -> bool {
    use startup::mutant::{Mutant, is};
    is(Mutant::OptOutReadBefore) || is(Mutant::ClaimWithoutCondition)
}
