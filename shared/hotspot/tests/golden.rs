//! Every statistic against the golden tables of two real cities, cell by cell. The data is no part of the
//! repository: `PRECINCT_DATA` names its folder, and without it the tests say that they skipped.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails loudly and shows its figures"
)]
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use hotspot::history::Gathering;
use hotspot::table::Hot;
use hotspot::{Cell, CellTable, CrimeFact, Lattice, Origin, Settings, StudyArea};
use jiff::Timestamp;

const PHILADELPHIA: &str = "philadelphia_2016_2024.csv.gz";
const PHILADELPHIA_AREA: &str = "philadelphia_police_districts.geojson";
const CALLS: &str = "portland_calls_2016-08_2016-09.csv.gz";
const CHALLENGE: &str = "portland_burglary_vehicle_theft_2012_2017-02.csv.gz";
const PORTLAND_AREA: &str = "portland_police_districts.geojson";

const BURGLARY: &[&str] = &["Burglary Residential", "Burglary Non-Residential"];
const VIOLENT: &[&str] = &[
    "Homicide - Criminal",
    "Aggravated Assault Firearm",
    "Aggravated Assault No Firearm",
    "Robbery Firearm",
    "Robbery No Firearm",
];

/// A golden table and what it was made from.
struct Golden {
    file: &'static str,
    source: &'static str,
    area: &'static str,
    origin: &'static str,
    window_days: u16,
    /// Offences that count; all where empty.
    offences: &'static [&'static str],
    precision: u8,
    cells: usize,
    gistar: [u32; 3],
    joint: [u32; 3],
}

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("PRECINCT_DATA").map(|data| PathBuf::from(data).join("crime"));
    if folder.is_none() {
        println!("skipped: PRECINCT_DATA is not set");
    }
    folder
}

fn unzip(path: PathBuf) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

fn settings(offences: &BTreeSet<String>) -> Settings {
    let mut text = String::from("boundary = \"b\"\n[offences]\n");
    for (number, offence) in offences.iter().enumerate() {
        let _ = writeln!(text, "{offence:?} = \"c{number}\"");
    }
    Settings::from_toml(&text).unwrap()
}

/// The rows of a source file as facts, every row a fact of its own: the golden tables count repeats.
fn facts(text: &str) -> Vec<CrimeFact> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |names: [&str; 2]| headers.iter().position(|header| names.contains(&header)).unwrap();
    let (at, offence) = (column(["occurred_at", "occurred_on"]), column(["offense", "category"]));
    let (lon, lat) = (column(["lon", "lon"]), column(["lat", "lat"]));
    let rows = reader.records().map(Result::unwrap).enumerate();
    rows.filter_map(|(number, row)| {
        let cell = Cell::at(row[lon].parse().ok()?, row[lat].parse().ok()?, 8)?;
        let instant =
            if row[at].len() > 10 { format!("{}:00", &row[at]) } else { format!("{} 00:00Z", &row[at]) };
        Some(CrimeFact {
            incident: number.to_string(),
            version: 1,
            occurred_from: instant.parse::<Timestamp>().ok()?,
            occurred_to: None,
            offence: row[offence].to_owned(),
            category: String::new(),
            origin: Origin::Reported,
            geohash: Some(cell.name()),
            previous_day: None,
            deleted: false,
            forget: false,
        })
    })
    .collect()
}

fn check(data: &Path, facts: &[CrimeFact], golden: &Golden) {
    let offences: BTreeSet<String> = facts.iter().map(|fact| fact.offence.clone()).collect();
    let settings = settings(&offences);
    let mut gathering = Gathering::new(&settings);
    for fact in facts {
        gathering.push(fact);
    }
    let (history, tally) = gathering.settle();
    assert_eq!((tally.superseded, tally.unmapped_offence), (0, 0));
    let area = StudyArea::from_geojson(&std::fs::read_to_string(data.join(golden.area)).unwrap()).unwrap();
    let lattice = Lattice::new(&area, golden.precision);
    assert_eq!(lattice.len(), golden.cells, "{}", golden.file);
    let wanted: BTreeSet<&str> = offences
        .iter()
        .filter(|offence| golden.offences.is_empty() || golden.offences.contains(&offence.as_str()))
        .map(|offence| settings.category(offence))
        .collect();
    let marks: Vec<bool> =
        history.categories().iter().map(|category| wanted.contains(category.as_str())).collect();
    let table =
        CellTable::compute(&lattice, &history, golden.origin.parse().unwrap(), golden.window_days, &marks);
    compare(&table, &unzip(data.join("golden").join(golden.file)), golden);
    let labels = |hot: Hot| [hot.at_99, hot.at_95, hot.at_90];
    assert_eq!(labels(table.hot_by_gistar()), golden.gistar, "{}", golden.file);
    assert_eq!(labels(table.hot()), golden.joint, "{}", golden.file);
}

/// Compares through the text form, as a reader of the file would.
fn compare(table: &CellTable, expected: &str, golden: &Golden) {
    let ours = table.to_csv();
    let mut ours = csv::Reader::from_reader(ours.as_bytes());
    let mut theirs = csv::Reader::from_reader(expected.as_bytes());
    let headers = theirs.headers().unwrap().clone();
    assert_eq!(ours.headers().unwrap(), &headers);
    let mut worst = vec![0.0f64; headers.len()];
    let mut rows = 0;
    for (ours, theirs) in ours.records().zip(theirs.records()) {
        let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
        rows += 1;
        for column in 0..headers.len() {
            if column < 4 {
                assert_eq!(
                    ours[column], theirs[column],
                    "{} {} {}",
                    golden.file, &theirs[0], &headers[column]
                );
                continue;
            }
            let (x, y): (f64, f64) = (ours[column].parse().unwrap(), theirs[column].parse().unwrap());
            let gap = (x - y).abs();
            if gap > 1e-300 {
                worst[column] = worst[column].max(gap / y.abs());
            }
        }
    }
    assert_eq!(rows, table.lattice.len(), "{}", golden.file);
    for (header, worst) in headers.iter().zip(&worst).skip(4) {
        println!("{} {header}: largest relative difference {worst:.1e}", golden.file);
        let limit = if header.ends_with("binom") { 1e-11 } else { 1e-12 };
        assert!(*worst <= limit, "{} {header}: {worst:e}", golden.file);
    }
}

fn philadelphia(
    file: &'static str,
    offences: &'static [&'static str],
    gistar: [u32; 3],
    joint: [u32; 3],
) -> Golden {
    Golden {
        file,
        source: PHILADELPHIA,
        area: PHILADELPHIA_AREA,
        origin: "2025-01-01T00:00:00Z",
        window_days: 365,
        offences,
        precision: 7,
        cells: 20_660,
        gistar,
        joint,
    }
}

fn calls(file: &'static str, offences: &'static [&'static str], gistar: [u32; 3], joint: [u32; 3]) -> Golden {
    let (source, origin) = (CALLS, "2016-10-01T00:00:00Z");
    let base = philadelphia(file, offences, gistar, joint);
    Golden { source, area: PORTLAND_AREA, origin, window_days: 61, cells: 23_376, ..base }
}

fn challenge(
    file: &'static str,
    offences: &'static [&'static str],
    gistar: [u32; 3],
    joint: [u32; 3],
) -> Golden {
    let (source, origin) = (CHALLENGE, "2017-03-01T00:00:00Z");
    Golden { source, origin, window_days: 365, ..calls(file, offences, gistar, joint) }
}

/// Reads each source once and checks the tables made from it.
fn check_all(tables: &[Golden]) {
    let Some(data) = folder() else { return };
    let facts = facts(&unzip(data.join(tables[0].source)));
    for golden in tables {
        assert_eq!(golden.source, tables[0].source);
        check(&data, &facts, golden);
    }
}

#[test]
fn philadelphia_agrees_in_every_cell() {
    check_all(&[
        philadelphia("philly_all_p7_2025-01-01.csv.gz", &[], [744, 972, 1164], [744, 972, 1164]),
        philadelphia("philly_violent_p7_2025-01-01.csv.gz", VIOLENT, [1206, 1613, 1800], [1206, 1613, 1800]),
        philadelphia(
            "philly_theft_from_vehicle_p7_2025-01-01.csv.gz",
            &["Theft from Vehicle"],
            [768, 1071, 1210],
            [768, 1071, 1210],
        ),
        philadelphia("philly_burglary_p7_2025-01-01.csv.gz", BURGLARY, [932, 1200, 1518], [932, 1200, 1518]),
        philadelphia(
            "philly_veh_theft_p7_2025-01-01.csv.gz",
            &["Motor Vehicle Theft"],
            [1237, 1820, 2195],
            [1237, 1820, 2195],
        ),
        Golden {
            precision: 6,
            cells: 650,
            ..philadelphia("philly_all_p6_2025-01-01.csv.gz", &[], [61, 69, 83], [61, 69, 83])
        },
    ]);
}

#[test]
fn portland_calls_agree_in_every_cell() {
    check_all(&[
        calls("portland_all_p7_2016-10-01.csv.gz", &[], [935, 1143, 1282], [935, 1143, 1282]),
        calls("portland_street_p7_2016-10-01.csv.gz", &["STREET CRIMES"], [737, 955, 956], [737, 955, 956]),
        calls("portland_burglary_p7_2016-10-01.csv.gz", &["BURGLARY"], [195, 1346, 1346], [0, 0, 18]),
        calls(
            "portland_veh_theft_p7_2016-10-01.csv.gz",
            &["MOTOR VEHICLE THEFT"],
            [584, 587, 587],
            [13, 35, 35],
        ),
    ]);
}

#[test]
fn portland_challenge_agrees_in_every_cell() {
    check_all(&[
        challenge(
            "portland_nij_burglary_p7_2017-03-01.csv.gz",
            &["BURGLARY"],
            [623, 625, 632],
            [27, 76, 201],
        ),
        challenge(
            "portland_nij_veh_theft_p7_2017-03-01.csv.gz",
            &["MOTOR VEHICLE THEFT"],
            [708, 1199, 1199],
            [434, 708, 1199],
        ),
    ]);
}
