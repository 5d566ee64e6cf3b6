//! What a nightly function did, in counts: one record a night and function, for whoever wants to know whether the nights
//! ran. A function with a table of its own keeps them there, one that works on the internal bucket as objects. They say
//! when a run ended, so they are apart from what a run writes to the byte each time it is repeated.
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::keys::night;
use crate::messages::Messages;
use crate::personnel::Personnel;
use crate::store::{Store, from_item};

/// How long a record is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 400);

/// One night of one function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NightRecord {
    /// Name of the function, e.g. `score-officers`.
    pub function: String,
    /// Date of the night, agency time.
    pub date: Date,
    /// When the run ended.
    pub finished_at: Timestamp,
    /// What it did, in counts by name.
    pub counts: BTreeMap<String, u64>,
    /// What it could not do, and leaves to the next night or to a person.
    pub failures: u64,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    night: &'a NightRecord,
    ttl: i64,
}

/// The records in one table.
#[derive(Clone, Debug)]
pub struct Nights(Store);

impl NightRecord {
    /// A night that ended at `finished_at`.
    pub fn new(function: &str, date: Date, finished_at: Timestamp, counts: &[(&str, usize)]) -> Self {
        let counts = counts.iter().map(|(name, count)| ((*name).to_owned(), *count as u64)).collect();
        Self { function: function.to_owned(), date, finished_at, counts, failures: 0 }
    }

    /// The same with so many failures.
    #[must_use]
    pub fn with_failures(self, failures: usize) -> Self {
        Self { failures: failures as u64, ..self }
    }

    /// Key of its object, where it is one.
    pub fn object_key(function: &str, date: Date) -> String {
        format!("nights/{date}/{function}.json")
    }
}

impl Nights {
    /// Keeps the record of a night; the last run of a night counts.
    pub async fn note(&self, record: &NightRecord) -> Result<(), StoreError> {
        let row = Row { night: record, ttl: (record.finished_at + KEPT).as_second() };
        Box::pin(self.0.put("night", &night(record.date, &record.function), &row)).await
    }

    /// The last records, at most `limit`, newest night first.
    pub async fn last(&self, limit: usize) -> Result<Vec<NightRecord>, StoreError> {
        let partition = night(Date::MAX, "").pk;
        let items = self.0.newest_of("night", &partition, limit).await?;
        items.into_iter().map(|item| from_item("night", item)).collect()
    }
}

impl Personnel {
    /// The nights of functions that work on officers.
    pub fn nights(&self) -> Nights {
        Nights(self.store().clone())
    }
}

impl Messages {
    /// The nights of functions that work on every table.
    pub fn nights(&self) -> Nights {
        Nights(self.store().clone())
    }
}
