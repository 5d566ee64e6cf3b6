//! What comes by queues and from staff: texts of people, receipts of providers, bodies of the staff API.
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::mutate::{CANARIES, bytes, spoil};

const WORDS: [&str; 12] = [
    "STOP",
    "stop 26-1",
    "ARRET",
    "START",
    "HELP",
    "ALTO",
    "espa\u{f1}ol",
    "1",
    "5 thanks",
    "911 help me",
    "\u{1f44d}",
    "no more C-3",
];

/// A text or a receipt, whole or damaged.
pub fn message(chance: &mut Chance) -> Vec<u8> {
    let mut message = if chance.once_in(2) { text(chance) } else { receipt(chance) };
    spoil(chance, &mut message);
    bytes(chance, &message)
}

fn text(chance: &mut Chance) -> Value {
    json!({"originationNumber": *chance.pick(&[CANARIES[0], "+12185550112", "12345", "+4915112345678"]),
        "destinationNumber": "+12185550190", "messageKeyword": "KEYWORD", "messageBody": *chance.pick(&WORDS),
        "inboundMessageId": format!("in-{}", chance.below(500)), "previousPublishedMessageId": format!("out-{}", chance.below(9))})
}

fn receipt(chance: &mut Chance) -> Value {
    let mail = json!({"messageId": format!("ses-{}", chance.below(9)), "timestamp": "2026-07-07T17:00:00.000Z",
        "destination": [CANARIES[1]]});
    match chance.below(3) {
        0 => {
            json!({"eventType": *chance.pick(&["TEXT_DELIVERED", "TEXT_CARRIER_UNREACHABLE", "TEXT_BLOCKED"]), "eventTimestamp": 1_783_443_600_000_i64,
            "isFinal": true, "destinationPhoneNumber": CANARIES[0], "messageId": format!("out-{}", chance.below(9)),
            "messageStatus": *chance.pick(&["DELIVERED", "CARRIER_UNREACHABLE", "BLOCKED"])})
        }
        1 => {
            json!({"notification": {"messageId": format!("out-{}", chance.below(9)), "timestamp": "2026-07-07 17:00:00.000"},
            "delivery": {"destination": CANARIES[0], "providerResponse": "Phone has blocked SMS"}, "status": "FAILURE"})
        }
        _ => json!({"eventType": *chance.pick(&["Bounce", "Complaint", "Delivery"]), "mail": mail,
            "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": CANARIES[1]}], "timestamp": "2026-07-07T17:00:00.000Z"},
            "complaint": {"complainedRecipients": [{"emailAddress": CANARIES[1]}]}}),
    }
}

/// A request of staff: method, path and body.
#[expect(clippy::too_many_lines, reason = "one arm for each route")]
pub fn staff(chance: &mut Chance) -> (&'static str, String, Vec<u8>) {
    let (call, case, officer) = (
        format!("26-{}", chance.below(40)),
        format!("C-{}", chance.below(20)),
        format!("E-{}", chance.below(12)),
    );
    let (method, path, mut body) = match chance.below(16) {
        0 => (
            "POST",
            format!("/v1/incidents/{call}/messages"),
            json!({"person": "p1", "text": "Please call.", "wait": true}),
        ),
        1 => (
            "POST",
            format!("/v1/cases/{case}/messages"),
            json!({"person": "p1", "text": "Please call.", "channel": "text"}),
        ),
        2 => (
            "POST",
            format!("/v1/cases/{case}/people"),
            json!({"phone": CANARIES[0], "name": CANARIES[2], "channels": ["text"], "basis": "asked"}),
        ),
        3 => ("POST", "/v1/contacts/search".into(), json!({"address": CANARIES[0]})),
        4 => (
            "PUT",
            "/v1/contacts".into(),
            json!({"address": CANARIES[1], "wish": {"contact": "never"}, "undeliverable": false,
            "revocation": {"scope": "all", "received_at": "2026-07-07T12:00:00-05:00"}, "case_number": case}),
        ),
        5 => ("POST", "/v1/tasks/none/done".into(), json!({"outcome": "revoked"})),
        6 => ("POST", format!("/v1/cases/{case}/release"), json!({})),
        7 => (
            "POST",
            format!("/v1/officers/{officer}/coaching"),
            json!({"held_on": "2026-07-04", "topic": "reports", "words": CANARIES[4]}),
        ),
        8 => (
            "POST",
            format!("/v1/officers/{officer}/goals"),
            json!({"due_on": "2026-12-31", "words": CANARIES[4]}),
        ),
        9 => (
            "POST",
            format!("/v1/alerts/{officer}.2026-07-05/transitions"),
            json!({"to": "Closed", "words": CANARIES[4]}),
        ),
        10 => (
            "POST",
            format!("/v1/alerts/{officer}.2026-07-05/interventions"),
            json!({"kind": "mentor", "owner": officer, "due_on": "2026-12-31"}),
        ),
        11 => (
            "POST",
            "/v1/patrol/2026-07-05/visits".into(),
            json!({"shift": "day", "geohash": "cbqd0jq", "arrived_at": "2026-07-05T13:00:00Z", "minutes": 15}),
        ),
        12 => (
            "POST",
            "/v1/pause".into(),
            json!({"scope": "source", "value": "nobody", "on": true, "reason": "trial"}),
        ),
        13 => ("GET", format!("/v1/incidents/{call}/updates"), Value::Null),
        14 => (
            "GET",
            chance
                .pick(&[
                    "/v1/officers?limit=x",
                    "/v1/alerts?cursor=zz",
                    "/v1/tasks?owner=?",
                    "/v1/reports/year?year=99999",
                    "/v1/updates?date=9999-12-31",
                    "/v1/updates?date=9999-12-30",
                    "/v1/patrol/2026-13-45",
                    "/v1/officers/%00",
                    "/v1/reports/patrol?from=a&to=b",
                    "/v1/reports/fairness",
                ])
                .to_string(),
            Value::Null,
        ),
        _ => (
            *chance.pick(&["GET", "POST"]),
            format!("/v1/unsubscribe/{}", chance.pick(&["", "x", "a.b", "%00", "\u{e9}", "AAAA:AAAA"])),
            json!("scope=all"),
        ),
    };
    spoil(chance, &mut body);
    (method, path, bytes(chance, &body))
}
