//! What the score may look at: these types and nothing else. They have no field for a protected attribute, a name
//! or free text, and a test reads their field names to prove it.
use std::collections::BTreeMap;
use std::io::BufWriter;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::alert::Level;
use crate::event::{Amounts, Finding};

/// Everything one night's score is a function of, besides the ruleset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// The as-of date T, in the agency's time zone.
    pub as_of: Date,
    /// Sworn officers on duty at T, by id.
    pub officers: BTreeMap<String, Officer>,
    /// Level of the previous run, for hysteresis; officers at level none are left out.
    pub previous: BTreeMap<String, Level>,
}

/// One officer's record as known for the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Officer {
    /// First day of service.
    pub hired_on: Date,
    /// Posts held, oldest first; never empty.
    pub postings: Vec<Posting>,
    /// Work recorded, by the last day of its period.
    pub exposure: BTreeMap<Date, Amounts>,
    /// Events by id: those reported, neither voided nor confidential at T.
    pub events: BTreeMap<String, Incident>,
}

/// A post from a day on, until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// First day; the first post is taken to reach back to the day of hire.
    pub from: Date,
    /// Unit, e.g. `patrol-2`.
    pub unit: String,
    /// Rank as the records system writes it.
    pub rank: String,
    /// Shift.
    pub shift: String,
    /// Whether on duty.
    pub active: bool,
}

/// One event of an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Indicator, e.g. `complaint`.
    pub indicator: String,
    /// Day it happened.
    pub occurred_on: Date,
    /// Severity as posted, if any.
    pub severity: Option<String>,
    /// Finding known at T.
    pub finding: Finding,
    /// The scene it belongs to, shared by several officers.
    pub scene_id: Option<String>,
}

impl Officer {
    /// Index of the post held on `day`.
    pub fn posting_on(&self, day: Date) -> usize {
        self.postings.iter().rposition(|posting| posting.from <= day).unwrap_or(0)
    }
}

impl Input {
    /// SHA-256 of the canonical JSON form: fixed field order, maps in key order.
    pub fn sha256(&self) -> String {
        // Straight into the hash: the text of a large department would need more memory than the input itself.
        let mut hash = BufWriter::with_capacity(64 * 1024, Sha256::new());
        serde_json::to_writer(&mut hash, self)
            .expect("maps with text keys and finite numbers always serialise");
        let hash = hash.into_inner().expect("hashing cannot fail");
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protected;

    /// Every field is filled, so that none is left out of the JSON whose names are read.
    fn filled() -> Input {
        let amounts = Amounts {
            hours: Some(1.0),
            calls: Some(1.0),
            arrests: Some(1.0),
            stops: Some(1.0),
            miles: Some(1.0),
        };
        let day = Date::constant(2026, 7, 4);
        let text = || "x".to_owned();
        let event = Incident {
            indicator: text(),
            occurred_on: day,
            severity: Some(text()),
            finding: Finding::Pending,
            scene_id: Some(text()),
        };
        let posting = Posting { from: day, unit: text(), rank: text(), shift: text(), active: true };
        let officer = Officer {
            hired_on: day,
            postings: vec![posting],
            exposure: BTreeMap::from([(day, amounts)]),
            events: BTreeMap::from([("event".to_owned(), event)]),
        };
        Input {
            as_of: day,
            officers: BTreeMap::from([("officer".to_owned(), officer)]),
            previous: BTreeMap::from([("officer".to_owned(), Level::Watch)]),
        }
    }

    #[test]
    fn no_field_of_the_scoring_input_is_protected_or_names_a_person() {
        let json = serde_json::to_value(filled()).unwrap();
        assert_eq!(protected::find("", &json), None);
        let names = "2026-07-04 active arrests as_of calls event events exposure finding from hired_on hours indicator \
                     miles occurred_on officer officers postings previous rank scene_id severity shift stops unit";
        assert_eq!(field_names(&json).join(" "), names);
    }

    fn field_names(value: &serde_json::Value) -> Vec<String> {
        let mut names = std::collections::BTreeSet::new();
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            if let Some(fields) = value.as_object() {
                names.extend(fields.keys().cloned());
                open.extend(fields.values());
            }
            open.extend(value.as_array().into_iter().flatten());
        }
        names.into_iter().collect()
    }
}
