//! A new key for finding addresses in Contacts, without losing an opt-out on the way. Nobody is stopped meanwhile:
//!
//! ```text
//! announce   the new key exists; look-ups try both, what is new is still written under the old one   wait
//! switch     what is new is written under the new one, what stands stays where it is                  wait
//! move       one transaction an address: there under the new key, gone under the old one
//! ```
//!
//! Each wait is longer than anybody may remember what was before. A move that is broken off is simply begun again: what
//! was moved is not found under the old key any more.
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::contacts::{ContactItem, Contacts};
use crate::error::StoreError;
use crate::keyring::{IndexVersions, KEPT};
use crate::keys::{Key, contact};
use crate::schema::{PK, SK};
use crate::store::{from_item, key_of, rev_condition, s};

/// Between two steps: twice as long as anybody keeps what was before.
const WAIT: SignedDuration = SignedDuration::from_mins(2 * KEPT.as_mins());
/// How often an address is read again when somebody writes it at the same time.
const ROUNDS: u32 = 8;

/// What a call did, and what is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// The new key was made known. Call again then.
    Announced {
        /// When the next step may follow.
        again_at: Timestamp,
    },
    /// What is new is written under the new key. Call again then.
    Switched {
        /// When the next step may follow.
        again_at: Timestamp,
    },
    /// Nothing was done yet. Call again then.
    TooEarly {
        /// When the next step may follow.
        again_at: Timestamp,
    },
    /// Addresses were moved, and there are more. Call again.
    Moving {
        /// How many.
        moved: usize,
    },
    /// Every address stands under the new key.
    Done {
        /// How many were moved by this call.
        moved: usize,
    },
}

impl Contacts {
    /// The next step of a rotation of the key that finds addresses, at `now`; at most `most` addresses are moved.
    pub async fn rotate_index(&self, now: Timestamp, most: usize) -> Result<Step, StoreError> {
        let versions = self.ring().index_versions().await?;
        let again_at = now + WAIT;
        let begun = versions.newest > versions.oldest.max(versions.moved);
        if !begun {
            let next = IndexVersions { newest: versions.newest + 1, changed_at: now, ..versions };
            self.ring().set_index_versions(next).await?;
            return Ok(Step::Announced { again_at });
        }
        if now < versions.changed_at + WAIT {
            return Ok(Step::TooEarly { again_at: versions.changed_at + WAIT });
        }
        if versions.written < versions.newest {
            let next = IndexVersions { written: versions.newest, changed_at: now, ..versions };
            self.ring().set_index_versions(next).await?;
            return Ok(Step::Switched { again_at });
        }
        let (mut moved, mut stay) = (0, 0);
        for key in self.under_former_keys(versions.newest).await? {
            if moved == most {
                return Ok(Step::Moving { moved });
            }
            if self.move_address(&key, versions.newest).await? {
                moved += 1;
            } else {
                stay += 1;
            }
        }
        // Of a person who was erased the index alone holds the opt-out: the former key is tried for ever.
        let oldest = if stay > 0 { versions.oldest } else { versions.newest };
        let next = IndexVersions { oldest, moved: versions.newest, changed_at: now, ..versions };
        self.ring().set_index_versions(next).await?;
        Ok(Step::Done { moved })
    }

    /// Keys of all addresses that do not stand under the key of `version`.
    async fn under_former_keys(&self, version: u32) -> Result<Vec<Key>, StoreError> {
        let present = contact(&format!("{version}.")).pk;
        let all = contact("").pk;
        let (mut keys, mut start) = (Vec::new(), None);
        loop {
            let call = self.store().client.scan().table_name(self.store().name()).consistent_read(true);
            let call = call.projection_expression("#pk, #sk").expression_attribute_names("#pk", PK);
            let call = call.expression_attribute_names("#sk", SK).set_exclusive_start_key(start);
            let page =
                Box::pin(call.send()).await.map_err(|error| StoreError::from_sdk("contacts", &error))?;
            let found = page.items.unwrap_or_default();
            let former = |key: &Key| key.pk.starts_with(&all) && !key.pk.starts_with(&present);
            keys.extend(found.iter().filter_map(key_of).filter(former));
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(keys);
            }
        }
    }

    /// Moves what stands at `from` under the key of `version`; what is there already is joined with it. `false` where the
    /// address was erased and it has to stay.
    async fn move_address(&self, from: &Key, version: u32) -> Result<bool, StoreError> {
        let mut round = 0;
        loop {
            let Some(item) = self.store().get("contact", from).await? else { return Ok(true) };
            let item: ContactItem = from_item("contact", item)?;
            let Some(sealed) = &item.address else { return Ok(false) };
            let address = self.ring().open(&format!("{}|address", from.pk), sealed).await?;
            let address = String::from_utf8(address)
                .map_err(|_| StoreError::malformed("contact", "its address is not text"))?;
            let to = contact(&self.ring().index_key_of(version).await?.index(&address));
            let there: Option<ContactItem> = self.store().read("contact", &to).await?;
            let state = match there {
                Some(there) => there.state.joined(&item.state).next(),
                // The first revision there, whatever it was here: a claim that was decided on the old place fails.
                None => updates::ContactState { rev: 1, ..item.state.clone() },
            };
            let put = self.put_at(&to, &address, &state).await?;
            let (condition, values) = rev_condition(item.state.rev);
            let delete = Delete::builder()
                .table_name(self.store().name())
                .key(PK, s(&from.pk))
                .key(SK, s(&from.sk))
                .condition_expression(condition)
                .set_expression_attribute_values(Some(values))
                .build()
                .expect("table and key are set");
            let writes = vec![
                TransactWriteItem::builder().put(put).build(),
                TransactWriteItem::builder().delete(delete).build(),
            ];
            match self.store().transact("contact", writes).await {
                Err(error) if error.is_condition() && round < ROUNDS => round += 1,
                result => return result.map(|()| true),
            }
        }
    }
}
