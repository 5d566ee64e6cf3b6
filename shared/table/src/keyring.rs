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
use crate::packed::{pack_json, unpack};
use crate::store::Store;

/// How long a plaintext key stays in memory, and how long it may take until everybody knows another index version.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_mins(15);
/// Where the index versions stand.
const VERSIONS: &str = "index-versions";

/// Seals and opens the sealed attributes of one table.
#[derive(Clone, Debug)]
pub struct KeyRing {
    store: Store,
    kms: Kms,
    clock: Clock,
    kept: Arc<Mutex<BTreeMap<String, (Timestamp, DataKey)>>>,
    versions: Arc<Mutex<Option<(Timestamp, IndexVersions)>>>,
}

/// Versions of the key under which addresses are found in Contacts. Missing: version 1 alone, never rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct IndexVersions {
    /// Newest that is known: look-ups try it.
    pub(crate) newest: u32,
    /// The one under which what is new is written.
    pub(crate) written: u32,
    /// Oldest under which something may stand.
    pub(crate) oldest: u32,
    /// The one under which everything stands that a rotation could move: what it had to leave, of erased persons, keeps the
    /// oldest in use and no later rotation waiting.
    #[serde(default)]
    pub(crate) moved: u32,
    /// When this was last changed: others may know it only [`KEPT`] later.
    pub(crate) changed_at: Timestamp,
}

impl IndexVersions {
    const FIRST: Self =
        Self { newest: 1, written: 1, oldest: 1, moved: 1, changed_at: Timestamp::UNIX_EPOCH };

    /// From the one that is written to the oldest.
    fn in_order(self) -> impl Iterator<Item = u32> {
        let others = (self.oldest..=self.newest).rev().filter(move |version| *version != self.written);
        std::iter::once(self.written).chain(others)
    }
}

#[derive(Deserialize, Serialize)]
struct WrappedKey {
    #[serde(with = "wrapped_bytes")]
    wrapped: Vec<u8>,
}

impl KeyRing {
    /// The key ring of `store`.
    pub fn new(store: Store, kms: Kms, clock: Clock) -> Self {
        Self { store, kms, clock, kept: Arc::default(), versions: Arc::default() }
    }

    /// The keys under which an address may be found, the one for what is new first.
    pub(crate) async fn contact_keys(&self) -> Result<Vec<IndexKey>, StoreError> {
        let now = self.clock.now();
        let kept = *self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, versions) = match kept {
            Some((at, versions)) if now.duration_since(at).abs() < KEPT => (at, versions),
            _ => (now, self.index_versions().await?),
        };
        *self.versions.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, versions));
        let mut keys = Vec::new();
        for version in versions.in_order() {
            keys.push(self.index_key_of(version).await?);
        }
        Ok(keys)
    }

    /// The versions as stored.
    pub(crate) async fn index_versions(&self) -> Result<IndexVersions, StoreError> {
        Ok(self.store.read("index versions", &data_key(VERSIONS)).await?.unwrap_or(IndexVersions::FIRST))
    }

    /// Stores other versions, having made the newest one's key.
    pub(crate) async fn set_index_versions(&self, versions: IndexVersions) -> Result<(), StoreError> {
        self.index_key_of(versions.newest).await?;
        self.store.put("index versions", &data_key(VERSIONS), &versions).await?;
        *self.versions.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    /// The key of one version, made on first use.
    pub(crate) async fn index_key_of(&self, version: u32) -> Result<IndexKey, StoreError> {
        let key = self.key(&format!("index-{version}"), true).await?;
        Ok(IndexKey::new(version, key.derive("blind index")))
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
        self.seal(place, &pack_json("sealed data", value)?).await
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
        self.index_key_of(1).await
    }

    /// The blind-index key if there is one: without it nothing was ever indexed, and a reader need not make it.
    pub async fn index_key_if_any(&self) -> Result<Option<IndexKey>, StoreError> {
        match self.store.get("data key", &data_key("index-1")).await? {
            Some(_) => Ok(Some(self.index_key().await?)),
            None => Ok(None),
        }
    }

    /// Bound to the table by what it is for, not by its deployed name: a table restored under another name opens.
    fn bound(&self, place: &str) -> String {
        format!("{}|{place}", self.kms.purpose())
    }

    async fn key(&self, id: &str, create: bool) -> Result<DataKey, StoreError> {
        let now = self.clock.now();
        if let Some((at, key)) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(id)
            && now.duration_since(*at).abs() < KEPT
        {
            return Ok(key.clone());
        }
        let key = DataKey::new(id.into(), self.plain_key(id, create).await?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // What is past its time goes, whether anybody asks for it again or not.
        kept.retain(|_, (at, _)| now.duration_since(*at).abs() < KEPT);
        kept.insert(id.into(), (now, key.clone()));
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
