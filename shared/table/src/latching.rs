//! Stores calls and cases together with the latches that they cause, in one transaction: whoever writes facts, a
//! webhook or a member of staff, protects every address in them at once.
use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::Put;
use jiff::Timestamp;
use updates::{Policy, Subject};

use crate::contacts::Contacts;
use crate::error::StoreError;
use crate::incidents::{Changed, Incidents};
use crate::planning::Planning;
use crate::received::{Received, Written};

/// Latches that are written in one transaction, at most; beside them stand the event and the subjects it changes.
const LATCHES: usize = 60;

/// A subject as it is becoming, the revision that was read (0 where it is new), and when it was to be looked at by the
/// clock.
pub type Touched = (Subject, u64, Option<Timestamp>);

/// Where facts are stored, and by which rules their addresses are latched.
#[derive(Clone, Copy, Debug)]
pub struct Latching<'a> {
    /// Calls and cases.
    pub incidents: &'a Incidents,
    /// Addresses.
    pub contacts: &'a Contacts,
    /// The department's rules.
    pub policy: &'a Policy,
    /// The present instant.
    pub now: Timestamp,
}

impl Planning {
    /// Stores facts in these tables by `policy`.
    pub fn latching<'a>(&'a self, policy: &'a Policy, now: Timestamp) -> Latching<'a> {
        Latching { incidents: &self.incidents, contacts: &self.contacts, policy, now }
    }
}

impl Latching<'_> {
    /// Stores `touched` as `received` leaves them, with the latches they cause since `at` and `with`, in one transaction.
    /// `Condition` means that somebody else wrote first: read and merge again.
    pub async fn store(
        &self,
        received: &Received<'_>,
        touched: Vec<Touched>,
        at: Timestamp,
        with: Vec<Put>,
    ) -> Result<Written, StoreError> {
        let (mut changed, mut latched) = (Vec::new(), BTreeMap::new());
        for (subject, rev, due_at) in touched {
            latched.append(&mut self.latches(&subject, at).await?);
            let safety = match &subject {
                Subject::Incident(incident) => incident.safety_text(),
                Subject::Case(case, _) => case.safety_text(),
            };
            let safety = self.contacts.keyed_hash(&safety).await?;
            let wake = updates::wake(&subject, self.policy, self.now);
            changed.push(Changed { subject, rev, due_at, wake, safety });
        }
        let mut latched: Vec<Put> = latched.into_values().collect();
        // One transaction holds a hundred writes. What is too many for it is latched before the facts: too early
        // protects, too late would not.
        while latched.len() > LATCHES {
            let ahead = latched.split_off(latched.len() - LATCHES);
            self.contacts.write_all(ahead).await?;
        }
        let with = latched.into_iter().chain(with).collect();
        self.incidents.store_event(received, &changed, with).await
    }

    /// The latches that the subject now causes, by address: every address in it, for as long as the rules say. Present
    /// ones that last longer stay as they are.
    async fn latches(&self, subject: &Subject, at: Timestamp) -> Result<BTreeMap<String, Put>, StoreError> {
        if !subject.latches(self.policy) {
            return Ok(BTreeMap::new());
        }
        let until = at.min(self.now) + self.policy.latch();
        let known = self.contacts.known(&subject.addresses()).await?;
        let mut puts = BTreeMap::new();
        for (address, state) in &known.states {
            if let Some(latched) = state.latched(until) {
                puts.insert(address.clone(), self.contacts.put(address, &latched).await?);
            }
        }
        Ok(puts)
    }
}
