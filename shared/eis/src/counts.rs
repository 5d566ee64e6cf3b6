//! Which events count for which indicator, and their sums by post: one walk over all events for all indicators.
use std::collections::BTreeMap;

use crate::department::Department;
use crate::explanation::CountedEvent;
use crate::exposure::{Clock, Weights, age};
use crate::input::{Incident, Officer};
use crate::micro::{from_nano, nano};
use crate::ruleset::{Direction, Indicator, Ruleset};

/// The clock of an indicator's decayed counts.
pub(crate) fn decayed(rules: &Ruleset, indicator: &Indicator) -> Clock {
    Clock::Decayed {
        half_life: indicator.half_life_days.unwrap_or(rules.half_life_days),
        window: rules.window_days,
    }
}

/// The clock of plain counts.
pub(crate) fn plain(rules: &Ruleset) -> Clock {
    Clock::Plain { window: rules.plain_days }
}

/// Counts of one indicator.
pub(crate) struct Tally<'a> {
    pub(crate) name: &'a str,
    pub(crate) indicator: &'a Indicator,
    /// Whether anything at all was reported, cleared events included.
    pub(crate) is_fed: bool,
    /// Decayed counts by post.
    pub(crate) decayed: Vec<f64>,
    /// Plain counts by officer.
    pub(crate) plain: Vec<u32>,
}

/// Reads officers' events for the indicators that speak for a review.
pub(crate) struct Counter<'a> {
    rules: &'a Ruleset,
    indicators: BTreeMap<&'a str, (usize, &'a Indicator)>,
    /// By indicator: decayed weights of days.
    weights: Vec<Weights>,
}

/// An event of an indicator, at its place among those of the counter.
struct Counting<'a> {
    place: usize,
    id: &'a String,
    event: &'a Incident,
    age: i64,
    /// By finding and severity; 0 where it counts nothing.
    weight: f64,
}

impl<'a> Counter<'a> {
    pub(crate) fn new(rules: &'a Ruleset) -> Self {
        let declared = rules.indicators.iter().filter(|(_, one)| one.direction == Direction::Risk);
        let indicators: BTreeMap<_, _> =
            declared.enumerate().map(|(place, (name, one))| (name.as_str(), (place, one))).collect();
        let weights = indicators.values().map(|(_, one)| Weights::new(decayed(rules, one))).collect();
        Self { rules, indicators, weights }
    }

    fn counting<'b>(
        &'b self,
        department: &Department,
        officer: &'b Officer,
    ) -> impl Iterator<Item = Counting<'b>> {
        let (as_of, begin) = (department.input.as_of, self.rules.history_from);
        officer.events.iter().filter_map(move |(id, event)| {
            let (place, indicator) = *self.indicators.get(event.indicator.as_str())?;
            let is_complete = begin.is_none_or(|begin| event.occurred_on >= begin);
            let weight = self.rules.event_weight(indicator, event.finding, event.severity.as_deref());
            let weight = if is_complete { weight } else { 0.0 };
            Some(Counting { place, id, event, age: age(as_of, event.occurred_on), weight })
        })
    }

    /// Decayed weight in billionths.
    fn nano(&self, one: &Counting) -> i64 {
        nano(one.weight * self.weights[one.place].of(one.age))
    }

    /// Counts of every indicator, in the order of their names.
    pub(crate) fn tally(&self, department: &Department) -> Vec<Tally<'a>> {
        let plain = Weights::new(plain(self.rules));
        let mut sums = vec![vec![0_i64; department.posts()]; self.weights.len()];
        let mut counts = vec![vec![0_u32; department.input.officers.len()]; self.weights.len()];
        let mut fed = vec![false; self.weights.len()];
        for (index, (officer, posts)) in department.with_posts().enumerate() {
            for one in self.counting(department, officer) {
                fed[one.place] = true;
                if one.weight > 0.0 {
                    sums[one.place][posts.start + officer.posting_on(one.event.occurred_on)] +=
                        self.nano(&one);
                    counts[one.place][index] += u32::from(plain.of(one.age) > 0.0);
                }
            }
        }
        let counted = sums.into_iter().zip(counts).zip(fed);
        let tallies =
            self.indicators.iter().zip(counted).map(|((name, (_, indicator)), ((sums, plain), is_fed))| {
                let decayed = sums.into_iter().map(from_nano).collect();
                Tally { name, indicator, is_fed, decayed, plain }
            });
        tallies.collect()
    }

    /// Events behind the decayed counts of `officer`, by place of their indicator.
    pub(crate) fn events(&self, department: &Department, officer: &Officer) -> Vec<Vec<CountedEvent>> {
        let mut events = vec![Vec::new(); self.weights.len()];
        for one in self.counting(department, officer) {
            let units = self.nano(&one);
            if units > 0 {
                events[one.place].push(CountedEvent { event_id: one.id.clone(), weight: from_nano(units) });
            }
        }
        events
    }
}
