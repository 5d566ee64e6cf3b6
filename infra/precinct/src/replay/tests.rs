//! A replay of a small afternoon, as printed.
use std::path::Path;

use super::{Counts, Course, Rules, read, story};

const AFTERNOON: &str = r#"
{"type": "incident.opened", "id": "1", "timestamp": "2026-07-04T14:00:00-05:00", "data": {"incident": {"id": "26-1", "call_type": "LARCENY", "priority": 3}, "people": [{"id": "p1", "roles": ["caller"], "phone": "218-555-0123"}]}}
{"type": "incident.opened", "id": "2", "timestamp": "2026-07-04T14:05:00-05:00", "data": {"incident": {"id": "26-2", "call_type": "DVA"}, "people": [{"id": "p1", "roles": ["caller"], "phone": "218-555-0124"}]}}
{"type": "unit.enroute", "id": "3", "timestamp": "2026-07-04T14:40:00-05:00", "data": {"incident": {"id": "26-1"}}}
{"type": "incident.opened", "id": "4", "timestamp": "2026-07-05T14:00:00-05:00", "data": {"incident": {"id": "26-3", "call_type": "NOISE"}, "people": [{"id": "p1", "roles": ["caller"], "phone": "218-555-0124"}]}}
{"type": "case.opened", "id": "5", "timestamp": "2026-07-04T22:00:00-05:00", "data": {"case": {"number": "26-9", "incident_id": "26-1", "offence": "23F"}}}
{"type": "incident.opened", "id": "6", "timestamp": "2026-07-04T14:00:00-05:00", "data": {"incident": {}}}
"#;

fn replayed(text: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agency");
    let rules = Rules::load(&folder).expect("the shipped folder is sound");
    let (events, faults) = read(text);
    let mut course = Course::new(&rules);
    for event in &events {
        course.take(event);
    }
    let told = course.finish();
    format!("{}{}{}", story(&told, &rules.agency.zone), Counts::of(&told, events.len()), faults.join("\n"))
}

#[test]
fn each_persons_story_and_the_counts() {
    insta::assert_snapshot!(replayed(AFTERNOON));
}

#[test]
fn order_of_the_lines_does_not_matter() {
    let reversed: Vec<&str> = AFTERNOON.lines().rev().collect();
    let (one, other) = (replayed(AFTERNOON), replayed(&reversed.join("\n")));
    let without_faults = |text: &str| text.rsplit_once("line ").map(|(text, _)| text.to_owned());
    assert_eq!(without_faults(&one), without_faults(&other));
}
