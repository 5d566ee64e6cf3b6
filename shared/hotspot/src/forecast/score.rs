//! Scores of many candidates for one night, with the work they share done once: one walk over the events fills
//! every decayed sum, each sum is smoothed once, and a candidate is a weighted sum of the results.
use jiff::Timestamp;

use super::candidate::{Candidate, Smoothing, Source};
use super::grid::{Grid, Kernel};
use super::series::Series;
use crate::history::DAY_US;

/// A decayed sum of the events of a source (D12).
#[derive(Clone, Copy, Debug, PartialEq)]
struct Decay {
    source: Source,
    half_life_days: f64,
    look_back_days: i64,
}

/// A decayed sum as a rate (D13), smoothed or not (D14).
struct Layer {
    decay: usize,
    /// Place of the kernel and share of the neighbours.
    smoothing: Option<(usize, f64)>,
    values: Vec<f64>,
}

/// Scores candidates on a grid; its room is reused from night to night.
pub struct Scorer<'a> {
    grid: &'a Grid,
    decays: Vec<Decay>,
    /// One sum per cell for each decay, and how many events went into it.
    sums: Vec<Vec<f64>>,
    events: Vec<usize>,
    kernels: Vec<(f64, Kernel)>,
    layers: Vec<Layer>,
    /// Layers of each candidate and their shares.
    plans: Vec<Vec<(usize, f64)>>,
    rectangle: Vec<f64>,
}

impl<'a> Scorer<'a> {
    /// Plans the work for `candidates`.
    pub fn new(grid: &'a Grid, candidates: &[Candidate]) -> Self {
        let (decays, sums, events, kernels) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (layers, rectangle) = (Vec::new(), Vec::new());
        let mut scorer = Self { grid, decays, sums, events, kernels, layers, plans: Vec::new(), rectangle };
        for candidate in candidates {
            let plan = candidate.parts.iter().map(|part| {
                let decay = Decay {
                    source: part.source,
                    half_life_days: part.half_life_days,
                    look_back_days: part.look_back_days,
                };
                let decay = place(&mut scorer.decays, |known| *known == decay, || decay);
                let smoothing = part.smoothing.map(|smoothing| scorer.kernel(smoothing));
                let same = |layer: &Layer| layer.decay == decay && layer.smoothing == smoothing;
                let empty = || Layer { decay, smoothing, values: Vec::new() };
                (place(&mut scorer.layers, same, empty), part.share)
            });
            let plan = plan.collect();
            scorer.plans.push(plan);
        }
        scorer.sums = vec![vec![0.0; grid.len()]; scorer.decays.len()];
        scorer.events = vec![0; scorer.decays.len()];
        scorer
    }

    fn kernel(&mut self, smoothing: Smoothing) -> (usize, f64) {
        let Self { grid, kernels, .. } = self;
        let same = |known: &(f64, Kernel)| known.0 == smoothing.bandwidth_m;
        let kernel = || (smoothing.bandwidth_m, grid.kernel(smoothing.bandwidth_m));
        (place(kernels, same, kernel), smoothing.share)
    }

    /// Takes in the events of everything before `origin`; done once for all groups of a night.
    pub fn load_all(&mut self, all: &Series, origin: Timestamp) {
        self.accumulate(Source::All, all, origin);
    }

    /// Takes in the events of a group before `origin`, which is not included, and makes the layers. The events of
    /// everything must have been taken in for the same origin.
    pub fn load(&mut self, group: &Series, origin: Timestamp) {
        self.accumulate(Source::Group, group, origin);
        let Self { grid, decays, sums, events, kernels, layers, rectangle, .. } = self;
        for layer in layers {
            let Decay { half_life_days, source, look_back_days } = decays[layer.decay];
            let scale = match source {
                Source::Group => 1.0,
                // Brought to the rate of the group, so that a share of it is a share of the score.
                Source::All => {
                    let to = origin.as_microsecond();
                    let own = group.window(to - look_back_days * DAY_US, to).len();
                    own as f64 / events[layer.decay].max(1) as f64
                }
            };
            // What a kernel adds is taken off everywhere alike, so that a smoothed layer is a rate as well.
            let gain =
                layer.smoothing.map_or(1.0, |(kernel, share)| 1.0 + share * kernels[kernel].1.others());
            let rate = scale * std::f64::consts::LN_2 / (half_life_days * gain);
            layer.values.clear();
            layer.values.extend(sums[layer.decay].iter().map(|sum| rate * sum));
            if let Some((kernel, share)) = layer.smoothing {
                grid.smooth(&mut layer.values, &kernels[kernel].1, share, rectangle);
            }
        }
    }

    /// The score of every cell by the candidate at `index`: events a day.
    pub fn scores(&self, index: usize, scores: &mut Vec<f64>) {
        scores.clear();
        scores.resize(self.grid.len(), 0.0);
        for (layer, share) in &self.plans[index] {
            for (score, value) in scores.iter_mut().zip(&self.layers[*layer].values) {
                *score += share * value;
            }
        }
    }

    fn accumulate(&mut self, source: Source, series: &Series, origin: Timestamp) {
        let to = origin.as_microsecond();
        for (place, decay) in self.decays.iter().enumerate().filter(|(_, decay)| decay.source == source) {
            let window = series.window(to - decay.look_back_days * DAY_US, to);
            self.events[place] = window.len();
            let sums = &mut self.sums[place];
            sums.fill(0.0);
            let rate = 1.0 / (decay.half_life_days * DAY_US as f64);
            for (at, cell) in series.events(window) {
                sums[cell] += libm::exp2((at - to) as f64 * rate);
            }
        }
    }
}

/// Place of the first item that `same` accepts; a new one is put at the end if there is none.
fn place<T>(items: &mut Vec<T>, same: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    items.iter().position(same).unwrap_or_else(|| {
        items.push(new());
        items.len() - 1
    })
}
