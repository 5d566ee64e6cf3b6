//! One field of ours, read from a row: found, cleared or not there; through a table, a time form, or as it is.
use std::collections::BTreeMap;

use serde_json::Value;

use super::file::UnmappedSpec;
use super::targets::Form;
use super::time::TimeForm;
use super::{RowFault, UNMAPPED, Unmapped};

/// Longest code that goes on under the mark: anything longer is no code and may be free text.
const CODE: usize = 40;

/// A value table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) values: BTreeMap<String, Value>,
    pub(super) unmapped: Option<UnmappedSpec>,
    pub(super) otherwise: Option<Value>,
}

pub(super) type Tables = BTreeMap<String, Table>;

/// Where a field of ours comes from.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) form: Form,
    pub(super) from: Vec<String>,
    pub(super) join: Option<String>,
    pub(super) constant: Option<Value>,
    pub(super) table: Option<String>,
    pub(super) time: TimeForm,
    pub(super) null_clears: bool,
}

/// What a row says about a field.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    Nothing,
    Cleared,
    Value(Value),
}

/// What a table says about a text.
enum Entry {
    Value(Value),
    Marked(String),
    Dropped,
}

/// The text of a value that is one: trimmed, not empty.
pub(super) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Whether there is anything at all: an empty text, null or an empty list is nothing.
pub(super) fn is_present(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(_)) => true,
        Some(other) => scalar(other).is_some(),
        None => false,
    }
}

impl Field {
    /// Reads the field from `row`, which lies at `base` in the vendor's object.
    pub(super) fn read(
        &self,
        row: &Value,
        base: &str,
        tables: &Tables,
        notes: &mut Vec<Unmapped>,
    ) -> Result<Found, RowFault> {
        if let Some(constant) = &self.constant {
            return Ok(Found::Value(constant.clone()));
        }
        if let Some(separator) = &self.join {
            let parts: Option<Vec<String>> =
                self.from.iter().map(|pointer| row.pointer(pointer).and_then(scalar)).collect();
            let Some(parts) = parts else { return Ok(Found::Nothing) };
            let text = Value::from(parts.join(separator));
            return self.convert(&text, &format!("{base}{}", self.from[0]), tables, notes);
        }
        let present = self.from.iter().find(|pointer| is_present(row.pointer(pointer)));
        let Some((pointer, value)) = present.and_then(|pointer| Some((pointer, row.pointer(pointer)?)))
        else {
            let emptied = self.from.iter().any(|pointer| row.pointer(pointer).is_some());
            return Ok(if self.null_clears && emptied { Found::Cleared } else { Found::Nothing });
        };
        self.convert(value, &format!("{base}{pointer}"), tables, notes)
    }

    /// The vendor's pointer that stands for this field in a fault.
    pub(super) fn pointer(&self, base: &str) -> String {
        self.from.first().map_or_else(|| base.to_owned(), |pointer| format!("{base}{pointer}"))
    }

    fn convert(
        &self,
        value: &Value,
        pointer: &str,
        tables: &Tables,
        notes: &mut Vec<Unmapped>,
    ) -> Result<Found, RowFault> {
        if self.form == Form::Roles {
            return self.roles(value, pointer, tables, notes);
        }
        let Some(text) = scalar(value) else { return Err(self.invalid(pointer)) };
        match self.look_up(&text, pointer, tables, notes)? {
            Some(Entry::Value(value)) => Ok(Found::Value(value)),
            Some(Entry::Marked(text)) => Ok(Found::Value(Value::from(text))),
            Some(Entry::Dropped) => Ok(Found::Nothing),
            None if self.form == Form::Time => {
                let at = self.time.read(&text).ok_or_else(|| self.invalid(pointer))?;
                Ok(Found::Value(Value::from(at.to_string())))
            }
            None => self.form.convert(&text).map(Found::Value).ok_or_else(|| self.invalid(pointer)),
        }
    }

    /// Roles are one word or a list; each must be known, since an unknown one could be a suspect's.
    fn roles(
        &self,
        value: &Value,
        pointer: &str,
        tables: &Tables,
        notes: &mut Vec<Unmapped>,
    ) -> Result<Found, RowFault> {
        let single = std::slice::from_ref(value);
        let words = if let Value::Array(list) = value { list.as_slice() } else { single };
        let mut roles = Vec::new();
        for word in words {
            let text = scalar(word).ok_or_else(|| self.invalid(pointer))?;
            match self.look_up(&text, pointer, tables, notes)? {
                Some(Entry::Value(Value::Array(list))) => roles.extend(list),
                Some(Entry::Value(role)) => roles.push(role),
                Some(Entry::Marked(_) | Entry::Dropped) => return Err(self.invalid(pointer)),
                None => roles.push(self.form.convert(&text).ok_or_else(|| self.invalid(pointer))?),
            }
        }
        Ok(Found::Value(Value::Array(roles)))
    }

    /// What the field's table says; none where it has no table.
    fn look_up(
        &self,
        text: &str,
        pointer: &str,
        tables: &Tables,
        notes: &mut Vec<Unmapped>,
    ) -> Result<Option<Entry>, RowFault> {
        let Some((name, table)) = self.table.as_ref().and_then(|name| Some((name, tables.get(name)?))) else {
            return Ok(None);
        };
        if let Some(value) = table.values.get(text) {
            return Ok(Some(Entry::Value(value.clone())));
        }
        notes.push(Unmapped { table: name.clone(), value: text.to_owned() });
        if self.form.is_marked() {
            let code = if text.len() <= CODE { text } else { "too long for a code" };
            return Ok(Some(Entry::Marked(format!("{UNMAPPED}{code}"))));
        }
        match (&table.otherwise, table.unmapped) {
            (Some(value), _) => Ok(Some(Entry::Value(value.clone()))),
            (None, Some(UnmappedSpec::Drop)) => Ok(Some(Entry::Dropped)),
            (None, _) => Err(RowFault {
                pointer: pointer.to_owned(),
                code: "unmapped",
                detail: format!("the profile's table {name} does not know this value; add it there"),
            }),
        }
    }

    fn invalid(&self, pointer: &str) -> RowFault {
        RowFault { pointer: pointer.to_owned(), code: "invalid", detail: self.form.wanted().into() }
    }
}
