//! Receipts: how the later word of a provider finds its message, and what it changes there.
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use updates::receipt::{Failure, Fate, Receipt};
use updates::{Need, TaskKind};

use crate::error::StoreError;
use crate::keys::Key;
use crate::messages::{Message, Messages, State};
use crate::notices::Notice;
use crate::schema::{PROVIDER, RECIPIENT};
use crate::store::{Store, key_of, s};

/// How long after its claim a message may stay `unknown` before a person is asked to tell the news: the time within which
/// carriers report (SNS and End User Messaging: 72 hours).
pub const REPORTED_WITHIN: SignedDuration = SignedDuration::from_hours(72);

/// What was sent under a provider's id.
#[derive(Clone, Debug)]
pub enum Sent {
    /// An update.
    Message(Box<Message>),
    /// A notice.
    Notice(Box<Notice>),
}

impl Message {
    /// When it was last claimed: shortly before the provider took it.
    pub fn claimed_at(&self) -> Timestamp {
        let claimed = self.history.iter().rfind(|step| step.state == State::Claimed);
        claimed.map_or(self.created_at, |step| step.at)
    }

    /// The message once nobody can say whether the provider took it. It stays findable by the token of its claim; what a
    /// person must be told is looked at again when no receipt can come any more.
    #[must_use]
    pub fn lost(&self, now: Timestamp) -> Self {
        let ask_at = self.kind.must_notify().then(|| self.claimed_at() + REPORTED_WITHIN);
        Self { provider_id: self.claim.clone(), ..self.moved(State::Unknown, None, ask_at, now) }
    }

    /// The message after its provider refused it for good; what a person must be told is looked at again at once.
    #[must_use]
    pub fn refused(&self, now: Timestamp) -> Self {
        self.moved(State::Failed, None, self.kind.must_notify().then_some(now), now)
    }

    /// The same message, not to be looked at by the clock any more.
    #[must_use]
    pub fn left_alone(&self) -> Self {
        Self { rev: self.rev + 1, due_at: None, due_shard: None, ..self.clone() }
    }

    /// The message after `receipt`, or `None` where that says nothing new. Receipts may come in any order and repeatedly.
    pub fn told(&self, receipt: &Receipt, now: Timestamp) -> Option<Self> {
        let known = match (self.state, self.failure) {
            (State::Unknown, _) => None,
            (State::Accepted, _) => Some(Fate::Taken),
            (State::Delivered, _) => Some(Fate::Delivered),
            (State::Failed, Some(failure)) => Some(Fate::Failed(failure)),
            // Never taken, or refused at once.
            _ => return None,
        };
        let fate = known.map_or(receipt.fate, |known| known.and(receipt.fate));
        if known == Some(fate) {
            return None;
        }
        let (state, failure) = match fate {
            Fate::Taken => (State::Accepted, None),
            Fate::Delivered => (State::Delivered, None),
            Fate::Failed(failure) => (State::Failed, Some(failure)),
        };
        let provider_id = Some(receipt.provider_id.clone());
        Some(Self { provider_id, failure, ..self.moved(state, None, None, now) })
    }

    /// The task for a person where this did not arrive and must be told. The same words whether it failed or stayed
    /// unknown: whoever has told the news is not asked again.
    pub fn undelivered(&self) -> Option<Need> {
        let cover = format!("{} {} failed", self.kind, self.ordinal);
        self.kind.must_notify().then(|| Need::new(TaskKind::VictimUpdate, &self.subject, cover))
    }
}

impl Notice {
    /// The notice after its provider said `fate`, or `None` where that says nothing new.
    pub fn told(&self, fate: Fate) -> Option<Self> {
        let state = match (self.state, fate) {
            (State::Unknown, Fate::Taken) => State::Accepted,
            (State::Unknown | State::Accepted, Fate::Delivered) => State::Delivered,
            (_, Fate::Failed(Failure::NoClearAnswer)) => return None,
            (State::Unknown | State::Accepted | State::Delivered, Fate::Failed(_)) => State::Failed,
            _ => return None,
        };
        Some(self.moved(state, None))
    }
}

impl Messages {
    /// What was sent under the provider's id `id`, or under the token of a claim whose outcome is unknown. An index leads
    /// there, which may be a moment behind.
    pub async fn by_provider_id(&self, id: &str) -> Result<Option<Sent>, StoreError> {
        if id.is_empty() {
            return Ok(None);
        }
        let Some(key) = self.store().index_keys(PROVIDER, id, None, 1).await?.pop() else { return Ok(None) };
        if key.sk.starts_with("NOTE#") {
            return Ok(self.notice(&key).await?.map(|notice| Sent::Notice(Box::new(notice))));
        }
        Ok(self.get(&key).await?.map(|message| Sent::Message(Box::new(message))))
    }

    /// Raises the task for a person to tell what `message` did not, unless it may stay untold or was delivered by the
    /// other way.
    pub async fn ask_a_person(
        &self,
        message: &Message,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<(), StoreError> {
        let Some(need) = message.undelivered() else { return Ok(()) };
        let about = |row: &Message| (row.person.clone(), row.kind, row.ordinal.clone());
        let rows = self.of(&message.subject).await?;
        let told = rows.iter().any(|row| row.state == State::Delivered && about(row) == about(message));
        if !told {
            self.raise(&need, now, zone).await?;
        }
        Ok(())
    }

    /// The newest messages to `recipient` (blind index), newest first.
    pub async fn latest_to(&self, recipient: &str, limit: i32) -> Result<Vec<Message>, StoreError> {
        let mut messages = Vec::new();
        for key in self.store().newest_to(recipient, limit).await? {
            messages.extend(self.get(&key).await?);
        }
        Ok(messages)
    }
}

impl Store {
    pub(crate) async fn newest_to(&self, recipient: &str, limit: i32) -> Result<Vec<Key>, StoreError> {
        let call = self.client.query().table_name(&self.table).index_name(RECIPIENT.name);
        let call = call.key_condition_expression("#p = :p").expression_attribute_names("#p", RECIPIENT.pk);
        let call = call.expression_attribute_values(":p", s(recipient)).scan_index_forward(false);
        let output = Box::pin(call.limit(limit).send()).await;
        let output = output.map_err(|error| StoreError::from_sdk(RECIPIENT.name, &error))?;
        Ok(output.items.unwrap_or_default().iter().filter_map(key_of).collect())
    }
}
