//! The backtest by its command: a small city end to end, the shipped cities, and what is wrong with a folder.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::ToSpan as _;

use super::*;

const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[-92.2,46.7],[-92.1,46.7],[-92.1,46.8],[-92.2,46.8],[-92.2,46.7]]]}"#;

const CITY: &str = r#"
city = "sample"
title = "Sample"
files = ["a.csv"]
boundary = "b.geojson"
origins = "2026-01-01..2026-03-01"
tuning_months = 3
horizons = [28]
limits = [{ square_miles = 0.25 }]
[columns]
at = "day"
offence = "what"
longitude = "x"
latitude = "y"
[[groups]]
name = "all"
offences = []
[[groups]]
name = "theft"
offences = ["Theft"]
"#;

/// A folder with a city of two busy corners, a theft in each every day, and rows that cannot be used.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("precinct-hotspots-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut rows = String::from("day,what,x,y\nsoon,Theft,-92.15,46.75\n2026-01-01,Theft,,\n");
    let first = jiff::civil::date(2024, 1, 1);
    for day in 0..830 {
        let date = first.saturating_add(day.days());
        let _ = writeln!(rows, "{date},Theft,-92.15,46.75\n{date},Arson,-92.12,46.72");
    }
    std::fs::write(folder.join("a.csv"), rows).unwrap();
    std::fs::write(folder.join("b.geojson"), SQUARE).unwrap();
    std::fs::write(folder.join("city.toml"), CITY).unwrap();
    folder
}

fn run(data: &Path, config: &[&Path], out: &Path) -> Result<bool> {
    let config = config.iter().map(|path| path.to_path_buf()).collect();
    Hotspots { data: data.to_path_buf(), config, out: Some(out.to_path_buf()) }.run()
}

#[test]
fn a_city_is_played_from_its_toml_and_every_method_is_in_the_figures() {
    let data = folder("played");
    assert!(run(&data, &[&data.join("city.toml")], &data.join("out")).unwrap());
    let text = std::fs::read_to_string(data.join("out/metrics.json")).unwrap();
    let metrics: Value = serde_json::from_str(&text).unwrap();
    for group in ["all", "theft"] {
        for method in METHODS {
            let of = &metrics["sample"][group][method];
            assert_eq!(of["hit_rate"], 1.0, "{group} {method}");
            assert_eq!(of["pei"], 1.0, "{group} {method}");
            let mut keys: Vec<&String> = of.as_object().unwrap().keys().collect();
            keys.sort();
            assert_eq!(keys, ["area_km2", "events", "hit_rate", "k", "pai", "pei"]);
        }
    }
    assert_eq!(metrics["sample"]["theft"]["precinct"]["events"], 28);
    let page = std::fs::read_to_string(data.join("out/report.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("without a time that can be read"));
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn the_shipped_cities_are_sound_and_chosen_on_earlier_nights_alone() {
    for city in City::shipped().unwrap() {
        let origins = city.origins().unwrap();
        assert_eq!(origins.len(), 12, "{}", city.city);
        let since = jiff::civil::date(2000, 1, 1);
        let tuning = city.tuning(origins[0], hotspot::fact::midnight(since));
        assert_eq!(tuning.len(), 24, "{}", city.city);
        let horizon = jiff::SignedDuration::from_hours(24 * city.horizons[0]);
        assert!(tuning.iter().all(|origin| *origin + horizon <= origins[0]), "{}", city.city);
        assert!(city.tuning(origins[0], origins[0]).is_empty());
    }
}

#[track_caller]
fn check(change: (&str, &str), expected: &str) {
    let error = City::parse(&CITY.replace(change.0, change.1)).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn an_impossible_city_is_named_by_its_key() {
    check(("2026-01-01..", "soon.."), "origins: soon..2026-03-01: give first..last");
    check(("[28]", "[]"), "horizons: give days");
    check(("0.25", "0.0"), "limits: give");
    check(("\"theft\"", "\"all\""), "groups: two have the same name");
    check(("tuning_months = 3", "months = 3"), "unknown field `months`");
}

#[test]
fn a_folder_without_the_files_is_an_error_that_says_so() {
    let data = folder("empty");
    let error = |data: &Path, config: &[&Path]| run(data, config, &data.join("out")).unwrap_err().to_string();
    assert!(error(&data.join("nowhere"), &[]).contains("there is no such folder"));
    assert!(error(&data, &[]).contains("no shipped city has its files there"));
    let config = data.join("city.toml");
    std::fs::remove_file(data.join("a.csv")).unwrap();
    assert!(error(&data, &[&config]).contains("lacks a file of a.csv, b.geojson"));
    std::fs::remove_dir_all(data).unwrap();
}
