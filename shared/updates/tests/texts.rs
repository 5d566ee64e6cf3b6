//! Every shipped text as the phone shows it, in one place to review; and the rules that all of them keep.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod world;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use incident::StaffMessage;
use jiff::tz::TimeZone;
use serde_json::json;
use updates::derive::{from_case, from_incident};
use updates::email::{Envelope, build};
use updates::render::{AgencyWords, Values, longest_values, render, values};
use updates::segments::{Alphabet, measure};
use updates::texts::Texts;
use updates::{Channel, Kind, Subject};
use world::{at, policy, read, subject};

fn english() -> Texts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/agency/texts/en");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        files.insert(name, std::fs::read_to_string(path).unwrap());
    }
    Texts::parse("en", &files).unwrap()
}

fn agency() -> AgencyWords {
    AgencyWords {
        name: "Example City Police".into(),
        non_emergency_phone: "218-555-0100".into(),
        text_to_911: true,
        zone: TimeZone::get("America/Chicago").unwrap(),
    }
}

fn staff_message() -> StaffMessage {
    StaffMessage {
        at: at(1),
        by: "staff-1".into(),
        person: "p1".into(),
        way: None,
        text: "Your bicycle was found. Please call 218-555-0150.".into(),
        override_reason: None,
    }
}

fn sample_values(kind: Kind, texts: &Texts) -> Values {
    let call = json!({"incident": {"id": "26-048213"}, "disposition": "01",
        "agency": {"name": "Example County Sheriff", "phone": "+12185550160"},
        "units": [{"id": "214", "status": "enroute", "eta": at(1460).to_string()}]});
    let case = json!({"case": {"number": "26-1234", "status": "suspended",
        "investigator": {"name": "Det. Sample", "phone": "+12185550150"}}});
    let calls = [
        Kind::CallReceived,
        Kind::OfficersOnTheWay,
        Kind::OfficersDelayed,
        Kind::CallClosed,
        Kind::CallTransferred,
        Kind::Survey,
    ];
    let events = if calls.contains(&kind) {
        vec![read("incident.opened", 0, &call), read("incident.transferred", 1, &call)]
    } else {
        vec![read("case.assigned", 0, &case), read("case.status_changed", 1, &case)]
    };
    let mut subject = subject(&events);
    if let Subject::Case(case, _) = &mut subject {
        case.private.write("0", staff_message());
    }
    let found = match &subject {
        Subject::Incident(incident) => from_incident(incident, policy(), at(2)),
        Subject::Case(case, _) => from_case(case, at(2)),
    };
    let ordinal =
        found.list.into_iter().find(|candidate| candidate.kind == kind).map(|candidate| candidate.ordinal);
    values(&subject, kind, &ordinal.unwrap_or_else(|| "0".into()), &agency(), texts)
}

#[test]
fn every_text_as_the_phone_shows_it() {
    let texts = english();
    let mut shown = String::new();
    for kind in Kind::ALL {
        let text = render(*kind, Channel::Text, &texts, &sample_values(*kind, &texts)).unwrap().body;
        let longest =
            render(*kind, Channel::Text, &texts, &longest_values(&texts, *kind, &agency())).unwrap().body;
        let (size, most) = (measure(&text), measure(&longest));
        writeln!(shown, "{kind} ({} septets here, {} at most)\n  {text}", size.units, most.units).unwrap();
        assert_eq!((most.alphabet, most.parts), (Alphabet::Gsm7, 1), "{kind} at its longest");
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn an_email_as_it_leaves() {
    let texts = english();
    let words =
        render(Kind::CaseNumber, Channel::Email, &texts, &sample_values(Kind::CaseNumber, &texts)).unwrap();
    let envelope = Envelope {
        from_name: "Example City Police",
        from: "updates@example.gov",
        to: "pat@example.com",
        at: at(0),
        token: "0123456789abcdef",
    };
    let raw = String::from_utf8(build(&envelope, &words)).unwrap();
    insta::assert_snapshot!(raw.replace("\r\n", "\n"));
}

#[test]
fn texts_keep_the_house_rules() {
    let texts = english();
    for kind in Kind::ALL {
        let text = render(*kind, Channel::Text, &texts, &sample_values(*kind, &texts)).unwrap().body;
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        assert!(text.starts_with("Example City Police: "), "{kind} opens with the agency");
        assert!(text.ends_with("Reply STOP to end."), "{kind} ends with how to stop");
        assert_eq!(words.contains(&"way"), *kind == Kind::OfficersOnTheWay, "{kind}");
        assert_eq!(words.contains(&"delayed"), *kind == Kind::OfficersDelayed, "{kind}");
        assert!(!text.contains("http") && !text.contains("www"), "{kind} carries no link");
        let live = matches!(kind, Kind::CallReceived | Kind::OfficersOnTheWay | Kind::OfficersDelayed);
        assert!(!live || text.contains("If it gets worse call or text 911."), "{kind} says what to do");
        let transferred = *kind == Kind::CallTransferred;
        assert!(!transferred || text.contains("If it gets worse call 911."), "{kind} says what to do");
    }
}

#[test]
fn a_blank_or_unknown_value_refuses_the_render() {
    let texts = english();
    let mut values = sample_values(Kind::CaseAssigned, &texts);
    values.remove("investigator_name");
    let refused = render(Kind::CaseAssigned, Channel::Text, &texts, &values).unwrap_err();
    insta::assert_snapshot!(refused, @"case_assigned in en: UndefinedError in line 1");
}

#[test]
fn a_text_of_more_than_one_part_is_refused() {
    let texts = english();
    let mut values = sample_values(Kind::CaseNumber, &texts);
    values.insert("case", "9".repeat(80));
    let refused = render(Kind::CaseNumber, Channel::Text, &texts, &values).unwrap_err();
    insta::assert_snapshot!(refused, @"case_number in en: 204 units need 2 parts, the limit is 1");
}
