//! The simulator itself: one seed is one run to the byte, a case survives being written down, and what broke once
//! stays mended. The long runs are made by the command.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
use std::collections::BTreeSet;

use simulator::campaign::{Prepared, prepare};
use simulator::case::{Case, Told, shrink};
use simulator::fault::{Fault, Faults};
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
    let lost = (1..).zip(&nominal.actions).filter(|(_, (_, action))| action == "TransactWriteItems");
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
    // Every other entry is an officer's own, and some callers may not be told.
    assert!((6..20).contains(&numbers.len()), "{numbers:?}");
    assert_eq!(on_the_way.len(), numbers.len());
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
