//! How long a night takes from the day files of the log to the statistics of five maps, and the memory it needs:
//!
//! `cargo run --release -p crime-log --example night -- --write INCIDENTS.csv DIR` makes day files of a history, and
//! `cargo run --release -p crime-log --example night -- DIR BOUNDARY.geojson DATE` reads them as the night of DATE does.
//!
//! The history has the columns `id, occurred_at, offense, lon, lat`. S3 is not in it: files come from a folder.
#![expect(clippy::print_stdout, reason = "printing is its work")]
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bytes::Bytes;
use hotspot::extract::{Changes, Extract, Fields};
use hotspot::fact::{fold_day, midnight};
use hotspot::history::LOOK_BACK_DAYS;
use hotspot::{CellTable, Lattice, Settings, StudyArea};
use jiff::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Five maps, by the offences of the public data of a large city.
const SETTINGS: &str = r#"
boundary = "given"
[maps]
violent = ["violent"]
burglary = ["burglary"]
veh_theft = ["veh_theft"]
theft_from_vehicle = ["theft_from_vehicle"]
[offences]
"Homicide - Criminal" = "violent"
"Aggravated Assault Firearm" = "violent"
"Aggravated Assault No Firearm" = "violent"
"Robbery Firearm" = "violent"
"Robbery No Firearm" = "violent"
"Burglary Residential" = "burglary"
"Burglary Non-Residential" = "burglary"
"Motor Vehicle Theft" = "veh_theft"
"Theft from Vehicle" = "theft_from_vehicle"
"#;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let settings = Settings::from_toml(SETTINGS)?;
    match words.as_slice() {
        ["--write", history, folder] => write(Path::new(history), Path::new(folder), &settings),
        [folder, boundary, date] => night(Path::new(folder), boundary, date.parse()?, &settings),
        _ => Err("usage: night DIR BOUNDARY.geojson DATE, or night --write INCIDENTS.csv DIR".into()),
    }
}

fn file_of(folder: &Path, day: Date) -> PathBuf {
    folder.join(format!("day={day}")).join("part.parquet")
}

fn write(history: &Path, folder: &Path, settings: &Settings) -> Result<(), Failure> {
    let mut extract = Extract::new(TimeZone::UTC, true);
    let mut reader = csv::Reader::from_path(history)?;
    for row in reader.records() {
        let row = row?;
        let [id, from, offence, longitude, latitude] =
            [0, 1, 2, 3, 4].map(|place| row.get(place).unwrap_or(""));
        extract.add(Fields { id, from, to: "", offence, longitude, latitude });
    }
    let (settled, dirt) = extract.settle();
    let changes = Changes::default();
    for day in settled.days() {
        let facts = settled.facts_for(day, &changes, settings);
        let file = file_of(folder, day);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(file, crime_log::encode(&fold_day(day, Vec::new(), &facts))?)?;
    }
    println!("{} facts on {} days; left out: {dirt:?}", settled.len(), settled.days().len());
    Ok(())
}

fn night(folder: &Path, boundary: &str, date: Date, settings: &Settings) -> Result<(), Failure> {
    let start = Instant::now();
    let lattice = Lattice::new(&StudyArea::from_geojson(&fs::read_to_string(boundary)?)?, 7);
    let first = date.saturating_sub(Span::new().days(LOOK_BACK_DAYS + i64::from(settings.public.delay_days)));
    let days = first.series(Span::new().days(1)).take_while(|day| *day < date);
    let files: Vec<Bytes> =
        days.filter_map(|day| fs::read(file_of(folder, day)).ok()).map(Bytes::from).collect();
    let count = files.len();
    let gathering = crime_log::gather(&files, settings)?;
    drop(files);
    let (history, tally) = gathering.settle();
    let read = start.elapsed();
    for (name, categories) in settings.maps() {
        let counts = |category: &String| categories.is_none_or(|wanted| wanted.contains(category));
        let marks: Vec<bool> = history.categories().iter().map(counts).collect();
        let table = CellTable::compute(&lattice, &history, midnight(date), settings.window_days, &marks);
        let bytes = table.to_csv().len();
        println!("{name:20} {:7} incidents, {:?}, {bytes} bytes of table", table.events, table.hot());
    }
    println!(
        "{count} files, {} rows: read {:.3} s, everything {:.3} s, peak memory {:.0} MiB",
        tally.rows,
        read.as_secs_f64(),
        start.elapsed().as_secs_f64(),
        peak_mib()
    );
    Ok(())
}

/// The most memory that the process held, in MiB; 0 where the system does not tell.
fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
