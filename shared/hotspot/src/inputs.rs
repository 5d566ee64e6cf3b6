//! What the statistics of one map are made from, gathered in one pass over its events: counts of the window,
//! counts of thirteen slices, and recency sums of several half-lives.
use jiff::Timestamp;

use crate::history::{DAY_US, LOOK_BACK_DAYS};
use crate::spacetime::{SLICE_DAYS, SLICES};

/// Sums per cell, while they grow and when they are complete. Events come in order of time, so that sums of
/// fractions have the same bits each time.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    origin_us: i64,
    window_us: i64,
    half_lives_days: Vec<f64>,
    /// Events in the window (D4), per cell.
    pub counts: Vec<u32>,
    /// Events of the window outside the study area.
    pub outside: u64,
    /// Events in each slice, oldest first, per cell.
    pub slices: Vec<Vec<u32>>,
    /// Recency (D12) for each half-life, per cell.
    pub recencies: Vec<Vec<f64>>,
    /// The first recency with each event counted by its weight (harm); empty without half-lives.
    pub harm: Vec<f64>,
}

impl Inputs {
    /// Nothing yet, for `cells` cells and windows that end before `origin`.
    pub fn new(cells: usize, origin: Timestamp, window_days: u16, half_lives_days: &[f64]) -> Self {
        Self {
            origin_us: origin.as_microsecond(),
            window_us: i64::from(window_days) * DAY_US,
            half_lives_days: half_lives_days.to_vec(),
            counts: vec![0; cells],
            outside: 0,
            slices: vec![vec![0; cells]; SLICES],
            recencies: vec![vec![0.0; cells]; half_lives_days.len()],
            harm: vec![0.0; if half_lives_days.is_empty() { 0 } else { cells }],
        }
    }

    /// Microseconds since 1970 of the oldest instant that any of these sums counts.
    pub fn first_us(&self) -> i64 {
        let longest = (LOOK_BACK_DAYS * DAY_US).max(self.window_us);
        self.origin_us.saturating_sub(longest.max(SLICES as i64 * SLICE_DAYS * DAY_US))
    }

    /// Adds an event `at_us` microseconds since 1970, in a cell or outside the study area. All sums take every
    /// event as one, but the one by harm, which takes its weight.
    pub fn add(&mut self, cell: Option<usize>, at_us: i64, weight: f64) {
        let age_us = self.origin_us - at_us;
        if age_us <= 0 {
            return;
        }
        let Some(cell) = cell else {
            self.outside += u64::from(age_us <= self.window_us);
            return;
        };
        self.counts[cell] += u32::from(age_us <= self.window_us);
        // An event one whole slice old is the first of its slice: windows hold their first instant.
        let slice = (age_us - 1) / (SLICE_DAYS * DAY_US);
        if let Some(slices) = SLICES.checked_sub(slice as usize + 1).and_then(|at| self.slices.get_mut(at)) {
            slices[cell] += 1;
        }
        if age_us <= LOOK_BACK_DAYS * DAY_US {
            let age_days = age_us as f64 / DAY_US as f64;
            for (place, (sums, half_life)) in self.recencies.iter_mut().zip(&self.half_lives_days).enumerate()
            {
                let score = libm::exp2(-age_days / half_life);
                sums[cell] += score;
                if place == 0 {
                    self.harm[cell] += weight * score;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: i64 = 1_000 * DAY_US;

    /// Whether an event of that age counts in the window, and in which slice.
    #[track_caller]
    fn check(age_us: i64, counted: u32, slice: Option<usize>) {
        let origin = Timestamp::from_microsecond(ORIGIN).unwrap();
        let mut inputs = Inputs::new(1, origin, 365, &[30.0, 180.0]);
        inputs.add(Some(0), ORIGIN - age_us, 2.0);
        assert_eq!(inputs.counts, [counted]);
        assert_eq!(inputs.slices.iter().position(|slice| slice[0] == 1), slice);
        let recency = |half_life: f64| libm::exp2(-(age_us as f64) / DAY_US as f64 / half_life);
        if age_us > 0 {
            assert_eq!(inputs.recencies, [[recency(30.0)], [recency(180.0)]]);
            assert_eq!(inputs.harm, [2.0 * recency(30.0)]);
        }
    }

    #[test]
    fn windows_hold_their_first_instant_and_not_the_origin() {
        check(0, 0, None);
        check(-1, 0, None);
        check(1, 1, Some(12));
        check(28 * DAY_US, 1, Some(12));
        check(28 * DAY_US + 1, 1, Some(11));
        check(364 * DAY_US, 1, Some(0));
        check(364 * DAY_US + 1, 1, None);
        check(365 * DAY_US, 1, None);
        check(365 * DAY_US + 1, 0, None);
    }
}
