//! Reads cells as spreadsheets and record systems write them.
use jiff::civil::Date;
use serde_json::{Number, Value};

use super::columns::Form;

/// What is wrong with a cell; never what it holds, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) code: &'static str,
    pub(super) advice: String,
}

/// Reads `text`; nothing where it is empty.
pub(super) fn read(form: Form, text: &str) -> Result<Option<Value>, Wrong> {
    let text = text.trim();
    if text.is_empty() {
        return Ok((form == Form::NoneIfEmpty).then_some(Value::Null));
    }
    // A formula that failed, as spreadsheets print it: #VALUE!, #N/A, #REF!.
    if text.starts_with('#') && text.ends_with(['!', '?', 'A']) {
        return Err(wrong(
            "spreadsheet_error",
            "the spreadsheet wrote an error here; mend it or leave the cell empty",
        ));
    }
    let value = match form {
        Form::Text | Form::NoneIfEmpty => Some(Value::from(text)),
        Form::Day | Form::When => day(text).map(|day| Value::from(day.to_string())),
        Form::Number => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
        Form::Flag => flag(text).map(Value::Bool),
    };
    value.map(Some).ok_or_else(|| {
        let advice = match form {
            Form::Number => "write a number such as 12.5, without separators or units",
            Form::Flag => "write true or false (yes, no, 1, 0, Y and N will do)",
            _ => {
                "write the day as 2026-07-04, or as 7/4/2026 with month first and all four digits of the year"
            }
        };
        wrong("invalid", advice)
    })
}

fn wrong(code: &'static str, advice: &str) -> Wrong {
    Wrong { code, advice: advice.into() }
}

/// `2026-07-04` or `7/4/2026`; a time of day after it is left out.
fn day(text: &str) -> Option<Date> {
    let day = text.split([' ', 'T']).next()?;
    if day.contains('-') {
        return (day.len() == 10).then(|| day.parse().ok()).flatten();
    }
    let mut parts = day.split('/');
    let (month, date, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, date.parse().ok()?).ok()
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "t" | "1" => Some(true),
        "false" | "no" | "n" | "f" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(form: Form, text: &str, expected: Value) {
        assert_eq!(read(form, text), Ok(Some(expected)));
    }

    #[track_caller]
    fn refused(form: Form, text: &str, code: &str) {
        assert_eq!(read(form, text).unwrap_err().code, code);
    }

    #[test]
    fn days_come_in_two_orders_with_or_without_a_time() {
        for text in [
            "2026-07-04",
            "2026-07-04 00:00:00",
            "2026-07-04T09:30:00-05:00",
            "7/4/2026",
            "07/04/2026 09:30:00 PM",
        ] {
            check(Form::Day, text, json!("2026-07-04"));
        }
        for text in ["7/4/26", "4.7.2026", "13/13/2026", "2026-7-4", "2026-02-30", "yesterday", "7/4/2026/1"]
        {
            refused(Form::Day, text, "invalid");
        }
    }

    #[test]
    fn numbers_and_flags_come_in_the_usual_spellings() {
        check(Form::Number, " 12.5 ", json!(12.5));
        for (text, value) in
            [("Y", true), ("yes", true), ("1", true), ("FALSE", false), ("n", false), ("0", false)]
        {
            check(Form::Flag, text, json!(value));
        }
        refused(Form::Number, "1,640", "invalid");
        refused(Form::Number, "NaN", "invalid");
        refused(Form::Flag, "maybe", "invalid");
    }

    #[test]
    fn an_empty_cell_is_absent_or_says_none() {
        assert_eq!(read(Form::Text, "  "), Ok(None));
        assert_eq!(read(Form::NoneIfEmpty, ""), Ok(Some(Value::Null)));
    }

    #[test]
    fn errors_of_spreadsheets_are_told_apart() {
        for text in ["#VALUE!", "#N/A", "#REF!", "#NAME?"] {
            refused(Form::Text, text, "spreadsheet_error");
        }
        check(Form::Text, "#12", json!("#12"));
    }
}
