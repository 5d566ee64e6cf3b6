//! What is kept of an incident's last EIDO: the least that tells the next one's news from its repetitions. Values are
//! not kept, since the facts of the incident hold them in registers that order themselves; what was already reached
//! in its course is.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::event::IncidentEvent;

/// The course of one incident as last told. Holds no personal data but hashes of the sender's identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snapshot {
    /// Our number of the incident; it never changes again.
    #[serde(rename = "n")]
    number: String,
    /// Digest of the last EIDO: its repetition tells nothing.
    #[serde(rename = "b", skip_serializing_if = "String::is_empty")]
    body: String,
    /// When it began, as far as known; only ever earlier.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub(super) started: Option<Timestamp>,
    #[serde(rename = "o", skip_serializing_if = "std::ops::Not::not")]
    pub(super) opened: bool,
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub(super) call_type: Option<String>,
    #[serde(rename = "i", skip_serializing_if = "Option::is_none")]
    pub(super) incident: Option<Seen>,
    /// Units by hash.
    #[serde(rename = "u", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) units: BTreeMap<String, Seen>,
    /// Incidents that this one replaced and that know it, by hash.
    #[serde(rename = "r", skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) replaced: BTreeSet<String>,
}

/// A component's version and what it said of the course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    #[serde(rename = "v")]
    pub(super) version: Version,
    #[serde(rename = "m")]
    pub(super) marks: BTreeSet<Mark>,
}

/// The order of two versions of one component: its own stamp, then how far its course has come. Never the arrival.
pub(super) type Version = (Timestamp, u8);

/// A step of the course, of an incident or a unit, in the order of the life cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mark {
    Active,
    Assigned,
    Enroute,
    Delayed,
    Diverted,
    Arrived,
    Cleared,
    Closed,
    Cancelled,
    /// Cancelled by its disposition.
    Voided,
    Reopened,
}

impl Mark {
    /// The event that tells of this step; being active is none.
    pub(super) fn event(self) -> Option<IncidentEvent> {
        Some(match self {
            Self::Active => return None,
            Self::Assigned => IncidentEvent::Assigned,
            Self::Enroute => IncidentEvent::Enroute,
            Self::Delayed => IncidentEvent::Delayed,
            Self::Diverted => IncidentEvent::Diverted,
            Self::Arrived => IncidentEvent::Arrived,
            Self::Cleared => IncidentEvent::Cleared,
            Self::Closed => IncidentEvent::Closed,
            Self::Cancelled | Self::Voided => IncidentEvent::Cancelled,
            Self::Reopened => IncidentEvent::Reopened,
        })
    }
}

impl Seen {
    pub(super) fn new(at: Timestamp, marks: BTreeSet<Mark>) -> Self {
        let rank = marks.iter().filter_map(|mark| mark.event()).max().map_or(0, |event| event as u8);
        Self { version: (at, rank), marks }
    }

    pub(super) fn has(&self, marks: &[Mark]) -> bool {
        marks.iter().any(|mark| self.marks.contains(mark))
    }
}

impl Snapshot {
    /// Nothing known yet of the incident that has `number` with us.
    pub fn new(number: &str) -> Self {
        Self { number: number.into(), ..Self::default() }
    }

    /// Our number of the incident.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Whether the EIDO with this digest is the last one once more.
    pub fn repeats(&self, digest: &str) -> bool {
        self.body == short(digest)
    }

    /// The same, taken from the EIDO with this digest.
    #[must_use]
    pub fn taken_from(mut self, digest: &str) -> Self {
        self.body = short(digest);
        self
    }

    /// Notes that the incident `tracking_id` knows that this one took its place.
    pub fn replaced(&mut self, tracking_id: &str) {
        self.replaced.insert(short(tracking_id));
    }
}

/// SHA-256 of an EIDO as posted, but for white space.
pub fn digest(body: &serde_json::Value) -> String {
    hex::encode(Sha256::digest(body.to_string()))
}

/// Half a line of hash where the sender's own word may be long or personal.
pub(super) fn short(text: &str) -> String {
    hex::encode(&Sha256::digest(text)[..8])
}
