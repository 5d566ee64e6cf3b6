//! The nightly summary from end to end: what became of the updates of a day, who called again with and without a text,
//! and that nothing personal is in it.
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, call, en_route, event, theft};

const OTHER: &str = "+12185550124";

/// The object in the internal bucket as the local stack has it.
fn file(world: &World, key: &str) -> String {
    std::fs::read_to_string(world.stack.data().join("s3/internal").join(key)).unwrap()
}

async fn summarised(world: &World) -> Value {
    world.until("2026-07-08T03:31:00-05:00").await;
    serde_json::from_str(&file(world, "updates/2026-07-07.json")).unwrap()
}

fn count(summary: &Value, kind: &str, state: &str) -> u64 {
    let rows = summary["updates"].as_array().unwrap().iter();
    let found = rows.filter(|row| row["kind"] == kind && row["state"] == state);
    found.map(|row| row["count"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn the_night_counts_what_became_of_each_update() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.cad(en_route("e-2", NOON, "26-1")).await;
    world.cad(call("DVA", "e-3", NOON, "26-3", OTHER)).await;
    let summary = summarised(&world).await;
    assert_eq!(count(&summary, "call_received", "accepted"), 1);
    assert_eq!(count(&summary, "officers_on_the_way", "accepted"), 1);
    assert_eq!(count(&summary, "call_received", "suppressed"), 1);
    assert_eq!(summary["effect"]["LARCENY"]["told"], json!({"calls": 1, "repeats": 0}));
    assert_eq!(summary["effect"]["DVA"]["not_told"], json!({"calls": 1, "repeats": 0}));
    let all = file(&world, "updates/2026-07-07.json") + &file(&world, "updates/2026-07-07.csv");
    for personal in ["5550123", "26-1", "26-3", "Example City"] {
        assert!(!all.contains(personal), "{personal} in the summary");
    }
}

#[tokio::test]
async fn calling_again_within_the_hour_is_counted_on_the_side_of_the_first_call() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.cad(call("ALARM", "e-2", NOON, "26-2", OTHER)).await;
    world.minutes(20).await;
    let again = "2026-07-07T12:20:00-05:00";
    world.cad(theft("e-3", again, "26-3")).await;
    // A second record of the same caller on the call itself.
    let people = json!([{"id": "p2", "roles": ["caller"], "phone": OTHER}]);
    world.cad(event("incident.updated", "e-4", again, "26-2", json!({"people": people}))).await;
    let summary = summarised(&world).await;
    assert_eq!(summary["effect"]["LARCENY"]["told"], json!({"calls": 1, "repeats": 1}));
    assert_eq!(summary["effect"]["ALARM"]["not_told"], json!({"calls": 1, "repeats": 1}));
    assert!(world.texts().iter().any(|text| text.to == CALLER));
}

#[tokio::test]
async fn a_night_can_be_run_again_with_the_same_result() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    summarised(&world).await;
    let before = file(&world, "updates/2026-07-07.json");
    let night = "2026-07-08T03:30:00-05:00".parse().unwrap();
    let report = world.stack.run("summarise-updates", Some(night)).await.unwrap();
    assert_eq!((report["subjects"].as_u64(), report["calls"].as_u64()), (Some(1), Some(1)));
    assert_eq!(file(&world, "updates/2026-07-07.json"), before);
}

#[tokio::test]
async fn a_night_that_was_missed_is_counted_by_the_next_one_with_the_same_result() {
    let world = World::new().await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.until("2026-07-08T03:31:00-05:00").await;
    world.cad(call("NOISE", "e-2", "2026-07-08T12:00:00-05:00", "26-2", OTHER)).await;
    world.until("2026-07-09T03:31:00-05:00").await;
    let missed =
        ["updates/2026-07-08.json", "updates/2026-07-08.csv", "nights/2026-07-09/summarise-updates.json"];
    let before = missed.map(|name| file(&world, name));
    for name in missed {
        std::fs::remove_file(world.stack.data().join("s3/internal").join(name)).unwrap();
    }
    world.until("2026-07-10T03:31:00-05:00").await;
    assert_eq!(file(&world, missed[0]), before[0]);
    assert_eq!(file(&world, missed[1]), before[1]);
    // That night's own record says when it was made up for.
    assert!(file(&world, missed[2]).contains("2026-07-10T"), "{}", file(&world, missed[2]));
    assert_eq!(
        count(
            &serde_json::from_str(&file(&world, "updates/2026-07-09.json")).unwrap(),
            "call_received",
            "accepted"
        ),
        0
    );
}

#[tokio::test]
async fn the_night_says_which_revocations_are_open_and_what_surveys_brought() {
    let (file_name, off, on) = ("updates.toml", "[kinds.survey]\non = false", "[kinds.survey]\non = true");
    let world = World::with(NOON, file_name, off, on).await;
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.cad(call("NOISE", "e-2", NOON, "26-2", OTHER)).await;
    world.cad(event("incident.closed", "e-3", NOON, "26-1", json!({"disposition": "01"}))).await;
    world.until("2026-07-07T18:05:00-05:00").await;
    world.reply(CALLER, "4").await;
    world.reply(OTHER, "wrong number").await;
    let summary = summarised(&world).await;
    let open = summary["revocations"]["open"].as_array().unwrap();
    assert_eq!((open.len(), &open[0]["unclear"]), (1, &json!(true)));
    assert_eq!(open[0]["due_at"], json!("2026-07-21T23:05:00Z"), "ten business days");
    assert_eq!(open[0]["overdue"], false);
    assert_eq!(summary["revocations"]["zone"], "America/Chicago");
    let count = &summary["surveys"]["counts"][0];
    assert_eq!((&summary["surveys"]["month"], &count["call_type"]), (&json!("2026-07"), &json!("LARCENY")));
    assert_eq!((&count["sent"], &count["answered"], &count["score_4"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(summary["surveys"]["by_language"]["en"], json!({"sent": 1, "answered": 1, "percent": 100}));
    let all = file(&world, "updates/2026-07-07.json") + &file(&world, "updates/2026-07-07.csv");
    for personal in ["5550123", "5550124", "26-1", "26-2", "wrong number"] {
        assert!(!all.contains(personal), "{personal} in the summary");
    }

    world.until("2026-07-22T03:31:00-05:00").await;
    let later: Value = serde_json::from_str(&file(&world, "updates/2026-07-21.json")).unwrap();
    assert_eq!(later["revocations"]["open"][0]["overdue"], true);
}
