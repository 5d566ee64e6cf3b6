//! Messages, decisions, tasks, notices and replies. Addresses and words go first; the keys stay, so that nothing is sent or
//! raised again, for the time that keys outlive content and as long as facts are left from which it could be derived.
use jiff::{SignedDuration, Timestamp};
use records::Class;
use records::retention::KEYS_OUTLIVE;

use super::{Done, Fate, Keeper, Of, end_of};
use crate::error::StoreError;
use crate::keys::reply;
use crate::messages::{Decision, Message, State};
use crate::notices::Notice;
use crate::replies::{Link, StoredReply};
use crate::store::{Item, from_item, to_item};
use crate::tasks::Task;

impl Keeper<'_> {
    pub(super) async fn message(&mut self, pk: &str, sk: &str, item: &Item) -> Done {
        if let Some(date) = pk.strip_prefix("PATROL#") {
            return self.visit(date, item).await.of(Class::Patrol);
        }
        if self.retention.days(Class::Messages).is_none() {
            return Ok(None);
        }
        let fate = match (pk.split('#').next().unwrap_or_default(), sk.split('#').next().unwrap_or_default())
        {
            (_, "MSG") => self.update(item).await,
            (_, "DEC") => self.decision(item).await,
            ("REPLY", "REPLY") => self.reply(pk, item).await,
            (_, "REPLY") => self.link(item).await,
            (_, "TASK") => self.task(item).await,
            (_, "NOTE") => self.notice(pk, item).await,
            _ => Ok(None),
        };
        fate.map(|fate| fate.map(|fate| (Class::Messages, fate))).of(Class::Messages)
    }

    async fn visit(&self, date: &str, item: &Item) -> Result<Option<(Class, Fate)>, StoreError> {
        if !end_of(date).is_some_and(|end| self.is_over(Class::Patrol, end)) {
            return Ok(None);
        }
        self.remove("patrol visit", item).await?;
        Ok(Some((Class::Patrol, Fate::Removed)))
    }

    async fn update(&mut self, item: &Item) -> Result<Option<Fate>, StoreError> {
        let message: Message = from_item("message", item.clone())?;
        if let Some(emptied) = message.emptied_at {
            return self.key_of(&message.subject, emptied, item).await;
        }
        if !self.is_over(Class::Messages, message.moved_at()) {
            return Ok(None);
        }
        let may_still_go = match message.state {
            State::Claimed => true,
            State::Deferred | State::Pending => self.has_facts(&message.subject).await?,
            State::Suppressed => message.expires_at > self.now && self.has_facts(&message.subject).await?,
            _ => false,
        };
        if self.held.address(&message.recipient) || self.held.subject(&message.subject).await? {
            return Ok(Some(Fate::Held));
        }
        if may_still_go {
            return Ok(Some(Fate::Open));
        }
        let next = message.emptied(self.now);
        let next = to_item("message", &next.key(), &next)?;
        self.replace("message", item, next).await?;
        Ok(Some(Fate::Emptied))
    }

    async fn decision(&mut self, item: &Item) -> Result<Option<Fate>, StoreError> {
        let decision: Decision = from_item("decision", item.clone())?;
        if !self.is_over(Class::Messages, decision.decided_at) {
            return Ok(None);
        }
        self.key_of(&decision.subject, decision.decided_at + self.days(), item).await
    }

    /// Deletes a key whose content went at `emptied`, where nothing could be derived again.
    async fn key_of(
        &mut self,
        subject: &str,
        emptied: Timestamp,
        item: &Item,
    ) -> Result<Option<Fate>, StoreError> {
        if emptied + KEYS_OUTLIVE > self.now || self.has_facts(subject).await? {
            return Ok(None);
        }
        if self.held.subject(subject).await? {
            return Ok(Some(Fate::Held));
        }
        self.remove("key", item).await?;
        Ok(Some(Fate::Removed))
    }

    async fn reply(&mut self, pk: &str, item: &Item) -> Result<Option<Fate>, StoreError> {
        let stored: StoredReply = from_item("reply", item.clone())?;
        let is_over = match stored.emptied_at {
            Some(emptied) => emptied + KEYS_OUTLIVE <= self.now,
            None => self.is_over(Class::Messages, stored.at),
        };
        if !is_over {
            return Ok(None);
        }
        if self.is_held(&stored).await? {
            return Ok(Some(Fate::Held));
        }
        // It may be a STOP that nobody has read yet.
        if self.needed.contains(pk) || self.needed.contains(&stored.id) {
            return Ok(Some(Fate::Open));
        }
        if stored.emptied_at.is_some() {
            self.remove("reply", item).await?;
            return Ok(Some(Fate::Removed));
        }
        let next = to_item("reply", &reply(&stored.id), &stored.emptied(self.now))?;
        self.replace("reply", item, next).await?;
        Ok(Some(Fate::Emptied))
    }

    async fn is_held(&mut self, stored: &StoredReply) -> Result<bool, StoreError> {
        if self.held.address(&stored.sender) {
            return Ok(true);
        }
        match &stored.subject {
            Some(subject) => self.held.subject(subject).await,
            None => Ok(false),
        }
    }

    /// A reply's place under its call or case goes with the reply.
    async fn link(&mut self, item: &Item) -> Result<Option<Fate>, StoreError> {
        let link: Link = from_item("reply", item.clone())?;
        if self.planning.messages.reply(&link.id).await?.is_some() {
            return Ok(None);
        }
        self.remove("reply", item).await?;
        Ok(Some(Fate::Removed))
    }

    async fn task(&mut self, item: &Item) -> Result<Option<Fate>, StoreError> {
        let task: Task = from_item("task", item.clone())?;
        let Some(done) = task.done else { return Ok(None) };
        if !self.is_over(Class::Messages, done.at) {
            return Ok(None);
        }
        self.key_of(&task.subject, done.at + self.days(), item).await
    }

    /// A notice: to whom it went and what it said goes, then the row.
    async fn notice(&mut self, pk: &str, item: &Item) -> Result<Option<Fate>, StoreError> {
        let notice: Notice = from_item("notice", item.clone())?;
        if !self.is_over(Class::Messages, notice.at) || notice.expires_at > self.now {
            return Ok(None);
        }
        if matches!(notice.state, State::Claimed | State::Pending | State::Deferred) {
            return Ok(Some(Fate::Open));
        }
        let has_content = notice.address.is_some() || notice.letter.is_some();
        let is_key_over = notice.at + self.days() + KEYS_OUTLIVE <= self.now;
        if !has_content && !is_key_over {
            return Ok(None);
        }
        if let Some(id) = crate::keys::reply_id(pk)
            && let Some(stored) = self.planning.messages.reply(id).await?
            && self.is_held(&stored).await?
        {
            return Ok(Some(Fate::Held));
        }
        if has_content {
            let next = to_item("notice", &notice.key(), &notice.emptied())?;
            self.replace("notice", item, next).await?;
            return Ok(Some(Fate::Emptied));
        }
        self.remove("notice", item).await?;
        Ok(Some(Fate::Removed))
    }

    fn days(&self) -> SignedDuration {
        let days = self.retention.days(Class::Messages).unwrap_or_default();
        SignedDuration::from_hours(24 * i64::from(days))
    }

    async fn replace(&self, what: &'static str, item: &Item, next: Item) -> Result<(), StoreError> {
        self.planning.messages.store().replace(what, item, next, &self.held.in_force).await
    }

    async fn remove(&self, what: &'static str, item: &Item) -> Result<(), StoreError> {
        self.planning.messages.store().remove(what, item, &self.held.in_force).await
    }
}

impl Message {
    /// The message without address and words; what was still to go out goes no more. Its key stays.
    #[must_use]
    pub fn emptied(&self, now: Timestamp) -> Self {
        let state = match self.state {
            State::Deferred | State::Pending | State::Suppressed => State::Expired,
            other => other,
        };
        let moved = if state == self.state { self.left_alone() } else { self.moved(state, None, None, now) };
        Self {
            address: String::new(),
            body: None,
            provider_id: None,
            claim: None,
            emptied_at: Some(now),
            ..moved
        }
    }
}

impl StoredReply {
    /// The reply without number and words.
    #[must_use]
    pub fn emptied(&self, now: Timestamp) -> Self {
        Self { sealed: None, emptied_at: Some(now), ..self.clone() }
    }
}
