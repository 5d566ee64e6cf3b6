//! Officers' careers through the ledger: whatever happens to post and service, history stays with the unit held on the
//! day, and duty is counted where there was some.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use std::collections::{BTreeMap, BTreeSet};

use eis::event::{self, Finding};
use eis::input::Officer;
use eis::{Known, Ledger, Revision, Ruleset, score};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

const RECORDED: &str = "2026-01-01T00:00:00Z";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn recorded(kind: &str, data: &Value, on: &str, recorded_at: &str) -> Revision {
    let (event, _) = event::read(kind, data.as_object().unwrap(), day(on), &BTreeSet::new()).unwrap();
    let timestamp = format!("{on}T17:00:00Z").parse().unwrap();
    let id = format!("{kind} {data} {on}");
    Revision { source: "hr".into(), id, timestamp, recorded_at: recorded_at.parse().unwrap(), event }
}

/// Post of `E-1` from a day on: unit, rank, on duty or not; hired in 2015.
fn post(on: &str, unit: &str, rank: &str, active: bool) -> Revision {
    hired("2015-01-01", on, unit, rank, active)
}

fn hired(hired_on: &str, on: &str, unit: &str, rank: &str, active: bool) -> Revision {
    let data = json!({"officer_id": "E-1", "hired_on": hired_on, "rank": rank, "unit": unit, "shift": "days",
        "supervisor_id": null, "active": active});
    recorded("officer.upserted", &data, on, RECORDED)
}

fn complaint(id: &str, on: &str) -> Revision {
    let data = json!({"event_id": id, "officer_id": "E-1", "indicator": "complaint", "occurred_on": on,
        "reported_on": on});
    recorded("event.reported", &data, on, RECORDED)
}

/// What is known of `E-1` on `as_of`, of all that was recorded by then or is imported later.
fn known(revisions: &[Revision], as_of: &str) -> Option<Officer> {
    let ledger = Ledger::new(revisions.to_vec(), Known::Reported);
    ledger.input(day(as_of), &TimeZone::UTC, BTreeMap::new()).officers.remove("E-1")
}

/// Unit and rank held on the day of each event.
#[track_caller]
fn check(revisions: &[Revision], expected: &[(&str, &str, &str)]) {
    let officer = known(revisions, "2026-07-04").unwrap();
    let held: Vec<(&str, &str, &str)> = officer
        .events
        .iter()
        .map(|(id, event)| {
            let posting = &officer.postings[officer.posting_on(event.occurred_on)];
            (id.as_str(), posting.unit.as_str(), posting.rank.as_str())
        })
        .collect();
    assert_eq!(held, expected);
}

/// Months of duty in the five years before 2026-07-04, as the score counts them.
#[track_caller]
fn duty(revisions: &[Revision], expected: f64) {
    let ledger = Ledger::new(revisions.to_vec(), Known::Reported);
    let input = ledger.input(day("2026-07-04"), &TimeZone::UTC, BTreeMap::new());
    let rules = Ruleset::parse(include_str!("../../../infra/agency/eis.toml")).unwrap();
    let months = score(&input, &rules).scores[0].duty_months;
    assert!((months - expected).abs() < 0.1, "{months} months");
}

#[test]
fn a_transfer_takes_no_history_along() {
    let career = [
        post("2015-01-01", "patrol-1", "officer", true),
        post("2024-05-01", "traffic", "officer", true),
        complaint("c-1", "2024-04-30"),
        complaint("c-2", "2024-05-01"),
    ];
    check(&career, &[("c-1", "patrol-1", "officer"), ("c-2", "traffic", "officer")]);
}

#[test]
fn a_change_of_rank_counts_from_its_day() {
    let career = [
        post("2015-01-01", "patrol-1", "officer", true),
        post("2025-01-01", "patrol-1", "sergeant", true),
        complaint("c-1", "2024-12-31"),
        complaint("c-2", "2025-02-01"),
    ];
    check(&career, &[("c-1", "patrol-1", "officer"), ("c-2", "patrol-1", "sergeant")]);
}

#[test]
fn leave_is_no_duty_and_its_end_brings_the_officer_back() {
    let mut career = vec![
        post("2015-01-01", "patrol-1", "officer", true),
        post("2024-01-01", "patrol-1", "officer", false),
        complaint("c-1", "2023-06-01"),
    ];
    assert_eq!(known(&career, "2024-06-01"), None, "nobody on leave is scored");
    career.push(post("2025-01-01", "patrol-2", "officer", true));
    check(&career, &[("c-1", "patrol-1", "officer")]);
    // Five years less the year away: 60 months less 366 days of 30.4 to the month.
    duty(&career, 60.0 - 366.0 / 30.4);
}

#[test]
fn whoever_is_hired_again_keeps_the_service_before() {
    let career = [
        hired("2015-01-01", "2015-01-01", "patrol-1", "officer", true),
        hired("2015-01-01", "2022-07-04", "patrol-1", "officer", false),
        hired("2025-07-04", "2025-07-04", "patrol-2", "officer", true),
        complaint("c-1", "2022-01-01"),
        complaint("c-2", "2026-01-01"),
    ];
    check(&career, &[("c-1", "patrol-1", "officer"), ("c-2", "patrol-2", "officer")]);
    // The complaint of 2022 is set against the duty of 2022, not against one year alone.
    duty(&career, 60.0 - 1096.0 / 30.4);
}

#[test]
fn a_corrected_day_of_hire_is_no_second_hire() {
    let career = [
        hired("2005-01-01", "2023-01-01", "patrol-1", "officer", true),
        hired("2025-01-01", "2025-01-01", "patrol-1", "officer", true),
    ];
    duty(&career, 549.0 / 30.4);
}

#[test]
fn a_finding_years_later_counts_from_the_day_it_was_made() {
    let finding = json!({"event_id": "c-1", "finding": "exonerated", "closed_on": "2025-09-01"});
    let career = [
        post("2015-01-01", "patrol-1", "officer", true),
        complaint("c-1", "2022-03-01"),
        recorded("event.finding", &finding, "2025-09-01", RECORDED),
    ];
    let found = |as_of| known(&career, as_of).unwrap().events["c-1"].finding;
    assert_eq!([found("2025-08-31"), found("2025-09-01")], [Finding::Pending, Finding::Exonerated]);
}

#[test]
fn a_voided_event_is_gone_whatever_was_found() {
    let finding = json!({"event_id": "c-1", "finding": "sustained", "closed_on": "2022-09-01"});
    let career = [
        recorded("event.voided", &json!({"event_id": "c-1"}), "2023-01-01", RECORDED),
        recorded("event.finding", &finding, "2022-09-01", RECORDED),
        post("2015-01-01", "patrol-1", "officer", true),
        complaint("c-1", "2022-03-01"),
        complaint("c-2", "2022-03-02"),
    ];
    check(&career, &[("c-2", "patrol-1", "officer")]);
}

#[test]
fn a_late_revision_changes_later_nights_alone() {
    let later = "2026-07-10T00:00:00Z";
    let moved = json!({"event_id": "c-1", "officer_id": "E-1", "indicator": "policy_violation",
        "occurred_on": "2026-03-01", "reported_on": "2026-03-01"});
    let revisions = [
        post("2015-01-01", "patrol-1", "officer", true),
        complaint("c-1", "2026-03-01"),
        recorded("event.reported", &moved, "2026-07-09", later),
        recorded(
            "officer.upserted",
            &json!({"officer_id": "E-1", "hired_on": "2015-01-01", "rank": "officer",
            "unit": "traffic", "shift": "days", "active": true}),
            "2026-01-01",
            later,
        ),
    ];
    let night = |known: &str| {
        let ledger = Ledger::new(revisions.to_vec(), Known::Recorded(known.parse().unwrap()));
        let mut input = ledger.input(day("2026-07-04"), &TimeZone::UTC, BTreeMap::new());
        let officer = input.officers.remove("E-1").unwrap();
        let posting = &officer.postings[officer.posting_on(day("2026-03-01"))];
        format!("{} in {}", officer.events["c-1"].indicator, posting.unit)
    };
    assert_eq!(night("2026-07-04T08:15:00Z"), "complaint in patrol-1");
    assert_eq!(night(later), "policy_violation in traffic");
}
