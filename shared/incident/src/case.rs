//! A case: who works it, where it stands, what its victims are to be told and when.
mod deletion;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::call::{Place, Private};
use crate::event::{CaseData, CaseEvent, Investigator};
use crate::register::{Register, Stamp};

/// Where a case stands; the closed list of the contract. Anything else is unmapped and never sent.
pub const STATUSES: &[&str] = &[
    "open",
    "active",
    "suspended",
    "inactive",
    "reopened",
    "cleared_arrest",
    "cleared_exceptional",
    "unfounded",
    "closed",
];

/// Everything known about a case. `facts` holds no personal data of victims; `private` is stored sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Case number.
    pub number: String,
    /// What is not personal.
    pub facts: CaseFacts,
    /// What is.
    pub private: Private,
}

/// Facts that may be read without the key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseFacts {
    #[serde(skip_serializing_if = "Register::is_unset")]
    incident_id: Register<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    status: Register<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    investigator: Register<Investigator>,
    /// Each assignment with its time; the work contact of an investigator is no victim's data.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    assignments: BTreeSet<(Timestamp, Investigator)>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    moments: BTreeMap<CaseMoment, BTreeSet<Timestamp>>,
    /// Each reported change of status with its time.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    statuses: BTreeSet<(Timestamp, String)>,
    /// From when news of a referral may be told; null holds it for the investigator.
    #[serde(skip_serializing_if = "Register::is_unset")]
    referral_release: Register<Timestamp>,
    /// From when charge news may be told; null holds it for the investigator.
    #[serde(skip_serializing_if = "Register::is_unset")]
    charge_release: Register<Timestamp>,
    /// When staff let held news go.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    released: BTreeSet<Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sealed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_until: Option<Timestamp>,
    /// What happened up to here was deleted and is not taken again.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_until: Option<Timestamp>,
    /// Senders that told of it: a pause may name one.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    sources: BTreeSet<String>,
    /// What the crime log takes.
    pub place: Place,
}

/// Something that happened in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum CaseMoment {
    Opened,
    Assigned,
    Referred,
    Charged,
    Closed,
    ContactRequested,
}

impl Case {
    /// A case of which nothing is known yet.
    pub fn new(number: &str) -> Self {
        Self { number: number.into(), ..Self::default() }
    }

    /// Merges one event; see [`crate::Incident::apply`].
    pub fn apply(&mut self, stamp: Stamp, event: CaseEvent, data: &CaseData, baseline: bool) {
        let facts = &mut self.facts;
        if facts.is_deleted(stamp.at) {
            facts.sealed |= event == CaseEvent::Sealed;
            return;
        }
        facts.incident_id.write_field(stamp, &data.case.incident_id);
        facts.status.write_field(stamp, &data.case.status);
        facts.investigator.write_field(stamp, &data.case.investigator);
        facts.place.apply(stamp, &data.case.place);
        if let (CaseEvent::Assigned, Some(Some(investigator))) = (event, &data.case.investigator) {
            facts.assignments.insert((stamp.at, investigator.clone()));
        }
        let moment = match event {
            CaseEvent::Opened => Some(CaseMoment::Opened),
            CaseEvent::Assigned => Some(CaseMoment::Assigned),
            CaseEvent::ReferredToProsecutor => Some(CaseMoment::Referred),
            CaseEvent::Charged => Some(CaseMoment::Charged),
            CaseEvent::Closed => Some(CaseMoment::Closed),
            CaseEvent::ContactRequested => Some(CaseMoment::ContactRequested),
            CaseEvent::StatusChanged | CaseEvent::Transferred | CaseEvent::Sealed => None,
        };
        if let Some(moment) = moment {
            facts.moments.entry(moment).or_default().insert(stamp.at);
        }
        let release = data.release_at.or(data.case.release_at).flatten();
        match event {
            CaseEvent::Charged => facts.charge_release.write(stamp, release),
            CaseEvent::ReferredToProsecutor => facts.referral_release.write(stamp, release),
            CaseEvent::StatusChanged => {
                facts
                    .statuses
                    .extend(data.case.status.iter().flatten().map(|status| (stamp.at, status.clone())));
            }
            _ => {}
        }
        facts.sealed |= event == CaseEvent::Sealed;
        if baseline {
            facts.baseline_until = facts.baseline_until.max(Some(stamp.at));
        }
        self.private.apply(stamp, &data.case.place, &data.people);
    }

    /// See [`crate::Incident::safety_text`].
    pub fn safety_text(&self) -> String {
        let mut text = format!("{:?}|{}", self.facts.place.offences(), self.facts.sealed);
        for (id, person) in &self.private.people {
            person.write_safety(id, &mut text);
        }
        text
    }
}

impl CaseFacts {
    /// Lets go what is held at `at`: a charge or a referral that happened until then, never a later one.
    pub fn release(&mut self, at: Timestamp) {
        self.released.insert(at);
    }

    /// The call it came of.
    pub fn incident_id(&self) -> Option<&str> {
        self.incident_id.get().map(String::as_str)
    }

    /// Status as sent.
    pub fn status(&self) -> Option<&str> {
        self.status.get().map(String::as_str)
    }

    /// Who works it now.
    pub fn investigator(&self) -> Option<&Investigator> {
        self.investigator.get()
    }

    /// Every assignment, in order of time.
    pub fn assignments(&self) -> impl Iterator<Item = (Timestamp, &Investigator)> {
        self.assignments.iter().map(|(at, investigator)| (*at, investigator))
    }

    /// Every reported change of status, in order of time.
    pub fn statuses(&self) -> impl Iterator<Item = (Timestamp, &str)> {
        self.statuses.iter().map(|(at, status)| (*at, status.as_str()))
    }

    /// From when news of a referral may be told, if a time is set.
    pub fn referral_release(&self) -> Option<Timestamp> {
        self.release_of(CaseMoment::Referred, &self.referral_release)
    }

    /// From when charge news may be told, if a time is set.
    pub fn charge_release(&self) -> Option<Timestamp> {
        self.release_of(CaseMoment::Charged, &self.charge_release)
    }

    /// The earlier of the time set by the sender and the first release by staff after it happened.
    fn release_of(&self, moment: CaseMoment, set: &Register<Timestamp>) -> Option<Timestamp> {
        let happened = self.first(moment)?;
        let by_staff = self.released.range(happened..).next().copied();
        by_staff.into_iter().chain(set.get().copied()).min()
    }

    /// Sealed by order: nothing of it goes anywhere any more.
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// Notes who told of it.
    pub fn told_by(&mut self, source: &str) {
        self.sources.insert(source.to_owned());
    }

    /// Senders that told of it.
    pub fn sources(&self) -> &BTreeSet<String> {
        &self.sources
    }

    /// What happened up to here is never notified.
    pub fn baseline_until(&self) -> Option<Timestamp> {
        self.baseline_until
    }

    /// Every time it happened, in order.
    pub fn times(&self, moment: CaseMoment) -> impl Iterator<Item = Timestamp> {
        self.moments.get(&moment).into_iter().flatten().copied()
    }

    /// The first time it happened.
    pub fn first(&self, moment: CaseMoment) -> Option<Timestamp> {
        self.times(moment).next()
    }
}
