//! What is left when the usual way is gone: streams that deliver nothing for hours, records that nobody can read.
use std::collections::BTreeSet;
use std::task::Poll;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use precinct::stack::{Fault, Service};
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, call, en_route, event, instant, theft};

/// States in which nothing waits any more.
const SETTLED: [&str; 4] = ["accepted", "suppressed", "superseded", "expired"];

async fn post(world: &World, event: Value) {
    let path = if event["data"].get("case").is_some() { "/v1/cases/events" } else { "/v1/cad/events" };
    let (status, answer) = world.stack.post(path, &event).await.unwrap();
    assert_eq!(status, 202, "{answer}");
}

fn switch(world: &World, services: &[Service], fault: Fault) {
    for service in services {
        world.stack.fault(*service, fault, Duration::ZERO);
    }
}

/// An hour of a town: every ten minutes a call, sent a car, closed; some of a type that nobody is told of. The ids.
async fn an_afternoon(world: &World) -> Vec<String> {
    let mut ids = Vec::new();
    for round in 0..6_i64 {
        let at = instant(NOON) + jiff::SignedDuration::from_mins(10 * round);
        let (id, now) = (format!("26-{round}"), at.to_string());
        let phone = format!("+121855501{round:02}");
        let kind = if round % 3 == 2 { "DVA" } else { "LARCENY" };
        post(world, call(kind, &format!("open-{round}"), &now, &id, &phone)).await;
        world.minutes(4).await;
        let sent = world.stack.now().to_string();
        post(world, en_route(&format!("sent-{round}"), &sent, &id)).await;
        world.minutes(3).await;
        let closed = world.stack.now().to_string();
        let data = json!({"disposition": "01"});
        post(world, event("incident.closed", &format!("closed-{round}"), &closed, &id, data)).await;
        world.minutes(3).await;
        ids.push(id);
    }
    ids
}

/// Every message of the calls is settled, and whatever was not sent has a decision that says so.
async fn all_settled(world: &World, ids: &[String]) {
    for id in ids {
        let updates = world.updates(id).await;
        let decisions = updates["decisions"].as_array().unwrap();
        assert!(!decisions.is_empty(), "{id}: nobody decided");
        for message in updates["messages"].as_array().unwrap() {
            let state = message["state"].as_str().unwrap();
            assert!(SETTLED.contains(&state), "{id}: {message}");
            let said = |one: &Value| one["kind"] == message["kind"] && one["state"] == message["state"];
            assert!(
                state == "accepted" || decisions.iter().any(said),
                "{id}: no decision says {state}: {updates}"
            );
        }
    }
}

/// The kinds told to each number, in order.
fn told(world: &World) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> =
        world.texts().into_iter().map(|text| (text.to, text.body)).collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn the_sweep_alone_plans_what_a_dead_stream_of_incidents_does_not() {
    let usual = World::new().await;
    an_afternoon(&usual).await;
    let world = World::new().await;
    switch(&world, &[Service::PlanUpdates], Fault::Throttle);
    let ids = an_afternoon(&world).await;
    world.minutes(15).await;
    all_settled(&world, &ids).await;
    assert_eq!(told(&world), told(&usual));
    // A mapping that is enabled again delivers what waited: nothing is told once more.
    switch(&world, &[Service::PlanUpdates], Fault::Off);
    world.drain().await;
    assert_eq!(told(&world), told(&usual));
}

/// A sender that was cut off says everything at once: more than one look of the sweep holds, and all of it in one instant.
#[tokio::test]
async fn a_burst_larger_than_one_look_is_looked_after_to_its_end() {
    let world = World::new().await;
    switch(&world, &[Service::PlanUpdates], Fault::Throttle);
    let ids: BTreeSet<String> = (0..40).map(|number| format!("INC#26-{number}")).collect();
    for id in &ids {
        post(&world, theft(&format!("e-{id}"), NOON, &id[4..])).await;
    }
    let runtime = world.stack.runtime();
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let incidents =
        table::planning::open_incidents(runtime, &dynamo, &aws_sdk_kms::Client::new(&runtime.sdk)).unwrap();
    let now = instant(NOON) + jiff::SignedDuration::from_mins(2);
    let (mut found, none) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..ids.len() {
        let unswept = incidents.unswept(now, 3).await.unwrap();
        incidents.swept(&unswept, &none).await.unwrap();
        found.extend(unswept.subjects.clone());
        if !unswept.is_behind() {
            break;
        }
    }
    assert_eq!(found, ids);
    // The index is looked at again a minute back, for what it may have lacked; what was looked after is known.
    let again = incidents.unswept(now + jiff::SignedDuration::from_secs(30), 3).await.unwrap();
    assert_eq!((again.subjects.len(), again.is_behind()), (0, false));
    assert!(again.last_heard("local").is_some_and(|heard| heard >= instant(NOON)));
    // One that could not be looked after comes with the next look, alone, until it is.
    let failed = BTreeSet::from(["INC#26-7".to_owned()]);
    incidents.swept(&again, &failed).await.unwrap();
    let next = incidents.unswept(now + jiff::SignedDuration::from_secs(60), 3).await.unwrap();
    assert_eq!((&next.subjects, next.is_behind()), (&failed, false));
    incidents.swept(&next, &none).await.unwrap();
    let last = incidents.unswept(now + jiff::SignedDuration::from_secs(90), 3).await.unwrap();
    assert_eq!(last.subjects, none);
}

/// Lets `work` go on for so many turns and cuts it off then, as a sandbox that has used up its time; whether it came to its end.
pub(crate) async fn cut_off(work: impl Future, turns: u32) -> bool {
    let (mut work, mut turn) = (std::pin::pin!(work), 0);
    std::future::poll_fn(|context| {
        turn += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if turn == turns => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_sweep_that_is_cut_off_each_time_comes_to_the_end() {
    let world = World::new().await;
    switch(&world, &[Service::PlanUpdates], Fault::Throttle);
    for number in 0..240 {
        post(&world, theft(&format!("e-{number}"), NOON, &format!("26-{number}"))).await;
    }
    let mut runtime = world.stack.runtime().clone();
    runtime.clock = startup::Clock::new(|| instant(NOON) + jiff::SignedDuration::from_mins(3));
    let context = sweep_updates::Context::new(&runtime).unwrap();
    let mut cut = 0;
    while cut < 40 && !cut_off(sweep_updates::handle(&context, Value::Null), 300).await {
        cut += 1;
    }
    assert!(cut > 2, "{cut}");
    for number in 0..240 {
        assert_eq!(world.decisions(&format!("26-{number}")).await.len(), 1, "26-{number} after {cut}");
    }
}

/// `.84Z` sorts behind `.845Z`: a look that ended with the first went on behind the second.
#[tokio::test]
async fn a_burst_within_a_hundredth_of_a_second_is_looked_after_to_its_end() {
    let world = World::new().await;
    switch(&world, &[Service::PlanUpdates], Fault::Throttle);
    for number in 0..64 {
        let at = if number < 40 { "2026-07-07T12:00:00.84-05:00" } else { "2026-07-07T12:00:00.845-05:00" };
        world.stack.set(instant(at)).await.unwrap();
        post(&world, theft(&format!("e-{number}"), NOON, &format!("26-{number}"))).await;
    }
    world.minutes(3).await;
    for number in 0..64 {
        assert!(!world.decisions(&format!("26-{number}")).await.is_empty(), "26-{number}");
    }
}

async fn nothing_leaves_and_everything_is_settled(dead: &[Service]) {
    // The closing text, the most patient of these, is pointless after an hour and a half, not fourteen hours.
    let world = World::with(NOON, "updates.toml", "max_age_minutes = 840", "max_age_minutes = 90").await;
    switch(&world, dead, Fault::Throttle);
    let ids = an_afternoon(&world).await;
    world.minutes(120).await;
    assert_eq!(world.texts(), []);
    all_settled(&world, &ids).await;
    switch(&world, dead, Fault::Off);
    world.drain().await;
    world.minutes(10).await;
    assert_eq!(world.texts(), [], "stale news was sent when the stream came back");
}

#[tokio::test]
async fn without_the_stream_of_messages_all_expires_with_a_decision_and_nothing_stale_is_sent() {
    nothing_leaves_and_everything_is_settled(&[Service::SendUpdates]).await;
}

#[tokio::test]
async fn without_any_stream_all_expires_with_a_decision_and_nothing_stale_is_sent() {
    nothing_leaves_and_everything_is_settled(&[Service::PlanUpdates, Service::SendUpdates]).await;
}

/// The revisions of the messages about a call.
async fn revisions(world: &World, id: &str) -> Vec<u64> {
    let client = aws_sdk_dynamodb::Client::new(&world.stack.runtime().sdk);
    let call =
        client.query().table_name("Messages").key_condition_expression("pk = :pk AND begins_with(sk, :sk)");
    let call = call.expression_attribute_values(":pk", s(&format!("INC#{id}")));
    let found = call.expression_attribute_values(":sk", s("MSG#")).send().await.unwrap();
    found.items().iter().map(|item| item["rev"].as_n().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn a_stream_that_stands_still_for_hours_is_not_fed_the_same_message_every_minute() {
    let world = World::new().await;
    switch(&world, &[Service::SendUpdates], Fault::Throttle);
    post(&world, theft("e-1", NOON, "26-1")).await;
    post(&world, event("incident.closed", "e-2", NOON, "26-1", json!({"disposition": "01"}))).await;
    world.minutes(360).await;
    let most = revisions(&world, "26-1").await.into_iter().max().unwrap();
    assert!((10..60).contains(&most), "handed out {most} times in six hours");
}

#[tokio::test]
async fn what_must_be_told_and_no_stream_carried_is_a_task() {
    let closed = "[kinds.case_closed]\non = true\nchannels = \"both\"\nmax_age_minutes = ";
    let world = World::with(NOON, "updates.toml", &format!("{closed}10080"), &format!("{closed}90")).await;
    switch(&world, &[Service::PlanUpdates, Service::SendUpdates], Fault::Throttle);
    let people = json!([{"id": "p1", "roles": ["victim"], "phone": CALLER, "contact": "ok"}]);
    let case = json!({"number": "26-1187", "offence": "220", "status": "closed"});
    let opened = json!({"type": "case.closed", "id": "r-1", "timestamp": NOON, "data": {"case": case, "people": people}});
    post(&world, opened).await;
    world.minutes(120).await;
    assert_eq!(world.texts(), []);
    let (status, tasks) = world.read("/v1/tasks", &["victim_services"]).await;
    assert_eq!(status, 200, "{tasks}");
    assert_eq!(tasks["tasks"].as_array().map(Vec::len), Some(1), "{tasks}");
}

#[tokio::test]
async fn a_stream_that_hands_every_record_to_the_failure_queue_loses_nothing() {
    let world = World::new().await;
    switch(&world, &[Service::PlanUpdates], Fault::Reject);
    post(&world, theft("e-1", NOON, "26-1")).await;
    world.stack.drain().await.unwrap();
    assert_eq!(world.texts(), []);
    world.stack.advance(jiff::SignedDuration::from_mins(2)).await.unwrap();
    assert_eq!(world.texts().len(), 1);
}

/// Writes a row that no function could have written.
async fn poison(world: &World, table: &str, fields: &[(&str, AttributeValue)]) {
    let client = aws_sdk_dynamodb::Client::new(&world.stack.runtime().sdk);
    let item = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

#[tokio::test]
async fn a_call_that_cannot_be_read_keeps_nobody_waiting_and_is_a_task() {
    let world = World::new().await;
    let n = || AttributeValue::N("1".into());
    let row =
        [("pk", s("INC#26-13")), ("sk", s("STATE")), ("rev", n()), ("unplanned", n()), ("facts", s("?"))];
    poison(&world, "Incidents", &row).await;
    // Drained with the record in front; nothing is given up, which `World` looks after.
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts().len(), 1);
    the_only_task_is_about(&world, "26-13").await;
    world.minutes(5).await;
    the_only_task_is_about(&world, "26-13").await;
}

#[tokio::test]
async fn a_message_that_cannot_be_read_keeps_nobody_waiting_and_is_a_task() {
    let world = World::new().await;
    let due = [("due_shard", s("D0")), ("due_at", s("2026-07-07T17:01:00Z"))];
    let row =
        [("pk", s("INC#26-13")), ("sk", s("MSG#0123abcd#text#call_received#0")), ("state", s("pending"))];
    poison(&world, "Messages", &[&row[..], &due[..]].concat()).await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts().len(), 1);
    the_only_task_is_about(&world, "26-13").await;
    world.minutes(5).await;
    world.cad(theft("e-2", "2026-07-07T12:05:00-05:00", "26-2")).await;
    assert_eq!(world.texts().len(), 2);
    the_only_task_is_about(&world, "26-13").await;
}

async fn the_only_task_is_about(world: &World, subject: &str) {
    let (status, tasks) = world.read("/v1/tasks", &["admin"]).await;
    assert_eq!(status, 200, "{tasks}");
    let shown = tasks["tasks"].as_array().unwrap();
    assert_eq!(shown.len(), 1, "{tasks}");
    let about = json!({"type": "incident", "id": subject});
    assert_eq!((&shown[0]["kind"], &shown[0]["about"]), (&json!("row_unreadable"), &about), "{tasks}");
    assert!(!tasks.to_string().contains("0123abcd"), "the blind index of an address: {tasks}");
}
