//! Our fields that a profile may fill, and the form of each: what is not listed here cannot be written by a profile.
use serde::Deserialize;
use serde_json::Value;

use super::Takes;
use crate::event::{Origin, UnitStatus};
use crate::person::{Contact, Role};

/// Form of one of our fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A text.
    Text,
    /// A call type: marked where a table does not know it.
    CallType,
    /// An offence: marked likewise.
    Offence,
    /// A whole number from 0 to 255.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// An instant.
    Time,
    /// Who noticed.
    Origin,
    /// What a unit does.
    UnitStatus,
    /// A wish about contact.
    Contact,
    /// A list of roles.
    Roles,
    /// Type of an event.
    EventType,
}

/// The part of an event that a field lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Data(Takes),
    Person,
    Unit,
}

const PLACE: &[(&str, Form)] = &[
    ("beat", Form::Text),
    ("origin", Form::Origin),
    ("occurred_from", Form::Time),
    ("occurred_to", Form::Time),
    ("offence", Form::Offence),
    ("location/latitude", Form::Number),
    ("location/longitude", Form::Number),
    ("location/address", Form::Text),
];

const CAD: &[(&str, Form)] = &[
    ("/incident/id", Form::Text),
    ("/incident/call_type", Form::CallType),
    ("/incident/priority", Form::Integer),
    ("/incident/opened_at", Form::Time),
    ("/disposition", Form::Text),
    ("/case_number", Form::Text),
    ("/merged_into", Form::Text),
    ("/agency/name", Form::Text),
    ("/agency/phone", Form::Text),
];

const CASES: &[(&str, Form)] = &[
    ("/case/number", Form::Text),
    ("/case/incident_id", Form::Text),
    // An unmapped status is recorded as such and not sent: it passes as it is.
    ("/case/status", Form::Text),
    ("/case/reason", Form::Text),
    ("/case/investigator/name", Form::Text),
    ("/case/investigator/phone", Form::Text),
    ("/case/investigator/email", Form::Text),
    ("/release_at", Form::Time),
];

const PERSON: &[(&str, Form)] = &[
    ("/id", Form::Text),
    ("/roles", Form::Roles),
    ("/name", Form::Text),
    ("/phone", Form::Text),
    ("/email", Form::Text),
    ("/language", Form::Text),
    ("/age", Form::Integer),
    ("/contact", Form::Contact),
    ("/removed", Form::Flag),
];

const UNIT: &[(&str, Form)] = &[("/id", Form::Text), ("/status", Form::UnitStatus), ("/eta", Form::Time)];

/// The form of `target` in `part`; none where we have no such field.
pub(super) fn form(part: Part, target: &str) -> Option<Form> {
    let (own, place) = match part {
        Part::Data(Takes::Cad) => (CAD, target.strip_prefix("/incident/")),
        Part::Data(Takes::Cases) => (CASES, target.strip_prefix("/case/")),
        Part::Person => (PERSON, None),
        Part::Unit => (UNIT, None),
    };
    let find = |list: &[(&str, Form)], name: &str| {
        list.iter().find(|(found, _)| *found == name).map(|(_, form)| *form)
    };
    find(own, target).or_else(|| find(PLACE, place?))
}

/// The fields of a part, for an error that lists them.
pub(super) fn names(part: Part) -> String {
    let (own, place) = match part {
        Part::Data(Takes::Cad) => (CAD, Some("/incident/")),
        Part::Data(Takes::Cases) => (CASES, Some("/case/")),
        Part::Person => (PERSON, None),
        Part::Unit => (UNIT, None),
    };
    let mut names: Vec<String> = own.iter().map(|(name, _)| (*name).to_owned()).collect();
    if let Some(prefix) = place {
        names.extend(PLACE.iter().map(|(name, _)| format!("{prefix}{name}")));
    }
    names.join(", ")
}

impl Form {
    /// What a value of this form must be.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Text | Self::CallType | Self::Offence => "must be a text",
            Self::Integer => "must be a whole number from 0 to 255",
            Self::Number => "must be a number",
            Self::Flag => "must be true or false",
            Self::Time => "must be a time as the profile says",
            Self::Origin => "must be reported or officer_initiated",
            Self::UnitStatus => "must be assigned, enroute, delayed, diverted, arrived or cleared",
            Self::Contact => "must be ok, ask_first, no_text, no_email or never",
            Self::Roles => {
                "must be caller, reporting_party, victim, witness, suspect, person_of_interest, involved, guardian, victim_representative or advocate"
            }
            Self::EventType => "must be an event type of the contract",
        }
    }

    /// `text` in this form; none where it cannot be. Times, roles and event types are read elsewhere.
    pub(super) fn convert(self, text: &str) -> Option<Value> {
        fn word<'a, T: Deserialize<'a>>(text: &'a str) -> Option<Value> {
            let deserializer =
                serde::de::value::BorrowedStrDeserializer::<serde::de::value::Error>::new(text);
            T::deserialize(deserializer).ok().map(|_| Value::from(text))
        }
        match self {
            Self::Text | Self::CallType | Self::Offence | Self::Time | Self::EventType => {
                Some(Value::from(text))
            }
            Self::Integer => text.parse::<u8>().ok().map(Value::from),
            Self::Number => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
            Self::Flag => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "y" => Some(Value::from(true)),
                "false" | "0" | "no" | "n" => Some(Value::from(false)),
                _ => None,
            },
            Self::Origin => word::<Origin>(text),
            Self::UnitStatus => word::<UnitStatus>(text),
            Self::Contact => word::<Contact>(text),
            Self::Roles => word::<Role>(text),
        }
    }

    /// Whether a value that a table does not know may be left out: not where the unknown could mean danger.
    pub(super) fn may_drop(self) -> bool {
        !matches!(self, Self::Roles | Self::Contact | Self::CallType | Self::Offence)
    }

    /// Whether a value that a table does not know goes on under the mark.
    pub(super) fn is_marked(self) -> bool {
        matches!(self, Self::CallType | Self::Offence)
    }
}
