//! Calls and cases: their people, addresses and places go; what keeps a replay from bringing them back stays for the time
//! that keys outlive content, and then goes as well. Rejected events go whole.
use std::collections::BTreeSet;

use incident::Contact;
use jiff::{SignedDuration, Timestamp};
use records::Class;
use records::retention::KEYS_OUTLIVE;
use serde::Deserialize;
use updates::Subject;
use updates::subject::normalised;

use super::{Done, Fate, Keeper, Of, Part};
use crate::error::StoreError;
use crate::incidents::{Changed, SubjectItem};
use crate::messages::State;
use crate::planning::Loaded;
use crate::store::{Item, from_item};

/// How long the database keeps a rejected event: its time to live less this is when it came.
const QUARANTINE: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Below this age anybody counts as a minor here, whatever the department's rules say later.
const ADULT: u8 = 21;

#[derive(Deserialize)]
struct Rejected {
    ttl: i64,
}

/// Whether a subject is only what is left of a deleted one.
pub(super) fn is_bare(subject: &Subject) -> bool {
    let Some(until) = deleted_until(subject) else { return false };
    let mut again = subject.clone();
    forget(&mut again, until);
    match (&again, subject) {
        (Subject::Incident(again), Subject::Incident(call)) => again == call,
        (Subject::Case(again, _), Subject::Case(case, _)) => again == case,
        _ => false,
    }
}

fn deleted_until(subject: &Subject) -> Option<Timestamp> {
    match subject {
        Subject::Incident(call) => call.facts.deleted_until(),
        Subject::Case(case, _) => case.facts.deleted_until(),
    }
}

fn forget(subject: &mut Subject, until: Timestamp) {
    match subject {
        Subject::Incident(call) => call.forget(until),
        Subject::Case(case, _) => case.forget(until),
    }
}

fn latest(subject: &Subject) -> Option<Timestamp> {
    match subject {
        Subject::Incident(call) => call.latest(),
        Subject::Case(case, _) => case.latest(),
    }
}

impl Keeper<'_> {
    pub(super) async fn incident(&mut self, pk: &str, sk: &str, item: &Item) -> Done {
        match sk {
            "STATE" => self.subject(pk, item).await.of(Class::Incidents),
            "REJ" => self.rejected(Part::Incidents, pk, item).await.of(Class::Quarantine),
            _ => Ok(None),
        }
    }

    /// A rejected event, of whichever table.
    pub(super) async fn rejected(
        &self,
        part: Part,
        pk: &str,
        item: &Item,
    ) -> Result<Option<(Class, Fate)>, StoreError> {
        let rejected: Rejected = from_item("rejected event", item.clone())?;
        let came = Timestamp::from_second(rejected.ttl).unwrap_or(Timestamp::MAX) - QUARANTINE;
        if !pk.starts_with("REJ#") || !self.is_over(Class::Quarantine, came) {
            return Ok(None);
        }
        let (store, held) = match part {
            Part::Personnel => (self.personnel.store(), &self.officers),
            _ => (self.planning.incidents.store(), &self.held.in_force),
        };
        store.remove("rejected event", item, held).await?;
        Ok(Some((Class::Quarantine, Fate::Removed)))
    }

    async fn subject(&mut self, pk: &str, item: &Item) -> Result<Option<(Class, Fate)>, StoreError> {
        let row: SubjectItem = from_item("subject", item.clone())?;
        // Without the date nothing is known of its age; its next event brings one.
        let Some(changed) = row.changed_at else { return Ok(None) };
        // What is left of a deleted one goes by another time than the class; everything else can be told apart unopened.
        if self.retention.days(Class::Incidents).is_none()
            || !self.is_over(Class::Incidents, changed) && changed + KEYS_OUTLIVE > self.now
        {
            return Ok(None);
        }
        let Some(loaded) = self.planning.load(pk).await? else { return Ok(None) };
        if is_bare(&loaded.subject) {
            return self.remains(pk, item, &loaded).await;
        }
        let last = latest(&loaded.subject).max(Some(changed)).unwrap_or(changed);
        if !self.is_over(Class::Incidents, last) {
            return Ok(None);
        }
        let fate = if self.held.subject(pk).await? {
            Fate::Held
        } else if self.is_open(pk, &loaded).await? {
            Fate::Open
        } else {
            self.forget(item, loaded).await?;
            self.standing.remove(pk);
            Fate::Emptied
        };
        Ok(Some((Class::Incidents, fate)))
    }

    /// Deletes what is left, once its time is over; what was deleted by order leaves it for good.
    async fn remains(
        &mut self,
        pk: &str,
        item: &Item,
        loaded: &Loaded,
    ) -> Result<Option<(Class, Fate)>, StoreError> {
        let until = deleted_until(&loaded.subject).filter(|until| *until < Timestamp::MAX);
        if until.is_none_or(|until| until + KEYS_OUTLIVE > self.now) {
            return Ok(None);
        }
        if self.held.subject(pk).await? {
            return Ok(Some((Class::Incidents, Fate::Held)));
        }
        self.planning.incidents.store().remove("subject", item, &self.held.in_force).await?;
        Ok(Some((Class::Incidents, Fate::Removed)))
    }

    /// Whether the clock still has to look at it, something about it still has to go out, or somebody still has to do it.
    async fn is_open(&self, pk: &str, loaded: &Loaded) -> Result<bool, StoreError> {
        if loaded.due_at.is_some_and(|due| due > self.now) || self.needed.contains(pk) {
            return Ok(true);
        }
        let waits = |state: State| matches!(state, State::Deferred | State::Pending | State::Claimed);
        Ok(self.planning.messages.of(pk).await?.iter().any(|message| waits(message.state)))
    }

    /// One write, that no stream carries: nothing follows from it.
    async fn forget(&self, item: &Item, loaded: Loaded) -> Result<(), StoreError> {
        let Loaded { mut subject, rev, .. } = loaded;
        let never = self.never_told(&subject).await?;
        match &mut subject {
            Subject::Incident(call) => call.private.never_told.extend(never),
            Subject::Case(case, _) => case.private.never_told.extend(never),
        }
        forget(&mut subject, self.now);
        let safety = match &subject {
            Subject::Incident(call) => call.safety_text(),
            Subject::Case(case, _) => case.safety_text(),
        };
        let safety = self.planning.contacts.keyed_hash(&safety).await?;
        let changed = Changed { subject, rev, due_at: None, wake: None, safety };
        let incidents = &self.planning.incidents;
        let next = incidents.subject_item(&changed, None, self.now, false).await?;
        incidents.store().replace("subject", item, next, &self.held.in_force).await
    }

    /// Blind indexes of the addresses at which nobody may be told of this: of suspects, of minors, of whoever said never.
    /// They outlive the people, since a case that came of the call may still be told of.
    async fn never_told(&self, subject: &Subject) -> Result<BTreeSet<String>, StoreError> {
        let mut found = BTreeSet::new();
        for person in subject.private().people.values() {
            let is_minor = person.age().is_some_and(|age| age < ADULT);
            let said_never = person.contact() == Some(Contact::Never);
            if !(person.ever_suspect() || is_minor || said_never) {
                continue;
            }
            for address in normalised(person) {
                found.insert(self.planning.contacts.index(&address).await?);
            }
        }
        Ok(found)
    }
}
