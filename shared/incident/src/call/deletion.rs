//! What is left of a call whose data was deleted: enough that the same events, posted again, change nothing, that it
//! stays as unsafe as it was, and that the crime log still knows under which day it stood. No person, no address.
use jiff::Timestamp;

use super::{Facts, Incident, Moment, Place, Private};
use crate::deletion;
use crate::register::Stamp;

impl Incident {
    /// Deletes everything that happened up to `until`, because its time is over. What is told later counts again.
    pub fn forget(&mut self, until: Timestamp) {
        self.facts = self.facts.remains(until);
        self.private = self.private.remains();
    }

    /// Deletes everything by order, and for good: whatever is posted again is not taken.
    pub fn expunge(&mut self) {
        self.forget(Timestamp::MAX);
        self.facts.expunged = true;
        self.private = Private::default();
    }

    /// The latest instant of which anything was told.
    pub fn latest(&self) -> Option<Timestamp> {
        deletion::latest(&self.facts).max(self.private.latest())
    }
}

impl Facts {
    /// Whether what happened at `at` was deleted.
    pub fn is_deleted(&self, at: Timestamp) -> bool {
        self.deleted_until.is_some_and(|until| at <= until)
    }

    /// What happened up to here was deleted; [`Timestamp::MAX`] where that was by order.
    pub fn deleted_until(&self) -> Option<Timestamp> {
        self.deleted_until
    }

    fn remains(&self, until: Timestamp) -> Self {
        let opened = self.moments.get(&Moment::Opened).map(|times| (Moment::Opened, times.clone()));
        Self {
            opened_at: self.opened_at.clone(),
            moments: opened.into_iter().collect(),
            call_types: self.call_types.clone(),
            case_number: self.case_number.clone(),
            merged_into: self.merged_into.clone(),
            merged_at: self.merged_at,
            expunged: self.expunged,
            deleted_until: self.deleted_until.max(Some(until)),
            sources: self.sources.clone(),
            place: self.place.remains(),
            ..Self::default()
        }
    }
}

impl Place {
    /// When it happened, and what it ever was: denial only accumulates.
    pub(crate) fn remains(&self) -> Self {
        Self { occurred_from: self.occurred_from.clone(), offences: self.offences.clone(), ..Self::default() }
    }
}

impl Private {
    /// Ids of the people of whom `is_meant` says so of one of their addresses, as sent.
    pub fn people_at(&self, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
        let people = self.people.iter().filter(|(_, person)| person.addresses().any(&is_meant));
        people.map(|(id, _)| id.clone()).collect()
    }

    /// Deletes a person for good, what staff wrote to them, and the address of the place, which may be where they live.
    /// Only the sender's id of the person is left, so that the same events bring nobody back.
    pub fn erase(&mut self, person: &str) {
        self.people.entry(person.to_owned()).or_default().erase();
        for message in self.staff_messages.values_mut().filter(|message| message.person == person) {
            message.text.clear();
            message.override_reason = None;
        }
        self.address.write(Stamp { at: Timestamp::MAX, rank: u8::MAX }, None);
    }

    /// Nobody, but at which addresses nobody may be told.
    pub(crate) fn remains(&self) -> Self {
        Self { never_told: self.never_told.clone(), ..Self::default() }
    }

    pub(crate) fn latest(&self) -> Option<Timestamp> {
        let people = self.people.values().filter_map(deletion::latest).max();
        let written = self.staff_messages.values().map(|message| message.at).max();
        people.max(written).max(self.address.at().filter(|at| *at < Timestamp::MAX))
    }

    /// Address of the place, if told.
    pub fn address(&self) -> Option<&str> {
        self.address.get().map(String::as_str)
    }
}
