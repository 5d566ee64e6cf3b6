//! What stands in the public bucket, as portals, the map page and a person with a text editor find it.
use hotspot::manifest::Manifest;
use map_hotspots::bucket::Bucket;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{CALLER, World, call, instant};

/// Sundays, each an edition.
const FIRST: &str = "2026-07-05T08:30:00Z";
const SECOND: &str = "2026-07-12T08:30:00Z";

/// Incidents of four kinds all over the city: some cells with many, most with few.
async fn city(world: &World) {
    for number in 0..90 {
        let kind = ["LARCENY", "ROBBERY", "BURGLARY", "DVA"][number % 4];
        let when = format!("2026-06-{:02}T15:00:00-05:00", number % 20 + 1);
        let mut event = call(kind, &format!("e-{number}"), &when, &format!("26-{number}"), CALLER);
        let spread = if number % 3 == 0 { (number * number % 17) as f64 } else { (number % 2) as f64 };
        let (latitude, longitude) = (46.7867 + 0.0014 * spread, -92.1005 - 0.0014 * spread);
        event["data"]["incident"]["location"] = json!({"latitude": latitude, "longitude": longitude});
        world.cad(event).await;
    }
}

async fn night(world: &World, time: &str) -> Value {
    world.stack.run("map-hotspots", Some(instant(time))).await.expect("the map can be made")
}

async fn text(world: &World, key: &str) -> String {
    let file = world.stack.public(key).await.expect("the bucket answers");
    String::from_utf8(file.unwrap_or_else(|| panic!("no {key}"))).expect("text")
}

async fn manifest(world: &World) -> Manifest {
    serde_json::from_str(&text(world, hotspot::manifest::KEY).await).expect("a manifest")
}

/// West, south, east and north of a ring that is closed, counter-clockwise and has at most seven decimals.
fn checked_ring(feature: &Value) -> [f64; 4] {
    let ring: Vec<(f64, f64)> =
        serde_json::from_value(feature["geometry"]["coordinates"][0].clone()).unwrap();
    assert_eq!((ring.len(), ring.first()), (5, ring.last()), "closed");
    let twice: f64 = ring.windows(2).map(|two| two[0].0 * two[1].1 - two[1].0 * two[0].1).sum();
    assert!(twice > 0.0, "counter-clockwise: {ring:?}");
    for (longitude, latitude) in &ring {
        for degrees in [longitude, latitude] {
            let text = degrees.to_string();
            assert!(text.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 7), "{text}");
        }
    }
    let fold = |start: f64, pick: fn(f64, f64) -> f64, of: fn(&(f64, f64)) -> f64| {
        ring.iter().map(of).fold(start, pick)
    };
    [
        fold(f64::INFINITY, f64::min, |p| p.0),
        fold(f64::INFINITY, f64::min, |p| p.1),
        fold(f64::NEG_INFINITY, f64::max, |p| p.0),
        fold(f64::NEG_INFINITY, f64::max, |p| p.1),
    ]
}

fn check_map(map: &Value, category: &str) {
    assert_eq!(map.as_object().unwrap().keys().filter(|key| *key == "crs").count(), 0);
    let features = map["features"].as_array().unwrap();
    let names: Vec<&str> = features.iter().map(|feature| feature["id"].as_str().unwrap()).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "by geohash, each once");
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for feature in features {
        let properties = feature["properties"].as_object().unwrap();
        let keys: Vec<&str> = properties.keys().map(String::as_str).collect();
        let expected = "geohash category window_days count_band class confidence trend rank_band as_of";
        let mut expected: Vec<&str> = expected.split(' ').collect();
        expected.sort_unstable();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
        assert_eq!((&properties["category"], &properties["geohash"]), (&json!(category), &feature["id"]));
        let [w, s, e, n] = checked_ring(feature);
        bounds = [bounds[0].min(w), bounds[1].min(s), bounds[2].max(e), bounds[3].max(n)];
    }
    assert_eq!(map["bbox"], json!(bounds));
}

#[tokio::test]
async fn every_file_of_an_edition_is_sound_and_named_in_its_manifest() {
    let world = World::new().await;
    city(&world).await;
    night(&world, FIRST).await;
    let manifest = manifest(&world).await;
    assert_eq!(manifest.as_of.unwrap().to_string(), "2026-07-05");
    assert_eq!(manifest.files[0].category, "all");
    assert!(manifest.files.len() > 2, "maps of categories");
    for file in &manifest.files {
        let map = text(&world, &file.path).await;
        assert_eq!(map, text(&world, &file.snapshot).await);
        let hash = hex::encode(Sha256::digest(&map));
        assert_eq!((map.len(), &hash), (file.bytes, &file.sha256));
        let map: Value = serde_json::from_str(&map).unwrap();
        assert_eq!(map["features"].as_array().unwrap().len(), file.features);
        if file.features > 0 {
            check_map(&map, &file.category);
        }
        let table = text(&world, &file.csv).await;
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        assert_eq!(rows.headers().unwrap().iter().collect::<Vec<_>>().join(","), hotspot::twin::COLUMNS);
        let ids: Vec<String> = rows.records().map(|row| row.unwrap()[0].to_owned()).collect();
        let features = map["features"].as_array().unwrap();
        assert_eq!(ids, features.iter().map(|feature| feature["id"].as_str().unwrap()).collect::<Vec<_>>());
    }
    let catalogue: Value = serde_json::from_str(&text(&world, "data.json").await).unwrap();
    assert_eq!(catalogue["dataset"].as_array().unwrap().len(), manifest.files.len());
}

#[tokio::test]
async fn families_are_in_no_public_file() {
    let world = World::new().await;
    for number in 0..30 {
        let mut event =
            call("DVA", &format!("e-{number}"), "2026-06-10T15:00:00-05:00", &format!("26-{number}"), CALLER);
        event["data"]["incident"]["location"] = json!({"latitude": 46.7867, "longitude": -92.1005});
        world.cad(event).await;
    }
    night(&world, FIRST).await;
    assert_eq!(manifest(&world).await.files.iter().map(|file| file.features).sum::<usize>(), 0);
}

#[tokio::test]
async fn a_night_between_two_editions_that_is_run_again_publishes_nothing() {
    let world = World::new().await;
    city(&world).await;
    night(&world, FIRST).await;
    night(&world, SECOND).await;
    let report = night(&world, "2026-07-08T08:30:00Z").await;
    assert_eq!((&report["public"], &report["public_files"]), (&json!("past"), &json!([])));
    assert_eq!(world.stack.public("hotspots/2026-07-08.geojson").await.unwrap(), None);
}

#[tokio::test]
async fn an_edition_that_died_before_its_manifest_is_completed_and_none_put_beside_it() {
    let world = World::new().await;
    city(&world).await;
    night(&world, FIRST).await;
    let first = manifest(&world).await;
    let bucket = Bucket::new(map_hotspots::s3(world.stack.runtime()), "public".into());
    let lost = [hotspot::manifest::KEY, "hotspots/latest.geojson", "hotspots/violent/2026-07-05.geojson"];
    bucket.delete_all(&lost.map(str::to_owned)).await.unwrap();
    assert_eq!(night(&world, "2026-07-06T08:30:00Z").await["public"], "not_due");
    assert_eq!(manifest(&world).await, first);
    text(&world, "hotspots/violent/2026-07-05.geojson").await;
    assert_eq!(world.stack.public("hotspots/2026-07-06.geojson").await.unwrap(), None);
}

#[tokio::test]
async fn an_edition_that_is_withdrawn_is_gone_and_does_not_come_back() {
    let world = World::new().await;
    city(&world).await;
    night(&world, FIRST).await;
    let first = text(&world, "hotspots/latest.geojson").await;
    night(&world, SECOND).await;
    let agency = tests::shipped_agency();
    let withdraw = async |date: &str| {
        precinct::withdraw::from(
            world.stack.runtime(),
            "public".into(),
            agency.clone(),
            date.parse().unwrap(),
        )
        .await
    };
    let error = withdraw("2026-07-06").await.unwrap_err().to_string();
    assert_eq!(error, "there is no edition of 2026-07-06; there are: 2026-07-05, 2026-07-12");
    let done = withdraw("2026-07-12").await.unwrap();
    assert_eq!(done.stands.unwrap().to_string(), "2026-07-05");
    assert_eq!(text(&world, "hotspots/latest.geojson").await, first);
    for key in ["hotspots/2026-07-12.geojson", "hotspots/violent/2026-07-12.geojson"] {
        assert_eq!(text(&world, key).await, hotspot::geojson::WITHDRAWN, "{key}");
    }
    assert_eq!(text(&world, "hotspots/2026-07-12.csv").await.lines().count(), 1);
    let standing = manifest(&world).await;
    assert_eq!(standing.withdrawn.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-07-12"]);
    assert_eq!(night(&world, SECOND).await["public"], "withdrawn");
    assert_eq!(withdraw("2026-07-12").await.unwrap().stands, done.stands, "once more changes nothing");
    assert_eq!(withdraw("2026-07-05").await.unwrap().stands, None);
    assert_eq!(text(&world, "hotspots/latest.geojson").await, hotspot::geojson::WITHDRAWN);
    assert_eq!(night(&world, "2026-07-13T08:30:00Z").await["public"], "published");
    assert_eq!(manifest(&world).await.as_of.unwrap().to_string(), "2026-07-13");
}
