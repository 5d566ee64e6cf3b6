//! A replay of a small afternoon, as printed.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::{Counts, Course, Entry, Input, Rules, Told, read, read_stopped, story};

const AFTERNOON: &str = r#"
{"type": "incident.opened", "id": "1", "timestamp": "2026-07-04T14:00:00-05:00", "data": {"incident": {"id": "26-1", "call_type": "LARCENY", "priority": 3}, "people": [{"id": "p1", "roles": ["caller"], "phone": "218-555-0123"}]}}
{"type": "incident.opened", "id": "2", "timestamp": "2026-07-04T14:05:00-05:00", "data": {"incident": {"id": "26-2", "call_type": "DVA"}, "people": [{"id": "p1", "roles": ["caller"], "phone": "218-555-0124"}]}}
{"type": "unit.enroute", "id": "3", "timestamp": "2026-07-04T14:40:00-05:00", "data": {"incident": {"id": "26-1"}}}
{"type": "incident.opened", "id": "4", "timestamp": "2026-07-05T14:00:00-05:00", "data": {"incident": {"id": "26-3", "call_type": "NOISE"}, "people": [{"id": "p1", "roles": ["caller"], "phone": "218-555-0124"}]}}
{"type": "case.opened", "id": "5", "timestamp": "2026-07-04T22:00:00-05:00", "data": {"case": {"number": "26-9", "incident_id": "26-1", "offence": "23F"}}}
{"type": "incident.opened", "id": "6", "timestamp": "2026-07-04T14:00:00-05:00", "data": {"incident": {}}}
"#;

fn rules() -> Rules {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agency");
    Rules::load(&folder, false).expect("the shipped folder is sound")
}

fn told(rules: &Rules, text: &str, stopped: &str) -> (BTreeMap<String, Told>, Input) {
    let input = read(text);
    let stopped = read_stopped(stopped).expect("addresses");
    let mut course = Course::new(rules, &stopped);
    for event in &input.events {
        course.take(event);
    }
    (course.finish(), input)
}

fn replayed(text: &str) -> String {
    let rules = rules();
    let (told, input) = told(&rules, text, "");
    let counts = Counts::of(&told, input.events.len());
    format!("{}{counts}{}", story(&told, &rules.zone), input.faults.join("\n"))
}

/// What became of each update to each person of a subject, in the order of time.
#[track_caller]
fn check(text: &str, stopped: &str, subject: &str, expected: &[&str]) {
    let (told, _) = told(&rules(), text, stopped);
    let line = |entry: &Entry| format!("{} {} {}", entry.person, entry.kind, entry.fate.word());
    let found: Vec<String> = told[subject].entries.iter().map(line).collect();
    assert_eq!(found, expected);
}

#[test]
fn each_persons_story_and_the_counts() {
    insta::assert_snapshot!(replayed(AFTERNOON));
}

#[test]
fn order_of_the_lines_and_repetitions_do_not_matter() {
    let reversed: Vec<&str> = AFTERNOON.lines().rev().chain(AFTERNOON.lines()).collect();
    let (one, other) = (replayed(AFTERNOON), replayed(&reversed.join("\n")));
    let without_faults = |text: &str| text.split_once("line ").map(|(text, _)| text.to_owned());
    assert_eq!(without_faults(&one), without_faults(&other));
}

#[test]
fn who_had_opted_out_before_is_told_nothing() {
    let stopped = "# from the old system\n(218) 555-0123\nsomebody@example.com\n";
    let expected =
        ["p1 call_received opted_out", "p1 officers_delayed opted_out", "p1 officers_on_the_way opted_out"];
    check(AFTERNOON, stopped, "INC#26-1", &expected);
}

#[test]
fn a_bad_address_is_named_by_its_line_and_not_repeated() {
    let fault = read_stopped("218-555-0123\nnobody\n").unwrap_err();
    assert_eq!(fault, "line 2: is neither a telephone number nor an e-mail address");
}

#[test]
fn a_generated_month_is_replayed_with_nothing_left_out() {
    let city = crate::city::City {
        seed: 7,
        last_day: date(2026, 6, 30),
        zone: TimeZone::get("America/Chicago").unwrap(),
    };
    let events = city.calls(150);
    let text: Vec<String> = events.iter().map(serde_json::Value::to_string).collect();
    let (told, input) = told(&rules(), &text.join("\n"), "");
    assert_eq!(input.faults, [""; 0]);
    assert!(input.repeated > 0);
    let words: BTreeSet<&str> =
        told.values().flat_map(|one| &one.entries).map(|entry| entry.fate.word()).collect();
    for expected in ["sent", "call_type_denied", "superseded", "role_not_notified"] {
        assert!(words.contains(expected), "{expected} is not among {words:?}");
    }
    assert_eq!(events, city.calls(150), "the same seed gives the same bytes");
}
