//! Threshold rules: so many events in so many days. Every department knows them, and they stand beside the score so
//! that each can be judged by the other; on public data they find less at the same number of names.
use std::fmt::Write;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::explanation::Term;
use crate::exposure::age;
use crate::input::{Incident, Officer};
use crate::ruleset::{Direction, Ruleset};

/// A rule over one indicator or several together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// In plain words; names the rule, so no two are alike.
    pub name: String,
    /// Indicators whose events are counted together; empty means all that speak for a review.
    #[serde(default)]
    pub indicators: Vec<String>,
    /// Whether events count that were closed as unfounded, exonerated or not preventable.
    #[serde(default)]
    pub any_finding: bool,
    /// When the supervisor's own list is to show it; opens nothing.
    #[serde(default)]
    pub warning: Option<Condition>,
    /// When it opens an alert.
    #[serde(default)]
    pub review: Option<Condition>,
}

/// At least `count` events in the last `days`, and whatever else is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Least number of events; 1 makes each single event a reason.
    pub count: u32,
    /// Days of the rolling window, the day of the run included.
    pub days: u32,
    /// So many times the officer's own count in the window before.
    #[serde(default)]
    pub times_own_previous: Option<f64>,
    /// So many times what peers with the same exposure show; only over the window of the plain counts.
    #[serde(default)]
    pub times_peers: Option<f64>,
    /// Weekdays on which a share of the events must lie.
    #[serde(default)]
    pub weekdays: Vec<Day>,
    /// That share, 0 to 1.
    #[serde(default)]
    pub weekday_share: Option<f64>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// How much a rule that is met asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The supervisor's own list.
    Warning,
    /// An alert.
    Review,
}

/// A rule that an officer's record meets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// The rule.
    pub rule: String,
    /// What it asks for: the higher of the two where both are met.
    pub severity: Severity,
    /// Events counted.
    pub count: u32,
    /// Window in days.
    pub days: u32,
    /// The events, by id.
    pub events: Vec<String>,
    /// The same in words.
    pub sentence: String,
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Monday => Self::Monday,
            Day::Tuesday => Self::Tuesday,
            Day::Wednesday => Self::Wednesday,
            Day::Thursday => Self::Thursday,
            Day::Friday => Self::Friday,
            Day::Saturday => Self::Saturday,
            Day::Sunday => Self::Sunday,
        }
    }
}

/// The rules that `officer` meets on `as_of`, in the order of the ruleset. `terms` are those of the officer's score.
pub fn met(rules: &Ruleset, officer: &Officer, as_of: Date, terms: &[Term]) -> Vec<Met> {
    rules.thresholds.iter().filter_map(|threshold| threshold.met(rules, officer, as_of, terms)).collect()
}

impl Threshold {
    fn met(&self, rules: &Ruleset, officer: &Officer, as_of: Date, terms: &[Term]) -> Option<Met> {
        let counting: Vec<(&String, &Incident, i64)> = officer
            .events
            .iter()
            .filter(|(_, event)| self.counts(rules, event))
            .map(|(id, event)| (id, event, age(as_of, event.occurred_on)))
            .filter(|(_, _, age)| *age >= 0)
            .collect();
        let conditions = [(Severity::Review, &self.review), (Severity::Warning, &self.warning)];
        conditions.into_iter().find_map(|(severity, condition)| {
            let condition = condition.as_ref()?;
            let within = |age: i64, from: u32, to: u32| age >= i64::from(from) && age < i64::from(to);
            let now: Vec<_> = counting.iter().filter(|(_, _, age)| within(*age, 0, condition.days)).collect();
            let before = counting
                .iter()
                .filter(|(_, _, age)| within(*age, condition.days, 2 * condition.days))
                .count();
            let days: Vec<Weekday> = now.iter().map(|(_, event, _)| event.occurred_on.weekday()).collect();
            let peers = condition.times_peers.map(|_| self.expected_of_peers(rules, terms));
            condition.holds(&days, before, peers).then(|| Met {
                rule: self.name.clone(),
                severity,
                count: now.len() as u32,
                days: condition.days,
                events: now.iter().map(|(id, ..)| (*id).clone()).collect(),
                sentence: condition.describe(&self.name, now.len()),
            })
        })
    }

    /// Whether an event is one of the rule's. What a finding has cleared counts nothing, as in the score.
    fn counts(&self, rules: &Ruleset, event: &Incident) -> bool {
        // Most events belong to other rules: they go before anything is looked up.
        if !self.indicators.is_empty() && !self.indicators.contains(&event.indicator) {
            return false;
        }
        let Some(indicator) = rules.indicators.get(&event.indicator) else { return false };
        (!self.indicators.is_empty() || indicator.direction == Direction::Risk)
            && (self.any_finding
                || rules.event_weight(indicator, event.finding, event.severity.as_deref()) > 0.0)
    }

    /// Events to be expected in the window of the plain counts at the rate of the peers.
    fn expected_of_peers(&self, rules: &Ruleset, terms: &[Term]) -> f64 {
        let named = |term: &&Term| {
            if self.indicators.is_empty() {
                rules.indicators.contains_key(&term.indicator)
            } else {
                self.indicators.contains(&term.indicator)
            }
        };
        terms.iter().filter(named).map(|term| term.m_g * term.e_plain).sum()
    }
}

impl Condition {
    fn holds(&self, days: &[Weekday], before: usize, peers: Option<f64>) -> bool {
        let count = days.len() as f64;
        let on = days.iter().filter(|day| self.weekdays.iter().any(|named| Weekday::from(*named) == **day));
        let share = on.count() as f64 / count.max(1.0);
        days.len() as u32 >= self.count
            && self.times_own_previous.is_none_or(|times| count >= times * before as f64)
            && self.times_peers.zip(peers).is_none_or(|(times, expected)| count >= times * expected)
            && self.weekday_share.is_none_or(|least| share >= least)
    }

    fn describe(&self, rule: &str, counted: usize) -> String {
        let mut text = format!("Rule \"{rule}\": {counted} in {} days (from {} on)", self.days, self.count);
        if let Some(times) = self.times_own_previous {
            let _ = write!(text, ", at least {times} times as many as in the {} days before", self.days);
        }
        if let Some(times) = self.times_peers {
            let _ = write!(text, ", at least {times} times what peers with the same exposure show");
        }
        if let Some(share) = self.weekday_share {
            let days: Vec<String> = self.weekdays.iter().map(|day| format!("{day:?}")).collect();
            let _ = write!(text, ", at least {:.0} % of them on {}", share * 100.0, days.join(" or "));
        }
        text.push('.');
        text
    }
}

#[cfg(test)]
mod tests;
