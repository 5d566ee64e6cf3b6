//! What share of officers with a given figure had the outcome: bands, the isotonic curve and the Brier score.
//! The curve is fitted on one period and judged on another; no raw probability is ever shown of an officer.
use serde::{Deserialize, Serialize};

/// Officers with similar figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Officers.
    pub size: usize,
    /// Mean figure.
    pub predicted: f64,
    /// Share with the outcome.
    pub seen: f64,
}

/// A curve that never falls, by pooling adjacent violators.
#[derive(Clone, Debug, PartialEq)]
pub struct Isotonic {
    /// Least and greatest figure of each step, and its value.
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    from: f64,
    to: f64,
    weight: f64,
    value: f64,
}

impl Isotonic {
    /// The non-decreasing step curve with the least squared error over `figures` and `hits` (Ayer and others 1955);
    /// `None` of nothing.
    pub fn fit(figures: &[f64], hits: &[bool]) -> Option<Self> {
        let mut rows: Vec<(f64, bool)> = figures.iter().copied().zip(hits.iter().copied()).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut steps: Vec<Step> = Vec::new();
        for tied in rows.chunk_by(|a, b| a.0 == b.0) {
            let weight = tied.len() as f64;
            let value = tied.iter().filter(|row| row.1).count() as f64 / weight;
            let mut step = Step { from: tied[0].0, to: tied[0].0, weight, value };
            while let Some(last) = steps.pop_if(|last| last.value >= step.value) {
                let weight = last.weight + step.weight;
                let value = (last.value * last.weight + step.value * step.weight) / weight;
                step = Step { from: last.from, to: step.to, weight, value };
            }
            steps.push(step);
        }
        (!steps.is_empty()).then_some(Self { steps })
    }

    /// The curve at `figure`: linear between steps, flat beyond the ends.
    pub fn at(&self, figure: f64) -> f64 {
        let next = self.steps.partition_point(|step| step.to < figure);
        let Some(step) = self.steps.get(next) else { return self.steps[next - 1].value };
        match next.checked_sub(1).map(|before| self.steps[before]) {
            Some(before) if figure < step.from => {
                let part = (figure - before.to) / (step.from - before.to);
                before.value + part * (step.value - before.value)
            }
            _ => step.value,
        }
    }
}

/// Mean squared distance of probabilities from what came of them; `None` of nothing.
pub fn brier(probabilities: &[f64], hits: &[bool]) -> Option<f64> {
    let square = |(p, hit): (&f64, &bool)| (p - f64::from(u8::from(*hit))).powi(2);
    let sum: f64 = probabilities.iter().zip(hits).map(square).sum();
    (!hits.is_empty()).then(|| sum / hits.len() as f64)
}

/// `count` bands of equal size by figure, lowest first. Officers who tie over a border each count as the mean of
/// those who tie, so that the border does not sort them by outcome.
pub fn bands(figures: &[f64], hits: &[bool], count: usize) -> Vec<Band> {
    let mut rows: Vec<(f64, bool)> = figures.iter().copied().zip(hits.iter().copied()).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut spread = Vec::with_capacity(rows.len());
    for tied in rows.chunk_by(|a, b| a.0 == b.0) {
        let share = tied.iter().filter(|row| row.1).count() as f64 / tied.len() as f64;
        spread.extend(tied.iter().map(|row| (row.0, share)));
    }
    let border = |band: usize| band * spread.len() / count;
    let band = |band: usize| {
        let members = &spread[border(band)..border(band + 1)];
        let size = members.len();
        let sum = members.iter().fold((0.0, 0.0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        Band { size, predicted: sum.0 / size as f64, seen: sum.1 / size as f64 }
    };
    (0..count).filter(|index| border(*index) < border(index + 1)).map(band).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn violators_are_pooled() {
        let curve = Isotonic::fit(&[1.0, 2.0, 3.0, 4.0], &[false, true, false, true]).unwrap();
        assert_eq!([0.0, 1.0, 2.0, 3.0, 4.0, 9.0].map(|x| curve.at(x)), [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]);
        assert_eq!(curve.at(1.5), 0.25);
        assert_eq!(Isotonic::fit(&[], &[]), None);
    }

    #[test]
    fn brier_of_a_constant_is_the_variance() {
        assert_eq!(brier(&[0.5, 0.5], &[true, false]), Some(0.25));
        assert_eq!(brier(&[], &[]), None);
    }

    #[test]
    fn a_border_through_a_tie_does_not_sort_outcomes() {
        let found = bands(&[1.0; 4], &[true, true, false, false], 2);
        assert_eq!(found.iter().map(|band| band.seen).collect::<Vec<_>>(), [0.5, 0.5]);
    }

    proptest! {
        #[test]
        fn the_curve_never_falls_and_keeps_the_mean(rows in prop::collection::vec((0..20_u8, any::<bool>()), 1..40)) {
            let (figures, hits): (Vec<f64>, Vec<bool>) =
                rows.iter().map(|(figure, hit)| (f64::from(*figure), *hit)).unzip();
            let curve = Isotonic::fit(&figures, &hits).unwrap();
            let values: Vec<f64> = (0..40).map(|half| curve.at(f64::from(half) / 2.0)).collect();
            prop_assert!(values.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12));
            let fitted: f64 = figures.iter().map(|figure| curve.at(*figure)).sum();
            let seen = hits.iter().filter(|hit| **hit).count() as f64;
            prop_assert!((fitted - seen).abs() < 1e-9);
        }
    }
}
