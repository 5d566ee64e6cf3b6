//! Whether the fields of a profile fit ours: each constant and each value of a table has the form of the field it goes
//! to, and what a table does not know cannot do harm.
use std::collections::BTreeSet;

use serde_json::Value;

use super::Takes;
use super::compile::{Compiler, Wrong, plain, pointer, wrong, zone_of};
use super::field::Field;
use super::file::{FieldSpec, UnmappedSpec};
use super::targets::Form;
use super::time::TimeForm;
use crate::event::is_type;

impl Compiler {
    /// A field of the form `form`, as the profile says where it comes from.
    pub(super) fn field(&mut self, spec: &FieldSpec, form: Form, key: &str) -> Result<Field, Wrong> {
        if spec.from.is_empty() == spec.value.is_none() {
            return Err(wrong(key, "needs from or value, and not both"));
        }
        spec.from.iter().try_for_each(|from| pointer(from, key))?;
        let constant = spec.value.as_ref().map(|value| plain(value, key)).transpose()?;
        if let Some(constant) = &constant {
            self.suits(constant, form, key)?;
        }
        if let Some(table) = &spec.table {
            self.table_suits(table, form, key)?;
        }
        let zone = zone_of(spec.time_zone.as_deref(), key, &self.zone)?;
        if form != Form::Time && (spec.time.is_some() || spec.time_zone.is_some()) {
            return Err(wrong(key, "is no time: leave time and time_zone out"));
        }
        let time = TimeForm::new(spec.time.as_deref().unwrap_or("rfc3339"), &zone);
        Ok(Field {
            form,
            from: spec.from.clone(),
            join: spec.join.clone(),
            constant,
            table: spec.table.clone(),
            time: time.map_err(|reason| wrong(key, &format!("time: {reason}")))?,
            null_clears: spec.null_clears,
        })
    }

    /// Every value of the table fits the field, and what it does not know cannot do harm.
    fn table_suits(&mut self, name: &str, form: Form, key: &str) -> Result<(), Wrong> {
        let Some(table) = self.tables.get(name).cloned() else {
            return Err(wrong(key, &format!("there is no table tables.{name}")));
        };
        let place = format!("tables.{name}");
        for value in table.values.values().chain(&table.otherwise) {
            self.suits(value, form, &place)?;
        }
        if form.is_marked() && (table.unmapped.is_some() || table.otherwise.is_some()) {
            return Err(wrong(
                &place,
                "leave unmapped and otherwise out: an unknown call type or offence is always passed on marked, and so denied",
            ));
        }
        if table.unmapped == Some(UnmappedSpec::Drop) && !form.may_drop() {
            return Err(wrong(
                &place,
                "unmapped cannot be drop: an unknown role or wish could mean danger; use fault or otherwise",
            ));
        }
        Ok(())
    }

    /// Whether a constant has the form, and a note of the codes it brings.
    fn suits(&mut self, value: &Value, form: Form, key: &str) -> Result<(), Wrong> {
        let no = || wrong(key, form.wanted());
        if form == Form::Roles {
            let single = std::slice::from_ref(value);
            let words = if let Value::Array(list) = value { list.as_slice() } else { single };
            let good =
                words.iter().all(|word| word.as_str().is_some_and(|word| form.convert(word).is_some()));
            return if good && !words.is_empty() { Ok(()) } else { Err(no()) };
        }
        let good = match (form, value) {
            (Form::EventType, Value::String(kind)) => is_type(kind, self.takes == Takes::Cases),
            (Form::Time, Value::String(time)) => time.parse::<jiff::Timestamp>().is_ok(),
            (Form::Integer, value) => value.as_u64().is_some_and(|number| number <= 255),
            (Form::Number, value) => value.is_number(),
            (Form::Flag, value) => value.is_boolean(),
            (_, Value::String(text)) => form.convert(text).is_some(),
            _ => false,
        };
        let codes: Option<&mut BTreeSet<String>> = match form {
            Form::CallType => Some(&mut self.codes.call_types),
            Form::Offence => Some(&mut self.codes.offences),
            _ => None,
        };
        if let (Some(codes), Some(code)) = (codes, value.as_str()) {
            codes.insert(code.to_owned());
        }
        if good { Ok(()) } else { Err(no()) }
    }
}
