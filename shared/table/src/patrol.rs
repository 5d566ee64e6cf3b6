//! Patrol visits, in the Messages table: where and when, never who.
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::keys::patrol_visit;
use crate::store::{Store, from_item};

/// The visits in the Messages table.
#[derive(Clone, Debug)]
pub struct Visits(Store);

/// A visit. It holds no name, number or unit of whoever patrolled.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Visit {
    /// Shift of the plan.
    pub shift: String,
    /// The cell.
    pub geohash: String,
    /// Arrival.
    pub arrived_at: Timestamp,
    /// Minutes stayed.
    pub minutes: u16,
}

impl Visits {
    /// The visits kept in `store`.
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// Stores a visit under the plan of `date` and the `name` of its request; `Condition` if one is there.
    pub async fn record(&self, date: Date, name: &str, visit: &Visit) -> Result<(), StoreError> {
        self.0.create("patrol visit", &patrol_visit(date, name), visit).await
    }

    /// The visit of a request.
    pub async fn find(&self, date: Date, name: &str) -> Result<Option<Visit>, StoreError> {
        self.0.read("patrol visit", &patrol_visit(date, name)).await
    }

    /// All visits of the plan of `date`.
    pub async fn of(&self, date: Date) -> Result<Vec<Visit>, StoreError> {
        let key = patrol_visit(date, "");
        let items = self.0.query("patrol visits", &key.pk, &key.sk).await?;
        items.into_iter().map(|item| from_item("patrol visit", item)).collect()
    }
}
