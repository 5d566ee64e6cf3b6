//! Personnel events as posted: the types, and what makes one valid. What names a person (name, e-mail, token
//! subject) is kept apart from the event, so that neither ledger nor score can hold it.
mod fields;
mod read;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use read::{CONTRACT_INDICATORS, read};

/// What is wrong with an event; never repeats its value, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Invalid {
    /// JSON pointer inside the event, e.g. `/data/officer_id`.
    pub pointer: String,
    /// Stable word: `unknown_type`, `invalid`, `unknown_indicator` or `protected_attribute`.
    pub code: &'static str,
    /// What would be right.
    pub detail: String,
}

/// An event of `POST /v1/personnel/events`, without anything that names a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum Event {
    #[serde(rename = "officer.upserted")]
    OfficerUpserted(OfficerUpserted),
    #[serde(rename = "exposure.recorded")]
    ExposureRecorded(ExposureRecorded),
    #[serde(rename = "event.reported")]
    EventReported(EventReported),
    #[serde(rename = "event.finding")]
    EventFinding(EventFinding),
    #[serde(rename = "event.voided")]
    EventVoided(EventVoided),
    #[serde(rename = "commendation.recorded")]
    CommendationRecorded(CommendationRecorded),
    #[serde(rename = "training.required")]
    TrainingRequired(TrainingRequired),
    #[serde(rename = "training.completed")]
    TrainingCompleted(TrainingCompleted),
    #[serde(rename = "notice.delayed")]
    NoticeDelayed(NoticeDelayed),
}

/// Whom an event is about: an officer, or an earlier event whose officer the ledger knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About<'a> {
    /// An officer's id.
    Officer(&'a str),
    /// The id of a reported event.
    Event(&'a str),
}

impl Event {
    /// Whom the event is about.
    pub fn about(&self) -> About<'_> {
        match self {
            Self::OfficerUpserted(data) => About::Officer(&data.officer_id),
            Self::ExposureRecorded(data) => About::Officer(&data.officer_id),
            Self::EventReported(data) => About::Officer(&data.officer_id),
            Self::CommendationRecorded(data) => About::Officer(&data.officer_id),
            Self::TrainingRequired(data) => About::Officer(&data.officer_id),
            Self::TrainingCompleted(data) => About::Officer(&data.officer_id),
            Self::NoticeDelayed(data) => About::Officer(&data.officer_id),
            Self::EventFinding(data) => About::Event(&data.event_id),
            Self::EventVoided(data) => About::Event(&data.event_id),
        }
    }
}

/// Whether somebody is sworn. Civilians are tracked and never scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmployeeType {
    /// A sworn officer.
    #[default]
    Sworn,
    /// A civilian employee.
    Civilian,
}

/// Post and supervisor of a person from the event's timestamp on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct OfficerUpserted {
    pub officer_id: String,
    pub hired_on: Date,
    pub rank: String,
    pub unit: String,
    pub shift: String,
    /// Null for whoever answers to nobody.
    pub supervisor_id: Option<String>,
    /// False while on leave or after separation; why is nobody's business here.
    pub active: bool,
    #[serde(default)]
    pub employee_type: EmployeeType,
}

/// What an event does to one fact about a person.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Change {
    /// Not mentioned: what is known stays.
    #[default]
    Keep,
    /// Null: what is known goes.
    Clear,
    /// This takes its place.
    Set(String),
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Change([private])")
    }
}

/// What names a person: sealed where it is stored, never part of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Subject of the person's sign-in token.
    pub subject: Change,
    /// Name.
    pub name: Change,
    /// Work e-mail.
    pub email: Change,
}

/// Work done in the period that ends on `date`; the last record of a date replaces earlier ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct ExposureRecorded {
    pub officer_id: String,
    pub date: Date,
    pub amounts: Amounts,
}

/// Amounts of work, each in its own unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct Amounts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrests: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stops: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub miles: Option<f64>,
}

/// A complaint, a use of force or another indicator's event. A second report of the same id corrects the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct EventReported {
    pub event_id: String,
    pub officer_id: String,
    pub indicator: String,
    pub occurred_on: Date,
    pub reported_on: Date,
    /// A word or number that the ruleset may give a weight; without one it weighs 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_ref: Option<String>,
    /// Neither scored nor shown before this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidential_until: Option<Date>,
}

/// How an event was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum Finding {
    /// Not closed yet; never posted.
    Pending,
    Sustained,
    NotSustained,
    Unfounded,
    Exonerated,
    Preventable,
    NotPreventable,
    WithinPolicy,
    OutsidePolicy,
    Withdrawn,
}

/// An event was closed with a finding, or its finding changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct EventFinding {
    pub event_id: String,
    pub finding: Finding,
    pub closed_on: Date,
}

/// An event was recorded in error; it counts nothing from then on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct EventVoided {
    pub event_id: String,
}

/// Praise: context beside the score, never part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct CommendationRecorded {
    pub officer_id: String,
    pub date: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A course that must be taken by `due_on`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct TrainingRequired {
    pub officer_id: String,
    pub course: String,
    pub due_on: Date,
}

/// A course that was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct TrainingCompleted {
    pub officer_id: String,
    pub course: String,
    pub completed_on: Date,
    pub hours: f64,
    pub result: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
}

/// While a criminal investigation is open, its authority may ask that the officer is not yet told of an alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub struct NoticeDelayed {
    pub officer_id: String,
    /// The office that asked for it, never a person.
    pub authority: String,
    /// The officer is told on this day.
    pub until: Date,
}
