//! What must hold of every patrol plan, whatever the scores, beats, places and earlier nights.
#![expect(clippy::unwrap_used, reason = "in a test, what cannot be had is a failure")]
use std::collections::BTreeSet;

use hotspot::patrol::plan::{BeatPlan, Stop};
use hotspot::patrol::settings::{Override, Settings};
use hotspot::patrol::{Beats, Inputs, Places, Plan, Record, geojson};
use hotspot::{Cell, Lattice, StudyArea};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

const WEST: f64 = -92.2;
const SOUTH: f64 = 46.7;

fn square(west: f64, south: f64, east: f64, north: f64) -> String {
    format!("[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]")
}

fn area() -> StudyArea {
    let ring = square(WEST, SOUTH, WEST + 0.03, SOUTH + 0.02);
    StudyArea::from_geojson(&format!(r#"{{"type":"Polygon","coordinates":{ring}}}"#)).unwrap()
}

/// Three beats from west to east, the last far too small for five cells that do not touch.
fn beats(backwards: bool) -> Beats {
    let sides = [("21", 0.0, 0.015), ("22", 0.015, 0.027), ("30", 0.027, 0.03)];
    let feature = |(name, from, to): &(&str, f64, f64)| {
        let ring = square(WEST + from, SOUTH, WEST + to, SOUTH + 0.02);
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{{"type":"Polygon","coordinates":{ring}}}}}"#
        )
    };
    let mut features: Vec<String> = sides.iter().map(feature).collect();
    if backwards {
        features.reverse();
    }
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    Beats::from_geojson(&text, "name").unwrap()
}

fn places(backwards: bool) -> Places {
    let mut rows: Vec<String> =
        (0..6).map(|i| format!("Place {i},{},{}\n", WEST + 0.005 * f64::from(i), SOUTH + 0.01)).collect();
    if backwards {
        rows.reverse();
    }
    Places::from_csv(&format!("name,longitude,latitude\n{}", rows.concat())).unwrap()
}

/// A city that plans night after night.
struct City {
    settings: Settings,
    lattice: Lattice,
    scores: Vec<f64>,
    slices: Vec<Vec<u32>>,
    zone: TimeZone,
}

impl City {
    /// Scores by cell, the rest zero.
    fn new(scored: &[(usize, u32)], settings: Settings) -> Self {
        let lattice = Lattice::new(&area(), 7);
        let mut scores = vec![0.0; lattice.len()];
        for (index, score) in scored {
            scores[index % lattice.len()] = f64::from(*score);
        }
        let slices = vec![scores.iter().map(|score| *score as u32).collect(); 13];
        Self { settings, lattice, scores, slices, zone: TimeZone::get("America/Chicago").unwrap() }
    }

    fn plan(&self, on: Date, previous: &[Record], backwards: bool) -> Plan {
        Plan::make(Inputs {
            settings: &self.settings,
            date: on,
            zone: &self.zone,
            lattice: &self.lattice,
            scores: &self.scores,
            slices: &self.slices,
            beats: &beats(backwards),
            places: &places(backwards),
            previous,
        })
    }

    /// Plans of `nights` dates, each made with the records of those before.
    fn run(&self, nights: i64) -> Vec<Plan> {
        let mut records = Vec::new();
        let mut plans = Vec::new();
        for night in 0..nights {
            let plan = self.plan(date(2026, 7, 1).saturating_add(night.days()), &records, false);
            records.push(Record::of(&plan));
            plans.push(plan);
        }
        plans
    }

    fn index(&self, cell: Cell) -> usize {
        self.lattice.index_of(cell).unwrap()
    }
}

fn each_beat(plan: &Plan) -> impl Iterator<Item = &BeatPlan> {
    plan.shifts.iter().flat_map(|shift| &shift.beats)
}

fn touch(a: Cell, b: Cell) -> bool {
    a.column().abs_diff(b.column()) <= 1 && a.row().abs_diff(b.row()) <= 1
}

fn cells(stops: &[Stop]) -> BTreeSet<String> {
    stops.iter().map(|stop| stop.cell.name()).collect()
}

fn settings() -> impl Strategy<Value = Settings> {
    (2u8..=5, any::<bool>(), 1u16..=4, 0u8..=50, 1u16..=28, "[a-z]{1,8}").prop_map(
        |(cells_per_beat, touching, nights_in_a_row, control_percent, control_days, seed)| Settings {
            cells_per_beat,
            touching,
            nights_in_a_row,
            control_percent,
            control_days,
            seed,
            ..Settings::default()
        },
    )
}

fn scored() -> impl Strategy<Value = Vec<(usize, u32)>> {
    prop::collection::vec((0usize..400, 1u32..60), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_night_keeps_to_its_limits(scored in scored(), settings in settings()) {
        let city = City::new(&scored, settings);
        let most = usize::from(city.settings.cells_per_beat);
        for plan in city.run(9) {
            let known = beats(false);
            let of_cells = known.of_cells(&city.lattice);
            let mut listed = BTreeSet::new();
            let mut held = BTreeSet::new();
            for beat in each_beat(&plan) {
                prop_assert!(beat.stops.len() <= most);
                for (i, stop) in beat.stops.iter().enumerate() {
                    let own = of_cells[city.index(stop.cell)].map(|own| known.list()[own].name.as_str());
                    prop_assert_eq!(own, Some(beat.name.as_str()));
                    prop_assert!(stop.nights <= city.settings.nights_in_a_row);
                    let beside = beat.stops[..i].iter().any(|other| touch(other.cell, stop.cell));
                    prop_assert!(city.settings.touching || !beside);
                    let control = beat.controls.iter().any(|held| touch(*held, stop.cell));
                    prop_assert!(city.settings.touching || !control || beat.stops.len() == 1);
                }
                listed.extend(cells(&beat.stops));
                held.extend(beat.controls.iter().map(Cell::name));
                let orders: BTreeSet<u8> = beat.stops.iter().map(|stop| stop.order).collect();
                let ranks: BTreeSet<u8> = beat.stops.iter().map(|stop| stop.rank).collect();
                prop_assert_eq!(&orders, &(1..=beat.stops.len() as u8).collect());
                prop_assert_eq!(orders, ranks);
            }
            prop_assert!(listed.is_disjoint(&held));
            prop_assert!(held.iter().all(|cell| !geojson::collection(&plan).contains(cell.as_str())));
        }
    }

    #[test]
    fn a_beat_with_reports_is_never_left_without_a_stop(scored in scored(), settings in settings()) {
        let city = City::new(&scored, settings);
        for plan in city.run(6) {
            let of_cells = beats(false).of_cells(&city.lattice);
            for shift in &plan.shifts {
                for (number, beat) in shift.beats.iter().enumerate() {
                    let in_beat = |index: &usize| of_cells[*index] == Some(number);
                    let reports = (0..city.scores.len()).filter(in_beat).any(|index| city.scores[index] > 0.0);
                    prop_assert_eq!(!beat.stops.is_empty(), reports);
                }
            }
        }
    }

    #[test]
    fn the_order_of_inputs_changes_no_byte(scored in scored(), settings in settings()) {
        let city = City::new(&scored, settings.clone());
        let mut records: Vec<Record> = city.run(4).iter().map(Record::of).collect();
        let plan = city.plan(date(2026, 7, 5), &records, false);
        records.reverse();
        let mut shifts = settings.shifts.clone();
        shifts.reverse();
        let shuffled = City::new(&scored, Settings { shifts, ..settings });
        let again = shuffled.plan(date(2026, 7, 5), &records, true);
        prop_assert_eq!(geojson::collection(&plan), geojson::collection(&again));
        prop_assert_eq!(Record::of(&plan).to_json(), Record::of(&again).to_json());
    }

    #[test]
    fn a_plan_reads_back_and_every_feature_has_the_same_keys(scored in scored()) {
        let city = City::new(&scored, Settings::default());
        let plan = city.plan(date(2026, 7, 1), &[], false);
        let text = geojson::collection(&plan);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let features = value["features"].as_array().unwrap();
        let ids: Vec<&str> = features.iter().map(|feature| feature["id"].as_str().unwrap()).collect();
        prop_assert!(ids.is_sorted());
        let keys = |feature: &serde_json::Value| feature["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        prop_assert!(features.windows(2).all(|pair| keys(&pair[0]) == keys(&pair[1])));
        let listed = geojson::listed(text.as_bytes()).unwrap();
        prop_assert_eq!(listed.len(), each_beat(&plan).map(|beat| beat.stops.len()).sum::<usize>());
    }
}

/// Forty scored cells of beat 21, well apart.
fn apart() -> Vec<(usize, u32)> {
    let lattice = Lattice::new(&area(), 7);
    let west = lattice.cells().iter().map(Cell::column).min().unwrap();
    let south = lattice.cells().iter().map(Cell::row).min().unwrap();
    let mut scored = Vec::new();
    for (index, cell) in lattice.cells().iter().enumerate() {
        if (cell.column() - west).is_multiple_of(2) && (cell.row() - south).is_multiple_of(2) {
            scored.push((index, 10 + (index % 37) as u32));
        }
    }
    scored
}

#[test]
fn a_cell_rests_after_its_nights_and_an_override_lets_it_go_on() {
    let mut settings = Settings { nights_in_a_row: 3, control_percent: 0, ..Settings::default() };
    let best = {
        let plan = &City::new(&apart(), settings.clone()).run(1)[0];
        plan.shifts[0].beats[0].stops.iter().find(|stop| stop.rank == 1).unwrap().cell
    };
    let nights = |settings: &Settings| -> Vec<Option<u16>> {
        let plans = City::new(&apart(), settings.clone()).run(6);
        let of = |plan: &Plan| {
            plan.shifts[0].beats[0].stops.iter().find(|stop| stop.cell == best).map(|stop| stop.nights)
        };
        plans.iter().map(of).collect()
    };
    assert_eq!(nights(&settings), [Some(1), Some(2), Some(3), None, Some(1), Some(2)]);
    let reason = "a shooting on 2 July; Lt. at the desk".to_owned();
    settings.overrides =
        vec![Override { geohash: best.name(), until: date(2026, 7, 4), reason: reason.clone() }];
    assert_eq!(nights(&settings), [Some(1), Some(2), Some(3), Some(4), None, Some(1)]);
    let plan = &City::new(&apart(), settings).run(4)[3];
    assert!(geojson::collection(plan).contains(&format!("\"override_reason\":\"{reason}\"")));
}

#[test]
fn from_the_third_on_a_cell_needs_enough_reports() {
    let count = |least_reports: u32| {
        // Thirteen slices with the score as count: 130 reports and more.
        let settings = Settings { least_reports, control_percent: 0, ..Settings::default() };
        City::new(&apart(), settings).run(1)[0].shifts[0].beats[0].stops.len()
    };
    assert_eq!((count(130), count(10_000)), (5, 2));
}

#[test]
fn the_lot_holds_out_about_its_share_and_stays_for_its_days() {
    let settings = Settings { control_percent: 20, control_days: 28, ..Settings::default() };
    let (mut held, mut listed) = (0, 0);
    for seed in 0..150 {
        let city = City::new(&apart(), Settings { seed: seed.to_string(), ..settings.clone() });
        let plans = city.run(3);
        for beat in &plans[0].shifts[0].beats[..2] {
            held += beat.controls.len();
            listed += beat.stops.len();
        }
        // 2 July 2026 begins a stretch of 28 days since 1970.
        assert_eq!(plans[1].shifts[0].beats[0].controls, plans[2].shifts[2].beats[0].controls);
    }
    let share = f64::from(held as u32) / f64::from((held + listed) as u32);
    assert!((0.15..0.25).contains(&share), "{share}");
}

#[test]
fn the_order_differs_between_shifts_and_dates_and_not_between_runs() {
    let city = City::new(&apart(), Settings { nights_in_a_row: 28, ..Settings::default() });
    let orders: BTreeSet<Vec<u8>> = city
        .run(10)
        .iter()
        .flat_map(|plan| {
            plan.shifts.iter().map(|shift| shift.beats[0].stops.iter().map(|stop| stop.rank).collect())
        })
        .collect();
    assert!(orders.len() > 20, "{}", orders.len());
}

#[test]
fn shifts_last_as_long_as_the_clocks_say() {
    let city = City::new(&apart(), Settings::default());
    // On 1 November 2026 clocks go back at 2: the night shift of 31 October lasts nine hours.
    let plan = city.plan(date(2026, 10, 31), &[], false);
    let hours: Vec<i64> = plan
        .shifts
        .iter()
        .map(|shift| shift.ends.timestamp().duration_since(shift.starts.timestamp()).as_hours())
        .collect();
    assert_eq!(hours, [8, 8, 9]);
}
