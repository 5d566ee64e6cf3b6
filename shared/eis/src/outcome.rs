//! How it went after interventions, by kind: rates of 180 days before and after, against what would be expected of
//! officers like them of whom nothing was asked.
//!
//! Who is flagged is flagged at a peak, so that most records improve by chance alone. The expectation is therefore the
//! officer's own rate drawn towards that of similar officers who were not flagged (scores from the 90th percentile to
//! watch), moved as theirs moved. It is a description and proves no effect.
use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{Case, Kind, Progress};
use crate::exposure::{MONTH, age};
use crate::input::{Input, Officer};
use crate::micro::nine_digits;
use crate::rate::{Bounds, shape};
use crate::ruleset::{Direction, Ruleset};

/// Days before and after.
pub const SPAN: i64 = 180;

/// An intervention that ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ended {
    /// Whose.
    pub officer_id: String,
    /// What.
    pub kind: Kind,
    /// When.
    pub on: Date,
}

/// How it went after the interventions of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The kind.
    pub kind: Kind,
    /// Interventions whose 180 days afterwards are over.
    pub interventions: usize,
    /// Events that count in the score, per month on duty, in the 180 days before.
    pub before: f64,
    /// And after.
    pub after: f64,
    /// What was to be expected after without any intervention.
    pub expected: f64,
    /// Similar officers behind the expectation.
    pub similar: usize,
}

/// Interventions of `cases` that were carried out.
pub fn ended<'a>(cases: impl IntoIterator<Item = &'a Case>) -> BTreeSet<Ended> {
    let done = |progress| matches!(progress, Progress::Done | Progress::Attended);
    let of_case = |case: &'a Case| {
        let done = case.interventions.iter().filter(move |one| done(one.progress));
        done.filter_map(|one| {
            Some(Ended { officer_id: case.officer_id.clone(), kind: one.kind, on: one.ended_on? })
        })
    };
    cases.into_iter().flat_map(of_case).collect()
}

/// How it went, by kind. `similar` are the officers of the run nearest before each day, who were like those flagged and
/// were not; days without any are left out.
pub fn effects(
    input: &Input,
    rules: &Ruleset,
    ended: &BTreeSet<Ended>,
    similar: &BTreeMap<Date, BTreeSet<String>>,
) -> Vec<Effect> {
    let mut sums: BTreeMap<Kind, Sums> = BTreeMap::new();
    for one in ended {
        let over = one.on.saturating_add(SPAN.days()) <= input.as_of;
        let (Some(officer), Some(similar)) = (input.officers.get(&one.officer_id), similar.get(&one.on))
        else {
            continue;
        };
        let peers: Vec<[Span; 2]> = similar
            .iter()
            .filter(|id| **id != one.officer_id)
            .filter_map(|id| Some(around(input.officers.get(id)?, rules, one.on)))
            .collect();
        if over && let Some(expected) = expected(around(officer, rules, one.on)[0], &peers) {
            sums.entry(one.kind).or_default().add(around(officer, rules, one.on), expected, similar);
        }
    }
    sums.into_iter().map(|(kind, sums)| sums.effect(kind)).collect()
}

/// Events and months on duty of a span.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    events: f64,
    months: f64,
}

#[derive(Default)]
struct Sums {
    count: usize,
    before: Span,
    after: Span,
    expected: f64,
    similar: BTreeSet<String>,
}

impl Sums {
    fn add(&mut self, [before, after]: [Span; 2], expected: f64, similar: &BTreeSet<String>) {
        self.count += 1;
        for (sum, span) in [(&mut self.before, before), (&mut self.after, after)] {
            sum.events += span.events;
            sum.months += span.months;
        }
        // Weighted by duty, as the observed rate is.
        self.expected += expected * after.months;
        self.similar.extend(similar.iter().cloned());
    }

    fn effect(self, kind: Kind) -> Effect {
        let rate = |span: Span| if span.months > 0.0 { span.events / span.months } else { 0.0 };
        let expected = if self.after.months > 0.0 { self.expected / self.after.months } else { 0.0 };
        Effect {
            kind,
            interventions: self.count,
            before: nine_digits(rate(self.before)),
            after: nine_digits(rate(self.after)),
            expected: nine_digits(expected),
            similar: self.similar.len(),
        }
    }
}

/// The spans before and after `on`.
fn around(officer: &Officer, rules: &Ruleset, on: Date) -> [Span; 2] {
    let span = |from: i64, to: i64| {
        let within = |day: Date| (from..to).contains(&age(day, on));
        let counts = officer.events.values().filter(|event| within(event.occurred_on)).filter(|event| {
            rules.indicators.get(&event.indicator).is_some_and(|indicator| {
                indicator.weight > 0.0
                    && indicator.direction == Direction::Risk
                    && rules.event_weight(indicator, event.finding, event.severity.as_deref()) > 0.0
            })
        });
        let first = on.saturating_add(from.days());
        let on_duty =
            first.series(1.day()).take((to - from) as usize).filter(|day| is_on_duty(officer, *day));
        Span { events: counts.count() as f64, months: on_duty.count() as f64 / MONTH }
    };
    [span(-SPAN, 0), span(0, SPAN)]
}

fn is_on_duty(officer: &Officer, day: Date) -> bool {
    day >= officer.hired_on && officer.postings[officer.posting_on(day)].active
}

/// The officer's rate before, drawn towards the peers', moved as theirs moved.
fn expected(own: Span, peers: &[[Span; 2]]) -> Option<f64> {
    let sum = |index: usize| {
        peers.iter().fold(Span::default(), |sum, spans| Span {
            events: sum.events + spans[index].events,
            months: sum.months + spans[index].months,
        })
    };
    let (before, after) = (sum(0), sum(1));
    if before.events <= 0.0 || before.months <= 0.0 || after.months <= 0.0 {
        return None;
    }
    let rows: Vec<(f64, f64)> = peers.iter().map(|[before, _]| (before.events, before.months)).collect();
    let a = shape(&rows, Bounds { lowest: 0.2, highest: 5.0 });
    let mean = before.events / before.months;
    let drawn = (a + own.events) / (a / mean + own.months);
    Some(drawn * (after.events / after.months) / mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Finding;
    use crate::input::{Incident, Posting};

    const ON: Date = Date::constant(2026, 1, 1);

    fn rules() -> Ruleset {
        Ruleset::parse(include_str!("../../../infra/agency/eis.toml")).unwrap()
    }

    fn officer(before: usize, after: usize) -> Officer {
        let hired_on = Date::constant(2015, 1, 1);
        let text = || "x".to_owned();
        let event = |days: i64| Incident {
            indicator: "complaint".into(),
            occurred_on: ON.saturating_add(days.days()),
            severity: None,
            finding: Finding::Pending,
            scene_id: None,
        };
        let days = (0..before as i64).map(|n| -1 - n).chain(0..after as i64);
        Officer {
            hired_on,
            postings: vec![Posting {
                from: hired_on,
                unit: text(),
                rank: text(),
                shift: text(),
                active: true,
            }],
            exposure: BTreeMap::new(),
            events: days.enumerate().map(|(n, days)| (format!("e-{n}"), event(days))).collect(),
        }
    }

    fn found(as_of: Date, peers: &[(usize, usize)]) -> Vec<Effect> {
        let mut officers = BTreeMap::from([("E-0".to_owned(), officer(6, 2))]);
        let ids: Vec<String> = (1..=peers.len()).map(|n| format!("E-{n}")).collect();
        officers
            .extend(ids.iter().cloned().zip(peers.iter().map(|(before, after)| officer(*before, *after))));
        let input = Input { as_of, officers, previous: BTreeMap::new() };
        let ended = BTreeSet::from([Ended { officer_id: "E-0".into(), kind: Kind::Coaching, on: ON }]);
        effects(&input, &rules(), &ended, &BTreeMap::from([(ON, ids.into_iter().collect())]))
    }

    #[test]
    fn an_improvement_is_set_against_that_of_similar_officers() {
        let peers = [(3, 2), (4, 1), (2, 2), (5, 3), (3, 1), (1, 0), (4, 2), (2, 1)];
        let found = found(Date::constant(2026, 7, 1), &peers);
        let effect = &found[0];
        assert_eq!((effect.interventions, effect.similar), (1, 8));
        assert_eq!(format!("{:.3} {:.3}", effect.before, effect.after), "1.013 0.338");
        // Peers fell by half; the officer's own rate is drawn halfway to theirs first.
        assert!(effect.expected < effect.before / 2.0 && effect.expected > 0.2, "{}", effect.expected);
    }

    #[test]
    fn nothing_is_said_before_the_time_is_over_or_without_anybody_to_compare_with() {
        assert_eq!(found(Date::constant(2026, 6, 29), &[(3, 2), (4, 1)]), []);
        assert_eq!(found(Date::constant(2026, 7, 1), &[]), []);
    }
}
