//! What an index lists: keys alone, a moment behind the table. Boxed as the calls of `store` are; not repeated, since whoever looks into an index comes again.
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::keys::{DUE_SHARDS, Key};
use crate::schema::{DUE, Index};
use crate::store::{Item, Store, key_of, s};

impl Store {
    /// Keys that `index` lists under `value`, sort key at most `until` where given; oldest first.
    pub async fn index_keys(
        &self,
        index: Index,
        value: &str,
        until: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Key>, StoreError> {
        let condition = if until.is_some() { "#p = :p AND #s <= :until" } else { "#p = :p" };
        let call = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index.name)
            .key_condition_expression(condition);
        let mut call =
            call.expression_attribute_names("#p", index.pk).expression_attribute_values(":p", s(value));
        if let Some(until) = until {
            call = call
                .expression_attribute_names("#s", index.sk)
                .expression_attribute_values(":until", s(until));
        }
        let output = Box::pin(call.limit(i32::try_from(limit).unwrap_or(i32::MAX)).send()).await;
        let output = output.map_err(|error| StoreError::from_sdk(index.name, &error))?;
        Ok(output.items.unwrap_or_default().iter().filter_map(key_of).collect())
    }

    /// What `index` lists under `value` with a sort key from `after` to `until`, oldest first: sort key and key of the item.
    /// Ends with the page on which `limit` rows that `counts` were found; whether there may be more.
    pub(crate) async fn index_window(
        &self,
        index: Index,
        value: &str,
        (after, until): (&str, &str),
        (limit, counts): (usize, &dyn Fn(&Key) -> bool),
    ) -> Result<(Vec<(String, Key)>, bool), StoreError> {
        let (mut rows, mut start) = (Vec::new(), None);
        loop {
            let call = self
                .between(index, value, after, until)
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start);
            let page =
                Box::pin(call.send()).await.map_err(|error| StoreError::from_sdk(index.name, &error))?;
            let entry = |item: &Item| Some((item.get(index.sk)?.as_s().ok()?.clone(), key_of(item)?));
            rows.extend(page.items.unwrap_or_default().iter().filter_map(entry));
            start = page.last_evaluated_key;
            let is_full = rows.iter().filter(|(_, key)| counts(key)).count() >= limit;
            if is_full || start.is_none() {
                return Ok((rows, start.is_some()));
            }
        }
    }

    /// Keys that `index` lists under `value` with an instant from `from` until before `to` as sort key; all of them.
    pub(crate) async fn index_rows(
        &self,
        index: Index,
        value: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, Key)>, StoreError> {
        let (first, last) = seconds(from, to);
        let (mut rows, mut start) = (Vec::new(), None);
        loop {
            let call = self.between(index, value, &first, &last).set_exclusive_start_key(start);
            let page =
                Box::pin(call.send()).await.map_err(|error| StoreError::from_sdk(index.name, &error))?;
            let found = page.items.unwrap_or_default();
            let row = |item: &Item| Some((item.get(index.sk)?.as_s().ok()?.parse().ok()?, key_of(item)?));
            rows.extend(found.iter().filter_map(row).filter(|(at, _)| (from..to).contains(at)));
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(rows);
            }
        }
    }

    /// The question to `index` for what it lists under `value` with a sort key from `first` to `last`.
    pub(crate) fn between(&self, index: Index, value: &str, first: &str, last: &str) -> QueryFluentBuilder {
        let call = self.client.query().table_name(&self.table).index_name(index.name);
        call.key_condition_expression("#p = :p AND #s BETWEEN :first AND :last")
            .expression_attribute_names("#p", index.pk)
            .expression_attribute_names("#s", index.sk)
            .expression_attribute_values(":p", s(value))
            .expression_attribute_values(":first", s(first))
            .expression_attribute_values(":last", s(last))
    }

    /// Keys of what is due at or before `now` (RFC 3339), from every shard.
    pub async fn due(&self, now: &str, limit: usize) -> Result<Vec<Key>, StoreError> {
        let mut keys = Vec::new();
        for shard in 0..DUE_SHARDS {
            keys.extend(self.index_keys(DUE, &format!("D{shard}"), Some(now), limit).await?);
        }
        keys.sort();
        Ok(keys)
    }
}

/// Between which texts those of the instants from `from` to `to` lie. An instant with a fraction sorts before the same second
/// without: whole seconds on both sides.
pub(crate) fn seconds(from: Timestamp, to: Timestamp) -> (String, String) {
    (second(from), format!("{}~", second(to)))
}

/// An instant to the second, without the zone's letter.
fn second(at: Timestamp) -> String {
    let text = at.to_string();
    text.split(['.', 'Z']).next().unwrap_or_default().to_owned()
}

/// An instant whose texts sort as the instants do: always nine digits, since `.84Z` sorts behind `.845Z`.
pub(crate) fn sorted(at: Timestamp) -> String {
    format!("{at:.9}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(earlier: &str, later: &str) {
        let text = |at: &str| sorted(at.parse().unwrap());
        assert!(text(earlier) < text(later), "{} {}", text(earlier), text(later));
    }

    #[test]
    fn instants_sort_as_texts() {
        check("2026-07-07T17:00:00.84Z", "2026-07-07T17:00:00.845Z");
        check("2026-07-07T17:00:00Z", "2026-07-07T17:00:00.5Z");
        check("2026-07-07T17:00:00.999999999Z", "2026-07-07T17:00:01Z");
    }
}
