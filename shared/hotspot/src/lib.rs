//! Hot spots: where crime concentrates, computed per geohash cell from a log of facts without personal data.
//!
//! Pure: no clock, no files, no network. Callers pass facts, boundary text, settings and the origin; they get
//! tables and GeoJSON text back. Formulas carry the number of their definition in `docs/hotspots.md` (D1-D15).
#![warn(missing_docs)]

pub mod area;
pub mod binomial;
pub mod bulletin;
pub mod calibration;
pub mod catalogue;
pub mod cell;
pub mod disclosure;
pub mod extract;
pub mod fact;
pub mod fdr;
pub mod forecast;
pub mod geojson;
pub mod gistar;
pub mod harm;
pub mod history;
pub mod hour_of_week;
pub mod inputs;
pub mod kde;
pub mod kinds;
pub mod label;
pub mod lattice;
pub mod manifest;
pub mod mann_kendall;
pub mod near_repeat;
pub mod packed;
pub mod patrol;
pub mod privacy;
pub mod public;
pub mod random;
pub mod settings;
pub mod spacetime;
pub mod sums;
pub mod table;
pub mod trend;
pub mod twin;

pub use area::StudyArea;
pub use cell::Cell;
pub use fact::{CrimeFact, Origin};
pub use history::History;
pub use inputs::Inputs;
pub use lattice::Lattice;
pub use random::Random;
pub use settings::Settings;
pub use table::CellTable;
