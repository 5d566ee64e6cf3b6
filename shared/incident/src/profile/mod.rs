//! Profiles: how a vendor's JSON object or CSV row becomes our events. A profile is one TOML file of the agency folder
//! (`profiles/<name>.toml`); this module reads and checks it and maps rows. Pure: the row comes in, events come out.
//!
//! ```text
//! row (a JSON object; a CSV row is a flat one) --each [[events]] block whose conditions hold--> one event
//!   block: type, time, id, fields { our pointer = vendor pointer, constant, value table }, people, units
//! ```
//! A row maps whole or not at all. A fault names the vendor's pointer (for CSV: `/Column`) and never its value. A call
//! type or offence that a table does not know goes on under a mark that stands in no list of the rules, so it is
//! denied and can be counted.
mod build;
mod compile;
mod field;
mod file;
mod fit;
mod targets;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use build::Block;
use field::Table;

/// What begins a call type or offence that the profile's table does not know. No code of a list begins so.
pub const UNMAPPED: &str = "unmapped:";

/// A profile that was read and found sound.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Name: that of the file without `.toml`.
    pub name: String,
    /// Which of our event types it makes.
    pub takes: Takes,
    /// What its rows are.
    pub format: Format,
    /// Where it takes posts and how the sender proves who it is; none for a profile of the bridge alone.
    pub endpoint: Option<(String, Auth)>,
    /// What separates the columns of a CSV file.
    pub delimiter: u8,
    rows: String,
    tables: BTreeMap<String, Table>,
    blocks: Vec<Block>,
    codes: Codes,
}

/// Call types and offences a profile can make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    /// Call types of its tables and constants.
    pub call_types: BTreeSet<String>,
    /// Offences of the same.
    pub offences: BTreeSet<String>,
}

/// Calls or cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// `incident.*` and `unit.*`.
    #[default]
    Cad,
    /// `case.*`.
    Cases,
}

/// What the rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// JSON objects.
    #[default]
    Json,
    /// CSV with a header: each row is an object of column name to text.
    Csv,
}

/// How a sender proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// Standard Webhooks 1.0.
    StandardWebhooks,
    /// TicketsCAD's second signature, over time and body.
    TicketscadV2,
    /// A key in the header `X-Api-Key`.
    ApiKey,
}

/// A profile cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("profile {profile}: {key}: {reason}")]
pub struct ProfileError {
    /// Name of the profile.
    pub profile: String,
    /// Key in the file, e.g. `events[2].fields./incident/id`.
    pub key: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// Why a row gives no events. It never holds the value, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct RowFault {
    /// JSON pointer into the vendor's object; for CSV `/` and the column.
    pub pointer: String,
    /// Stable word: `missing`, `invalid` or `unmapped`.
    pub code: &'static str,
    /// What would be right.
    pub detail: String,
}

/// One event made of a row, in the form of the webhook contract.
#[derive(Clone, PartialEq)]
pub struct MappedEvent {
    /// Type, e.g. `unit.enroute`.
    pub kind: String,
    /// The vendor's id of the event, or a hash of the fact: the same fact has the same id however often it is sent.
    pub id: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The facts.
    pub data: Value,
}

/// A value that a table does not know.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmapped {
    /// Table of the profile.
    pub table: String,
    /// The value as sent. It may be personal where a profile reads the wrong field: for the operator's own terminal.
    pub value: String,
}

/// What a row gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapped {
    /// Its events; none where no block's conditions held.
    pub events: Vec<MappedEvent>,
    /// Values that no table knew.
    pub unmapped: Vec<Unmapped>,
}

impl std::fmt::Debug for MappedEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MappedEvent({} at {})", self.kind, self.timestamp)
    }
}

impl std::fmt::Debug for Unmapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unmapped({})", self.table)
    }
}

impl MappedEvent {
    /// The event as it would be posted.
    pub fn json(&self) -> Value {
        json!({"type": self.kind, "id": self.id, "timestamp": self.timestamp, "data": self.data})
    }
}

impl Profile {
    /// Reads and checks the file of the profile `name`; `zone` is the agency's, for times without an offset.
    pub fn parse(name: &str, text: &str, zone: &TimeZone) -> Result<Self, ProfileError> {
        compile::profile(name, text, zone)
    }

    /// Call types and offences that the profile can make, for comparison with the rules.
    pub fn codes(&self) -> &Codes {
        &self.codes
    }

    /// The rows of a posted body: what lies at the profile's `rows`, one or a list.
    pub fn rows(&self, body: Value) -> Result<Vec<Value>, RowFault> {
        let mut body = body;
        let found = body.pointer_mut(&self.rows).map(Value::take);
        match found {
            Some(Value::Array(rows)) => Ok(rows),
            Some(row @ Value::Object(_)) => Ok(vec![row]),
            _ => Err(RowFault {
                pointer: self.rows.clone(),
                code: "invalid",
                detail: "there must be an object or a list of objects here".into(),
            }),
        }
    }

    /// The events of one row. The same row always gives the same events with the same ids.
    pub fn map(&self, row: &Value) -> Result<Mapped, RowFault> {
        let mut mapped = Mapped::default();
        if !row.is_object() {
            let detail = "a row is an object".into();
            return Err(RowFault { pointer: String::new(), code: "invalid", detail });
        }
        for block in &self.blocks {
            if let Some(event) = block.event(row, &self.tables, self.takes, &mut mapped.unmapped)? {
                mapped.events.push(event);
            }
        }
        Ok(mapped)
    }
}

#[cfg(test)]
mod tests;
