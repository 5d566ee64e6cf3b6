//! One case for every row of the mapping table in docs/eido.md: the last EIDO of a sequence and the steps it tells.
use incident::{Contact, Person, Role, eido};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sequence::{ID, at, incident, play, resource, unit, with, with_incident};

const OTHER: &str = "urn:emergency:uid:incidentid:e5f6:bcf.example.gov";

#[track_caller]
fn check(eidos: &[Value], expected: &[&str]) {
    assert_eq!(play(eidos).steps, expected);
}

fn active() -> Value {
    incident(0, &["Active"])
}

#[test]
fn the_first_one_opens() {
    check(&[active()], &["opened 0"]);
    check(&[active(), incident(1, &["Active"])], &[]);
    check(&[incident(0, &["Closed"])], &["closed 0"]);
}

#[test]
fn a_call_opens_it_when_it_came_in() {
    let call = json!({"$id": "call-1", "callStartTimestamp": at(2)});
    check(&[with(5, "callComponent", call.clone())], &["opened 2"]);
    check(&[incident(5, &["Active"]), with(6, "callComponent", call)], &["opened 2"]);
}

#[test]
fn another_type_reclassifies() {
    let violence = with_incident(3, &["Active"], json!({"incidentTypeCommonRegistryText": "DVA"}));
    check(&[active(), violence.clone()], &["reclassified 3"]);
    assert!(play(&[active(), violence]).incident.facts.call_types().contains("DVA"));
}

#[test]
fn the_own_type_counts_where_the_registry_s_is_missing() {
    let own = json!({"incidentTypeCommonRegistryText": null, "incidentTypeInternalCode": "15-THEFT"});
    assert_eq!(play(&[with_incident(0, &["Active"], own)]).incident.facts.call_type(), Some("15-THEFT"));
    let both =
        json!({"incidentTypeCommonRegistryText": ["larceny", "DVA"], "incidentTypeInternalCode": "15"});
    let facts = play(&[with_incident(0, &["Active"], both)]).incident.facts;
    assert_eq!((facts.call_type(), facts.call_types().len()), (Some("LARCENY"), 2));
}

#[test]
fn assigned() {
    check(&[active(), incident(1, &["Active", "ResourcesAssigned"])], &["assigned 1"]);
    check(&[active(), unit(1, "214", &["Assigned"])], &["assigned 1 214"]);
    check(&[active(), unit(1, "214", &["Dispatched"])], &["assigned 1 214"]);
}

#[test]
fn en_route() {
    check(&[active(), incident(2, &["Active", "ResourcesEnroute"])], &["enroute 2"]);
    check(
        &[active(), unit(1, "214", &["Dispatched"]), unit(2, "214", &["Dispatched", "EnRoute"])],
        &["enroute 2 214"],
    );
    check(&[active(), unit(2, "214", &["EnRoute"]), unit(3, "214", &["EnRoute"])], &[]);
}

fn arriving(minute: i64, eta: Value) -> Option<Timestamp> {
    let mut unit = resource(minute, "214", &["EnRoute"]);
    unit["eta"] = eta;
    let told = play(&[active(), with(minute, "emergencyResourceComponent", unit)]);
    told.incident.facts.expected_arrival()
}

#[test]
fn the_arrival_is_expected_in_the_future_only() {
    assert_eq!(arriving(2, json!(at(12))), at(12).parse().ok());
    assert_eq!(arriving(2, json!(at(1))), None);
    assert_eq!(arriving(2, json!("soon")), None);
    // What cannot be reckoned with: a delay past it does not exist.
    assert_eq!(arriving(2, json!("9999-12-30T21:59:59.999999999Z")), None);
}

#[test]
fn delayed() {
    let under_way = unit(1, "214", &["EnRoute"]);
    check(&[active(), under_way, unit(4, "214", &["EnRoute", "Delayed"])], &["delayed 4 214"]);
}

#[test]
fn no_longer_delayed() {
    let delayed = unit(4, "214", &["EnRoute", "Delayed"]);
    check(&[active(), delayed.clone(), unit(6, "214", &["EnRoute"])], &["enroute 6 214"]);
    assert!(play(&[active(), delayed, unit(6, "214", &["EnRoute"])]).incident.facts.has_unit_coming());
}

#[test]
fn diverted_when_nobody_else_remains() {
    let sent = |statuses: &[&str]| unit(1, "214", statuses);
    check(&[active(), sent(&["EnRoute"]), unit(4, "214", &["AssignmentCancelled"])], &["diverted 4 214"]);
    let mut elsewhere = resource(4, "214", &["EnRoute"]);
    elsewhere["activeOnIncidentId"] = json!(OTHER);
    let moved = with(4, "emergencyResourceComponent", elsewhere);
    check(&[active(), sent(&["Dispatched"]), moved.clone()], &["diverted 4 214"]);
    check(&[active(), sent(&["EnRoute"]), unit(2, "215", &["Dispatched"]), moved], &["cleared 4 214"]);
}

#[test]
fn a_unit_of_another_incident_is_not_ours() {
    let mut elsewhere = resource(4, "214", &["EnRoute"]);
    elsewhere["activeOnIncidentId"] = json!(OTHER);
    check(&[active(), with(4, "emergencyResourceComponent", elsewhere)], &[]);
    let mut listed = unit(4, "214", &["EnRoute"]);
    listed["dispatchComponent"] = json!([{"emergencyResourceReference": [{"$ref": "215"}]}]);
    check(&[active(), listed.clone()], &[]);
    listed["dispatchComponent"][0]["emergencyResourceReference"][0]["$ref"] = json!("214");
    check(&[active(), listed], &["enroute 4 214"]);
}

#[test]
fn arrived() {
    check(&[active(), incident(7, &["Active", "ResourcesOnscene"])], &["arrived 7"]);
    check(&[active(), unit(1, "214", &["EnRoute"]), unit(7, "214", &["OnScene"])], &["arrived 7 214"]);
    check(&[active(), unit(7, "214", &["Arrived"])], &["arrived 7 214"]);
}

#[test]
fn cleared() {
    let there = unit(7, "214", &["OnScene"]);
    check(&[active(), there.clone(), unit(9, "214", &["Cleared"])], &["cleared 9 214"]);
    let mut free = resource(9, "214", &[]);
    free["primaryUnitStatusRegistryText"] = json!("Available");
    check(&[active(), there, with(9, "emergencyResourceComponent", free)], &["cleared 9 214"]);
}

#[test]
fn closed_with_the_primary_outcome() {
    let outcome = json!({"dispositionComponent": [{"dispositionCommonRegistryCode": "13"},
        {"dispositionCommonRegistryCode": "1", "dispositionPrimaryIndicator": true}]});
    let closed = with_incident(9, &["Closed"], outcome);
    check(&[active(), closed.clone()], &["closed 9"]);
    assert_eq!(play(&[active(), closed]).incident.facts.disposition(), Some("01"));
}

fn disposed(minute: i64, statuses: &[&str], codes: &[&str]) -> Value {
    let codes: Vec<Value> = codes.iter().map(|code| json!({"dispositionCommonRegistryCode": code})).collect();
    with_incident(minute, statuses, json!({"dispositionComponent": codes}))
}

#[test]
fn cancelled() {
    check(&[active(), incident(5, &["Cancelled"])], &["cancelled 5"]);
    check(&[active(), disposed(5, &["Closed"], &["22"])], &["cancelled 5"]);
    check(&[active(), disposed(5, &["Active"], &["32"]), incident(6, &["Active"])], &[]);
    check(&[active(), disposed(5, &["Active"], &["32", "01"])], &[]);
}

#[test]
fn reopened() {
    let closed = incident(9, &["Closed"]);
    check(&[active(), closed.clone(), incident(12, &["ReOpened"])], &["reopened 12"]);
    check(&[active(), closed.clone(), incident(12, &["Active"])], &["reopened 12"]);
    check(&[active(), closed.clone(), incident(12, &["NewLocation"])], &[]);
    check(&[closed, incident(12, &["Active", "ReOpened"])], &["reopened 12"]);
}

fn reported(kind: &str) -> Option<String> {
    let report = json!({"documentIdentification": ["26-1234"], "reportNumberType": kind});
    play(&[active(), with_incident(8, &["Active"], report)]).incident.facts.case_number().map(String::from)
}

#[test]
fn a_new_report_gives_the_case_number() {
    assert_eq!(reported("New").as_deref(), Some("26-1234"));
    assert_eq!(reported("Ongoing"), None);
}

#[test]
fn merging_names_the_incident_that_goes_on() {
    let merge = |code: &str| json!({"incidentTrackingIdentifier": OTHER, "incidentMergeDirectionCode": code});
    let change = |code: &str| {
        let eido = eido::read(&with(3, "mergeComponent", merge(code))).unwrap();
        eido::difference(&eido, &play(&[active()]).snapshot)
    };
    let one = vec![(at(3).parse().unwrap(), OTHER.to_owned())];
    assert_eq!((change("REPLACED").replaced_by, change("REPLACED").replacing), (one.clone(), vec![]));
    assert_eq!((change("REPLACING").replaced_by, change("REPLACING").replacing), (vec![], one));
    assert_eq!((change("SPLIT").replaced_by, change("SPLIT").replacing), (vec![], vec![]));
}

#[test]
fn a_merge_that_is_known_is_not_told_again() {
    let merge = json!({"incidentTrackingIdentifier": OTHER, "incidentMergeDirectionCode": "REPLACING"});
    let eido = eido::read(&with(3, "mergeComponent", merge)).unwrap();
    let mut known = play(&[active()]).snapshot;
    known.replaced(OTHER);
    assert_eq!(eido::difference(&eido, &known).replacing, []);
}

fn person(fields: Value) -> Value {
    let mut person = json!({"$id": "person-1", "lastUpdateTimeStamp": at(0), "callBackReference": {"$ref": "callback-1"},
        "personIncidentRoleRegistryText": ["Caller"]});
    person.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let mut eido = with(0, "personComponent", person);
    eido["callbackComponent"] = json!([{"$id": "callback-1", "lastUpdateTimeStamp": at(0),
        "callBackInformationUri": ["sip:2185550199@example.com", "tel:2185550123"]}]);
    eido
}

fn told_of(eido: Value) -> Person {
    play(&[eido]).incident.private.people["person-1"].clone()
}

#[track_caller]
fn check_role(words: &[&str], expected: &[Role]) {
    let person = told_of(person(json!({"personIncidentRoleRegistryText": words})));
    assert_eq!(person.roles().into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn roles() {
    check_role(&["Caller", "Victim"], &[Role::Caller, Role::Victim]);
    check_role(&["ReportingParty"], &[Role::ReportingParty]);
    check_role(&["Witness", "Suspect"], &[Role::Witness, Role::Suspect]);
    check_role(&["PersonOfInterest"], &[Role::PersonOfInterest]);
    check_role(&["InvolvedPerson", "Patient", "VictimRelative"], &[Role::Involved]);
}

#[test]
fn the_number_is_the_updated_one_else_the_first_telephone() {
    assert_eq!(told_of(person(json!({}))).phone(), Some("2185550123"));
    let mut updated = person(json!({}));
    updated["callbackComponent"][0]["updatedCbn"] = json!({"updatedCbnIdentifierUri": "tel:+12185550177"});
    let person = told_of(updated);
    assert_eq!(person.phone(), Some("+12185550177"));
    assert_eq!(person.addresses().collect::<Vec<_>>(), ["+12185550177", "2185550123", "2185550199"]);
}

#[test]
fn the_number_may_come_by_way_of_the_call() {
    let mut by_call = person(json!({"callBackReference": null}));
    by_call["callComponent"] = json!([{"$id": "call-1", "callBackReference": {"$ref": "callback-1"},
        "personReference": [{"$ref": "person-1"}]}]);
    assert_eq!(told_of(by_call).phone(), Some("2185550123"));
}

#[test]
fn a_number_given_with_conditions_is_for_a_person_to_use() {
    let mut updated = person(json!({}));
    let only_then = "only before 4, he comes home then";
    updated["callbackComponent"][0]["updatedCbn"] =
        json!({"updatedCbnIdentifierUri": "tel:2185550177", "updatedCbnCallerDescription": only_then});
    assert_eq!(told_of(updated).contact(), Some(Contact::AskFirst));
}

#[test]
fn niem_says_who_they_are() {
    let niem = json!({"name": [{"personGivenName": [{"value": "Dana"}], "personSurName": [{"value": "Example"}]}],
        "birthDate": [{"date": {"value": "2010-01-31"}}], "primaryLanguage": [{"languageCode": [{"simpleType": "spa"}]}],
        "homeContactInformation": [{"contactEmailId": [{"value": "dana@example.com"}]}]});
    let person = told_of(person(json!({"ncPersonComponent": niem})));
    assert_eq!(
        (person.name(), person.age(), person.language()),
        (Some("Dana Example"), Some(16), Some("es"))
    );
    assert_eq!(person.email(), Some("dana@example.com"));
}

#[test]
fn an_identifier_that_is_an_address_is_not_kept() {
    let told = play(&[person(json!({"$id": "sip:dana@example.com"}))]);
    let id = told.incident.private.people.keys().next().unwrap();
    assert!(id.starts_with("person-") && !id.contains("dana"), "{id}");
}

#[track_caller]
fn check_priority(theirs: Value, ours: Option<u8>) {
    let eido = with_incident(0, &["Active"], json!({"incidentCommonPriorityNumber": theirs}));
    assert_eq!(play(&[eido]).incident.facts.priority(), ours);
}

#[test]
fn ten_is_the_most_urgent_of_theirs_one_of_ours() {
    check_priority(json!(10), Some(1));
    check_priority(json!(8), Some(3));
    check_priority(json!("0"), Some(11));
    check_priority(json!(11), None);
}

#[test]
fn beat_and_place() {
    let mut eido = with_incident(
        0,
        &["Active"],
        json!({"beatOrDispatchGroupText": "21", "locationReference": {"$ref": "l-2"}}),
    );
    let point = "<p><gml:Point><gml:pos>46.7867 -92.1005</gml:pos></gml:Point></p>";
    eido["locationComponent"] = json!([
        {"$id": "l-1", "locationTypeDescriptionRegistryText": "TowerLocation",
            "locationByValue": "<p><gml:Point><gml:pos>1 1</gml:pos></gml:Point></p>"},
        {"$id": "l-2", "locationTypeDescriptionRegistryText": "Caller", "locationByValue": point},
    ]);
    let place = play(&[eido]).incident.facts.place;
    assert_eq!((place.beat(), place.position()), (Some("21"), Some((46.7867, -92.1005))));
}

#[test]
fn notes_are_never_kept() {
    let note = "his mother hides the key, call 218-555-0155";
    let posted = with(1, "notesComponent", json!({"$id": "n-1", "notesActionComments": note}));
    assert!(!eido::without_notes(&posted).to_string().contains("mother"));
    let told = play(&[posted]);
    let kept = format!(
        "{}{}",
        serde_json::to_string(&told.incident).unwrap(),
        serde_json::to_string(&told.snapshot).unwrap()
    );
    assert!(!kept.contains("mother") && !kept.contains("0155"));
}

#[test]
fn the_number_of_an_incident_is_the_shortest_honest_one() {
    let numbers = |id: &str, internal: Value| {
        eido::read(&json!({"$id": id, "lastUpdateTimeStamp": at(0), "incidentComponent": {"internalIncidentId": internal}}))
            .unwrap()
            .numbers()
    };
    let counted = "urn:emergency:uid:incidentid:a56e556d871:bcf.example.gov";
    assert_eq!(numbers(counted, json!("26-1")), ["26-1", "a56e556d871", "a56e556d871:bcf.example.gov"]);
    assert_eq!(numbers(ID, json!("26 / 1")), ["a1b2c3d4:bcf.example.gov"]);
    assert_eq!(eido::tracking_number(ID), "a1b2c3d4:bcf.example.gov");
    let long = format!("urn:emergency:uid:incidentid:{}:bcf.example.gov", "a".repeat(60));
    assert_eq!(eido::tracking_number(&long).len(), "eido-".len() + 16);
}
