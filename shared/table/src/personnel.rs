//! Personnel: the append-only ledger of events, who officers are, nightly runs, scores and alerts.
//! Confidential as internal affairs are: a table, a key and roles of its own.
pub mod cases;
pub mod coaching;
pub mod departed;
pub mod ledger;
pub mod roster;
pub mod runs;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::Timestamp;
use serde::Serialize;
use startup::{Runtime, VariableError};

use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::Key;
use crate::store::{Item, Store, to_item};

/// The Personnel table. The nightly run reads it without a key: names are sealed, and it needs none.
#[derive(Clone, Debug)]
pub struct Personnel {
    store: Store,
}

impl Personnel {
    /// The table behind `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The table as the function's variables name it.
    pub fn open(runtime: &Runtime, dynamo: &aws_sdk_dynamodb::Client) -> Result<Self, VariableError> {
        Ok(Self::new(Store::new(
            dynamo.clone(),
            runtime.variables.required("PERSONNEL_TABLE")?,
            runtime.entropy.clone(),
        )))
    }

    /// The key ring for what names a person.
    pub fn ring(&self, runtime: &Runtime, kms: &aws_sdk_kms::Client) -> Result<KeyRing, VariableError> {
        let kms = vault::Kms::new(kms.clone(), runtime.variables.required("PERSONNEL_KEY_ID")?, "Personnel");
        Ok(KeyRing::new(self.store.clone(), kms, runtime.clock.clone()))
    }

    /// The holds on officers.
    pub fn holds(&self) -> crate::holds::Holds {
        crate::holds::Holds::new(self.store.clone())
    }

    /// The store itself.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    fn put(
        &self,
        what: &'static str,
        key: &Key,
        value: &impl Serialize,
        condition: Option<(&str, Item)>,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut put = Put::builder().table_name(self.store.name()).set_item(Some(to_item(what, key, value)?));
        if let Some((condition, values)) = condition {
            put = put
                .condition_expression(condition)
                .set_expression_attribute_values((!values.is_empty()).then_some(values));
        }
        Ok(TransactWriteItem::builder().put(put.build().expect("table and item are set")).build())
    }
}

/// Partition of everything about one officer.
fn officer_pk(officer_id: &str) -> String {
    format!("OFF#{officer_id}")
}

/// An instant of fixed width, so that sort keys order as time does.
fn sortable(at: Timestamp) -> String {
    format!("{at:.9}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_sort_as_text_as_they_do_in_time() {
        let instants = ["2026-07-04T08:15:00Z", "2026-07-04T08:15:00.000000001Z", "2026-07-04T08:15:00.1Z"];
        let texts: Vec<String> = instants.iter().map(|text| sortable(text.parse().unwrap())).collect();
        assert!(texts.is_sorted());
        assert!(texts.iter().all(|text| text.len() == texts[0].len()));
    }
}
