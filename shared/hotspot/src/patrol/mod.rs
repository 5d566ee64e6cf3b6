//! The patrol plan: which cells officers visit in a shift, why, in which order, and what came of it.
//!
//! ```text
//! score per cell ─┬─ select: best cells of a beat; some held out by lot, some rest after many nights
//! beats, places ──┤
//! slices ─────────┘─▶ Plan ─▶ GeoJSON for officers        Record (with the cells held out) ─▶ Report
//! ```
//!
//! No person enters: a plan is made of reported incidents per cell. The practice behind the figures (2-5 places
//! a beat, 15 minutes, back within two hours, in an order nobody can learn) is in `docs/hotspots.md`.

pub mod beats;
pub mod draw;
pub mod geojson;
pub mod kind;
pub mod places;
pub mod plan;
pub mod record;
pub mod report;
mod select;
pub mod settings;
pub mod sketch;

pub use beats::Beats;
pub use kind::Kind;
pub use places::Places;
pub use plan::{Inputs, Plan};
pub use record::{Group, Record};
pub use report::{Report, Visit};
