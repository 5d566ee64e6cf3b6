//! The simulator itself: one seed is one run to the byte, a case survives being written down, and what broke once
//! stays mended. The long runs are made by the command.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
use std::collections::BTreeSet;

use simulator::campaign::{Prepared, prepare};
use simulator::case::{Case, Told, shrink};
use simulator::fault::{Fault, Faults};
use simulator::order::compare;
use simulator::{Report, log};

/// Calls of a city here: a debug build plays some ten thousand service calls a minute.
const CALLS: u32 = 3;

fn prepared() -> Prepared {
    log::catch();
    prepare().unwrap()
}

fn case(words: &str) -> Case {
    words.parse().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_trace_and_another_seed_another() {
    let prepared = prepared();
    let agency = prepared.agency();
    let trace = |seed| {
        let report = Case { told: Told::City(seed, CALLS), faults: None }.play(&agency).unwrap();
        assert_eq!(report.violations, []);
        (report.trace, report.faults, report.told)
    };
    let first = trace(11);
    assert_eq!(trace(11), first);
    assert_ne!(trace(12).0, first.0);
}

/// A transaction whose answer was lost failed on its own effect when it was tried again, and its claim ended as unknown.
#[test]
fn a_transaction_whose_answer_is_lost_is_known_as_done() {
    let prepared = prepared();
    let agency = prepared.agency();
    // What waits ten seconds for an answer may come after what did not.
    let told = |report: &Report| report.told.iter().cloned().collect::<BTreeSet<_>>();
    let nominal = case("plain 0").play(&agency).unwrap();
    let lost = (1..).zip(&nominal.actions).filter(|(_, asked)| asked.action == "TransactWriteItems");
    let mut played = 0;
    for ((effect, _), fault) in lost.flat_map(|at| [(at, Fault::ErrorApplied), (at, Fault::TimeoutApplied)]) {
        let report = case(&format!("plain 0 {effect}:{fault}")).play(&agency).unwrap();
        assert_eq!(report.violations, [], "{effect} {fault}");
        assert_eq!(told(&report), told(&nominal), "{effect} {fault}");
        played += 1;
    }
    assert!(played > 4, "{played}");
}

#[test]
fn a_case_is_read_back_as_written() {
    let faults = Faults::from([(3, Fault::CrashAfter), (40, Fault::TimeoutApplied)]);
    for told in [Told::Plain(2), Told::City(7, 32), Told::InOrder(7, 32), Told::Storm(7, 600)] {
        let written = Case { told, faults: Some(faults.clone()) };
        assert_eq!(case(&written.to_string()), written);
    }
    assert_eq!(case("city 7 32 drawn"), Case { told: Told::City(7, 32), faults: None });
    assert_eq!(case("city 7 32 drawn").to_string(), "city 7 32 drawn");
    assert!("city 1".parse::<Case>().is_err());
    assert!("plain 0 3:melted".parse::<Case>().is_err());
}

#[test]
fn who_calls_in_a_storm_is_told_after_one_post() {
    let prepared = prepared();
    let report = case("storm 3 40").play(&prepared.agency()).unwrap();
    assert_eq!(report.violations, []);
    assert_eq!(report.lifecycles, 40);
    let on_the_way: Vec<_> = report.told.iter().filter(|(_, words)| words.contains("on the way")).collect();
    let numbers: BTreeSet<_> = on_the_way.iter().map(|(number, _)| number).collect();
    // Every other entry is an officer's own, and some callers may not be told; one may have called again.
    assert!((5..20).contains(&numbers.len()), "{numbers:?}");
    assert!(on_the_way.len() >= numbers.len(), "{on_the_way:?}");
}

/// Without somebody who calls again and again no address comes near the cap, and its check is worth nothing.
#[test]
fn who_calls_again_and_again_is_told_as_often_as_the_cap_says_and_no_more() {
    let prepared = prepared();
    let report = case("city 7 20 drawn").play(&prepared.agency()).unwrap();
    assert_eq!(report.violations, []);
    let count = |number: &str| report.told.iter().filter(|(to, _)| to == number).count();
    // `per_number_per_day` of the shipped folder.
    assert_eq!(report.told.iter().map(|(to, _)| count(to)).max(), Some(12));
}

/// Records given up were lost, and the crime log was not looked at in a run in which any were.
#[test]
fn what_lambda_gave_up_is_handed_out_again_and_stands_in_the_crime_log() {
    let prepared = prepared();
    let report = case("storm 31 12 drawn").play(&prepared.agency()).unwrap();
    assert_eq!(report.violations, []);
    assert!(report.given_up > 0 && report.redriven > 0, "{} {}", report.given_up, report.redriven);
}

#[test]
fn faults_that_matter_not_are_left_out() {
    // Nothing is broken without a mistake: shrinking gives the case back as it is.
    let prepared = prepared();
    let agency = prepared.agency();
    let faults = Faults::from([(5, Fault::Throttle)]);
    let tried = case("plain 0");
    assert_eq!(shrink(&tried, &faults, &agency).unwrap(), tried);
}

/// As a violation prints it: two faults of the plain story.
#[test]
fn plain_0() {
    let prepared = prepared();
    let report = case("plain 0 12:timeout-applied 19:crash-before").play(&prepared.agency()).unwrap();
    assert_eq!(report.violations, []);
}

/// As a violation prints it: a city told in two orders.
#[test]
fn orders_8_3() {
    let prepared = prepared();
    assert_eq!(compare(8, 3, &prepared.agency()).unwrap().1, Vec::<String>::new());
}
