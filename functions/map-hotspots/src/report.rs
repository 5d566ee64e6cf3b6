//! What a run reports: the same log, settings and time give the same report.
use hotspot::history::Tally;
use hotspot::table::Hot;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::fold::Folded;
use crate::patrol::PatrolReport;

/// The answer of the function. For the department's eyes: the hottest cells carry counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Date of the run, UTC; names the files.
    pub as_of: Date,
    /// End of the windows, itself not included.
    pub origin: Timestamp,
    /// What the fold took in.
    pub folded: Folded,
    /// Rows read, and what became of those that do not count.
    pub rows: Tally,
    /// Cells of the study area.
    pub cells: usize,
    /// Each map, the one of everything first.
    pub maps: Vec<MapReport>,
    /// The cells that rank first in the map of everything.
    pub hottest: Vec<Hottest>,
    /// What the patrol plan holds.
    pub patrol: PatrolReport,
    /// What happened to the public layer.
    pub public: Public,
    /// Keys written in the internal bucket.
    pub internal_files: Vec<String>,
    /// Keys written in the public bucket.
    pub public_files: Vec<String>,
    /// Nights before this one that had been missed and were run first.
    pub nights_caught_up: Vec<Date>,
}

/// One map in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MapReport {
    /// Name of the map.
    pub category: String,
    /// Incidents of the window in the study area.
    pub incidents: u64,
    /// Incidents of the window outside it.
    pub outside_study_area: u64,
    /// Cells by the joint label.
    pub hot: Hot,
    /// So few incidents that labels need caution.
    pub low_count: bool,
}

/// A cell at the top of the ranking.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hottest {
    /// Its geohash.
    pub geohash: String,
    /// Longitude of its centre.
    pub longitude: f64,
    /// Latitude of its centre.
    pub latitude: f64,
    /// Incidents of the window.
    pub incidents: u32,
    /// Score it is ranked by: incidents a day, as the method of the map expects them.
    pub score: f64,
    /// Gi*.
    pub z: f64,
    /// Confidence of the joint label in percent, where it is hot.
    pub confidence: Option<u8>,
}

/// What happened to the public layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Public {
    /// The map is off: nothing public was written.
    Off,
    /// The last publication is too fresh: nothing public was written.
    NotDue,
    /// A later edition stands: nothing public was written, since one between two others could be subtracted from them.
    Past,
    /// Dated and latest files stand.
    Published,
    /// The edition of this night was withdrawn and does not come back.
    Withdrawn,
}
