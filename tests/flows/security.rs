//! What must not get out: personal data through logs, errors, dead letters or tables in the clear, answers to other
//! origins. People with planted names and numbers go through real flows, sound and broken, and everything that is kept or
//! printed is searched for them.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
mod keys;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use fuzz::overheard::Overheard;
use precinct::stack::{Fault, Service};
use serde_json::{Value, json};
use tests::{NOON, World, event};

const PHONE: &str = "+12185550147";
const OTHER: &str = "+12185550148";
const EMAIL: &str = "quillfeather.canary@example.com";
/// Each in the form in which it could be found: digits without their code, parts of names.
const CANARIES: [&str; 7] = [
    "2185550147",
    "2185550148",
    "2185550149",
    "quillfeather.canary",
    "Zephyrine",
    "77 Canary Wharf",
    "my canary is ill",
];

fn person(id: &str, phone: &str) -> Value {
    json!({"id": id, "roles": ["caller", "victim"], "name": "Zephyrine Quillfeather", "phone": phone, "email": EMAIL,
        "language": "en", "age": 44, "contact": "ok"})
}

fn opened(id: &str, call_type: &str, phone: &str) -> Value {
    let location = json!({"latitude": 46.7867, "longitude": -92.1005, "address": "77 Canary Wharf Rd"});
    let call = json!({"call_type": call_type, "priority": 3, "opened_at": NOON, "location": location});
    event(
        "incident.opened",
        &format!("open-{id}"),
        NOON,
        id,
        json!({"incident": call, "people": [person("p1", phone)]}),
    )
}

/// Sound flows: texts and e-mails out, replies and receipts in, a latch, staff at work.
async fn live(world: &World) {
    world.cad(json!([opened("26-1", "LARCENY", PHONE), opened("26-2", "DVA", OTHER)])).await;
    let case = json!({"number": "26-9", "incident_id": "26-1", "offence": "23F", "status": "open", "reason": "my canary is ill"});
    world.cases(json!({"type": "case.opened", "id": "c-1", "timestamp": NOON, "data": {"case": case, "people": [person("v", PHONE)]}})).await;
    let officer = json!({"officer_id": "E-1", "subject": "s-1", "name": "Zephyrine Quillfeather", "email": EMAIL,
        "hired_on": "2018-03-01", "rank": "officer", "unit": "patrol", "shift": "days", "active": true});
    let posted = json!({"type": "officer.upserted", "id": "h-1", "timestamp": NOON, "data": officer});
    assert_eq!(world.stack.post("/v1/personnel/events", &posted).await.unwrap().0, 202);
    for words in ["my canary is ill", "STOP", "START", "call 77 Canary Wharf"] {
        world.reply(PHONE, words).await;
    }
    let token = world.stack.token("staff-1", &["victim_services", "admin"]);
    let message = json!({"person": "v", "text": "Zephyrine, please call.", "wait": true});
    world.stack.staff(("POST", "/v1/cases/26-9/messages"), &token, Some("k"), &message).await.unwrap();
    world.stack.command("/v1/contacts/search", &token, &json!({"address": PHONE})).await.unwrap();
    world.minutes(3).await;
}

/// Broken ones: what is refused, what a provider refuses, what no reader can read. Every answer of ours.
#[expect(clippy::too_many_lines, reason = "one line for each way to break")]
async fn break_things(world: &World) -> Vec<String> {
    let mut answers = Vec::new();
    let mut odd = opened("26-3", "LARCENY", PHONE);
    odd["data"]["people"][0]["age"] = json!(PHONE);
    let mut other = opened("26-4", "LARCENY", PHONE);
    other["data"]["people"][0]["roles"] = json!(["Zephyrine"]);
    let mut third = opened("26-5", "LARCENY", PHONE);
    third["data"]["people"][0]["id"] = json!(EMAIL.repeat(9));
    let mut long = opened("26-6", "LARCENY", PHONE);
    long["data"]["incident"]["location"]["address"] = json!("77 Canary Wharf ".repeat(60));
    let mut reused = opened("26-1", "LARCENY", PHONE);
    reused["data"]["incident"]["priority"] = json!(1);
    for body in [json!([odd, other, third, long, reused]), json!(PHONE), json!({"type": EMAIL, "id": PHONE})]
    {
        answers.push(world.stack.post("/v1/cad/events", &body).await.unwrap().1.to_string());
    }
    for body in
        [r#"{"+12185550147": {"a": 1, "a": 2}}"#, "{\"name\": \"Zephyrine", "[\"quillfeather.canary\"]"]
    {
        for path in [
            "/v1/cad/events",
            "/v1/cad/eido",
            "/v1/cases/events",
            "/v1/personnel/events",
            "/v1/cad/profiles/example-json",
        ] {
            let (_, answer) = world.stack.post_bytes(path, body.into(), world.stack.secret()).await.unwrap();
            answers.push(answer.to_string());
        }
    }
    let token = world.stack.token("staff-1", &["victim_services", "admin"]);
    for (path, body) in [
        ("/v1/contacts/search", json!({"address": [PHONE]})),
        ("/v1/contacts/search", json!({PHONE: EMAIL})),
        (
            "/v1/cases/26-9/people",
            json!({"phone": PHONE, "name": {"Zephyrine": 1}, "channels": [EMAIL], "basis": "b"}),
        ),
        ("/v1/cases/26-9/messages", json!({"person": EMAIL, "text": "Zephyrine"})),
        ("/v1/tasks/Zephyrine/done", json!({"outcome": "my canary is ill"})),
    ] {
        let (status, answer) = world.stack.staff(("POST", path), &token, Some("x"), &body).await.unwrap();
        assert!((400..500).contains(&status), "{path}: {status} {answer}");
        answers.push(answer.to_string());
    }
    for fault in [Fault::Reject, Fault::Throttle] {
        world.stack.fault(Service::Sns, fault, Duration::ZERO);
        let id = format!("26-7{fault:?}");
        let mut call = opened(&id, "LARCENY", "+12185550149");
        // The other call has latched the e-mail address.
        call["data"]["people"][0].as_object_mut().unwrap().remove("email");
        world.cad(call).await;
    }
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    for line in [
        json!({"status": "FAILURE", "delivery": {"destination": PHONE, "providerResponse": "Zephyrine has blocked SMS"},
            "notification": {"messageId": "none", "timestamp": "2026-07-07 17:00:00.000"}}),
        json!({"status": PHONE, "delivery": {"destination": {"Zephyrine": EMAIL}}}),
    ] {
        world.stack.sms_log(&line).await.unwrap();
    }
    world.stack.inbound_message("Zephyrine +12185550147").await.unwrap();
    world.stack.ses_event(&json!({"eventType": "Bounce", "mail": {"destination": [EMAIL]}})).await.unwrap();
    // Two of them are given up, as they should be: only the failure list may say so.
    let _ = world.stack.drain().await;
    let _ = world.stack.advance(jiff::SignedDuration::from_mins(2)).await;
    answers
}

#[tokio::test]
async fn planted_people_are_in_no_log_no_error_and_no_table_in_the_clear() {
    let overheard = Overheard::start("debug,hyper=info,dynoxide=info,aws=info,s3s=info").unwrap();
    let world = World::new().await;
    live(&world).await;
    assert!(!world.texts().is_empty() && !world.emails().is_empty());
    for answer in break_things(&world).await {
        none_in(answer.as_bytes(), &CANARIES, &answer);
    }
    let lines = overheard.take();
    // Otherwise nobody was listening.
    for heard in ["provider refused", "goes to the dead-letter queue"] {
        assert!(lines.contains(heard), "{heard:?} was never logged");
    }
    for line in lines.lines() {
        none_in(line.as_bytes(), &CANARIES, line);
    }
    let data = world.stack.data();
    let mut searched = 0;
    for file in ["tables.sqlite", "tables.sqlite-wal"] {
        let bytes = std::fs::read(data.join(file)).unwrap_or_default();
        none_in(&bytes, &CANARIES, file);
        searched += bytes.len();
    }
    assert!(searched > 50_000, "the tables are somewhere else");
    for folder in ["s3/audit", "s3/public", "s3/internal"] {
        for (name, bytes) in files(&data.join(folder)) {
            none_in(&bytes, &CANARIES, &name);
            none_in(name.as_bytes(), &CANARIES, &name);
        }
    }
}

#[track_caller]
fn none_in(bytes: &[u8], canaries: &[&str], place: &str) {
    for canary in canaries {
        let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!found, "{canary:?} in {place}");
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.to_string_lossy().into_owned(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

/// Refuses to compile where a type has a trait.
macro_rules! is_not {
    ($type:ty, $trait:path) => {
        const _: fn() = || {
            trait Ambiguous<A> {
                fn some() {}
            }
            #[allow(dead_code, reason = "it is only named")]
            struct Has;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
            let _ = <$type as Ambiguous<_>>::some;
        };
    };
}

// What holds people has no `Display`, so that `{}` and `%` of a log line do not compile; its `Debug`, if any, prints no value.
is_not!(incident::Person, std::fmt::Display);
is_not!(incident::event::PersonFields, std::fmt::Display);
is_not!(incident::event::IncidentData, std::fmt::Display);
is_not!(incident::event::Location, std::fmt::Display);
is_not!(incident::event::Investigator, std::fmt::Display);
is_not!(incident::call::Private, std::fmt::Display);
is_not!(incident::StaffMessage, std::fmt::Display);
is_not!(incident::StaffEntry, std::fmt::Display);
is_not!(incident::staff::Vouched, std::fmt::Display);
is_not!(startup::intake::Envelope, std::fmt::Display);
is_not!(startup::intake::Admitted, std::fmt::Display);
is_not!(startup::intake::Unreadable, std::fmt::Display);
is_not!(startup::http::Answer, std::fmt::Display);
is_not!(table::replies::Words, std::fmt::Display);
is_not!(table::contacts::Known, std::fmt::Display);
is_not!(table::unsubscribe::Unsubscribe, std::fmt::Display);
is_not!(table::messages::Pause, std::fmt::Display);
is_not!(table::tasks::Done, std::fmt::Display);
is_not!(table::erasure::Erasure, std::fmt::Display);
is_not!(records::Hold, std::fmt::Display);
is_not!(updates::ConfirmedSafe, std::fmt::Display);
is_not!(updates::approvals::Approval, std::fmt::Display);
is_not!(updates::render::Rendered, std::fmt::Display);
is_not!(vault::DataKey, std::fmt::Display);
is_not!(vault::IndexKey, std::fmt::Display);
is_not!(vault::DataKey, serde::Serialize);
is_not!(vault::IndexKey, serde::Serialize);
is_not!(startup::webhook::Source, serde::Serialize);

/// Types with a derived `Debug` and a field that is named like something personal, and why each may.
const PRINTABLE: [(&str, &str); 44] = [
    ("Agency", "the department's own number"),
    ("AgencyFields", "another department's public number"),
    ("AgencyWords", "the department's own number"),
    ("Department", "the department's own number"),
    ("Publisher", "who publishes the map"),
    ("QuietHours", "hours of the day"),
    ("Contact", "whom the publisher of the map names"),
    ("Fields", "times of an extract"),
    ("KindTexts", "texts before a name is put in"),
    ("Emails", "whom e-mails are from"),
    ("Provider", "whom texts are from"),
    ("Message", "sealed"),
    ("Notice", "sealed"),
    ("Logged", "sealed"),
    ("Referral", "sealed"),
    ("Sealed", "sealed"),
    ("Snapshot", "hashes"),
    ("Field", "pointers of a profile"),
    ("FieldSpec", "pointers of a profile"),
    ("Profile", "the profile's own name"),
    ("ProfileError", "what is wrong with a file of the agency"),
    ("TextsError", "what is wrong with a file of the agency"),
    ("SettingsError", "what is wrong with a file of the agency"),
    ("RulesetError", "what is wrong with a file of the agency"),
    ("Refused", "which placeholder has no value"),
    ("Override", "why a cell is listed, printed in every plan"),
    ("OptOut", "the way by which it came"),
    ("Revocation", "the way by which it came"),
    ("Trigger", "of a list of words"),
    ("Indicator", "of an indicator"),
    ("Threshold", "of an indicator"),
    ("Term", "of an indicator"),
    ("Place", "of a public place"),
    ("Stop", "of a public place"),
    ("Beat", "of a beat"),
    ("BeatPlan", "of a beat"),
    ("Shift", "of a shift"),
    ("ShiftPlan", "of a shift"),
    ("Group", "of a group of offences"),
    ("Candidate", "of a method"),
    ("Lease", "of a night run"),
    ("Index", "of an index"),
    ("Table", "of a table"),
    ("Bucket", "of a bucket"),
];

/// What fields are named that hold something personal: who somebody is, where, what they wrote, who of the staff acted.
const NAMES: [&str; 19] = [
    "phone",
    "email",
    "address",
    "addresses",
    "destination",
    "name",
    "by",
    "words",
    "text",
    "body",
    "html",
    "statement",
    "reason",
    "override_reason",
    "basis",
    "outcome",
    "guardian_of",
    "from",
    "to",
];

#[test]
fn what_is_named_like_something_personal_does_not_print() {
    let mut printing = BTreeSet::new();
    for folder in ["shared", "functions"] {
        for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)) {
            let text = String::from_utf8(bytes).unwrap_or_default();
            if Path::new(&path).extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            for (before, rest) in text.match_indices("struct ").map(|(at, _)| (&text[..at], &text[at + 7..]))
            {
                let derives = before.rsplit("\n\n").next().unwrap_or_default();
                let Some(body) = rest.split_once(" {\n").filter(|(head, _)| !head.contains(['\n', ';']))
                else {
                    continue;
                };
                let fields = body.1.split("\n}").next().unwrap_or_default();
                let is_personal = |line: &str| {
                    let line = line.trim().trim_start_matches("pub ");
                    let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
                    let named = line.split_once(": ").filter(|(name, _)| NAMES.contains(name));
                    named.is_some_and(|(_, kind)| kind.contains("String") || kind.contains("str"))
                };
                let prints = |line: &str| line.trim().starts_with("#[derive(") && line.contains("Debug");
                if derives.lines().any(prints) && fields.lines().any(is_personal) {
                    let name = body.0.split('<').next().unwrap_or_default();
                    printing.insert(name.to_owned());
                }
            }
        }
    }
    let allowed: BTreeSet<&str> = PRINTABLE.iter().map(|(name, _)| *name).collect();
    let found: Vec<&String> = printing.iter().filter(|name| !allowed.contains(name.as_str())).collect();
    assert!(found.is_empty(), "{found:?}: write Debug by hand, or say here why they may print");
    // Also that the search still finds something.
    let gone: Vec<&&str> = allowed.iter().filter(|name| !printing.contains(**name)).collect();
    assert!(gone.is_empty(), "{gone:?} print nothing personal any more: take them off the list");
}

#[test]
fn values_print_redacted() {
    let data: incident::event::IncidentData = serde_json::from_value(json!({
        "incident": {"id": "26-1"}, "people": [person("p1", PHONE)]}))
    .unwrap();
    let location: incident::event::Location =
        serde_json::from_value(json!({"address": "77 Canary Wharf Rd"})).unwrap();
    let case: incident::event::CaseData =
        serde_json::from_value(json!({"case": {"number": "1", "reason": "my canary is ill",
        "investigator": {"name": "Zephyrine", "email": EMAIL}}}))
        .unwrap();
    let mut private = incident::call::Private::default();
    private.people.insert("p1".into(), incident::Person::default());
    let answer = startup::http::Answer::json(200, &json!({"name": "Zephyrine"}));
    let mut known = table::contacts::Known::default();
    known.states.insert(PHONE.into(), updates::ContactState::default());
    let printed = format!("{data:?}{location:?}{case:?}{private:?}{answer:?}{known:?}");
    none_in(printed.as_bytes(), &CANARIES, &printed);
}

/// Reads a `T` and looks for the planted words in its `Debug`.
#[track_caller]
fn check_redacted<T: serde::de::DeserializeOwned + std::fmt::Debug>(value: Value) {
    let planted = value.to_string();
    assert!(planted.contains("canary") || planted.contains("Zephyrine"), "{planted}");
    let printed = format!("{:?}", serde_json::from_value::<T>(value).unwrap());
    none_in(printed.as_bytes(), &CANARIES, &printed);
}

#[test]
fn who_of_the_staff_acted_and_in_what_words_prints_redacted() {
    let (by, words) = (EMAIL, "my canary is ill");
    check_redacted::<incident::staff::Vouched>(json!({"basis": words, "by": by, "guardian_of": "Zephyrine"}));
    check_redacted::<table::tasks::Done>(json!({"at": NOON, "by": by, "outcome": words}));
    check_redacted::<table::messages::Pause>(
        json!({"scope": "all", "by": by, "since": NOON, "reason": words}),
    );
    check_redacted::<table::erasure::Erasure>(
        json!({"id": "e-1", "scope": "person", "about": [PHONE], "by": by, "reason": words, "at": NOON}),
    );
    check_redacted::<records::Hold>(
        json!({"scope": "person", "value": PHONE, "by": by, "since": NOON, "reason": words}),
    );
    check_redacted::<updates::ConfirmedSafe>(json!({"channel": "text", "by": by, "until": NOON}));
    check_redacted::<updates::approvals::Approval>(
        json!({"name": "Zephyrine", "date": "2026-07-07", "hash": "h"}),
    );
    let fields = serde_json::from_value(person("p1", PHONE)).unwrap();
    let entry =
        incident::StaffEntry { fields, basis: words.into(), by: by.into(), guardian_of: Some(words.into()) };
    let printed = format!("{entry:?}");
    none_in(printed.as_bytes(), &CANARIES, &printed);
}

#[tokio::test]
async fn no_other_origin_is_let_in_and_refusals_are_alike() {
    let world = World::new().await;
    for path in ["/v1/alerts", "/v1/tasks", "/v1/cad/events", "/v1/unsubscribe/x"] {
        for method in ["OPTIONS", "GET", "DELETE"] {
            let (status, headers, _) = world.stack.browse(method, path, "").await.unwrap();
            let allows: Vec<&String> =
                headers.keys().filter(|name| name.starts_with("access-control-")).collect();
            assert!(allows.is_empty(), "{method} {path}: {allows:?}");
            assert!((400..500).contains(&status), "{method} {path}: {status}");
        }
    }
    let body = json!({"type": "incident.opened"}).to_string();
    let refused = async |headers: &[(&str, &str)]| {
        world.stack.post_with("/v1/cad/events", body.clone().into(), headers).await.unwrap()
    };
    let now = world.stack.now();
    let stamp = now.as_second().to_string();
    let wrong = startup::webhook::sign(
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "m",
        now,
        body.as_bytes(),
    )
    .unwrap();
    let signed = |stamp: &'static str| {
        [("webhook-id", "m"), ("webhook-timestamp", stamp), ("webhook-signature", "v1,AAAA")]
    };
    let unsigned = refused(&[]).await;
    assert_eq!(unsigned.0, 401);
    assert_eq!(refused(&signed("0")).await, unsigned);
    assert_eq!(refused(&signed("never")).await, unsigned);
    assert_eq!(
        refused(&[("webhook-id", "m"), ("webhook-timestamp", &stamp), ("webhook-signature", &wrong)]).await,
        unsigned
    );
    assert_eq!(refused(&[("x-api-key", "0123456789abcdef01234567")]).await, unsigned);
}
