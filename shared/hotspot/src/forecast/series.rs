//! Events of one group on a lattice in order of time, so that windows are slices and sums do not depend on the
//! order of the input.
use std::ops::Range;

use jiff::Timestamp;

use crate::history::DAY_US;
use crate::lattice::Lattice;

/// When and in which cell each event of a group happened, sorted by time, then cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    at_us: Vec<i64>,
    cells: Vec<u32>,
}

impl Series {
    /// The series of (instant in microseconds since 1970, place of the cell in the lattice), in any order.
    pub fn new(mut events: Vec<(i64, u32)>) -> Self {
        events.sort_unstable();
        let (at_us, cells) = events.into_iter().unzip();
        Self { at_us, cells }
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.at_us.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.at_us.is_empty()
    }

    /// Instants of the first and the last event.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let at = |us: &i64| Timestamp::from_microsecond(*us).ok();
        Some((at(self.at_us.first()?)?, at(self.at_us.last()?)?))
    }

    /// Places of the events of the half-open window `[from, to)` (D4).
    pub(crate) fn window(&self, from_us: i64, to_us: i64) -> Range<usize> {
        let first = self.at_us.partition_point(|at| *at < from_us);
        first..first + self.at_us[first..].partition_point(|at| *at < to_us)
    }

    /// Instants and cells of a range of places.
    pub(crate) fn events(&self, range: Range<usize>) -> impl Iterator<Item = (i64, usize)> {
        let cells = self.cells[range.clone()].iter().map(|cell| *cell as usize);
        self.at_us[range].iter().copied().zip(cells)
    }

    /// Events per cell in the `days` before `origin`.
    pub fn counts_before(&self, lattice: &Lattice, origin: Timestamp, days: i64) -> Vec<u32> {
        let to = origin.as_microsecond();
        self.counts(lattice, to - days * DAY_US, to)
    }

    /// Events per cell in the `days` from `origin` on.
    pub fn counts_after(&self, lattice: &Lattice, origin: Timestamp, days: i64) -> Vec<u32> {
        let from = origin.as_microsecond();
        self.counts(lattice, from, from + days * DAY_US)
    }

    fn counts(&self, lattice: &Lattice, from_us: i64, to_us: i64) -> Vec<u32> {
        let mut counts = vec![0; lattice.len()];
        for cell in &self.cells[self.window(from_us, to_us)] {
            counts[*cell as usize] += 1;
        }
        counts
    }
}
