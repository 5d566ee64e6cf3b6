//! Two who plan the same call at the same time, wherever the one is when the other comes; and one who is cut off, wherever.
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use precinct::stack::{Fault, Service};
use serde_json::Value;
use table::Planning;
use table::planning::policy;
use tests::{NOON, World, call, en_route, instant, theft};
use updates::Policy;

/// Turns of a plan: more than it takes.
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

#[tokio::test]
async fn whoever_said_stop_gets_nothing_though_the_plan_that_withholds_it_is_cut_off() {
    let world = World::new().await;
    let (planning, policy) = planning(&world);
    let now = instant(NOON);
    let mut cut_off = 0;
    for turns in 0..TURNS {
        let (id, key) = (format!("26-{turns}"), format!("INC#26-{turns}"));
        let phone = format!("+1218555{:04}", 100 + turns);
        world.stack.fault(Service::SendUpdates, Fault::Throttle, Duration::ZERO);
        world.cad(call("LARCENY", &format!("opened-{turns}"), NOON, &id, &phone)).await;
        assert_eq!(world.messages(&id).await, ["call_received pending"]);
        let (address, state) = planning.contacts.find(&phone).await.unwrap().unwrap();
        let stopped = state.opted_out(updates::Scope::All, now, "text").unwrap();
        planning.contacts.write(&address, &stopped).await.unwrap();
        let mut withholding = Box::pin(planning.replan(&key, &policy, now));
        cut_off += u32::from(!go_on(&mut withholding, turns).await);
        drop(withholding);
        world.stack.fault(Service::SendUpdates, Fault::Off, Duration::ZERO);
        world.drain().await;
        assert_eq!(world.texts(), [], "cut off after {turns} turns");
        assert_eq!(world.messages(&id).await, ["call_received suppressed opted_out"], "{turns}");
    }
    assert!((3..TURNS).contains(&cut_off), "{cut_off}");
}
