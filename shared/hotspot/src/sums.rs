//! Sums over the 3 x 3 block around every cell by two one-dimensional passes: no weights matrix, no walk from
//! cell to cell, and exact for integers.
use std::ops::Add;

use crate::lattice::Lattice;

/// For each cell the sum of `values`, one per cell, over its 3 x 3 neighbourhood, itself included, study cells
/// only (D5).
pub fn of_blocks<T: Copy + Default + Add<Output = T>>(lattice: &Lattice, values: &[T]) -> Vec<T> {
    let mut slots = lattice.spread(values.iter().copied());
    let columns = lattice.columns().max(1);
    slots.chunks_exact_mut(columns).for_each(threes);
    let mut below = vec![T::default(); columns];
    let mut rest = slots.as_mut_slice();
    while let Some((row, above)) = rest.split_at_mut_checked(columns) {
        for (i, slot) in row.iter_mut().enumerate() {
            let middle = *slot;
            let up = above.get(i).copied().unwrap_or_default();
            *slot = below[i] + middle + up;
            below[i] = middle;
        }
        rest = above;
    }
    lattice.gather(&slots)
}

/// Replaces every value of a row by its sum with its two neighbours.
fn threes<T: Copy + Default + Add<Output = T>>(row: &mut [T]) {
    let mut before = T::default();
    for i in 0..row.len() {
        let here = row[i];
        let after = row.get(i + 1).copied().unwrap_or_default();
        row[i] = before + here + after;
        before = here;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StudyArea;
    use proptest::prelude::*;

    /// Two patches that touch at a corner, with a hole: borders of every kind.
    fn ragged() -> Lattice {
        let text = r#"{"type":"MultiPolygon","coordinates":[
            [[[-92.12,46.77],[-92.09,46.77],[-92.10,46.79],[-92.12,46.79],[-92.12,46.77]],
             [[-92.112,46.776],[-92.108,46.776],[-92.108,46.782],[-92.112,46.782],[-92.112,46.776]]],
            [[[-92.10,46.79],[-92.08,46.79],[-92.08,46.80],[-92.10,46.80],[-92.10,46.79]]]]}"#;
        Lattice::new(&StudyArea::from_geojson(text).unwrap(), 7)
    }

    proptest! {
        #[test]
        fn two_passes_equal_a_walk_around_each_cell(counts in prop::collection::vec(0u64..1000, ragged().len())) {
            let lattice = ragged();
            let walked: Vec<u64> = (0..lattice.len())
                .map(|cell| lattice.neighbourhood(cell).map(|member| counts[member]).sum())
                .collect();
            prop_assert_eq!(of_blocks(&lattice, &counts), walked);
        }
    }
}
