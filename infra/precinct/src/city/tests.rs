//! The sample city is what it says: same bytes for the same seed, totals near their targets, plants in place.
use std::collections::{BTreeMap, BTreeSet};

use super::*;

const SQUARE: &str = r#"{"type": "Polygon", "coordinates":
    [[[-92.2,46.7],[-92.0,46.7],[-92.0,46.85],[-92.2,46.85],[-92.2,46.7]]]}"#;

pub(super) fn city(seed: u64) -> City {
    City { seed, last_day: jiff::civil::date(2026, 7, 3), zone: TimeZone::get("America/Chicago").unwrap() }
}

fn crime(seed: u64) -> String {
    city(seed).crime(&StudyArea::from_geojson(SQUARE).unwrap())
}

fn count(events: &[Value], test: impl Fn(&Value) -> bool) -> f64 {
    events.iter().filter(|event| test(event)).count() as f64
}

#[track_caller]
fn check(found: f64, low: f64, high: f64) {
    assert!((low..=high).contains(&found), "{found} is not within {low} to {high}");
}

#[test]
fn same_seed_gives_same_bytes() {
    assert_eq!(crime(1), crime(1));
    assert_eq!(
        serde_json::to_string(&city(1).personnel()).unwrap(),
        serde_json::to_string(&city(1).personnel()).unwrap()
    );
}

#[test]
fn another_seed_gives_another_city() {
    assert_ne!(crime(1), crime(2));
    assert_ne!(city(1).personnel(), city(2).personnel());
}

#[test]
fn the_department_has_150_people_and_120_on_patrol() {
    let officers = city(1).officers();
    assert_eq!(officers.len(), 150);
    assert_eq!(officers.iter().filter(|officer| officer.unit.starts_with("patrol-")).count(), 120);
    let names: BTreeSet<&str> = officers.iter().map(|officer| officer.name.as_str()).collect();
    assert_eq!(names.len(), 150);
}

#[test]
fn everybody_answers_to_somebody_listed_before() {
    let mut known = BTreeSet::new();
    for officer in city(1).officers() {
        assert_eq!(officer.supervisor.is_none(), officer.rank == "chief");
        assert!(officer.supervisor.is_none_or(|id| known.contains(&id)));
        known.insert(officer.id);
    }
}

#[test]
fn what_is_planted_is_an_officer_of_patrol() {
    for id in [ESCALATOR, BUSY, ROOKIE, MISTYPED] {
        let officer = city(1).officers().into_iter().find(|officer| officer.id == id).unwrap();
        assert_eq!((officer.rank, officer.unit.starts_with("patrol-")), ("officer", true), "{id}");
    }
}

#[test]
fn personnel_totals_are_near_their_targets() {
    let events = city(1).personnel();
    let of = |indicator: &'static str| count(&events, move |event| event["data"]["indicator"] == indicator);
    check(of("complaint"), 120.0, 175.0);
    check(of("use_of_force"), 115.0, 165.0);
    check(of("force_injury"), 12.0, 40.0);
    check(of("sick_leave"), 130.0, 230.0);
    check(count(&events, |event| event["type"] == "event.finding"), 50.0, 130.0);
    check(count(&events, |event| event["type"] == "exposure.recorded"), 3_300.0, 3_600.0);
    check(events.len() as f64, 4_200.0, 5_000.0);
}

#[test]
fn complaints_pile_up_on_few_as_they_do_in_reality() {
    let mut by_officer: BTreeMap<String, u32> = BTreeMap::new();
    for event in city(1).personnel().iter().filter(|event| event["data"]["indicator"] == "complaint") {
        *by_officer.entry(event["data"]["officer_id"].to_string()).or_default() += 1;
    }
    // Half of the officers have none.
    check(1.0 - by_officer.len() as f64 / 150.0, 0.40, 0.65);
}

#[test]
fn event_ids_are_unique_and_nothing_is_dated_after_the_last_day() {
    let events = city(1).personnel();
    let ids: BTreeSet<&str> = events.iter().filter_map(|event| event["id"].as_str()).collect();
    assert_eq!(ids.len(), events.len());
    assert!(events.iter().all(|event| event["timestamp"].as_str().is_some_and(|at| at < "2026-07-04")));
}

#[test]
fn nothing_is_recorded_about_a_person_not_yet_known() {
    let mut known = BTreeSet::new();
    for event in city(1).personnel() {
        let officer = event["data"]["officer_id"].as_str().map(String::from);
        match event["type"].as_str() {
            Some("officer.upserted") => known.extend(officer),
            Some("event.finding") => {}
            _ => assert!(officer.is_some_and(|id| known.contains(&id)), "{event}"),
        }
    }
}

#[test]
fn crime_totals_are_near_their_targets() {
    let file = crime(1);
    let rows: Vec<Vec<&str>> = file.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 24_000);
    let lacking =
        |row: &&Vec<&str>| row.iter().any(|field| field.is_empty() || *field == "0" || *field == "2746300.0");
    let ids: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
    check((rows.iter().filter(lacking).count() + rows.len() - ids.len()) as f64 / 24_000.0, 0.007, 0.013);
    let summer =
        rows.iter().filter(|row| ["-06-", "-07-", "-08-"].iter().any(|month| row[1].contains(month))).count();
    check(summer as f64 / 24_000.0, 0.26, 0.31);
    let year = rows.iter().filter(|row| row[1] >= "2025-07-04").count();
    check(year as f64, 7_700.0, 8_900.0);
}

#[test]
fn a_dozen_places_hold_much_of_the_crime() {
    let mut cells: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    for line in crime(1).lines().skip(1) {
        let field = |index: usize| line.split(',').nth(index).and_then(|text| text.parse::<f64>().ok());
        if let (Some(longitude), Some(latitude)) = (field(3), field(4)) {
            *cells.entry(((longitude * 500.0) as i64, (latitude * 750.0) as i64)).or_default() += 1;
        }
    }
    let mut counts: Vec<usize> = cells.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    check(counts.iter().take(80).sum::<usize>() as f64 / 24_000.0, 0.30, 0.60);
}

#[test]
fn a_month_of_calls_holds_every_event_type_and_only_fictional_addresses() {
    let events = city(SEED).calls(2_000);
    let types: BTreeSet<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
    // Incident 15 types, cases 9.
    assert_eq!(types.len(), 24, "{types:?}");
    for person in events.iter().flat_map(|event| event["data"]["people"].as_array().into_iter().flatten()) {
        let phone = person["phone"].as_str().unwrap_or("+1218555010");
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let national = digits.strip_prefix('1').filter(|rest| rest.len() >= 9).unwrap_or(&digits);
        assert!(national[3..].starts_with("55501"), "{phone}");
        let email = person["email"].as_str().unwrap_or("@example.com");
        assert!(email.ends_with("@example.com"), "{email}");
    }
    let ids: Vec<&str> = events.iter().filter_map(|event| event["id"].as_str()).collect();
    let once: BTreeSet<&&str> = ids.iter().collect();
    assert!(ids.len() > once.len(), "some deliveries come twice");
    let times: Vec<&str> = events.iter().filter_map(|event| event["timestamp"].as_str()).collect();
    assert!(times.windows(2).any(|pair| pair[0] > pair[1]), "some come late");
}
