//! An update withheld for safety is not silence, and a merged call tells each caller once: tasks and merges from end to
//! end.
use serde_json::{Value, json};
use table::Planning;
use table::tasks::Task;
use tests::{CALLER, NOON, World, call, en_route, event, theft};
use updates::{Owner, TaskKind};

const OTHER: &str = "+12185550124";

async fn open_tasks(world: &World, owner: Owner) -> Vec<Task> {
    let runtime = world.stack.runtime();
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let kms = aws_sdk_kms::Client::new(&runtime.sdk);
    let planning = Planning::open(runtime, &dynamo, &kms).unwrap();
    planning.messages.open_tasks(owner, 50).await.unwrap()
}

fn charged(id: &str, offence: &str, release: Value) -> Value {
    let people = json!([{"id": "v", "roles": ["victim"], "phone": CALLER, "contact": "ok"}]);
    let case = json!({"number": "26-1187", "offence": offence, "release_at": release});
    json!({"type": "case.charged", "id": id, "timestamp": NOON, "data": {"case": case, "people": people}})
}

#[tokio::test]
async fn news_withheld_for_safety_is_one_task_and_is_escalated_once() {
    let world = World::new().await;
    world.cases(charged("r-1", "13A", json!(NOON))).await;
    world.cases(charged("r-2", "13A", json!(NOON))).await;
    assert_eq!(world.texts().len(), 0);
    // One e-mail, to the mailbox of victim services, that names neither person nor case.
    let emails = world.emails();
    assert_eq!(emails.len(), 1, "{emails:?}");
    assert!(emails[0].to.ends_with("example.gov") && !emails[0].text.contains("26-1187"), "{emails:?}");
    let tasks = open_tasks(&world, Owner::VictimServices).await;
    assert_eq!(tasks.len(), 1);
    assert_eq!((tasks[0].kind, tasks[0].escalated_at), (TaskKind::VictimUpdate, None));
    world.minutes(24 * 60 + 1).await;
    let tasks = open_tasks(&world, Owner::VictimServices).await;
    assert!(tasks.len() == 1 && tasks[0].escalated_at.is_some(), "{tasks:?}");
}

#[tokio::test]
async fn a_charge_that_nobody_releases_for_a_day_is_a_task_for_the_investigator() {
    let world = World::new().await;
    world.cases(charged("r-1", "23F", Value::Null)).await;
    world.minutes(23 * 60).await;
    assert!(open_tasks(&world, Owner::Investigator).await.is_empty());
    world.minutes(61).await;
    assert_eq!(open_tasks(&world, Owner::Investigator).await[0].kind, TaskKind::HeldNews);
}

#[tokio::test]
async fn callers_of_merged_calls_wait_for_the_same_officers_and_are_told_once() {
    let world = World::new().await;
    let merged = event("incident.merged", "e-3", NOON, "26-2", json!({"merged_into": "26-1"}));
    world.cad(json!([theft("e-1", NOON, "26-1"), call("LARCENY", "e-2", NOON, "26-2", OTHER)])).await;
    world.cad(merged.clone()).await;
    world.minutes(1).await;
    world.cad(json!([en_route("e-4", "2026-07-07T12:01:00-05:00", "26-1"), merged])).await;
    let to = |number: &str| world.texts().iter().filter(|text| text.to == number).count();
    assert_eq!((to(CALLER), to(OTHER)), (2, 2), "{}", world.transcript());
}

#[tokio::test]
async fn a_call_that_turns_out_dangerous_silences_the_one_it_was_merged_into() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.cad(call("NOISE", "e-2", NOON, "26-2", OTHER)).await;
    world.cad(event("incident.merged", "e-3", NOON, "26-2", json!({"merged_into": "26-1"}))).await;
    let before = world.texts().len();
    world
        .cad(event("incident.reclassified", "e-4", NOON, "26-2", json!({"incident": {"call_type": "DVA"}})))
        .await;
    world.cad(en_route("e-5", NOON, "26-1")).await;
    world.minutes(60).await;
    assert_eq!(world.texts().len(), before);
    assert!(
        world.decisions("26-1").await.contains(&"officers_on_the_way suppressed call_type_denied".to_owned())
    );
    world.cad(call("NOISE", "e-6", "2026-07-07T13:00:00-05:00", "26-3", CALLER)).await;
    assert_eq!(world.messages("26-3").await, Vec::<String>::new());
}
