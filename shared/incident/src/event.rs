//! Posted events, read into types. A fault names the field by JSON pointer and never repeats its value.
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::limits;
use crate::person::{Contact, Role};
use crate::register::Stamp;

/// Types posted by CAD, in life-cycle order where it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum IncidentEvent {
    Opened,
    Updated,
    Reclassified,
    Assigned,
    Enroute,
    Delayed,
    Diverted,
    Arrived,
    Cleared,
    Closed,
    Cancelled,
    Reopened,
    Merged,
    Transferred,
    Expunged,
}

/// Types posted by the records system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum CaseEvent {
    Opened,
    Assigned,
    StatusChanged,
    ReferredToProsecutor,
    Charged,
    Closed,
    ContactRequested,
    Transferred,
    Sealed,
}

const INCIDENT_TYPES: &[(&str, IncidentEvent)] = &[
    ("incident.opened", IncidentEvent::Opened),
    ("incident.updated", IncidentEvent::Updated),
    ("incident.reclassified", IncidentEvent::Reclassified),
    ("unit.assigned", IncidentEvent::Assigned),
    ("unit.enroute", IncidentEvent::Enroute),
    ("unit.delayed", IncidentEvent::Delayed),
    ("unit.diverted", IncidentEvent::Diverted),
    ("unit.arrived", IncidentEvent::Arrived),
    ("unit.cleared", IncidentEvent::Cleared),
    ("incident.closed", IncidentEvent::Closed),
    ("incident.cancelled", IncidentEvent::Cancelled),
    ("incident.reopened", IncidentEvent::Reopened),
    ("incident.merged", IncidentEvent::Merged),
    ("incident.transferred", IncidentEvent::Transferred),
    ("incident.expunged", IncidentEvent::Expunged),
];

const CASE_TYPES: &[(&str, CaseEvent)] = &[
    ("case.opened", CaseEvent::Opened),
    ("case.assigned", CaseEvent::Assigned),
    ("case.status_changed", CaseEvent::StatusChanged),
    ("case.referred_to_prosecutor", CaseEvent::ReferredToProsecutor),
    ("case.charged", CaseEvent::Charged),
    ("case.closed", CaseEvent::Closed),
    ("case.contact_requested", CaseEvent::ContactRequested),
    ("case.transferred", CaseEvent::Transferred),
    ("case.sealed", CaseEvent::Sealed),
];

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Invalid {
    /// JSON pointer inside the event.
    pub pointer: String,
    /// Stable word: `unknown_type` or `invalid`.
    pub code: &'static str,
    /// What would be right.
    pub detail: String,
}

/// One event, read.
#[derive(Clone, PartialEq)]
pub enum Event {
    /// About a call for service.
    Incident(Stamp, IncidentEvent, Box<IncidentData>),
    /// About a case.
    Case(Stamp, CaseEvent, Box<CaseData>),
}

impl Event {
    /// When it happened, and its rank.
    pub fn stamp(&self) -> Stamp {
        match self {
            Self::Incident(stamp, ..) | Self::Case(stamp, ..) => *stamp,
        }
    }
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Incident(stamp, kind, _) => write!(f, "Event({kind:?} at {})", stamp.at),
            Self::Case(stamp, kind, _) => write!(f, "Event(case {kind:?} at {})", stamp.at),
        }
    }
}

/// A field that may be absent (unknown), null (cleared) or set.
pub type Field<T> = Option<Option<T>>;

/// `data` of a CAD event.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct IncidentData {
    pub incident: IncidentFields,
    pub people: Vec<PersonFields>,
    pub units: Vec<UnitFields>,
    #[serde(deserialize_with = "field")]
    pub disposition: Field<String>,
    #[serde(deserialize_with = "field")]
    pub case_number: Field<String>,
    pub merged_into: Option<String>,
    pub agency: Option<AgencyFields>,
}

/// Fields of a call.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct IncidentFields {
    pub id: String,
    #[serde(deserialize_with = "field")]
    pub call_type: Field<String>,
    #[serde(deserialize_with = "field")]
    pub priority: Field<u8>,
    #[serde(deserialize_with = "field")]
    pub opened_at: Field<Timestamp>,
    /// Read apart from the rest of the same object, so that a fault still names its field.
    #[serde(skip)]
    pub place: PlaceFields,
}

/// What the crime log takes from a call or a case.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct PlaceFields {
    #[serde(deserialize_with = "field")]
    pub beat: Field<String>,
    #[serde(deserialize_with = "field")]
    pub location: Field<Location>,
    #[serde(deserialize_with = "field")]
    pub origin: Field<Origin>,
    #[serde(deserialize_with = "field")]
    pub occurred_from: Field<Timestamp>,
    #[serde(deserialize_with = "field")]
    pub occurred_to: Field<Timestamp>,
    #[serde(deserialize_with = "field")]
    pub offence: Field<String>,
}

/// Where it happened. Coordinates go to the crime log as a cell; the address is personal data.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct Location {
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub address: Option<String>,
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Location([private])")
    }
}

/// Who noticed: people who reported, or officers on their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum Origin {
    Reported,
    OfficerInitiated,
}

/// A unit and what it does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct UnitFields {
    pub id: String,
    #[serde(default)]
    pub status: Option<UnitStatus>,
    #[serde(default, deserialize_with = "field")]
    pub eta: Field<Timestamp>,
}

/// What a unit does for this call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum UnitStatus {
    Assigned,
    Enroute,
    Delayed,
    Diverted,
    Arrived,
    Cleared,
}

/// Another agency that takes over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct AgencyFields {
    pub name: String,
    pub phone: String,
}

/// A person as one event knows them.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct PersonFields {
    pub id: String,
    #[serde(deserialize_with = "field")]
    pub roles: Field<BTreeSet<Role>>,
    #[serde(deserialize_with = "field")]
    pub name: Field<String>,
    #[serde(deserialize_with = "field")]
    pub phone: Field<String>,
    #[serde(deserialize_with = "field")]
    pub email: Field<String>,
    #[serde(deserialize_with = "field")]
    pub language: Field<String>,
    #[serde(deserialize_with = "field")]
    pub age: Field<u8>,
    #[serde(deserialize_with = "field")]
    pub contact: Field<Contact>,
    #[serde(deserialize_with = "field")]
    pub removed: Field<bool>,
}

impl std::fmt::Debug for PersonFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonFields([private])")
    }
}

/// `data` of a records-system event.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct CaseData {
    pub case: CaseFields,
    pub people: Vec<PersonFields>,
    #[serde(deserialize_with = "field")]
    pub release_at: Field<Timestamp>,
}

/// Fields of a case.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct CaseFields {
    pub number: String,
    #[serde(deserialize_with = "field")]
    pub incident_id: Field<String>,
    #[serde(deserialize_with = "field")]
    pub status: Field<String>,
    #[serde(deserialize_with = "field")]
    pub investigator: Field<Investigator>,
    #[serde(deserialize_with = "field")]
    pub reason: Field<String>,
    #[serde(deserialize_with = "field")]
    pub release_at: Field<Timestamp>,
    /// Read apart from the rest of the same object, so that a fault still names its field.
    #[serde(skip)]
    pub place: PlaceFields,
}

impl std::fmt::Debug for CaseFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CaseFields([private])")
    }
}

/// Who works the case, with the work contact that victims are given.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct Investigator {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl std::fmt::Debug for Investigator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Investigator([private])")
    }
}

/// Keeps null apart from absent.
fn field<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Field<T>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Reads one event of type `kind`. `path` keeps each sender to its endpoint: CAD types or case types.
pub fn read(kind: &str, at: Timestamp, data: &Value, takes_cases: bool) -> Result<Event, Invalid> {
    if takes_cases {
        let event = named(CASE_TYPES, kind)?;
        reckonable(at)?;
        let place = parse_place(data, "case")?;
        let mut data: CaseData = parse(data, "/data")?;
        data.case.place = place;
        required(&data.case.number, "/data/case/number")?;
        limits::of_case(&data)?;
        return Ok(Event::Case(Stamp { at, rank: event as u8 }, event, Box::new(data)));
    }
    let event = named(INCIDENT_TYPES, kind)?;
    reckonable(at)?;
    let place = parse_place(data, "incident")?;
    let mut data: IncidentData = parse(data, "/data")?;
    data.incident.place = place;
    required(&data.incident.id, "/data/incident/id")?;
    limits::of_incident(&data)?;
    if event == IncidentEvent::Merged && data.merged_into.is_none() {
        return Err(invalid("/data/merged_into", "incident.merged needs the id of the surviving incident"));
    }
    Ok(Event::Incident(Stamp { at, rank: event as u8 }, event, Box::new(data)))
}

/// Whether `kind` is a type of the contract: of cases, else of calls.
pub fn is_type(kind: &str, takes_cases: bool) -> bool {
    if takes_cases { named(CASE_TYPES, kind).is_ok() } else { named(INCIDENT_TYPES, kind).is_ok() }
}

fn named<E: Copy>(types: &[(&str, E)], kind: &str) -> Result<E, Invalid> {
    let found = types.iter().find(|(name, _)| *name == kind).map(|(_, event)| *event);
    found.ok_or_else(|| {
        let known: Vec<&str> = types.iter().map(|(name, _)| *name).collect();
        Invalid { code: "unknown_type", ..invalid("/type", &format!("this path takes {}", known.join(", "))) }
    })
}

/// serde's own message may quote the value, so only the place is passed on.
fn parse<T: DeserializeOwned>(data: &Value, base: &str) -> Result<T, Invalid> {
    serde_path_to_error::deserialize(data).map_err(|error| {
        // The library writes people[0].roles; a JSON pointer is people/0/roles.
        let path = error.path().to_string().replace('[', ".").replace(']', "").replace('.', "/");
        let pointer = if path == "/" { base.to_owned() } else { format!("{base}/{path}") };
        invalid(&pointer, "the value has a form or a word that this field does not take")
    })
}

fn parse_place(data: &Value, name: &str) -> Result<PlaceFields, Invalid> {
    data.get(name)
        .map_or_else(|| Ok(PlaceFields::default()), |fields| parse(fields, &format!("/data/{name}")))
}

pub(crate) fn required(text: &str, pointer: &str) -> Result<(), Invalid> {
    let usable =
        !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_ascii_graphic() && c != '#');
    if usable {
        Ok(())
    } else {
        Err(invalid(pointer, "needs 1 to 64 printable ASCII characters without # or blanks"))
    }
}

fn reckonable(at: Timestamp) -> Result<(), Invalid> {
    if limits::is_reckonable(at) {
        return Ok(());
    }
    Err(Invalid { code: "out_of_range", ..invalid("/timestamp", "lies between 1970 and 2200") })
}

pub(crate) fn invalid(pointer: &str, detail: &str) -> Invalid {
    Invalid { pointer: pointer.into(), code: "invalid", detail: detail.into() }
}
