//! Each form of rule at its edge: one event fewer, one day later, one finding cleared.
use std::collections::BTreeMap;

use jiff::ToSpan;

use super::*;
use crate::event::Finding;
use crate::input::Posting;

const TODAY: Date = Date::constant(2026, 7, 4);

fn rules(toml: &str) -> Ruleset {
    let shipped = include_str!("../../../../infra/agency/eis.toml");
    let (head, _) = shipped.split_once("# Threshold rules").unwrap();
    Ruleset::parse(&format!("{head}\n{}\n{toml}", &shipped[shipped.find("[alerts]").unwrap()..])).unwrap()
}

fn officer(events: &[(&str, i64, Finding)]) -> Officer {
    let from = TODAY.saturating_sub(8.years());
    let text = || "x".to_owned();
    let event = |(number, (indicator, days_ago, finding)): (usize, &(&str, i64, Finding))| {
        let occurred_on = TODAY.saturating_sub(days_ago.days());
        let indicator = (*indicator).to_owned();
        let event = Incident { indicator, occurred_on, severity: None, finding: *finding, scene_id: None };
        (format!("e-{number}"), event)
    };
    Officer {
        hired_on: from,
        postings: vec![Posting { from, unit: text(), rank: text(), shift: text(), active: true }],
        exposure: BTreeMap::new(),
        events: events.iter().enumerate().map(event).collect(),
    }
}

fn found(rules: &Ruleset, events: &[(&str, i64, Finding)]) -> String {
    let met = met(rules, &officer(events), TODAY, &[]);
    met.iter()
        .map(|met| format!("{}:{:?}:{}", met.rule, met.severity, met.count))
        .collect::<Vec<_>>()
        .join(" ")
}

const COUNT: &str = r#"
[[thresholds]]
name = "complaints"
indicators = ["complaint"]
warning = { count = 2, days = 90 }
review = { count = 3, days = 180 }
"#;

#[track_caller]
fn check(toml: &str, events: &[(&str, i64, Finding)], expected: &str) {
    assert_eq!(found(&rules(toml), events), expected);
}

use Finding::{Exonerated, Pending, Preventable};

#[test]
fn counts_in_a_rolling_window_with_warning_and_review() {
    let complaint = |days| ("complaint", days, Pending);
    check(COUNT, &[complaint(0)], "");
    check(COUNT, &[complaint(0), complaint(89)], "complaints:Warning:2");
    check(COUNT, &[complaint(0), complaint(90)], "");
    check(COUNT, &[complaint(0), complaint(90), complaint(179)], "complaints:Review:3");
    check(COUNT, &[complaint(0), complaint(90), complaint(180)], "");
    check(COUNT, &[complaint(0), complaint(1), ("use_of_force", 2, Pending)], "complaints:Warning:2");
}

#[test]
fn what_was_cleared_counts_only_where_the_rule_says_so() {
    let events = [("complaint", 1, Pending), ("complaint", 2, Exonerated), ("complaint", 3, Pending)];
    check(COUNT, &events, "complaints:Warning:2");
    check(&COUNT.replace("warning", "any_finding = true\nwarning"), &events, "complaints:Review:3");
}

#[test]
fn a_group_counts_together_and_a_single_event_can_be_enough() {
    let all = "[[thresholds]]\nname = \"all\"\nreview = { count = 3, days = 365 }";
    let mixed = [("complaint", 1, Pending), ("pursuit", 300, Pending), ("collision", 9, Preventable)];
    check(all, &mixed, "all:Review:3");
    // A collision counts once it is found preventable.
    check(all, &[("complaint", 1, Pending), ("pursuit", 300, Pending), ("collision", 9, Pending)], "");
    let single = "[[thresholds]]\nname = \"shots\"\nindicators = [\"firearm_discharge\"]\nreview = { count = 1, days = 30 }";
    check(single, &[("firearm_discharge", 29, Pending)], "shots:Review:1");
    check(single, &[("firearm_discharge", 30, Pending)], "");
}

#[test]
fn a_trend_is_measured_against_the_officers_own_year_before() {
    let trend = "[[thresholds]]\nname = \"trend\"\nindicators = [\"complaint\"]\n\
                 warning = { count = 2, days = 365, times_own_previous = 2 }";
    let complaint = |days| ("complaint", days, Pending);
    check(trend, &[complaint(10), complaint(20), complaint(400)], "trend:Warning:2");
    check(trend, &[complaint(10), complaint(20), complaint(400), complaint(500)], "");
    check(trend, &[complaint(10), complaint(400)], "");
}

#[test]
fn episodes_that_stretch_weekends_stand_out() {
    let sick = "[[thresholds]]\nname = \"sick\"\nindicators = [\"sick_leave\"]\n\
                warning = { count = 4, days = 365, weekdays = [\"monday\", \"friday\"], weekday_share = 0.75 }";
    // 4 July 2026 is a Saturday: 1, 8 and 15 days before are Fridays.
    let ill = |days| ("sick_leave", days, Pending);
    check(sick, &[ill(1), ill(8), ill(15), ill(16)], "sick:Warning:4");
    check(sick, &[ill(1), ill(8), ill(16), ill(17)], "");
}

#[test]
fn a_multiple_of_peers_uses_the_plain_counts() {
    let toml = "[[thresholds]]\nname = \"peers\"\nindicators = [\"complaint\"]\n\
                warning = { count = 2, days = 730, times_peers = 3 }";
    let rules = rules(toml);
    let events = [("complaint", 1, Pending), ("complaint", 2, Pending), ("complaint", 700, Pending)];
    let at = |m_g: f64| {
        let term = Term { indicator: "complaint".into(), m_g, e_plain: 24.0, ..Term::default() };
        met(&rules, &officer(&events), TODAY, &[term]).len()
    };
    assert_eq!((at(1.0 / 24.0), at(1.01 / 24.0)), (1, 0));
}

#[test]
fn the_sentence_says_what_was_counted_and_from_when_on() {
    let rules = rules(COUNT);
    let met = met(&rules, &officer(&[("complaint", 1, Pending), ("complaint", 2, Pending)]), TODAY, &[]);
    assert_eq!(met[0].sentence, "Rule \"complaints\": 2 in 90 days (from 2 on).");
    assert_eq!(met[0].events, ["e-0", "e-1"]);
}
