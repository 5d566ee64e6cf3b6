//! The internal table of one map: every study cell with every statistic, and its text form.
mod csv;

use jiff::Timestamp;

use crate::gistar::{Moments, Neighbourhoods, two_sided_p};
use crate::history::{HALF_LIFE_DAYS, History};
use crate::inputs::Inputs;
use crate::kinds::Kinds;
use crate::label::{gi_bin, joint_bin};
use crate::lattice::Lattice;
use crate::spacetime::SpaceTime;
use crate::{binomial, fdr, kde};

pub use csv::COLUMNS;

/// The statistics of one map, one entry per cell of the lattice in each list.
#[derive(Clone, Debug, PartialEq)]
pub struct CellTable<'a> {
    /// The cells.
    pub lattice: &'a Lattice,
    /// Events in the window (D4).
    pub counts: Vec<u32>,
    /// Members and sums of the neighbourhoods (D5).
    pub near: Neighbourhoods,
    /// Gi* (D5).
    pub z: Vec<f64>,
    /// Its two-sided p (D6).
    pub p: Vec<f64>,
    /// Its Benjamini-Hochberg q (D7).
    pub q: Vec<f64>,
    /// Recency with a half-life of 180 days (D12): the score that cells are ranked by.
    pub recency: Vec<f64>,
    /// The same with each event counted by its harm weight.
    pub harm: Vec<f64>,
    /// Kernel sum with a bandwidth of 150 m (D11).
    pub kde: Vec<f64>,
    /// Exact binomial tail (D8).
    pub p_binom: Vec<f64>,
    /// Its q over all cells.
    pub q_binom: Vec<f64>,
    /// Events inside the study area in the window.
    pub events: u64,
    /// Events of the window outside it.
    pub outside: u64,
    /// Cells of one kind share z, p, q, and the tail with its q.
    kinds: Kinds,
    /// Thirteen slices up to the origin; nothing on a table made of counts alone.
    pub space_time: Option<SpaceTime>,
}

/// Cells at or above each confidence: 99, 95, 90 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Hot {
    /// At 99 %.
    pub at_99: u32,
    /// At 95 % or more.
    pub at_95: u32,
    /// At 90 % or more.
    pub at_90: u32,
}

impl<'a> CellTable<'a> {
    /// The table of the categories marked in `categories`, counted over `window_days` before `origin`.
    pub fn compute(
        lattice: &'a Lattice,
        history: &History,
        origin: Timestamp,
        window_days: u16,
        categories: &[bool],
    ) -> Self {
        let half_life = [HALF_LIFE_DAYS];
        Self::of_inputs(lattice, history.inputs(lattice, origin, window_days, categories, &half_life))
    }

    /// The table of gathered sums; its recency is that of their first half-life.
    pub fn of_inputs(lattice: &'a Lattice, mut inputs: Inputs) -> Self {
        let recency = if inputs.recencies.is_empty() {
            vec![0.0; lattice.len()]
        } else {
            inputs.recencies.swap_remove(0)
        };
        Self {
            harm: if inputs.harm.is_empty() { recency.clone() } else { inputs.harm },
            outside: inputs.outside,
            space_time: Some(SpaceTime::of(lattice, inputs.slices)),
            ..Self::of_counts(lattice, inputs.counts, recency)
        }
    }

    /// The table of given counts and recency scores, one per cell.
    pub fn of_counts(lattice: &'a Lattice, counts: Vec<u32>, recency: Vec<f64>) -> Self {
        let events = counts.iter().map(|count| u64::from(*count)).sum();
        let near = Neighbourhoods::of(lattice, &counts);
        let (kinds, moments) = (Kinds::of(&near), Moments::of(&counts));
        let each = |statistic: &dyn Fn(u32, u64) -> f64| -> Vec<f64> {
            kinds.pairs().iter().map(|(members, sum)| statistic(*members, *sum)).collect()
        };
        let z = each(&|members, sum| moments.z(members, sum));
        let p: Vec<f64> = z.iter().map(|z| two_sided_p(*z)).collect();
        let cells = lattice.len() as u64;
        let p_binom = each(&|members, sum| binomial::upper_tail(events, u64::from(members), cells, sum));
        let to_cells = |of_kind: &[f64]| kinds.to_cells(of_kind).collect::<Vec<f64>>();
        Self {
            z: to_cells(&z),
            p: to_cells(&p),
            q: to_cells(&fdr::adjusted_shared(&p, kinds.cells())),
            p_binom: to_cells(&p_binom),
            q_binom: to_cells(&fdr::adjusted_shared(&p_binom, kinds.cells())),
            kde: kde::kernel_sums(lattice, &counts, kde::BANDWIDTH_M),
            lattice,
            counts,
            near,
            harm: recency.clone(),
            recency,
            events,
            outside: 0,
            kinds,
            space_time: None,
        }
    }

    /// The label of a cell: -3 to 3 (D9).
    pub fn joint(&self, index: usize) -> i8 {
        joint_bin(self.z[index], self.q[index], self.q_binom[index])
    }

    /// How many cells are hot by the joint label.
    pub fn hot(&self) -> Hot {
        self.count_hot(|index| self.joint(index))
    }

    /// How many would be by Gi* and its q alone.
    pub fn hot_by_gistar(&self) -> Hot {
        self.count_hot(|index| gi_bin(self.z[index], self.q[index]))
    }

    fn count_hot(&self, bin: impl Fn(usize) -> i8) -> Hot {
        (0..self.lattice.len()).map(bin).fold(Hot::default(), |hot, bin| Hot {
            at_99: hot.at_99 + u32::from(bin >= 3),
            at_95: hot.at_95 + u32::from(bin >= 2),
            at_90: hot.at_90 + u32::from(bin >= 1),
        })
    }

    /// Cells in ranking order: recency descending, ties by geohash (D15).
    pub fn ranking(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.lattice.len()).collect();
        order.sort_by(|a, b| self.recency[*b].total_cmp(&self.recency[*a]));
        order
    }
}
