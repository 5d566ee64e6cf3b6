//! Getis-Ord Gi* with queen contiguity and self (D5) and its two-sided p (D6).
use crate::lattice::Lattice;
use crate::sums;

/// Sums over each cell's neighbourhood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbourhoods {
    /// Members c_i: study cells in the 3 x 3 block.
    pub members: Vec<u32>,
    /// Sum S_i of the counts of the members.
    pub sums: Vec<u64>,
}

impl Neighbourhoods {
    /// Sums `counts`, one count per cell of `lattice`.
    pub fn of(lattice: &Lattice, counts: &[u32]) -> Self {
        let counts: Vec<u64> = counts.iter().map(|count| u64::from(*count)).collect();
        Self { members: lattice.members().to_vec(), sums: sums::of_blocks(lattice, &counts) }
    }
}

/// What z needs to know of a whole map: its cells, events and variance, as integers, so that large counts lose
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// Number of cells, n.
    pub cells: i128,
    /// Number of events, the sum of the counts.
    pub events: i128,
    /// n^2 s^2 = n sum(x^2) - sum(x)^2.
    pub variance: i128,
}

impl Moments {
    /// Of one count per cell.
    pub fn of(counts: &[u32]) -> Self {
        let (events, squares) = counts.iter().fold((0u64, 0u128), |(sum, squares), count| {
            let count = u64::from(*count);
            (sum + count, squares + u128::from(count * count))
        });
        let (cells, events) = (counts.len() as i128, i128::from(events));
        Self { cells, events, variance: cells * squares as i128 - events * events }
    }

    /// z = (S - c m) / (s sqrt(c (n - c) / (n - 1))) of a neighbourhood of `members` cells c with `sum` events
    /// S; m is the mean and s the population deviation of the counts. 0 on a map without variance.
    pub fn z(&self, members: u32, sum: u64) -> f64 {
        let c = i128::from(members);
        let spread = c * (self.cells - c);
        if self.variance <= 0 || spread <= 0 {
            return 0.0;
        }
        let numerator = self.cells * i128::from(sum) - c * self.events;
        numerator as f64 / ((self.variance as f64).sqrt() * (spread as f64 / (self.cells - 1) as f64).sqrt())
    }
}

/// Gi* of every cell.
pub fn z_scores(counts: &[u32], near: &Neighbourhoods) -> Vec<f64> {
    let moments = Moments::of(counts);
    near.members.iter().zip(&near.sums).map(|(members, sum)| moments.z(*members, *sum)).collect()
}

/// Two-sided p of a standard normal z: erfc(|z| / sqrt 2).
pub fn two_sided_p(z: f64) -> f64 {
    libm::erfc(z.abs() * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_is_that_of_the_normal_tables() {
        for (z, p) in [(0.0, 1.0), (1.959_963_984_540_054, 0.05), (-2.575_829_303_548_901, 0.01)] {
            assert!((two_sided_p(z) - p).abs() < 1e-15, "{z}");
        }
    }

    #[test]
    fn a_flat_map_has_no_deviation() {
        let near = Neighbourhoods { members: vec![4, 4], sums: vec![8, 8] };
        assert_eq!(z_scores(&[2, 2], &near), [0.0, 0.0]);
    }
}
