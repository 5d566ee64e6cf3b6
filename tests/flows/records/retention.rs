//! The nightly run: what goes, what stays, and that nothing posted again comes back.
use jiff::{SignedDuration, Timestamp};
use precinct::custodian::Kind;
use serde_json::{Value, json};
use tests::{CALLER, NOON, World, department, instant, theft};

use super::{CANARIES, canary, case_opened, found, hold, opened, row, rows, tell};

const THIRTY: &str = "[days]\nincidents = 30\nmessages = 30\ncontacts = 30\nquarantine = 1\npatrol = 30\npersonnel = 30\ncrime = 30";

async fn thirty_days() -> World {
    let world = World::with(NOON, "retention.toml", "[days]", THIRTY).await;
    tell(&world).await;
    world
}

fn later(days: i64) -> Timestamp {
    instant(NOON) + SignedDuration::from_hours(24 * days)
}

/// The run for a night so many days after noon: what became of rows, by class.
async fn night(world: &World, days: i64) -> Value {
    let report = world.stack.run("retain-records", Some(later(days))).await.unwrap();
    assert_eq!(report["finished"].as_array().map(Vec::len), Some(4), "{report}");
    report["classes"].clone()
}

#[tokio::test]
async fn as_shipped_nothing_is_deleted() {
    let world = canary().await;
    let before = rows(&world).await;
    let report = world.stack.run("retain-records", Some(later(36_500))).await.unwrap();
    assert_eq!(report, json!({"rows": 0, "finished": [], "classes": {}}));
    assert_eq!(rows(&world).await, before);
}

#[tokio::test]
async fn what_is_not_over_stays_and_what_is_over_goes() {
    let world = thirty_days().await;
    let before = rows(&world).await;
    assert_eq!(night(&world, 29).await, json!({}));
    assert_eq!(rows(&world).await, before);
    let classes = night(&world, 31).await;
    assert_eq!(found(&world, &CANARIES).await, Vec::<String>::new());
    assert_eq!(classes["incidents"], json!({"emptied": 2}), "{classes}");
    let left = rows(&world).await;
    let message = row(&left, "INC#26-1", "MSG#").expect("the key stays, so that nothing is sent again");
    assert_eq!((&message["address"], &message["state"]), (&json!(""), &json!("accepted")));
    assert_eq!(night(&world, 31).await, json!({}), "a second run finds nothing to do");
}

#[tokio::test]
async fn what_is_posted_again_after_deletion_tells_nobody_and_brings_nothing_back() {
    let world = thirty_days().await;
    night(&world, 31).await;
    let (texts, emails) = (world.texts().len(), world.emails().len());
    // The clock stands at noon still: by their age alone these would be told.
    world.cad(opened("e-1-again")).await;
    world.cases(case_opened("c-1-again")).await;
    world.minutes(40).await;
    assert_eq!((world.texts().len(), world.emails().len()), (texts, emails));
    assert_eq!(found(&world, &CANARIES).await, Vec::<String>::new());
    world.stack.redeliver().await.unwrap();
    assert_eq!((world.texts().len(), world.emails().len()), (texts, emails));
}

#[tokio::test]
async fn keys_go_400_days_after_their_content() {
    let world = thirty_days().await;
    night(&world, 31).await;
    assert_eq!(night(&world, 31 + 399).await.get("incidents"), None);
    let classes = night(&world, 31 + 400).await;
    assert_eq!(classes["incidents"], json!({"removed": 2}), "{classes}");
    // What hung on facts goes once they are gone.
    night(&world, 31 + 431).await;
    let left = rows(&world).await;
    assert!(row(&left, "INC#26-1", "").is_none() && row(&left, "CASE#26-1234", "").is_none(), "{left:#?}");
}

#[tokio::test]
async fn a_stop_is_kept_for_ever() {
    let world = thirty_days().await;
    world.reply(CALLER, "STOP").await;
    night(&world, 31).await;
    night(&world, 600).await;
    let texts = world.texts().len();
    world.cad(theft("e-2", NOON, "26-2")).await;
    assert_eq!(world.decisions("26-2").await, ["call_received suppressed opted_out"]);
    assert_eq!(world.texts().len(), texts);
}

#[tokio::test]
async fn a_suspects_number_is_not_told_of_the_case_after_the_call_is_deleted() {
    let world = World::with(NOON, "retention.toml", "[days]", "[days]\nincidents = 30").await;
    let people = json!([{"id": "p9", "roles": ["suspect"], "phone": CALLER}]);
    let mut call = theft("e-1", NOON, "26-1");
    call["data"]["people"] = people;
    world.cad(call).await;
    let report = world.stack.run("retain-records", Some(later(31))).await.unwrap();
    assert_eq!(report["classes"]["incidents"], json!({"emptied": 1}), "{report}");
    let mut case = case_opened("c-1");
    case["timestamp"] = json!("2026-07-07T12:00:01-05:00");
    world.cases(case).await;
    world.minutes(2).await;
    assert_eq!(world.texts(), []);
    let (_, record) = world.read("/v1/cases/26-1234/updates", &["records"]).await;
    assert!(record.to_string().contains("contact_never"), "{record}");
}

#[tokio::test]
async fn a_hold_keeps_everything_about_whom_it_is_on() {
    for (kind, name) in [(Kind::Person, CALLER), (Kind::Incident, "26-1"), (Kind::Case, "26-1234")] {
        let world = thirty_days().await;
        hold(&world, true, kind, name).await.unwrap();
        let before = found(&world, &CANARIES).await;
        let classes = night(&world, 31).await;
        assert_eq!(classes["incidents"], json!({"held": 2}), "{kind:?}: {classes}");
        let words =
            |found: &[String]| found.iter().filter(|at| !at.contains("ADDR#")).cloned().collect::<Vec<_>>();
        assert_eq!(words(&found(&world, &CANARIES).await), words(&before), "{kind:?}");
        hold(&world, false, kind, name).await.unwrap();
        night(&world, 31).await;
        assert_eq!(found(&world, &CANARIES).await, Vec::<String>::new(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_run_that_was_killed_goes_on_where_it_stood() {
    let world = thirty_days().await;
    let run = world.stack.run("retain-records", Some(later(31)));
    // Dropped in the middle of its first calls: the handler is killed where it stands.
    drop(tokio::time::timeout(std::time::Duration::from_millis(20), run).await);
    night(&world, 31).await;
    assert_eq!(found(&world, &CANARIES).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_officer_who_left_goes_as_a_whole_and_does_not_come_back() {
    let world = World::with(NOON, "retention.toml", "[days]", THIRTY).await;
    let post = async |events: Vec<Value>| {
        let (status, _) = world.stack.post("/v1/personnel/events", &Value::Array(events)).await.unwrap();
        assert_eq!(status, 202);
    };
    post(department("2026-01-05T09:00:00Z")).await;
    let of = |events: &[Value], again: &str| -> Vec<Value> {
        let mine = events.iter().filter(|event| event["data"]["officer_id"] == "E-10").cloned();
        mine.map(|mut event| {
            event["id"] = json!(format!("{}-{again}", event["id"].as_str().unwrap()));
            event
        })
        .collect()
    };
    let mut left = of(&department("2026-02-01T09:00:00Z"), "left").swap_remove(0);
    left["data"]["active"] = json!(false);
    post(vec![left]).await;
    assert_eq!(found(&world, &["Sample Officer 10"]).await.len(), 1);
    hold(&world, true, Kind::Officer, "E-10").await.unwrap();
    assert_eq!(night(&world, 1).await["personnel"], json!({"held": 1}));
    hold(&world, false, Kind::Officer, "E-10").await.unwrap();
    let classes = night(&world, 1).await;
    assert_eq!(classes["personnel"]["emptied"], 1, "{classes}");
    post(of(&department("2026-01-05T09:00:00Z"), "again")).await;
    let rows = rows(&world).await;
    let file: Vec<&Value> = rows.iter().filter(|row| row["pk"] == "OFF#E-10").collect();
    assert_eq!(file.len(), 1, "{file:#?}");
    assert!(row(&rows, "ROSTER", "E-10").is_none() && row(&rows, "OFF#E-11", "PROFILE").is_some());
}
