//! The file in stretches, each read and packed by whichever core is free; results in the order of the file.
use std::fs::File;
use std::ops::AddAssign;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ReaderBuilder;
use hotspot::history::LOOK_BACK_DAYS;
use hotspot::packed::{Log, Packed};
use hotspot::{Cell, Lattice};
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimeParser;

use crate::{Failure, GROUPS, cores};

/// Bytes of a stretch.
const STRETCH: u64 = 1 << 20;

/// A line is never longer.
const LONGEST_LINE: u64 = 1 << 14;

/// Rows by what became of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rows: u64,
    pub(crate) used: u64,
    pub(crate) no_coordinates: u64,
    pub(crate) off_the_globe: u64,
    pub(crate) outside: u64,
    pub(crate) no_time: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.used += other.used;
        self.no_coordinates += other.no_coordinates;
        self.off_the_globe += other.off_the_globe;
        self.outside += other.outside;
        self.no_time += other.no_time;
    }
}

/// Categories of the log: 0 for an offence of no group but "all", else the place of its group.
pub(crate) fn marks(group: usize) -> Vec<bool> {
    (0..GROUPS.len()).map(|category| group == 0 || category == group).collect()
}

/// Reads the events that any statistic before `origin` counts, and counts all rows.
pub(crate) fn read(path: &Path, lattice: &Lattice, origin: Timestamp) -> Result<(Log, Tally), Failure> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let end = origin.as_second();
    let context = Context { lattice, first: end - LOOK_BACK_DAYS * 86_400, end };
    let next = AtomicU64::new(0);
    let worker = || -> Result<Vec<(u64, Vec<Packed>, Tally)>, Failure> {
        let (mut done, mut buffer) = (Vec::new(), Vec::new());
        loop {
            let start = next.fetch_add(STRETCH, Ordering::Relaxed);
            if start >= size {
                return Ok(done);
            }
            let lines = stretch(&file, start, size, &mut buffer)?;
            let mut events = Vec::new();
            let tally = pack(lines, context, &mut events)?;
            events.shrink_to_fit();
            done.push((start, events, tally));
        }
    };
    let parts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores()).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().map_err(|_| "a reader stopped")?).collect()
    });
    let parts: Result<Vec<_>, Failure> = parts;
    let mut parts: Vec<_> = parts?.into_iter().flatten().collect();
    parts.sort_by_key(|(start, ..)| *start);
    let mut tally = Tally::default();
    for (_, _, part) in &parts {
        tally += *part;
    }
    Ok((Log::of(parts.into_iter().map(|(_, events, _)| events).collect()), tally))
}

/// The lines that begin in `[start, start + STRETCH)`, without the header.
fn stretch<'a>(file: &File, start: u64, size: u64, buffer: &'a mut Vec<u8>) -> Result<&'a [u8], Failure> {
    let from = start.saturating_sub(1);
    let end = (start + STRETCH + LONGEST_LINE).min(size);
    buffer.resize((end - from) as usize, 0);
    file.read_exact_at(buffer, from)?;
    if end == size && buffer.last() != Some(&b'\n') {
        buffer.push(b'\n');
    }
    let after_break = |at: usize| {
        buffer[at..].iter().position(|byte| *byte == b'\n').map_or(buffer.len(), |found| at + found + 1)
    };
    let last = (start + STRETCH - 1 - from) as usize;
    let to = if last < buffer.len() { after_break(last) } else { buffer.len() };
    let first = after_break(0); // start 0 skips the header, others the line that began before
    Ok(&buffer[first.min(to)..to])
}

/// Packs the rows of whole lines. Fields are plain, so that finding commas is all; a stretch with a quotation mark
/// goes through the CSV reader instead.
fn pack(lines: &[u8], context: Context, events: &mut Vec<Packed>) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    let lines = std::str::from_utf8(lines).map_err(|error| format!("the file is not UTF-8: {error}"))?;
    if lines.contains('"') {
        let mut reader = ReaderBuilder::new().has_headers(false).from_reader(lines.as_bytes());
        for row in reader.records() {
            let row = row?;
            context.add([&row[1], &row[2], &row[3], &row[4]], &mut tally, events);
        }
        return Ok(tally);
    }
    let mut fields = [""; 5];
    let (mut field, mut start) = (0, 0);
    for at in memchr::memchr2_iter(b',', b'\n', lines.as_bytes()) {
        fields[field.min(4)] = &lines[start..at];
        (field, start) = (field + 1, at + 1);
        if lines.as_bytes()[at] == b'\n' {
            if field != fields.len() {
                return Err(format!("a line has {field} fields instead of five: {fields:?}").into());
            }
            let [_, at, offence, longitude, latitude] = fields;
            context.add([at, offence, longitude, latitude.trim_end()], &mut tally, events);
            field = 0;
        }
    }
    Ok(tally)
}

/// What a row is placed in.
#[derive(Clone, Copy)]
struct Context<'a> {
    lattice: &'a Lattice,
    /// Seconds since 1970 of the first event that counts, and of the first that does not any more.
    first: i64,
    end: i64,
}

impl Context<'_> {
    /// Counts a row, and keeps it if any statistic counts it.
    fn add(self, [at, offence, longitude, latitude]: [&str; 4], tally: &mut Tally, events: &mut Vec<Packed>) {
        tally.rows += 1;
        let Some(place) = longitude.parse().ok().zip(latitude.parse().ok()) else {
            tally.no_coordinates += 1;
            return;
        };
        let Some(cell) = Cell::at(place.0, place.1, 7) else {
            tally.off_the_globe += 1;
            return;
        };
        let Some(index) = self.lattice.index_of(cell) else {
            tally.outside += 1;
            return;
        };
        let Ok(at) = DateTimeParser::new().parse_timestamp(at) else {
            tally.no_time += 1;
            return;
        };
        tally.used += 1;
        if (self.first..self.end).contains(&at.as_second()) {
            events.extend(Packed::new(at, index as u32, category(offence)));
        }
    }
}

fn category(offence: &str) -> u16 {
    GROUPS.iter().position(|(_, texts)| texts.contains(&offence)).unwrap_or(0) as u16
}
