//! Repeat calls: what counts as one, who counts as told, and the interval of a difference against published examples.
#![expect(clippy::unwrap_used, reason = "in a test, what cannot be had is a failure")]
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use updates::effect::{Arm, Arms, Call, Effect, difference};
use updates::summary::{Summary, shown};

const DAY: &str = "2026-07-07T05:00:00Z";

fn at(minute: i64) -> Timestamp {
    DAY.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

fn call(id: &str, minute: i64) -> Call {
    Call {
        id: id.into(),
        call_type: "NOISE".into(),
        opened_at: at(minute),
        numbers: BTreeSet::from(["number-1".into()]),
        merged_into: BTreeSet::new(),
        called_again: Vec::new(),
        told_at: None,
        drawn: false,
        held_out: false,
    }
}

fn total(calls: &[Call]) -> Arms {
    Effect::of(calls, at(0), at(24 * 60)).total()
}

#[track_caller]
fn check(later: Call, repeats: bool) {
    let arms = total(&[call("1", 10), later]);
    let calls = if repeats { 1 } else { 2 };
    assert_eq!(arms.not_told, Arm { calls, repeats: repeats.into() });
}

#[test]
fn another_call_from_the_number_about_the_same_within_an_hour_is_a_repeat() {
    check(call("2", 70), true);
    check(call("2", 71), false);
    check(Call { numbers: BTreeSet::from(["number-2".into()]), ..call("2", 20) }, false);
    check(Call { call_type: "LARCENY".into(), ..call("2", 20) }, false);
    let merged_into = BTreeSet::from(["1".to_owned()]);
    check(Call { call_type: "LARCENY".into(), merged_into, ..call("2", 20) }, true);
}

#[test]
fn a_further_caller_record_is_a_repeat_only_after_the_opening() {
    let again = |minute| total(&[Call { called_again: vec![at(minute)], ..call("1", 10) }]).not_told.repeats;
    assert_eq!((again(10), again(11), again(70), again(71)), (0, 1, 1, 0));
}

#[test]
fn a_repeat_is_no_first_call_and_days_share_none() {
    let calls = [call("1", 10), call("2", 40), call("3", 69)];
    assert_eq!(total(&calls).not_told, Arm { calls: 1, repeats: 1 });
    // The first of the evening before is counted there; its repeat past midnight is not a first one.
    let night = [call("1", -20), call("2", 5)];
    assert_eq!(total(&night), Arms::default());
}

#[test]
fn a_late_message_does_not_count_as_told_and_the_lot_counts_whatever_came_of_it() {
    let told = Call { told_at: Some(at(11)), drawn: true, ..call("1", 10) };
    let late = Call { told_at: Some(at(121)), drawn: true, ..call("2", 110) };
    let held = Call { drawn: true, held_out: true, ..call("3", 210) };
    let one = Arm { calls: 1, repeats: 0 };
    let two = Arm { calls: 2, repeats: 0 };
    let expected = Arms { told: one, not_told: two, drawn_to_tell: two, held_out: one };
    assert_eq!(total(&[told, late, held]), expected);
}

/// Newcombe 1998, table II, method 10.
#[track_caller]
fn newcombe(one: (u32, u32), other: (u32, u32), lower: f64, upper: f64) {
    let arm = |(repeats, calls)| Arm { calls, repeats };
    let found = difference(arm(one), arm(other)).unwrap();
    assert!((found.lower - lower).abs() < 5e-5 && (found.upper - upper).abs() < 5e-5, "{found:?}");
}

#[test]
fn the_interval_is_newcombes() {
    newcombe((56, 70), (48, 80), 0.0524, 0.3339);
    newcombe((9, 10), (3, 10), 0.1705, 0.8090);
    newcombe((6, 7), (2, 7), 0.0582, 0.8062);
    newcombe((5, 56), (0, 29), -0.0381, 0.1926);
    newcombe((0, 10), (0, 20), -0.1611, 0.2775);
    newcombe((10, 10), (0, 20), 0.6791, 1.0);
    assert_eq!(difference(Arm::default(), Arm { calls: 1, repeats: 0 }), None);
}

#[test]
fn days_add_up_and_small_counts_are_not_shown() {
    let day = |date: &str, effect: Effect| Summary {
        from: date.parse().unwrap(),
        to: date.parse().unwrap(),
        policy: "p".into(),
        updates: Vec::new(),
        tasks: std::collections::BTreeMap::new(),
        effect,
        revocations: updates::standing::Revocations::default(),
        surveys: updates::standing::Surveys::default(),
    };
    let effect = Effect::of(&[call("1", 10)], at(0), at(1440));
    let mut sum = day("2026-07-07", effect.clone());
    assert!(sum.csv().contains("calls,\"NOISE\",,not_told,,,<5"), "{}", sum.csv());
    for n in 8..12 {
        sum.add(&day(&format!("2026-07-{n:02}"), effect.clone()));
    }
    assert!(sum.csv().contains("calls,\"all\",,not_told,,,5"), "{}", sum.csv());
    assert_eq!((shown(0), shown(4), shown(5)), ("0".into(), "<5".into(), "5".into()));
}
