//! The method of a map from night to night: chosen anew once a month at most, kept otherwise, and told with its figures.
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, LIST_VERSION, WIDEST_M, candidates};
use super::grid::Grid;
use super::metrics::Metrics;
use super::rank::{Areas, Limit, rank};
use super::score::Scorer;
use super::series::Series;
use super::trial::{Catches, Setting, Trial};
use crate::fact::{midnight, utc_day};
use crate::lattice::Lattice;

/// Fewest origins that a choice may rest on.
pub const LEAST_ORIGINS: usize = 12;

/// Days of events that an origin needs before it.
pub const LEAST_HISTORY_DAYS: i64 = 365;

/// Section `[forecast]` of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Days that a forecast is for.
    pub horizon_days: u16,
    /// How much of the area is named.
    pub limit: Limit,
    /// Past nights that a choice looks at, a horizon apart each.
    pub origins: u16,
    /// Days between two choices.
    pub recheck_days: u16,
}

impl Default for Plan {
    fn default() -> Self {
        Self { horizon_days: 30, limit: Limit::Fraction(0.01), origins: 24, recheck_days: 30 }
    }
}

/// How the method came to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Fewer than [`LEAST_ORIGINS`] past nights have a year of events before them: the default.
    TooLittleHistory,
    /// No challenger was better by more than 2 %.
    Kept,
    /// A challenger was.
    Changed,
}

/// The method of a map and how it did on past nights.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Standing {
    /// Version of the list of candidates.
    pub candidates_version: String,
    /// The method.
    pub champion: Candidate,
    /// Night since which it ranks.
    pub since: Date,
    /// Night of the last choice.
    pub chosen: Date,
    /// How that went.
    pub reason: Reason,
    /// Past nights it rests on.
    pub origins: usize,
    /// Days after each that were looked at.
    pub horizon_days: u16,
    /// How much of the area was named.
    pub limit: Limit,
    /// Figures of the method on these nights.
    pub metrics: Option<Metrics>,
    /// Figures of a count of 365 days on them.
    pub count_365: Option<Metrics>,
}

impl Standing {
    /// Whether a choice is due on `night`: none yet, another list or other settings, or the last one too long ago. The
    /// night of the last choice itself is due again, so that a repeated run does the same.
    pub fn is_due(before: Option<&Self>, plan: Plan, night: Date) -> bool {
        let Some(before) = before else { return true };
        let days = (night - before.chosen).get_days();
        before.candidates_version != LIST_VERSION
            || (before.horizon_days, before.limit) != (plan.horizon_days, plan.limit)
            || days == 0
            || days >= i32::from(plan.recheck_days)
    }
}

/// Days of events that a choice reads.
pub fn days_back(plan: Plan) -> i64 {
    let looks = candidates().iter().map(Candidate::look_back_days).max().unwrap_or_default();
    looks + i64::from(plan.origins) * i64::from(plan.horizon_days)
}

/// A study area prepared for forecasts.
pub struct Forecaster<'a> {
    lattice: &'a Lattice,
    grid: Grid,
    areas: Areas,
    plan: Plan,
}

impl<'a> Forecaster<'a> {
    /// Prepares `lattice`.
    pub fn new(lattice: &'a Lattice, plan: Plan) -> Self {
        Self { lattice, grid: Grid::new(lattice, WIDEST_M), areas: Areas::new(lattice), plan }
    }

    /// Chooses the method of a map on `night`. `before` is what stood; `all` are the events of everything.
    pub fn choose(&self, all: &Series, group: &Series, before: Option<Standing>, night: Date) -> Standing {
        let (stood, since) = match before {
            Some(before) => (before.champion, before.since),
            None => (Candidate::standing(), night),
        };
        let origins = self.origins(all, night);
        if origins.len() < LEAST_ORIGINS {
            return Standing { champion: stood, since, origins: origins.len(), ..self.default(night) };
        }
        let settings = [Setting { horizon_days: i64::from(self.plan.horizon_days), limit: self.plan.limit }];
        let trial =
            Trial { lattice: self.lattice, grid: &self.grid, areas: &self.areas, settings: &settings };
        let list = candidates();
        let past = trial.roll(all, &[group], &list, &origins, &|| ());
        let choice = trial.choose(all, group, &list, &past[0], &stood, &origins);
        let (ours, count) = means(&trial, all, group, &choice.champion, &origins);
        Standing {
            champion: choice.champion,
            since: if choice.changed { night } else { since },
            reason: if choice.changed { Reason::Changed } else { Reason::Kept },
            origins: origins.len(),
            metrics: Some(ours.rounded()),
            count_365: Some(count.rounded()),
            ..self.default(night)
        }
    }

    /// The default method, of which nothing was measured.
    pub fn default(&self, night: Date) -> Standing {
        Standing {
            candidates_version: LIST_VERSION.to_owned(),
            champion: Candidate::standing(),
            since: night,
            chosen: night,
            reason: Reason::TooLittleHistory,
            origins: 0,
            horizon_days: self.plan.horizon_days,
            limit: self.plan.limit,
            metrics: None,
            count_365: None,
        }
    }

    /// Score of every cell on `night` by a method: events a day.
    pub fn scores(&self, all: &Series, group: &Series, method: &Candidate, night: Date) -> Vec<f64> {
        let mut scorer = Scorer::new(&self.grid, std::slice::from_ref(method));
        let mut scores = Vec::new();
        scorer.load_all(all, midnight(night));
        scorer.load(group, midnight(night));
        scorer.scores(0, &mut scores);
        scores
    }

    /// The cells that the limit names, best first, as far as they have a score.
    pub fn named(&self, scores: &[f64]) -> Vec<u32> {
        let mut ranking = Vec::new();
        rank(scores, self.areas.most(self.plan.limit), &mut ranking);
        let named = self.areas.chosen(&ranking, self.plan.limit).iter().copied();
        named.filter(|cell| scores[*cell as usize] > 0.0).collect()
    }

    /// Past nights whose window has closed and that have a year of events before them, oldest first.
    fn origins(&self, all: &Series, night: Date) -> Vec<Timestamp> {
        let Some((from, _)) = all.span() else { return Vec::new() };
        let first = utc_day(from).saturating_add(LEAST_HISTORY_DAYS.days());
        let back = |count: i64| night.saturating_sub((count * i64::from(self.plan.horizon_days)).days());
        let days = (1..=i64::from(self.plan.origins)).rev().map(back);
        days.filter(|day| *day >= first).map(midnight).collect()
    }
}

/// Figures of a method and of the count of 365 days.
fn means(
    trial: &Trial,
    all: &Series,
    group: &Series,
    champion: &Candidate,
    origins: &[Timestamp],
) -> (Metrics, Metrics) {
    let ours = trial.roll(all, &[group], std::slice::from_ref(champion), origins, &|| ());
    let mut count = Catches::default();
    for origin in origins {
        let outcomes = trial.outcomes(group, *origin);
        let counts = group.counts_before(trial.lattice, *origin, super::baseline::WINDOW_DAYS);
        trial.hold(&outcomes, &counts, &mut count);
    }
    (ours[0][0].mean(0), count.mean(0))
}
