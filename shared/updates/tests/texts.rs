//! Every shipped text as the phone shows it, in one place to review; and the rules that all of them keep.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod world;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use incident::StaffMessage;
use jiff::tz::TimeZone;
use serde_json::json;
use updates::derive::{from_case, from_incident};
use updates::email::{Around, Envelope, Stop, build, build_update};
use updates::render::{
    AgencyWords, Values, agency_values, longest_values, render, render_answer, render_footer, values,
};
use updates::segments::{Alphabet, limit, measure};
use updates::texts::Texts;
use updates::{Answer, Channel, Kind, Subject, advice, wording};
use world::{at, policy, read, subject};

const LANGUAGES: [&str; 4] = ["en", "es", "hmn", "so"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/agency/texts")
}

fn texts_in(language: &str) -> Texts {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder().join(language)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        files.insert(name, std::fs::read_to_string(path).unwrap());
    }
    Texts::parse(language, &files).unwrap()
}

fn english() -> Texts {
    texts_in("en")
}

fn agency(text_to_911: bool) -> AgencyWords {
    AgencyWords {
        name: "Example City Police".into(),
        non_emergency_phone: "218-555-0100".into(),
        text_to_911,
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
    let ordinal = ordinal.unwrap_or_else(|| "0".into());
    let mut values = values(&subject, kind, &ordinal, &agency(true), texts);
    if texts.language == "en" {
        values.insert("languages", "ESPAÑOL, HMOOB, SOOMAALI".into());
    }
    values
}

/// Each text, answer and e-mail with its size at the longest values.
fn shown(language: &str) -> String {
    let texts = texts_in(language);
    let mut shown = String::new();
    let size = |text: &str| {
        let size = measure(text);
        let unit = if size.alphabet == Alphabet::Gsm7 { "septets" } else { "units" };
        format!("{} {unit}, {} at most", size.units, if size.parts == 1 { "one part" } else { "two parts" })
    };
    for kind in Kind::ALL {
        let longest = longest_values(&texts, *kind, &agency(true));
        let longest = render(*kind, Channel::Text, &texts, &longest).unwrap().body;
        let values = sample_values(*kind, &texts);
        let text = render(*kind, Channel::Text, &texts, &values).unwrap().body;
        let email = render(*kind, Channel::Email, &texts, &values).unwrap();
        writeln!(shown, "{kind} (at its longest {})\n  {text}", size(&longest)).unwrap();
        writeln!(shown, "  e-mail: {}", email.subject).unwrap();
        let body = email.body.trim().replace('\n', "\n    ").replace("    \n", "\n");
        writeln!(shown, "    {body}").unwrap();
    }
    for words in [Kind::CallClosed, Kind::CaseStatus].map(|kind| texts.of(kind)) {
        for (code, words) in words.outcomes.iter().chain(&words.statuses) {
            writeln!(shown, "{code}: {words}").unwrap();
        }
    }
    for kind in advice::KINDS {
        for (call_type, words) in &texts.of(kind).advice {
            writeln!(shown, "advice in the e-mail {kind} about {call_type}: {words}").unwrap();
        }
    }
    for answer in Answer::ALL {
        let text = render_answer(*answer, &texts, &agency_values(&agency(true))).unwrap().body;
        writeln!(shown, "answer {answer} ({})\n  {text}", size(&text)).unwrap();
    }
    for has_link in [true, false] {
        let footer = render_footer(&texts, &agency_values(&agency(true)), has_link).unwrap();
        writeln!(shown, "below e-mails: {footer}").unwrap();
    }
    writeln!(shown, "link: {}", texts.emails.stop_link).unwrap();
    let page = &texts.emails.page;
    for words in [&page.title, &page.question, &page.everything, &page.report, &page.surveys, &page.button] {
        writeln!(shown, "page: {words}").unwrap();
    }
    for words in [&page.done, &page.also, &page.unknown, &page.later] {
        writeln!(shown, "page: {words}").unwrap();
    }
    shown
}

#[test]
fn every_text_of_every_language_as_people_see_it() {
    let shown = LANGUAGES.map(|language| format!("== {language}\n{}", shown(language)));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn every_language_keeps_the_house_rules_and_its_limit_of_parts() {
    for (language, text_to_911) in LANGUAGES.iter().flat_map(|language| [(language, true), (language, false)])
    {
        let (texts, agency) = (texts_in(language), agency(text_to_911));
        for kind in Kind::ALL {
            let values = longest_values(&texts, *kind, &agency);
            let text = render(*kind, Channel::Text, &texts, &values).unwrap().body;
            assert!(measure(&text).parts <= limit(language), "{kind} in {language}: {text}");
            assert_eq!(wording::of_text(&text, *kind, language, &agency.name), [""; 0], "{kind}: {text}");
            let email = render(*kind, Channel::Email, &texts, &values).unwrap();
            let broken = wording::of_email(&email.subject, &email.body, *kind, language, &agency.name);
            assert_eq!(broken, [""; 0], "{kind}: {}", email.body);
        }
        for answer in Answer::ALL {
            let text = render_answer(*answer, &texts, &agency_values(&agency)).unwrap().body;
            assert_eq!(
                wording::of_answer(&text, *answer, language, &agency.name),
                [""; 0],
                "{answer}: {text}"
            );
        }
        assert_eq!(updates::triggers::unfilled(&texts, &agency), [].into(), "{language}");
    }
}

#[test]
fn translations_say_that_a_person_has_to_sign_them() {
    for language in LANGUAGES.iter().filter(|language| **language != "en") {
        for entry in std::fs::read_dir(folder().join(language)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("# Needs review"), "{}", path.display());
        }
    }
}

fn envelope() -> Envelope<'static> {
    Envelope {
        from_name: "Example City Police",
        from: "updates@example.gov",
        to: "pat@example.com",
        at: at(0),
        token: "0123456789abcdef",
    }
}

fn email(language: &str, kind: Kind, link: bool) -> String {
    let texts = texts_in(language);
    let words = render(kind, Channel::Email, &texts, &sample_values(kind, &texts)).unwrap();
    let footer = render_footer(&texts, &agency_values(&agency(true)), link).unwrap();
    let url = format!("https://updates.example.gov/v1/unsubscribe/1{}", "Ab3-".repeat(40));
    let stop = Stop { label: &texts.emails.stop_link, url: &url, mailbox: Some("records@example.gov") };
    let around = Around { language, footer: &footer, stop: link.then_some(stop) };
    String::from_utf8(build_update(&envelope(), &words, &around)).unwrap().replace("\r\n", "\n")
}

#[test]
fn an_email_as_it_leaves() {
    insta::assert_snapshot!(email("es", Kind::CaseNumber, true));
}

#[test]
fn an_email_without_a_page_names_a_number_and_no_link() {
    let raw = email("en", Kind::CaseNumber, false);
    assert!(raw.contains("To stop these e-mails call 218-555-0100."));
    assert!(!raw.contains("List-Unsubscribe") && !raw.contains("http"));
}

#[test]
fn numbers_to_copy_or_to_dial_are_not_broken_over_two_lines() {
    let raw = email("en", Kind::CaseNumber, false).replace("=\n", "").replace("=3D", "=");
    for number in ["26-1234", "218-555-0100"] {
        let whole = format!("<span style=\"white-space:nowrap\">{number}</span>");
        assert!(raw.contains(&whole), "{number}: {raw}");
    }
    let (_, foot) = raw.split_once("class=\"foot\"").unwrap();
    assert!(foot.contains("<span style=\"white-space:nowrap\">218-555-0100</span>."), "{foot}");
    let texts = english();
    let long = "9-".repeat(40);
    let values = Values::from([("message", long.clone()), ("agency", "A".into())]);
    let words = render(Kind::StaffMessage, Channel::Email, &texts, &values).unwrap();
    let raw = String::from_utf8(build(&envelope(), &words)).unwrap();
    assert!(!raw.contains("nowrap"), "a long one would not fit a phone: {raw}");
}

#[test]
fn a_notice_has_nothing_to_stop() {
    let texts = english();
    let values = sample_values(Kind::StaffMessage, &texts);
    let words = render(Kind::StaffMessage, Channel::Email, &texts, &values).unwrap();
    let raw = String::from_utf8(build(&envelope(), &words)).unwrap();
    assert!(raw.contains("Your bicycle was found.") && !raw.contains("List-Unsubscribe"));
}

#[test]
fn what_staff_write_is_text_and_never_markup() {
    let texts = english();
    let values = Values::from([("message", "<b>&\"</b>".to_owned()), ("agency", "A".into())]);
    let words = render(Kind::StaffMessage, Channel::Email, &texts, &values).unwrap();
    let raw = String::from_utf8(build(&envelope(), &words)).unwrap();
    assert!(raw.contains("&lt;b&gt;&amp;&quot;&lt;/b&gt;"), "{raw}");
}

#[test]
fn a_name_that_needs_the_large_alphabet_still_goes_out() {
    let texts = english();
    let mut values = sample_values(Kind::CaseAssigned, &texts);
    values.insert("investigator_name", "Đặng Sample".into());
    let text = render(Kind::CaseAssigned, Channel::Text, &texts, &values).unwrap().body;
    assert_eq!((measure(&text).alphabet, measure(&text).parts), (Alphabet::Ucs2, 2));
    values.insert("investigator_name", "Pat O’Sample".into());
    let text = render(Kind::CaseAssigned, Channel::Text, &texts, &values).unwrap().body;
    assert!(text.contains("Pat O'Sample") && measure(&text).alphabet == Alphabet::Gsm7);
}

#[test]
fn a_blank_or_unknown_value_refuses_the_render() {
    let texts = english();
    let mut values = sample_values(Kind::CaseAssigned, &texts);
    values.remove("contact_phone");
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
