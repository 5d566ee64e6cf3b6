//! The law of order on the real stack: permuting, repeating and regrouping the posts about a call and its case
//! never changes the set of messages, but for those that one run recorded as superseded or expired.
use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, event, instant};

/// Cases: each plays two days on two stacks, about half a second. The rules alone are tried far more often where
/// they stand.
const CASES: u32 = 8;

/// An update: kind, ordinal and channel.
type Key = (String, String, String);

/// What one run left behind.
#[derive(Debug, Default)]
struct Outbox {
    /// State of each message.
    messages: BTreeMap<Key, String>,
    /// What a message or a decision records as superseded or expired.
    excused: BTreeSet<Key>,
}

/// Whether posts go to the CAD or the records path.
#[derive(Clone, Debug)]
struct Post {
    path: &'static str,
    events: Vec<Value>,
}

#[test]
fn order_repetition_and_grouping_do_not_change_the_set_of_messages() {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(&stories(), |(plain, shuffled)| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (first, second) = runtime.block_on(async { (play(plain).await, play(shuffled).await) });
        let differing: Vec<_> = went_out(&first)
            .symmetric_difference(&went_out(&second))
            .filter(|key| !first.excused.contains(key) && !second.excused.contains(key))
            .cloned()
            .collect();
        prop_assert!(differing.is_empty(), "{differing:?}\nfirst {first:#?}\nsecond {second:#?}");
        Ok(())
    });
    outcome.unwrap();
}

async fn play(posts: Vec<Post>) -> Outbox {
    let world = World::at("2026-07-07T12:05:00-05:00").await;
    for Post { path, events } in posts {
        let (status, answer) = world.stack.post(path, &Value::from(events)).await.unwrap();
        assert_eq!((status, &answer["rejected"]), (202, &json!([])), "{answer}");
        world.drain().await;
    }
    world.minutes(24 * 60).await;
    let about = world.updates("26-1").await;
    let mut outbox = Outbox::default();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    for row in ["messages", "decisions"].into_iter().flat_map(|list| about[list].as_array().unwrap()) {
        if matches!(text(row, "state").as_str(), "superseded" | "expired") {
            outbox.excused.insert(key(row));
        }
    }
    for row in about["messages"].as_array().unwrap() {
        outbox.messages.insert(key(row), text(row, "state"));
    }
    // What reached the phone is what the outbox says reached it.
    let phone = world.texts().iter().filter(|text| text.body.contains("call 26-1")).count();
    assert_eq!(phone, went_out(&outbox).len());
    outbox
}

fn key(row: &Value) -> Key {
    let word = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (word("kind"), word("ordinal"), word("channel"))
}

fn went_out(outbox: &Outbox) -> BTreeSet<Key> {
    let accepted = outbox.messages.iter().filter(|(_, state)| *state == "accepted");
    accepted.map(|(key, _)| key.clone()).collect()
}

/// A story told plainly, one event a post in order, and the same told badly.
fn stories() -> impl Strategy<Value = (Vec<Post>, Vec<Post>)> {
    let kinds = ["unit.assigned", "unit.enroute", "unit.diverted", "unit.arrived", "incident.closed"];
    let steps = prop::collection::vec((prop::sample::select(kinds.to_vec()), 0..2u8), 0..5);
    steps.prop_flat_map(|steps| {
        let events = events(&steps);
        let plain: Vec<Post> = events.iter().map(|event| post(vec![event.clone()])).collect();
        let twice: Vec<Value> = events.iter().chain(&events).cloned().collect();
        let sizes = prop::collection::vec(1..4usize, twice.len());
        let told = (Just(twice).prop_shuffle(), sizes);
        told.prop_map(move |(events, sizes)| (plain.clone(), grouped(events, &sizes)))
    })
}

/// A call opened at noon, then one step each half minute: all of it within five minutes.
fn events(steps: &[(&str, u8)]) -> Vec<Value> {
    let people = json!([{"id": "p1", "roles": ["caller", "victim"], "phone": CALLER, "contact": "ok"}]);
    let facts = json!({"call_type": "LARCENY", "priority": 3, "opened_at": NOON});
    let opened = event("incident.opened", "e-0", NOON, "26-1", json!({"incident": facts, "people": people}));
    let mut events = vec![opened];
    for (number, (kind, unit)) in steps.iter().enumerate() {
        let at = instant(NOON) + SignedDuration::from_secs(30 * (number as i64 + 1));
        let status = kind.strip_prefix("unit.").unwrap_or_default();
        let data = match *kind {
            "incident.closed" => json!({"disposition": "01"}),
            _ => json!({"units": [{"id": format!("21{unit}"), "status": status}]}),
        };
        events.push(event(kind, &format!("e-{}", number + 1), &at.to_string(), "26-1", data));
    }
    events
}

fn grouped(events: Vec<Value>, sizes: &[usize]) -> Vec<Post> {
    let mut rest = events.into_iter().peekable();
    let mut posts = Vec::new();
    for size in sizes {
        if rest.peek().is_some() {
            posts.push(post(rest.by_ref().take(*size).collect()));
        }
    }
    posts
}

fn post(events: Vec<Value>) -> Post {
    Post { path: "/v1/cad/events", events }
}
