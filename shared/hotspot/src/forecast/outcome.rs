//! What happened after an origin: the yardstick that every method of a night is held to.
use jiff::Timestamp;

use super::metrics::Catch;
use super::rank::{Areas, Limit};
use super::series::Series;
use crate::lattice::Lattice;

/// Events per cell in the window after an origin.
#[derive(Clone, Debug)]
pub struct Outcome {
    counts: Vec<u32>,
    events: u64,
    /// Most events that 0, 1, 2, ... cells could have caught.
    best: Vec<u64>,
}

impl Outcome {
    /// The `horizon_days` from `origin` on, itself included (D4).
    pub fn after(series: &Series, lattice: &Lattice, origin: Timestamp, horizon_days: i64) -> Self {
        let counts = series.counts_after(lattice, origin, horizon_days);
        let mut sorted: Vec<u32> = counts.iter().copied().filter(|count| *count > 0).collect();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        let mut best = vec![0];
        let mut caught = 0;
        best.extend(sorted.iter().map(|count| {
            caught += u64::from(*count);
            caught
        }));
        Self { counts, events: caught, best }
    }

    /// Events of the window in the study area.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Events of the window by cell.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// What the first cells of a ranking caught, as many as `limit` chooses.
    pub fn catch(&self, ranking: &[u32], limit: Limit, areas: &Areas) -> Catch {
        let chosen = areas.chosen(ranking, limit);
        Catch {
            cells: chosen.len(),
            area_m2: areas.of(chosen),
            study_m2: areas.total_m2,
            hits: chosen.iter().map(|cell| u64::from(self.counts[*cell as usize])).sum(),
            events: self.events,
            best: self.best[chosen.len().min(self.best.len() - 1)],
        }
    }
}
