//! What is taken as an EIDO, and which field a fault names.
use incident::eido;
use serde_json::{Value, json};

use crate::sequence::{ID, at, incident, play, unit};

#[track_caller]
fn check(eido: Value, pointer: &str) {
    let fault = eido::read(&eido).unwrap_err();
    assert_eq!(fault.pointer, pointer);
    assert!(!fault.detail.contains("218555"), "a fault never repeats a value");
}

#[test]
fn faults_name_the_field() {
    check(json!("EIDO"), "");
    check(json!({}), "/$id");
    check(json!({"$id": "a b"}), "/$id");
    check(json!({"$id": ID, "eidoVersion": "2.0"}), "/eidoVersion");
    check(
        json!({"$id": ID, "incidentComponent": {"lastUpdateTimeStamp": "2185550101"}}),
        "/incidentComponent/lastUpdateTimeStamp",
    );
    check(json!({"$id": ID, "incidentComponent": {}}), "/incidentComponent/lastUpdateTimeStamp");
    // What cannot be reckoned with: its next hour does not exist.
    for far in ["9999-12-30T21:59:59Z", "-009999-01-02T02:00:00Z", "1969-12-31T23:59:59Z"] {
        check(
            json!({"$id": ID, "lastUpdateTimeStamp": far, "incidentComponent": {}}),
            "/lastUpdateTimeStamp",
        );
        check(
            json!({"$id": ID, "lastUpdateTimeStamp": at(0), "callComponent": [{"callStartTimestamp": far}]}),
            "/callComponent/0/callStartTimestamp",
        );
    }
    check(json!({"$id": ID, "personComponent": "2185550101"}), "/personComponent");
    check(
        json!({"$id": ID, "lastUpdateTimeStamp": at(0), "personComponent": [{}]}),
        "/personComponent/0/$id",
    );
    check(
        json!({"$id": ID, "callComponent": [{"callStartTimestamp": "2026-07-07 12:00"}]}),
        "/callComponent/0/callStartTimestamp",
    );
    let merge = json!({"incidentMergeDirectionCode": "REPLACED", "incidentTrackingIdentifier": ""});
    check(
        json!({"$id": ID, "lastUpdateTimeStamp": at(0), "mergeComponent": [merge]}),
        "/mergeComponent/0/incidentTrackingIdentifier",
    );
}

#[test]
fn everything_else_is_optional_and_may_be_wrapped() {
    assert!(eido::read(&json!({"$id": ID})).is_ok());
    let loose = json!({"$id": [{"value": ID}], "eidoVersion": 1.1, "future": {"component": [1]}, "lastUpdateTimeStamp": at(1),
        "incidentComponent": [{"incidentTypeCommonRegistryText": {"simpleType": "larceny"},
            "incidentStatusCommonRegistryText": "Active"}],
        "emergencyResourceComponent": {"$id": "214", "secondaryUnitStatusRegistryText": "En Route"}});
    let told = play(&[loose]);
    assert_eq!(told.steps, ["opened 1", "enroute 1 214"]);
    assert_eq!(told.incident.facts.call_type(), Some("LARCENY"));
}

#[test]
fn nothing_in_it_is_printed() {
    let eido = eido::read(&unit(1, "tel:2185550101", &["EnRoute"])).unwrap();
    assert_eq!(format!("{eido:?}"), "Eido([private])");
}

#[test]
fn the_same_once_more_is_known_by_its_content() {
    let posted = incident(0, &["Active"]);
    let told = play(std::slice::from_ref(&posted));
    let other = incident(1, &["Active"]);
    assert!(told.snapshot.repeats(&eido::digest(&posted)) && !told.snapshot.repeats(&eido::digest(&other)));
    let stored = serde_json::to_string(&told.snapshot).unwrap();
    assert_eq!(serde_json::from_str::<eido::Snapshot>(&stored).unwrap(), told.snapshot);
}

#[test]
fn a_call_without_an_incident_tells_of_none() {
    let call = json!({"$id": ID, "callComponent": [{"$id": "call-1", "callStartTimestamp": at(0)}]});
    let eido = eido::read(&call).unwrap();
    assert!(!eido.tells_of_an_incident());
}
