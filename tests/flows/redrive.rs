//! Failure queues worked off: what a reader gave up is found in the tables and handed out again, once, and nothing else.
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use precinct::redrive::{Order, Outcome, local, redrive};
use precinct::stack::{Fault, Service};
use serde_json::{Value, json};
use table::handout::Standing;
use tests::{CALLER, NOON, World, theft};

/// A world in which the reader `service` gives everything up, or loses its answers, after one call came in.
async fn given_up(service: Service, fault: Fault) -> World {
    let world = World::new().await;
    world.stack.fault(service, fault, Duration::ZERO);
    let (status, _) = world.stack.post("/v1/cad/events", &theft("e-1", NOON, "26-1")).await.unwrap();
    assert_eq!(status, 202);
    world.stack.drain().await.unwrap();
    world.stack.fault(service, Fault::Off, Duration::ZERO);
    world
}

fn order(queue: &str, apply: bool) -> Order {
    local(apply).into_iter().find(|order| order.queue.ends_with(queue)).unwrap()
}

async fn run(world: &World, queue: &str, apply: bool) -> Outcome {
    let outcome = redrive(world.stack.runtime(), &order(queue, apply)).await.unwrap();
    world.stack.drain().await.unwrap();
    outcome
}

fn dealt_with(standing: Standing) -> Outcome {
    Outcome { rows: BTreeMap::from([(standing, 1)]), done: 1, ..Outcome::default() }
}

async fn put(world: &World, queue: &str, body: Value) {
    let client = aws_sdk_sqs::Client::new(&world.stack.runtime().sdk);
    let url = format!("http://127.0.0.1/000000000000/{queue}");
    client.send_message().queue_url(url).message_body(body.to_string()).send().await.unwrap();
}

#[tokio::test]
async fn a_plan_given_up_is_made_once_and_a_dry_run_changes_nothing() {
    let world = given_up(Service::PlanUpdates, Fault::Reject).await;
    assert_eq!(run(&world, "PlanUpdatesFailures", false).await, dealt_with(Standing::Open));
    assert_eq!(world.texts(), []);
    assert_eq!(run(&world, "PlanUpdatesFailures", true).await, dealt_with(Standing::Open));
    assert_eq!(world.texts().len(), 1);
    assert_eq!(run(&world, "PlanUpdatesFailures", true).await, Outcome::default());
    world.stack.advance(SignedDuration::from_mins(10)).await.unwrap();
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn a_message_given_up_is_sent_once() {
    let world = given_up(Service::SendUpdates, Fault::Reject).await;
    assert_eq!(world.texts(), []);
    assert_eq!(run(&world, "SendUpdatesFailures", true).await, dealt_with(Standing::Open));
    assert_eq!(world.texts().len(), 1);
    world.stack.advance(SignedDuration::from_mins(10)).await.unwrap();
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn a_message_that_was_sent_although_its_batch_was_given_up_is_not_sent_again() {
    let world = given_up(Service::SendUpdates, Fault::AcceptThenLose).await;
    assert_eq!(world.texts().len(), 1);
    assert_eq!(run(&world, "SendUpdatesFailures", true).await, dealt_with(Standing::Settled));
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn what_expired_meanwhile_is_not_sent() {
    let world = World::new().await;
    world.stack.fault(Service::SendUpdates, Fault::Reject, Duration::ZERO);
    world.stack.post("/v1/cad/events", &theft("e-1", NOON, "26-1")).await.unwrap();
    world.stack.advance(SignedDuration::from_mins(12)).await.unwrap();
    world.stack.fault(Service::SendUpdates, Fault::Off, Duration::ZERO);
    let outcome = run(&world, "SendUpdatesFailures", true).await;
    assert_eq!(outcome.rows.keys().collect::<Vec<_>>(), [&Standing::Settled]);
    assert_eq!(world.texts(), []);
}

/// The folded crime log of the day after `world`'s night.
async fn day_file(world: &World) -> Vec<u8> {
    world.stack.run("map-hotspots", Some(tests::instant("2026-07-08T03:30:00-05:00"))).await.unwrap();
    world.stack.internal("crime/day=2026-07-07/part.parquet").await.unwrap().unwrap_or_default()
}

#[tokio::test]
async fn a_fact_given_up_is_logged_and_the_day_has_the_same_bytes() {
    let usual = World::new().await;
    usual.cad(theft("e-1", NOON, "26-1")).await;
    let expected = day_file(&usual).await;
    assert!(!expected.is_empty());

    let world = given_up(Service::LogCrime, Fault::Reject).await;
    assert!(day_file(&world).await.is_empty(), "the fact was not lost");
    assert_eq!(run(&world, "LogCrimeFailures", true).await, dealt_with(Standing::Open));
    assert_eq!(day_file(&world).await, expected);
    assert_eq!(world.texts().len(), 1, "the plan saw the record too, and told nobody again");
}

/// The message about records of noon that their stream does not hold any more.
fn gone(table: &str) -> Value {
    json!({"version": "1.0", "DDBStreamBatchInfo": {
        "streamArn": format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/2020-01-01T00:00:00.000"),
        "shardId": "shardId-00000000000000000000-00000000", "startSequenceNumber": "000000000000000000001", "endSequenceNumber": "000000000000000000002",
        "approximateArrivalOfFirstRecord": NOON, "approximateArrivalOfLastRecord": NOON, "batchSize": 2}})
}

#[tokio::test]
async fn records_that_left_their_stream_are_found_by_when_they_came() {
    let world = World::new().await;
    world.stack.fault(Service::PlanUpdates, Fault::Throttle, Duration::ZERO);
    world.stack.post("/v1/cad/events", &theft("e-1", NOON, "26-1")).await.unwrap();
    put(&world, "PlanUpdatesFailures", gone("Incidents")).await;
    assert_eq!(run(&world, "PlanUpdatesFailures", false).await, dealt_with(Standing::Open));
    put(&world, "SendUpdatesFailures", gone("Messages")).await;
    let swept = Outcome { done: 1, ..Outcome::default() };
    assert_eq!(run(&world, "SendUpdatesFailures", true).await, swept);
}

#[tokio::test]
async fn a_row_that_many_messages_are_about_is_handed_out_once() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.minutes(10).await;
    for _ in 0..3 {
        put(&world, "LogCrimeFailures", gone("Incidents")).await;
    }
    let expected = Outcome { rows: BTreeMap::from([(Standing::Open, 1)]), done: 3, ..Outcome::default() };
    assert_eq!(run(&world, "LogCrimeFailures", false).await, expected);
    assert_eq!(run(&world, "LogCrimeFailures", true).await, expected);
    // What arrived at about the time of the command may be about what the command itself wrote.
    let mut fresh = gone("Incidents");
    for end in ["First", "Last"] {
        fresh["DDBStreamBatchInfo"][format!("approximateArrivalOf{end}Record")] = json!(world.stack.now());
    }
    world.cad(theft("e-2", &world.stack.now().to_string(), "26-2")).await;
    put(&world, "LogCrimeFailures", fresh.clone()).await;
    put(&world, "LogCrimeFailures", fresh).await;
    let twice = Outcome { rows: BTreeMap::from([(Standing::Open, 2)]), done: 2, ..Outcome::default() };
    assert_eq!(run(&world, "LogCrimeFailures", true).await, twice);
}

#[tokio::test]
async fn a_stop_that_was_given_up_goes_back_to_its_queue_and_is_heard_once() {
    let world = World::new().await;
    let stop = json!({"originationNumber": CALLER, "destinationNumber": "+12185550190", "messageKeyword": "STOP",
        "messageBody": "STOP", "inboundMessageId": "in-1"});
    put(&world, "RepliesFailures", stop.clone()).await;
    put(&world, "RepliesFailures", stop).await;
    let outcome = run(&world, "RepliesFailures", true).await;
    assert_eq!(outcome, Outcome { returned: 2, ..Outcome::default() });
    assert_eq!(world.texts().len(), 1, "one confirmation");
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts().len(), 1);
    assert_eq!(world.decisions("26-1").await, ["call_received suppressed opted_out"]);
}

#[tokio::test]
async fn what_only_a_person_can_settle_stays_and_is_named_without_its_content() {
    let world = World::new().await;
    put(&world, "ReceiptsFailures", json!({"time": "2026-07-07T08:30:00Z"})).await;
    put(&world, "ReceiptsFailures", json!({"requestPayload": {"awslogs": {"data": CALLER}}})).await;
    let mut order = order("ReceiptsFailures", true);
    order.into = None;
    put(&world, "ReceiptsFailures", json!({"mail": {"destination": ["pat@example.com"]}})).await;
    let outcome = redrive(world.stack.runtime(), &order).await.unwrap();
    assert_eq!((outcome.done, outcome.returned, outcome.stay.len()), (0, 0, 3));
    let told = outcome.to_string();
    assert!(!told.contains("pat@example.com") && !told.contains(CALLER), "{told}");
    // Still there, and to be seen at once.
    assert_eq!(redrive(world.stack.runtime(), &order).await.unwrap(), outcome);
}
