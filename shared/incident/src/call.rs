//! A call for service: its facts as registers, sets and flags, and what they say about its course.
mod deletion;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::{AgencyFields, IncidentData, IncidentEvent, Origin, PlaceFields, UnitStatus};
use crate::person::Person;
use crate::register::{Register, Stamp};
use crate::staff::{StaffEntry, StaffMessage};

/// Everything known about a call. `facts` holds no personal data; `private` is stored sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Number of the call.
    pub id: String,
    /// What is not personal.
    pub facts: Facts,
    /// What is.
    pub private: Private,
}

/// Facts that may be read without the key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    #[serde(skip_serializing_if = "Register::is_unset")]
    call_type: Register<String>,
    /// Every call type it ever had: denial only accumulates.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    call_types: BTreeSet<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    priority: Register<u8>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    opened_at: Register<Timestamp>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    disposition: Register<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    case_number: Register<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    status: Register<Status>,
    /// Each transfer with its time.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    transfers: BTreeSet<(Timestamp, AgencyFields)>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    units: BTreeMap<String, Unit>,
    /// When each thing happened, every time it did.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    moments: BTreeMap<Moment, BTreeSet<Timestamp>>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    merged_into: BTreeSet<String>,
    /// When it was first merged into another.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_at: Option<Timestamp>,
    /// Calls that were merged into this one, and when.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    absorbed: BTreeMap<String, Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    expunged: bool,
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

/// Where and when, for the crime log; also part of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    #[serde(skip_serializing_if = "Register::is_unset")]
    beat: Register<String>,
    /// Latitude and longitude in degrees, as text so that equality is exact.
    #[serde(skip_serializing_if = "Register::is_unset")]
    position: Register<(String, String)>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    origin: Register<Origin>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    occurred_from: Register<Timestamp>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    occurred_to: Register<Timestamp>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    offence: Register<String>,
    /// Every offence it ever had: denial only accumulates.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    offences: BTreeSet<String>,
}

/// Personal data of a call or a case.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Private {
    /// The people, by the sender's id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub people: BTreeMap<String, Person>,
    /// Messages that staff wrote, by ordinal.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub staff_messages: BTreeMap<String, StaffMessage>,
    /// Blind indexes of addresses at which nobody may be told: what is left of deleted suspects, minors and people who
    /// said never.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub never_told: BTreeSet<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    address: Register<String>,
}

impl std::fmt::Debug for Private {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Private([private])")
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Unit {
    #[serde(skip_serializing_if = "Register::is_unset")]
    status: Register<UnitStatus>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    eta: Register<Timestamp>,
}

/// Whether the call is being worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being worked, or reopened.
    Open,
    /// Done.
    Closed,
    /// Called off.
    Cancelled,
}

/// Something that happened at a known time, perhaps more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum Moment {
    Opened,
    Enroute,
    Delayed,
    Diverted,
    Arrived,
    Closed,
    Reopened,
}

impl Incident {
    /// A call of which nothing is known yet.
    pub fn new(id: &str) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// Merges one event. Merging is commutative, associative and idempotent (a property test holds it).
    /// `baseline` marks everything up to the event as known before the service began.
    /// What was deleted stays deleted, whatever is posted again; an order to expunge still counts.
    pub fn apply(&mut self, stamp: Stamp, event: IncidentEvent, data: &IncidentData, baseline: bool) {
        let facts = &mut self.facts;
        if facts.is_deleted(stamp.at) {
            facts.expunged |= event == IncidentEvent::Expunged;
            return;
        }
        facts.call_type.write_field(stamp, &data.incident.call_type);
        facts.call_types.extend(data.incident.call_type.iter().flatten().cloned());
        facts.priority.write_field(stamp, &data.incident.priority);
        facts.opened_at.write_field(stamp, &data.incident.opened_at);
        facts.disposition.write_field(stamp, &data.disposition);
        facts.case_number.write_field(stamp, &data.case_number);
        facts.place.apply(stamp, &data.incident.place);
        facts.apply_course(stamp, event, data);
        if baseline {
            facts.baseline_until = facts.baseline_until.max(Some(stamp.at));
        }
        self.private.apply(stamp, &data.incident.place, &data.people);
    }

    /// Canonical text of all that decides whether someone may be contacted. Its keyed hash is stored beside the
    /// facts and is a condition of every claim.
    pub fn safety_text(&self) -> String {
        let facts = &self.facts;
        let (types, offences, merged) = (&facts.call_types, &facts.place.offences, &facts.merged_into);
        let mut text =
            format!("{types:?}|{offences:?}|{}|{merged:?}|{:?}", facts.expunged, facts.status.get());
        for (id, person) in &self.private.people {
            person.write_safety(id, &mut text);
        }
        text
    }
}

impl Facts {
    fn apply_course(&mut self, stamp: Stamp, event: IncidentEvent, data: &IncidentData) {
        use IncidentEvent as E;
        let (moment, unit_status) = match event {
            E::Opened => (Some(Moment::Opened), None),
            E::Assigned => (None, Some(UnitStatus::Assigned)),
            E::Enroute => (Some(Moment::Enroute), Some(UnitStatus::Enroute)),
            E::Delayed => (Some(Moment::Delayed), Some(UnitStatus::Delayed)),
            E::Diverted => (Some(Moment::Diverted), Some(UnitStatus::Diverted)),
            E::Arrived => (Some(Moment::Arrived), Some(UnitStatus::Arrived)),
            E::Cleared => (None, Some(UnitStatus::Cleared)),
            E::Closed => (Some(Moment::Closed), None),
            E::Reopened => (Some(Moment::Reopened), None),
            E::Updated | E::Reclassified | E::Cancelled | E::Merged | E::Transferred | E::Expunged => {
                (None, None)
            }
        };
        self.moments.extend_with(moment, stamp.at);
        match event {
            E::Closed => self.status.write(stamp, Some(Status::Closed)),
            E::Cancelled => self.status.write(stamp, Some(Status::Cancelled)),
            E::Opened | E::Reopened => self.status.write(stamp, Some(Status::Open)),
            E::Expunged => self.expunged = true,
            _ => {}
        }
        if let Some(into) = &data.merged_into {
            self.merged_into.insert(into.clone());
            self.merged_at = self.merged_at.into_iter().chain([stamp.at]).min();
        }
        if let (E::Transferred, Some(agency)) = (event, &data.agency) {
            self.transfers.insert((stamp.at, agency.clone()));
        }
        for fields in &data.units {
            let unit = self.units.entry(fields.id.clone()).or_default();
            let status = unit_status.or(fields.status);
            if let Some(status) = status {
                unit.status.write(stamp, Some(status));
            }
            unit.eta.write_field(stamp, &fields.eta);
            // A unit may be reported under way inside any event, the opening one included.
            match status {
                Some(UnitStatus::Enroute) => self.moments.extend_with(Some(Moment::Enroute), stamp.at),
                Some(UnitStatus::Arrived) => self.moments.extend_with(Some(Moment::Arrived), stamp.at),
                _ => {}
            }
        }
    }

    /// Present call type.
    pub fn call_type(&self) -> Option<&str> {
        self.call_type.get().map(String::as_str)
    }

    /// Every call type it ever had.
    pub fn call_types(&self) -> &BTreeSet<String> {
        &self.call_types
    }

    /// 1 is the most urgent.
    pub fn priority(&self) -> Option<u8> {
        self.priority.get().copied()
    }

    /// When it began: as told, else when the opening event happened.
    pub fn opened_at(&self) -> Option<Timestamp> {
        self.opened_at.get().copied().or_else(|| self.first(Moment::Opened))
    }

    /// Disposition code.
    pub fn disposition(&self) -> Option<&str> {
        self.disposition.get().map(String::as_str)
    }

    /// Number of the case that came of it.
    pub fn case_number(&self) -> Option<&str> {
        self.case_number.get().map(String::as_str)
    }

    /// Present status.
    pub fn status(&self) -> Option<Status> {
        self.status.get().copied()
    }

    /// When the present status was reached.
    pub fn status_at(&self) -> Option<Timestamp> {
        self.status.at()
    }

    /// Every transfer to another agency, in order of time.
    pub fn transfers(&self) -> impl Iterator<Item = (Timestamp, &AgencyFields)> {
        self.transfers.iter().map(|(at, agency)| (*at, agency))
    }

    /// Calls into which it was merged; usually one.
    pub fn merged_into(&self) -> impl Iterator<Item = &str> {
        self.merged_into.iter().map(String::as_str)
    }

    /// When it was first merged into another.
    pub fn merged_at(&self) -> Option<Timestamp> {
        self.merged_at
    }

    /// Calls that were merged into this one, and when.
    pub fn absorbed(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        self.absorbed.iter().map(|(call, at)| (call.as_str(), *at))
    }

    /// Notes that the call `id` was merged into this one at `at`, with what makes it unsafe.
    pub(crate) fn absorb(&mut self, id: &str, at: Timestamp, other: &Self) {
        let since = self.absorbed.entry(id.to_owned()).or_insert(at);
        *since = at.min(*since);
        self.call_types.extend(other.call_types.iter().cloned());
        self.place.absorb_offences(&other.place);
    }

    /// Whether another incident took its place.
    pub fn is_merged(&self) -> bool {
        !self.merged_into.is_empty()
    }

    /// Expunged by order: nothing of it goes anywhere any more.
    pub fn is_expunged(&self) -> bool {
        self.expunged
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
    pub fn times(&self, moment: Moment) -> impl Iterator<Item = Timestamp> {
        self.moments.get(&moment).into_iter().flatten().copied()
    }

    /// The first time it happened.
    pub fn first(&self, moment: Moment) -> Option<Timestamp> {
        self.moments.get(&moment)?.first().copied()
    }

    /// The last time it happened.
    pub fn last(&self, moment: Moment) -> Option<Timestamp> {
        self.moments.get(&moment)?.last().copied()
    }

    /// The first time it happened after `since` (from the beginning for `None`).
    pub fn first_after(&self, moment: Moment, since: Option<Timestamp>) -> Option<Timestamp> {
        let times = self.moments.get(&moment)?;
        times.iter().copied().find(|at| since.is_none_or(|since| *at > since))
    }

    /// Whether some unit is on its way or there.
    pub fn has_unit_coming(&self) -> bool {
        let coming =
            |unit: &Unit| matches!(unit.status.get(), Some(UnitStatus::Enroute | UnitStatus::Arrived));
        self.units.values().any(coming)
    }

    /// The earliest expected arrival among the units on their way.
    pub fn expected_arrival(&self) -> Option<Timestamp> {
        let coming = |unit: &&Unit| unit.status.get() == Some(&UnitStatus::Enroute);
        self.units.values().filter(coming).filter_map(|unit| unit.eta.get().copied()).min()
    }
}

impl Place {
    pub(crate) fn apply(&mut self, stamp: Stamp, fields: &PlaceFields) {
        self.beat.write_field(stamp, &fields.beat);
        self.origin.write_field(stamp, &fields.origin);
        self.occurred_from.write_field(stamp, &fields.occurred_from);
        self.occurred_to.write_field(stamp, &fields.occurred_to);
        self.offence.write_field(stamp, &fields.offence);
        self.offences.extend(fields.offence.iter().flatten().cloned());
        if let Some(location) = &fields.location {
            let position = location.as_ref().and_then(|place| Some((place.latitude?, place.longitude?)));
            self.position.write(stamp, position.map(|(lat, lon)| (lat.to_string(), lon.to_string())));
        }
    }

    fn absorb_offences(&mut self, other: &Self) {
        self.offences.extend(other.offences.iter().cloned());
    }

    /// Beat of the call.
    pub fn beat(&self) -> Option<&str> {
        self.beat.get().map(String::as_str)
    }

    /// Latitude and longitude in degrees.
    pub fn position(&self) -> Option<(f64, f64)> {
        let (latitude, longitude) = self.position.get()?;
        Some((latitude.parse().ok()?, longitude.parse().ok()?))
    }

    /// Who noticed.
    pub fn origin(&self) -> Option<Origin> {
        self.origin.get().copied()
    }

    /// Earliest time of occurrence.
    pub fn occurred_from(&self) -> Option<Timestamp> {
        self.occurred_from.get().copied()
    }

    /// Latest time of occurrence.
    pub fn occurred_to(&self) -> Option<Timestamp> {
        self.occurred_to.get().copied()
    }

    /// Present offence code.
    pub fn offence(&self) -> Option<&str> {
        self.offence.get().map(String::as_str)
    }

    /// Every offence code it ever had.
    pub fn offences(&self) -> &BTreeSet<String> {
        &self.offences
    }
}

impl Private {
    pub(crate) fn apply(&mut self, stamp: Stamp, place: &PlaceFields, people: &[crate::event::PersonFields]) {
        if let Some(location) = &place.location {
            self.address.write(stamp, location.as_ref().and_then(|place| place.address.clone()));
        }
        for fields in people {
            self.people.entry(fields.id.clone()).or_default().apply(stamp, fields);
        }
    }

    /// Adds a person, or what is new about one, as staff entered it.
    pub fn enter(&mut self, at: Timestamp, entry: &StaffEntry) {
        let person = self.people.entry(entry.fields.id.clone()).or_default();
        person.enter(StaffEntry::stamp(at), entry);
    }

    /// Adds a message by staff. The first one under an ordinal stays: repeating a request adds nothing.
    pub fn write(&mut self, ordinal: &str, message: StaffMessage) {
        self.staff_messages.entry(ordinal.to_owned()).or_insert(message);
    }
}

/// Adds to a set of times.
trait ExtendWith {
    fn extend_with(&mut self, moment: Option<Moment>, at: Timestamp);
}

impl ExtendWith for BTreeMap<Moment, BTreeSet<Timestamp>> {
    fn extend_with(&mut self, moment: Option<Moment>, at: Timestamp) {
        if let Some(moment) = moment {
            self.entry(moment).or_default().insert(at);
        }
    }
}
