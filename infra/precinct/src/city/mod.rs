//! The sample city: an invented department of 150 officers in a city of 90,000, with two years of personnel
//! history and three of crime, so that everything can be tried without anybody's real data.
//!
//! The same seed gives the same bytes on every platform: one small generator, `libm`, no map iteration, no
//! clock. What is planted (an officer whose record escalates, a busy but ordinary one, rookies, a typing
//! error, a place that is heating up) is known, so that the results can be judged.
mod calls;
mod conduct;
mod crime;
pub mod department;
mod force;
mod history;
mod random;

use hotspot::StudyArea;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

pub use crime::COLUMNS;
pub use department::Department;
pub use force::{BUSY, ESCALATOR, MISTYPED, Officer, ROOKIE};

/// Seed of the sample city that the demonstration shows.
pub const SEED: u64 = 2026;
/// Inhabitants, as the crime figures assume.
pub const INHABITANTS: u32 = 90_000;
/// Months of personnel history.
const PERSONNEL_MONTHS: i64 = 24;
/// Years of crime.
const CRIME_YEARS: i64 = 3;

/// One generated city. Nothing in it is dated later than `last_day`.
#[derive(Clone, Debug)]
pub struct City {
    /// Everything random follows from it.
    pub seed: u64,
    /// The last day of history.
    pub last_day: Date,
    /// The agency's time zone.
    pub zone: TimeZone,
}

impl City {
    /// The 150 people, in order of id.
    pub fn officers(&self) -> Vec<Officer> {
        force::officers(self)
    }

    /// Two years of events for `POST /v1/personnel/events`, in the order in which they became known.
    pub fn personnel(&self) -> Vec<Value> {
        history::events(self, &self.officers())
    }

    /// A month of events for `POST /v1/cad/events` and `/v1/cases/events`, in the order of their arrival: `incidents`
    /// calls with the cases that come of them, some of them posted twice, late or anew.
    pub fn calls(&self, incidents: usize) -> Vec<Value> {
        calls::events(self, incidents)
    }

    /// Three years of reported crime inside `area`, as a CSV file with a header row (see [`COLUMNS`]);
    /// about one row in a hundred is dirty, as real extracts are.
    pub fn crime(&self, area: &StudyArea) -> String {
        crime::csv(self, area)
    }
}

#[cfg(test)]
mod scored;
#[cfg(test)]
mod tests;
