//! The word for a cell's direction that the public may see.
use crate::spacetime::Emergence;
use crate::table::CellTable;

/// Direction of a hot cell over the last thirteen slices, for the public: nothing unless the cell is hot at 95 %
/// by the joint label of the window and its count is `k` or more, so that the word says nothing about a count that is banded.
///
/// - `new`: hot only lately, and without a break since it began.
/// - `on and off`: hot now and before, with breaks.
/// - `steady`: hot nearly all the time, no trend.
/// - `rising`, `falling`: hot nearly all the time and clearly more, or less, so.
///
/// Nothing where the last slice is not hot, though the year as a whole is, unless it was hot nearly all the time
/// (`falling`).
pub fn public_trend(table: &CellTable, cell: usize, k: u32) -> Option<&'static str> {
    if table.joint(cell) < 2 || table.counts[cell] < k {
        return None;
    }
    match table.space_time.as_ref()?.emergence[cell] {
        Emergence::New | Emergence::Consecutive => Some("new"),
        Emergence::Sporadic => Some("on and off"),
        Emergence::Persistent => Some("steady"),
        Emergence::Intensifying => Some("rising"),
        Emergence::Diminishing | Emergence::Historical => Some("falling"),
        Emergence::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::CITY;
    use crate::spacetime::{SLICES, SpaceTime};
    use crate::{Lattice, StudyArea};

    /// A table with `year` events in one cell, and `slices` in its slices.
    #[track_caller]
    fn check(year: u32, slices: [u32; SLICES], expected: Option<&str>) {
        let lattice = Lattice::new(&StudyArea::from_geojson(CITY).unwrap(), 7);
        let cell = 9_000;
        let map = |here: u32| {
            let mut counts = vec![0; lattice.len()];
            counts[10] = 1; // somewhere else
            counts[cell] = here;
            counts
        };
        let mut table = CellTable::of_counts(&lattice, map(year), vec![0.0; lattice.len()]);
        table.space_time = Some(SpaceTime::of(&lattice, slices.map(map).to_vec()));
        assert_eq!(public_trend(&table, cell, 5), expected);
        assert_eq!(public_trend(&table, 10, 5), None);
    }

    #[test]
    fn only_a_hot_cell_that_shows_its_count_has_a_direction() {
        check(60, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 20, 20], Some("new"));
        check(60, [0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 20, 20], Some("on and off"));
        check(60, [20, 20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], None);
        check(4, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2], None);
        check(0, [5; SLICES], None);
    }
}
