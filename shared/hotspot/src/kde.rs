//! Gaussian kernel sums on the lattice (D11): not normalised, no edge correction.
use crate::lattice::Lattice;

/// Bandwidth of the column `kde150`, in metres.
pub const BANDWIDTH_M: f64 = 150.0;

/// For each cell, the sum over cells within three bandwidths of count times exp(-d^2 / 2 h^2), the cell
/// itself included with weight 1.
pub fn kernel_sums(lattice: &Lattice, counts: &[u32], bandwidth_m: f64) -> Vec<f64> {
    let (width, height) = lattice.cell_size_m();
    let reach = |size: f64| (3.0 * bandwidth_m / size) as i64;
    let mut kernel = Vec::new();
    for dy in -reach(height)..=reach(height) {
        for dx in -reach(width)..=reach(width) {
            let (x, y) = (dx as f64 * width, dy as f64 * height);
            let square = x * x + y * y;
            if square <= 9.0 * bandwidth_m * bandwidth_m {
                kernel.push((dx, dy, libm::exp(-square / (2.0 * bandwidth_m * bandwidth_m))));
            }
        }
    }
    let sum = |index: usize| {
        let near =
            kernel.iter().filter_map(|(dx, dy, weight)| Some((lattice.beside(index, *dx, *dy)?, *weight)));
        near.map(|(member, weight)| f64::from(counts[member]) * weight).sum()
    };
    (0..lattice.len()).map(sum).collect()
}
