//! The operator's commands against a running stack, and what a stack does with lists that nobody approved.
use embedded::agency::copy_folder;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use precinct::city::City;
use precinct::pause::{Pause, Scope};
use precinct::replay::{self, Course, Fate, Rules};
use precinct::stack::{Options, Stack};
use serde_json::Value;
use tests::{NOON, World, instant, theft};
use updates::Channel;

fn pause(world: &World, scope: Scope, value: Option<&str>, off: bool) -> Pause {
    Pause {
        scope,
        value: value.map(String::from),
        off,
        reason: Some("wrong words".into()),
        url: format!("{}/", world.stack.url()),
        token_env: "TOKEN".into(),
    }
}

#[tokio::test]
async fn the_pause_command_stops_and_resumes_and_says_what_is_in_force() {
    let world = World::new().await;
    let token = world.stack.token("d", &["dispatch"]);
    let kind = |off| pause(&world, Scope::Kind, Some("call_received"), off);
    assert_eq!(
        kind(false).order(&token).await.unwrap(),
        "paused now:\n  kind call_received, since 2026-07-07T17:00:00Z: wrong words"
    );
    world.cad(theft("e-1", NOON, "26-1")).await;
    assert_eq!(world.texts(), []);
    let all = pause(&world, Scope::All, None, false).order(&token).await.unwrap();
    assert!(all.contains("\n  all, since ") && all.contains("\n  kind call_received, since "), "{all}");
    pause(&world, Scope::All, None, true).order(&token).await.unwrap();
    assert_eq!(kind(true).order(&token).await.unwrap(), "nothing is paused");
    world.minutes(2).await;
    assert_eq!(world.texts().len(), 1);
}

#[tokio::test]
async fn the_pause_command_says_why_nothing_has_changed() {
    let world = World::new().await;
    let refused = async |order: Pause, token: &str| order.order(token).await.unwrap_err().to_string();
    let all = || pause(&world, Scope::All, None, false);
    let analyst = world.stack.token("a", &["analyst"]);
    assert!(refused(all(), &analyst).await.starts_with("the token's roles may not pause"));
    assert!(refused(all(), "nonsense").await.starts_with("the token in TOKEN is not valid"));
    let dispatch = world.stack.token("d", &["dispatch"]);
    let unknown = refused(pause(&world, Scope::Kind, Some("calls"), false), &dispatch).await;
    assert_eq!(unknown, "the staff API answers 422: value must be a kind of update such as call_received");
    let unnamed = refused(pause(&world, Scope::Incident, None, false), &dispatch).await;
    assert_eq!(unnamed, "name the incident, e.g. `precinct pause incident 26-048213`");
}

/// A folder that goes with the test.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nothing useful can be done where the system keeps a file of it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_live_folder_whose_deny_lists_nobody_approved_sends_nothing() {
    let name = format!("precinct-unapproved-{}", std::process::id());
    let folder = Temporary(std::env::temp_dir().join(name));
    copy_folder(&tests::shipped_agency(), &folder.0).unwrap();
    let file = folder.0.join("agency.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("updates = \"shadow\"", "updates = \"live\"")).unwrap();
    let options = Options {
        agency: folder.0.clone(),
        now: Some(instant(NOON)),
        still: true,
        live: false,
        ..Options::default()
    };
    let stack = Stack::start(options).await.unwrap();
    stack.post("/v1/cad/events", &theft("e-1", NOON, "26-1")).await.unwrap();
    stack.drain().await.unwrap();
    assert_eq!(stack.texts().unwrap(), []);
    let token = stack.token("d", &["dispatch"]);
    let (_, record) = stack.get("/v1/incidents/26-1/updates", &token).await.unwrap();
    assert_eq!(record["decisions"][0]["reason"], "shadow", "{record}");
}

/// The events of one day of the sample city, by time, with their texts as JSON lines.
fn one_day() -> Vec<(Timestamp, Value)> {
    let zone = TimeZone::get("America/Chicago").unwrap();
    let day = jiff::civil::date(2026, 7, 7);
    let city = City { seed: 5, last_day: day, zone };
    let at = |event: &Value| instant(event["timestamp"].as_str().unwrap());
    let mut events: Vec<_> = city.calls(400).into_iter().map(|event| (at(&event), event)).collect();
    let opened = |(at, event): &&(Timestamp, Value)| {
        event["type"] == "incident.opened" && *at >= instant("2026-07-07T10:00:00-05:00")
    };
    let calls: BTreeSet<String> =
        events.iter().filter(opened).map(|(_, event)| event["data"]["incident"]["id"].to_string()).collect();
    events.retain(|(_, event)| {
        let data = &event["data"];
        calls.contains(&data["incident"]["id"].to_string())
            || calls.contains(&data["case"]["incident_id"].to_string())
    });
    events.sort_by_key(|(at, _)| *at);
    events
}

/// What is known beforehand must be what happens: the same day, replayed and lived through.
#[tokio::test]
async fn a_replay_tells_what_the_stack_sends() {
    let events = one_day();
    let lines: Vec<String> = events.iter().map(|(_, event)| event.to_string()).collect();
    let agency = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/agency"));
    let rules = Rules::load(agency, false).unwrap();
    let mut course = Course::new(&rules, &BTreeSet::new());
    for event in &replay::read(&lines.join("\n")).events {
        course.take(event);
    }
    let told = course.finish();
    let mut foretold = Vec::new();
    for entry in told.values().flat_map(|told| &told.entries) {
        if let (Channel::Text, Fate::Sent { words, .. }) = (entry.channel, &entry.fate) {
            foretold.push(words.clone());
        }
    }

    let world = World::at("2026-07-07T09:00:00-05:00").await;
    for (at, event) in &events {
        world.stack.set(*at).await.unwrap();
        let cases = event["type"].as_str().is_some_and(|kind| kind.starts_with("case."));
        let path = if cases { "/v1/cases/events" } else { "/v1/cad/events" };
        assert_eq!(world.stack.post(path, event).await.unwrap().0, 202);
        world.drain().await;
    }
    world.until("2026-07-08T09:30:00-05:00").await;
    let mut sent: Vec<String> = world.texts().into_iter().map(|text| text.body).collect();
    foretold.sort();
    sent.sort();
    assert!(sent.len() > 10, "the day is too quiet to show anything: {sent:#?}");
    assert_eq!(sent, foretold);
}
