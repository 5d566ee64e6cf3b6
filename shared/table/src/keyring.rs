//! Data keys of one table: made by KMS once a day, kept wrapped in the table, unwrapped into memory for minutes.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use startup::Clock;
use vault::cipher::key_id;
use vault::{DataKey, IndexKey, Kms};

use crate::error::StoreError;
use crate::keys::data_key;
use crate::packed::{pack, unpack};
use crate::store::Store;

/// How long a plaintext key stays in memory.
const KEPT: SignedDuration = SignedDuration::from_mins(15);

/// Seals and opens the sealed attributes of one table.
#[derive(Clone, Debug)]
pub struct KeyRing {
    store: Store,
    kms: Kms,
    clock: Clock,
    kept: Arc<Mutex<BTreeMap<String, (Timestamp, DataKey)>>>,
}

#[derive(Deserialize, Serialize)]
struct WrappedKey {
    #[serde(with = "wrapped_bytes")]
    wrapped: Vec<u8>,
}

impl KeyRing {
    /// The key ring of `store`.
    pub fn new(store: Store, kms: Kms, clock: Clock) -> Self {
        Self { store, kms, clock, kept: Arc::default() }
    }

    /// The present instant of the clock that keys go by.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Seals `plain` for `place` (key and attribute) under today's key.
    pub async fn seal(&self, place: &str, plain: &[u8]) -> Result<String, StoreError> {
        let day = self.clock.now().to_string()[..10].to_owned();
        Ok(self.key(&day, true).await?.seal(&self.bound(place), plain))
    }

    /// Seals `plain` for `place` under the key `id`, made on first use: for what must be opened years later without
    /// keeping the day it was sealed on.
    pub async fn seal_under(&self, id: &str, place: &str, plain: &[u8]) -> Result<String, StoreError> {
        Ok(self.key(id, true).await?.seal(&self.bound(place), plain))
    }

    /// Opens what was sealed for `place`.
    pub async fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, StoreError> {
        let id = key_id(sealed).ok_or_else(|| StoreError::malformed("sealed data", "it names no key"))?;
        Ok(self.key(id, false).await?.open(&self.bound(place), sealed)?)
    }

    /// Seals a value as packed JSON.
    pub async fn seal_json(&self, place: &str, value: &impl Serialize) -> Result<String, StoreError> {
        let plain = serde_json::to_vec(value).map_err(|error| StoreError::malformed("sealed data", error))?;
        self.seal(place, &pack(&plain)).await
    }

    /// Opens a value sealed as JSON.
    pub async fn open_json<T: serde::de::DeserializeOwned>(
        &self,
        place: &str,
        sealed: &str,
    ) -> Result<T, StoreError> {
        let packed = self.open(place, sealed).await?;
        let plain =
            unpack(&packed).ok_or_else(|| StoreError::malformed("sealed data", "it does not unpack"))?;
        // serde_json's message may quote a value: only its kind of fault is passed on.
        serde_json::from_slice(&plain)
            .map_err(|error| StoreError::malformed("sealed data", format!("{:?}", error.classify())))
    }

    /// The blind-index key, made on first use.
    pub async fn index_key(&self) -> Result<IndexKey, StoreError> {
        let key = self.key("index-1", true).await?;
        Ok(IndexKey::new(1, key.derive("blind index")))
    }

    /// The blind-index key if there is one: without it nothing was ever indexed, and a reader need not make it.
    pub async fn index_key_if_any(&self) -> Result<Option<IndexKey>, StoreError> {
        match self.store.get("data key", &data_key("index-1")).await? {
            Some(_) => Ok(Some(self.index_key().await?)),
            None => Ok(None),
        }
    }

    fn bound(&self, place: &str) -> String {
        format!("{}|{place}", self.store.name())
    }

    async fn key(&self, id: &str, create: bool) -> Result<DataKey, StoreError> {
        let now = self.clock.now();
        if let Some((at, key)) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(id)
            && now.duration_since(*at).abs() < KEPT
        {
            return Ok(key.clone());
        }
        let key = DataKey::new(id.into(), self.plain_key(id, create).await?);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(id.into(), (now, key.clone()));
        Ok(key)
    }

    /// The key as stored, or a new one that is stored first: two callers at once end with the same key.
    async fn plain_key(&self, id: &str, create: bool) -> Result<Vec<u8>, StoreError> {
        let place = data_key(id);
        loop {
            if let Some(stored) = self.store.read::<WrappedKey>("data key", &place).await? {
                return Ok(self.kms.unwrap_key(&stored.wrapped).await?);
            }
            if !create {
                return Err(StoreError::malformed("data key", format!("key {id} is not in the table")));
            }
            let new = self.kms.generate().await?;
            match self.store.create("data key", &place, &WrappedKey { wrapped: new.wrapped }).await {
                Ok(()) => return Ok(new.plain),
                Err(StoreError::Condition { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Wrapped keys are stored as base64 text: readable in a dump, portable in a restore.
mod wrapped_bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(|_| D::Error::custom("not base64"))
    }
}
