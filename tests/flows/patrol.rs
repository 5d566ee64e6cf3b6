//! From imported incidents through the nightly run to the patrol plan, visits under it, and the report: what officers
//! see, what they never see, and what a supervisor may enter.
use std::collections::BTreeSet;
use std::fmt::Write;

use precinct::import::{Options, crime};
use serde_json::{Value, json};
use tests::{CALLER, World, call};

use crate::staff;

/// The run of 8 July: its plan is for shifts that begin on that day.
const NIGHT: &str = "2026-07-08T08:30:00Z";
const PLAN: &str = "/v1/patrol/2026-07-08";
const VISITS: &str = "/v1/patrol/2026-07-08/visits";

/// Fourteen spots of beat 21, four hundred metres apart: the first with a report every ten days, each next one with
/// fewer; the last with ten reports of the last two weeks. Two dirty rows.
fn history() -> String {
    let mut rows = String::from("id,at,what,lon,lat\n");
    let start: jiff::civil::Date = "2025-07-12".parse().unwrap();
    for spot in 0..14 {
        let (lon, lat) = (-92.135 + 0.0055 * f64::from(spot % 7), 46.80 + 0.006 * f64::from(spot / 7));
        let (first, step, count) =
            if spot == 13 { (346, 1, 10) } else { (5, 10 + 6 * spot, 350 / (10 + 6 * spot)) };
        for report in 0..count {
            let day = start.saturating_add(jiff::Span::new().days(first + step * report));
            // Writing to a String cannot fail.
            let _ = writeln!(rows, "S{spot}-{report},{day} 22:00:00,Larceny,{lon:.4},{lat:.4}");
        }
    }
    rows + "X-1,2026-07-01,Larceny,,\nX-2,,Larceny,-92.1,46.78\n"
}

async fn planned() -> World {
    let world = World::new().await;
    let file =
        std::env::temp_dir().join(format!("precinct-patrol-{}.csv", startup::Entropy::system().token()));
    std::fs::write(&file, history()).unwrap();
    let columns = "id=id,from=at,offence=what,lon=lon,lat=lat".parse().unwrap();
    let options = Options { file: file.clone(), columns, keep_repeats: false };
    crime(world.stack.runtime(), &options).await.unwrap();
    std::fs::remove_file(file).unwrap();
    night(&world, NIGHT).await;
    world
}

async fn night(world: &World, time: &str) -> Value {
    world.until(time).await;
    // The clock ran it already; a night run twice writes the same.
    world.stack.run("map-hotspots", Some(tests::instant(time))).await.unwrap()
}

async fn file(world: &World, key: &str) -> Vec<u8> {
    world.stack.internal(key).await.unwrap().unwrap_or_else(|| panic!("{key} is missing"))
}

/// Stops of a shift in the order of visiting, as `order cell kind nights`.
fn stops(plan: &Value, shift: &str) -> Vec<String> {
    let features = plan["features"].as_array().unwrap().iter().map(|feature| &feature["properties"]);
    let mut stops: Vec<(u64, String)> = features
        .filter(|stop| stop["shift"] == shift)
        .map(|stop| {
            let order = stop["order"].as_u64().unwrap();
            let word = |name: &str| stop[name].as_str().unwrap().to_owned();
            (order, format!("{order} {} {} night {}", word("geohash"), word("kind"), stop["nights_in_a_row"]))
        })
        .collect();
    stops.sort();
    stops.into_iter().map(|(_, stop)| stop).collect()
}

async fn visit(world: &World, key: &str, role: &str, cell: &str, minutes: u16) -> (u16, Value) {
    let token = world.stack.token("staff-1", &[role]);
    let body = json!({"shift": "evening", "geohash": cell, "arrived_at": "2026-07-08T17:05:00-05:00", "minutes": minutes});
    world.stack.staff(("POST", VISITS), &token, Some(key), &body).await.unwrap()
}

#[tokio::test]
async fn a_night_plans_five_places_a_beat_and_keeps_its_controls_to_itself() {
    let world = planned().await;
    let (status, plan) = world.read(PLAN, &["dispatch"]).await;
    assert_eq!(status, 200, "{plan}");
    insta::assert_snapshot!(stops(&plan, "evening").join("\n"), @"
    1 cbq6prt chronic night 1
    2 cbq6pzt chronic night 1
    3 cbq6pxt chronic night 1
    4 cbq6px9 chronic night 1
    5 cbqd20v temporary night 1
    ");
    let record: Value =
        serde_json::from_slice(&file(&world, "patrol-records/2026-07-08.json").await).unwrap();
    let cells = record["shifts"][0]["cells"].as_array().unwrap();
    let held: BTreeSet<&str> = cells
        .iter()
        .filter(|cell| cell["group"] == "control")
        .map(|cell| cell["geohash"].as_str().unwrap())
        .collect();
    assert_eq!(held.len(), 1, "the lot of this test holds one out: {record}");
    for key in ["patrol/2026-07-08.geojson", "patrol/2026-07-08.html"] {
        let text = String::from_utf8(file(&world, key).await).unwrap();
        assert!(held.iter().all(|cell| !text.contains(cell)), "{key} shows a control");
    }
    let page =
        world.stack.get(&format!("{PLAN}?format=pdf"), &world.stack.token("x", &["analyst"])).await.unwrap();
    assert_eq!(page.0, 400);
    assert_eq!(world.read("/v1/patrol/2026-07-20", &["analyst"]).await.0, 404, "no plan of that date");
}

#[tokio::test]
async fn a_plan_made_again_is_the_same_and_rows_of_nights_go_on() {
    let world = planned().await;
    let keys = ["patrol/2026-07-08.geojson", "patrol/2026-07-08.html", "patrol-records/2026-07-08.json"];
    let mut before = Vec::new();
    for key in keys {
        before.push(file(&world, key).await);
    }
    night(&world, NIGHT).await;
    for (key, before) in keys.iter().zip(before) {
        assert_eq!(file(&world, key).await, before, "{key}");
    }
    night(&world, "2026-07-09T08:30:00Z").await;
    let plan: Value = serde_json::from_slice(&file(&world, "patrol/2026-07-09.geojson").await).unwrap();
    assert!(stops(&plan, "day").iter().all(|stop| stop.ends_with("night 2")), "{plan}");
}

#[tokio::test]
async fn a_visit_is_entered_once_for_a_listed_cell_and_the_report_counts_it() {
    let world = planned().await;
    world.until("2026-07-08T17:30:00-05:00").await;
    let plan: Value = serde_json::from_slice(&file(&world, "patrol/2026-07-08.geojson").await).unwrap();
    let stop = &plan["features"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["properties"]["shift"] == "evening")
        .unwrap();
    let cell = stop["properties"]["geohash"].as_str().unwrap().to_owned();
    assert_eq!(visit(&world, "1", "analyst", &cell, 14).await.0, 201);
    assert_eq!(visit(&world, "1", "analyst", &cell, 14).await.0, 200, "the same again is the same visit");
    assert_eq!(visit(&world, "1", "analyst", &cell, 20).await.0, 409, "another visit under the same key");
    assert_eq!(visit(&world, "2", "analyst", &cell, 20).await.0, 201);
    assert_eq!(visit(&world, "3", "analyst", "cbqd0jq", 15).await.0, 422, "a cell that is not listed");
    assert_eq!(visit(&world, "4", "officer", &cell, 15).await.0, 403);
    // A report from the visited cell in the shift.
    let [lon, lat] = [0, 1].map(|axis| {
        let corner = |i: usize| stop["geometry"]["coordinates"][0][i][axis].as_f64().unwrap();
        f64::midpoint(corner(0), corner(2))
    });
    let mut incident = call("LARCENY", "e-1", "2026-07-08T18:00:00-05:00", "26-1", CALLER);
    incident["data"]["incident"]["location"] = json!({"latitude": lat, "longitude": lon});
    world.until("2026-07-08T18:00:00-05:00").await;
    world.cad(incident).await;
    for time in ["2026-07-09T08:30:00Z", "2026-07-10T08:30:00Z"] {
        night(&world, time).await;
    }
    let (status, report) = world.read("/v1/reports/patrol?from=2026-07-08&to=2026-07-08", &["analyst"]).await;
    assert_eq!(status, 200, "{report}");
    let evening = report["beats"].as_array().unwrap().iter().find(|line| line["shift"] == "evening").unwrap();
    insta::assert_snapshot!(evening, @r#"{"beat":"21","cells_planned":5,"cells_visited":1,"minutes":34,"minutes_median":17.0,"shift":"evening","visits":2,"visits_planned":20}"#);
    let group = |name: &str| {
        let rate = &report["hit_rates"][name];
        format!(
            "{name} {}/{} {:.3}-{:.3}",
            rate["hits"],
            rate["cells"],
            rate["low"].as_f64().unwrap(),
            rate["high"].as_f64().unwrap()
        )
    };
    let groups = ["planned", "visited", "not_visited", "control"].map(group);
    insta::assert_snapshot!(groups.join("\n"), @"
    planned 1/15 0.012-0.298
    visited 1/1 0.207-1.000
    not_visited 0/14 0.000-0.215
    control 0/3 0.000-0.561
    ");
    insta::assert_snapshot!(report["hit_rates"]["planned_less_control"]["value"], @"0.06666666666666667");
    assert_eq!(report["caveats"].as_array().unwrap().len(), 4);
    assert_eq!(world.read("/v1/reports/patrol?from=2026-01-01&to=2026-07-08", &["analyst"]).await.0, 400);
    let stored = format!(
        "{:?}",
        table::patrol::Visits::new(messages(&world)).of("2026-07-08".parse().unwrap()).await.unwrap()
    );
    assert!(!stored.contains("staff-1"), "nobody's name is stored: {stored}");
}

fn messages(world: &World) -> table::Store {
    let runtime = world.stack.runtime();
    let name = runtime.variables.required("MESSAGES_TABLE").unwrap();
    table::Store::new(aws_sdk_dynamodb::Client::new(&runtime.sdk), name, runtime.entropy.clone())
}

#[tokio::test]
async fn every_role_at_every_endpoint_of_places() {
    let stack = staff::stack().await;
    let call = json!({"type": "incident.opened", "id": "cad-1", "timestamp": staff::NOW, "data": {"incident": {"id": "26-1",
        "call_type": "LARCENY", "opened_at": staff::NOW, "location": {"latitude": 46.7867, "longitude": -92.1005}}}});
    assert_eq!(stack.post("/v1/cad/events", &call).await.unwrap().0, 202);
    stack.drain().await.unwrap();
    stack.set("2026-07-05T13:30:00Z".parse().unwrap()).await.unwrap();
    insta::assert_snapshot!(staff::matrix(&stack, staff::is_about_places).await, @"
    GET /v1/patrol/{date}
      200 dispatch commander analyst
      403 records investigator victim_services officer supervisor internal_affairs auditor admin
    POST /v1/patrol/{date}/visits
      201 analyst
      403 dispatch records investigator victim_services officer supervisor commander internal_affairs auditor admin
    GET /v1/reports/patrol
      200 dispatch commander analyst
      403 records investigator victim_services officer supervisor internal_affairs auditor admin
    GET /v1/statistics/{date}
      200 commander analyst admin
      403 dispatch records investigator victim_services officer supervisor internal_affairs auditor
    ");
}

#[tokio::test]
async fn a_supervisor_on_duty_reads_the_plan() {
    let stack = staff::stack().await;
    staff::department(&stack).await;
    stack.set(staff::NIGHT.parse().unwrap()).await.unwrap();
    for path in ["/v1/patrol/2026-07-05", "/v1/reports/patrol"] {
        assert_eq!(staff::ask(&stack, path, "subject-1", &["supervisor"]).await.0, 200, "{path}");
        assert_eq!(staff::ask(&stack, path, "subject-1", &["officer"]).await.0, 403, "{path}");
    }
}
