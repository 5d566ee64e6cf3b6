//! Is it chance? One p-value per officer and indicator, and Benjamini-Hochberg over all of them, since among
//! a hundred and fifty officers somebody is always unlucky.
use serde::{Deserialize, Serialize};

use crate::gamma;

/// The p-value a ruleset names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PValue {
    /// `P(N >= n)` for `N ~ Poisson(m_g * E)`: as many plain events or more, at the rate of the peers.
    PoissonTail,
}

impl PValue {
    /// The p-value of `n` events where `expected` were to be expected.
    pub fn of(self, n: u32, expected: f64) -> f64 {
        match self {
            Self::PoissonTail if n == 0 => 1.0,
            Self::PoissonTail => gamma::lower(f64::from(n), expected),
        }
    }
}

/// Largest p-value that Benjamini and Hochberg's step-up rule rejects at false-discovery rate `q`
/// (J. R. Statist. Soc. B 57, 1995, 289-300), or `None` where it rejects nothing.
pub fn benjamini_hochberg(mut p: Vec<f64>, q: f64) -> Option<f64> {
    p.sort_by(f64::total_cmp);
    let count = p.len() as f64;
    (0..p.len()).rev().find(|rank| p[*rank] <= q * (rank + 1) as f64 / count).map(|rank| p[rank])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_example_rejects_the_four_smallest() {
        // Benjamini and Hochberg 1995, section 3.2, at q = .05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
            0.6528, 0.7590, 1.0,
        ];
        assert_eq!(benjamini_hochberg(p.to_vec(), 0.05), Some(0.0095));
        assert_eq!(benjamini_hochberg(vec![0.5, 0.9], 0.10), None);
        assert_eq!(benjamini_hochberg(Vec::new(), 0.10), None);
    }

    #[test]
    fn no_event_is_never_surprising() {
        assert_eq!(PValue::PoissonTail.of(0, 0.0), 1.0);
        assert_eq!(PValue::PoissonTail.of(1, 0.0), 0.0);
        assert!(PValue::PoissonTail.of(4, 1.44) < PValue::PoissonTail.of(3, 1.44));
    }
}
