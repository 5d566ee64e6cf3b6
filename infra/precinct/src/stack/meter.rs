//! What writing costs: the write units of each call as the database counts them, indexes included, and by which row.
//! Asked for on the wire, so that the functions under measure are the ones that are deployed.
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

/// One writing call.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The action, e.g. `TransactWriteItems`.
    pub action: String,
    /// The rows written or checked, by table and the kind of key, e.g. `Incidents INC`.
    pub rows: Vec<String>,
    /// Units of the tables themselves.
    pub table_units: f64,
    /// Units of each index.
    pub index_units: BTreeMap<String, f64>,
}

impl Written {
    /// Everything together.
    pub fn units(&self) -> f64 {
        self.table_units + self.index_units.values().sum::<f64>()
    }
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>4}  {}", self.units(), self.rows.join(" + "))?;
        for (index, units) in &self.index_units {
            write!(f, ", index {index} {units}")?;
        }
        Ok(())
    }
}

/// Calls that are remembered: a stack that runs for days is never asked what they cost.
const MOST: usize = 4096;

/// Collects what was written last, since it was emptied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<Mutex<VecDeque<Written>>>);

const WRITES: &[&str] = &["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"];

impl Meter {
    /// The body of a call, with the question of its cost in it and without its name; `None` for a call that writes nothing.
    pub(crate) fn asked(action: &str, body: &[u8]) -> Option<Value> {
        let mut body: Value = serde_json::from_slice(body).ok().filter(|_| WRITES.contains(&action))?;
        body["ReturnConsumedCapacity"] = json!("INDEXES");
        // The SDK names each transaction for its own retries, which are off here, and dynoxide goes through all names of
        // the last ten minutes with every one: a long import would take time in proportion to its square.
        body.as_object_mut()?.remove("ClientRequestToken");
        Some(body)
    }

    /// Notes what `answer` says the call cost.
    pub(crate) fn note(&self, action: &str, body: &Value, answer: &str) {
        let Ok(answer) = serde_json::from_str::<Value>(answer) else { return };
        let consumed = match &answer["ConsumedCapacity"] {
            Value::Array(tables) => tables.clone(),
            Value::Null => return,
            one => vec![one.clone()],
        };
        let units = |of: &Value| of["CapacityUnits"].as_f64().unwrap_or_default();
        let mut written = Written {
            action: action.into(),
            rows: rows(body),
            table_units: consumed.iter().map(|table| units(&table["Table"])).sum(),
            index_units: BTreeMap::new(),
        };
        for table in &consumed {
            let name = table["TableName"].as_str().unwrap_or_default();
            for (index, cost) in table["GlobalSecondaryIndexes"].as_object().into_iter().flatten() {
                *written.index_units.entry(format!("{name}.{index}")).or_default() += units(cost);
            }
        }
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == MOST {
            last.pop_front();
        }
        last.push_back(written);
    }

    /// What was written since the last time.
    pub(crate) fn take(&self) -> Vec<Written> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

/// Table and kind of key of each row a call names.
fn rows(body: &Value) -> Vec<String> {
    let row = |call: &Value| {
        let key = call.get("Item").or_else(|| call.get("Key"))?;
        let part = |name: &str| key[name]["S"].as_str().and_then(|text| text.split('#').next());
        let (pk, sk) = (part("pk")?, part("sk")?);
        let kind = if ["MSG", "DEC", "NOTE"].contains(&sk) { sk } else { pk };
        Some(format!("{} {kind}", call["TableName"].as_str()?))
    };
    match body["TransactItems"].as_array() {
        Some(items) => items.iter().filter_map(|item| row(item.as_object()?.values().next()?)).collect(),
        None => row(body).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_long_ago_is_forgotten() {
        let meter = Meter::default();
        let put = |number: usize| {
            let body =
                json!({"TableName": "Incidents", "Item": {"pk": {"S": "INC#1"}, "sk": {"S": "STATE"}}});
            let answer =
                json!({"ConsumedCapacity": {"TableName": "Incidents", "Table": {"CapacityUnits": number}}});
            meter.note("PutItem", &body, &answer.to_string());
        };
        (0..MOST + 2).for_each(put);
        let written = meter.take();
        assert_eq!((written.len(), written[0].units()), (MOST, 2.0));
        assert_eq!(meter.take(), []);
    }
}
