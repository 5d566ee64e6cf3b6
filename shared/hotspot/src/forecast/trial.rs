//! The rolling backtest: at each origin every candidate is scored on what came before and held to what came after.
use jiff::Timestamp;

use super::candidate::Candidate;
use super::grid::Grid;
use super::metrics::{Catch, Metrics};
use super::outcome::Outcome;
use super::rank::{Areas, Limit, rank};
use super::score::Scorer;
use super::series::Series;
use crate::lattice::Lattice;

/// A length of the window after an origin, with a limit of area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Days from the origin on.
    pub horizon_days: i64,
    /// How much area is chosen.
    pub limit: Limit,
}

/// What is the same for all groups and nights.
pub struct Trial<'a> {
    /// The study area.
    pub lattice: &'a Lattice,
    /// Its cells as a rectangle.
    pub grid: &'a Grid,
    /// Their areas.
    pub areas: &'a Areas,
    /// What is measured, the setting that decides first.
    pub settings: &'a [Setting],
}

/// The catches of one method: by setting, then by origin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catches(pub Vec<Vec<Catch>>);

impl Catches {
    /// Means over the origins at a setting.
    pub fn mean(&self, setting: usize) -> Metrics {
        Metrics::mean(self.0.get(setting).into_iter().flatten())
    }

    /// Adds the catches of one origin, one per setting.
    fn push(&mut self, catches: impl IntoIterator<Item = Catch>) {
        for (place, catch) in catches.into_iter().enumerate() {
            if place == self.0.len() {
                self.0.push(Vec::new());
            }
            self.0[place].push(catch);
        }
    }
}

impl Trial<'_> {
    /// Plays every candidate on every group at every origin; gives catches by group, then by candidate. `all` is
    /// the series of everything; `progress` is called after each origin.
    pub fn roll(
        &self,
        all: &Series,
        groups: &[&Series],
        candidates: &[Candidate],
        origins: &[Timestamp],
        progress: &dyn Fn(),
    ) -> Vec<Vec<Catches>> {
        let mut found = vec![vec![Catches::default(); candidates.len()]; groups.len()];
        let mut scorer = Scorer::new(self.grid, candidates);
        let (mut scores, mut ranking) = (Vec::new(), Vec::new());
        for origin in origins {
            scorer.load_all(all, *origin);
            for (group, found) in groups.iter().zip(&mut found) {
                let outcomes = self.outcomes(group, *origin);
                scorer.load(group, *origin);
                for (candidate, found) in found.iter_mut().enumerate() {
                    scorer.scores(candidate, &mut scores);
                    rank(&scores, self.most(), &mut ranking);
                    found.push(self.catches(&outcomes, &ranking));
                }
            }
            progress();
        }
        found
    }

    /// Adds what a ranking of given scores would have caught.
    pub fn hold<T: PartialOrd + Copy>(&self, outcomes: &[Outcome], scores: &[T], found: &mut Catches) {
        let mut ranking = Vec::new();
        rank(scores, self.most(), &mut ranking);
        found.push(self.catches(outcomes, &ranking));
    }

    /// What happened after an origin, by setting.
    pub fn outcomes(&self, group: &Series, origin: Timestamp) -> Vec<Outcome> {
        let after = |setting: &Setting| Outcome::after(group, self.lattice, origin, setting.horizon_days);
        self.settings.iter().map(after).collect()
    }

    fn catches(&self, outcomes: &[Outcome], ranking: &[u32]) -> Vec<Catch> {
        let each = self.settings.iter().zip(outcomes);
        each.map(|(setting, outcome)| outcome.catch(ranking, setting.limit, self.areas)).collect()
    }

    fn most(&self) -> usize {
        self.settings.iter().map(|setting| self.areas.most(setting.limit)).max().unwrap_or_default()
    }
}
