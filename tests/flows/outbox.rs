//! The outbox when something breaks: a lost answer, a killed process, records delivered again, a busy provider.
use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use precinct::stack::{Fault, Service};
use tests::{NOON, World, en_route, theft};

#[tokio::test]
async fn an_accepted_text_with_a_lost_answer_is_never_sent_again() {
    let world = World::new().await;
    world.stack.fault(Service::Sns, Fault::AcceptThenLose, Duration::ZERO);
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts().len(), 1);
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    world.minutes(30).await;
    assert!(world.messages("26-1").await.contains(&"call_received unknown".to_owned()));
    let received = world.texts().iter().filter(|text| text.body.contains("we have your call")).count();
    assert_eq!(received, 1);
}

#[tokio::test]
async fn a_process_killed_between_claim_and_mark_sends_nothing_twice() {
    let world = World::lasting().await;
    world.stack.fault(Service::Sns, Fault::AcceptThenLose, Duration::from_mins(1));
    let (status, _) = world.stack.post("/v1/cad/events", &theft("e-1", NOON, "26-1")).await.unwrap();
    assert_eq!(status, 202);
    kill_once(world.drain(), || !world.texts().is_empty()).await;

    let world = world.restarted().await;
    assert_eq!(world.texts().len(), 1);
    world.drain().await;
    world.minutes(10).await;
    assert_eq!(world.texts().len(), 1);
    assert_eq!(world.messages("26-1").await, ["call_received unknown"]);
}

#[tokio::test]
async fn records_delivered_again_change_nothing() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.cad(en_route("e-2", NOON, "26-1")).await;
    let before = (world.texts(), world.messages("26-1").await);
    world.stack.redeliver().await.unwrap();
    world.minutes(2).await;
    world.stack.redeliver().await.unwrap();
    assert_eq!((world.texts(), world.messages("26-1").await), before);
}

#[tokio::test]
async fn a_restart_delivers_what_was_not_yet_delivered() {
    let world = World::lasting().await;
    let (status, _) = world.stack.post("/v1/cad/events", &theft("e-1", NOON, "26-1")).await.unwrap();
    assert_eq!((status, world.texts().len()), (202, 0));
    let world = world.restarted().await;
    world.drain().await;
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_later_and_a_refusal_is_final() {
    let world = World::new().await;
    world.stack.fault(Service::Sns, Fault::Throttle, Duration::ZERO);
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts(), []);
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    world.minutes(3).await;
    assert_eq!(world.texts().len(), 1);

    world.stack.fault(Service::Sns, Fault::Reject, Duration::ZERO);
    world.cad(theft("e-2", "2026-07-07T12:03:00-05:00", "26-2")).await;
    world.stack.fault(Service::Sns, Fault::Off, Duration::ZERO);
    world.minutes(3).await;
    assert_eq!(world.texts().len(), 1);
    assert_eq!(world.messages("26-2").await, ["call_received failed"]);
}

/// Polls `work` until `dead`, then drops it where it stands, as a kill does. The work goes on only as other tasks
/// let it, so nothing waits for a clock.
async fn kill_once(work: impl Future<Output = ()>, dead: impl Fn() -> bool) {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let done = work.as_mut().poll(context).is_ready();
        assert!(!done, "the work ended before it could be killed");
        if dead() {
            return Poll::Ready(());
        }
        // The capture is made by another task: look again after it had its turn.
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
