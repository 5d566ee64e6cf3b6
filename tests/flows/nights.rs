//! Nights that were missed, over the days on which the clocks change: each local night is run once, what was missed is
//! made up for, and nothing tells afterwards that it was.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use tests::{World, department, instant, theft};

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
async fn scores(world: &World) -> BTreeMap<(String, String), Vec<(String, AttributeValue)>> {
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
