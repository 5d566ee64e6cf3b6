//! The event a schedule sends: nightly functions take their `now` from it and so can be run for a past night.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `{"time": "2026-07-04T08:30:00Z"}`, filled in by EventBridge Scheduler with the scheduled time.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Scheduled {
    /// The instant the run is for.
    pub time: Timestamp,
}
