//! The staff API through real HTTP: who may see what, what is recorded about it, and stopping everything.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use precinct::stack::{Options, Stack};
use serde_json::{Value, json};
use staff_api::{Role, Route};

pub(super) const NOW: &str = "2026-07-04T18:00:00Z";
pub(super) const NIGHT: &str = "2026-07-05T08:30:00Z";
const PHONE: &str = "+12185550123";

pub(super) async fn stack() -> Stack {
    let agency = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/agency").into();
    let now: Timestamp = NOW.parse().unwrap();
    Stack::start(Options { agency, now: Some(now), still: true, ..Options::default() }).await.unwrap()
}

pub(super) async fn department(stack: &Stack) {
    let events = tests::department(NOW);
    let (status, answer) = stack.post("/v1/personnel/events", &json!(events)).await.unwrap();
    assert_eq!((status, &answer["accepted"]), (202, &json!(27)), "{answer}");
}

pub(super) async fn night(stack: &Stack) {
    let night: Timestamp = NIGHT.parse().unwrap();
    stack.set(night).await.unwrap();
    stack.run("score-officers", Some(night)).await.unwrap();
}

async fn opened(stack: &Stack, id: &str) {
    let now = stack.now();
    let call = json!({"type": "incident.opened", "id": format!("cad-{id}"), "timestamp": now, "data": {
        "incident": {"id": id, "call_type": "LARCENY", "priority": 2, "opened_at": now},
        "people": [{"id": "p1", "roles": ["caller"], "phone": PHONE}]}});
    let (status, answer) = stack.post("/v1/cad/events", &call).await.unwrap();
    assert_eq!(status, 202, "{answer}");
    stack.drain().await.unwrap();
}

/// A charge whose news is held, in a case of `det.sample@example.gov`.
async fn charged(stack: &Stack, number: &str) {
    let case = json!({"number": number, "offence": "23F",
        "investigator": {"name": "Det. Sample", "phone": "218-555-0150", "email": "det.sample@example.gov"}});
    let victim = json!({"id": "v", "roles": ["victim"], "phone": PHONE, "contact": "ok"});
    let event = json!({"type": "case.charged", "id": format!("rms-{number}"), "timestamp": stack.now(),
        "data": {"case": case, "people": [victim]}});
    let (status, answer) = stack.post("/v1/cases/events", &event).await.unwrap();
    assert_eq!(status, 202, "{answer}");
    stack.drain().await.unwrap();
}

#[tokio::test]
async fn a_charge_is_told_once_its_investigator_releases_it() {
    let stack = stack().await;
    charged(&stack, "26-9").await;
    assert_eq!(stack.texts().unwrap().len(), 0);
    let release = async |subject: &str| {
        let token = stack.token(subject, &["investigator"]);
        stack.command("/v1/cases/26-9/release", &token, &json!({})).await.unwrap().0
    };
    assert_eq!(release("det.other@example.gov").await, 404, "another investigator's case is not there");
    assert_eq!(release("det.sample@example.gov").await, 200);
    stack.drain().await.unwrap();
    assert_eq!(stack.texts().unwrap().len(), 1);
    assert_eq!(release("det.sample@example.gov").await, 200, "releasing twice changes nothing");
    stack.drain().await.unwrap();
    assert_eq!(stack.texts().unwrap().len(), 1);
    let (status, record) =
        ask(&stack, "/v1/cases/26-9/updates", "det.sample@example.gov", &["investigator"]).await;
    let states: Vec<&Value> =
        record["decisions"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!((status, states), (200, vec![&json!("deferred"), &json!("pending")]));
}

pub(super) async fn ask(stack: &Stack, path: &str, subject: &str, groups: &[&str]) -> (u16, Value) {
    stack.get(path, &stack.token(subject, groups)).await.unwrap()
}

pub(super) const SCORE: &str = "/v1/officers/E-10/scores/2026-07-05";
pub(super) const ALERT: &str = "/v1/alerts/E-10.2026-07-05";
const TRANSITIONS: &str = "/v1/alerts/E-10.2026-07-05/transitions";
const INTERVENTIONS: &str = "/v1/alerts/E-10.2026-07-05/interventions";
const STATEMENT: &str = "/v1/alerts/E-10.2026-07-05/statement";

/// The status with which a request that is in order is answered.
async fn respond(stack: &Stack, route: &Route, token: &str, key: &str) -> u16 {
    let pause = json!({"scope": "source", "value": "nobody", "on": true, "reason": "trial"});
    let message = json!({"person": "p1", "text": "Please call.", "wait": true});
    let to_victim = json!({"person": "v", "text": "Please call.", "wait": true});
    let person = json!({"phone": "218-555-0177", "channels": ["text"], "basis": "asked by telephone"});
    let safe = json!({"address": PHONE, "undeliverable": false});
    let nothing = json!({});
    let session =
        json!({"held_on": "2026-07-04", "topic": "reports", "words": "We went through three reports."});
    let goal = json!({"due_on": "2026-12-31", "words": "Reports on time."});
    let help = json!({"kind": "mentor", "owner": "E-1", "due_on": "2026-12-31"});
    let patrol =
        json!({"shift": "day", "geohash": "cbqd0jq", "arrived_at": "2026-07-05T13:00:00Z", "minutes": 15});
    let (method, path, body) = match route {
        Route::Me => ("GET", "/v1/me", &Value::Null),
        Route::IncidentUpdates { .. } => ("GET", "/v1/incidents/26-1/updates", &Value::Null),
        Route::CaseUpdates { .. } => ("GET", "/v1/cases/26-9/updates", &Value::Null),
        Route::Updates => ("GET", "/v1/updates", &Value::Null),
        Route::UpdatesSearch => ("POST", "/v1/updates/search", &json!({"address": PHONE})),
        Route::IncidentMessages { .. } => ("POST", "/v1/incidents/26-1/messages", &message),
        Route::CaseMessages { .. } => ("POST", "/v1/cases/26-9/messages", &to_victim),
        Route::CasePeople { .. } => ("POST", "/v1/cases/26-9/people", &person),
        Route::ContactsSearch => ("POST", "/v1/contacts/search", &json!({"address": PHONE})),
        Route::Contacts => ("PUT", "/v1/contacts", &safe),
        Route::Tasks => ("GET", "/v1/tasks", &Value::Null),
        Route::TaskDone { .. } => ("POST", "/v1/tasks/none/done", &json!({"outcome": "revoked"})),
        Route::Release { .. } => ("POST", "/v1/cases/26-9/release", &nothing),
        Route::OfficerScore { .. } => ("GET", SCORE, &Value::Null),
        Route::Alerts => ("GET", "/v1/alerts", &Value::Null),
        Route::Officers => ("GET", "/v1/officers", &Value::Null),
        Route::Officer { .. } => ("GET", "/v1/officers/E-10", &Value::Null),
        Route::Coaching { .. } => ("POST", "/v1/officers/E-10/coaching", &session),
        Route::Goals { .. } => ("POST", "/v1/officers/E-10/goals", &goal),
        Route::Alert { .. } => ("GET", ALERT, &Value::Null),
        Route::AlertTransitions { .. } => ("POST", TRANSITIONS, &json!({"to": "Closed"})),
        Route::AlertInterventions { .. } => ("POST", INTERVENTIONS, &help),
        Route::AlertStatement { .. } => ("POST", STATEMENT, &json!({"text": "I was on that shift alone."})),
        Route::Report { .. } => ("GET", "/v1/reports/training", &Value::Null),
        Route::Patrol { .. } => ("GET", "/v1/patrol/2026-07-05", &Value::Null),
        Route::PatrolVisits { .. } => ("POST", "/v1/patrol/2026-07-05/visits", &patrol),
        Route::PatrolReport => ("GET", "/v1/reports/patrol", &Value::Null),
        Route::Statistics { .. } => ("GET", "/v1/statistics/2026-07-05", &Value::Null),
        Route::Nights => ("GET", "/v1/nights", &Value::Null),
        Route::Policy => ("GET", "/v1/policy", &Value::Null),
        Route::Pause => ("POST", "/v1/pause", &pause),
    };
    stack.staff((method, path), token, Some(key), body).await.unwrap().0
}

/// Which roles are answered how, at each endpoint.
pub(super) async fn matrix(stack: &Stack, wanted: impl Fn(&Route) -> bool) -> String {
    let mut table = String::new();
    for route in Route::samples().into_iter().filter(wanted) {
        let mut roles: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for role in Role::ALL {
            // A token that the roster does not know.
            let token = stack.token("stranger", &[role.word()]);
            let status = respond(stack, &route, &token, role.word()).await;
            roles.entry(status).or_default().push(role.word());
        }
        table.push_str(route.name());
        for (status, roles) in roles {
            let _ = write!(table, "\n  {status} {}", roles.join(" "));
        }
        table.push('\n');
    }
    table
}

#[tokio::test]
async fn every_role_at_every_endpoint_of_updates() {
    let stack = stack().await;
    department(&stack).await;
    night(&stack).await;
    opened(&stack, "26-1").await;
    charged(&stack, "26-9").await;
    insta::assert_snapshot!(matrix(&stack, |route| !is_about_officers(route) && !is_about_places(route)).await, @"
    GET /v1/me
      200 dispatch records investigator victim_services officer supervisor commander internal_affairs analyst auditor admin
    GET /v1/incidents/{id}/updates
      200 dispatch records victim_services auditor admin
      403 officer supervisor commander internal_affairs analyst
      404 investigator
    GET /v1/cases/{number}/updates
      200 dispatch records victim_services auditor admin
      403 officer supervisor commander internal_affairs analyst
      404 investigator
    GET /v1/updates
      200 dispatch records investigator victim_services auditor admin
      403 officer supervisor commander internal_affairs analyst
    POST /v1/updates/search
      200 dispatch records victim_services admin
      403 investigator officer supervisor commander internal_affairs analyst auditor
    POST /v1/incidents/{id}/messages
      202 dispatch records victim_services admin
      403 officer supervisor commander internal_affairs analyst auditor
      404 investigator
    POST /v1/cases/{number}/messages
      202 records victim_services admin
      403 dispatch officer supervisor commander internal_affairs analyst auditor
      404 investigator
    POST /v1/cases/{number}/people
      201 records victim_services admin
      403 dispatch officer supervisor commander internal_affairs analyst auditor
      404 investigator
    POST /v1/contacts/search
      200 dispatch records victim_services admin
      403 investigator officer supervisor commander internal_affairs analyst auditor
    PUT /v1/contacts
      200 dispatch records victim_services admin
      403 investigator officer supervisor commander internal_affairs analyst auditor
    GET /v1/tasks
      200 dispatch records investigator victim_services admin
      403 officer supervisor commander internal_affairs analyst auditor
    POST /v1/tasks/{id}/done
      403 officer supervisor commander internal_affairs analyst auditor
      404 dispatch records investigator victim_services admin
    POST /v1/cases/{number}/release
      200 admin
      403 dispatch records victim_services officer supervisor commander internal_affairs analyst auditor
      404 investigator
    GET /v1/nights
      200 commander internal_affairs analyst auditor admin
      403 dispatch records investigator victim_services officer supervisor
    GET /v1/policy
      200 dispatch records investigator victim_services commander internal_affairs analyst auditor admin
      403 officer supervisor
    POST /v1/pause
      200 dispatch commander admin
      403 records investigator victim_services officer supervisor internal_affairs analyst auditor
    ");
}

/// Whether a route is of early intervention.
fn is_about_officers(route: &Route) -> bool {
    let parts = ["/v1/officers", "/v1/alerts", "/v1/reports"];
    !is_about_places(route) && parts.iter().any(|part| route.name().contains(part))
}

/// Whether a route is of patrol.
pub(super) fn is_about_places(route: &Route) -> bool {
    route.name().contains("/patrol") || route.name().contains("/statistics")
}

#[tokio::test]
async fn every_role_at_every_endpoint_of_early_intervention() {
    let stack = stack().await;
    department(&stack).await;
    night(&stack).await;
    insta::assert_snapshot!(matrix(&stack, is_about_officers).await, @"
    GET /v1/officers/{id}/scores/{date}
      200 commander internal_affairs
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
    GET /v1/alerts
      200 commander internal_affairs
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
    GET /v1/officers
      200 commander internal_affairs
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
    GET /v1/officers/{id}
      200 commander internal_affairs
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
    POST /v1/officers/{id}/coaching
      201 commander internal_affairs
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
    POST /v1/officers/{id}/goals
      201 commander internal_affairs
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
    GET /v1/alerts/{id}
      200 commander internal_affairs
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
    POST /v1/alerts/{id}/transitions
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
      409 commander internal_affairs
    POST /v1/alerts/{id}/interventions
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
      409 commander internal_affairs
    POST /v1/alerts/{id}/statement
      403 dispatch records investigator victim_services officer supervisor commander internal_affairs analyst auditor admin
    GET /v1/reports/{name}
      200 commander internal_affairs
      403 dispatch records investigator victim_services officer supervisor analyst auditor admin
    ");
}

#[tokio::test]
async fn on_leave_an_officer_keeps_the_own_record_and_a_supervisor_loses_the_chain() {
    let stack = stack().await;
    department(&stack).await;
    night(&stack).await;
    let away: Vec<Value> = tests::department(NIGHT)
        .into_iter()
        .filter(|event| ["E-10", "E-1"].contains(&event["data"]["officer_id"].as_str().unwrap()))
        .filter(|event| event["type"] == "officer.upserted")
        .map(|mut event| {
            event["id"] = json!(format!("leave-{}", event["id"].as_str().unwrap()));
            event["data"]["active"] = json!(false);
            event
        })
        .collect();
    let (status, answer) = stack.post("/v1/personnel/events", &json!(away)).await.unwrap();
    assert_eq!((status, &answer["accepted"]), (202, &json!(2)), "{answer}");
    stack.drain().await.unwrap();
    let status = async |subject: &str, group: &str| ask(&stack, SCORE, subject, &[group]).await.0;
    assert_eq!(status("subject-10", "officer").await, 200);
    assert_eq!(status("subject-1", "supervisor").await, 404);
    assert_eq!(status("subject-0", "supervisor").await, 200);
}

#[tokio::test]
async fn officers_see_themselves_and_supervisors_their_own_chain() {
    let stack = stack().await;
    department(&stack).await;
    night(&stack).await;
    let status = async |subject: &str, group: &str| ask(&stack, SCORE, subject, &[group]).await.0;
    assert_eq!(status("subject-10", "officer").await, 200);
    assert_eq!(status("subject-12", "officer").await, 404);
    assert_eq!(status("subject-1", "supervisor").await, 200, "E-10 answers to E-1");
    assert_eq!(status("subject-2", "supervisor").await, 404);
    assert_eq!(status("subject-0", "supervisor").await, 200, "the chief stands above E-1");
    assert_eq!(status("subject-10", "supervisor").await, 404, "nobody supervises themselves");
    assert_eq!(status("stranger", "officer").await, 403);

    let (_, answer) = ask(&stack, SCORE, "subject-1", &["supervisor"]).await;
    assert_eq!(answer["officer"]["name"], "Sample Officer 10");
    assert_eq!(answer["score"]["level"], "review");
    let terms = answer["score"]["terms"].as_array().unwrap();
    let sum: f64 = terms.iter().map(|term| term["c"].as_f64().unwrap()).sum();
    assert!((1.0 + sum - answer["score"]["s"].as_f64().unwrap()).abs() < 1e-9);
    let (status, _) = ask(&stack, "/v1/officers/E-10/scores/2026-07-04", "x", &["internal_affairs"]).await;
    assert_eq!(status, 404, "no run of that date");
    assert_eq!(ask(&stack, "/v1/officers/E-10/scores/today", "x", &["commander"]).await.0, 400);
}

#[tokio::test]
async fn alerts_are_yours_but_never_one_you_are_a_party_to() {
    let stack = stack().await;
    department(&stack).await;
    night(&stack).await;
    let listed = async |subject: &str, group: &str| {
        let (status, answer) = ask(&stack, "/v1/alerts", subject, &[group]).await;
        assert_eq!(status, 200, "{answer}");
        let alerts = answer["alerts"].as_array().unwrap().clone();
        alerts.iter().map(|alert| alert["alert_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("x", "internal_affairs").await, ["E-10.2026-07-05"]);
    assert_eq!(listed("subject-1", "supervisor").await, ["E-10.2026-07-05"]);
    assert_eq!(listed("subject-2", "supervisor").await, Vec::<String>::new());

    let (_, answer) = ask(&stack, "/v1/alerts", "x", &["internal_affairs"]).await;
    assert!(answer["alerts"][0]["sentence"].as_str().unwrap().contains("Complaints add"));
    assert_eq!(answer["alerts"][0]["score"], SCORE);
}

#[tokio::test]
async fn lists_page_by_cursor() {
    let stack = stack().await;
    let dynamo = aws_sdk_dynamodb::Client::new(&stack.runtime().sdk);
    let personnel = table::personnel::Personnel::open(stack.runtime(), &dynamo).unwrap();
    let rules = eis::Ruleset::parse(include_str!("../../infra/agency/eis.toml")).unwrap();
    for number in 1..=5 {
        let date = "2026-07-05".parse().unwrap();
        let trigger = eis::alert::Trigger::of_threshold("complaints");
        let news = eis::case::News {
            officer_id: format!("E-{number}"),
            at: stack.now(),
            date,
            s: eis::micro::Micro::ONE,
            pct: 99.0,
            triggers: vec![eis::case::Raised { trigger, date, run_id: "run".into() }],
            parties: std::collections::BTreeSet::new(),
            notice_delay: None,
        };
        personnel.raise(&news, &rules.workflow).await.unwrap();
    }
    let (mut path, mut pages) = ("/v1/alerts?limit=2".to_owned(), Vec::new());
    loop {
        let (status, answer) = ask(&stack, &path, "x", &["internal_affairs"]).await;
        assert_eq!(status, 200, "{answer}");
        let alerts = answer["alerts"].as_array().unwrap();
        pages.push(
            alerts.iter().map(|alert| alert["officer_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(),
        );
        let Some(next) = answer["next"].as_str() else { break };
        path = format!("/v1/alerts?limit=2&cursor={next}");
    }
    assert_eq!(pages, [vec!["E-1", "E-2"], vec!["E-3", "E-4"], vec!["E-5"]]);
    assert_eq!(ask(&stack, "/v1/alerts?limit=0", "x", &["internal_affairs"]).await.0, 400);
}

#[tokio::test]
async fn a_supervisor_who_was_at_the_scene_does_not_see_the_alert() {
    let stack = stack().await;
    department(&stack).await;
    let there = json!({"type": "event.reported", "id": "c-s", "timestamp": NOW, "data": {"event_id": "c-s",
        "officer_id": "E-1", "indicator": "complaint", "occurred_on": "2026-06-10", "reported_on": "2026-06-11",
        "scene_id": "scene-5"}});
    assert_eq!(stack.post("/v1/personnel/events", &there).await.unwrap().0, 202);
    night(&stack).await;
    let (_, mine) = ask(&stack, "/v1/alerts", "subject-1", &["supervisor"]).await;
    assert_eq!(mine["alerts"], json!([]));
    let (_, above) = ask(&stack, "/v1/alerts", "subject-0", &["supervisor"]).await;
    assert_eq!(above["alerts"][0]["officer_id"], "E-10");
}

#[tokio::test]
async fn what_was_sent_and_held_back_is_shown_masked() {
    let stack = stack().await;
    opened(&stack, "26-1").await;
    let (status, answer) = ask(&stack, "/v1/incidents/26-1/updates", "d", &["dispatch"]).await;
    assert_eq!(status, 200);
    assert_eq!(stack.texts().unwrap().len(), 1);
    let message = &answer["messages"][0];
    assert_eq!((&message["kind"], &message["channel"]), (&json!("call_received"), &json!("text")));
    assert_eq!((&message["state"], &message["address"]), (&json!("accepted"), &json!("…0123")));
    let states: Vec<&str> =
        message["history"].as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap()).collect();
    assert!(states.ends_with(&["claimed", "accepted"]), "{states:?}");
    assert!(!answer["decisions"].as_array().unwrap().is_empty());
    assert!(!answer.to_string().contains("5550123"));
    assert_eq!(ask(&stack, "/v1/incidents/26-2/updates", "d", &["dispatch"]).await.0, 404);
}

#[tokio::test]
async fn an_investigator_sees_the_calls_of_own_cases() {
    let stack = stack().await;
    opened(&stack, "26-1").await;
    let path = "/v1/incidents/26-1/updates";
    assert_eq!(ask(&stack, path, "kim@police.example.gov", &["investigator"]).await.0, 404);
    let events = json!([
        {"type": "incident.updated", "id": "u1", "timestamp": NOW, "data": {"incident": {"id": "26-1"}, "case_number": "26-77"}}]);
    assert_eq!(stack.post("/v1/cad/events", &events).await.unwrap().0, 202);
    let case = json!({"type": "case.assigned", "id": "a1", "timestamp": NOW, "data": {"case": {"number": "26-77",
        "incident_id": "26-1", "investigator": {"name": "Kim Sample", "email": "kim@police.example.gov"}}}});
    assert_eq!(stack.post("/v1/cases/events", &case).await.unwrap().0, 202);
    assert_eq!(ask(&stack, path, "kim@police.example.gov", &["investigator"]).await.0, 200);
    assert_eq!(ask(&stack, path, "lee@police.example.gov", &["investigator"]).await.0, 404);
}

#[tokio::test]
async fn a_pause_stops_everything_and_lifting_it_resumes() {
    let stack = stack().await;
    let token = stack.token("d", &["dispatch"]);
    let order = |on: bool| json!({"scope": "all", "on": on, "reason": "wrong texts"});
    let (status, receipt) = stack.command("/v1/pause", &token, &order(true)).await.unwrap();
    assert_eq!((status, &receipt["on"]), (200, &json!(true)));
    opened(&stack, "26-1").await;
    assert_eq!(stack.texts().unwrap().len(), 0);
    let (_, answer) = ask(&stack, "/v1/incidents/26-1/updates", "d", &["dispatch"]).await;
    assert!(answer.to_string().contains("\"paused\""), "{answer}");

    assert_eq!(stack.command("/v1/pause", &token, &order(false)).await.unwrap().0, 200);
    opened(&stack, "26-2").await;
    stack.advance(SignedDuration::from_mins(1)).await.unwrap();
    assert!(!stack.texts().unwrap().is_empty());

    let nonsense = json!({"scope": "kind", "value": "calls", "on": true, "reason": "r"});
    let (status, problem) = stack.command("/v1/pause", &token, &nonsense).await.unwrap();
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/value")));
    assert_eq!(stack.command("/v1/pause", &token, &json!([])).await.unwrap().0, 400);
}

/// The folder under `folder` that holds no other.
fn innermost(folder: &Path) -> std::path::PathBuf {
    let mut entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| path.is_dir()).map_or_else(|| folder.to_owned(), |inner| innermost(&inner))
}

#[tokio::test]
async fn every_request_leaves_a_chained_record_without_names() {
    let stack = stack().await;
    department(&stack).await;
    night(&stack).await;
    ask(&stack, SCORE, "subject-10", &["officer"]).await;
    ask(&stack, SCORE, "subject-12", &["officer"]).await;
    ask(&stack, "/v1/alerts", "x", &["records"]).await;
    ask(&stack, "/v1/alerts", "x", &["internal_affairs"]).await;
    let verify = precinct::audit::Verify::of_folder(stack.data().to_owned(), None);
    let (report, whole) = verify.check().await.unwrap();
    assert!(whole && report.contains("4 records of 1 writers"), "{report}");
    let writer = innermost(&stack.data().join("s3/audit/audit"));
    let mut records: Vec<_> =
        std::fs::read_dir(&writer).unwrap().map(|entry| entry.unwrap().path()).collect();
    records.sort();
    let mut told = Vec::new();
    for record in &records {
        let text = std::fs::read_to_string(record).unwrap();
        assert!(!text.contains("E-10") && !text.contains("subject-"), "{text}");
        let record: Value = serde_json::from_str(&text).unwrap();
        told.push((record["action"].as_str().unwrap().to_owned(), record["status"].as_u64().unwrap()));
    }
    let score = "GET /v1/officers/{id}/scores/{date}".to_owned();
    let alerts = "GET /v1/alerts".to_owned();
    assert_eq!(told, [(score.clone(), 200), (score, 404), (alerts.clone(), 403), (alerts, 200)]);
    // Who hides that somebody asked about an officer is named by what is left.
    std::fs::remove_file(&records[1]).unwrap();
    let (report, whole) = verify.check().await.unwrap();
    assert!(!whole && report.contains("0000000003.json comes after a gap"), "{report}");
}
