//! Snapshots of EIDOs: what tells an incident's next EIDO from the last one. One that told something is written with
//! what it changed, in one transaction, so that a difference is neither lost nor told twice.
use aws_sdk_dynamodb::types::Put;
use incident::eido::Snapshot;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::incidents::{Incidents, put};
use crate::keys;
use crate::store::{rev_condition, to_item};

/// How long a snapshot outlives the last news of its incident: as long as the keys of messages outlive their content, so
/// that nothing comes back.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 400);

/// A snapshot at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Incident Tracking Identifier.
    pub tracking_id: String,
    /// What is known.
    pub snapshot: Snapshot,
    /// Revision; 0 means that nothing is stored yet.
    pub rev: u64,
}

#[derive(Deserialize, Serialize)]
struct SnapshotItem {
    rev: u64,
    /// Sealed JSON: it holds no address, but what a sender makes identifiers of is not known.
    sealed: String,
    ttl: i64,
}

impl Incidents {
    /// The snapshot of an incident, if one is kept.
    pub async fn snapshot(&self, tracking_id: &str) -> Result<Option<Kept>, StoreError> {
        let key = keys::snapshot(tracking_id);
        let Some(item) = self.store.read::<SnapshotItem>("snapshot", &key).await? else { return Ok(None) };
        let snapshot = self.ring.open_json(&place(&key.pk), &item.sealed).await?;
        Ok(Some(Kept { tracking_id: tracking_id.into(), snapshot, rev: item.rev }))
    }

    /// The write of the next snapshot, for the transaction that stores what it tells. It fails with `Condition` where
    /// somebody else wrote first: read again and compare again.
    pub async fn next_snapshot(&self, next: &Kept, now: Timestamp) -> Result<Put, StoreError> {
        let item = to_item("snapshot", &keys::snapshot(&next.tracking_id), &self.item(next, now).await?)?;
        Ok(put(&self.store, item, rev_condition(next.rev)))
    }

    /// Writes the next snapshot alone, where it tells nothing.
    pub async fn keep_snapshot(&self, next: &Kept, now: Timestamp) -> Result<(), StoreError> {
        let (key, item) = (keys::snapshot(&next.tracking_id), self.item(next, now).await?);
        self.store.put_at_rev("snapshot", &key, &item, next.rev).await
    }

    async fn item(&self, next: &Kept, now: Timestamp) -> Result<SnapshotItem, StoreError> {
        let key = keys::snapshot(&next.tracking_id);
        let sealed = self.ring.seal_json(&place(&key.pk), &next.snapshot).await?;
        Ok(SnapshotItem { rev: next.rev + 1, sealed, ttl: (now + KEPT).as_second() })
    }
}

fn place(key: &str) -> String {
    format!("{key}|snapshot")
}
