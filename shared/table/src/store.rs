//! One table behind a client: reads are consistent, what is safe to repeat is repeated a few times.
//! Calls of the SDK are boxed: their futures are deep, and every caller would hold them inline.
use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::AsyncSleep as _;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use serde::{Serialize, de::DeserializeOwned};
use startup::Entropy;

use crate::error::StoreError;
use crate::keys::Key;
use crate::schema::{PK, SK};

/// An item as DynamoDB has it.
pub type Item = HashMap<String, AttributeValue>;

/// How often a conflicting or throttled call is made before the caller is told.
const ATTEMPTS: u32 = 5;

/// A table, by its deployed name.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) table: String,
    entropy: Entropy,
    #[cfg(feature = "mutants")]
    eventual: bool,
}

impl Store {
    /// The table called `table`; `entropy` names transactions.
    pub fn new(client: Client, table: String, entropy: Entropy) -> Self {
        Self {
            client,
            table,
            entropy,
            #[cfg(feature = "mutants")]
            eventual: false,
        }
    }

    /// The same table by reads that may be stale.
    #[cfg(feature = "mutants")]
    pub(crate) fn eventually(&self) -> Self {
        Self { eventual: true, ..self.clone() }
    }

    /// The table's deployed name.
    pub fn name(&self) -> &str {
        &self.table
    }

    /// The item at `key`, read consistently.
    pub async fn get(&self, what: &'static str, key: &Key) -> Result<Option<Item>, StoreError> {
        let mut attempt = 0;
        loop {
            let call = self.client.get_item().table_name(&self.table).consistent_read(true);
            #[cfg(feature = "mutants")]
            let call = call.consistent_read(!self.eventual);
            let result = Box::pin(call.key(PK, s(&key.pk)).key(SK, s(&key.sk)).send()).await;
            match result.map_err(|error| StoreError::from_sdk(what, &error)) {
                Ok(output) => return Ok(output.item),
                Err(error) => self.again(&mut attempt, error).await?,
            }
        }
    }

    /// The item at `key` as `T`.
    pub async fn read<T: DeserializeOwned>(
        &self,
        what: &'static str,
        key: &Key,
    ) -> Result<Option<T>, StoreError> {
        self.get(what, key).await?.map(|item| from_item(what, item)).transpose()
    }

    /// Writes `value` at `key` if nothing is there. `Condition` says that something is.
    pub async fn create(
        &self,
        what: &'static str,
        key: &Key,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        self.put_item(what, to_item(what, key, value)?, Some(("attribute_not_exists(pk)", Item::new()))).await
    }

    /// Writes `value` at `key`, whatever is there.
    pub async fn put(&self, what: &'static str, key: &Key, value: &impl Serialize) -> Result<(), StoreError> {
        self.put_item(what, to_item(what, key, value)?, None).await
    }

    /// Writes `value` at `key` if the item there still has revision `rev` (or, for 0, does not exist).
    pub async fn put_at_rev(
        &self,
        what: &'static str,
        key: &Key,
        value: &impl Serialize,
        rev: u64,
    ) -> Result<(), StoreError> {
        self.put_item(what, to_item(what, key, value)?, Some(rev_condition(rev))).await
    }

    pub(crate) async fn put_item(
        &self,
        what: &'static str,
        item: Item,
        condition: Option<(&str, Item)>,
    ) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let mut call = self.client.put_item().table_name(&self.table).set_item(Some(item.clone()));
            if let Some((expression, values)) = &condition {
                let values = (!values.is_empty()).then(|| values.clone());
                call = call.condition_expression(*expression).set_expression_attribute_values(values);
            }
            match Box::pin(call.send()).await.map_err(|error| StoreError::from_sdk(what, &error)) {
                Ok(_) => return Ok(()),
                Err(error) => self.again(&mut attempt, error).await?,
            }
        }
    }

    /// Carries out an update that may be carried out twice: its condition holds once more, or tells that somebody was there.
    pub(crate) async fn update(
        &self,
        what: &'static str,
        call: UpdateItemFluentBuilder,
    ) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let result = Box::pin(call.clone().send()).await;
            match result.map_err(|error| StoreError::from_sdk(what, &error)) {
                Ok(_) => return Ok(()),
                Err(error) => self.again(&mut attempt, error).await?,
            }
        }
    }

    /// Deletes the item at `key`, if there is one.
    pub async fn delete(&self, what: &'static str, key: &Key) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let call = self.client.delete_item().table_name(&self.table);
            let result = Box::pin(call.key(PK, s(&key.pk)).key(SK, s(&key.sk)).send()).await;
            match result.map_err(|error| StoreError::from_sdk(what, &error)) {
                Ok(_) => return Ok(()),
                Err(error) => self.again(&mut attempt, error).await?,
            }
        }
    }

    /// All items of partition `pk` whose sort key begins with `prefix`, in order.
    pub async fn query(&self, what: &'static str, pk: &str, prefix: &str) -> Result<Vec<Item>, StoreError> {
        // DynamoDB refuses an empty string as the value of a key.
        if prefix.is_empty() {
            return self.pages(what, "pk = :pk", &[(":pk", pk)]).await;
        }
        let condition = "pk = :pk AND begins_with(sk, :prefix)";
        self.pages(what, condition, &[(":pk", pk), (":prefix", prefix)]).await
    }

    /// All items of partition `pk` with a sort key from `first` to `last`, in order.
    pub(crate) async fn query_between(
        &self,
        what: &'static str,
        pk: &str,
        (first, last): (&str, &str),
    ) -> Result<Vec<Item>, StoreError> {
        let condition = "pk = :pk AND sk BETWEEN :first AND :last";
        self.pages(what, condition, &[(":pk", pk), (":first", first), (":last", last)]).await
    }

    /// Every page of a query of the table itself, read consistently.
    async fn pages(
        &self,
        what: &'static str,
        condition: &str,
        values: &[(&str, &str)],
    ) -> Result<Vec<Item>, StoreError> {
        let values: Item = values.iter().map(|(name, value)| ((*name).to_owned(), s(*value))).collect();
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let mut attempt = 0;
            let page = loop {
                let call = self.client.query().table_name(&self.table).consistent_read(true);
                let call = call
                    .key_condition_expression(condition)
                    .set_expression_attribute_values(Some(values.clone()));
                let result = Box::pin(call.set_exclusive_start_key(start.clone()).send()).await;
                match result.map_err(|error| StoreError::from_sdk(what, &error)) {
                    Ok(page) => break page,
                    Err(error) => self.again(&mut attempt, error).await?,
                }
            };
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }

    /// The items of partition `pk` with the greatest sort keys, at most `limit`, greatest first.
    pub(crate) async fn newest_of(
        &self,
        what: &'static str,
        pk: &str,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let call = self.client.query().table_name(&self.table).consistent_read(true);
        let call = call.key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(pk));
        let call = call.scan_index_forward(false).limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let page = Box::pin(call.send()).await.map_err(|error| StoreError::from_sdk(what, &error))?;
        Ok(page.items.unwrap_or_default())
    }

    /// A `TransactWriteItems`; conflicts with other transactions are tried again, a failed condition is not. Every attempt
    /// carries the same token, so that one whose answer was lost is known as done and does not fail on its own effect.
    pub async fn transact(
        &self,
        what: &'static str,
        items: Vec<TransactWriteItem>,
    ) -> Result<(), StoreError> {
        let mut attempt = 0;
        let token = self.entropy.token();
        loop {
            let call = self.client.transact_write_items().client_request_token(&token);
            let result = call.set_transact_items(Some(items.clone())).send().await;
            let Err(error) = result else { return Ok(()) };
            let sorted = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
                    if codes.clone().any(|code| code == "ConditionalCheckFailed") {
                        StoreError::Condition { what }
                    } else {
                        StoreError::Unavailable { what, code: codes.collect::<Vec<_>>().join(",") }
                    }
                }
                _ => StoreError::from_sdk(what, &error),
            };
            self.again(&mut attempt, sorted).await?;
        }
    }

    /// Waits a little, by the client's own sleep, and lets the caller try again, or gives the error back.
    pub(crate) async fn again(&self, attempt: &mut u32, error: StoreError) -> Result<(), StoreError> {
        *attempt += 1;
        if *attempt >= ATTEMPTS || !matches!(error, StoreError::Unavailable { .. }) {
            return Err(error);
        }
        if let Some(sleep) = self.client.config().sleep_impl() {
            sleep.sleep(Duration::from_millis(10 << *attempt)).await;
        }
        Ok(())
    }
}

/// The condition that an item still has revision `rev`, with its values; 0 means that it must not exist.
pub(crate) fn rev_condition(rev: u64) -> (&'static str, Item) {
    if rev == 0 {
        ("attribute_not_exists(pk)", Item::new())
    } else {
        ("rev = :rev", Item::from([(":rev".to_owned(), n(rev))]))
    }
}

/// `value` as an item at `key`.
pub(crate) fn to_item(what: &'static str, key: &Key, value: &impl Serialize) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(value).map_err(|error| StoreError::malformed(what, error))?;
    item.insert(PK.into(), s(&key.pk));
    item.insert(SK.into(), s(&key.sk));
    Ok(item)
}

/// An item as `T`. The reason of a failure names a field, never a value: serde's own words quote what they found.
pub fn from_item<T: DeserializeOwned>(what: &'static str, item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|error| {
        let words = error.to_string();
        let field = words.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match field {
            Some(field) => StoreError::malformed(what, format!("field {field} is missing")),
            None => StoreError::malformed(what, "a field has another form than was written"),
        }
    })
}

/// The key of an item, also of one from an index.
pub fn key_of(item: &Item) -> Option<Key> {
    let part = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some(Key { pk: part(PK)?, sk: part(SK)? })
}

/// A string attribute.
pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number attribute.
pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
