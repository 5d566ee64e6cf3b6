//! The composite: terms of all indicators, their sum, percentile and level. `S = 1 + sum c` is how S is computed,
//! in whole millionths, so the sum that is shown is the score and not an account of it.
use std::collections::BTreeSet;

use crate::alert::{self, Level};
use crate::chance::benjamini_hochberg;
use crate::explanation::{CountedEvent, Explanation, PeerGroup, Term};
use crate::exposure::{self, Clock};
use crate::input::{Input, Officer};
use crate::measure::{Coverage, Measured, Row, measure};
use crate::micro::{Micro, nine_digits};
use crate::ruleset::{Direction, Indicator, Ruleset, VERSION};
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
    rules: &'a Indicator,
    share: f64,
    measured: Measured,
    /// Greatest p-value that is unlikely to be chance.
    chance: Option<f64>,
}

/// Scores everybody in `input`.
pub fn score(input: &Input, rules: &Ruleset) -> Output {
    let fed = fed(input);
    let counts =
        |name: &str, indicator: &Indicator| indicator.direction == Direction::Risk && fed.contains(name);
    let missing_feeds: Vec<String> = rules
        .indicators
        .iter()
        .filter(|(name, indicator)| indicator.weight > 0.0 && !counts(name, indicator))
        .filter(|(_, indicator)| indicator.direction == Direction::Risk)
        .map(|(_, indicator)| indicator.name.clone())
        .collect();
    let in_use = || rules.indicators.iter().filter(|(name, indicator)| counts(name, indicator));
    let weights: f64 = in_use().map(|(_, indicator)| indicator.weight).sum();
    let coverage = Coverage::default();
    let mut parts: Vec<Part> = in_use()
        .map(|(name, indicator)| Part {
            rules: indicator,
            share: if weights > 0.0 { indicator.weight / weights } else { 0.0 },
            measured: measure(input, rules, name, indicator, &coverage),
            chance: None,
        })
        .collect();
    let p = parts.iter().flat_map(|part| part.measured.rows.iter().map(|row| row.p)).collect();
    let chance = benjamini_hochberg(p, rules.chance.q);
    for part in &mut parts {
        part.chance = chance;
    }
    Output { scores: explain(input, rules, &parts, &missing_feeds), missing_feeds }
}

/// Indicators for which anything at all was reported, cleared events included.
fn fed(input: &Input) -> BTreeSet<&str> {
    let events = input.officers.values().flat_map(|officer| officer.events.values());
    events.map(|event| event.indicator.as_str()).collect()
}

fn explain(input: &Input, rules: &Ruleset, parts: &[Part], missing_feeds: &[String]) -> Vec<Explanation> {
    let terms: Vec<Vec<Term>> =
        (0..input.officers.len()).map(|index| parts.iter().map(|part| term(part, index)).collect()).collect();
    let scores: Vec<Micro> =
        terms.iter().map(|terms| Micro::ONE + terms.iter().map(|term| term.c).sum()).collect();
    let percentiles = percentiles(&scores);
    let ruleset_sha256 = rules.sha256();
    let people = input.officers.iter().zip(terms).zip(scores.iter().zip(percentiles));
    people
        .map(|(((id, officer), terms), (s, pct))| {
            let previous = input.previous.get(id).copied().unwrap_or_default();
            let (level, triggers) = alert::level(&rules.alerts, scores.len(), pct, &terms, previous);
            let thresholds = threshold::met(rules, officer, input.as_of, &terms);
            let duty_months = duty_months(officer, input, rules);
            let n: u32 = terms.iter().map(|term| term.n).sum();
            let mut explanation = Explanation {
                version: VERSION.into(),
                officer_id: id.clone(),
                as_of: input.as_of,
                ruleset_sha256: ruleset_sha256.clone(),
                s: *s,
                pct: nine_digits(pct),
                population: scores.len(),
                duty_months: nine_digits(duty_months),
                plain_days: rules.plain_days,
                insufficient_history: duty_months < rules.history_months || n == 0,
                level,
                triggers,
                thresholds,
                terms,
                missing_feeds: missing_feeds.to_vec(),
                sentence: String::new(),
            };
            explanation.sentence = explanation.describe();
            explanation
        })
        .collect()
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

fn term(part: &Part, index: usize) -> Term {
    let Measured { name, unit, passed_over, mu, a, a_plain, rows } = &part.measured;
    let row: &Row = &rows[index];
    Term {
        indicator: name.clone(),
        name: part.rules.name.clone(),
        weight: nine_digits(part.share),
        weight_basis: part.rules.basis,
        c: Micro::nearest(part.share * (row.ratios.dept - 1.0)),
        y: row.y,
        e: nine_digits(row.e),
        exposure_unit: *unit,
        exposure_passed_over: passed_over.iter().map(|(unit, share)| (*unit, nine_digits(*share))).collect(),
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
        unlikely_to_be_chance: part.chance.is_some_and(|limit| row.p <= limit),
        peers: row.peers.iter().map(|(group, share, size)| peer_group(group, *share, *size)).collect(),
        events: row
            .events
            .iter()
            .map(|(id, weight)| CountedEvent { event_id: id.clone(), weight: *weight })
            .collect(),
    }
}

fn peer_group(group: &crate::peers::Group, share: f64, size: usize) -> PeerGroup {
    PeerGroup { key: group.to_string(), size, share: nine_digits(share) }
}

impl Output {
    /// Officers above level none, for the hysteresis of the next run.
    pub fn standing(&self) -> std::collections::BTreeMap<String, Level> {
        let standing = self.scores.iter().filter(|score| score.level != Level::None);
        standing.map(|score| (score.officer_id.clone(), score.level)).collect()
    }
}

#[cfg(test)]
mod tests;
