//! Order: an older component changes nothing but what accumulates, and however EIDOs arrive, the same values stand.
use incident::Incident;
use incident::call::Moment;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sequence::{at, incident, play, resource, unit, with_incident};

#[track_caller]
fn check_stale(eidos: &[Value], late: Value) {
    let (before, after) = (play(eidos), play(&[eidos, &[late]].concat()));
    assert_eq!(after.steps, Vec::<String>::new());
    assert_eq!(values(&before.incident), values(&after.incident));
}

#[test]
fn an_older_component_changes_nothing() {
    check_stale(
        &[incident(0, &["Active"]), incident(9, &["Closed"])],
        incident(5, &["Active", "ResourcesEnroute"]),
    );
    check_stale(&[unit(1, "214", &["EnRoute"]), unit(5, "214", &["OnScene"])], unit(3, "214", &["Delayed"]));
    let urgent = with_incident(1, &["Active"], json!({"incidentCommonPriorityNumber": 10}));
    check_stale(&[with_incident(2, &["Active"], json!({"incidentCommonPriorityNumber": 5}))], urgent);
}

#[test]
fn of_two_with_one_stamp_the_later_step_stands() {
    let (closed, active) = (incident(5, &["Closed"]), incident(5, &["Active"]));
    assert_eq!(play(&[active.clone(), closed.clone()]).steps, ["closed 5"]);
    assert_eq!(play(&[closed, active]).steps, Vec::<String>::new());
}

#[test]
fn what_endangers_accumulates_even_from_an_older_one() {
    let violence = with_incident(3, &["Active"], json!({"incidentTypeCommonRegistryText": "DVA"}));
    let told = play(&[incident(5, &["Active"]), violence]);
    assert_eq!(told.incident.facts.call_type(), Some("LARCENY"));
    assert!(told.incident.facts.call_types().contains("DVA"));
}

#[test]
fn what_is_left_out_is_not_cleared() {
    let told = play(&[unit(1, "214", &["EnRoute"]), incident(2, &["Active"])]);
    assert!(told.incident.facts.has_unit_coming());
    let bare = json!({"incidentTypeCommonRegistryText": null});
    let told = play(&[incident(0, &["Active"]), with_incident(1, &[], bare), incident(2, &["Active"])]);
    assert_eq!(told.incident.facts.call_type(), Some("LARCENY"));
    assert_eq!(told.steps, Vec::<String>::new());
}

/// What stands at the end, whatever the stamps that made it stand.
fn values(incident: &Incident) -> String {
    let facts = &incident.facts;
    let people: Vec<String> = incident
        .private
        .people
        .iter()
        .map(|(id, person)| {
            let addresses: Vec<&str> = person.addresses().collect();
            format!("{id} {:?} {:?} {} {addresses:?}", person.roles(), person.phone(), person.ever_suspect())
        })
        .collect();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} coming {} {people:?} {:?}",
        facts.call_type(),
        facts.call_types(),
        facts.priority(),
        facts.status(),
        facts.disposition(),
        facts.case_number(),
        facts.has_unit_coming(),
        facts.place.beat(),
    )
}

/// An incident told minute by minute: each EIDO holds the newest version of every component.
fn story() -> impl Strategy<Value = Vec<Value>> {
    let statuses = prop::sample::select(vec![
        vec!["Active"],
        vec!["Active", "ResourcesAssigned"],
        vec!["Active", "ResourcesEnroute"],
        vec!["Closed"],
        vec!["ReOpened"],
        vec!["Cancelled"],
    ]);
    let call_type = prop::sample::select(vec!["LARCENY", "NOISE", "DVA"]);
    let unit = prop::sample::select(vec![
        vec!["Dispatched"],
        vec!["Dispatched", "EnRoute"],
        vec!["EnRoute", "Delayed"],
        vec!["EnRoute", "OnScene"],
        vec!["Cleared"],
        vec!["AssignmentCancelled"],
    ]);
    let role = prop::sample::select(vec!["Caller", "Victim", "Suspect"]);
    let step = (0..3u8, statuses, call_type, unit, role, 0..11u8, 100..104u16);
    prop::collection::vec(step, 1..8).prop_map(|steps| {
        let mut eido = incident(0, &["Active"]);
        let mut told = vec![eido.clone()];
        for (minute, (which, statuses, call_type, unit, role, priority, line)) in (1..).zip(steps) {
            match which {
                0 => {
                    let fields = json!({"incidentTypeCommonRegistryText": call_type, "incidentCommonPriorityNumber": priority,
                        "beatOrDispatchGroupText": format!("{line}")});
                    eido["incidentComponent"] = with_incident(minute, &statuses, fields)["incidentComponent"].take();
                }
                1 => eido["emergencyResourceComponent"] = json!([resource(minute, "214", unit.as_slice())]),
                _ => {
                    eido["personComponent"] = json!([{"$id": "p1", "lastUpdateTimeStamp": at(minute),
                        "personIncidentRoleRegistryText": [role], "callBackReference": {"$ref": "c1"}}]);
                    eido["callbackComponent"] = json!([{"$id": "c1", "lastUpdateTimeStamp": at(minute),
                        "callBackInformationUri": [format!("tel:2185550{line}")]}]);
                }
            }
            told.push(eido.clone());
        }
        told
    })
}

fn told_badly() -> impl Strategy<Value = (Vec<Value>, Vec<Value>)> {
    story().prop_flat_map(|eidos| {
        let twice: Vec<Value> = eidos.iter().chain(&eidos).cloned().collect();
        (Just(eidos), Just(twice).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn any_order_and_repetition_leaves_the_same_values((eidos, shuffled) in told_badly()) {
        let (told, badly) = (play(&eidos).incident, play(&shuffled).incident);
        prop_assert_eq!(values(&told), values(&badly));
        // Steps that came too late are left out; none is added.
        for moment in [Moment::Enroute, Moment::Arrived, Moment::Closed, Moment::Reopened] {
            if told.facts.first(moment).is_none() {
                prop_assert_eq!(badly.facts.first(moment), None);
            }
        }
    }

    #[test]
    fn a_reconnect_that_replays_everything_tells_nothing(eidos in story()) {
        let told = play(&eidos);
        let again = play(&[eidos.clone(), eidos.clone()].concat());
        prop_assert_eq!(&told.incident, &again.incident);
        prop_assert_eq!(again.steps, Vec::<String>::new());
    }
}
