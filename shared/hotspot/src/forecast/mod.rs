//! Where incidents will be: scores that rank the cells of a map, the rolling backtest that compares them, and the
//! choice of the one that ranks (D12-D16).
//!
//! Pure like the rest: a series of events, an origin and a list of candidates go in. Cost: one walk over the events
//! per decayed sum and origin, one pass over the lattice per smoothed layer; nothing is allocated per cell.
pub mod baseline;
pub mod candidate;
pub mod champion;
pub mod grid;
pub mod intake;
pub mod metrics;
pub mod nightly;
pub mod outcome;
pub mod rank;
pub mod score;
pub mod series;
pub mod trial;

pub use candidate::{Candidate, candidates};
pub use champion::Choice;
pub use grid::Grid;
pub use intake::{Group, Intake};
pub use metrics::{Catch, Metrics};
pub use nightly::{Forecaster, Plan, Standing};
pub use outcome::Outcome;
pub use rank::{Areas, Limit};
pub use score::Scorer;
pub use series::Series;
pub use trial::{Catches, Setting, Trial};
