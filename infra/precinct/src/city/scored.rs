//! What is planted in the sample city is found by the score, and nothing else of it is.
use std::collections::BTreeMap;

use eis::explanation::Explanation;
use eis::{Known, Ledger, Level, Revision, Ruleset};
use jiff::Timestamp;
use jiff::civil::date;

use super::tests::city;
use super::*;

/// The scores of the night after the last day, as the nightly run makes them.
fn scores() -> Vec<Explanation> {
    let rules = Ruleset::parse(include_str!("../../../agency/eis.toml")).unwrap();
    let city = city(SEED);
    let revisions = city.personnel().into_iter().map(|event| {
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        let timestamp: Timestamp = text("timestamp").parse().unwrap();
        let data = event["data"].as_object().unwrap();
        let (read, _) = eis::event::read(&text("type"), data, city.last_day, &rules.names()).unwrap();
        Revision { source: "hr".into(), id: text("id"), timestamp, recorded_at: timestamp, event: read }
    });
    let ledger = Ledger::new(revisions, Known::Reported);
    let input = ledger.input(date(2026, 7, 5), &city.zone, BTreeMap::default());
    eis::score(&input, &rules).scores
}

#[test]
fn planted_officers_score_as_they_were_planted() {
    let scores = scores();
    let of = |id: &str| scores.iter().find(|score| score.officer_id == id).unwrap();
    assert_eq!(of(ESCALATOR).level, Level::Review);
    assert_eq!(of(BUSY).level, Level::None);
    assert_eq!(of(MISTYPED).level, Level::None);
    assert!(of(ROOKIE).insufficient_history);
}

#[test]
fn few_are_to_be_reviewed() {
    let review = scores().iter().filter(|score| score.level == Level::Review).count();
    assert!((1..=8).contains(&review), "{review}");
}
