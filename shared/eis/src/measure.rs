//! One indicator over the whole department: counts, exposure, means, shrunk rates and what remains open.
use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::exposure::{self, Clock};
use crate::input::{Input, Officer};
use crate::micro::{from_nano, nano};
use crate::peers::{Group, Peers};
use crate::rate::{Bounds, Ratios, Uncertainty, group_mean, mean, shape, shrink, uncertainty};
use crate::ruleset::{Indicator, Ruleset, Unit};

/// One officer's figures for one indicator.
pub(crate) struct Row {
    pub(crate) y: f64,
    pub(crate) e: f64,
    pub(crate) n: u32,
    pub(crate) e_plain: f64,
    pub(crate) m_g: f64,
    pub(crate) ratios: Ratios,
    pub(crate) open: Uncertainty,
    pub(crate) p: f64,
    /// Groups compared with, their share of the officer's exposure and their size; the present one first.
    pub(crate) peers: Vec<(Group, f64, usize)>,
    /// Events behind `y`, by id: decayed weight.
    pub(crate) events: Vec<(String, f64)>,
}

/// One indicator's figures, rows in the order of officers' ids.
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) unit: Unit,
    /// Coverage of each stream that was passed over.
    pub(crate) passed_over: Vec<(Unit, f64)>,
    pub(crate) mu: f64,
    pub(crate) a: f64,
    pub(crate) a_plain: f64,
    pub(crate) rows: Vec<Row>,
}

/// Counts by officer and post, and the events behind them.
struct Counts {
    by_post: Vec<Vec<f64>>,
    events: Vec<Vec<(String, f64)>>,
}

/// Share of duty months that each measure covers: the same for every indicator, found once.
#[derive(Default)]
pub(crate) struct Coverage(RefCell<BTreeMap<Unit, f64>>);

impl Coverage {
    fn of(&self, input: &Input, rules: &Ruleset, unit: Unit) -> f64 {
        *self.0.borrow_mut().entry(unit).or_insert_with(|| exposure::coverage(input, rules, unit))
    }
}

/// Measures the indicator `name`.
pub(crate) fn measure(
    input: &Input,
    rules: &Ruleset,
    name: &str,
    indicator: &Indicator,
    coverage: &Coverage,
) -> Measured {
    let decayed = Clock::Decayed { half_life: rules.half_life(indicator), window: rules.window_days };
    let plain = Clock::Plain { window: rules.plain_days };
    let (unit, passed_over) = choose_unit(input, rules, indicator, coverage);
    let counts = count(input, rules, name, indicator, decayed);
    let exposure = exposure::measure(input, rules, decayed, unit);
    let duty: Vec<_> =
        input.officers.values().map(|officer| exposure::duty(officer, input.as_of, rules, decayed)).collect();
    let peers = Peers::new(input, rules, &duty);

    let rows = totals(&counts.by_post, &exposure);
    let mu = mean(&rows);
    let a = prior(&rows, indicator.shape, rules);
    let means = group_means(&peers, &counts.by_post, &exposure, (mu, a, rules.peers.strength));

    let plain_counts = count_plain(input, rules, name, indicator, plain);
    let plain_exposure = exposure::measure(input, rules, plain, unit);
    let plain_rows: Vec<(f64, f64)> =
        plain_counts.iter().zip(&plain_exposure).map(|(n, e)| (f64::from(*n), e.iter().sum())).collect();
    let a_plain = prior(&plain_rows, indicator.plain_shape, rules);

    let rows = rows.iter().enumerate().zip(counts.events).map(|((index, (y, e)), events)| {
        let shares = shares(&peers, &peers.chosen[index], &exposure[index]);
        let m_g: f64 = shares.iter().map(|(group, share, _)| means[group] * share).sum();
        let (n, e_plain) = (plain_counts[index], plain_rows[index].1);
        Row {
            y: *y,
            e: *e,
            n,
            e_plain,
            m_g,
            ratios: shrink(*y, *e, mu, m_g, a),
            open: uncertainty(n, e_plain, m_g, a_plain),
            p: rules.chance.p_value.of(n, m_g * e_plain),
            peers: shares,
            events,
        }
    });
    Measured { name: name.into(), unit, passed_over, mu, a, a_plain, rows: rows.collect() }
}

/// The first measure of exposure that covers enough of the department's duty.
fn choose_unit(
    input: &Input,
    rules: &Ruleset,
    indicator: &Indicator,
    coverage: &Coverage,
) -> (Unit, Vec<(Unit, f64)>) {
    let mut passed_over = Vec::new();
    for unit in indicator.exposure.as_ref().unwrap_or(&rules.exposure) {
        if *unit == Unit::Months {
            break;
        }
        let covered = coverage.of(input, rules, *unit);
        if covered >= rules.exposure_coverage {
            return (*unit, passed_over);
        }
        passed_over.push((*unit, covered));
    }
    (Unit::Months, passed_over)
}

/// The events of an indicator that count, with age in days and weight.
fn counting<'a>(
    officer: &'a Officer,
    input: &'a Input,
    rules: &'a Ruleset,
    name: &'a str,
    indicator: &'a Indicator,
) -> impl Iterator<Item = (&'a String, usize, i64, f64)> {
    let begin = rules.history_from;
    officer.events.iter().filter_map(move |(id, event)| {
        let counts = event.indicator == name && begin.is_none_or(|begin| event.occurred_on >= begin);
        let weight = rules.event_weight(indicator, event.finding, event.severity.as_deref());
        let age = exposure::age(input.as_of, event.occurred_on);
        (counts && weight > 0.0).then(|| (id, officer.posting_on(event.occurred_on), age, weight))
    })
}

fn count(input: &Input, rules: &Ruleset, name: &str, indicator: &Indicator, clock: Clock) -> Counts {
    let mut counts = Counts { by_post: Vec::new(), events: Vec::new() };
    for officer in input.officers.values() {
        let mut sums = vec![0_i64; officer.postings.len()];
        let mut events = Vec::new();
        for (id, post, age, weight) in counting(officer, input, rules, name, indicator) {
            let units = nano(weight * clock.weight(age));
            if units > 0 {
                sums[post] += units;
                events.push((id.clone(), from_nano(units)));
            }
        }
        counts.by_post.push(sums.into_iter().map(from_nano).collect());
        counts.events.push(events);
    }
    counts
}

fn count_plain(input: &Input, rules: &Ruleset, name: &str, indicator: &Indicator, clock: Clock) -> Vec<u32> {
    let one = |officer| {
        let events = counting(officer, input, rules, name, indicator);
        events.filter(|(_, _, age, _)| clock.weight(*age) > 0.0).count() as u32
    };
    input.officers.values().map(one).collect()
}

fn totals(counts: &[Vec<f64>], exposure: &[Vec<f64>]) -> Vec<(f64, f64)> {
    counts.iter().zip(exposure).map(|(y, e)| (y.iter().sum(), e.iter().sum())).collect()
}

/// Shape by moments, or the indicator's own where the department is too small to tell.
fn prior(rows: &[(f64, f64)], fixed: f64, rules: &Ruleset) -> f64 {
    let bounds = Bounds { lowest: rules.prior.lowest, highest: rules.prior.highest };
    if rows.len() < rules.prior.fixed_below { fixed } else { shape(rows, bounds) }
}

fn group_means(
    peers: &Peers,
    counts: &[Vec<f64>],
    exposure: &[Vec<f64>],
    (mu, a, strength): (f64, f64, f64),
) -> BTreeMap<Group, f64> {
    let (y, e) = (peers.sums(counts), peers.sums(exposure));
    y.iter().map(|(group, y)| (group.clone(), group_mean(*y, e[group], mu, a, strength))).collect()
}

/// What the officer is compared with: each group by its share of the officer's exposure, the present post's first.
fn shares(peers: &Peers, chosen: &[Group], exposure: &[f64]) -> Vec<(Group, f64, usize)> {
    let sum: f64 = exposure.iter().sum();
    let mut shares: Vec<(Group, f64, usize)> = Vec::new();
    for (group, e) in chosen.iter().zip(exposure).rev() {
        let share = if sum > 0.0 { e / sum } else { f64::from(u8::from(shares.is_empty())) };
        if let Some((_, known, _)) = shares.iter_mut().find(|(known, ..)| known == group) {
            *known += share;
        } else if share > 0.0 || shares.is_empty() {
            shares.push((group.clone(), share, peers.size(group)));
        }
    }
    shares
}
