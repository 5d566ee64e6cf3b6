//! Posts as real senders make them: the events of the contract over a few ids that meet again and again, EIDOs, vendors'
//! forms, personnel. Times, people and calls are drawn, so that what is sound reaches every depth of a handler.
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::mutate::CANARIES;

const INCIDENT_TYPES: [&str; 15] = [
    "incident.opened",
    "incident.updated",
    "incident.reclassified",
    "unit.assigned",
    "unit.enroute",
    "unit.delayed",
    "unit.diverted",
    "unit.arrived",
    "unit.cleared",
    "incident.closed",
    "incident.cancelled",
    "incident.reopened",
    "incident.merged",
    "incident.transferred",
    "incident.expunged",
];
const CASE_TYPES: [&str; 9] = [
    "case.opened",
    "case.assigned",
    "case.status_changed",
    "case.referred_to_prosecutor",
    "case.charged",
    "case.closed",
    "case.contact_requested",
    "case.transferred",
    "case.sealed",
];
const PERSONNEL_TYPES: [&str; 9] = [
    "officer.upserted",
    "exposure.recorded",
    "event.reported",
    "event.finding",
    "event.voided",
    "commendation.recorded",
    "training.required",
    "training.completed",
    "notice.delayed",
];

/// A post of one to a few events, or an EIDO, for `path`.
pub fn post(chance: &mut Chance, path: &str) -> Value {
    let mut list = |make: &dyn Fn(&mut Chance) -> Value| {
        if chance.once_in(2) {
            return make(chance);
        }
        let many = *chance.pick(&[1, 2, 3, 5]);
        json!((0..many).map(|_| make(chance)).collect::<Vec<_>>())
    };
    match path {
        "/v1/cad/events" => list(&cad),
        "/v1/cases/events" => list(&case),
        "/v1/personnel/events" => list(&personnel),
        "/v1/cad/eido" => list(&eido),
        "/v1/cad/ticketscad" => ticketscad(chance),
        "/v1/cases/profiles/records" => records(chance),
        _ => vendor(chance),
    }
}

fn number(chance: &mut Chance, prefix: &str, most: usize) -> String {
    format!("{prefix}{}", chance.below(most))
}

fn time(chance: &mut Chance) -> String {
    format!("2026-07-07T{:02}:{:02}:00-05:00", 6 + chance.below(7), chance.below(60))
}

fn person(chance: &mut Chance) -> Value {
    let roles = ["caller", "victim", "suspect", "witness", "guardian", "reporting_party"];
    json!({"id": number(chance, "p", 4), "roles": [chance.pick(&roles)], "name": CANARIES[2],
        "phone": *chance.pick(&[CANARIES[0], "218-555-0112", "(218) 555-0113", "911"]),
        "email": *chance.pick(&[CANARIES[1], "x@example.com"]), "language": *chance.pick(&["en", "es", "hmn", "xx"]),
        "age": chance.below(90), "contact": *chance.pick(&["ok", "ask_first", "no_text", "no_email", "never"])})
}

fn people(chance: &mut Chance) -> Value {
    json!((0..chance.below(3)).map(|_| person(chance)).collect::<Vec<_>>())
}

fn cad(chance: &mut Chance) -> Value {
    let unit = json!({"id": number(chance, "2", 3), "status": *chance.pick(&["assigned", "enroute", "arrived"]), "eta": time(chance)});
    json!({"type": chance.pick(&INCIDENT_TYPES), "id": number(chance, "e-", 3000), "timestamp": time(chance), "data": {
        "incident": {"id": number(chance, "26-", 40), "call_type": chance.pick(&["LARCENY", "DVA", "NOISE", "STKX", "?"]),
            "priority": 1 + chance.below(5), "opened_at": time(chance), "beat": "21", "origin": "reported",
            "offence": "23F", "occurred_from": time(chance), "occurred_to": time(chance),
            "location": {"latitude": 46.78, "longitude": -92.1, "address": CANARIES[3]}},
        "people": people(chance), "units": [unit], "disposition": *chance.pick(&["01", "02", "XX"]),
        "case_number": number(chance, "C-", 20), "merged_into": number(chance, "26-", 40),
        "agency": {"name": "County Sheriff", "phone": "218-555-0199"}}})
}

fn case(chance: &mut Chance) -> Value {
    json!({"type": chance.pick(&CASE_TYPES), "id": number(chance, "r-", 3000), "timestamp": time(chance), "data": {
        "case": {"number": number(chance, "C-", 20), "incident_id": number(chance, "26-", 40), "offence": "23F",
            "status": *chance.pick(&["open", "active", "closed", "odd"]), "reason": CANARIES[4], "release_at": time(chance),
            "investigator": {"name": "Det. Sample", "phone": "218-555-0150", "email": "det@example.gov"}},
        "people": people(chance), "release_at": time(chance)}})
}

fn personnel(chance: &mut Chance) -> Value {
    let date = format!("2026-0{}-1{}", 1 + chance.below(7), chance.below(10));
    let officer = number(chance, "E-", 12);
    json!({"type": chance.pick(&PERSONNEL_TYPES), "id": number(chance, "h-", 3000), "timestamp": time(chance), "data": {
        "officer_id": officer, "subject": format!("s-{officer}"), "name": CANARIES[2], "email": CANARIES[1],
        "hired_on": "2018-03-01", "rank": "officer", "unit": "patrol", "shift": "days", "active": true,
        "supervisor_id": number(chance, "E-", 12), "date": date, "hours": 8, "calls": 3, "arrests": 1,
        "event_id": number(chance, "ia-", 30), "indicator": *chance.pick(&["complaint", "use_of_force", "pursuit"]),
        "occurred_on": "2026-01-01", "reported_on": date, "severity": 3, "scene_id": number(chance, "s-", 9),
        "finding": "unfounded", "closed_on": date, "course": "cit", "due_on": date, "result": "passed",
        "authority": "County prosecutor", "until": date}})
}

/// The published example, with its number, people and states drawn.
fn eido(chance: &mut Chance) -> Value {
    const OPENED: &str = include_str!("../../../events/eido-opened-post.json");
    const ENROUTE: &str = include_str!("../../../events/eido-enroute-post.json");
    let text: &&str = chance.pick(&[OPENED, ENROUTE]);
    let event: Value = serde_json::from_str(text).unwrap_or_default();
    let body = event["body"].as_str().unwrap_or_default();
    let call = chance.below(30);
    let call_type: &&str = chance.pick(&["LARCENY", "DVA", "NOISE"]);
    let body = body
        .replace("26-048213", &format!("26-{call}"))
        .replace("5d1f0c7a21", &format!("5d1f0c7a{call}"))
        .replace("2185550123", &CANARIES[0][2..])
        .replace("Dana", "Zephyrine")
        .replace("LARCENY", call_type)
        .replace("21:14:03", &format!("21:{:02}:03", chance.below(60)));
    serde_json::from_str(&body).unwrap_or_default()
}

fn ticketscad(chance: &mut Chance) -> Value {
    let kinds = [
        "incident.new",
        "incident.created",
        "assign.created",
        "responder.assign",
        "responder.status",
        "responder.status_changed",
        "incident.close",
        "incident.closed",
        "incident.updated",
    ];
    json!({"event_type": chance.pick(&kinds), "timestamp": time(chance), "data": {"ticket_id": chance.below(40),
        "target_id": 42, "type": *chance.pick(&["Theft", "Domestic Disturbance", "?"]), "severity": chance.below(4),
        "phone": CANARIES[0], "contact": CANARIES[2], "address": CANARIES[3], "summary": CANARIES[4],
        "responder_id": chance.below(5), "status": *chance.pick(&["Responding", "On Scene", "Lunch"]),
        "new_status": chance.below(4), "details": {"in_types_id": "Theft", "severity": 0}}})
}

fn vendor(chance: &mut Chance) -> Value {
    let row = json!({"seq": chance.below(3000), "what": *chance.pick(&["NEW", "CHG", "ENR", "END", "DUP", "?"]),
        "when": 1_783_440_000 + chance.below(3600), "call": {"no": number(chance, "26-", 40),
            "nature": *chance.pick(&["LARC", "DOM", "?"]), "prio": "C", "beat": "21",
            "persons": [{"key": "A", "kind": *chance.pick(&["CALLER", "SUSPECT", "?"]), "tel": CANARIES[0], "mail": CANARIES[1]}]},
        "cars": [{"name": "214", "eta": 1_783_440_900}]});
    json!({"events": [row]})
}

/// A post of the records system of `records.toml`.
fn records(chance: &mut Chance) -> Value {
    let mut row = |_| {
        let person = json!({"key": number(chance, "p", 4), "kind": *chance.pick(&["V", "R", "S", "?"]),
            "called": CANARIES[2], "tel": CANARIES[0], "mail": CANARIES[1], "age": chance.below(90)});
        let file = json!({"no": number(chance, "C-", 20), "call": number(chance, "26-", 40),
            "charge": *chance.pick(&["THEFT", "BURG", "?"]), "state": *chance.pick(&["open", "active", "odd"]),
            "why": CANARIES[4], "lat": 46.78, "lon": -92.1, "detective": "Det. Sample"});
        json!({"seq": chance.below(3000), "at": 1_783_440_000 + chance.below(3600),
            "what": *chance.pick(&["OPEN", "GIVE", "MOVE", "CHRG", "SHUT", "SEAL", "?"]), "file": file,
            "persons": [person], "release": 1_783_440_000 + chance.below(90_000)})
    };
    json!({"rows": (0..2).map(&mut row).collect::<Vec<_>>()})
}
