//! Gaussian kernel sums on the lattice (D11): not normalised, no edge correction; and the smoothing mix (D14).
use crate::lattice::Lattice;

/// Bandwidth of the column `kde150`, in metres.
pub const BANDWIDTH_M: f64 = 150.0;

/// For each cell, the sum over cells within three bandwidths of count times exp(-d^2 / 2 h^2), the cell
/// itself included with weight 1.
pub fn kernel_sums(lattice: &Lattice, counts: &[u32], bandwidth_m: f64) -> Vec<f64> {
    sums(lattice, counts.iter().map(|count| f64::from(*count)), bandwidth_m)
}

/// The same of any scores, one per cell: recencies, harm-weighted sums.
pub fn kernel_sums_of(lattice: &Lattice, scores: &[f64], bandwidth_m: f64) -> Vec<f64> {
    sums(lattice, scores.iter().copied(), bandwidth_m)
}

/// y = x + share (KDE_h(x) - x): a cell keeps weight 1 and its neighbours count with `share` times the kernel
/// (D14). A share of 0 leaves the scores as they are.
pub fn smoothed(lattice: &Lattice, scores: &[f64], bandwidth_m: f64, share: f64) -> Vec<f64> {
    let kernel = kernel_sums_of(lattice, scores, bandwidth_m);
    scores.iter().zip(kernel).map(|(x, sum)| x + share * (sum - x)).collect()
}

/// Adds the whole map once for each offset of the kernel, moved by it: long runs without a jump or a lookup.
fn sums(lattice: &Lattice, values: impl Iterator<Item = f64>, bandwidth_m: f64) -> Vec<f64> {
    let values = lattice.spread(values);
    let columns = lattice.columns().max(1);
    let rows = values.len() / columns;
    let mut sums = vec![0.0; values.len()];
    for (dx, dy, weight) in kernel(lattice.cell_size_m(), bandwidth_m, (columns as i64, rows as i64)) {
        let (from, to) = shifted(dx, columns);
        for row in 0..rows {
            let Some(other) = row.checked_add_signed(dy as isize).filter(|other| *other < rows) else {
                continue;
            };
            let source = &values[other * columns..][from.clone()];
            let target = &mut sums[row * columns..][to.clone()];
            target.iter_mut().zip(source).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    lattice.gather(&sums)
}

/// Offsets (columns east, rows north) within three bandwidths and inside the rectangle, and their weights.
fn kernel((width, height): (f64, f64), bandwidth_m: f64, most: (i64, i64)) -> Vec<(i64, i64, f64)> {
    let reach = |size: f64, most: i64| ((3.0 * bandwidth_m / size) as i64).min(most - 1);
    let (reach_x, reach_y) = (reach(width, most.0), reach(height, most.1));
    let mut kernel = Vec::new();
    for dy in -reach_y..=reach_y {
        for dx in -reach_x..=reach_x {
            let (x, y) = (dx as f64 * width, dy as f64 * height);
            let square = x * x + y * y;
            if square <= 9.0 * bandwidth_m * bandwidth_m {
                kernel.push((dx, dy, libm::exp(-square / (2.0 * bandwidth_m * bandwidth_m))));
            }
        }
    }
    kernel
}

/// The part of a row that is read, and the part that is written, when a row is moved by `dx`.
fn shifted(dx: i64, columns: usize) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
    let by = dx.unsigned_abs() as usize;
    if dx >= 0 { (by..columns, 0..columns - by) } else { (0..columns - by, by..columns) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, StudyArea};

    fn lattice() -> Lattice {
        let text = r#"{"type":"Polygon","coordinates":[[[-92.12,46.77],[-92.08,46.77],[-92.10,46.79],[-92.12,46.79],[-92.12,46.77]]]}"#;
        Lattice::new(&StudyArea::from_geojson(text).unwrap(), 7)
    }

    /// Every pair of cells by its distance: slow and plain.
    fn by_pairs(lattice: &Lattice, scores: &[f64], h: f64) -> Vec<f64> {
        let (width, height) = lattice.cell_size_m();
        let apart = |a: Cell, b: Cell| {
            let x = (f64::from(a.column()) - f64::from(b.column())) * width;
            let y = (f64::from(a.row()) - f64::from(b.row())) * height;
            x * x + y * y
        };
        let near = |a: &Cell| {
            let squares = lattice.cells().iter().map(|b| apart(*a, *b)).zip(scores);
            squares
                .filter(|(d2, _)| *d2 <= 9.0 * h * h)
                .map(|(d2, x)| x * libm::exp(-d2 / (2.0 * h * h)))
                .sum()
        };
        lattice.cells().iter().map(near).collect()
    }

    #[track_caller]
    fn check(bandwidth_m: f64) {
        let lattice = lattice();
        let scores: Vec<f64> = (0..lattice.len()).map(|i| (i * i % 7) as f64).collect();
        let slow = by_pairs(&lattice, &scores, bandwidth_m);
        let fast = kernel_sums_of(&lattice, &scores, bandwidth_m);
        assert!(fast.iter().zip(&slow).all(|(f, s)| (f - s).abs() <= 1e-12 * s.abs()), "{bandwidth_m} m");
        let mixed = smoothed(&lattice, &scores, bandwidth_m, 0.5);
        let half = |i: usize| f64::midpoint(scores[i], slow[i]);
        assert!((0..lattice.len()).all(|i| (mixed[i] - half(i)).abs() <= 1e-12 * half(i).max(1.0)));
    }

    #[test]
    fn moving_the_map_equals_the_sum_over_pairs_of_cells() {
        check(20.0); // reaches no neighbour
        check(75.0);
        check(150.0);
        check(5_000.0); // wider than the city
    }
}
