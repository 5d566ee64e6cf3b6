//! The Mann-Kendall trend test (D17): does a short series rise or fall more often than chance would have it?
//!
//! Mann 1945, Kendall 1975, with the correction of the variance for ties and for continuity.
use crate::gistar::two_sided_p;

/// Direction of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trend {
    /// S: rising pairs less falling pairs.
    pub s: i32,
    /// Standard normal deviate of S; positive where the series rises.
    pub z: f64,
}

impl Trend {
    /// Two-sided p of the deviate.
    pub fn p(self) -> f64 {
        two_sided_p(self.z)
    }
}

/// The trend of each cell. `steps[t][cell]` is the value of a cell at step t; all steps have the same length.
pub fn trends(steps: &[Vec<f64>]) -> Vec<Trend> {
    let cells = steps.first().map_or(0, Vec::len);
    let mut scores = vec![0i32; cells];
    let mut ties = vec![0u32; cells];
    for (t, later) in steps.iter().enumerate() {
        for earlier in &steps[..t] {
            let pairs = earlier.iter().zip(later);
            for ((score, ties), (before, after)) in scores.iter_mut().zip(&mut ties).zip(pairs) {
                *score += i32::from(after > before) - i32::from(after < before);
                *ties += u32::from(after == before);
            }
        }
    }
    let untied = variance(steps.len(), std::iter::empty());
    let each = scores.into_iter().zip(ties).enumerate().map(|(cell, (s, ties))| {
        let variance = if ties == 0 { untied } else { tied_variance(steps, cell) };
        Trend { s, z: deviate(s, variance) }
    });
    each.collect()
}

fn deviate(s: i32, variance: f64) -> f64 {
    if s == 0 || variance <= 0.0 { 0.0 } else { f64::from(s - s.signum()) / variance.sqrt() }
}

/// Variance of S over `steps` values with groups of equal ones of the given sizes.
fn variance(steps: usize, ties: impl Iterator<Item = usize>) -> f64 {
    let term = |m: usize| (m * m.saturating_sub(1) * (2 * m + 5)) as f64;
    (term(steps) - ties.map(term).sum::<f64>()) / 18.0
}

fn tied_variance(steps: &[Vec<f64>], cell: usize) -> f64 {
    let is_first = |t: usize| steps[..t].iter().all(|step| step[cell] != steps[t][cell]);
    let group = |t: usize| steps.iter().filter(|step| step[cell] == steps[t][cell]).count();
    variance(steps.len(), (0..steps.len()).filter(|t| is_first(*t)).map(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(series: &[f64], s: i32, z: f64) {
        let steps: Vec<Vec<f64>> = series.iter().map(|value| vec![*value]).collect();
        let trend = trends(&steps)[0];
        assert_eq!(trend.s, s);
        assert!((trend.z - z).abs() < 1e-12, "{}", trend.z);
    }

    #[test]
    fn rising_falling_and_tied_series() {
        check(&[1.0, 2.0, 3.0, 4.0, 5.0], 10, 9.0 / (50.0f64 / 3.0).sqrt());
        check(&[5.0, 4.0, 3.0, 2.0, 1.0], -10, -9.0 / (50.0f64 / 3.0).sqrt());
        check(&[1.0, 1.0, 2.0, 2.0, 3.0], 8, 7.0 / (44.0f64 / 3.0).sqrt());
        check(&[2.0, 2.0, 2.0], 0, 0.0);
        check(&[1.0, 2.0, 1.0], 0, 0.0);
    }
}
