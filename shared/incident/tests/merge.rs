//! Facts merge: order, repetition and grouping of events leave the same state.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use incident::{Case, Event, Incident, event};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(kind: &str, at: i64, data: &Value) -> Event {
    let at = jiff::Timestamp::from_second(1_783_000_000 + at).unwrap();
    event::read(kind, at, data, kind.starts_with("case.")).unwrap()
}

fn incident(events: &[Event]) -> Incident {
    let mut incident = Incident::new("26-1");
    for event in events {
        if let Event::Incident(stamp, kind, data) = event {
            incident.apply(*stamp, *kind, data, false);
        }
    }
    incident
}

fn any_incident_event() -> impl Strategy<Value = Event> {
    let kinds = prop::sample::select(vec![
        "incident.opened",
        "incident.updated",
        "incident.reclassified",
        "unit.enroute",
        "unit.delayed",
        "unit.diverted",
        "unit.arrived",
        "incident.closed",
        "incident.cancelled",
        "incident.reopened",
    ]);
    let person = prop::sample::select(vec![
        json!({"id": "p1", "roles": ["caller"], "phone": "2185550101"}),
        json!({"id": "p1", "phone": null}),
        json!({"id": "p1", "removed": true}),
        json!({"id": "p2", "roles": ["suspect"], "email": "x@example.com"}),
        json!({"id": "p2", "contact": "never"}),
    ]);
    // Few distinct seconds, so that ties are common.
    (kinds, 0i64..4, person, prop::sample::select(vec!["LARCENY", "NOISE", "DVA"]), 1u8..4).prop_map(
        |(kind, at, person, call_type, priority)| {
            let data = json!({"incident": {"id": "26-1", "call_type": call_type, "priority": priority},
                "people": [person], "units": [{"id": "214", "status": "enroute"}]});
            read(kind, at, &data)
        },
    )
}

proptest! {
    #[test]
    fn any_order_and_repetition_gives_the_same_incident(
        (events, shuffled) in prop::collection::vec(any_incident_event(), 1..12)
            .prop_flat_map(|events| {
                let twice: Vec<Event> = events.iter().chain(&events).cloned().collect();
                (Just(events), Just(twice).prop_shuffle())
            })
    ) {
        let (once, again) = (incident(&events), incident(&shuffled));
        prop_assert_eq!(once.safety_text(), again.safety_text());
        prop_assert_eq!(once, again);
    }

    #[test]
    fn stored_facts_read_back_the_same(events in prop::collection::vec(any_incident_event(), 1..12)) {
        let incident = incident(&events);
        let facts = serde_json::to_string(&incident.facts).unwrap();
        let private = serde_json::to_string(&incident.private).unwrap();
        prop_assert_eq!(serde_json::from_str::<incident::call::Facts>(&facts).unwrap(), incident.facts.clone());
        prop_assert_eq!(serde_json::from_str::<incident::call::Private>(&private).unwrap(), incident.private.clone());
        prop_assert!(!facts.contains("5550101") && !facts.contains("example.com"));
    }
}

#[test]
fn later_facts_win_whenever_they_arrive() {
    let early = read("incident.opened", 0, &json!({"incident": {"id": "26-1", "call_type": "NOISE"}}));
    let late = read("incident.reclassified", 60, &json!({"incident": {"id": "26-1", "call_type": "DVA"}}));
    let incident = incident(&[late, early]);
    assert_eq!(incident.facts.call_type(), Some("DVA"));
    assert_eq!(incident.facts.call_types().len(), 2, "denial accumulates over every type it ever had");
}

#[test]
fn null_clears_and_absent_does_not() {
    let set = read("incident.opened", 0, &json!({"incident": {"id": "26-1"}, "case_number": "26-9"}));
    let silent = read("incident.updated", 1, &json!({"incident": {"id": "26-1"}}));
    let cleared = read("incident.updated", 2, &json!({"incident": {"id": "26-1"}, "case_number": null}));
    assert_eq!(incident(&[set.clone(), silent]).facts.case_number(), Some("26-9"));
    assert_eq!(incident(&[set, cleared]).facts.case_number(), None);
}

#[test]
fn suspect_and_never_stay_once_said() {
    let named = read(
        "incident.opened",
        0,
        &json!({"incident": {"id": "26-1"},
        "people": [{"id": "p1", "roles": ["suspect"], "contact": "never"}]}),
    );
    let unnamed = read(
        "incident.updated",
        9,
        &json!({"incident": {"id": "26-1"},
        "people": [{"id": "p1", "roles": ["caller"], "contact": "ok"}]}),
    );
    let incident = incident(&[unnamed, named]);
    let person = &incident.private.people["p1"];
    assert!(person.ever_suspect());
    assert_eq!(person.contact(), Some(incident::Contact::Never));
}

#[test]
fn case_remembers_every_assignment_in_order_of_time() {
    let assigned = |at, name: &str| {
        read("case.assigned", at, &json!({"case": {"number": "26-9", "investigator": {"name": name}}}))
    };
    let mut case = Case::new("26-9");
    for event in [assigned(5, "Det. Later"), assigned(1, "Det. Sooner")] {
        if let Event::Case(stamp, kind, data) = event {
            case.apply(stamp, kind, &data, false);
        }
    }
    let names: Vec<_> = case.facts.assignments().filter_map(|(_, who)| who.name.clone()).collect();
    assert_eq!(names, ["Det. Sooner", "Det. Later"]);
}

#[track_caller]
fn check_fault(kind: &str, data: Value, pointer: &str) {
    let at = jiff::Timestamp::from_second(0).unwrap();
    let fault = event::read(kind, at, &data, kind.starts_with("case.")).unwrap_err();
    assert_eq!(fault.pointer, pointer);
    assert!(!fault.detail.contains("218555"), "a fault never repeats a value");
}

#[test]
fn faults_name_the_field() {
    check_fault("incident.exploded", json!({}), "/type");
    check_fault("incident.opened", json!({"incident": {}}), "/data/incident/id");
    check_fault("incident.opened", json!({"incident": {"id": "a b"}}), "/data/incident/id");
    check_fault(
        "incident.opened",
        json!({"incident": {"id": "1", "priority": "high"}}),
        "/data/incident/priority",
    );
    check_fault(
        "incident.opened",
        json!({"incident": {"id": "1", "origin": "2185550101"}}),
        "/data/incident/origin",
    );
    check_fault("incident.opened", json!({"incident": {"id": "1"}, "people": [{}]}), "/data/people/0/id");
    check_fault(
        "incident.opened",
        json!({"incident": {"id": "1"}, "people": [{"id": "p", "roles": ["2185550101"]}]}),
        "/data/people/0/roles/0",
    );
    check_fault("incident.merged", json!({"incident": {"id": "1"}}), "/data/merged_into");
    check_fault("case.opened", json!({"case": {"number": ""}}), "/data/case/number");
}
