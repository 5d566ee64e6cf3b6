//! Retention, legal holds, copies and erasure, through the real handlers and the operator's commands. What is looked for
//! afterwards is looked for everywhere: every row opened, every object.
mod erase;
mod export;
mod retention;

use std::path::Path;

use precinct::custodian::{Hold, Kind, Order, Place, Target, Where};
use serde_json::{Value, json};
use table::opened::is_technical;
use table::retention::{Part, store};
use tests::{CALLER, NOON, World, event};

/// What a caller told: none of it may be left.
const CANARIES: [&str; 5] = ["5550123", "Quill Canary", "canary@example.com", "1 Canary Way", "Canary words"];
/// Another person's number in the same call.
const OTHER: &str = "+12185550177";

/// Where a command without `--data` would be pointed: tests hand over an opened place.
fn nowhere() -> Where {
    Where { data: None, stack: None, agency: tests::shipped_agency() }
}

fn target(kind: Kind, names: &[&str]) -> Target {
    Target { kind, names: names.iter().map(|name| (*name).to_owned()).collect() }
}

/// The tables and buckets of a running world.
fn place(world: &World) -> Place {
    Place::new(world.stack.runtime().clone(), None).unwrap()
}

/// A hold placed, or lifted.
async fn hold(world: &World, adds: bool, kind: Kind, name: &str) -> anyhow::Result<String> {
    let order = Order {
        target: target(kind, &[name]),
        reason: "lawsuit 26-CV-1".into(),
        by: "records-1".into(),
        place: nowhere(),
    };
    if adds { Hold::Add(order) } else { Hold::Remove(order) }.at(&place(world)).await
}

/// A call by the canary, in which another person is a witness, told under the event id `id`.
fn opened(id: &str) -> Value {
    let people = json!([
        {"id": "p1", "roles": ["caller", "victim"], "name": "Quill Canary", "phone": CALLER, "email": "canary@example.com"},
        {"id": "p2", "roles": ["witness"], "name": "Wilma Witness", "phone": OTHER}]);
    let place = json!({"latitude": 46.7867, "longitude": -92.1005, "address": "1 Canary Way"});
    event(
        "incident.opened",
        id,
        NOON,
        "26-1",
        json!({"people": people, "incident": {
        "call_type": "LARCENY", "priority": 3, "opened_at": NOON, "location": place, "beat": "21"}}),
    )
}

fn case_opened(id: &str) -> Value {
    json!({"type": "case.opened", "id": id, "timestamp": NOON, "data": {
        "case": {"number": "26-1234", "incident_id": "26-1", "offence": "220", "status": "open",
            "investigator": {"name": "Det. Sample", "email": "sample@police.example.gov"}},
        "people": [{"id": "r1", "roles": ["victim"], "name": "Quill Canary", "phone": CALLER, "contact": "ok"}]}})
}

/// The canary's call and case, told and answered.
async fn canary() -> World {
    let world = World::new().await;
    tell(&world).await;
    world
}

async fn tell(world: &World) {
    world.cad(opened("e-1")).await;
    world.cases(case_opened("c-1")).await;
    world.reply(CALLER, "Canary words, thank you").await;
    world.minutes(3).await;
}

/// Every row of every table, opened, without the database's own.
async fn rows(world: &World) -> Vec<Value> {
    let place = place(world);
    let mut rows = Vec::new();
    for part in Part::ALL {
        let table = store(part, &place.opener.planning, &place.opener.personnel);
        for item in table.all().await.unwrap() {
            if !is_technical(&item) {
                rows.push(place.opener.open(part, &item).await.unwrap());
            }
        }
    }
    rows
}

/// Where in tables and buckets something of `canaries` stands.
async fn found(world: &World, canaries: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for row in rows(world).await {
        let text = row.to_string();
        let here = canaries.iter().filter(|canary| text.contains(**canary));
        found.extend(here.map(|canary| format!("{canary} in {} {}", row["pk"], row["sk"])));
    }
    let mut folders = vec![world.stack.data().join("s3")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                found.extend(in_file(&entry, canaries));
            }
        }
    }
    found
}

fn in_file(file: &Path, canaries: &[&str]) -> Vec<String> {
    let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
    let here = canaries.iter().filter(|canary| text.contains(**canary));
    here.map(|canary| format!("{canary} in {}", file.display())).collect()
}

/// The first row at `pk` and the beginning of `sk`.
fn row<'a>(rows: &'a [Value], pk: &str, sk: &str) -> Option<&'a Value> {
    rows.iter().find(|row| row["pk"] == pk && row["sk"].as_str().is_some_and(|found| found.starts_with(sk)))
}
