//! Advice by call type: who gets which, that no text and no subject ever holds it, and what refuses a table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod world;

use std::collections::BTreeMap;
use std::path::Path;

use incident::Event;
use jiff::tz::TimeZone;
use serde_json::json;
use updates::email::{Around, Envelope, build_update};
use updates::render::{AgencyWords, Rendered, render, values};
use updates::texts::Texts;
use updates::{Channel, Kind};
use world::{at, read, subject};

const LANGUAGES: [&str; 4] = ["en", "es", "hmn", "so"];

fn files(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/agency/texts").join(language);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries.map(|path| (named(&path), std::fs::read_to_string(&path).unwrap())).collect()
}

/// The shipped English texts with `to` for `from` in one file.
fn changed(file: &str, from: &str, to: &str) -> Result<Texts, updates::texts::TextsError> {
    let mut files = files("en");
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} no longer holds {from:?}");
    *text = text.replacen(from, to, 1);
    Texts::parse("en", &files)
}

fn closed(call_type: &str) -> Vec<Event> {
    let call = json!({"incident": {"id": "26-048213", "call_type": call_type}, "disposition": "01"});
    vec![read("incident.opened", 0, &call), read("incident.closed", 1, &call)]
}

/// A report, with the call that it came of.
fn report(call_type: &str) -> Vec<Event> {
    let mut events = closed(call_type);
    events.push(read("case.opened", 2, &json!({"case": {"number": "26-1234"}})));
    events
}

fn worded(texts: &Texts, events: &[Event], kind: Kind, channel: Channel) -> Rendered {
    let agency = AgencyWords {
        name: "Example City Police".into(),
        non_emergency_phone: "218-555-0100".into(),
        text_to_911: false,
        zone: TimeZone::get("America/Chicago").unwrap(),
    };
    let values = values(&subject(events), kind, "0", &agency, texts);
    render(kind, channel, texts, &values).unwrap()
}

#[test]
fn an_email_shows_the_advice_of_its_call_type() {
    let texts = Texts::parse("en", &files("en")).unwrap();
    let call = worded(&texts, &closed("FIREWRKS"), Kind::CallClosed, Channel::Email).body;
    insta::assert_snapshot!(call.trim(), @r"
    Your call 26-048213 is closed: a report was taken.

    The city's rules on fireworks are at https://police.example.gov/fireworks.

    If you have questions call 218-555-0100. In an emergency call 911.
    ");
    let case = worded(&texts, &report("LARCENY"), Kind::CaseNumber, Channel::Email).body;
    insta::assert_snapshot!(case.trim(), @r"
    Your report has the number 26-1234. Keep it for questions and for your insurance.

    You can add to your report at https://police.example.gov/report.

    If you have questions call 218-555-0100.
    ");
    let received = worded(&texts, &closed("MVA"), Kind::CallReceived, Channel::Email).body;
    assert!(received.contains("\n\nKeep out of traffic."), "{received}");
}

#[test]
fn without_advice_no_language_leaves_a_hole() {
    for language in LANGUAGES {
        let texts = Texts::parse(language, &files(language)).unwrap();
        for (kind, events) in [
            (Kind::CallReceived, closed("NOISE")),
            (Kind::CallClosed, closed("NOISE")),
            (Kind::CaseNumber, report("NOISE")),
        ] {
            let body = worded(&texts, &events, kind, Channel::Email).body;
            assert_eq!(body.trim().split("\n\n").count(), 2, "{kind} in {language}: {body:?}");
            assert!(!body.contains("\n\n\n"), "{kind} in {language}: {body:?}");
        }
    }
}

#[test]
fn neither_a_text_nor_a_subject_ever_holds_it() {
    let asked = "{% if advice is defined %}{{ advice }}{% endif %}is closed";
    let texts = changed("call_closed.toml", "is closed", asked).unwrap();
    let text = worded(&texts, &closed("FIREWRKS"), Kind::CallClosed, Channel::Text).body;
    assert!(!text.contains("fireworks"), "{text}");
    let subject = "{{ call }} is closed\"\nbody";
    let texts = changed("call_closed.toml", subject, &subject.replace("is closed", asked)).unwrap();
    let subject = worded(&texts, &closed("FIREWRKS"), Kind::CallClosed, Channel::Email).subject;
    assert_eq!(subject, "Example City Police: your call 26-048213 is closed");
}

#[test]
fn a_link_can_be_followed_in_html_and_is_plain_in_plain_text() {
    let texts = Texts::parse("en", &files("en")).unwrap();
    let words = worded(&texts, &closed("FIREWRKS"), Kind::CallClosed, Channel::Email);
    let envelope = Envelope {
        from_name: "Example City Police",
        from: "updates@example.gov",
        to: "pat@example.com",
        at: at(0),
        token: "0123456789abcdef",
    };
    let around = Around { language: "en", footer: "Example City Police.", stop: None };
    let raw = String::from_utf8(build_update(&envelope, &words, &around)).unwrap().replace("=\r\n", "");
    assert!(raw.contains("rules on fireworks are at https://police.example.gov/fireworks."), "{raw}");
    let link = "<a href=3D\"https://police.example.gov/fireworks\" style=3D\"color:#1f4e79\">police.example.gov/fireworks</a>.";
    assert!(raw.contains(link), "{raw}");
}

#[test]
fn an_approval_covers_the_advice() {
    let shipped = Texts::parse("en", &files("en")).unwrap();
    let texts = changed("call_closed.toml", "Tips on locks", "Our tips on locks").unwrap();
    assert_ne!(texts.hash, shipped.hash);
}

#[track_caller]
fn refused(file: &str, from: &str, to: &str, expected: &str) {
    assert_eq!(changed(file, from, to).unwrap_err().to_string(), expected);
}

#[test]
fn a_table_that_cannot_be_shown_is_refused() {
    let advice = "\"Tips on locks and lights are at https://police.example.gov/safe-home.\"";
    let file = "call_closed.toml";
    let named = "texts/en/call_closed.toml: advice.BURGLARY: ";
    refused(file, advice, "\" \"", &format!("{named}is blank: write the words, or leave the line out"));
    refused(file, advice, "\"One.\\n\\nTwo.\"", &format!("{named}must be one paragraph"));
    let filled = "\"Call {{ non_emergency }}.\"";
    refused(file, advice, filled, &format!("{named}is shown as it stands: it can hold no placeholder"));
    let other =
        "texts/en/case_closed.toml: advice: only call_received, call_closed and case_number show some";
    refused("case_closed.toml", "text =", "advice = { NOISE = \"Sleep well.\" }\ntext =", other);
}
