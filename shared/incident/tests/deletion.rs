//! What was deleted stays deleted: the same events, posted again in any order, bring nothing back.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use incident::{Case, Event, Incident, event};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_783_000_000 + seconds).unwrap()
}

fn read(kind: &str, seconds: i64, data: &Value) -> Event {
    event::read(kind, at(seconds), data, kind.starts_with("case.")).unwrap()
}

fn apply(incident: &mut Incident, event: &Event) {
    if let Event::Incident(stamp, kind, data) = event {
        incident.apply(*stamp, *kind, data, false);
    }
}

fn told(seconds: i64, kind: &str) -> Event {
    let people = json!([{"id": "p1", "roles": ["victim"], "name": "Sam Sample", "phone": "2185550101"},
        {"id": "p2", "roles": ["suspect"], "email": "x@example.com"}]);
    let data = json!({"incident": {"id": "26-1", "call_type": "DVA", "opened_at": at(0).to_string(),
        "location": {"latitude": 46.78, "longitude": -92.1, "address": "300 W Superior St"}}, "people": people});
    read(kind, seconds, &data)
}

fn any_event() -> impl Strategy<Value = Event> {
    let kinds =
        prop::sample::select(vec!["incident.opened", "incident.updated", "incident.closed", "unit.enroute"]);
    (0i64..9, kinds).prop_map(|(seconds, kind)| told(seconds, kind))
}

proptest! {
    #[test]
    fn what_is_posted_again_after_deletion_changes_nothing(
        events in prop::collection::vec(any_event(), 1..6),
        again in prop::collection::vec(any_event(), 0..6),
        by_order in any::<bool>(),
    ) {
        let mut incident = Incident::new("26-1");
        for event in &events {
            apply(&mut incident, event);
        }
        if by_order { incident.expunge() } else { incident.forget(at(9)) }
        let left = incident.clone();
        for event in &again {
            apply(&mut incident, event);
        }
        prop_assert_eq!(&incident, &left);
        let text = serde_json::to_string(&left).unwrap();
        prop_assert!(!["5550101", "Sam", "example.com", "Superior", "46.78"].iter().any(|gone| text.contains(gone)), "{}", text);
    }
}

#[test]
fn what_is_told_later_counts_again_and_the_call_is_as_unsafe_as_it_was() {
    let mut incident = Incident::new("26-1");
    apply(&mut incident, &told(0, "incident.opened"));
    incident.forget(at(9));
    apply(
        &mut incident,
        &read("incident.reopened", 10, &json!({"incident": {"id": "26-1", "call_type": "NOISE"}})),
    );
    assert_eq!(incident.facts.call_type(), Some("NOISE"));
    assert!(incident.facts.call_types().contains("DVA"), "denial only accumulates");
    assert_eq!(incident.facts.opened_at(), Some(at(0)), "the crime log knows under which day it stands");
}

#[test]
fn an_order_to_expunge_counts_after_deletion_too() {
    let mut incident = Incident::new("26-1");
    incident.forget(at(9));
    apply(&mut incident, &read("incident.expunged", 3, &json!({"incident": {"id": "26-1"}})));
    assert!(incident.facts.is_expunged());
    let mut case = Case::new("26-9");
    case.forget(at(9));
    if let Event::Case(stamp, kind, data) = read("case.sealed", 3, &json!({"case": {"number": "26-9"}})) {
        case.apply(stamp, kind, &data, false);
    }
    assert!(case.facts.is_sealed());
}

#[test]
fn an_erased_person_does_not_come_back_and_the_others_stay() {
    let mut incident = Incident::new("26-1");
    apply(&mut incident, &told(0, "incident.opened"));
    let ids = incident.private.people_at(|address| address.contains("5550101"));
    assert_eq!(ids, ["p1"]);
    incident.private.erase("p1");
    apply(&mut incident, &told(5, "incident.updated"));
    let text = serde_json::to_string(&incident).unwrap();
    assert!(!text.contains("Sam") && !text.contains("5550101") && !text.contains("Superior"), "{text}");
    assert!(text.contains("x@example.com"));
    assert!(incident.private.people["p1"].roles().is_empty());
}

#[test]
fn the_latest_instant_is_the_one_of_a_clock_that_ran_ahead() {
    let mut incident = Incident::new("26-1");
    apply(&mut incident, &told(0, "incident.opened"));
    apply(
        &mut incident,
        &read(
            "incident.updated",
            86_400,
            &json!({"incident": {"id": "26-1"}, "people": [{"id": "p1", "phone": null}]}),
        ),
    );
    assert_eq!(incident.latest(), Some(at(86_400)));
    let eta = json!({"incident": {"id": "26-1"}, "units": [{"id": "2", "eta": at(900_000).to_string()}]});
    apply(&mut incident, &read("unit.enroute", 1, &eta));
    assert_eq!(incident.latest(), Some(at(86_400)), "what a field says is no instant of telling");
}
