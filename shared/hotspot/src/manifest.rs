//! The manifest of an edition: which public files belong together, with their hashes. It is written last, so whoever
//! reads it first finds everything it names.
use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Key of the manifest in the public bucket.
pub const KEY: &str = "hotspots/manifest.json";

/// Key of the outline of the area in the public bucket.
pub const OUTLINE_KEY: &str = "hotspots/outline.geojson";

/// The edition that stands, and what no longer does. Nothing in it tells the time of day: the same edition gives the
/// same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Date of the edition; none where every one was withdrawn.
    pub as_of: Option<Date>,
    /// Who publishes.
    pub agency: String,
    /// To be shown with the map.
    pub disclaimer: String,
    /// Address of the licence.
    pub license: String,
    /// Days before `as_of` that are left out.
    pub delay_days: u16,
    /// Categories that were removed before anything was counted.
    pub excluded: BTreeSet<String>,
    /// Key of the outline of the area.
    pub outline: String,
    /// The maps, the one of everything first.
    pub files: Vec<File>,
    /// Dates of editions that were withdrawn.
    pub withdrawn: BTreeSet<Date>,
}

/// One map of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Name of the map.
    pub category: String,
    /// Days counted.
    pub window_days: u16,
    /// Geohash precision of its finest cells.
    pub precision: u8,
    /// Key of the GeoJSON that always holds the latest edition.
    pub path: String,
    /// Key of its CSV twin.
    pub csv: String,
    /// Key of the GeoJSON of this edition.
    pub snapshot: String,
    /// Number of features.
    pub features: usize,
    /// Bytes of the GeoJSON text, unpacked.
    pub bytes: usize,
    /// SHA-256 of that text, in hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// As text, one line a map.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string(self).expect("words, numbers and dates are always JSON");
        text.replace("{\"category\"", "\n{\"category\"").replace("],\"withdrawn\"", "\n],\"withdrawn\"")
            + "\n"
    }
}
