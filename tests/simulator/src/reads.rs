//! A read of one table as it stands on the wire, parsed in place: two requests in three are reads, and no tree is built for
//! them. What has a field of another name, a value of another type or a word with escapes is not read here.
use std::collections::BTreeMap;

use serde::Deserialize;
use table::schema::{PK, SK, TABLES, Table};

use crate::tables::Place;

/// A `GetItem` or `Query`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Read<'a> {
    table_name: &'a str,
    #[serde(borrow, default)]
    key: Words<'a>,
    #[serde(borrow, default)]
    exclusive_start_key: Option<Words<'a>>,
    pub(crate) index_name: Option<&'a str>,
    #[serde(rename = "ConsistentRead")]
    _is_consistent: Option<bool>,
    #[serde(rename = "KeyConditionExpression", default)]
    pub(crate) condition: &'a str,
    #[serde(borrow, rename = "ExpressionAttributeNames", default)]
    names: BTreeMap<&'a str, &'a str>,
    #[serde(borrow, rename = "ExpressionAttributeValues", default)]
    values: Words<'a>,
    pub(crate) limit: Option<usize>,
    #[serde(rename = "ScanIndexForward", default = "yes")]
    pub(crate) is_forward: bool,
}

fn yes() -> bool {
    true
}

/// Attributes, all of them words.
type Words<'a> = BTreeMap<&'a str, Word<'a>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word<'a> {
    #[serde(rename = "S")]
    word: &'a str,
}

impl<'a> Read<'a> {
    /// Of a request's body.
    pub(crate) fn of(body: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// The table that it is about.
    pub(crate) fn table(&self) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.name == self.table_name)
    }

    /// The place that its key names.
    pub(crate) fn place(&self, table: &Table) -> Option<Place> {
        place(table, &self.key)
    }

    /// What stands for a value in its condition.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.values.get(name).map(|word| word.word)
    }

    /// What stands for a name in its condition.
    pub(crate) fn name(&self, name: &str) -> Option<&'a str> {
        self.names.get(name).copied()
    }

    /// Whether it goes on where a page ended.
    pub(crate) fn goes_on(&self) -> bool {
        self.exclusive_start_key.is_some()
    }

    /// Where the page before this one ended, in an index sorted by `sort`.
    pub(crate) fn start(&self, table: &Table, sort: &str) -> Option<(String, Place)> {
        let key = self.exclusive_start_key.as_ref()?;
        Some((key.get(sort)?.word.to_owned(), place(table, key)?))
    }
}

fn place(table: &Table, key: &Words<'_>) -> Option<Place> {
    let part = |name| Some(key.get(name)?.word.to_owned());
    Some(Place { table: table.name, pk: part(PK)?, sk: part(SK)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a body is read here.
    #[track_caller]
    fn check(body: &str, is_read: bool) {
        assert_eq!(Read::of(body.as_bytes()).is_some(), is_read, "{body}");
    }

    #[test]
    fn what_is_not_known_is_not_read() {
        check(
            r#"{"TableName":"Messages","Key":{"pk":{"S":"INC#1"},"sk":{"S":"STATE"}},"ConsistentRead":true}"#,
            true,
        );
        check(r#"{"TableName":"Messages","Key":{"pk":{"S":"INC#\n"},"sk":{"S":"STATE"}}}"#, false);
        check(r#"{"TableName":"Messages","Key":{"pk":{"N":"1"},"sk":{"S":"STATE"}}}"#, false);
        check(r#"{"TableName":"Messages","FilterExpression":"a = :a"}"#, false);
        check(r#"{"Key":{}}"#, false);
    }
}
