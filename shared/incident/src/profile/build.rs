//! Builds one event of a row: conditions, type, time, fields, people and units, id.
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::field::{Field, Found, Tables, is_present, scalar};
use super::{MappedEvent, RowFault, Takes, Unmapped};
use crate::event;

/// One kind of event that a row may give.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) conditions: Conditions,
    pub(super) kind: Field,
    pub(super) timestamp: Field,
    pub(super) id: Option<Template>,
    pub(super) fields: BTreeMap<String, Field>,
    pub(super) people: Vec<Entry>,
    pub(super) units: Vec<Entry>,
}

/// One person or unit, or one for each element of a list.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) each: Option<String>,
    pub(super) split: Option<String>,
    pub(super) conditions: Conditions,
    pub(super) fields: BTreeMap<String, Field>,
}

/// What must hold, and what must not.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    pub(super) when: Vec<(String, Condition)>,
    pub(super) unless: Vec<(String, Condition)>,
}

/// A condition on one place of a row.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// Something is there, or nothing is.
    Present(bool),
    /// One of these texts is there.
    OneOf(Vec<String>),
}

/// A text with vendor pointers in braces: `cad-{/call/number}-{/seq}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(pub(super) Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Pointer(String),
}

/// Where each field of ours came from, so that a fault of ours names the vendor's place.
type Origins = BTreeMap<String, String>;

/// What reading needs besides the row.
struct Reading<'a> {
    tables: &'a Tables,
    notes: &'a mut Vec<Unmapped>,
    origins: Origins,
}

impl Conditions {
    fn hold(&self, row: &Value) -> bool {
        let holds = |(pointer, condition): &(String, Condition)| match condition {
            Condition::Present(present) => is_present(row.pointer(pointer)) == *present,
            Condition::OneOf(words) => {
                row.pointer(pointer).and_then(scalar).is_some_and(|text| words.contains(&text))
            }
        };
        self.when.iter().all(holds) && !self.unless.iter().any(holds)
    }
}

impl Block {
    /// The event this block makes of `row`; none where its conditions do not hold or its type is left out.
    pub(super) fn event(
        &self,
        row: &Value,
        tables: &Tables,
        takes: Takes,
        notes: &mut Vec<Unmapped>,
    ) -> Result<Option<MappedEvent>, RowFault> {
        if !self.conditions.hold(row) {
            return Ok(None);
        }
        let mut reading = Reading { tables, notes, origins: Origins::new() };
        let Found::Value(kind) = self.kind.read(row, "", tables, reading.notes)? else { return Ok(None) };
        let kind = kind.as_str().unwrap_or_default().to_owned();
        let timestamp = self.timestamp(row, &mut reading)?;
        let mut data = Map::new();
        reading.fields(&self.fields, row, "", "/data", &mut data)?;
        for (name, entries) in [("people", &self.people), ("units", &self.units)] {
            let list = reading.entries(name, entries, row)?;
            if !list.is_empty() {
                data.insert(name.into(), Value::Array(list));
            }
        }
        let data = Value::Object(data);
        event::read(&kind, timestamp, &data, takes == Takes::Cases).map_err(|invalid| {
            let pointer = reading.origins.get(&invalid.pointer).cloned().unwrap_or_default();
            // The place of ours is part of the reason: it says which line of the profile made it.
            let detail = format!("{} ({})", invalid.detail, invalid.pointer);
            RowFault { pointer, code: "invalid", detail }
        })?;
        let id = match &self.id {
            Some(template) => template.fill(row)?,
            None => fact_id(&kind, timestamp, &data),
        };
        Ok(Some(MappedEvent { kind, id, timestamp, data }))
    }

    fn timestamp(&self, row: &Value, reading: &mut Reading<'_>) -> Result<Timestamp, RowFault> {
        let found = self.timestamp.read(row, "", reading.tables, reading.notes)?;
        let at =
            if let Found::Value(at) = &found { at.as_str().and_then(|at| at.parse().ok()) } else { None };
        at.ok_or_else(|| RowFault {
            pointer: self.timestamp.pointer(""),
            code: "missing",
            detail: "the event has no time".into(),
        })
    }
}

impl Reading<'_> {
    /// Reads `fields` into `out`, which lies at `place` of ours; how many were found that are no constants.
    fn fields(
        &mut self,
        fields: &BTreeMap<String, Field>,
        row: &Value,
        base: &str,
        place: &str,
        out: &mut Map<String, Value>,
    ) -> Result<usize, RowFault> {
        let mut read = 0;
        for (target, field) in fields {
            self.origins.insert(format!("{place}{target}"), field.pointer(base));
            let value = match field.read(row, base, self.tables, self.notes)? {
                Found::Nothing => continue,
                Found::Cleared => Value::Null,
                Found::Value(value) => value,
            };
            read += usize::from(field.constant.is_none());
            put(out, target, value);
        }
        Ok(read)
    }

    /// The people or units; one of whom the row says nothing is left out.
    fn entries(&mut self, name: &str, entries: &[Entry], row: &Value) -> Result<Vec<Value>, RowFault> {
        let mut list = Vec::new();
        for entry in entries {
            for (base, element) in entry.elements(row) {
                if !entry.conditions.hold(&element) {
                    continue;
                }
                let mut out = Map::new();
                let place = format!("/data/{name}/{}", list.len());
                if self.fields(&entry.fields, &element, &base, &place, &mut out)? > 0 {
                    list.push(Value::Object(out));
                }
            }
        }
        Ok(list)
    }
}

impl Entry {
    /// The elements this entry is made of, with their places in the row.
    fn elements(&self, row: &Value) -> Vec<(String, Value)> {
        let Some(each) = &self.each else { return vec![(String::new(), row.clone())] };
        match (row.pointer(each), &self.split) {
            (Some(Value::Array(list)), _) => {
                list.iter().enumerate().map(|(index, one)| (format!("{each}/{index}"), one.clone())).collect()
            }
            (Some(Value::String(text)), Some(separator)) => {
                let parts = text.split(separator.as_str()).map(str::trim).filter(|part| !part.is_empty());
                parts.map(|part| (each.clone(), Value::from(part))).collect()
            }
            (Some(one), _) if is_present(Some(one)) => vec![(each.clone(), one.clone())],
            _ => Vec::new(),
        }
    }
}

impl Template {
    fn fill(&self, row: &Value) -> Result<String, RowFault> {
        let mut id = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => id.push_str(text),
                Piece::Pointer(pointer) => match row.pointer(pointer).and_then(scalar) {
                    Some(text) => id.push_str(&text),
                    None => return Err(part_of_id(pointer, "missing", "the event's id is made of it")),
                },
            }
        }
        if id.is_empty() || id.len() > 256 {
            return Err(part_of_id("", "invalid", "the id of an event has 1 to 256 bytes"));
        }
        Ok(id)
    }
}

fn part_of_id(pointer: &str, code: &'static str, detail: &str) -> RowFault {
    RowFault { pointer: pointer.into(), code, detail: detail.into() }
}

/// The id of a fact that the vendor gives none: the same fact, told again under another delivery, has the same.
fn fact_id(kind: &str, timestamp: Timestamp, data: &Value) -> String {
    let fact = json!([kind, timestamp, data]).to_string();
    format!("fact-{}", &hex::encode(Sha256::digest(fact))[..32])
}

/// Writes `value` at `/a/b/c`, making what lies between.
fn put(out: &mut Map<String, Value>, target: &str, value: Value) {
    let mut parts: Vec<&str> = target.trim_start_matches('/').split('/').collect();
    let last = parts.pop().unwrap_or_default();
    let mut at = out;
    for part in parts {
        let inner = at.entry(part).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(inner) = inner else { return };
        at = inner;
    }
    at.insert(last.into(), value);
}
