//! What a run may see: nothing recorded late, nothing dated later, nothing confidential, in any order of arrival.
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Ruleset, event, run, score::score};

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

fn revision(kind: &str, data: Value, timestamp: &str, recorded_at: &str) -> Revision {
    let Value::Object(data) = data else { panic!("data is an object") };
    let timestamp: Timestamp = timestamp.parse().unwrap();
    let day = timestamp.to_zoned_datetime(zone()).date();
    let (event, _) = event::read(kind, &data, day, &BTreeSet::new()).unwrap();
    let id = format!("{kind}-{timestamp}-{recorded_at}");
    Revision { source: "hr".into(), id, timestamp, recorded_at: recorded_at.parse().unwrap(), event }
}

fn hired(id: &str, unit: &str, on: &str) -> Revision {
    let data = json!({"officer_id": id, "hired_on": "2015-01-01", "rank": "officer", "unit": unit, "shift": "days",
        "supervisor_id": null, "active": true});
    revision("officer.upserted", data, &format!("{on}T12:00:00Z"), "2026-07-01T00:00:00Z")
}

fn complaint(id: &str, extra: &Value, recorded_at: &str) -> Revision {
    let mut data = json!({"event_id": id, "officer_id": "E-1", "indicator": "complaint",
        "occurred_on": "2026-06-01", "reported_on": "2026-06-02"});
    for (name, value) in extra.as_object().into_iter().flatten() {
        data[name] = value.clone();
    }
    revision("event.reported", data, "2026-06-02T12:00:00Z", recorded_at)
}

fn finding(id: &str, finding: &str, closed_on: &str) -> Revision {
    let data = json!({"event_id": id, "finding": finding, "closed_on": closed_on});
    revision("event.finding", data, &format!("{closed_on}T12:00:00Z"), "2026-07-01T00:00:00Z")
}

const RECORDED: &str = "2026-07-01T00:00:00Z";
/// 03:30 on 4 July in Chicago.
const NIGHT: &str = "2026-07-04T08:30:00Z";

fn input(revisions: Vec<Revision>) -> Input {
    let watermark = run::watermark(NIGHT.parse().unwrap());
    Ledger::new(revisions, Known::Recorded(watermark)).input(
        "2026-07-04".parse().unwrap(),
        &zone(),
        BTreeMap::new(),
    )
}

#[track_caller]
fn seen(revisions: Vec<Revision>, expected: &[(&str, Finding)]) {
    let mut all = vec![hired("E-1", "patrol-1", "2020-01-01")];
    all.extend(revisions);
    let input = input(all);
    let events: Vec<(&str, Finding)> =
        input.officers["E-1"].events.iter().map(|(id, event)| (id.as_str(), event.finding)).collect();
    assert_eq!(events, expected);
}

#[test]
fn the_watermark_lies_fifteen_minutes_before_the_run() {
    seen(vec![complaint("c", &json!({}), "2026-07-04T08:15:00Z")], &[("c", Finding::Pending)]);
    seen(vec![complaint("c", &json!({}), "2026-07-04T08:15:00.000000001Z")], &[]);
}

#[test]
fn what_is_dated_later_is_not_there_yet() {
    seen(
        vec![complaint("c", &json!({"occurred_on": "2026-07-05", "reported_on": "2026-07-05"}), RECORDED)],
        &[],
    );
    seen(vec![complaint("c", &json!({"reported_on": "2026-07-05"}), RECORDED)], &[]);
    let later = finding("c", "exonerated", "2026-07-05");
    seen(vec![complaint("c", &json!({}), RECORDED), later], &[("c", Finding::Pending)]);
}

#[test]
fn confidential_events_wait_for_their_day() {
    seen(vec![complaint("c", &json!({"confidential_until": "2026-07-05"}), RECORDED)], &[]);
    seen(
        vec![complaint("c", &json!({"confidential_until": "2026-07-04"}), RECORDED)],
        &[("c", Finding::Pending)],
    );
}

#[test]
fn the_last_finding_stands_and_may_arrive_before_the_report() {
    let findings = [finding("c", "unfounded", "2026-06-20"), finding("c", "sustained", "2026-06-10")];
    let mut revisions = findings.to_vec();
    revisions.push(complaint("c", &json!({}), RECORDED));
    seen(revisions, &[("c", Finding::Unfounded)]);
}

#[test]
fn a_voided_event_is_gone() {
    let voided = revision("event.voided", json!({"event_id": "c"}), "2026-06-03T12:00:00Z", RECORDED);
    seen(vec![voided, complaint("c", &json!({}), RECORDED)], &[]);
}

#[test]
fn a_corrected_report_may_move_to_another_officer() {
    let mut moved = complaint("c", &json!({"officer_id": "E-2"}), RECORDED);
    moved.timestamp = "2026-06-09T12:00:00Z".parse().unwrap();
    let both = vec![
        hired("E-1", "patrol-1", "2020-01-01"),
        hired("E-2", "patrol-1", "2020-01-01"),
        complaint("c", &json!({}), RECORDED),
        moved,
    ];
    let input = input(both);
    assert!(input.officers["E-1"].events.is_empty());
    assert!(input.officers["E-2"].events.contains_key("c"));
}

#[test]
fn transfers_keep_their_days_and_later_ones_wait() {
    let posts = vec![
        hired("E-1", "patrol-1", "2020-01-01"),
        hired("E-1", "patrol-3", "2026-05-01"),
        hired("E-1", "traffic", "2026-07-09"),
    ];
    let input = input(posts);
    let officer = &input.officers["E-1"];
    let units: Vec<&str> = officer.postings.iter().map(|posting| posting.unit.as_str()).collect();
    assert_eq!(units, ["patrol-1", "patrol-3"]);
    assert_eq!(officer.postings[0].from, officer.hired_on, "the first post reaches back to the day of hire");
    assert_eq!(officer.posting_on("2026-04-30".parse().unwrap()), 0);
    assert_eq!(officer.posting_on("2026-05-01".parse().unwrap()), 1);
}

#[test]
fn civilians_and_those_off_duty_are_not_scored() {
    let mut civilian = hired("E-1", "records", "2020-01-01");
    let mut away = hired("E-2", "patrol-1", "2020-01-01");
    if let Event::OfficerUpserted(data) = &mut civilian.event {
        data.employee_type = EmployeeType::Civilian;
    }
    if let Event::OfficerUpserted(data) = &mut away.event {
        data.active = false;
    }
    assert!(input(vec![civilian, away]).officers.is_empty());
}

#[test]
fn officers_without_a_post_are_named() {
    let revisions = [
        hired("E-1", "patrol-1", "2020-01-01"),
        complaint("a", &json!({}), RECORDED),
        complaint("b", &json!({"officer_id": "E-l"}), RECORDED),
    ];
    let ledger = Ledger::new(revisions, Known::Reported);
    assert_eq!(ledger.unknown_officers(), BTreeSet::from(["E-l"]));
}

fn history() -> Vec<Revision> {
    let mut revisions = Vec::new();
    for number in 0..40 {
        revisions.push(hired(&format!("E-{number}"), &format!("patrol-{}", number % 3), "2020-01-01"));
    }
    for number in 0..60 {
        let officer = format!("E-{}", number * number % 40);
        let day = format!("2026-0{}-1{}", 1 + number % 6, number % 9);
        let extra = json!({"officer_id": officer, "occurred_on": day, "reported_on": day});
        revisions.push(complaint(&format!("c-{number}"), &extra, RECORDED));
        revisions.push(finding(&format!("c-{number}"), ["sustained", "unfounded"][number % 2], "2026-06-30"));
    }
    revisions
}

/// One night's identity and every byte of its output.
fn night(revisions: Vec<Revision>) -> (run::Run, Vec<String>) {
    let rules = Ruleset::parse(include_str!("../../../../infra/agency/eis.toml")).unwrap();
    let input = input(revisions);
    let output = score(&input, &rules);
    let identity = run::Identity::new(NIGHT.parse().unwrap(), &rules, &input);
    let run = run::Run::new(identity, &output.missing_feeds, &output.summary());
    (run, output.scores.iter().map(crate::Explanation::to_json).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn shuffled_and_repeated_input_gives_the_same_bytes(order in Just((0..160_usize).collect::<Vec<_>>()).prop_shuffle(), again in 0..160_usize) {
        let history = history();
        let mut shuffled: Vec<Revision> = order.iter().map(|index| history[*index].clone()).collect();
        shuffled.push(history[again].clone());
        prop_assert_eq!(night(shuffled), night(history));
    }
}
