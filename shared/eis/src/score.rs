//! The composite: terms of all indicators, their sum, percentile and level. `S = 1 + sum c` is how S is computed,
//! in whole millionths, so the sum that is shown is the score and not an account of it.
use std::collections::BTreeMap;

use crate::alert::{self, Level};
use crate::chance::benjamini_hochberg;
use crate::counts::{Counter, Tally};
use crate::department::Department;
use crate::explanation::{Explanation, PeerGroup, Term};
use crate::exposure::{self, Clock};
use crate::input::{Input, Officer};
use crate::measure::{Measured, Row, Yardsticks, measure};
use crate::micro::{Micro, nine_digits};
use crate::peers::Peers;
use crate::ruleset::{Ruleset, VERSION};
use crate::scene::{self, SameScene};
use crate::summary::Summary;
use crate::threshold;

/// What a run computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// One explanation per officer scored, by id.
    pub scores: Vec<Explanation>,
    /// Weighted indicators for which nothing was ever reported.
    pub missing_feeds: Vec<String>,
}

/// An indicator's figures with its share of the weights in use.
struct Part<'a> {
    share: f64,
    measured: Measured<'a>,
    /// Place of the indicator among those that are counted.
    place: usize,
}

/// Everybody scored, each explained when asked for: the explanations of a large department are larger than all else.
pub struct Scored<'a> {
    department: Department<'a>,
    counter: Counter<'a>,
    peers: Peers,
    parts: Vec<Part<'a>>,
    /// Greatest p-value that is unlikely to be chance.
    chance: Option<f64>,
    scores: Vec<Micro>,
    percentiles: Vec<f64>,
    ruleset_sha256: String,
    missing_feeds: Vec<String>,
    same_scene: BTreeMap<String, SameScene>,
}

/// Scores everybody in `input`.
pub fn score(input: &Input, rules: &Ruleset) -> Output {
    let scored = Scored::new(input, rules);
    Output { scores: scored.explanations().collect(), missing_feeds: scored.missing_feeds }
}

impl<'a> Scored<'a> {
    /// Scores everybody in `input`.
    pub fn new(input: &'a Input, rules: &'a Ruleset) -> Self {
        let department = Department::new(input, rules);
        let counter = Counter::new(rules);
        let tallies = counter.tally(&department);
        let missing = tallies.iter().filter(|tally| tally.indicator.weight > 0.0 && !tally.is_fed);
        let missing_feeds = missing.map(|tally| tally.indicator.name.clone()).collect();
        let in_use: Vec<(usize, &Tally)> =
            tallies.iter().enumerate().filter(|(_, tally)| tally.is_fed).collect();
        let weights: f64 = in_use.iter().map(|(_, tally)| tally.indicator.weight).sum();
        let yardsticks = Yardsticks::new(&department, in_use.iter().map(|(_, tally)| *tally));
        let part = |(place, tally): &(usize, &Tally<'a>)| Part {
            share: if weights > 0.0 { tally.indicator.weight / weights } else { 0.0 },
            measured: measure(&department, tally, &yardsticks),
            place: *place,
        };
        let parts: Vec<Part> = in_use.iter().map(part).collect();
        let p = parts.iter().flat_map(|part| part.measured.rows.iter().map(|row| row.p)).collect();
        let total = |index| Micro::ONE + parts.iter().map(|part| part.contribution(index)).sum();
        let scores: Vec<Micro> = (0..input.officers.len()).map(total).collect();
        Self {
            chance: benjamini_hochberg(p, rules.chance.q),
            percentiles: percentiles(&scores),
            ruleset_sha256: rules.sha256(),
            peers: yardsticks.peers,
            department,
            counter,
            parts,
            scores,
            missing_feeds,
            same_scene: scene::same_scene(input, &rules.same_scene),
        }
    }

    /// Weighted indicators for which nothing was ever reported.
    pub fn missing_feeds(&self) -> &[String] {
        &self.missing_feeds
    }

    /// The explanations, by officers' ids.
    pub fn explanations(&self) -> impl Iterator<Item = Explanation> {
        let officers = self.department.input.officers.iter().enumerate();
        officers.map(|(index, (id, officer))| self.explanation(index, id, officer))
    }

    fn explanation(&self, index: usize, id: &str, officer: &Officer) -> Explanation {
        let Department { input, rules, .. } = self.department;
        let terms = self.terms(index, officer);
        let (s, pct) = (self.scores[index], self.percentiles[index]);
        let previous = input.previous.get(id).copied().unwrap_or_default();
        let (level, triggers) = alert::level(&rules.alerts, self.scores.len(), pct, &terms, previous);
        let thresholds = threshold::met(rules, officer, input.as_of, &terms);
        let duty_months = duty_months(officer, input, rules);
        let n: u32 = terms.iter().map(|term| term.n).sum();
        let mut explanation = Explanation {
            version: VERSION.into(),
            officer_id: id.into(),
            as_of: input.as_of,
            ruleset_sha256: self.ruleset_sha256.clone(),
            s,
            pct: nine_digits(pct),
            population: self.scores.len(),
            duty_months: nine_digits(duty_months),
            plain_days: rules.plain_days,
            insufficient_history: duty_months < rules.history_months || n == 0,
            level,
            triggers,
            thresholds,
            terms,
            missing_feeds: self.missing_feeds.clone(),
            sentence: String::new(),
            same_scene: self.same_scene.get(id).cloned(),
        };
        explanation.sentence = explanation.describe();
        explanation
    }

    fn terms(&self, index: usize, officer: &Officer) -> Vec<Term> {
        let mut events = self.counter.events(&self.department, officer);
        let term = |part: &Part| Term {
            unlikely_to_be_chance: self.chance.is_some_and(|limit| part.measured.rows[index].p <= limit),
            peers: part.measured.rows[index]
                .peers
                .iter()
                .map(|(group, share)| PeerGroup {
                    key: self.peers.name(*group).into(),
                    size: self.peers.size(*group),
                    share: nine_digits(*share),
                })
                .collect(),
            events: std::mem::take(&mut events[part.place]),
            ..part.term(index)
        };
        self.parts.iter().map(term).collect()
    }
}

fn duty_months(officer: &Officer, input: &Input, rules: &Ruleset) -> f64 {
    exposure::duty(officer, input.as_of, rules, Clock::Plain { window: rules.window_days }).iter().sum()
}

/// Mid-rank percentiles: officers with equal scores share one.
fn percentiles(scores: &[Micro]) -> Vec<f64> {
    let mut sorted = scores.to_vec();
    sorted.sort();
    let rank = |score: &Micro| {
        let below = sorted.partition_point(|other| other < score);
        let equal = sorted.partition_point(|other| other <= score) - below;
        100.0 * (below as f64 + 0.5 * equal as f64) / sorted.len() as f64
    };
    scores.iter().map(rank).collect()
}

impl Part<'_> {
    fn contribution(&self, index: usize) -> Micro {
        Micro::nearest(self.share * (self.measured.rows[index].ratios.dept - 1.0))
    }

    /// The figures of one officer, without peers and events.
    fn term(&self, index: usize) -> Term {
        let Measured { name, indicator, unit, passed_over, mu, a, a_plain, rows } = &self.measured;
        let row: &Row = &rows[index];
        Term {
            indicator: (*name).into(),
            name: indicator.name.clone(),
            weight: nine_digits(self.share),
            weight_basis: indicator.basis,
            c: self.contribution(index),
            y: row.y,
            e: nine_digits(row.e),
            exposure_unit: *unit,
            exposure_passed_over: passed_over
                .iter()
                .map(|(unit, share)| (*unit, nine_digits(*share)))
                .collect(),
            mu: nine_digits(*mu),
            m_g: nine_digits(row.m_g),
            a: nine_digits(*a),
            lambda: nine_digits(row.ratios.lambda),
            r_dept: nine_digits(row.ratios.dept),
            r_peer: nine_digits(row.ratios.peer),
            n: row.n,
            e_plain: nine_digits(row.e_plain),
            a_plain: nine_digits(*a_plain),
            x: nine_digits(row.open.exceedance),
            lo: nine_digits(row.open.lo),
            hi: nine_digits(row.open.hi),
            p: nine_digits(row.p),
            ..Term::default()
        }
    }
}

impl Output {
    /// The scores in outline.
    pub fn summary(&self) -> Summary {
        self.scores.iter().collect()
    }

    /// Officers above level none, for the hysteresis of the next run.
    pub fn standing(&self) -> BTreeMap<String, Level> {
        let standing = self.scores.iter().filter(|score| score.level != Level::None);
        standing.map(|score| (score.officer_id.clone(), score.level)).collect()
    }
}

#[cfg(test)]
mod tests;
