//! A call that was merged into another goes on there: its people wait for the same officers, and what makes it
//! unsafe makes the other unsafe.
use jiff::Timestamp;

use crate::call::{Incident, Private};

impl Incident {
    /// Takes in a call that was merged into this one: its people under its number, its call types and offences, which
    /// only accumulate. Taking it in again adds what is new; an expunged call takes its people away with it.
    pub fn absorb(&mut self, other: &Self) {
        let Some(at) = other.facts.merged_at() else { return };
        if other.facts.is_expunged() {
            self.private.forget(&other.id);
            return;
        }
        if self.facts.is_deleted(at) {
            return;
        }
        self.facts.absorb(&other.id, at, &other.facts);
        for (id, person) in &other.private.people {
            self.private.people.entry(adopted(&other.id, id)).or_default().absorb(person);
        }
    }

    /// When the call of the person `id` was merged into this one, if that is where they come from: until then they were
    /// told there.
    pub fn adopted_at(&self, id: &str) -> Option<Timestamp> {
        self.facts.absorbed().find(|(call, _)| id.starts_with(&adopted(call, ""))).map(|(_, at)| at)
    }
}

impl Private {
    /// Takes away the people of the call `id` that was merged into this one.
    fn forget(&mut self, id: &str) {
        let prefix = adopted(id, "");
        self.people.retain(|person, _| !person.starts_with(&prefix));
    }
}

/// Id under which a person of a merged call goes on.
fn adopted(call: &str, person: &str) -> String {
    format!("{call}/{person}")
}
