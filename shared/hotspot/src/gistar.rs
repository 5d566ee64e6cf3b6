//! Getis-Ord Gi* with queen contiguity and self (D5) and its two-sided p (D6).
use crate::lattice::Lattice;

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
        let blocks = (0..lattice.len()).map(|index| {
            lattice
                .neighbourhood(index)
                .fold((0, 0), |(members, sum), member| (members + 1, sum + u64::from(counts[member])))
        });
        let (members, sums) = blocks.unzip();
        Self { members, sums }
    }
}

/// z_i = (S_i - c_i m) / (s sqrt(c_i (n - c_i) / (n - 1))) with m the mean and s the population deviation of
/// the counts. Numerator and variance are computed as integers, so that large counts lose nothing. A map
/// without variance has z = 0 everywhere.
pub fn z_scores(counts: &[u32], near: &Neighbourhoods) -> Vec<f64> {
    let n = counts.len() as i128;
    let total: i128 = counts.iter().map(|count| i128::from(*count)).sum();
    let squares: i128 = counts.iter().map(|count| i128::from(*count) * i128::from(*count)).sum();
    let variance = n * squares - total * total; // n^2 s^2
    let each = near.members.iter().zip(&near.sums).map(|(members, sum)| {
        let c = i128::from(*members);
        let spread = c * (n - c);
        if variance <= 0 || spread <= 0 {
            return 0.0;
        }
        let numerator = n * i128::from(*sum) - c * total;
        numerator as f64 / ((variance as f64).sqrt() * (spread as f64 / (n - 1) as f64).sqrt())
    });
    each.collect()
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
