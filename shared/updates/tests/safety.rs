//! Who is kept from harm and how silence becomes a task: confirmed safe ways, overrides, guardians, merged calls.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(unreachable_pub, reason = "each test file uses its part")]
mod world;

use incident::{Event, StaffEntry, StaffMessage, event::PersonFields};
use serde_json::{Value, json};
use updates::gates::Contacts;
use updates::needs::{Past, needs};
use updates::{Channel, ConfirmedSafe, ContactState, Subject, plan};
use world::{at, knowing, lines, plan_at, policy, read, subject};

const PHONE: &str = "+12185550123";

fn victim(age: u8) -> Value {
    json!({"id": "v", "roles": ["victim"], "contact": "ok", "age": age, "phone": PHONE})
}

fn charged(offence: &str, person: Value) -> Vec<Event> {
    let case = json!({"number": "26-9", "offence": offence, "release_at": at(0).to_string()});
    vec![read("case.charged", 0, &json!({"case": case, "people": [person]}))]
}

fn safe(channel: Channel, until: i64) -> ContactState {
    let safe = ConfirmedSafe { channel, by: "staff-1".into(), until: at(until) };
    let latch_until = Some(at(9_000));
    ContactState { confirmed_safe: vec![safe], latch_until, ..ContactState::default() }
}

#[track_caller]
fn check(events: &[Event], contacts: &Contacts, now: i64, expected: &[&str]) {
    assert_eq!(lines(&plan_at(events, contacts, now)), expected);
}

/// The tasks of a plan at `now`, as `kind: covers`.
#[track_caller]
fn check_needs(subject: &Subject, contacts: &Contacts, now: i64, past: &Past, expected: &[&str]) {
    let plan = plan(subject, contacts, policy(), at(now));
    let found: Vec<String> = needs(subject, &plan, past, policy(), at(now))
        .into_iter()
        .map(|need| format!("{}: {}", need.kind, need.covers.into_iter().collect::<Vec<_>>().join(", ")))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_confirmed_safe_way_lifts_latch_and_offence_for_news_of_a_case_until_it_lapses() {
    let case = charged("13A", victim(34));
    check(&case, &Contacts::new(), 1, &["case_charged text v: offence_denied"]);
    check(&case, &knowing(PHONE, safe(Channel::Text, 600)), 1, &["case_charged text v: pending"]);
    check(&case, &knowing(PHONE, safe(Channel::Text, 600)), 600, &["case_charged text v: offence_denied"]);
    check(&case, &knowing(PHONE, safe(Channel::Email, 600)), 1, &["case_charged text v: offence_denied"]);
    let call = json!({"incident": {"id": "26-1", "call_type": "LARCENY"},
        "people": [{"id": "p1", "roles": ["caller"], "phone": PHONE}]});
    let call = [read("incident.opened", 0, &call)];
    check(&call, &knowing(PHONE, safe(Channel::Text, 600)), 1, &["call_received text p1: safety_latch"]);
}

#[test]
fn a_number_that_nobody_has_told_for_a_year_is_checked_by_a_person_first() {
    const YEAR: i64 = 365 * 24 * 3600;
    let closed = |at: i64, people: Value| {
        let case = json!({"case": {"number": "26-9", "offence": "220"}, "people": people});
        vec![
            read(
                "case.opened",
                0,
                &json!({"case": {"number": "26-9", "offence": "220"}, "people": [victim(34)]}),
            ),
            read("case.closed", at, &case),
        ]
    };
    let said = |events: &[Event], contacts: &Contacts, now: i64| {
        lines(&plan_at(events, contacts, now))
            .into_iter()
            .find(|line| line.starts_with("case_closed"))
            .unwrap()
    };
    let nothing = Contacts::new();
    assert_eq!(said(&closed(YEAR, json!([])), &nothing, YEAR), "case_closed text v: pending");
    assert_eq!(
        said(&closed(YEAR + 1, json!([])), &nothing, YEAR + 1),
        "case_closed text v: contact_ask_first"
    );
    assert_eq!(
        said(&closed(YEAR + 1, json!([victim(35)])), &nothing, YEAR + 1),
        "case_closed text v: pending"
    );
    let confirmed = knowing(PHONE, safe(Channel::Text, YEAR + 600));
    assert_eq!(said(&closed(YEAR + 1, json!([])), &confirmed, YEAR + 1), "case_closed text v: pending");
}

fn written(events: &[Event], person: &str, override_reason: Option<&str>) -> Subject {
    let mut subject = subject(events);
    let message = StaffMessage {
        at: at(1),
        by: "staff-1".into(),
        person: person.into(),
        way: None,
        text: "Please call us.".into(),
        override_reason: override_reason.map(Into::into),
    };
    match &mut subject {
        Subject::Incident(incident) => incident.private.write("m1", message),
        Subject::Case(case, _) => case.private.write("m1", message),
    }
    subject
}

#[test]
fn a_staff_message_reaches_the_one_chosen_and_passes_a_latch_only_with_a_reason() {
    let outcome = |subject: &Subject, contacts: &Contacts| {
        let all = lines(&plan(subject, contacts, policy(), at(2)));
        all.into_iter().filter(|line| line.starts_with("staff_message")).collect::<Vec<_>>()
    };
    let latched = ContactState { latch_until: Some(at(600)), ..ContactState::default() };
    let case = charged("23F", victim(34));
    let plain = written(&case, "v", None);
    assert_eq!(outcome(&plain, &Contacts::new()), ["staff_message m1 text v: pending"]);
    assert_eq!(outcome(&plain, &knowing(PHONE, latched.clone())), ["staff_message m1 text v: safety_latch"]);
    let urgent = written(&case, "v", Some("asked for by her advocate"));
    assert_eq!(outcome(&urgent, &knowing(PHONE, latched)), ["staff_message m1 text v: pending"]);
    let never = ContactState::default().opted_out(updates::Scope::All, at(0), "text").unwrap();
    assert_eq!(outcome(&urgent, &knowing(PHONE, never)), ["staff_message m1 text v: opted_out"]);
    assert!(outcome(&written(&case, "nobody", None), &Contacts::new()).is_empty());
}

#[test]
fn a_minors_news_goes_to_a_guardian_whom_staff_confirmed() {
    let case = charged("23F", victim(12));
    let task = "victim_update: case_charged 0 minor";
    check_needs(&subject(&case), &Contacts::new(), 1, &Past::default(), &[task]);
    let fields = PersonFields {
        id: "g".into(),
        roles: Some(Some([incident::Role::Guardian].into())),
        phone: Some(Some("+12185550124".into())),
        ..PersonFields::default()
    };
    let entry = |ward: Option<&str>| StaffEntry {
        fields: fields.clone(),
        basis: "asked by telephone".into(),
        by: "staff-1".into(),
        guardian_of: ward.map(Into::into),
    };
    let with = |ward| {
        let mut subject = subject(&case);
        let Subject::Case(case, _) = &mut subject else { unreachable!() };
        case.private.enter(at(1), &entry(ward));
        subject
    };
    let planned = |subject: &Subject| lines(&plan(subject, &Contacts::new(), policy(), at(2)));
    let expected = ["case_charged text g: pending", "case_charged text v: minor"];
    assert_eq!(planned(&with(Some("v"))), expected);
    check_needs(&with(Some("v")), &Contacts::new(), 2, &Past::default(), &[]);
    assert_eq!(planned(&with(None))[0], "case_charged text g: role_not_notified");
    check_needs(&with(None), &Contacts::new(), 2, &Past::default(), &[task]);
}

#[test]
fn what_is_withheld_from_a_victim_becomes_one_task() {
    let none = Past::default();
    let latched = ContactState { latch_until: Some(at(600)), ..ContactState::default() };
    let denied = subject(&charged("13A", victim(34)));
    check_needs(&denied, &Contacts::new(), 1, &none, &["victim_update: case_charged 0 offence_denied"]);
    let theft = subject(&charged("23F", victim(34)));
    check_needs(&theft, &Contacts::new(), 1, &none, &[]);
    check_needs(&theft, &knowing(PHONE, latched), 1, &none, &["victim_update: case_charged 0 safety_latch"]);
    let silent = subject(&charged("23F", json!({"id": "v", "roles": ["victim"], "contact": "ok"})));
    check_needs(&silent, &Contacts::new(), 1, &none, &["victim_update: case_charged 0 no_address"]);
    let about = ("v".to_owned(), updates::Kind::CaseCharged, "0".to_owned());
    let failed = Past { failed: [about.clone()].into(), ..Past::default() };
    check_needs(&theft, &Contacts::new(), 1, &failed, &["victim_update: case_charged 0 failed"]);
    let week = 8 * 86_400;
    check_needs(&theft, &Contacts::new(), week, &none, &["victim_update: case_charged 0 expired"]);
    let told = Past { reached: [about].into(), ..Past::default() };
    check_needs(&theft, &Contacts::new(), week, &told, &[]);
}

#[test]
fn news_that_nobody_releases_for_a_day_is_a_task() {
    let case = json!({"number": "26-9", "offence": "23F"});
    let events = [read("case.charged", 0, &json!({"case": case, "people": [victim(34)]}))];
    let day = 24 * 3600;
    assert_eq!(plan_at(&events, &Contacts::new(), 0).wake, Some(at(day)));
    check_needs(&subject(&events), &Contacts::new(), day - 1, &Past::default(), &[]);
    check_needs(&subject(&events), &Contacts::new(), day, &Past::default(), &["held_news: case_charged 0"]);
}

#[test]
fn people_of_a_merged_call_go_on_in_the_other_and_make_it_as_unsafe() {
    let opened = |id: &str, call_type: &str, phone: &str| {
        let call = json!({"id": id, "call_type": call_type, "priority": 3});
        let people = json!([{"id": "p1", "roles": ["caller"], "phone": phone}]);
        read("incident.opened", 0, &json!({"incident": call, "people": people}))
    };
    let merged = read("incident.merged", 60, &json!({"incident": {"id": "26-2"}, "merged_into": "26-1"}));
    let enroute = read("unit.enroute", 90, &json!({"incident": {"id": "26-1"}}));
    let survivor = |call_type: &str| {
        let mut survivor = subject(&[opened("26-1", "LARCENY", PHONE), enroute.clone()]);
        let second = subject(&[opened("26-2", call_type, "+12185550124"), merged.clone()]);
        let (Subject::Incident(one), Subject::Incident(two)) = (&mut survivor, &second) else {
            unreachable!()
        };
        one.absorb(two);
        one.absorb(two);
        lines(&plan(&survivor, &Contacts::new(), policy(), at(91)))
    };
    let expected = [
        "call_received text 26-2/p1: merged",
        "call_received text p1: pending",
        "officers_on_the_way text 26-2/p1: pending",
        "officers_on_the_way text p1: pending",
    ];
    assert_eq!(survivor("LARCENY"), expected);
    assert!(survivor("DVA").iter().all(|line| line.ends_with("call_type_denied")));
    check(
        &[opened("26-2", "LARCENY", PHONE), merged.clone()],
        &Contacts::new(),
        61,
        &["call_received text p1: merged"],
    );
}
