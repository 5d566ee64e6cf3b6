//! Decisions, and lists of them: by the day, for whoever wants to see what went out and what was held back, and by the
//! address of what was withheld, which has no message to be found by. Both are entries in indexes that are there
//! already, in partitions that nobody else reads.
use incident::address;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use updates::{Channel, Kind, Outcome, Planned, Policy, Reason};

use crate::error::StoreError;
use crate::keys::{Key, decided_shard, withheld_from};
use crate::messages::{Decision, Message, Messages, State};
use crate::planning::{Loaded, target};
use crate::schema::{DUE, Index, RECIPIENT};

/// Where a decision is listed: the keys of two sparse indexes. Decisions made before there were lists have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The list of the day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due_shard: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due_at: Option<Timestamp>,
    /// What was withheld from an address, by its blind index.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    recipient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    created_at: Option<Timestamp>,
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it came about.
    pub at: Timestamp,
    /// The decision or message.
    pub key: Key,
}

impl Listed {
    /// The places of a decision taken at `now`; `recipient`: index of the address that was told or is not. What goes to
    /// other people, or to nobody at all since its kind is off, is no news of the day.
    pub(crate) fn of(reason: Option<Reason>, recipient: Option<&str>, now: Timestamp) -> Self {
        if matches!(reason, Some(Reason::RoleNotNotified | Reason::KindOff)) {
            return Self::default();
        }
        let recipient = recipient.filter(|_| reason.is_some()).map(withheld_from);
        Self {
            due_shard: Some(decided_shard(now.to_zoned_datetime(TimeZone::UTC).date())),
            due_at: Some(now),
            created_at: recipient.is_some().then_some(now),
            recipient,
        }
    }

    /// Whether it is listed as withheld from the address with this index.
    pub fn is_withheld_from(&self, recipient: &str) -> bool {
        self.recipient.as_deref() == Some(&*withheld_from(recipient))
    }
}

impl Loaded {
    /// Index of the address that `update` goes to, or would.
    pub(crate) fn recipient(&self, update: &Planned) -> Option<&str> {
        let address = if let Some(address) = &update.address {
            address.0.clone()
        } else {
            let people = self.subject.people();
            let (_, person) = people.iter().find(|(id, _)| *id == update.person)?;
            match update.channel {
                Channel::Text => address::phone(person.phone()?).ok()?,
                Channel::Email => address::email(person.email()?).ok()?,
            }
        };
        self.known.indexes.get(&address).map(String::as_str)
    }
}

impl Messages {
    /// Decisions taken from `from` until before `to`.
    pub async fn decided(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let day = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).date();
        let mut entries = Vec::new();
        for date in day(from).series(1.day()).take_while(|date| *date <= day(to)) {
            entries.extend(self.entries(DUE, &decided_shard(date), from, to).await?);
        }
        Ok(entries)
    }

    /// Messages to the address with index `recipient` that came about from `from` until before `to`, and decisions
    /// that withheld one from it.
    pub async fn concerning(
        &self,
        recipient: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut entries = self.entries(RECIPIENT, recipient, from, to).await?;
        entries.extend(self.entries(RECIPIENT, &withheld_from(recipient), from, to).await?);
        Ok(entries)
    }

    async fn entries(
        &self,
        index: Index,
        partition: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let found = self.store().index_rows(index, partition, from, to).await?;
        Ok(found.into_iter().map(|(at, key)| Entry { at, key }).collect())
    }
}

/// What was planned for an update, as a decision; `recipient` as [`Listed::of`] has it.
pub(crate) fn decision(
    key: &str,
    update: &Planned,
    recipient: Option<&str>,
    policy: &Policy,
    now: Timestamp,
) -> Decision {
    let (state, reason, due_at) = target(update, now);
    let Planned { person, kind, ordinal, channel, .. } = update;
    let rule = match reason {
        Some(reason) => reason.rule().to_owned(),
        None if update.outcome == Outcome::Expired && policy.is_fenced(update.at) => {
            "updates.toml: nothing_before".into()
        }
        None => default_rule(update.outcome, *kind),
    };
    Decision {
        subject: key.into(),
        sk: decision_sk((person, *kind, ordinal, *channel), (state, reason), now),
        person: person.clone(),
        kind: *kind,
        ordinal: ordinal.clone(),
        channel: *channel,
        state,
        reason,
        until: (state == State::Deferred).then_some(due_at).flatten(),
        rule,
        policy: policy.version().into(),
        decided_at: now,
        listed: Listed::of(reason, recipient, now),
    }
}

/// A decision about a message that exists.
pub(crate) fn decision_about(
    message: &Message,
    (state, reason): (State, Option<Reason>),
    rule: String,
    now: Timestamp,
) -> Decision {
    let Message { person, kind, ordinal, channel, .. } = message;
    Decision {
        subject: message.subject.clone(),
        sk: decision_sk((person, *kind, ordinal, *channel), (state, reason), now),
        person: person.clone(),
        kind: *kind,
        ordinal: ordinal.clone(),
        channel: *channel,
        state,
        reason,
        until: None,
        rule,
        policy: message.policy.clone(),
        decided_at: now,
        // The row of the message leads from its address here.
        listed: Listed::of(reason, None, now),
    }
}

/// Decisions are appended: time and outcome tell apart what was decided within one instant.
fn decision_sk(
    about: (&str, Kind, &str, Channel),
    outcome: (State, Option<Reason>),
    now: Timestamp,
) -> String {
    let ((person, kind, ordinal, channel), (state, reason)) = (about, outcome);
    let word = reason.map_or_else(|| state.word().to_owned(), |reason| reason.word().to_owned());
    format!("DEC#{person}#{kind}#{ordinal}#{}#{channel}#{word}", now.as_millisecond())
}

pub(crate) fn default_rule(outcome: Outcome, kind: Kind) -> String {
    match outcome {
        Outcome::Deferred(Some(_)) => "quiet hours, or a release time".into(),
        Outcome::Deferred(None) => "held until released".into(),
        Outcome::Expired => format!("updates.toml: kinds.{kind}.max_age_minutes"),
        Outcome::Superseded => "overtaken by later facts".into(),
        _ => format!("updates.toml: kinds.{kind}"),
    }
}
