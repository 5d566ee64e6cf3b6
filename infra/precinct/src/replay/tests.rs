//! A replay of a small afternoon, as printed.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::{Counts, Course, Entry, Input, Rules, Told, profile, read, read_mapped, read_stopped, story};

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

const CASES: &str = r#"
{"type": "case.charged", "id": "1", "timestamp": "2026-07-06T12:00:00-05:00", "data": {"case": {"number": "26-1", "offence": "13A", "release_at": "2026-07-06T12:00:00-05:00"}, "people": [{"id": "v", "roles": ["victim"], "phone": "218-555-0123", "contact": "ok"}]}}
{"type": "case.charged", "id": "2", "timestamp": "2026-07-06T12:00:00-05:00", "data": {"case": {"number": "26-2", "offence": "23F"}, "people": [{"id": "v", "roles": ["victim"], "phone": "218-555-0124", "contact": "ok"}]}}
{"type": "case.closed", "id": "3", "timestamp": "2026-07-06T13:00:00-05:00", "data": {"case": {"number": "26-3", "offence": "23F"}, "people": [{"id": "v", "roles": ["victim"], "phone": "218-555-0125", "contact": "ok"}]}}
"#;

#[test]
fn what_a_person_would_have_had_to_do_is_told() {
    let (told, input) = told(&rules(), CASES, "");
    let tasks: Vec<String> = told
        .iter()
        .flat_map(|(key, one)| {
            one.tasks.iter().map(move |(kind, task)| format!("{key} {kind} {:?}", task.covers))
        })
        .collect();
    let expected = [
        r#"CASE#26-1 victim_update {"case_charged 0 offence_denied"}"#,
        r#"CASE#26-2 held_news {"case_charged 0"}"#,
    ];
    assert_eq!(tasks, expected);
    let counts = Counts::of(&told, input.events.len()).to_string();
    assert!(counts.contains("1  held_news, investigator"), "{counts}");
}

const MERGED: &str = r#"
{"type": "incident.opened", "id": "1", "timestamp": "2026-07-04T14:00:00-05:00", "data": {"incident": {"id": "26-1", "call_type": "LARCENY"}, "people": [{"id": "p1", "roles": ["caller"], "phone": "218-555-0123"}]}}
{"type": "incident.opened", "id": "2", "timestamp": "2026-07-04T14:01:00-05:00", "data": {"incident": {"id": "26-2", "call_type": "LARCENY"}, "people": [{"id": "p1", "roles": ["caller"], "phone": "218-555-0124"}]}}
{"type": "incident.merged", "id": "3", "timestamp": "2026-07-04T14:05:00-05:00", "data": {"incident": {"id": "26-2"}, "merged_into": "26-1"}}
{"type": "unit.enroute", "id": "4", "timestamp": "2026-07-04T14:06:00-05:00", "data": {"incident": {"id": "26-1"}}}
"#;

#[test]
fn people_of_a_merged_call_go_on_in_the_other() {
    let expected = [
        "p1 call_received sent",
        "26-2/p1 call_received merged",
        "26-2/p1 officers_on_the_way sent",
        "p1 officers_on_the_way sent",
    ];
    check(MERGED, "", "INC#26-1", &expected);
}

#[test]
fn rows_of_a_vendor_are_read_by_profile() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agency");
    let rows = "Call No,Type,Priority,Beat,Received,Dispatched,Enroute,Arrived,Closed,Disposition,Units,Caller Name,Caller Phone\n\
        26-1,THEFT,3,21,07/04/2026 14:00:00,,07/04/2026 14:10:00,,,,214,Pat Example,(218) 555-0123\n\
        26-2,WHAT,3,21,07/04/2026 14:00:00,,,,,,,Pat Example,(218) 555-0124\n\
        26-3,THEFT,3,21,yesterday,,,,,,,Pat Example,(218) 555-0125\n";
    let profile = profile(&folder, "example-csv").unwrap();
    let input = read_mapped(rows, &profile).unwrap();
    let unmapped: Vec<_> = input.unmapped.iter().collect();
    assert_eq!(unmapped, [(&("call_types".to_owned(), "WHAT".to_owned()), &1)]);
    assert_eq!(input.faults.len(), 1);
    assert!(input.faults[0].starts_with("line 4: "), "{:?}", input.faults);
    let rules = rules();
    let mut course = Course::new(&rules, &BTreeSet::new());
    for event in &input.events {
        course.take(event);
    }
    let told = course.finish();
    let words = |key: &str| told[key].entries.iter().map(|entry| entry.fate.word()).collect::<Vec<_>>();
    assert_eq!(words("INC#26-1"), ["sent", "sent"]);
    assert!(words("INC#26-2").iter().all(|word| *word == "call_type_denied"));
}
