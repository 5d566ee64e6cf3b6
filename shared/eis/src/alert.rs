//! The model's alert rule: Review opens an alert, Watch is the supervisor's own list, and who is on a list stays
//! until the percentile falls clearly below its threshold, so that lists do not flicker.
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::explanation::Term;
use crate::input::Input;
use crate::ruleset::AlertRules;

/// How far a score stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Not at all.
    #[default]
    None,
    /// The supervisor's own list; no case.
    Watch,
    /// Opens an alert.
    Review,
}

/// What raised a trigger. Both run every night and are shown side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// The score.
    Model,
    /// A threshold rule.
    Threshold,
}

/// Why an officer is at Review. Triggers that an open alert already holds do not join it again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trigger {
    /// Which of the two.
    pub engine: Engine,
    /// `percentile`, `exceedance` or `standing`; the name of the rule for a threshold.
    pub rule: String,
    /// The indicator that stands out, for `exceedance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
}

impl Trigger {
    fn new(rule: &str, indicator: Option<&str>) -> Self {
        Self { engine: Engine::Model, rule: rule.into(), indicator: indicator.map(String::from) }
    }

    /// The trigger of a threshold rule that is met.
    pub fn of_threshold(rule: &str) -> Self {
        Self { engine: Engine::Threshold, rule: rule.into(), indicator: None }
    }
}

/// The level of a score at percentile `pct` among `population` officers, given the last run's level.
pub fn level(
    rules: &AlertRules,
    population: usize,
    pct: f64,
    terms: &[Term],
    previous: Level,
) -> (Level, Vec<Trigger>) {
    let standing = previous != Level::None && pct >= rules.leave_pct;
    let triggers = triggers(rules, pct, terms, standing);
    let substantial = population >= rules.small_below
        || terms.iter().any(|term| term.r_dept >= rules.small_ratio && term.n >= rules.min_events);
    if !triggers.is_empty() && substantial {
        (Level::Review, triggers)
    } else if standing && previous == Level::Review {
        (Level::Review, vec![Trigger::new("standing", None)])
    } else if pct >= rules.watch_pct || standing {
        (Level::Watch, Vec::new())
    } else {
        (Level::None, Vec::new())
    }
}

fn triggers(rules: &AlertRules, pct: f64, terms: &[Term], standing: bool) -> Vec<Trigger> {
    let mut triggers = Vec::new();
    if pct >= rules.review_pct {
        triggers.push(Trigger::new("percentile", None));
    }
    if pct >= rules.watch_pct || standing {
        let stands_out =
            |term: &&Term| term.weight > 0.0 && term.x >= rules.exceedance && term.n >= rules.min_events;
        let outstanding = terms.iter().filter(stands_out);
        triggers.extend(outstanding.map(|term| Trigger::new("exceedance", Some(&term.indicator))));
    }
    triggers
}

/// Other officers who were at a scene of one of `events` (of `officer`): parties, who must not see the case.
pub fn parties(input: &Input, officer: &str, events: &BTreeSet<&str>) -> BTreeSet<String> {
    let Some(record) = input.officers.get(officer) else { return BTreeSet::new() };
    let scenes: BTreeSet<&str> = record
        .events
        .iter()
        .filter(|(id, _)| events.contains(id.as_str()))
        .filter_map(|(_, event)| event.scene_id.as_deref())
        .collect();
    let there = |record: &crate::input::Officer| {
        record
            .events
            .values()
            .any(|event| event.scene_id.as_deref().is_some_and(|scene| scenes.contains(scene)))
    };
    input
        .officers
        .iter()
        .filter(|(id, record)| *id != officer && there(record))
        .map(|(id, _)| id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> AlertRules {
        crate::Ruleset::parse(include_str!("../../../infra/agency/eis.toml")).unwrap().alerts
    }

    fn term(n: u32, x: f64, r_dept: f64) -> Term {
        Term { indicator: "complaint".into(), weight: 0.45, n, x, r_dept, ..Term::default() }
    }

    #[track_caller]
    fn check(population: usize, pct: f64, term: Term, previous: Level, expected: Level) {
        assert_eq!(level(&rules(), population, pct, &[term], previous).0, expected);
    }

    #[test]
    fn review_by_percentile_alone_or_with_an_outstanding_indicator() {
        check(150, 98.0, term(0, 0.0, 1.0), Level::None, Level::Review);
        check(150, 95.0, term(3, 0.8, 1.0), Level::None, Level::Review);
        check(150, 95.0, term(2, 0.9, 1.0), Level::None, Level::Watch);
        check(150, 97.9, term(3, 0.79, 1.0), Level::None, Level::Watch);
        check(150, 94.9, term(9, 1.0, 5.0), Level::None, Level::None);
    }

    #[test]
    fn enters_at_95_and_leaves_below_93() {
        check(150, 93.0, term(0, 0.0, 1.0), Level::Watch, Level::Watch);
        check(150, 92.9, term(0, 0.0, 1.0), Level::Watch, Level::None);
        check(150, 93.0, term(0, 0.0, 1.0), Level::Review, Level::Review);
        check(150, 92.9, term(9, 1.0, 5.0), Level::Review, Level::None);
        check(150, 93.0, term(3, 0.8, 1.0), Level::Watch, Level::Review);
    }

    #[test]
    fn in_a_small_agency_the_top_must_also_be_substantial() {
        check(30, 98.3, term(2, 0.9, 2.5), Level::None, Level::Watch);
        check(30, 98.3, term(3, 0.5, 1.9), Level::None, Level::Watch);
        check(30, 98.3, term(3, 0.5, 2.0), Level::None, Level::Review);
    }

    #[test]
    fn an_indicator_without_weight_cannot_trigger() {
        let unweighted = Term { weight: 0.0, ..term(5, 0.99, 4.0) };
        check(150, 96.0, unweighted, Level::None, Level::Watch);
    }
}
