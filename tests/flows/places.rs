//! From calls and history files to the map of places: what counts, what leaves, and what the public never sees.
use precinct::import::{Options, crime};
use serde_json::{Value, json};
use tests::{CALLER, World, call, event};

/// Night of 8 July, as the schedule gives it.
const NIGHT: &str = "2026-07-08T08:30:00Z";
/// When most of the incidents happened: long enough ago for the public.
const JUNE: &str = "2026-06-10T15:00:00-05:00";
/// The cell of the place below.
const CELL: &str = "cbqd0jq";

/// An incident of `kind` at one place in June.
fn incident(kind: &str, number: &str) -> Value {
    let mut event = call(kind, &format!("e-{number}"), JUNE, number, CALLER);
    event["data"]["incident"]["location"] = json!({"latitude": 46.7867, "longitude": -92.1005});
    event
}

async fn night(world: &World, time: &str) -> Value {
    world.stack.run("map-hotspots", Some(tests::instant(time))).await.expect("the map can be made")
}

/// Incidents in the cell according to the internal table.
async fn internal(world: &World, date: &str) -> String {
    let table = world
        .stack
        .internal(&format!("cells/{date}/all.csv"))
        .await
        .expect("the bucket answers")
        .expect("a table");
    let table = String::from_utf8(table).expect("text");
    let row = table.lines().find(|line| line.starts_with(CELL)).expect("a row for every study cell");
    row.split(',').nth(1).expect("a count").to_owned()
}

/// Cells and bands of a public file.
async fn public(world: &World, key: &str) -> Vec<(String, String)> {
    let file = world.stack.public(key).await.expect("the bucket answers").expect("a public file");
    let map: Value = serde_json::from_slice(&file).expect("JSON");
    let word = |feature: &Value, name: &str| feature["properties"][name].as_str().expect("a word").to_owned();
    let features = map["features"].as_array().expect("features").iter();
    features.map(|feature| (word(feature, "geohash"), word(feature, "count_band"))).collect()
}

fn shown(cell: &str, band: &str) -> Vec<(String, String)> {
    vec![(cell.to_owned(), band.to_owned())]
}

#[tokio::test]
async fn a_call_and_its_case_count_once_and_families_stay_out_of_the_public_map() {
    let world = World::new().await;
    for number in 1..=5 {
        world.cad(incident("LARCENY", &format!("26-{number}"))).await;
    }
    world.cad(incident("DVA", "26-6")).await;
    world.cad(incident("NOISE", "26-7")).await;
    let case = json!({"number": "C-1", "incident_id": "26-1", "offence": "23H", "status": "open"});
    world.cases(json!({"type": "case.opened", "id": "r-1", "timestamp": JUNE, "data": {"case": case}})).await;
    let report = night(&world, NIGHT).await;
    assert_eq!(report["rows"]["not_crime"], 1);
    assert_eq!(internal(&world, "2026-07-08").await, "6");
    assert_eq!(public(&world, "hotspots/latest.geojson").await, shown(CELL, "5-9"));
    assert_eq!(public(&world, "hotspots/property/2026-07-08.geojson").await, shown("cbqd0j", "5-9"));
}

#[tokio::test]
async fn what_is_expunged_leaves_the_log_and_the_published_map() {
    let world = World::new().await;
    for number in 1..=5 {
        world.cad(incident("LARCENY", &format!("26-{number}"))).await;
    }
    night(&world, NIGHT).await;
    let expunged = event("incident.expunged", "e-x", "2026-07-07T12:00:00-05:00", "26-3", json!({}));
    world.cad(expunged).await;
    let report = night(&world, "2026-07-09T08:30:00Z").await;
    assert_eq!(report["public"], "not_due");
    assert_eq!(internal(&world, "2026-07-09").await, "4");
    for key in ["hotspots/latest.geojson", "hotspots/2026-07-08.geojson"] {
        assert_eq!(public(&world, key).await, shown("cbqd0j", "<5"), "{key}");
    }
}

#[tokio::test]
async fn a_night_run_again_gives_the_same_bytes() {
    let world = World::new().await;
    for number in 1..=5 {
        world.cad(incident("LARCENY", &format!("26-{number}"))).await;
    }
    let files = ["cells/2026-07-08/all.csv", "crime/day=2026-06-10/part.parquet"];
    let first = night(&world, NIGHT).await;
    let (a, b) =
        (world.stack.internal(files[0]).await.unwrap(), world.stack.internal(files[1]).await.unwrap());
    let map =
        world.stack.object("public", "hotspots/latest.geojson").await.unwrap().map(|object| object.etag);
    let second = night(&world, NIGHT).await;
    assert_eq!((&first["hottest"], &first["maps"]), (&second["hottest"], &second["maps"]));
    assert_eq!(world.stack.internal(files[0]).await.unwrap(), a);
    assert_eq!(world.stack.internal(files[1]).await.unwrap(), b);
    let again =
        world.stack.object("public", "hotspots/latest.geojson").await.unwrap().map(|object| object.etag);
    assert_eq!(again, map);
}

#[tokio::test]
async fn a_history_file_is_imported_once_and_stands_beside_what_is_told_live() {
    let world = World::new().await;
    let file =
        std::env::temp_dir().join(format!("precinct-history-{}.csv", startup::Entropy::system().token()));
    let rows = "id,at,what,lon,lat\nH-1,2026-06-01 12:00:00,Larceny,-92.1005,46.7867\nH-2,,Larceny,-92.1005,46.7867\n\
                H-3,2026-06-02,Robbery,,\nH-1,2026-06-01 13:00:00,Larceny,-92.1005,46.7867\n";
    std::fs::write(&file, rows).unwrap();
    let columns = "id=id,from=at,offence=what,lon=lon,lat=lat".parse().unwrap();
    let options = Options { file: file.clone(), columns, keep_repeats: false };
    let imported = crime(world.stack.runtime(), &options).await.unwrap();
    assert_eq!((imported.rows, imported.facts, imported.written), (4, 1, 1));
    let dirt = imported.dirt;
    assert_eq!((dirt.unreadable_date, dirt.no_coordinates, dirt.repeated_id), (1, 1, 1));
    assert_eq!(crime(world.stack.runtime(), &options).await.unwrap().written, 0);
    std::fs::remove_file(file).unwrap();
    world.cad(incident("LARCENY", "26-1")).await;
    night(&world, NIGHT).await;
    assert_eq!(internal(&world, "2026-07-08").await, "2");
}

/// The text of an internal object.
async fn internal_text(world: &World, key: &str) -> String {
    let object = world.stack.internal(key).await.expect("the bucket answers").expect("an object");
    String::from_utf8(object).expect("text")
}

#[tokio::test]
async fn a_night_tells_which_method_ranked_and_names_the_cells() {
    let world = World::new().await;
    for number in 1..=3 {
        world.cad(incident("LARCENY", &format!("26-{number}"))).await;
    }
    let first = night(&world, NIGHT).await;
    let told = internal_text(&world, "forecast/2026-07-08.json").await;
    let methods: Value = serde_json::from_str(&told).expect("JSON");
    let all = (&methods["all"]["champion"]["name"], &methods["all"]["reason"]);
    assert_eq!(all, (&json!("h180"), &json!("too_little_history")));
    let named = internal_text(&world, "forecast/2026-07-08/all.csv").await;
    let rows: Vec<&str> = named.lines().collect();
    assert_eq!(rows.len(), 2);
    assert!(rows[1].starts_with(&format!("1,{CELL},")));
    assert_eq!(first["hottest"][0]["geohash"], CELL);
    // Again, and a night before it: the method of a later night is not the method of an earlier one.
    night(&world, NIGHT).await;
    assert_eq!(internal_text(&world, "forecast/2026-07-08.json").await, told);
    night(&world, "2026-07-05T08:30:00Z").await;
    let standing: Value =
        serde_json::from_str(&internal_text(&world, "forecast/all.json").await).expect("JSON");
    assert_eq!(standing["chosen"], "2026-07-08");
}
