//! Leases: one run at a time of what must not run twice at once, such as the fold of the crime log.
//!
//! A lease saves work and keeps writers apart; correctness never rests on it alone, since a paused holder may
//! wake up late. Whatever is written under it is written conditionally.
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::error::StoreError;
use crate::keys::lease as lease_key;
use crate::schema::{PK, SK};
use crate::store::{Item, Store, s, to_item};

/// A lease that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    name: String,
    holder: String,
}

#[derive(Serialize)]
struct LeaseItem<'a> {
    holder: &'a str,
    expires_at: String,
    /// DynamoDB removes it some time after it has run out.
    ttl: i64,
}

/// The leases in the Messages table.
#[derive(Clone, Debug)]
pub struct Leases(Store);

impl Leases {
    /// The leases kept in `store`.
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// Takes the lease `name` for `holder` (a fresh token) until `length` after `now`. `Condition` means that
    /// somebody else holds it.
    pub async fn take(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        length: SignedDuration,
    ) -> Result<Lease, StoreError> {
        let until = now + length;
        let item = LeaseItem { holder, expires_at: instant(until), ttl: until.as_second() + 86_400 };
        let values = Item::from([(":now".to_owned(), s(instant(now))), (":holder".to_owned(), s(holder))]);
        let call = self.0.client.put_item().table_name(self.0.name());
        let call = call.set_item(Some(to_item("lease", &lease_key(name), &item)?));
        let call =
            call.condition_expression("attribute_not_exists(pk) OR expires_at <= :now OR holder = :holder");
        let call = call.set_expression_attribute_values(Some(values));
        call.send().await.map_err(|error| StoreError::from_sdk("lease", &error))?;
        Ok(Lease { name: name.to_owned(), holder: holder.to_owned() })
    }

    /// Gives a lease back; one that has run out and belongs to somebody else by now is left alone.
    pub async fn give_back(&self, lease: Lease) -> Result<(), StoreError> {
        let place = lease_key(&lease.name);
        let call =
            self.0.client.delete_item().table_name(self.0.name()).key(PK, s(place.pk)).key(SK, s(place.sk));
        let call = call
            .condition_expression("holder = :holder")
            .expression_attribute_values(":holder", s(lease.holder));
        match call.send().await.map_err(|error| StoreError::from_sdk("lease", &error)) {
            Err(error) if !error.is_condition() => Err(error),
            _ => Ok(()),
        }
    }
}

/// Seconds with leading zeros: as text they sort like the instants.
fn instant(at: Timestamp) -> String {
    format!("{:012}", at.as_second())
}
