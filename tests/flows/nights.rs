//! Nights that were missed, over the days on which the clocks change: each local night is run once, what was missed is
//! made up for, and nothing tells afterwards that it was.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use startup::Scheduled;
use tests::{World, department, instant, theft};

use crate::recovery::cut_off;

type Row = std::collections::HashMap<String, AttributeValue>;

/// Objects of a bucket with their bytes, without what the server keeps beside them.
fn objects(world: &World, bucket: &str) -> BTreeMap<String, Vec<u8>> {
    let root = world.stack.data().join("s3").join(bucket);
    let (mut found, mut folders) = (BTreeMap::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let is_ours = !entry.file_name().unwrap().to_string_lossy().starts_with('.');
            if entry.is_dir() {
                folders.push(entry);
            } else if is_ours {
                let key = entry.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                found.insert(key, std::fs::read(&entry).unwrap());
            }
        }
    }
    found
}

/// Runs and scores, as stored.
pub(crate) async fn scores(world: &World) -> BTreeMap<(String, String), Vec<(String, AttributeValue)>> {
    let client = aws_sdk_dynamodb::Client::new(&world.stack.runtime().sdk);
    let items = client.scan().table_name("Personnel").send().await.unwrap().items.unwrap();
    let text = |value: &AttributeValue| value.as_s().unwrap().clone();
    let rows = items.into_iter().map(|item| {
        let key = (text(&item["pk"]), text(&item["sk"]));
        let mut fields: Vec<_> = item.into_iter().collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        (key, fields)
    });
    rows.filter(|((pk, sk), _)| pk.starts_with("RUN") || sk.starts_with("SCORE#")).collect()
}

/// A department and a town at noon of `day`, recorded before any night.
async fn town(day: &str, offset: &str) -> World {
    let noon = format!("{day}T12:00:00{offset}");
    let world = World::lasting_at(&noon).await;
    let (status, answer) =
        world.stack.post("/v1/personnel/events", &serde_json::Value::Array(department(&noon))).await.unwrap();
    assert_eq!(status, 202, "{answer}");
    for number in 0..3 {
        let place = serde_json::json!({"latitude": 46.7867, "longitude": -92.1005});
        let mut call = theft(&format!("e-{number}"), &noon, &format!("26-{number}"));
        call["data"]["incident"]["location"] = place;
        world.cad(call).await;
    }
    world
}

/// One world runs through every night from noon of the first day on; the other stands still for the nights in between
/// and is started again at `again`, shortly before the last of them.
async fn check((day, offset): (&str, &str), again: &str, until: &str, nights: &[&str]) {
    let usual = town(day, offset).await;
    usual.until(until).await;
    let world = town(day, offset).await;
    let first = instant(&format!("{}T06:00:00{offset}", nights[0])).to_string();
    world.until(&first).await;
    let world = world.restarted_at(again).await;
    world.until(until).await;

    let expected = scores(&usual).await;
    assert_eq!(scores(&world).await, expected);
    let runs: BTreeSet<&str> =
        expected.keys().filter(|(pk, _)| pk == "RUNS").map(|(_, date)| date.as_str()).collect();
    assert_eq!(runs, nights.iter().copied().collect(), "one run for each local night");

    for bucket in ["internal", "public"] {
        let of_nights = |objects: BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
            // The summary of updates is of the day before, and made by another function; the record of a night says
            // when it ended.
            let apart =
                |key: &String| ["updates", "nights"].iter().any(|one| Path::new(key).starts_with(one));
            objects.into_iter().filter(|(key, _)| !apart(key)).collect()
        };
        let (found, expected) = (of_nights(objects(&world, bucket)), of_nights(objects(&usual, bucket)));
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{bucket}");
        let differ: Vec<&String> = found.keys().filter(|key| found[*key] != expected[*key]).collect();
        assert_eq!(differ, Vec::<&String>::new(), "{bucket}");
        for night in nights.iter().filter(|_| bucket == "internal") {
            assert!(
                expected.contains_key(&format!("stats/{night}.json")),
                "{night} is not marked as complete"
            );
        }
    }
}

#[tokio::test]
async fn nights_missed_when_the_clocks_go_forward_are_made_up_for_to_the_byte() {
    let nights = ["2026-03-07", "2026-03-08", "2026-03-09"];
    check(("2026-03-06", "-06:00"), "2026-03-09T03:00:00-05:00", "2026-03-09T06:00:00-05:00", &nights).await;
}

#[tokio::test]
async fn nights_missed_when_the_clocks_go_back_are_made_up_for_to_the_byte() {
    let nights = ["2026-10-31", "2026-11-01", "2026-11-02"];
    check(("2026-10-30", "-05:00"), "2026-11-02T03:00:00-06:00", "2026-11-02T06:00:00-06:00", &nights).await;
}

#[tokio::test]
async fn three_nights_missed_in_a_row_are_made_up_for_to_the_byte() {
    let nights = ["2026-07-07", "2026-07-08", "2026-07-09", "2026-07-10", "2026-07-11"];
    check(("2026-07-06", "-05:00"), "2026-07-11T03:00:00-05:00", "2026-07-11T06:00:00-05:00", &nights).await;
}

/// All of Personnel, by key: the only table that a scoring night writes to, and it writes no object.
async fn personnel(client: &aws_sdk_dynamodb::Client) -> BTreeMap<(String, String), Row> {
    let items = client.scan().table_name("Personnel").send().await.unwrap().items.unwrap();
    let text = |value: &AttributeValue| value.as_s().unwrap().clone();
    items.into_iter().map(|row| ((text(&row["pk"]), text(&row["sk"])), row)).collect()
}

/// Brings Personnel back to `then`.
async fn put_back(client: &aws_sdk_dynamodb::Client, then: &BTreeMap<(String, String), Row>) {
    for (key, row) in personnel(client).await {
        match then.get(&key) {
            Some(old) if *old == row => {}
            Some(old) => {
                let put = client.put_item().table_name("Personnel").set_item(Some(old.clone()));
                put.send().await.unwrap();
            }
            None => {
                let delete = client.delete_item().table_name("Personnel").key("pk", row["pk"].clone());
                delete.key("sk", row["sk"].clone()).send().await.unwrap();
            }
        }
    }
}

/// What scores, with a clock that stands at `time`: the record of a night says when it ended.
fn scoring(world: &World, time: jiff::Timestamp) -> score_officers::Context {
    let mut runtime = world.stack.runtime().clone();
    runtime.clock = startup::Clock::new(move || time);
    score_officers::Context::new(&runtime).unwrap()
}

/// The night of `time` cut off at every turn, and `then` run: the rows are those of a night that nothing cut off.
async fn check_cut_off(then: &str) {
    let world = town("2026-07-06", "-05:00").await;
    let (time, then) = (instant("2026-07-07T03:30:00-05:00"), instant(then));
    let context = scoring(&world, then);
    let client = aws_sdk_dynamodb::Client::new(&world.stack.runtime().sdk);
    // The night before, when nobody was known yet: there is one from which the next are counted.
    let first = instant("2026-07-06T03:30:00-05:00");
    score_officers::handle(&context, Scheduled { time: first }).await.unwrap();
    let before = personnel(&client).await;
    score_officers::handle(&context, Scheduled { time }).await.unwrap();
    score_officers::handle(&context, Scheduled { time: then }).await.unwrap();
    let expected = personnel(&client).await;
    assert!(expected.keys().any(|(_, sk)| sk == "ALERT#E-10.2026-07-07"), "no case was opened");

    let (mut turns, mut halves) = (1, 0);
    loop {
        put_back(&client, &before).await;
        if cut_off(score_officers::handle(&context, Scheduled { time }), turns).await {
            break;
        }
        let left = personnel(&client).await;
        halves += usize::from(left != before && left != expected);
        score_officers::handle(&context, Scheduled { time: then }).await.unwrap();
        let found = personnel(&client).await;
        let keys: BTreeSet<_> = found.keys().chain(expected.keys()).collect();
        let differ = keys.into_iter().find(|key| found.get(*key) != expected.get(*key));
        assert_eq!(differ, None, "cut off at turn {turns}");
        turns += 1;
    }
    assert!(halves > 3, "of {turns} runs only {halves} were cut off between two writes");
}

#[tokio::test]
async fn a_scoring_night_cut_off_at_any_turn_and_run_again_leaves_the_same_rows() {
    check_cut_off("2026-07-07T03:30:00-05:00").await;
}

#[tokio::test]
async fn a_scoring_night_cut_off_at_any_turn_is_made_up_for_by_the_next_one() {
    check_cut_off("2026-07-08T03:30:00-05:00").await;
}
