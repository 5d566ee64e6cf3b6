//! What comes by queues: texts of people, receipts of providers.
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
