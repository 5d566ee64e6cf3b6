//! Several items read in one call.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::keys::Key;
use crate::schema::{PK, SK};
use crate::store::{Item, Store, from_item, key_of, s};

/// Items of one `BatchGetItem`, by the service's limit.
const READ_TOGETHER: usize = 100;

impl Store {
    /// The items at `keys`, read consistently; where nothing is, nothing is in the answer.
    pub async fn get_many(
        &self,
        what: &'static str,
        keys: &[Key],
    ) -> Result<BTreeMap<Key, Item>, StoreError> {
        if let [only] = keys {
            let item = self.get(what, only).await?;
            return Ok(item.map(|item| (only.clone(), item)).into_iter().collect());
        }
        // The service refuses a key that is asked for twice.
        let keys: Vec<&Key> = keys.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = BTreeMap::new();
        for keys in keys.chunks(READ_TOGETHER) {
            let keys = keys.iter().map(|key| Item::from([(PK.into(), s(&key.pk)), (SK.into(), s(&key.sk))]));
            let mut wanted = Some(keys.collect::<Vec<_>>());
            let mut attempt = 0;
            while let Some(keys) = wanted {
                let (items, left) = self.get_some(what, keys, &mut attempt).await?;
                found.extend(items.into_iter().filter_map(|item| Some((key_of(&item)?, item))));
                wanted = left;
            }
        }
        Ok(found)
    }

    /// One call: what it found, and what it left for the next one.
    async fn get_some(
        &self,
        what: &'static str,
        keys: Vec<Item>,
        attempt: &mut u32,
    ) -> Result<(Vec<Item>, Option<Vec<Item>>), StoreError> {
        let wanted = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys.clone()));
        let wanted = wanted.build().expect("keys are set");
        let call = self.client.batch_get_item().request_items(self.name(), wanted);
        match Box::pin(call.send()).await.map_err(|error| StoreError::from_sdk(what, &error)) {
            Ok(output) => {
                let of = |held: Option<HashMap<String, _>>| held.unwrap_or_default().remove(self.name());
                let left = of(output.unprocessed_keys).map(|left: KeysAndAttributes| left.keys);
                if left.is_some() {
                    let code = "UnprocessedKeys".to_owned();
                    self.again(attempt, StoreError::Unavailable { what, code }).await?;
                }
                let items = output.responses.unwrap_or_default().remove(self.name()).unwrap_or_default();
                Ok((items, left))
            }
            Err(error) => {
                self.again(attempt, error).await?;
                Ok((Vec::new(), Some(keys)))
            }
        }
    }

    /// The items at `keys` as `T`, by key.
    pub async fn read_many<T: DeserializeOwned>(
        &self,
        what: &'static str,
        keys: &[Key],
    ) -> Result<BTreeMap<Key, T>, StoreError> {
        let items = self.get_many(what, keys).await?;
        items.into_iter().map(|(key, item)| Ok((key, from_item(what, item)?))).collect()
    }
}
