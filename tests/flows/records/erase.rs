//! Erasure: what was told is nowhere any more, nothing posted again brings it back, holds refuse it, and it may be killed
//! anywhere.
use std::pin::pin;
use std::task::{Context, Poll};

use precinct::custodian::{Erase, Kind};
use serde_json::{Value, json};
use table::rotation::Step;
use tests::{CALLER, World, call, department};

use super::{CANARIES, OTHER, canary, case_opened, found, hold, nowhere, opened, place, row, rows, target};

fn order(kind: Kind, names: &[&str], apply: bool) -> Erase {
    let (reason, by) = ("court order 26-7".into(), "records-1".into());
    Erase { target: target(kind, names), reason, by, apply, place: nowhere() }
}

async fn erase(world: &World, kind: Kind, names: &[&str]) -> (String, bool) {
    let done = order(kind, names, true).at(&place(world)).await.unwrap();
    world.drain().await;
    done
}

const PERSON: [&str; 2] = [CALLER, "canary@example.com"];

#[tokio::test]
async fn without_apply_it_tells_what_would_go_and_changes_nothing() {
    let world = canary().await;
    let before = rows(&world).await;
    let (told, _) = order(Kind::Person, &PERSON, false).at(&place(&world)).await.unwrap();
    assert!(
        told.starts_with(
            "these would go; add --apply to do it:\n  1 people of case 26-1234\n  1 people of inc 26-1"
        ),
        "{told}"
    );
    assert!(!told.contains("5550123") && !told.contains("Canary"), "{told}");
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn a_person_is_nowhere_any_more_and_the_others_stay() {
    let world = canary().await;
    let (told, complete) = erase(&world, Kind::Person, &PERSON).await;
    assert!(complete, "{told}");
    assert_eq!(found(&world, &CANARIES).await, Vec::<String>::new());
    let left = rows(&world).await;
    let call = row(&left, "INC#26-1", "STATE").unwrap();
    assert!(call.to_string().contains("Wilma Witness") && call.to_string().contains(&OTHER[2..]));
    let record = row(&left, "ERASURE", "").unwrap();
    assert_eq!((&record["reason"], &record["by"]), (&json!("court order 26-7"), &json!("records-1")));
    assert!(record["complete_at"].is_string());
    let again = erase(&world, Kind::Person, &PERSON).await;
    assert_eq!(again, ("nothing is left to erase".to_owned(), true));
}

#[tokio::test]
async fn what_is_posted_again_brings_no_erased_person_back_and_tells_nobody() {
    let world = canary().await;
    erase(&world, Kind::Person, &PERSON).await;
    let (texts, emails) = (world.texts().len(), world.emails().len());
    world.cad(opened("e-1-again")).await;
    world.cases(case_opened("c-1-again")).await;
    world.minutes(40).await;
    assert_eq!(found(&world, &CANARIES).await, Vec::<String>::new());
    let to_canary = world.texts().iter().skip(texts).filter(|text| text.to == CALLER).count();
    assert_eq!((to_canary, world.emails().len()), (0, emails));
}

#[tokio::test]
async fn a_stop_outlives_the_person_it_came_from() {
    let world = canary().await;
    world.reply(CALLER, "STOP").await;
    erase(&world, Kind::Person, &PERSON).await;
    assert_eq!(
        found(&world, &CANARIES).await,
        Vec::<String>::new(),
        "the opt-out is known by its index alone"
    );
    let texts = world.texts().len();
    world.cad(tests::theft("e-2", &world.stack.now().to_string(), "26-2")).await;
    assert_eq!(world.decisions("26-2").await, ["call_received suppressed opted_out"]);
    assert_eq!(world.texts().len(), texts);
}

#[tokio::test]
async fn a_call_and_its_case_go_with_everybody_in_them() {
    let world = canary().await;
    assert!(erase(&world, Kind::Incident, &["26-1"]).await.1);
    assert!(erase(&world, Kind::Case, &["26-1234"]).await.1);
    let everybody = [&CANARIES[1..], &["Wilma Witness", &OTHER[2..]]].concat();
    assert_eq!(found(&world, &everybody).await, Vec::<String>::new());
    let left = rows(&world).await;
    let about = left.iter().filter(|row| ["INC#26-1", "CASE#26-1234"].contains(&row["pk"].as_str().unwrap()));
    assert_eq!(about.count(), 2, "what is left is that nothing comes back");
    let texts = world.texts().len();
    world.cad(opened("e-1-again")).await;
    world.cases(case_opened("c-1-again")).await;
    world.minutes(40).await;
    assert_eq!((found(&world, &everybody).await, world.texts().len()), (Vec::<String>::new(), texts));
}

#[tokio::test]
async fn an_erased_call_leaves_the_crime_log() {
    let world = canary().await;
    let facts = async || -> Vec<Value> {
        let folder = world.stack.data().join("s3/internal/crime/facts");
        let files =
            std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        let mut facts: Vec<Value> = files.filter_map(|body| serde_json::from_slice(&body).ok()).collect();
        facts.sort_by_key(|fact| fact["version"].as_u64());
        facts
    };
    assert!(!facts().await.last().unwrap()["forget"].as_bool().unwrap_or(false));
    erase(&world, Kind::Incident, &["26-1"]).await;
    let last = facts().await.pop().unwrap();
    assert_eq!((&last["incident"], &last["forget"]), (&json!("26-1"), &json!(true)), "{last}");
}

#[tokio::test]
async fn a_hold_refuses_every_erasure() {
    for (kind, name) in [(Kind::Person, CALLER), (Kind::Incident, "26-1"), (Kind::Case, "26-1234")] {
        let world = canary().await;
        hold(&world, true, kind, name).await.unwrap();
        let before = rows(&world).await;
        for wanted in [
            order(Kind::Person, &PERSON, true),
            order(Kind::Incident, &["26-1"], true),
            order(Kind::Case, &["26-1234"], true),
        ] {
            let refused = wanted.at(&place(&world)).await.unwrap_err().to_string();
            assert!(refused.starts_with("a legal hold is on this "), "{kind:?}: {refused}");
        }
        assert_eq!(rows(&world).await, before);
        hold(&world, false, kind, name).await.unwrap();
        assert!(erase(&world, Kind::Person, &PERSON).await.1);
    }
}

/// Its row has no address to be moved by: the key it stands under is tried for ever, and no rotation waits for it.
#[tokio::test]
async fn the_opt_out_of_an_erased_person_holds_through_every_later_rotation() {
    let world = canary().await;
    world.reply(CALLER, "STOP").await;
    assert!(erase(&world, Kind::Person, &PERSON).await.1);
    for _ in 0..2 {
        let mut steps = Vec::new();
        while !matches!(steps.last(), Some(Step::Done { .. })) {
            steps.push(precinct::rotate::step(world.stack.runtime(), 9).await.unwrap());
            world.minutes(31).await;
        }
        let is_whole =
            matches!(steps[..], [Step::Announced { .. }, Step::Switched { .. }, Step::Done { .. }]);
        assert!(is_whole, "{steps:?}");
        world.minutes(31).await;
    }
    let now = world.stack.now().to_string();
    world.cad(call("LARCENY", "e-9", &now, "26-9", CALLER)).await;
    assert_eq!(world.decisions("26-9").await, ["call_received suppressed opted_out"]);
}

#[tokio::test]
async fn an_officer_goes_and_does_not_come_back() {
    let world = World::new().await;
    let post = async |events: &Value| {
        assert_eq!(world.stack.post("/v1/personnel/events", events).await.unwrap().0, 202);
    };
    post(&json!(department("2026-01-05T09:00:00Z"))).await;
    world.minutes(20).await;
    world.stack.run("score-officers", None).await.unwrap();
    hold(&world, true, Kind::Officer, "E-10").await.unwrap();
    let refused = order(Kind::Officer, &["E-10"], true).at(&place(&world)).await.unwrap_err();
    assert!(refused.to_string().starts_with("a legal hold is on this officer"), "{refused}");
    hold(&world, false, Kind::Officer, "E-10").await.unwrap();
    assert!(erase(&world, Kind::Officer, &["E-10"]).await.1);
    let marks = ["Sample Officer 10", "e10@police.example.gov"];
    assert_eq!(found(&world, &marks).await, Vec::<String>::new());
    let mut again = department("2026-01-05T09:00:00Z");
    for event in &mut again {
        event["id"] = json!(format!("{}-again", event["id"].as_str().unwrap()));
    }
    post(&json!(again)).await;
    assert_eq!(found(&world, &marks).await, Vec::<String>::new());
    let left = rows(&world).await;
    assert_eq!(left.iter().filter(|row| row["pk"] == "OFF#E-10").count(), 1, "that nothing comes back");
    assert!(row(&left, "ROSTER", "E-10").is_none());
}

/// What is left, without what differs between two worlds: ids, and the records of the commands themselves.
async fn end_state(world: &World) -> Vec<String> {
    let differs = |row: &Value| {
        ["ERASURE", "REPLY", "TALK", "NOTE", "TASK"].iter().any(|kind| {
            row["pk"].as_str().unwrap().starts_with(kind) || row["sk"].as_str().unwrap().starts_with(kind)
        })
    };
    let mut rows: Vec<String> = rows(world)
        .await
        .into_iter()
        .filter(|row| !differs(row))
        .map(|mut row| {
            for id in ["claim", "provider_id", "recipient", "rev", "sk", "pk"] {
                row.as_object_mut().unwrap().remove(id);
            }
            row.to_string()
        })
        .collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn an_erasure_killed_anywhere_and_given_again_ends_the_same() {
    let (whole, killed) = (canary().await, canary().await);
    erase(&whole, Kind::Person, &PERSON).await;
    let mut kills = 0;
    for polls in (2..).step_by(2) {
        let place = place(&killed);
        let wanted = order(Kind::Person, &PERSON, true);
        if let Some(done) = killed_after(polls, wanted.at(&place)).await {
            assert!(done.unwrap().1);
            break;
        }
        kills += 1;
    }
    killed.drain().await;
    assert!(kills > 10, "killed {kills} times");
    assert_eq!(found(&killed, &CANARIES).await, Vec::<String>::new());
    assert_eq!(end_state(&killed).await.len(), end_state(&whole).await.len());
}

/// Drops `future` after so many polls, wherever it is then; its result if it ended before.
async fn killed_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(move |context: &mut Context<'_>| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
