//! Reads fields of an event's `data`, each fault naming its field by JSON pointer and the form expected.
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{Change, Invalid};

/// Longest text taken, in bytes: ids and single words, never a narrative.
const LONGEST: usize = 128;
/// Largest amount taken; sums of it stay exact.
const LARGEST: f64 = 1_000_000.0;
/// Smallest amount beside nothing: less is a mistake, and the table takes no number below 1e-130.
const SMALLEST: f64 = 0.000_001;

/// The fields of `data`. Null counts as absent, but for [`Fields::change`].
pub(super) struct Fields<'a>(pub(super) &'a Map<String, Value>);

/// The fault of the field `name`.
pub(super) fn invalid(name: &str, detail: impl Into<String>) -> Invalid {
    Invalid { pointer: format!("/data/{name}"), code: "invalid", detail: detail.into() }
}

impl Fields<'_> {
    fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A short text, or nothing.
    pub(super) fn optional(&self, name: &str) -> Result<Option<String>, Invalid> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.as_str().filter(|text| is_short(text));
        text.map(|text| Some(text.to_owned()))
            .ok_or_else(|| invalid(name, format!("{name} must be a text of 1 to {LONGEST} bytes")))
    }

    /// A short text.
    pub(super) fn text(&self, name: &str) -> Result<String, Invalid> {
        self.optional(name)?
            .ok_or_else(|| invalid(name, format!("{name} is required: a text of 1 to {LONGEST} bytes")))
    }

    /// An officer's id: it becomes part of a path, so it holds nothing that a path would misread.
    pub(super) fn officer(&self, name: &str) -> Result<Option<String>, Invalid> {
        let id = self.optional(name)?;
        let plain = |id: &String| id.chars().all(|c| c.is_ascii_graphic() && !"/?#%\\".contains(c));
        match id {
            Some(id) if !plain(&id) => Err(invalid(
                name,
                format!("{name} must be printable ASCII without spaces, /, ?, #, % and \\"),
            )),
            id => Ok(id),
        }
    }

    /// An officer's id that must be there.
    pub(super) fn required_officer(&self) -> Result<String, Invalid> {
        self.officer("officer_id")?.ok_or_else(|| invalid("officer_id", "officer_id is required"))
    }

    /// A calendar day, or nothing.
    pub(super) fn optional_date(&self, name: &str) -> Result<Option<Date>, Invalid> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let date = value.as_str().filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        // A day whose next year does not exist would stop the night that reckons with it.
        let date = date.filter(|date: &Date| (1900..2200).contains(&date.year()));
        date.map(Some).ok_or_else(|| {
            invalid(name, format!("{name} must be a day such as 2026-07-04, from 1900 to 2199"))
        })
    }

    /// A calendar day.
    pub(super) fn date(&self, name: &str) -> Result<Date, Invalid> {
        self.optional_date(name)?
            .ok_or_else(|| invalid(name, format!("{name} is required: a day such as 2026-07-04")))
    }

    /// An amount that is finite and not negative, or nothing.
    pub(super) fn amount(&self, name: &str) -> Result<Option<f64>, Invalid> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let is_taken = |number: &f64| *number == 0.0 || (SMALLEST..=LARGEST).contains(number);
        let number = value.as_f64().filter(is_taken);
        number.map(Some).ok_or_else(|| invalid(name, format!("{name} must be a number from 0 to 1,000,000")))
    }

    /// True or false.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Invalid> {
        self.value(name)
            .and_then(Value::as_bool)
            .ok_or_else(|| invalid(name, format!("{name} is required: true or false")))
    }

    /// A text, or null to clear it, or nothing to leave it as it is.
    pub(super) fn change(&self, name: &str) -> Result<Change, Invalid> {
        match self.0.get(name) {
            None => Ok(Change::Keep),
            Some(Value::Null) => Ok(Change::Clear),
            Some(_) => Ok(Change::Set(self.text(name)?)),
        }
    }

    /// A word or a whole number, as text.
    pub(super) fn severity(&self, name: &str) -> Result<Option<String>, Invalid> {
        match self.value(name) {
            Some(Value::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
            _ => self.optional(name),
        }
    }
}

fn is_short(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}
