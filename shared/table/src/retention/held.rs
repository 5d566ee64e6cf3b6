//! Which calls, cases and addresses the holds in force cover: what is named, what is linked to it, and every call and case
//! that a held person is part of.
use std::collections::BTreeSet;

use records::Scope;
use updates::Subject;

use crate::error::StoreError;
use crate::holds::{Holds, InForce};
use crate::planning::Planning;

/// The holds on people, calls and cases.
pub struct Held<'a> {
    planning: &'a Planning,
    subjects: BTreeSet<String>,
    indexes: BTreeSet<String>,
    /// The holds as they were read: each deletion checks that they still stand.
    pub in_force: InForce,
    last: Option<(String, bool)>,
}

impl<'a> Held<'a> {
    /// Reads them.
    pub async fn read(planning: &'a Planning) -> Result<Self, StoreError> {
        let in_force = Holds::new(planning.messages.store().clone()).in_force().await?;
        let mut held =
            Self { planning, subjects: BTreeSet::new(), indexes: BTreeSet::new(), in_force, last: None };
        for hold in held.in_force.holds.clone() {
            let subject = match hold.scope {
                Scope::Incident => Subject::incident_key(&hold.value),
                Scope::Case => Subject::case_key(&hold.value),
                Scope::Person => {
                    held.indexes.insert(hold.value);
                    continue;
                }
                Scope::Officer => continue,
            };
            if let Some(loaded) = planning.load(&subject).await? {
                held.subjects.extend(linked(&loaded.subject));
            }
            held.subjects.insert(subject);
        }
        Ok(held)
    }

    /// Whether none is in force.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty() && self.indexes.is_empty()
    }

    /// Whether an address is held, by its blind index.
    pub fn address(&self, index: &str) -> bool {
        self.indexes.contains(index)
    }

    /// Whether a call or a case is held: by name, by what is linked to it, or for a person in it.
    pub async fn subject(&mut self, key: &str) -> Result<bool, StoreError> {
        if self.subjects.contains(key) {
            return Ok(true);
        }
        if self.is_empty() {
            return Ok(false);
        }
        if let Some((_, held)) = self.last.as_ref().filter(|(last, _)| last == key) {
            return Ok(*held);
        }
        let held = match self.planning.load(key).await? {
            Some(loaded) => {
                linked(&loaded.subject).iter().any(|linked| self.subjects.contains(linked))
                    || self.has_held_person(&loaded.subject).await?
            }
            None => false,
        };
        self.last = Some((key.to_owned(), held));
        Ok(held)
    }

    async fn has_held_person(&self, subject: &Subject) -> Result<bool, StoreError> {
        if self.indexes.is_empty() {
            return Ok(false);
        }
        for address in subject.addresses() {
            if self.indexes.contains(&self.planning.contacts.index(&address).await?) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Calls and cases that a subject is linked to.
fn linked(subject: &Subject) -> Vec<String> {
    let of_call = |call: &incident::Incident| {
        let facts = &call.facts;
        let calls = facts.merged_into().map(Subject::incident_key);
        let calls = calls.chain(facts.absorbed().map(|(id, _)| Subject::incident_key(id)));
        calls.chain(facts.case_number().map(Subject::case_key)).collect::<Vec<_>>()
    };
    match subject {
        Subject::Incident(call) => of_call(call),
        Subject::Case(case, call) => {
            let mut found: Vec<String> =
                case.facts.incident_id().map(Subject::incident_key).into_iter().collect();
            found.extend(call.iter().flat_map(|call| of_call(call)));
            found
        }
    }
}
