//! The nightly run: what goes, what stays, and that nothing posted again comes back.
use jiff::{SignedDuration, Timestamp};
use precinct::custodian::Kind;
use serde_json::{Value, json};
use table::patrol::{Visit, Visits};
use tests::{CALLER, NOON, World, department, instant, theft};

use super::{CANARIES, canary, case_opened, found, hold, opened, place, row, rows, tell};

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

/// A world that keeps one class of things for so many days and everything else for ever.
async fn keeping(class: &str, days: u32) -> World {
    World::with(NOON, "retention.toml", "[days]", &format!("[days]\n{class} = {days}")).await
}

/// What became of a class in the night of `at`.
async fn fate(world: &World, class: &str, at: &str) -> Value {
    let report = world.stack.run("retain-records", Some(instant(at))).await.unwrap();
    report["classes"].get(class).cloned().unwrap_or_default()
}

/// One day file for each of two days with a theft.
const DAY_FILES: [&str; 2] = ["crime/day=2026-07-07/part.parquet", "crime/day=2026-07-08/part.parquet"];

async fn crime_log() -> World {
    let world = keeping("crime", 30).await;
    tell(&world).await;
    let next = "2026-07-08T12:00:00-05:00";
    world.until(next).await;
    world.cad(theft("e-2", next, "26-2")).await;
    world.stack.run("map-hotspots", Some(instant("2026-07-09T08:30:00Z"))).await.unwrap();
    assert_eq!(day_files(&world).await, DAY_FILES);
    world
}

async fn day_files(world: &World) -> Vec<&'static str> {
    let mut there = Vec::new();
    for key in DAY_FILES {
        if world.stack.internal(key).await.unwrap().is_some() {
            there.push(key);
        }
    }
    there
}

async fn check_day_files(at: &str, expected: Value, left: &[&str]) {
    let world = crime_log().await;
    assert_eq!((fate(&world, "crime", at).await, &day_files(&world).await[..]), (expected, left));
}

#[tokio::test]
async fn a_day_file_stays_while_its_time_is_not_over() {
    check_day_files("2026-08-06T23:59:59Z", Value::Null, &DAY_FILES).await;
}

#[tokio::test]
async fn a_day_file_goes_so_many_days_after_its_day_and_the_next_one_stays() {
    check_day_files("2026-08-07T00:00:00Z", json!({"removed": 1}), &DAY_FILES[1..]).await;
}

/// Which call stands in which day file the log alone knows: one hold keeps them all, until it is lifted.
async fn check_held_day_files(kind: Kind, name: &str, expected: &str) {
    let (world, at) = (crime_log().await, "2026-08-08T00:00:00Z");
    hold(&world, true, kind, name).await.unwrap();
    assert_eq!(fate(&world, "crime", at).await, json!({expected: 2}));
    let left: &[&str] = if expected == "held" { &DAY_FILES } else { &[] };
    assert_eq!(day_files(&world).await, left);
    hold(&world, false, kind, name).await.unwrap();
    fate(&world, "crime", at).await;
    assert_eq!(day_files(&world).await, [""; 0]);
}

#[tokio::test]
async fn a_hold_on_a_call_keeps_every_day_file() {
    check_held_day_files(Kind::Incident, "26-1", "held").await;
}

#[tokio::test]
async fn a_hold_on_a_case_keeps_every_day_file() {
    check_held_day_files(Kind::Case, "26-1234", "held").await;
}

#[tokio::test]
async fn a_hold_on_a_person_keeps_every_day_file() {
    check_held_day_files(Kind::Person, CALLER, "held").await;
}

#[tokio::test]
async fn a_hold_on_an_officer_keeps_no_day_file() {
    check_held_day_files(Kind::Officer, "E-10", "removed").await;
}

/// A visit of 7 July: written where the staff API writes it, which takes one for a plan alone.
async fn check_visit(at: &str, expected: Value, left: usize) {
    let world = keeping("patrol", 30).await;
    let visits = Visits::new(place(&world).opener.planning.messages.store().clone());
    let (date, arrived_at) = ("2026-07-07".parse().unwrap(), instant(NOON));
    let visit = Visit { shift: "evening".into(), geohash: "cbq6prt".into(), arrived_at, minutes: 14 };
    visits.record(date, "1", &visit).await.unwrap();
    assert_eq!((fate(&world, "patrol", at).await, visits.of(date).await.unwrap().len()), (expected, left));
}

#[tokio::test]
async fn a_patrol_visit_stays_while_its_time_is_not_over() {
    check_visit("2026-08-06T23:59:59Z", Value::Null, 1).await;
}

#[tokio::test]
async fn a_patrol_visit_goes_so_many_days_after_its_day() {
    check_visit("2026-08-07T00:00:00Z", json!({"removed": 1}), 0).await;
}

/// A rejected event that came at noon of 7 July and is kept for a day.
async fn check_rejected(path: &str, event: Value) {
    let world = keeping("quarantine", 1).await;
    let (_, answer) = world.stack.post(path, &event).await.unwrap();
    let rejected =
        async || rows(&world).await.iter().filter(|row| row["pk"].to_string().contains("REJ#")).count();
    assert_eq!(rejected().await, 1, "{answer}");
    let before = fate(&world, "quarantine", "2026-07-08T16:59:59Z").await;
    assert_eq!((before, rejected().await), (Value::Null, 1));
    let after = fate(&world, "quarantine", "2026-07-08T17:00:00Z").await;
    assert_eq!((after, rejected().await), (json!({"removed": 1}), 0));
}

#[tokio::test]
async fn a_rejected_event_of_a_call_goes_so_many_days_after_it_came() {
    let mut call = theft("e-1", NOON, "26-1");
    call["data"]["incident"]["opened_at"] = json!("yesterday");
    check_rejected("/v1/cad/events", json!([call, theft("e-2", NOON, "26-2")])).await;
}

#[tokio::test]
async fn a_rejected_event_of_an_officer_goes_so_many_days_after_it_came() {
    let mut events = department(NOON);
    events[20]["data"]["hired_on"] = json!("yesterday");
    check_rejected("/v1/personnel/events", json!(events)).await;
}

/// Scores of the night of 7 July: whether those of `E-10`, those of others and the runs are left.
async fn check_scores(held: bool, at: &str, left: (bool, bool, bool)) {
    let world = keeping("personnel", 30).await;
    let (status, _) = world.stack.post("/v1/personnel/events", &json!(department(NOON))).await.unwrap();
    assert_eq!(status, 202);
    world.minutes(20).await;
    world.stack.run("score-officers", None).await.unwrap();
    if held {
        hold(&world, true, Kind::Officer, "E-10").await.unwrap();
    }
    fate(&world, "personnel", at).await;
    let rows = rows(&world).await;
    let is_score = |row: &Value| row["sk"].as_str().unwrap().starts_with("SCORE#2026-07-07#");
    let own = rows.iter().any(|row| row["pk"] == "OFF#E-10" && is_score(row));
    let others = rows.iter().any(|row| row["pk"] != "OFF#E-10" && is_score(row));
    let runs = rows.iter().any(|row| row["pk"].as_str().unwrap().starts_with("RUN"));
    assert_eq!((own, others, runs), left);
    assert!(row(&rows, "OFF#E-10", "PROFILE").is_some(), "who serves keeps the file");
}

#[tokio::test]
async fn scores_and_runs_stay_while_their_time_is_not_over() {
    check_scores(false, "2026-08-06T23:59:59Z", (true, true, true)).await;
}

#[tokio::test]
async fn scores_and_runs_go_so_many_days_after_their_date() {
    check_scores(false, "2026-08-07T00:00:00Z", (false, false, false)).await;
}

#[tokio::test]
async fn a_hold_on_an_officer_keeps_the_scores_and_every_run_that_may_name_the_officer() {
    check_scores(true, "2026-08-07T00:00:00Z", (true, false, true)).await;
}
