//! The TOML of a profile as it is written; short forms are spelled out here, nothing is judged yet.
use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value as Toml;

use super::{Auth, Format, Takes};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) takes: Takes,
    #[serde(default)]
    pub(super) format: Format,
    pub(super) path: Option<String>,
    pub(super) auth: Option<Auth>,
    pub(super) delimiter: Option<char>,
    #[serde(default)]
    pub(super) rows: String,
    pub(super) time_zone: Option<String>,
    pub(super) timestamp: Option<FieldSpec>,
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, FieldSpec>,
    #[serde(default)]
    pub(super) people: Vec<EntrySpec>,
    #[serde(default)]
    pub(super) units: Vec<EntrySpec>,
    #[serde(default)]
    pub(super) tables: BTreeMap<String, TableSpec>,
    pub(super) events: Vec<EventSpec>,
}

/// One kind of event that a row may give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventSpec {
    pub(super) r#type: TypeSpec,
    #[serde(default)]
    pub(super) when: BTreeMap<String, ConditionSpec>,
    #[serde(default)]
    pub(super) unless: BTreeMap<String, ConditionSpec>,
    pub(super) timestamp: Option<FieldSpec>,
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, FieldSpec>,
    #[serde(default)]
    pub(super) people: Vec<EntrySpec>,
    #[serde(default)]
    pub(super) units: Vec<EntrySpec>,
}

/// One person or unit, or one for each element of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntrySpec {
    pub(super) each: Option<String>,
    pub(super) split: Option<String>,
    #[serde(default)]
    pub(super) when: BTreeMap<String, ConditionSpec>,
    #[serde(default)]
    pub(super) unless: BTreeMap<String, ConditionSpec>,
    pub(super) fields: BTreeMap<String, FieldSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableSpec {
    pub(super) unmapped: Option<UnmappedSpec>,
    pub(super) otherwise: Option<Toml>,
    #[serde(default)]
    pub(super) values: BTreeMap<String, Toml>,
}

/// What becomes of a value that a table does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UnmappedSpec {
    /// The field is left out; where it names the event's type, the event is.
    Drop,
    /// The row is refused.
    Fault,
}

/// Where a field comes from: `"/pointer"`, `["/first", "/else"]`, or a table with these keys.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Toml")]
pub(super) struct FieldSpec {
    pub(super) from: Vec<String>,
    pub(super) join: Option<String>,
    pub(super) value: Option<Toml>,
    pub(super) table: Option<String>,
    pub(super) time: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) null_clears: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LongField {
    from: Option<Toml>,
    join: Option<String>,
    value: Option<Toml>,
    table: Option<String>,
    time: Option<String>,
    time_zone: Option<String>,
    #[serde(default)]
    null_clears: bool,
}

impl TryFrom<Toml> for FieldSpec {
    type Error = String;

    fn try_from(toml: Toml) -> Result<Self, String> {
        match toml {
            Toml::Table(_) => {
                let long: LongField = toml.try_into().map_err(|error| error.to_string())?;
                let from = long.from.map(pointers).transpose()?.unwrap_or_default();
                let LongField { join, value, table, time, time_zone, null_clears, .. } = long;
                Ok(Self { from, join, value, table, time, time_zone, null_clears })
            }
            short => Ok(Self { from: pointers(short)?, ..Self::default() }),
        }
    }
}

fn pointers(toml: Toml) -> Result<Vec<String>, String> {
    let wrong = || "must be a pointer such as \"/call/id\", or a list of such".to_owned();
    match toml {
        Toml::String(pointer) => Ok(vec![pointer]),
        Toml::Array(list) if !list.is_empty() => {
            list.into_iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        _ => Err(wrong()),
    }
}

/// An event type: a word of the contract, or a field with a table.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Toml")]
pub(super) enum TypeSpec {
    Always(String),
    Looked(FieldSpec),
}

impl TryFrom<Toml> for TypeSpec {
    type Error = String;

    fn try_from(toml: Toml) -> Result<Self, String> {
        match toml {
            Toml::String(kind) => Ok(Self::Always(kind)),
            table => table.try_into().map(Self::Looked).map_err(|error| error.to_string()),
        }
    }
}

/// `"text"`, `["one", "other"]`, `true` (something is there) or `false` (nothing is).
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Toml")]
pub(super) enum ConditionSpec {
    Present(bool),
    OneOf(Vec<String>),
}

impl TryFrom<Toml> for ConditionSpec {
    type Error = String;

    fn try_from(toml: Toml) -> Result<Self, String> {
        let word = |toml: Toml| match toml {
            Toml::String(text) => Ok(text),
            Toml::Integer(number) => Ok(number.to_string()),
            _ => Err("a condition is a text, a number, a list of such, true or false".to_owned()),
        };
        match toml {
            Toml::Boolean(present) => Ok(Self::Present(present)),
            Toml::Array(list) => list.into_iter().map(word).collect::<Result<_, _>>().map(Self::OneOf),
            single => Ok(Self::OneOf(vec![word(single)?])),
        }
    }
}
