//! What the world itself reports of handlers that panic, never wait or never come to rest.
use std::future::poll_fn;
use std::task::Poll;

use super::*;
use crate::campaign::prepare;
use crate::functions::{Input, Invocation, Output, Warm};
use crate::work::Work;

/// Plays a plain story in which one more sandbox does what `planted` says; the invariants that broke, and the first word.
fn play(planted: Invocation) -> Vec<(&'static str, String)> {
    let prepared = prepare().unwrap();
    let faults = Some(Faults::new());
    let setting = Setting { seed: 0, faults, calm: true, agency: prepared.agency() };
    let mut world = World::new(Story::plain(0), setting).unwrap();
    world.start(Work::Sweep, Input::Planted(planted));
    let violations = world.run().violations;
    violations.into_iter().map(|violation| (violation.invariant, violation.what)).collect()
}

#[test]
fn a_handler_that_panics_is_reported() {
    let broken = play(Box::pin(async { panic!("planted") }));
    assert_eq!(broken, [("I10", "a handler panicked".to_owned())]);
    assert_eq!(play(Box::pin(async { (Ok(Output::Done), Warm::Nothing) })), []);
}

#[test]
fn a_handler_that_never_waits_is_reported() {
    let endless = Box::pin(poll_fn(|context| {
        context.waker().wake_by_ref();
        Poll::Pending
    }));
    let broken = play(endless);
    assert!(
        broken.contains(&("I10", "a handler goes on without waiting for anything".to_owned())),
        "{broken:?}"
    );
}

/// A run that went on without its index would be told as one that does not come to rest.
#[test]
fn a_question_that_the_tables_do_not_know_ends_the_run() {
    let prepared = prepare().unwrap();
    let setting = Setting { seed: 0, faults: Some(Faults::new()), calm: true, agency: prepared.agency() };
    let mut world = World::new(Story::plain(0), setting).unwrap();
    let unknown = br##"{"TableName":"Messages","IndexName":"due","KeyConditionExpression":"#p = :other"}"##;
    world.tables.call("Query", unknown, world.now(), None);
    let Report { violations, effects, .. } = world.run();
    assert_eq!(effects, 0);
    let [only] = &violations[..] else { panic!("{violations:?}") };
    assert_eq!(only.invariant, "images");
    assert!(only.what.ends_with("nothing here answers it"), "{}", only.what);
}

#[test]
fn a_run_that_does_not_come_to_rest_is_reported() {
    let prepared = prepare().unwrap();
    let setting = Setting { seed: 0, faults: Some(Faults::new()), calm: true, agency: prepared.agency() };
    let mut world = World::new(Story::plain(0), setting).unwrap();
    // So much to happen at one instant is as much as what wakes itself for ever.
    for _ in 0..=WATCHDOG + WATCHDOG_EACH {
        world.later(SignedDuration::ZERO, Moment::Receive(Inbox::Replies));
    }
    let violations = world.run().violations;
    assert!(violations.iter().any(|violation| violation.what == "the run does not come to rest"));
}
