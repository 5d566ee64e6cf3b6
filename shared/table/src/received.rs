//! Received events: the record that makes a repetition known for seven days, and the quarantine of what was rejected.
//! Calls, cases and personnel keep them alike, each in its own table under its own key.
use aws_sdk_dynamodb::types::Put;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
#[cfg(feature = "mutants")]
use startup::mutant::{Mutant, is};

use crate::error::StoreError;
use crate::indexed::sorted;
use crate::keyring::KeyRing;
use crate::keys::{received, received_shard, rejected};
use crate::schema::TTL;
use crate::store::{Item, Store, n, to_item};

/// How long the id of a received event is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How long a rejected event is kept, sealed, for whoever mends the sender.
const QUARANTINE: SignedDuration = SignedDuration::from_hours(24 * 14);

/// A received event.
#[derive(Clone, Debug)]
pub struct Received<'a> {
    /// Source that signed it.
    pub source: &'a str,
    /// Its id.
    pub id: &'a str,
    /// Hash of its content.
    pub digest: &'a str,
    /// When it came.
    pub at: Timestamp,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Stored.
    Stored,
    /// The same event was stored before.
    Duplicate,
    /// The same id was stored before with another content.
    IdReused,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct EventItem {
    digest: String,
    ttl: i64,
    /// Key of the call or case it told of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) subject: Option<String>,
    /// When the sweep looks after it: whatever the stream lost is planned then. It stays in the index until the row goes,
    /// which makes the index a list of what was received, in order of time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    due_shard: Option<String>,
}

#[derive(Serialize)]
struct RejectedItem<'a> {
    sealed: &'a str,
    code: &'a str,
    ttl: i64,
}

impl Received<'_> {
    /// The record of this event, for the transaction that stores its effect. The table deletes late: a record past
    /// its time does not count, though it may still be there.
    /// `watched`: the subject that the sweep looks after at a time, in case the stream loses its record.
    pub(crate) fn put(&self, store: &Store, watched: Option<(&str, Timestamp)>) -> Result<Put, StoreError> {
        let remembered = REMEMBERED;
        #[cfg(feature = "mutants")]
        let remembered = if is(Mutant::ShortMemory) { SignedDuration::from_mins(5) } else { remembered };
        let item = EventItem {
            digest: self.digest.into(),
            ttl: (self.at + remembered).as_second(),
            subject: watched.map(|(subject, _)| subject.to_owned()),
            due_at: watched.map(|(_, at)| sorted(at)),
            due_shard: watched.map(|(subject, _)| received_shard(subject)),
        };
        let put = Put::builder()
            .table_name(store.name())
            .set_item(Some(to_item("event", &received(self.source, self.id), &item)?))
            .condition_expression("attribute_not_exists(pk) OR #ttl <= :now")
            .expression_attribute_names("#ttl", TTL)
            .set_expression_attribute_values(Some(Item::from([(":now".into(), n(self.at.as_second()))])));
        #[cfg(feature = "mutants")]
        let put = if is(Mutant::StaleDeduplication) { unconditional(put) } else { put };
        Ok(put.build().expect("table and item are set"))
    }

    /// Whether the event is known already: asked after a transaction whose conditions did not hold.
    pub(crate) async fn repetition(&self, store: &Store) -> Result<Option<Written>, StoreError> {
        let known: Option<EventItem> = store.read("event", &received(self.source, self.id)).await?;
        let known = known.filter(|known| known.ttl > self.at.as_second());
        Ok(known
            .map(|known| if known.digest == self.digest { Written::Duplicate } else { Written::IdReused }))
    }

    /// Keeps a rejected event, sealed.
    pub(crate) async fn quarantine(
        &self,
        store: &Store,
        ring: &KeyRing,
        code: &str,
        body: &[u8],
    ) -> Result<(), StoreError> {
        let key = rejected(self.source, self.digest);
        let sealed = ring.seal(&format!("{}|sealed", key.pk), body).await?;
        let item = RejectedItem { sealed: &sealed, code, ttl: (self.at + QUARANTINE).as_second() };
        store.put("rejected event", &key, &item).await
    }
}

/// The same write without its condition.
#[cfg(feature = "mutants")]
fn unconditional(
    put: aws_sdk_dynamodb::types::builders::PutBuilder,
) -> aws_sdk_dynamodb::types::builders::PutBuilder {
    put.set_condition_expression(None)
        .set_expression_attribute_names(None)
        .set_expression_attribute_values(None)
}
