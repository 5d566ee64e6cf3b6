//! One indicator over the whole department: counts, exposure, means, shrunk rates and what remains open.
use std::collections::{BTreeMap, BTreeSet};

use crate::counts::{Tally, decayed, plain};
use crate::department::Department;
use crate::exposure::{self, Clock, Coverage, Stream, Weights};
use crate::peers::Peers;
use crate::rate::{Bounds, Ratios, Uncertainty, group_mean, interval, mean, shape, shrink, uncertainty};
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
    /// Groups compared with and their share of the officer's exposure; the present one first.
    pub(crate) peers: Vec<(usize, f64)>,
}

/// One indicator's figures, rows in the order of officers' ids.
pub(crate) struct Measured<'a> {
    pub(crate) name: &'a str,
    pub(crate) indicator: &'a Indicator,
    pub(crate) unit: Unit,
    /// Coverage of each stream that was passed over.
    pub(crate) passed_over: Vec<(Unit, f64)>,
    pub(crate) mu: f64,
    pub(crate) a: f64,
    pub(crate) a_plain: f64,
    pub(crate) rows: Vec<Row>,
}

/// Duty under one clock, by post.
struct Duty {
    weights: Weights,
    months: Vec<f64>,
}

/// What the indicators set their counts against: most share clock and measure, so each is worked out once.
pub(crate) struct Yardsticks {
    pub(crate) peers: Peers,
    coverage: Coverage,
    exposure: BTreeMap<(Clock, Unit), Vec<f64>>,
    /// By clock and post: the group compared with.
    chosen: BTreeMap<Clock, Vec<usize>>,
}

impl Yardsticks {
    /// Those that `tallies` need.
    pub(crate) fn new<'a>(department: &Department, tallies: impl Iterator<Item = &'a Tally<'a>>) -> Self {
        let rules = department.rules;
        let mut yardsticks = Self {
            peers: Peers::new(department),
            coverage: Coverage::new(department.input, rules),
            exposure: BTreeMap::new(),
            chosen: BTreeMap::new(),
        };
        let needed: BTreeSet<(Unit, Clock)> = tallies
            .flat_map(|tally| {
                let unit = yardsticks.choose_unit(rules, tally.indicator).0;
                [(unit, decayed(rules, tally.indicator)), (unit, plain(rules))]
            })
            .collect();
        let mut duties: BTreeMap<Clock, Duty> = BTreeMap::new();
        let mut streams: BTreeMap<Unit, Stream> = BTreeMap::new();
        for (unit, clock) in needed {
            let duty = duties.entry(clock).or_insert_with(|| Duty::new(department, clock));
            yardsticks
                .chosen
                .entry(clock)
                .or_insert_with(|| yardsticks.peers.choose(&rules.peers, &duty.months));
            let stream = (unit != Unit::Months)
                .then(|| &*streams.entry(unit).or_insert_with(|| Stream::new(department, unit)));
            let exposure = exposure::measure(department, clock, &duty.weights, &duty.months, stream);
            yardsticks.exposure.insert((clock, unit), exposure);
        }
        yardsticks
    }

    /// The first measure of exposure that covers enough of the department's duty, and those passed over.
    fn choose_unit(&self, rules: &Ruleset, indicator: &Indicator) -> (Unit, Vec<(Unit, f64)>) {
        let mut passed_over = Vec::new();
        for unit in indicator.exposure.as_ref().unwrap_or(&rules.exposure) {
            if *unit == Unit::Months {
                break;
            }
            let covered = self.coverage.of(*unit);
            if covered >= rules.exposure_coverage {
                return (*unit, passed_over);
            }
            passed_over.push((*unit, covered));
        }
        (Unit::Months, passed_over)
    }
}

impl Duty {
    fn new(department: &Department, clock: Clock) -> Self {
        let (as_of, rules) = (department.input.as_of, department.rules);
        let months =
            department.with_posts().flat_map(|(officer, _)| exposure::duty(officer, as_of, rules, clock));
        Self { weights: Weights::new(clock), months: months.collect() }
    }
}

/// Measures the indicator of `tally`.
pub(crate) fn measure<'a>(
    department: &Department,
    tally: &Tally<'a>,
    yardsticks: &Yardsticks,
) -> Measured<'a> {
    let (rules, indicator) = (department.rules, tally.indicator);
    let (unit, passed_over) = yardsticks.choose_unit(rules, indicator);
    let clock = decayed(rules, indicator);
    let (exposure, chosen) = (&yardsticks.exposure[&(clock, unit)], &yardsticks.chosen[&clock]);
    let rows = pairs(department.by_officer(&tally.decayed), department.by_officer(exposure));
    let mu = mean(&rows);
    let a = prior(&rows, indicator.shape, rules);
    let peers = &yardsticks.peers;
    let sums = peers.sums(&tally.decayed).into_iter().zip(peers.sums(exposure));
    let means: Vec<f64> = sums.map(|(y, e)| group_mean(y, e, mu, a, rules.peers.strength)).collect();

    let plain_exposure = department.by_officer(&yardsticks.exposure[&(plain(rules), unit)]);
    let plain_rows = pairs(tally.plain.iter().map(|n| f64::from(*n)).collect(), plain_exposure);
    let a_plain = prior(&plain_rows, indicator.plain_shape, rules);

    let mut intervals = BTreeMap::new();
    let rows = department.with_posts().zip(rows).zip(tally.plain.iter().zip(plain_rows)).map(
        |(((_, posts), (y, e)), (n, (_, e_plain)))| {
            let peers = shares(&chosen[posts.clone()], &exposure[posts]);
            let m_g: f64 = peers.iter().map(|(group, share)| means[*group] * share).sum();
            // Few counts differ, so that few intervals are worked out.
            let ends = *intervals.entry(*n).or_insert_with(|| interval(*n, a_plain));
            Row {
                y,
                e,
                n: *n,
                e_plain,
                m_g,
                ratios: shrink(y, e, mu, m_g, a),
                open: uncertainty(*n, e_plain, m_g, a_plain, ends),
                p: rules.chance.p_value.of(*n, m_g * e_plain),
                peers,
            }
        },
    );
    Measured { name: tally.name, indicator, unit, passed_over, mu, a, a_plain, rows: rows.collect() }
}

fn pairs(y: Vec<f64>, e: Vec<f64>) -> Vec<(f64, f64)> {
    y.into_iter().zip(e).collect()
}

/// Shape by moments, or the indicator's own where the department is too small to tell.
fn prior(rows: &[(f64, f64)], fixed: f64, rules: &Ruleset) -> f64 {
    let bounds = Bounds { lowest: rules.prior.lowest, highest: rules.prior.highest };
    if rows.len() < rules.prior.fixed_below { fixed } else { shape(rows, bounds) }
}

/// What the officer is compared with: each group by its share of the officer's exposure, the present post's first.
fn shares(chosen: &[usize], exposure: &[f64]) -> Vec<(usize, f64)> {
    let sum: f64 = exposure.iter().sum();
    let mut shares: Vec<(usize, f64)> = Vec::new();
    for (group, e) in chosen.iter().zip(exposure).rev() {
        let share = if sum > 0.0 { e / sum } else { f64::from(u8::from(shares.is_empty())) };
        if let Some((_, known)) = shares.iter_mut().find(|(known, _)| known == group) {
            *known += share;
        } else if share > 0.0 || shares.is_empty() {
            shares.push((*group, share));
        }
    }
    shares
}
