//! A new key for finding addresses: whatever was asked for under the old one holds at every moment of the change, and a
//! move that is broken off loses nothing.
use jiff::SignedDuration;
use precinct::rotate::step;
use serde_json::{Value, json};
use table::rotation::Step;
use tests::{World, call};

const WAIT: i64 = 31;
/// Numbers that say STOP before the rotation and at each of its stages.
const NUMBERS: [&str; 5] = ["+12185550131", "+12185550132", "+12185550133", "+12185550134", "+12185550135"];

async fn silenced(world: &World, number: &str, id: &str) {
    let before = world.texts().len();
    let now = world.stack.now().to_string();
    world.cad(call("LARCENY", id, &now, id, number)).await;
    assert_eq!(world.decisions(id).await, ["call_received suppressed opted_out"], "{number}");
    assert_eq!(world.texts().len(), before);
}

async fn told(world: &World, number: &str, id: &str) {
    let now = world.stack.now().to_string();
    world.cad(call("LARCENY", id, &now, id, number)).await;
    assert_eq!(world.decisions(id).await, ["call_received pending"], "{number}");
}

/// Keys of addresses in Contacts by the version of their index.
fn standing(world: &World, version: u32) -> usize {
    let rows = world.stack.row_sizes("Contacts").unwrap_or_default();
    rows.iter().filter(|(key, _)| key.starts_with(&format!("ADDR#{version}."))).count()
}

async fn next(world: &World, most: usize) -> Step {
    step(world.stack.runtime(), most).await.expect("a step of the rotation")
}

#[tokio::test]
async fn a_stop_holds_through_every_step_of_a_rotation() {
    let world = World::at("2026-07-07T09:00:00-05:00").await;
    world.reply(NUMBERS[0], "STOP").await;
    let mut ids = (0..).map(|number| format!("26-{number}"));
    let mut id = || ids.next().unwrap_or_default();
    assert!(matches!(next(&world, 9).await, Step::Announced { .. }));
    assert!(matches!(next(&world, 9).await, Step::TooEarly { .. }));
    silenced(&world, NUMBERS[0], &id()).await;
    world.reply(NUMBERS[1], "STOP").await;
    world.minutes(WAIT).await;
    // Whoever takes replies looks at the keys now, and will not know of the switch for a while.
    world.reply(NUMBERS[0], "HELP").await;
    assert!(matches!(next(&world, 9).await, Step::Switched { .. }));
    assert!(matches!(next(&world, 9).await, Step::TooEarly { .. }));
    for number in &NUMBERS[..2] {
        silenced(&world, number, &id()).await;
    }
    // Some write under the old key still, others under the new one.
    world.reply(NUMBERS[2], "STOP").await;
    world.minutes(WAIT).await;
    world.reply(NUMBERS[3], "STOP").await;
    assert_eq!((standing(&world, 1), standing(&world, 2)), (3, 1));
    // Broken off after each address.
    while let Step::Moving { moved } = next(&world, 1).await {
        assert_eq!(moved, 1);
        for number in &NUMBERS[..4] {
            silenced(&world, number, &id()).await;
        }
    }
    assert_eq!((standing(&world, 1), standing(&world, 2)), (0, 4));
    world.reply(NUMBERS[4], "STOP").await;
    world.minutes(WAIT).await;
    for number in NUMBERS {
        silenced(&world, number, &id()).await;
    }
    // And what is lifted is lifted, also where it was moved.
    world.reply(NUMBERS[0], "START").await;
    told(&world, NUMBERS[0], &id()).await;
    assert_eq!((standing(&world, 1), standing(&world, 2)), (0, 5));
}

#[tokio::test]
async fn what_was_told_before_a_rotation_is_not_told_again_after_it() {
    let world = World::at("2026-07-07T09:00:00-05:00").await;
    let opened = call("LARCENY", "e-1", "2026-07-07T09:00:00-05:00", "26-1", NUMBERS[0]);
    world.cad(opened).await;
    assert_eq!(world.texts().len(), 1);
    while !matches!(next(&world, 9).await, Step::Done { .. }) {
        world.minutes(WAIT).await;
    }
    let now = world.stack.now().to_string();
    let again: Value = json!([
        call("LARCENY", "e-2", "2026-07-07T09:00:00-05:00", "26-1", NUMBERS[0]),
        tests::event("incident.updated", "e-3", &now, "26-1", json!({"incident": {"beat": "22"}}))
    ]);
    world.cad(again).await;
    world.minutes(5).await;
    let received = world.messages("26-1").await.iter().filter(|row| row.starts_with("call_received")).count();
    assert_eq!(received, 1);
    assert_eq!(
        world.texts().iter().filter(|text| text.body.contains("we have your call")).count(),
        1,
        "{}",
        world.transcript()
    );
}

#[tokio::test]
async fn two_keys_of_data_on_two_days_and_both_open() {
    let world = World::lasting_at("2026-07-07T09:00:00-05:00").await;
    world.cad(call("LARCENY", "e-1", "2026-07-07T09:00:00-05:00", "26-1", NUMBERS[0])).await;
    let world = world.restarted_at("2026-07-09T09:00:00-05:00").await;
    let keys = |rows: Vec<(String, usize)>| {
        let days = rows.into_iter().filter(|(key, _)| key.starts_with("KEY#2026-"));
        days.map(|(key, _)| key[4..14].to_owned()).collect::<Vec<_>>()
    };
    world.cad(call("LARCENY", "e-2", "2026-07-09T09:00:00-05:00", "26-2", NUMBERS[0])).await;
    let rows = world.stack.row_sizes("Incidents").expect("rows");
    assert_eq!(keys(rows), ["2026-07-07", "2026-07-09"], "each day has a key of its own");
    assert_eq!(world.messages("26-1").await.len(), 1);
    // Sealed two days ago, opened now, sealed anew.
    let update = tests::event(
        "incident.updated",
        "e-3",
        "2026-07-09T09:00:00-05:00",
        "26-1",
        json!({"people": [{"id": "p1", "name": "Pat"}]}),
    );
    world.cad(update).await;
    world.stack.advance(SignedDuration::from_mins(1)).await.expect("the clock can be moved");
}
