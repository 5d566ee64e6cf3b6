//! Every role at every address of the staff API, by its relation to what it asks about: docs/staff-roles.md says what
//! should be answered, the running API what is. Neither is made from the other.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use staff_api::{Role, Route};
use tests::{CALLER, World, instant};

use crate::template::source::yaml;

const EVENING: &str = "2026-07-03T18:00:00-05:00";
const NIGHT: &str = "2026-07-05T03:30:00-05:00";
const MORNING: &str = "2026-07-05T05:00:00-05:00";
const ALERT: &str = "/v1/alerts/E-10.2026-07-04";

/// Who asks: the words of the table, the token's subject and its group. The case is of det.sample, the review of E-10,
/// who answers to E-1 and, above, to E-0; E-1 was at a scene of the review; E-2 leads others.
const CALLERS: [(&str, &str, &str); 22] = [
    ("dispatch", "stranger", "dispatch"),
    ("records", "stranger", "records"),
    ("victim_services", "stranger", "victim_services"),
    ("analyst", "stranger", "analyst"),
    ("auditor", "stranger", "auditor"),
    ("admin", "stranger", "admin"),
    ("investigator own", "det.sample@example.gov", "investigator"),
    ("investigator other", "det.other@example.gov", "investigator"),
    ("officer self", "subject-10", "officer"),
    ("officer other", "subject-12", "officer"),
    ("officer untied", "stranger", "officer"),
    ("supervisor own", "subject-0", "supervisor"),
    ("supervisor other", "subject-2", "supervisor"),
    ("supervisor self", "subject-10", "supervisor"),
    ("supervisor party", "subject-1", "supervisor"),
    ("supervisor untied", "stranger", "supervisor"),
    ("commander", "stranger", "commander"),
    ("commander self", "subject-10", "commander"),
    ("internal_affairs", "stranger", "internal_affairs"),
    ("internal_affairs self", "subject-10", "internal_affairs"),
    ("nobody", "stranger", "none_of_ours"),
    ("nobody on the roster", "subject-10", "none_of_ours"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    May,
    NotThere,
    Refused,
}

async fn world() -> World {
    let world = World::at(EVENING).await;
    let mut events = tests::department(EVENING);
    events.push(json!({"type": "event.reported", "id": "c-s", "timestamp": EVENING, "data": {"event_id": "c-s",
        "officer_id": "E-1", "indicator": "complaint", "occurred_on": "2026-06-10", "reported_on": "2026-06-11",
        "scene_id": "scene-5"}}));
    events.push(json!({"type": "training.required", "id": "t-1", "timestamp": EVENING,
        "data": {"officer_id": "E-10", "course": "cit", "due_on": "2026-12-31"}}));
    let (status, answer) = world.stack.post("/v1/personnel/events", &json!(events)).await.unwrap();
    assert_eq!((status, &answer["rejected"]), (202, &json!([])), "{answer}");
    let people = json!([{"id": "p1", "roles": ["caller", "victim"], "phone": CALLER, "contact": "ok"}]);
    let call =
        json!({"incident": {"call_type": "LARCENY", "priority": 3}, "people": people, "case_number": "26-9"});
    world.cad(tests::event("incident.opened", "cad-1", EVENING, "26-1", call)).await;
    let case = json!({"number": "26-9", "incident_id": "26-1", "offence": "23F",
        "investigator": {"name": "Det. Sample", "phone": "218-555-0150", "email": "det.sample@example.gov"}});
    let charged = json!({"type": "case.charged", "id": "rms-1", "timestamp": EVENING,
        "data": {"case": case, "people": people}});
    world.cases(charged).await;
    for (time, function) in [(NIGHT, "score-officers"), (MORNING, "notify-reviews")] {
        world.until(time).await;
        // The clock ran it already; a night run twice raises and tells nothing twice.
        world.stack.run(function, Some(instant(time))).await.unwrap();
    }
    world.drain().await;
    world
}

/// The task of the held charge, whose owner is the investigator.
async fn task(world: &World) -> String {
    let (status, answer) = world.read("/v1/tasks", &["admin"]).await;
    assert_eq!(status, 200, "{answer}");
    let tasks = answer["tasks"].as_array().unwrap();
    let held = tasks.iter().find(|task| task["kind"] == "held_news").unwrap_or_else(|| panic!("{answer}"));
    held["id"].as_str().unwrap().to_owned()
}

/// Method, path, body, and for a list what must be in it. Where it can be, the request is one that is refused for its
/// form behind the gate, so that asking changes nothing.
fn request(route: &Route, task: &str) -> (&'static str, String, Value, Option<&'static str>) {
    let get = |path: &str| ("GET", path.to_owned(), Value::Null, None);
    let list = |path: &str, holds| ("GET", path.to_owned(), Value::Null, Some(holds));
    let post = |path: &str, body: Value| ("POST", path.to_owned(), body, None);
    let message = json!({"person": "p1", "text": "Please call.", "wait": true});
    match route {
        Route::Me => get("/v1/me"),
        Route::IncidentUpdates { .. } => get("/v1/incidents/26-1/updates"),
        Route::CaseUpdates { .. } => get("/v1/cases/26-9/updates"),
        Route::Updates => list("/v1/updates?date=2026-07-03", "\"26-9\""),
        Route::UpdatesSearch => post("/v1/updates/search", json!({"address": CALLER})),
        Route::IncidentMessages { .. } => post("/v1/incidents/26-1/messages", message),
        Route::CaseMessages { .. } => post("/v1/cases/26-9/messages", message),
        Route::CasePeople { .. } => {
            let person =
                json!({"phone": "218-555-0177", "channels": ["text"], "basis": "asked by telephone"});
            post("/v1/cases/26-9/people", person)
        }
        Route::ContactsSearch => post("/v1/contacts/search", json!({"address": CALLER})),
        Route::Contacts => {
            ("PUT", "/v1/contacts".into(), json!({"address": CALLER, "undeliverable": false}), None)
        }
        Route::Tasks => list("/v1/tasks", "26-9"),
        Route::TaskDone { .. } => post(&format!("/v1/tasks/{task}/done"), json!({"outcome": "no such word"})),
        Route::Release { .. } => post("/v1/cases/26-9/release", json!({})),
        Route::OfficerScore { .. } => get("/v1/officers/E-10/scores/2026-07-05"),
        Route::Alerts => list("/v1/alerts", "E-10.2026-07-04"),
        Route::Officers => list("/v1/officers", "\"E-10\""),
        Route::Officer { .. } => get("/v1/officers/E-10"),
        Route::Coaching { .. } => {
            let session = json!({"held_on": "2026-07-04", "topic": "reports", "words": "Three reports."});
            post("/v1/officers/E-10/coaching", session)
        }
        Route::Goals { .. } => {
            post("/v1/officers/E-10/goals", json!({"due_on": "2026-12-31", "words": "Reports on time."}))
        }
        Route::Alert { .. } => get(ALERT),
        Route::AlertTransitions { .. } => post(&format!("{ALERT}/transitions"), json!({"to": "Closed"})),
        Route::AlertInterventions { .. } => {
            let help = json!({"kind": "mentor", "owner": "E-1", "due_on": "2026-12-31"});
            post(&format!("{ALERT}/interventions"), help)
        }
        Route::AlertStatement { .. } => {
            post(&format!("{ALERT}/statement"), json!({"text": "I was there alone."}))
        }
        Route::Report { name } => match name.as_str() {
            // The address itself: any report with rows about people.
            "sample" => list("/v1/reports/year", "\"E-10\""),
            "evaluation" => list("/v1/reports/evaluation", "officers scored"),
            "fairness" => list("/v1/reports/fairness", "insufficient_history"),
            name => list(&format!("/v1/reports/{name}"), "\"E-10\""),
        },
        Route::Patrol { .. } => get("/v1/patrol/2026-07-05?format=none"),
        Route::PatrolVisits { .. } => post("/v1/patrol/2026-07-05/visits", json!({"nothing": 1})),
        Route::PatrolReport => get("/v1/reports/patrol?from=never"),
        Route::Statistics { .. } => get("/v1/statistics/never"),
        Route::Nights => get("/v1/nights"),
        Route::Policy => get("/v1/policy"),
        Route::Pause => {
            post("/v1/pause", json!({"scope": "kind", "value": "none", "on": true, "reason": "r"}))
        }
    }
}

async fn verdict(
    world: &World,
    route: &Route,
    task: &str,
    (_, subject, group): (&str, &str, &str),
) -> Verdict {
    let (method, path, body, holds) = request(route, task);
    let token = world.stack.token(subject, &[group]);
    let key = format!("{subject} {group}");
    let (status, answer) = world.stack.staff((method, &path), &token, Some(&key), &body).await.unwrap();
    match status {
        403 => Verdict::Refused,
        404 => Verdict::NotThere,
        401 | 500.. => panic!("{method} {path} as {key}: {status} {answer}"),
        _ if holds.is_some_and(|holds| !answer.to_string().contains(holds)) => Verdict::NotThere,
        _ => Verdict::May,
    }
}

/// The addresses of the staff API and the names of its reports, as the contract promises them.
fn promised() -> (BTreeSet<String>, Vec<String>) {
    let contract = yaml("infra/openapi.yaml");
    let mut addresses = BTreeSet::new();
    for (path, methods) in contract["paths"].as_object().unwrap() {
        let of_staff = methods.as_object().unwrap().iter().filter(|(_, one)| one["tags"] == json!(["staff"]));
        addresses.extend(of_staff.map(|(method, _)| format!("{} {path}", method.to_uppercase())));
    }
    let name = &contract["paths"]["/v1/reports/{name}"]["get"]["parameters"][0];
    assert_eq!(name["name"], "name");
    let reports = name["schema"]["enum"].as_array().unwrap();
    (addresses, reports.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
}

/// What is asked: every address, and each report by its name, with the word of its row. One that does not exist too.
fn asked() -> Vec<(String, Route)> {
    let reports = promised().1.into_iter().chain(["other".to_owned()]);
    let reports = reports.map(|name| (format!("report {name}"), Route::Report { name }));
    Route::samples().into_iter().map(|route| (route.name().to_owned(), route)).chain(reports).collect()
}

/// The tables of the document: for each address and report who may, and for whom it is not there.
fn table() -> BTreeMap<String, [BTreeSet<String>; 2]> {
    let text = include_str!("../../docs/staff-roles.md");
    let rows = text.lines().filter(|line| line.starts_with("| `") || line.starts_with("| report `"));
    let names = |cell: &str| {
        cell.split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect::<BTreeSet<_>>()
    };
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        (cells[0].trim().replace('`', ""), [names(cells[1]), names(cells[2])])
    };
    rows.map(row).collect()
}

#[tokio::test]
async fn every_role_is_answered_as_the_table_of_roles_says() {
    let table = table();
    let world = world().await;
    let task = task(&world).await;
    let mut wrong = Vec::new();
    for (name, route) in asked() {
        let [may, not_there] = table.get(&name).unwrap_or_else(|| panic!("{name} has no row"));
        for caller in CALLERS {
            let expected = match caller.0 {
                name if may.contains(name) => Verdict::May,
                name if not_there.contains(name) => Verdict::NotThere,
                _ => Verdict::Refused,
            };
            let found = verdict(&world, &route, &task, caller).await;
            if found != expected {
                wrong.push(format!("{name} as {}: {found:?}, not {expected:?}", caller.0));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_table_of_roles_names_every_address_and_only_callers_that_are_asked() {
    let table = table();
    let served: BTreeSet<String> = asked().into_iter().map(|(name, _)| name).collect();
    assert_eq!(table.keys().cloned().collect::<BTreeSet<_>>(), served);
    let known: BTreeSet<&str> = CALLERS.iter().map(|(name, ..)| *name).collect();
    for (address, names) in &table {
        let unknown: Vec<&String> =
            names.iter().flatten().filter(|name| !known.contains(name.as_str())).collect();
        assert!(unknown.is_empty(), "{address}: {unknown:?}");
        assert!(names[0].is_disjoint(&names[1]), "{address}");
    }
    let asked: BTreeSet<&str> = CALLERS.iter().map(|(.., group)| *group).collect();
    assert!(Role::ALL.iter().all(|role| asked.contains(role.word())));
}

#[test]
fn every_address_of_staff_in_the_contract_is_asked() {
    let asked: BTreeSet<String> = Route::samples().iter().map(|route| route.name().to_owned()).collect();
    let (addresses, reports) = promised();
    assert_eq!(asked, addresses);
    // One route's name for two samples would hide the other.
    assert_eq!((asked.len(), reports.len()), (Route::samples().len(), 5));
}
