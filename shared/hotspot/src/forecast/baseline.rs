//! The methods that a forecast has to beat.
use jiff::Timestamp;

use super::candidate::Candidate;
use super::grid::Grid;
use super::score::Scorer;
use super::series::Series;
use crate::gistar::{Neighbourhoods, z_scores};
use crate::lattice::Lattice;

/// Days that the count, the kernel and Gi* look back.
pub const WINDOW_DAYS: i64 = 365;

/// Names of the baselines, in the order of [`scores`].
pub const NAMES: [&str; 4] = ["recency_180", "count_365", "kde_150", "gi_star"];

/// Scores per cell of each baseline at an origin.
pub fn scores(lattice: &Lattice, grid: &Grid, group: &Series, origin: Timestamp) -> [Vec<f64>; 4] {
    let counts = group.counts_before(lattice, origin, WINDOW_DAYS);
    let count: Vec<f64> = counts.iter().map(|count| f64::from(*count)).collect();
    let mut kde = count.clone();
    grid.smooth(&mut kde, &grid.kernel(crate::kde::BANDWIDTH_M), 1.0, &mut Vec::new());
    let gi_star = z_scores(&counts, &Neighbourhoods::of(lattice, &counts));
    let mut scorer = Scorer::new(grid, &[Candidate::standing()]);
    scorer.load(group, origin);
    let mut recency = Vec::new();
    scorer.scores(0, &mut recency);
    [recency, count, kde, gi_star]
}
