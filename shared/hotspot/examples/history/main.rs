//! From a city's whole history as CSV to every statistic of five groups of offences, on all cores, with its
//! time and its peak memory.
//!
//! `cargo run --release -p hotspot --example history -- INCIDENTS.csv BOUNDARY.geojson --out DIR [--origin DATE]`
//! `... --example history -- --synthetic ROWS FILE.csv BOUNDARY.geojson` writes a made-up history to measure with.
//!
//! The file has a header and the columns `id, occurred_at, offense, lon, lat`, one row a line.
#![expect(clippy::print_stdout, reason = "printing is its work")]
mod read;
mod synthetic;
mod write;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use hotspot::history::HALF_LIFE_DAYS;
use hotspot::packed::Log;
use hotspot::{CellTable, Lattice, StudyArea};
use jiff::Timestamp;

/// Groups of offences by their text in the file; no text means everything.
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

/// Half-lives in days; the first is that of the nightly table.
const HALF_LIVES: [f64; 5] = [HALF_LIFE_DAYS, 30.0, 60.0, 90.0, 365.0];

/// Days of the window.
const WINDOW_DAYS: u16 = 365;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let start = Instant::now();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--synthetic", rows, file, boundary] => {
            synthetic::write(rows.parse()?, Path::new(file), &lattice(boundary)?)
        }
        [file, boundary, "--out", out] => run(start, file, boundary, out, "2025-01-01"),
        [file, boundary, "--out", out, "--origin", origin] => run(start, file, boundary, out, origin),
        _ => Err("usage: history INCIDENTS.csv BOUNDARY.geojson --out DIR [--origin DATE]".into()),
    }
}

fn lattice(boundary: &str) -> Result<Lattice, Failure> {
    Ok(Lattice::new(&StudyArea::from_geojson(&std::fs::read_to_string(boundary)?)?, 7))
}

fn run(start: Instant, file: &str, boundary: &str, out: &str, origin: &str) -> Result<(), Failure> {
    let origin: Timestamp = format!("{origin}T00:00:00Z").parse()?;
    let lattice = lattice(boundary)?;
    let (log, tally) = read::read(Path::new(file), &lattice, origin)?;
    let read = start.elapsed();
    let out = PathBuf::from(out);
    std::fs::create_dir_all(&out)?;
    let lines = each_group(|group| write_group(&log, &lattice, origin, &out, group))?;
    println!("{tally:?}");
    for line in lines {
        println!("{line}");
    }
    println!(
        "read {:.3} s, everything {:.3} s, peak memory {} MiB",
        read.as_secs_f64(),
        start.elapsed().as_secs_f64(),
        peak_mib().unwrap_or(0)
    );
    Ok(())
}

/// Runs `work` for each group, as many at a time as there are cores; results in the order of the groups.
fn each_group(work: impl Fn(usize) -> Result<String, Failure> + Sync) -> Result<Vec<String>, Failure> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            if group >= GROUPS.len() {
                return done;
            }
            done.push((group, work(group)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores()).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    done.sort_by_key(|(group, _)| *group);
    done.into_iter().map(|(_, line)| line).collect()
}

fn write_group(
    log: &Log,
    lattice: &Lattice,
    origin: Timestamp,
    out: &Path,
    group: usize,
) -> Result<String, Failure> {
    let name = GROUPS[group].0;
    let mut inputs = log.inputs(lattice, origin, WINDOW_DAYS, &read::marks(group), &HALF_LIVES);
    let others = inputs.recencies.split_off(1);
    let table = CellTable::of_inputs(lattice, inputs);
    std::fs::write(out.join(format!("{name}.csv")), table.to_csv())?;
    write::recencies(&out.join(format!("{name}_recency.csv")), lattice, &others, &HALF_LIVES[1..])?;
    write::geojson(&out.join(format!("{name}.geojson.gz")), &table)?;
    let hot = table.hot();
    Ok(format!("{name}: {} events, hot {}/{}/{}", table.events, hot.at_99, hot.at_95, hot.at_90))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// The most memory this process ever held, where the system tells.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}
