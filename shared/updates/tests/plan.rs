//! Who is told what: the rules of the shipped policy, through `plan`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(unreachable_pub, reason = "each test file uses its part")]
mod world;

use incident::{Contact, Event};
use serde_json::{Value, json};
use updates::contact::Flag;
use updates::gates::Contacts;
use updates::{ContactState, Scope, Subject};
use world::{at, knowing, lines, plan_at, read};

const MINUTE: i64 = 60;

fn caller() -> Value {
    json!({"id": "p1", "roles": ["caller"], "phone": "+12185550123"})
}

fn opened(people: Value) -> Event {
    let call = json!({"id": "26-1", "call_type": "LARCENY", "priority": 3});
    read("incident.opened", 0, &json!({"incident": call, "people": people}))
}

fn later(kind: &str, seconds: i64, extra: Value) -> Event {
    let mut data = json!({"incident": {"id": "26-1"}});
    data.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    read(kind, seconds, &data)
}

#[track_caller]
fn check(events: &[Event], contacts: &Contacts, now: i64, expected: &[&str]) {
    assert_eq!(lines(&plan_at(events, contacts, now)), expected);
}

#[test]
fn caller_is_told_of_call_and_officers() {
    check(&[opened(json!([caller()]))], &Contacts::new(), 1, &["call_received text p1: pending"]);
    let enroute = later("unit.enroute", 30, json!({}));
    let both = ["call_received text p1: pending", "officers_on_the_way text p1: pending"];
    check(&[opened(json!([caller()])), enroute], &Contacts::new(), 31, &both);
}

#[test]
fn what_arrival_overtakes_is_superseded() {
    let events = [
        opened(json!([caller()])),
        later("unit.enroute", 30, json!({})),
        later("unit.arrived", 60, json!({})),
    ];
    let expected = ["call_received text p1: superseded", "officers_on_the_way text p1: superseded"];
    check(&events, &Contacts::new(), 61, &expected);
}

#[test]
fn old_news_expires() {
    let expired = ["call_received text p1: expired"];
    check(&[opened(json!([caller()]))], &Contacts::new(), 10 * MINUTE + 1, &expired);
}

#[test]
fn waiting_callers_are_told_by_priority_and_once_more() {
    let events = [opened(json!([caller()]))];
    let at_30 = ["call_received text p1: expired", "officers_delayed 1 text p1: pending"];
    check(&events, &Contacts::new(), 30 * MINUTE, &at_30);
    let at_60 = [
        "call_received text p1: expired",
        "officers_delayed 1 text p1: expired",
        "officers_delayed 2 text p1: pending",
    ];
    check(&events, &Contacts::new(), 60 * MINUTE, &at_60);
    assert_eq!(plan_at(&events, &Contacts::new(), 1).wake, Some(at(30 * MINUTE)));
    assert_eq!(plan_at(&events, &Contacts::new(), 30 * MINUTE).wake, Some(at(60 * MINUTE)));
    assert_eq!(plan_at(&events, &Contacts::new(), 60 * MINUTE).wake, None);
}

#[test]
fn a_unit_under_way_ends_the_wait_until_it_is_diverted() {
    let unit = |status: &str| json!({"units": [{"id": "214", "status": status}]});
    let late = [opened(json!([caller()])), later("unit.enroute", 40 * MINUTE, unit("enroute"))];
    assert_eq!(plan_at(&late, &Contacts::new(), 41 * MINUTE).wake, None);
    assert!(
        !lines(&plan_at(&late, &Contacts::new(), 60 * MINUTE)).iter().any(|line| line.ends_with("pending"))
    );
    let diverted = [&late[..], &[later("unit.diverted", 45 * MINUTE, unit("diverted"))]].concat();
    let found = lines(&plan_at(&diverted, &Contacts::new(), 45 * MINUTE));
    assert_eq!(found.last().unwrap(), "officers_delayed 2 text p1: pending");
}

#[test]
fn diversion_of_the_only_unit_is_a_delay_and_ends_the_way() {
    let unit = |status: &str| json!({"units": [{"id": "214", "status": status}]});
    let events = [
        opened(json!([caller()])),
        later("unit.enroute", 30, unit("enroute")),
        later("unit.diverted", 90, unit("diverted")),
    ];
    let expected = [
        "call_received text p1: pending",
        "officers_on_the_way text p1: superseded",
        "officers_delayed 1 text p1: pending",
    ];
    check(&events, &Contacts::new(), 91, &expected);
}

#[test]
fn a_missed_arrival_window_is_a_delay() {
    let unit = json!({"units": [{"id": "214", "status": "enroute", "eta": at(10 * MINUTE).to_string()}]});
    let events = [opened(json!([caller()])), later("unit.enroute", 30, unit)];
    assert_eq!(plan_at(&events, &Contacts::new(), 60).wake, Some(at(20 * MINUTE)));
    let found = lines(&plan_at(&events, &Contacts::new(), 20 * MINUTE));
    assert_eq!(found.last().unwrap(), "officers_delayed 1 text p1: pending");
}

#[test]
fn denied_and_unknown_call_types_tell_nobody() {
    let typed = |call_type: Value| {
        let call = json!({"id": "26-1", "call_type": call_type});
        read("incident.opened", 0, &json!({"incident": call, "people": [caller()]}))
    };
    for call_type in [json!("DVA"), json!("TRESPASS"), json!("NEVER-HEARD-OF"), json!(null)] {
        check(&[typed(call_type)], &Contacts::new(), 1, &["call_received text p1: call_type_denied"]);
    }
}

#[test]
fn once_denied_stays_denied() {
    let harmless =
        later("incident.reclassified", 60, json!({"incident": {"id": "26-1", "call_type": "NOISE"}}));
    let domestic =
        later("incident.reclassified", 30, json!({"incident": {"id": "26-1", "call_type": "DVA"}}));
    let denied = ["call_received text p1: call_type_denied"];
    check(&[opened(json!([caller()])), domestic, harmless], &Contacts::new(), 61, &denied);
}

#[track_caller]
fn check_person(person: Value, expected: &str) {
    let found = lines(&plan_at(&[opened(json!([person]))], &Contacts::new(), 1));
    assert_eq!(found, [format!("call_received {expected}")]);
}

#[test]
fn people_who_are_not_told() {
    let phone = "+12185550123";
    check_person(json!({"id": "p", "roles": ["suspect"], "phone": phone}), "text p: role_suspect");
    check_person(json!({"id": "p", "roles": ["witness"], "phone": phone}), "text p: role_not_notified");
    check_person(json!({"id": "p", "roles": ["caller"], "phone": phone, "age": 17}), "text p: minor");
    check_person(json!({"id": "p", "roles": ["caller"]}), "text p: no_address");
    check_person(
        json!({"id": "p", "roles": ["caller"], "phone": "9115550123"}),
        "text p: not_a_subscriber_number",
    );
    check_person(
        json!({"id": "p", "roles": ["caller"], "phone": phone, "contact": "never"}),
        "text p: contact_never",
    );
    check_person(
        json!({"id": "p", "roles": ["caller"], "phone": phone, "contact": "no_text"}),
        "text p: contact_no_text",
    );
    check_person(
        json!({"id": "p", "roles": ["caller"], "phone": phone, "removed": true}),
        "text p: role_not_notified",
    );
}

#[test]
fn email_serves_where_no_text_can_be_sent() {
    let mail = "p@example.com";
    check_person(json!({"id": "p", "roles": ["caller"], "email": mail}), "email p: pending");
    let person =
        json!({"id": "p", "roles": ["caller"], "phone": "+12185550123", "email": mail, "contact": "no_text"});
    check_person(person, "email p: pending");
}

#[test]
fn a_number_that_a_suspect_shares_is_silent() {
    let suspect = json!({"id": "p2", "roles": ["suspect"], "phone": "218-555-0123"});
    let expected = ["call_received text p1: number_of_suspect", "call_received text p2: role_suspect"];
    check(&[opened(json!([caller(), suspect]))], &Contacts::new(), 1, &expected);
}

#[test]
fn two_records_with_one_phone_are_one_recipient() {
    let twin = json!({"id": "p2", "roles": ["reporting_party"], "phone": "(218) 555-0123"});
    check(&[opened(json!([caller(), twin]))], &Contacts::new(), 1, &["call_received text p1: pending"]);
}

#[test]
fn contacts_close_the_gate() {
    let call = [opened(json!([caller()]))];
    let number = "+12185550123";
    let opted_out = ContactState::default().opted_out(Scope::All, at(-9), "text").unwrap();
    check(&call, &knowing(number, opted_out), 1, &["call_received text p1: opted_out"]);
    let latched = ContactState { latch_until: Some(at(600)), ..ContactState::default() };
    check(&call, &knowing(number, latched.clone()), 1, &["call_received text p1: safety_latch"]);
    let flag = Flag { wish: Contact::NoText, until: at(600) };
    let flagged = ContactState { flag: Some(flag), ..ContactState::default() };
    check(&call, &knowing(number, flagged), 1, &["call_received text p1: contact_no_text"]);
    check(&call, &knowing(number, latched), 600, &["call_received text p1: pending"]);
}

fn case_event(kind: &str, seconds: i64, case: Value) -> Event {
    let mut fields = json!({"number": "26-9", "offence": "23F"});
    fields.as_object_mut().unwrap().extend(case.as_object().unwrap().clone());
    let victim =
        json!({"id": "v", "roles": ["victim", "caller"], "phone": "+12185550123", "email": "v@example.com"});
    read(kind, seconds, &json!({"case": fields, "people": [victim]}))
}

#[test]
fn victims_are_told_by_text_and_email() {
    let expected = ["case_number text v: pending", "case_number email v: pending"];
    check(&[case_event("case.opened", 0, json!({}))], &Contacts::new(), 1, &expected);
}

#[test]
fn case_news_waits_for_the_morning() {
    let evening = 8 * 3600; // 22:00
    let until = "deferred 2026-07-05T13:00:00Z";
    let expected = [format!("case_number text v: {until}"), format!("case_number email v: {until}")];
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check(&[case_event("case.opened", evening, json!({}))], &Contacts::new(), evening, &expected);
}

#[test]
fn charge_news_is_held_until_its_release() {
    let charged = |release: Value| case_event("case.charged", 0, json!({"release_at": release}));
    let held =
        ["case_charged text v: deferred until released", "case_charged email v: deferred until released"];
    check(&[charged(Value::Null)], &Contacts::new(), 3600, &held);
    let timed = [charged(json!(at(3600).to_string()))];
    let until = "deferred 2026-07-04T20:00:00Z";
    let waiting = [format!("case_charged text v: {until}"), format!("case_charged email v: {until}")];
    let waiting: Vec<&str> = waiting.iter().map(String::as_str).collect();
    check(&timed, &Contacts::new(), 3599, &waiting);
    check(&timed, &Contacts::new(), 3600, &["case_charged text v: pending", "case_charged email v: pending"]);
}

#[test]
fn each_investigator_is_named_once_and_only_the_present_one() {
    let assigned = |at, name: &str| case_event("case.assigned", at, json!({"investigator": {"name": name}}));
    let events = [assigned(0, "Det. One"), assigned(60, "Det. Two"), assigned(90, "Det. Two")];
    let found = lines(&plan_at(&events, &Contacts::new(), 91));
    assert_eq!(found.iter().filter(|line| line.ends_with("pending")).count(), 2, "{found:?}");
    assert_eq!(found.iter().filter(|line| line.ends_with("superseded")).count(), 2, "{found:?}");
}

#[test]
fn offences_that_endanger_are_denied() {
    for offence in [json!("13B"), json!("11A"), json!("999"), Value::Null] {
        let event = case_event("case.opened", 0, json!({"offence": offence}));
        let expected = ["case_number text v: offence_denied", "case_number email v: offence_denied"];
        check(&[event], &Contacts::new(), 1, &expected);
    }
}

#[test]
fn a_victim_who_neither_called_nor_agreed_is_asked_first() {
    let victim = |contact: Value| {
        let person = json!({"id": "v", "roles": ["victim"], "phone": "+12185550123", "contact": contact});
        read("case.opened", 0, &json!({"case": {"number": "26-9", "offence": "23F"}, "people": [person]}))
    };
    check(&[victim(Value::Null)], &Contacts::new(), 1, &["case_number text v: contact_ask_first"]);
    check(&[victim(json!("ok"))], &Contacts::new(), 1, &["case_number text v: pending"]);
}

#[test]
fn sealed_cases_and_cancelled_calls_tell_nobody() {
    let sealed = [case_event("case.opened", 0, json!({})), case_event("case.sealed", 1, json!({}))];
    let cancelled = ["case_number text v: cancelled", "case_number email v: cancelled"];
    check(&sealed, &Contacts::new(), 2, &cancelled);
    let events = [opened(json!([caller()])), later("incident.cancelled", 5, json!({}))];
    check(&events, &Contacts::new(), 6, &["call_received text p1: cancelled"]);
}

#[test]
fn closing_is_told_once_per_cycle() {
    let events = [
        opened(json!([caller()])),
        later("incident.closed", 60, json!({"disposition": "01"})),
        later("incident.reopened", 120, json!({})),
    ];
    let found = lines(&plan_at(&events[..2], &Contacts::new(), 61));
    assert_eq!(found.last().unwrap(), "call_closed text p1: pending");
    let found = lines(&plan_at(&events, &Contacts::new(), 121));
    assert_eq!(found.last().unwrap(), "call_closed text p1: superseded");
}

#[test]
fn a_transfer_names_each_agency_once() {
    let sheriff = json!({"agency": {"name": "Example County Sheriff", "phone": "218-555-0160"}});
    let state = json!({"agency": {"name": "State Patrol", "phone": "218-555-0161"}});
    let events = [
        opened(json!([caller()])),
        later("incident.transferred", 10, sheriff.clone()),
        later("incident.transferred", 20, sheriff),
        later("incident.transferred", 30, state),
    ];
    let found = lines(&plan_at(&events[..3], &Contacts::new(), 31));
    assert_eq!(found.iter().filter(|line| line.starts_with("call_transferred")).count(), 1, "{found:?}");
    let found = lines(&plan_at(&events, &Contacts::new(), 31));
    assert!(found[1].ends_with("superseded") && found[2].ends_with("pending"), "{found:?}");
}

#[test]
fn each_status_is_told_until_the_next_and_never_in_the_senders_words() {
    let status = |at, status: &str| case_event("case.status_changed", at, json!({"status": status}));
    let events = [status(0, "active"), status(60, "suspended"), status(90, "pending lab 218-555-0101")];
    let found = lines(&plan_at(&events[..2], &Contacts::new(), 61));
    assert_eq!(found.iter().filter(|line| line.ends_with("superseded")).count(), 2, "{found:?}");
    assert_eq!(found.iter().filter(|line| line.ends_with("pending")).count(), 2, "{found:?}");
    let found = lines(&plan_at(&events, &Contacts::new(), 91));
    assert_eq!(found.iter().filter(|line| line.ends_with("status_unmapped")).count(), 2, "{found:?}");
    assert!(!found.iter().any(|line| line.contains("555-0101")), "{found:?}");
}

#[test]
fn a_referral_is_held_and_a_closure_ends_the_news_of_status() {
    let referred = case_event("case.referred_to_prosecutor", 0, json!({}));
    let held =
        ["case_referred text v: deferred until released", "case_referred email v: deferred until released"];
    check(&[referred], &Contacts::new(), 3600, &held);
    let events = [
        case_event("case.status_changed", 0, json!({"status": "closed"})),
        case_event("case.closed", 5, json!({})),
    ];
    let found = lines(&plan_at(&events, &Contacts::new(), 6));
    assert_eq!(found[2..], ["case_closed text v: pending", "case_closed email v: pending"]);
    assert!(found[..2].iter().all(|line| line.ends_with("superseded")), "{found:?}");
}

#[test]
fn staff_release_what_is_held_then_and_nothing_later() {
    let charged = |at| case_event("case.charged", at, json!({}));
    let released_at = |events: &[Event], at: i64| {
        let mut subject = world::subject(events);
        let Subject::Case(case, _) = &mut subject else { unreachable!("the events above make a case") };
        case.facts.release(world::at(at));
        let plan = updates::plan(&subject, &Contacts::new(), world::policy(), world::at(at.max(200)));
        lines(&plan)
    };
    assert_eq!(
        released_at(&[charged(60)], 120),
        ["case_charged text v: pending", "case_charged email v: pending"]
    );
    let held =
        ["case_charged text v: deferred until released", "case_charged email v: deferred until released"];
    assert_eq!(released_at(&[charged(60)], 30), held);
}
