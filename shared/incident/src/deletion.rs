//! How late anything is of which somebody told: what came from a clock that ran ahead is not deleted before that time
//! has come, so that the same event, posted again, never looks new.
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// The latest instant at which anything in `facts` happened. What a field says is no such instant.
pub(crate) fn latest(facts: &impl Serialize) -> Option<Timestamp> {
    fn walk(value: &Value) -> Option<Timestamp> {
        match value {
            Value::String(text) => text.parse().ok(),
            Value::Array(values) => values.iter().filter_map(walk).max(),
            Value::Object(fields) => {
                let told = fields.iter().filter(|(name, _)| !["v", "deleted_until"].contains(&name.as_str()));
                told.filter_map(|(_, value)| walk(value)).max()
            }
            _ => None,
        }
    }
    walk(&serde_json::to_value(facts).unwrap_or_default())
}
