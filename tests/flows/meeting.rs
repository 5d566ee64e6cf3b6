//! Two who plan the same call at the same time, wherever the one is when the other comes.
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use precinct::stack::{Fault, Service};
use serde_json::Value;
use table::Planning;
use table::planning::policy;
use tests::{NOON, World, en_route, instant, theft};
use updates::Policy;

/// Turns of a plan that has nothing to write: more than it takes.
const TURNS: u32 = 24;

fn planning(world: &World) -> (Planning, Policy) {
    let runtime = world.stack.runtime();
    let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
    let kms = aws_sdk_kms::Client::new(&runtime.sdk);
    let folder = startup::agency::Folder::new(runtime.variables.required("AGENCY_DIR").unwrap());
    (Planning::open(runtime, &dynamo, &kms).unwrap(), policy(&folder).unwrap())
}

async fn post(world: &World, event: &Value) {
    assert_eq!(world.stack.post("/v1/cad/events", event).await.unwrap().0, 202);
}

/// Lets `work` go on for so many turns; whether it has come to its end.
async fn go_on(work: &mut Pin<Box<impl Future>>, turns: u32) -> bool {
    let mut turn = 0;
    std::future::poll_fn(|context| {
        turn += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if turn > turns => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_plan_of_older_facts_takes_nothing_back_that_newer_ones_brought() {
    let world = World::new().await;
    for service in [Service::PlanUpdates, Service::SendUpdates] {
        world.stack.fault(service, Fault::Throttle, Duration::ZERO);
    }
    let (planning, policy) = planning(&world);
    let now = instant(NOON);
    let mut interrupted = 0;
    for turns in 0..TURNS {
        let (id, key) = (format!("26-{turns}"), format!("INC#26-{turns}"));
        post(&world, &theft(&format!("opened-{turns}"), NOON, &id)).await;
        planning.replan(&key, &policy, now).await.unwrap();
        let mut older = Box::pin(planning.replan(&key, &policy, now));
        let is_done = go_on(&mut older, turns).await;
        post(&world, &en_route(&format!("sent-{turns}"), NOON, &id)).await;
        planning.replan(&key, &policy, now).await.unwrap();
        if !is_done {
            interrupted += 1;
            older.await.unwrap();
        }
        let messages = world.messages(&id).await;
        assert!(messages.iter().any(|line| line == "officers_on_the_way pending"), "{turns}: {messages:?}");
    }
    assert!((3..TURNS).contains(&interrupted), "{interrupted}");
}
