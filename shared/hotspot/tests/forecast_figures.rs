//! The published figures of plain scores on Philadelphia 2024, to the printed digit, and what the forecast makes of the
//! same nights. The data is no part of the repository: `PRECINCT_DATA` names its folder, and without it the test says
//! that it skipped.
#![expect(clippy::unwrap_used, reason = "a test that fails loudly")]
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use hotspot::fact::midnight;
use hotspot::forecast::intake::{Events, Row};
use hotspot::forecast::{
    Areas, Candidate, Catches, Grid, Group, Intake, Limit, Metrics, Setting, Trial, baseline, candidates,
};
use hotspot::{Lattice, StudyArea};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Group; offences; events a month; PAI max; PAI of H30, H60, H180, H365, counts of 365 and 28 days, KDE, Gi*; PEI
/// of H30, H60, H180, H365 and the count; PAI of gradient boosting.
type Published = (&'static str, &'static [&'static str], f64, f64, [f64; 8], [f64; 5], f64);

const VIOLENT: &[&str] = &[
    "Homicide - Criminal",
    "Aggravated Assault Firearm",
    "Aggravated Assault No Firearm",
    "Robbery Firearm",
    "Robbery No Firearm",
];

const PUBLISHED: [Published; 5] = [
    (
        "all",
        &[],
        12_570.0,
        21.0,
        [17.78, 17.87, 17.27, 16.32, 17.20, 16.47, 11.09, 9.61],
        [0.845, 0.850, 0.821, 0.776, 0.818],
        17.90,
    ),
    (
        "violent",
        VIOLENT,
        1_020.0,
        33.5,
        [10.01, 11.34, 13.02, 13.29, 12.56, 6.61, 10.87, 10.72],
        [0.298, 0.338, 0.389, 0.397, 0.375],
        13.97,
    ),
    (
        "theft_from_vehicle",
        &["Theft from Vehicle"],
        841.0,
        36.4,
        [10.64, 11.79, 12.32, 11.84, 12.05, 6.78, 9.35, 7.91],
        [0.290, 0.321, 0.337, 0.324, 0.329],
        12.60,
    ),
    (
        "burglary",
        &["Burglary Residential", "Burglary Non-Residential"],
        395.0,
        60.7,
        [7.01, 8.20, 8.64, 8.24, 8.34, 6.96, 8.40, 8.14],
        [0.116, 0.136, 0.143, 0.136, 0.137],
        9.26,
    ),
    (
        "veh_theft",
        &["Motor Vehicle Theft"],
        1_139.0,
        26.9,
        [4.60, 5.19, 6.27, 6.41, 6.05, 3.57, 4.92, 4.60],
        [0.172, 0.194, 0.234, 0.239, 0.226],
        6.49,
    ),
];

fn read(folder: &Path, lattice: &Lattice) -> Events {
    let groups = PUBLISHED.map(|(name, offences, ..)| Group {
        name: name.to_owned(),
        offences: offences.iter().map(|offence| (*offence).to_owned()).collect(),
    });
    let mut intake = Intake::new(lattice, &groups, TimeZone::UTC);
    let mut text = String::new();
    let file = std::fs::File::open(folder.join("philadelphia_2016_2024.csv.gz")).unwrap();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    for record in csv::Reader::from_reader(text.as_bytes()).records() {
        let record = record.unwrap();
        let (at, offence, longitude, latitude) = (&record[1], &record[2], &record[3], &record[4]);
        intake.add(Row { id: "", at, offence, longitude, latitude });
    }
    intake.finish()
}

fn months(first: i64, last: i64) -> Vec<Timestamp> {
    (first..last).map(|month| midnight(date(2024, 1, 1).saturating_add(month.months()))).collect()
}

/// The baselines and the count of 28 days.
fn plain(trial: &Trial, events: &Events, group: usize) -> Vec<Metrics> {
    let series = &events.groups[group];
    let mut found = vec![Catches::default(); 5];
    for origin in months(0, 12) {
        let outcomes = trial.outcomes(series, origin);
        let [recency, count, kde, gi_star] = baseline::scores(trial.lattice, trial.grid, series, origin);
        for (scores, found) in [recency, count, kde, gi_star].iter().zip(&mut found) {
            trial.hold(&outcomes, scores, found);
        }
        trial.hold(&outcomes, &series.counts_before(trial.lattice, origin, 28), &mut found[4]);
    }
    found.iter().map(|found| found.mean(0)).collect()
}

#[test]
fn philadelphia_2024_comes_out_as_published_and_the_forecast_ahead_of_it() {
    let Some(data) = std::env::var_os("PRECINCT_DATA") else {
        println!("skipped: PRECINCT_DATA is not set");
        return;
    };
    let folder = PathBuf::from(data).join("crime");
    let area = std::fs::read_to_string(folder.join("philadelphia_police_districts.geojson")).unwrap();
    let lattice = Lattice::new(&StudyArea::from_geojson(&area).unwrap(), 7);
    let events = read(&folder, &lattice);
    assert_eq!(
        (events.rows.used, events.rows.no_coordinates, events.rows.zero_coordinates),
        (1_359_520, 20_145, 13)
    );
    let (grid, areas) = (Grid::new(&lattice, 150.0), Areas::new(&lattice));
    let settings = [Setting { horizon_days: 30, limit: Limit::Fraction(0.01) }];
    let trial = Trial { lattice: &lattice, grid: &grid, areas: &areas, settings: &settings };
    let groups: Vec<_> = events.groups.iter().collect();
    let ladder = [30.0, 60.0, 180.0, 365.0].map(|half_life| Candidate::recency("plain", half_life));
    let ladder = trial.roll(&events.all, &groups, &ladder, &months(0, 12), &|| ());
    let past = trial.roll(&events.all, &groups, &candidates(), &months(-24, 0), &|| ());
    let (mut gains, mut ours_sum, mut recency_sum) = (0.0, 0.0, 0.0);
    for (place, (name, _, count, most, pai, pei, boosting)) in PUBLISHED.iter().enumerate() {
        let plain = plain(&trial, &events, place);
        let ladder: Vec<Metrics> = ladder[place].iter().map(|found| found.mean(0)).collect();
        let all: Vec<&Metrics> = ladder.iter().chain([&plain[1], &plain[4], &plain[2], &plain[3]]).collect();
        assert_eq!((plain[0].k, plain[0].events.round()), (206.0, *count), "{name}");
        assert!((plain[0].pai_max - most).abs() <= 0.05, "{name}: PAI max {}", plain[0].pai_max);
        for (found, published) in all.iter().zip(pai) {
            assert!((found.pai - published).abs() <= 0.005 + 1e-9, "{name}: {} for {published}", found.pai);
        }
        for (found, published) in all.iter().zip(pei) {
            assert!((found.pei - published).abs() <= 0.0005 + 1e-9, "{name}: {}", found.pei);
        }
        let standing = Candidate::standing();
        let choice =
            trial.choose(&events.all, groups[place], &candidates(), &past[place], &standing, &months(-24, 0));
        let ours =
            trial.roll(&events.all, &groups[place..=place], &[choice.champion], &months(0, 12), &|| ());
        let ours = ours[0][0].mean(0);
        println!(
            "{name}: {:.2}/{:.3}/{:.3}; recency {:.2}, count {:.2}, KDE {:.2}, Gi* {:.2}; boosting {boosting:.2}",
            ours.pai, ours.pei, ours.hit_rate, plain[0].pai, plain[1].pai, plain[2].pai, plain[3].pai
        );
        assert!(plain[1..4].iter().all(|other| ours.pai > other.pai), "{name}");
        gains += ours.pai / plain[1].pai - 1.0;
        ours_sum += ours.pai;
        recency_sum += plain[0].pai;
    }
    println!("mean gain over the count: {:.1} %", gains * 100.0 / 5.0);
    assert!(ours_sum >= recency_sum && gains / 5.0 >= 0.05);
}
