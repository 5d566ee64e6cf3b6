//! Profiles by example: what a row becomes, which mistakes of a profile and of a row are named, and how.
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const TICKETSCAD: &str = include_str!("../../../../infra/agency/profiles/ticketscad.toml");
const CSV: &str = include_str!("../../../../infra/agency/profiles/example-csv.toml");
const JSON: &str = include_str!("../../../../infra/agency/profiles/example-json.toml");

fn chicago() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

fn profile(name: &str, text: &str) -> Profile {
    Profile::parse(name, text, &chicago()).unwrap_or_else(|error| panic!("{error}"))
}

/// A small profile with `more` at its end.
fn small(more: &str) -> Result<Profile, ProfileError> {
    let text = format!("timestamp = \"/at\"\nfields.\"/incident/id\" = \"/no\"\n{more}");
    Profile::parse("small", &text, &chicago())
}

/// The events of a row, one to a line.
fn lines(profile: &Profile, row: &Value) -> Vec<String> {
    let mapped = profile.map(row).unwrap_or_else(|fault| panic!("{fault}"));
    mapped.events.iter().map(|event| format!("{} {} {}", event.kind, event.timestamp, event.data)).collect()
}

#[track_caller]
fn check(profile: &Profile, row: &Value, expected: &[&str]) {
    assert_eq!(lines(profile, row), expected);
}

#[track_caller]
fn check_fault(profile: &Profile, row: &Value, expected: &str) {
    let fault = profile.map(row).unwrap_err();
    assert_eq!(format!("{} {fault}", fault.code), expected);
}

#[track_caller]
fn check_error(text: &str, expected: &str) {
    let error = small(text).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

fn tickets(kind: &str, data: Value) -> Value {
    json!({"event_type": kind, "timestamp": "2026-07-07T17:00:00Z", "data": data})
}

#[test]
fn a_ticket_opens_in_both_shapes() {
    let profile = profile("ticketscad", TICKETSCAD);
    let audit = json!({"category": "incident", "activity": "create", "target_type": "ticket", "target_id": 42,
        "summary": "free text", "details": {"in_types_id": "Theft", "severity": 2, "status": 2}, "ticket_id": 42});
    let opened = r#"incident.opened 2026-07-07T17:00:00Z {"incident":{"call_type":"LARCENY","id":"42","origin":"reported","priority":1}}"#;
    check(&profile, &tickets("incident.created", audit), &[opened]);
    let flat = json!({"id": 42, "type": "Theft", "severity": "high", "contact": "Pat Example", "phone": "218-555-0123"});
    let with_caller = r#"incident.opened 2026-07-07T17:00:00Z {"incident":{"call_type":"LARCENY","id":"42","origin":"reported","priority":1},"people":[{"id":"caller","name":"Pat Example","phone":"218-555-0123","roles":["caller"]}]}"#;
    check(&profile, &tickets("incident.created", flat), &[with_caller]);
    let screen = json!({"ticket_id": 42, "scope": "x", "address": "1 Example Street", "severity": 2});
    let bare = r#"incident.opened 2026-07-07T17:00:00Z {"incident":{"id":"42","location":{"address":"1 Example Street"},"origin":"reported","priority":1}}"#;
    check(&profile, &tickets("incident.new", screen), &[bare]);
}

#[test]
fn every_other_event_of_ticketscad_is_read() {
    let profile = profile("ticketscad", TICKETSCAD);
    let unit = |kind: &str| {
        format!(
            r#"{kind} 2026-07-07T17:00:00Z {{"incident":{{"id":"42","origin":"reported"}},"units":[{{"id":"7"}}]}}"#
        )
    };
    let check_unit = |kind: &str, data: Value, expected: &str| {
        check(&profile, &tickets(kind, data), &[&unit(expected)]);
    };
    let details = json!({"ticket_id": 42, "responder_id": 7, "assign_id": 99});
    check_unit("assign.created", json!({"target_id": 99, "details": details}), "unit.assigned");
    check_unit("assign.removed", json!({"incident_id": 42, "responder_id": 7}), "unit.diverted");
    check_unit(
        "responder.assign",
        json!({"ticket_id": 42, "responder": 7, "action": "assign"}),
        "unit.assigned",
    );
    let status = |status: &str| json!({"ticket_id": 42, "responder_id": 7, "status": status});
    check_unit("responder.status", status("Responding"), "unit.enroute");
    check_unit("responder.status", status("On Scene"), "unit.arrived");
    let flat = json!({"id": 7, "old_status": "Dispatched", "new_status": "Clear", "incident_id": 42});
    check_unit("responder.status_changed", flat, "unit.cleared");
    let course = |kind: &str| {
        format!(r#"{kind} 2026-07-07T17:00:00Z {{"incident":{{"id":"42","origin":"reported"}}}}"#)
    };
    let closed =
        json!({"ticket_id": 42, "incident_number": "26-1", "new_status": 1, "status_label": "Closed"});
    check(&profile, &tickets("incident.close", closed), &[&course("incident.closed")]);
    let closed = json!({"target_id": 42, "details": {"old_status": 2, "new_status": 1}});
    check(&profile, &tickets("incident.closed", closed), &[&course("incident.closed")]);
    check(&profile, &tickets("incident.reopened", json!({"target_id": 42})), &[&course("incident.reopened")]);
    check(&profile, &tickets("incident.update", json!({"ticket_id": 42})), &[&course("incident.updated")]);
}

#[test]
fn what_concerns_no_caller_gives_no_event() {
    let profile = profile("ticketscad", TICKETSCAD);
    let unknown = json!({"target_id": 7, "details": {"old_status_id": 1, "new_status_id": 2}});
    check(&profile, &tickets("responder.status_changed", unknown), &[]);
    check(
        &profile,
        &tickets("responder.status", json!({"ticket_id": 42, "responder_id": 7, "status": "Lunch"})),
        &[],
    );
    check(&profile, &tickets("incident.close", json!({"ticket_id": 42, "new_status": 3})), &[]);
    check(&profile, &tickets("chat.message", json!({"text": "x"})), &[]);
}

#[test]
fn an_unknown_call_type_goes_on_marked_and_counted() {
    let profile = profile("ticketscad", TICKETSCAD);
    for (code, marked) in [("NOISE", "unmapped:NOISE"), (&"long ".repeat(20), "unmapped:too long for a code")]
    {
        let row = tickets("incident.created", json!({"ticket_id": 42, "type": code}));
        let mapped = profile.map(&row).unwrap();
        assert_eq!(mapped.events[0].data["incident"]["call_type"], marked);
        assert_eq!(mapped.unmapped, [Unmapped { table: "call_types".into(), value: code.trim().into() }]);
    }
}

#[test]
fn one_csv_row_gives_an_event_for_each_stamp() {
    let profile = profile("example-csv", CSV);
    let row = json!({"Call No": "26-1", "Type": "THEFT", "Priority": "3", "Beat": "", "Received": "07/04/2026 21:13:40",
        "Dispatched": " ", "Enroute": "07/04/2026 21:20:00", "Closed": "07/04/2026 22:00:00", "Disposition": "RPT",
        "Units": "214; 215", "Caller Phone": "(218) 555-0123"});
    let people = r#""people":[{"id":"caller","phone":"(218) 555-0123","roles":["caller"]}]"#;
    check(
        &profile,
        &row,
        &[
            &format!(
                r#"incident.opened 2026-07-05T02:13:40Z {{"incident":{{"call_type":"LARCENY","id":"26-1","opened_at":"2026-07-05T02:13:40Z","origin":"reported","priority":3}},{people}}}"#
            ),
            &format!(
                r#"unit.enroute 2026-07-05T02:20:00Z {{"incident":{{"call_type":"LARCENY","id":"26-1"}},{people},"units":[{{"id":"214"}},{{"id":"215"}}]}}"#
            ),
            &format!(
                r#"incident.closed 2026-07-05T03:00:00Z {{"disposition":"01","incident":{{"call_type":"LARCENY","id":"26-1"}},{people}}}"#
            ),
        ],
    );
}

#[test]
fn lists_roles_and_own_numbers_are_read_from_json() {
    let profile = profile("example-json", JSON);
    let body = json!({"events": [{"seq": 771, "what": "ENR", "when": 1783217643, "call": {"no": "26-1", "nature": "LARC",
        "prio": "C", "persons": [{"key": "A", "kind": "BOTH", "tel": null, "lang": "es"}]},
        "cars": [{"name": 214, "eta": 1783218240}]}]});
    let rows = profile.rows(body).unwrap();
    assert_eq!(profile.map(&rows[0]).unwrap().events[0].id, "26-1-771");
    check(
        &profile,
        &rows[0],
        &[
            r#"unit.enroute 2026-07-05T02:14:03Z {"incident":{"call_type":"LARCENY","id":"26-1","priority":3},"people":[{"id":"A","language":"es","phone":null,"roles":["caller","victim"]}],"units":[{"eta":"2026-07-05T02:24:00Z","id":"214"}]}"#,
        ],
    );
    let fault = profile.rows(json!({"items": []})).unwrap_err();
    assert_eq!(fault.to_string(), "/events: there must be an object or a list of objects here");
}

#[test]
fn a_fault_names_the_vendors_place() {
    let json = profile("example-json", JSON);
    let row = |call: Value| json!({"seq": 1, "what": "NEW", "when": 1783217643, "call": call});
    let stranger = json!({"no": "26-1", "persons": [{"key": "A", "kind": "OFFENDER"}]});
    check_fault(
        &json,
        &row(stranger),
        "unmapped /call/persons/0/kind: the profile's table roles does not know this value; add it there",
    );
    let old = json!({"no": "26-1", "persons": [{"key": "A", "kind": "CALLER", "age": "old"}]});
    check_fault(&json, &row(old), "invalid /call/persons/0/age: must be a whole number from 0 to 255");
    let number =
        "invalid /call/no: needs 1 to 64 printable ASCII characters without # or blanks (/data/incident/id)";
    check_fault(&json, &row(json!({"no": "26 1"})), number);
    check_fault(&json, &row(json!({"nature": "LARC"})), number);
    check_fault(&json, &json!({"what": "NEW", "call": {"no": "1"}}), "missing /when: the event has no time");
    let csv = profile("example-csv", CSV);
    let row = json!({"Call No": "26-1", "Received": "4 July"});
    check_fault(&csv, &row, "invalid /Received: must be a time as the profile says");
}

#[test]
fn mistakes_of_a_profile_are_named_with_their_key() {
    let event = "[[events]]\ntype = \"incident.opened\"\n";
    check_error("", "profile small: file: ");
    check_error("[[events]]\ntype = \"incident.open\"", "events[0].type: must be an event type");
    check_error(
        &format!("{event}fields.\"/incident/kind\" = \"/x\""),
        "events[0].fields./incident/kind: there is no such field",
    );
    check_error(&format!("{event}fields.\"/incident/beat\" = \"x\""), "\"x\" is no JSON pointer");
    check_error(
        &format!("{event}fields.\"/incident/beat\" = {{ from = \"/x\", tabel = \"t\" }}"),
        "unknown field `tabel`",
    );
    check_error(
        &format!("{event}fields.\"/incident/beat\" = {{ from = \"/x\", table = \"t\" }}"),
        "there is no table tables.t",
    );
    check_error(
        &format!("{event}timestamp = {{ from = \"/x\", time = \"%H:%M\" }}"),
        "events[0].timestamp: time: must be rfc3339",
    );
    check_error(
        &format!("{event}people = [{{ fields = {{ \"/phone\" = \"/p\" }} }}]"),
        "events[0].people[0].fields: /id is missing",
    );
    check_error(&format!("{event}id = \"same\""), "events[0].id: must hold a pointer in braces");
    check_error(
        &format!("path = \"/v1/cad/other\"\nauth = \"api_key\"\n{event}"),
        "path: must be /v1/cad/ticketscad or /v1/cad/profiles/small",
    );
    check_error(&format!("path = \"/v1/cad/ticketscad\"\n{event}"), "auth: path and auth belong together");
    check_error(&format!("time_zone = \"Chicago\"\n{event}"), "time_zone: must be an IANA zone");
}

#[test]
fn a_table_may_not_lose_what_could_mean_danger() {
    let roles = "people = [{ fields = { \"/id\" = { value = \"c\" }, \"/roles\" = { from = \"/r\", table = \"t\" } } }]";
    let event = format!("[[events]]\ntype = \"incident.opened\"\n{roles}\n[tables.t]\n");
    check_error(&format!("{event}unmapped = \"drop\""), "tables.t: unmapped cannot be drop");
    check_error(
        &format!("{event}values = {{ \"S\" = \"offender\" }}"),
        "tables.t: must be caller, reporting_party",
    );
    let call_type = "fields.\"/incident/call_type\" = { from = \"/t\", table = \"t\" }";
    let event = format!("[[events]]\ntype = \"incident.opened\"\n{call_type}\n[tables.t]\n");
    check_error(&format!("{event}otherwise = \"NOISE\""), "tables.t: leave unmapped and otherwise out");
}

#[test]
fn the_codes_a_profile_can_make_are_known() {
    let codes = profile("example-csv", CSV).codes().clone();
    let expected = ["BURGLARY", "DVA", "LARCENY", "MVA", "MVAHR", "NOISE", "STKX", "WELFARE"];
    assert_eq!(codes.call_types.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

/// A profile whose time is local, to the minute.
fn local() -> Profile {
    let text = "timestamp = { from = [\"/d\", \"/t\"], join = \" \", time = \"%m/%d/%Y %H:%M\" }\n\
        [[events]]\ntype = \"incident.updated\"\nfields.\"/incident/id\" = \"/no\"";
    profile("local", text)
}

fn at(profile: &Profile, day: &str, time: &str) -> Timestamp {
    profile.map(&json!({"no": "1", "d": day, "t": time})).unwrap().events[0].timestamp
}

#[test]
fn the_nights_of_the_clock_change_are_read() {
    let instant = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(at(&local(), "11/01/2026", "01:30"), instant("2026-11-01T01:30:00-05:00"));
    assert_eq!(at(&local(), "11/01/2026", "02:00"), instant("2026-11-01T02:00:00-06:00"));
    assert_eq!(at(&local(), "03/08/2026", "02:30"), instant("2026-03-08T03:30:00-05:00"));
}

proptest! {
    /// Writing an instant as local time and reading it back gives it again, or, in the hour that comes twice, the
    /// same clock time an hour earlier.
    #[test]
    fn local_times_are_read_back(minutes in 0_i64..1_000_000) {
        let start = date(2026, 1, 1).at(0, 0, 0, 0).to_zoned_datetime(chicago()).unwrap().timestamp();
        let instant = start + SignedDuration::from_mins(minutes);
        let local_time = instant.to_zoned_datetime(chicago());
        let (day, time) = (local_time.strftime("%m/%d/%Y").to_string(), local_time.strftime("%H:%M").to_string());
        let read = at(&local(), &day, &time);
        let earlier = instant - SignedDuration::from_hours(1);
        prop_assert!(read == instant || (read == earlier && earlier.to_zoned_datetime(chicago()).datetime() == local_time.datetime()));
    }

    /// No fault repeats a value, whatever lies where.
    #[test]
    fn faults_never_repeat_a_value(place in 0_usize..9, shape in 0_u8..4) {
        let secret = match shape {
            0 => json!("PRIVATE 218-555-0123"),
            1 => json!(["PRIVATE 218-555-0123"]),
            2 => json!({"x": "PRIVATE 218-555-0123"}),
            _ => json!("PRIVATE".repeat(100)),
        };
        let mut row = json!({"seq": 1, "what": "NEW", "when": 1783217643, "call": {"no": "26-1", "nature": "LARC",
            "prio": "A", "persons": [{"key": "A", "kind": "CALLER", "age": 30}]}, "cars": [{"name": "1", "eta": 5}]});
        let places = ["/seq", "/what", "/when", "/call/no", "/call/persons/0/key", "/call/persons/0/kind",
            "/call/persons/0/age", "/cars/0/eta", "/call/prio"];
        *row.pointer_mut(places[place]).unwrap() = secret;
        let result = profile("example-json", JSON).map(&row);
        let shown = match &result {
            Ok(mapped) => format!("{mapped:?}"),
            Err(fault) => format!("{fault} {fault:?}"),
        };
        prop_assert!(!shown.contains("PRIVATE"), "{}", shown);
    }

    /// The same fact has the same id whoever delivers it; another time or another unit is another fact.
    #[test]
    fn ids_are_of_facts(unit in 1_u8..4, other in 1_u8..4, minute in 0_u8..4, later in 0_u8..4) {
        let profile = profile("ticketscad", TICKETSCAD);
        let id = |unit: u8, minute: u8, delivery: &str| {
            let row = json!({"event_type": "responder.status", "timestamp": format!("2026-07-07T17:0{minute}:00Z"),
                "delivery": delivery, "data": {"ticket_id": 42, "responder_id": unit, "status": "Responding"}});
            profile.map(&row).unwrap().events[0].id.clone()
        };
        let same = unit == other && minute == later;
        prop_assert_eq!(id(unit, minute, "a") == id(other, later, "b"), same);
    }
}
