//! The source files as facts, and the sets of offences that the golden tables count.
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use hotspot::history::Gathering;
use hotspot::{Cell, CrimeFact, History, Lattice, Origin, Settings, StudyArea};
use jiff::Timestamp;

pub(crate) const PHILADELPHIA: &str = "philadelphia_2016_2024.csv.gz";
pub(crate) const PHILADELPHIA_AREA: &str = "philadelphia_police_districts.geojson";
pub(crate) const CALLS: &str = "portland_calls_2016-08_2016-09.csv.gz";
pub(crate) const CHALLENGE: &str = "portland_burglary_vehicle_theft_2012_2017-02.csv.gz";
pub(crate) const PORTLAND_AREA: &str = "portland_police_districts.geojson";

pub(crate) const BURGLARY: &[&str] = &["Burglary Residential", "Burglary Non-Residential"];
pub(crate) const VIOLENT: &[&str] = &[
    "Homicide - Criminal",
    "Aggravated Assault Firearm",
    "Aggravated Assault No Firearm",
    "Robbery Firearm",
    "Robbery No Firearm",
];

pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("PRECINCT_DATA").map(|data| PathBuf::from(data).join("crime"));
    if folder.is_none() {
        println!("skipped: PRECINCT_DATA is not set");
    }
    folder
}

pub(crate) fn unzip(path: PathBuf) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

pub(crate) fn settings(offences: &BTreeSet<String>) -> Settings {
    let mut text = String::from("boundary = \"b\"\n[offences]\n");
    for (number, offence) in offences.iter().enumerate() {
        let _ = writeln!(text, "{offence:?} = \"c{number}\"");
    }
    Settings::from_toml(&text).unwrap()
}

/// The rows of a source file as facts, every row a fact of its own: the golden tables count repeats.
pub(crate) fn facts(text: &str) -> Vec<CrimeFact> {
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
            cleared: None,
            previous_day: None,
            deleted: false,
            forget: false,
        })
    })
    .collect()
}

/// The history of `facts`, and which of its categories are among `offences` (all, where empty).
pub(crate) fn history(facts: &[CrimeFact], offences: &[&str]) -> (History, Vec<bool>) {
    let known: BTreeSet<String> = facts.iter().map(|fact| fact.offence.clone()).collect();
    let settings = settings(&known);
    let mut gathering = Gathering::new(&settings);
    for fact in facts {
        gathering.push(fact);
    }
    let (history, tally) = gathering.settle();
    assert_eq!((tally.superseded, tally.unmapped_offence), (0, 0));
    let wanted: BTreeSet<&str> = known
        .iter()
        .filter(|offence| offences.is_empty() || offences.contains(&offence.as_str()))
        .map(|offence| settings.category(offence))
        .collect();
    let marks = history.categories().iter().map(|category| wanted.contains(category.as_str())).collect();
    (history, marks)
}

/// The lattice of a city.
pub(crate) fn lattice(data: &Path, area: &str, precision: u8) -> Lattice {
    let text = std::fs::read_to_string(data.join(area)).unwrap();
    Lattice::new(&StudyArea::from_geojson(&text).unwrap(), precision)
}
