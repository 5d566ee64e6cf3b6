//! How well a ranking of officers found those with a later outcome: measures for the backtest, pure and exact.
//!
//! Many officers share a score, a count above all. What a measure says must not hang on the order in which such
//! officers happen to stand, so each is its mean over all orders of those who tie.
mod bootstrap;
mod calibration;
mod correlation;
mod groups;
mod ranking;

pub use bootstrap::{Interval, Lot, bootstrap, quantile};
pub use calibration::{Band, Isotonic, bands, brier};
pub use correlation::rank_correlation;
pub use groups::{Audit, GroupRates, Marked, by_group, concentration};
pub use ranking::{Order, Ranked, share_of};
