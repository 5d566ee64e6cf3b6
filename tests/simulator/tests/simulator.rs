//! The simulator itself: one seed is one run to the byte, a case survives being written down, and what broke once
//! stays mended. The long runs are made by the command.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
use simulator::campaign::{Prepared, prepare};
use simulator::case::{Case, Told, shrink};
use simulator::fault::{Fault, Faults};
use simulator::log;

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

#[test]
fn what_broke_once_stays_mended() {
    let prepared = prepared();
    let agency = prepared.agency();
    let cases = include_str!("../regressions.txt").lines().filter(|line| !line.starts_with('#'));
    let mut played = 0;
    for line in cases {
        let report = case(line).play(&agency).unwrap();
        assert_eq!(report.violations, [], "{line}");
        assert!(
            !report.faults.is_empty(),
            "no fault of {line} happened: the story has changed, find it anew"
        );
        played += 1;
    }
    assert!(played > 0);
}

#[test]
fn a_case_is_read_back_as_written() {
    let faults = Faults::from([(3, Fault::CrashAfter), (40, Fault::TimeoutApplied)]);
    for told in [Told::Plain(2), Told::City(7, 32), Told::InOrder(7, 32)] {
        let written = Case { told, faults: Some(faults.clone()) };
        assert_eq!(case(&written.to_string()), written);
    }
    assert!("city 1".parse::<Case>().is_err());
    assert!("plain 0 3:melted".parse::<Case>().is_err());
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
