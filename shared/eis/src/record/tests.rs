//! Training rounds, findings that come years later, and what must not be shown yet.
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::{Known, Revision, event};

fn revision(kind: &str, data: Value, on: &str) -> Revision {
    let Value::Object(data) = data else { panic!("data is an object") };
    let timestamp: Timestamp = format!("{on}T12:00:00Z").parse().unwrap();
    let (event, _) =
        event::read(kind, &data, on.parse().unwrap(), &std::collections::BTreeSet::new()).unwrap();
    let id = format!("{kind}-{on}-{data:?}");
    Revision { source: "hr".into(), id, timestamp, recorded_at: timestamp, event }
}

fn post(unit: &str, active: bool, on: &str) -> Revision {
    let data = json!({"officer_id": "E-1", "hired_on": "2015-01-01", "rank": "officer", "unit": unit,
        "shift": "days", "supervisor_id": null, "active": active});
    revision("officer.upserted", data, on)
}

fn required(due_on: &str) -> Revision {
    let data = json!({"officer_id": "E-1", "course": "cit", "due_on": due_on});
    revision("training.required", data, "2020-01-01")
}

fn completed(on: &str, result: &str, expires_on: Option<&str>) -> Revision {
    let data = json!({"officer_id": "E-1", "course": "cit", "hours": 8, "result": result, "completed_on": on,
        "expires_on": expires_on});
    revision("training.completed", data, on)
}

#[track_caller]
fn check(revisions: Vec<Revision>, expected: Status) {
    let ledger = Ledger::new(revisions, Known::Reported);
    assert_eq!(ledger.training("E-1", "2026-07-04".parse().unwrap())[0].status, expected);
}

#[test]
fn a_course_is_required_until_it_is_overdue_or_passed() {
    check(vec![required("2026-07-04")], Status::Required);
    check(vec![required("2026-07-03")], Status::Overdue);
    check(vec![required("2026-07-03"), completed("2026-07-04", "passed", None)], Status::Completed);
    check(vec![required("2026-07-03"), completed("2026-07-04", "failed", None)], Status::Overdue);
    check(vec![required("2026-07-03"), completed("2026-07-05", "passed", None)], Status::Overdue);
    check(vec![completed("2020-01-01", "passed", None)], Status::Completed);
}

#[test]
fn each_years_requirement_wants_its_own_passing() {
    let years = || vec![required("2025-06-30"), required("2026-06-30")];
    let with = |on: &str| [years(), vec![completed(on, "passed", None)]].concat();
    check(with("2025-05-01"), Status::Overdue);
    check(with("2026-05-01"), Status::Completed);
}

#[test]
fn what_was_passed_runs_out() {
    check(vec![completed("2024-01-01", "passed", Some("2026-07-03"))], Status::Expired);
    check(vec![completed("2024-01-01", "passed", Some("2026-07-04"))], Status::Completed);
}

fn complaint(confidential_until: Option<&str>) -> Revision {
    let data = json!({"event_id": "ia-1", "officer_id": "E-1", "indicator": "complaint",
        "occurred_on": "2020-03-01", "reported_on": "2020-03-05", "confidential_until": confidential_until});
    revision("event.reported", data, "2020-03-05")
}

fn shown(revisions: Vec<Revision>, as_of: &str) -> Vec<RecordedEvent> {
    let ledger = Ledger::new(revisions, Known::Reported);
    ledger.record("E-1", as_of.parse().unwrap(), &TimeZone::UTC).unwrap().events
}

#[test]
fn a_finding_years_later_stands_beside_the_unit_of_the_day() {
    let finding = json!({"event_id": "ia-1", "finding": "exonerated", "closed_on": "2024-09-01"});
    let revisions = || {
        vec![
            post("patrol-1", true, "2018-01-01"),
            post("traffic", true, "2022-01-01"),
            complaint(None),
            revision("event.finding", finding.clone(), "2024-09-01"),
        ]
    };
    let before = shown(revisions(), "2024-08-31");
    assert_eq!((before[0].finding, before[0].unit.as_deref()), (Finding::Pending, Some("patrol-1")));
    let after = shown(revisions(), "2024-09-01");
    assert_eq!((after[0].finding, after[0].unit.as_deref()), (Finding::Exonerated, Some("patrol-1")));
}

#[test]
fn what_is_confidential_is_not_there_before_its_day() {
    let revisions = || vec![post("patrol-1", true, "2018-01-01"), complaint(Some("2026-08-01"))];
    assert_eq!(shown(revisions(), "2026-07-31").len(), 0);
    assert_eq!(shown(revisions(), "2026-08-01").len(), 1);
}

#[test]
fn a_voided_event_is_kept_and_shown_so() {
    let void = revision("event.voided", json!({"event_id": "ia-1"}), "2021-01-01");
    assert!(shown(vec![post("patrol-1", true, "2018-01-01"), complaint(None), void], "2026-07-04")[0].voided);
}

#[test]
fn a_notice_is_delayed_until_its_day() {
    let delay = json!({"officer_id": "E-1", "authority": "County prosecutor", "until": "2026-10-01"});
    let ledger = Ledger::new(vec![revision("notice.delayed", delay, "2026-07-01")], Known::Reported);
    assert!(ledger.notice_delay("E-1", "2026-09-30".parse().unwrap()).is_some());
    assert_eq!(ledger.notice_delay("E-1", "2026-10-01".parse().unwrap()), None);
}
