//! Inputs gone wrong: a tree of JSON with values in it that no sender should send, and bytes that are no JSON any more.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::chance::Chance;

/// Personal data planted in inputs: none of it may come back in an answer, an error or a log line.
pub const CANARIES: [&str; 5] = [
    "+12185550147",
    "canary.person@example.com",
    "Zephyrine Quillfeather",
    "77 Canary Wharf Rd",
    "canary-free-text",
];

/// Spoils up to four places of `value`.
pub fn spoil(chance: &mut Chance, value: &mut Value) {
    for _ in 0..chance.below(5) {
        let places = count(value);
        let at = chance.below(places);
        if let Some(place) = nth(value, &mut { at }) {
            change(chance, place);
        }
    }
}

/// The bytes of `value`, sometimes damaged.
pub fn bytes(chance: &mut Chance, value: &Value) -> Vec<u8> {
    let mut text = value.to_string();
    if chance.once_in(12) {
        text = rewrite(chance, &text);
    }
    let mut bytes = text.into_bytes();
    if chance.once_in(10) {
        damage(chance, &mut bytes);
    }
    bytes
}

/// A body as it is handed to a function.
#[derive(Clone, Debug)]
pub struct Wire {
    /// The text of the event.
    pub body: Option<String>,
    /// Whether it says that the text is base64.
    pub is_base64: bool,
}

/// `body` as API Gateway hands it over: text where it is text, else base64. Now and then as it never should: what says
/// that it is base64 and is not.
pub fn wire(chance: &mut Chance, body: &[u8]) -> Wire {
    let text = std::str::from_utf8(body);
    if !chance.once_in(16) {
        return match text {
            Ok(text) => Wire { body: Some(text.to_owned()), is_base64: false },
            Err(_) => Wire { body: Some(STANDARD.encode(body)), is_base64: true },
        };
    }
    let encoded = STANDARD.encode(body);
    let body = match chance.below(7) {
        0 => text.ok().map(str::to_owned),
        1 => encoded.get(1..).map(str::to_owned),
        2 => Some(encoded.trim_end_matches('=').to_owned()),
        3 => Some(format!("{encoded}=")),
        4 => Some(encoded.replace(['A', '/'], "-")),
        5 => Some(format!("{}\n{}", &encoded[..encoded.len() / 2], &encoded[encoded.len() / 2..])),
        // Sound, and only seldom so for text.
        _ => Some(encoded),
    };
    Wire { body, is_base64: true }
}

/// What only text can say: doubled keys, numbers out of range, halves of surrogates, depth.
fn rewrite(chance: &mut Chance, text: &str) -> String {
    match chance.below(7) {
        0 => text.replacen("\"id\":", "\"id\":\"first\",\"id\":", 2),
        1 => text.replacen(":3", ":1e999", 1),
        2 => text.replacen(":3", ":99999999999999999999999999", 1),
        3 => text.replacen(":\"", ":\"\\ud800", 1),
        4 => text.replacen(":\"", ":\"\\u0000", 1),
        5 => text.replacen(
            "\"data\":",
            &format!("\"deep\":{}1{},\"data\":", "[".repeat(60), "]".repeat(60)),
            1,
        ),
        _ => format!("{}{}", "[".repeat(chance.below(5000)), text),
    }
}

fn damage(chance: &mut Chance, bytes: &mut Vec<u8>) {
    for _ in 0..=chance.below(3) {
        if bytes.is_empty() {
            return;
        }
        let at = chance.below(bytes.len());
        match chance.below(5) {
            0 => bytes[at] = chance.any() as u8,
            1 => bytes.truncate(at),
            2 => bytes.insert(at, *chance.pick(&[0xff, 0xc0, 0x80, 0, b'"', b'{', b'\\', b','])),
            3 => drop(bytes.remove(at)),
            _ => {
                let piece = bytes[at..(at + chance.below(40)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(fields) => fields.values_mut().find_map(|field| nth(field, left)),
        _ => None,
    }
}

fn change(chance: &mut Chance, place: &mut Value) {
    match place {
        Value::Object(fields) if !fields.is_empty() && chance.once_in(2) => change_field(chance, fields),
        Value::Array(items) if !items.is_empty() && chance.once_in(2) => {
            let copy = chance.pick(items).clone();
            let times = *chance.pick(&[1, 1, 2, 30, 130]);
            items.extend(std::iter::repeat_n(copy, times));
        }
        _ => *place = nasty(chance),
    }
}

fn change_field(chance: &mut Chance, fields: &mut Map<String, Value>) {
    let names: Vec<String> = fields.keys().cloned().collect();
    let name = chance.pick(&names).clone();
    match chance.below(4) {
        0 => drop(fields.remove(&name)),
        1 => drop(fields.insert(name, Value::Null)),
        2 => drop(
            fields.insert(chance.pick(&["race", "", "a/b", "\u{0}", "extra"]).to_string(), nasty(chance)),
        ),
        _ => {
            let other = chance.pick(&names).clone();
            let copy = fields[&other].clone();
            fields.insert(name, copy);
        }
    }
}

fn nasty(chance: &mut Chance) -> Value {
    const WORDS: [&str; 26] = [
        "",
        " ",
        "#",
        "INC#26-1",
        "\u{0}",
        "\u{202e}",
        "\u{fdfa}\u{1f468}\u{200d}\u{1f469}",
        "../../etc/passwd",
        "%2e%2e",
        "'; DROP TABLE x;--",
        "{{7*7}}",
        "<script>",
        "9999-12-30T21:59:59.999999999Z",
        "-009999-01-02T02:00:00Z",
        "2026-07-07T12:00:60Z",
        "9999-12-31",
        "+1",
        "+99999999999999999999",
        "911",
        "tel:911",
        "a@b",
        "@",
        "26-1",
        "open",
        "victim",
        "2026-07-07T12:00:00-05:00",
    ];
    match chance.below(14) {
        0 => Value::Null,
        1 => json!(chance.once_in(2)),
        2 => json!(*chance.pick(&[0, -1, 1, 255, 256, i64::MAX, i64::MIN])),
        3 => json!(u64::MAX),
        4 => json!(*chance.pick(&[1e308, -0.0, 1e-320, 90.1, 181.0, 0.1])),
        5 => json!([]),
        6 => json!({}),
        7 => json!("x".repeat(*chance.pick(&[64, 65, 129, 257, 1025, 2049]))),
        8 => json!("\u{e9}".repeat(*chance.pick(&[32, 33, 70_000]))),
        9 => json!(*chance.pick(&CANARIES)),
        10 => json!(vec![json!({"id": "p9", "phone": "218-555-0111"}); *chance.pick(&[1, 120])]),
        11 => (0..chance.below(80)).fold(json!(1), |inner, _| json!([inner])),
        _ => json!(*chance.pick(&WORDS)),
    }
}
