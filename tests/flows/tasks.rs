//! Tasks in the staff API: who sees which, what was written, how they end.
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, theft};

const INVESTIGATOR: &str = "det.sample@example.gov";

async fn tasks(world: &World, subject: &str, groups: &[&str]) -> Vec<Value> {
    let token = world.stack.token(subject, groups);
    let (status, answer) = world.stack.get("/v1/tasks", &token).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    answer["tasks"].as_array().unwrap().clone()
}

async fn done(world: &World, task: &Value, groups: &[&str], outcome: &str) -> (u16, Value) {
    let path = format!("/v1/tasks/{}/done", task["id"].as_str().unwrap());
    let answer = world.command(&path, groups, json!({"outcome": outcome})).await;
    world.drain().await;
    answer
}

/// A case of [`INVESTIGATOR`] whose victim was told of it.
async fn case(world: &World) {
    world
        .cases(json!({"type": "case.opened", "id": "c-1", "timestamp": NOON, "data": {
            "case": {"number": "26-1192", "offence": "220",
                "investigator": {"name": "Det. Sample", "email": INVESTIGATOR}},
            "people": [{"id": "v", "roles": ["victim"], "phone": CALLER, "contact": "ok"}]}}))
        .await;
}

#[tokio::test]
async fn each_role_sees_its_own_and_an_investigator_those_of_own_cases() {
    let world = World::new().await;
    case(&world).await;
    world.reply(CALLER, "The frame number is on the bill I found").await;
    let mine = tasks(&world, INVESTIGATOR, &["investigator"]).await;
    assert_eq!((mine.len(), &mine[0]["kind"]), (1, &json!("case_reply")));
    assert_eq!(mine[0]["about"], json!({"type": "case", "id": "26-1192"}));
    assert_eq!(mine[0]["replies"][0]["text"], json!("The frame number is on the bill I found"));
    assert_eq!(mine[0]["replies"][0]["from"], json!("…0123"));
    assert_eq!(tasks(&world, "det.other@example.gov", &["investigator"]).await.len(), 0);
    assert_eq!(tasks(&world, "staff-1", &["records"]).await.len(), 0);
    assert_eq!(tasks(&world, "staff-1", &["admin"]).await.len(), 1);
}

#[tokio::test]
async fn a_task_ends_once_in_words_of_its_kind() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.reply(CALLER, "help me he is back").await;
    let task = tasks(&world, "staff-1", &["dispatch"]).await.remove(0);
    assert_eq!(task["kind"], json!("emergency_reply"));
    let (status, problem) = done(&world, &task, &["dispatch"], "told_in_person").await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/outcome")), "{problem}");
    assert_eq!(done(&world, &task, &["records"], "officers_sent").await.0, 404);
    assert_eq!(done(&world, &task, &["dispatch"], "officers_sent").await.0, 200);
    assert_eq!(done(&world, &task, &["dispatch"], "officers_sent").await.0, 200);
    assert_eq!(done(&world, &task, &["dispatch"], "no_emergency").await.0, 409);
    assert_eq!(tasks(&world, "staff-1", &["dispatch"]).await.len(), 0);
}

#[tokio::test]
async fn a_reply_that_a_person_reads_as_a_revocation_is_one() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.reply(CALLER, "wrong number").await;
    let task = tasks(&world, "staff-1", &["records"]).await.remove(0);
    assert_eq!(
        (&task["kind"], &task["replies"][0]["text"]),
        (&json!("possible_revocation"), &json!("wrong number"))
    );
    assert_eq!(done(&world, &task, &["records"], "revoked").await.0, 200);
    world.cad(theft("e-2", NOON, "26-2")).await;
    assert_eq!(world.decisions("26-2").await, ["call_received suppressed opted_out"]);
}

#[tokio::test]
async fn letting_held_news_go_ends_the_task_about_it() {
    let world = World::new().await;
    case(&world).await;
    let charged = json!({"case": {"number": "26-1192"}});
    world.cases(json!({"type": "case.charged", "id": "c-2", "timestamp": NOON, "data": charged})).await;
    world.minutes(24 * 60 + 1).await;
    let mine = tasks(&world, INVESTIGATOR, &["investigator"]).await;
    assert_eq!((mine.len(), &mine[0]["kind"]), (1, &json!("held_news")));
    assert_eq!(world.command("/v1/cases/26-1192/release", &["admin"], json!({})).await.0, 200);
    assert_eq!(tasks(&world, INVESTIGATOR, &["investigator"]).await.len(), 0);
}

#[tokio::test]
async fn tasks_page_by_cursor_in_the_order_in_which_they_are_due() {
    let world = World::new().await;
    for number in 0..3 {
        let phone = format!("+1218555011{number}");
        world
            .cad(tests::call("LARCENY", &format!("e-{number}"), NOON, &format!("26-{number}"), &phone))
            .await;
        world.reply(&phone, "help me").await;
        world.minutes(1).await;
    }
    let token = world.stack.token("staff-1", &["dispatch"]);
    let (mut path, mut pages) = ("/v1/tasks?limit=2".to_owned(), Vec::new());
    loop {
        let (_, answer) = world.stack.get(&path, &token).await.unwrap();
        pages.push(
            answer["tasks"].as_array().unwrap().iter().map(|task| task["due_at"].clone()).collect::<Vec<_>>(),
        );
        let Some(next) = answer["next"].as_str() else { break };
        path = format!("/v1/tasks?limit=2&cursor={next}");
    }
    let due = ["2026-07-07T17:05:00Z", "2026-07-07T17:06:00Z", "2026-07-07T17:07:00Z"].map(|at| json!(at));
    assert_eq!(pages, [due[..2].to_vec(), due[2..].to_vec()]);
}
