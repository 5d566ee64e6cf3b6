//! Times the rolling backtest on one incident file: `cargo run --release -p hotspot --example backtest -- FILE AREA`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an example that shows its figures")]
use std::io::Read;
use std::time::Instant;

use flate2::read::GzDecoder;
use hotspot::forecast::intake::{Events, Row};
use hotspot::forecast::{
    Areas, Candidate, Catches, Grid, Group, Intake, Limit, Setting, Trial, baseline, candidates,
};
use hotspot::{Lattice, StudyArea};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, civil::Date};

const GROUPS: [(&str, &[&str]); 5] = [
    ("all", &[]),
    (
        "violent",
        &[
            "Homicide - Criminal",
            "Aggravated Assault Firearm",
            "Aggravated Assault No Firearm",
            "Robbery Firearm",
            "Robbery No Firearm",
        ],
    ),
    ("theft_from_vehicle", &["Theft from Vehicle"]),
    ("burglary", &["Burglary Residential", "Burglary Non-Residential"]),
    ("veh_theft", &["Motor Vehicle Theft"]),
];

fn read(path: &str, lattice: &Lattice, groups: &[Group]) -> Events {
    let mut intake = Intake::new(lattice, groups, TimeZone::UTC);
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.unwrap();
        let (at, offence, longitude, latitude) = (&record[1], &record[2], &record[3], &record[4]);
        intake.add(Row { id: "", at, offence, longitude, latitude });
    }
    intake.finish()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let started = Instant::now();
    let area = StudyArea::from_geojson(&std::fs::read_to_string(&arguments[1]).unwrap()).unwrap();
    let lattice = Lattice::new(&area, 7);
    let groups = GROUPS.map(|(name, offences)| Group {
        name: name.to_owned(),
        offences: offences.iter().map(|offence| (*offence).to_owned()).collect(),
    });
    let events = read(&arguments[0], &lattice, &groups);
    println!("read in {:.2} s: {:?}", started.elapsed().as_secs_f64(), events.rows);
    let (grid, areas) = (Grid::new(&lattice, 150.0), Areas::new(&lattice));
    let settings = [Setting { horizon_days: 30, limit: Limit::Fraction(0.01) }];
    let trial = Trial { lattice: &lattice, grid: &grid, areas: &areas, settings: &settings };
    let year: i16 = arguments.get(2).map_or(2024, |year| year.parse().unwrap());
    let first: Date = jiff::civil::date(year, 1, 1);
    let origin =
        |months: i64| -> Timestamp { hotspot::fact::midnight(first.saturating_add(months.months())) };
    let tuning: Vec<Timestamp> = (-24..0).map(origin).collect();
    let tested: Vec<Timestamp> = (0..12).map(origin).collect();
    let list = candidates();
    let series: Vec<_> = events.groups.iter().collect();
    let started = Instant::now();
    let past = trial.roll(&events.all, &series, &list, &tuning, &|| ());
    println!("24 origins x 5 groups x {} candidates in {:.2} s", list.len(), started.elapsed().as_secs_f64());
    let started = Instant::now();
    for (place, group) in groups.iter().enumerate() {
        let standing = Candidate::standing();
        let choice = trial.choose(&events.all, series[place], &list, &past[place], &standing, &tuning);
        let later = trial.roll(
            &events.all,
            &[series[place]],
            std::slice::from_ref(&choice.champion),
            &tested,
            &|| (),
        );
        let mut found = vec![Catches::default(); baseline::NAMES.len()];
        for origin in &tested {
            let outcomes = trial.outcomes(series[place], *origin);
            let scores = baseline::scores(&lattice, &grid, series[place], *origin);
            for (scores, found) in scores.iter().zip(&mut found) {
                trial.hold(&outcomes, scores, found);
            }
        }
        let base: Vec<String> = found.iter().map(|found| format!("{:.2}", found.mean(0).pai)).collect();
        let ours = later[0][0].mean(0);
        println!(
            "{:20} {:.2} (PAI max {:.1}), {}: {}",
            group.name,
            ours.pai,
            ours.pai_max,
            baseline::NAMES.join(", "),
            base.join(", ")
        );
        println!("    {}", choice.champion.name);
    }
    println!("choice, forecast and baselines in {:.2} s", started.elapsed().as_secs_f64());
}
