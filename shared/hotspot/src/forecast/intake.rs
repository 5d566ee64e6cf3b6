//! Rows of an incident file as series by group; what cannot be used is counted by reason (D3).
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde::Serialize;

use super::series::Series;
use crate::cell::Cell;
use crate::lattice::Lattice;

/// Offences that are looked at together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its offences, as the file writes them; empty means all.
    pub offences: BTreeSet<String>,
}

/// The fields of one row that matter.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// Number of the incident where repeats of it are to leave; empty where every row counts.
    pub id: &'r str,
    /// When it happened: an instant with offset, a local time, or a date.
    pub at: &'r str,
    /// What happened.
    pub offence: &'r str,
    /// Degrees east.
    pub longitude: &'r str,
    /// Degrees north.
    pub latitude: &'r str,
}

/// Rows by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// Rows read.
    pub read: u64,
    /// Rows that count.
    pub used: u64,
    /// Rows without a readable time.
    pub no_time: u64,
    /// Rows without coordinates that are numbers.
    pub no_coordinates: u64,
    /// Rows at 0/0.
    pub zero_coordinates: u64,
    /// Rows whose coordinates are no place on Earth.
    pub impossible_coordinates: u64,
    /// Rows whose cell is none of the study area.
    pub outside: u64,
    /// Rows that a later row of the same incident replaced.
    pub repeated: u64,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Events {
    /// Every event that counts.
    pub all: Series,
    /// The events of each group, in the order of the groups.
    pub groups: Vec<Series>,
    /// The rows by what became of them.
    pub rows: Rows,
}

/// Instant in microseconds, place of the cell, and the groups it belongs to.
type Event = (i64, u32, u64);

/// The count that a row goes to.
type Reason = fn(&mut Rows) -> &mut u64;

/// Rows on their way in.
pub struct Intake<'a> {
    lattice: &'a Lattice,
    groups: &'a [Group],
    zone: TimeZone,
    /// Offence to the groups it belongs to, one bit each.
    known: BTreeMap<String, u64>,
    events: Vec<Event>,
    by_id: BTreeMap<String, usize>,
    rows: Rows,
}

impl<'a> Intake<'a> {
    /// Nothing yet. `zone` is that of times without offset. There may be at most 64 groups.
    pub fn new(lattice: &'a Lattice, groups: &'a [Group], zone: TimeZone) -> Self {
        let (known, events, by_id) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        Self { lattice, groups, zone, known, events, by_id, rows: Rows::default() }
    }

    /// Takes a row, or counts why not.
    pub fn add(&mut self, row: Row) {
        self.rows.read += 1;
        let event = match self.read(row) {
            Ok(event) => event,
            Err(reason) => return *reason(&mut self.rows) += 1,
        };
        if row.id.is_empty() {
            self.events.push(event);
        } else if let Some(place) = self.by_id.get(row.id) {
            self.events[*place] = event;
            self.rows.repeated += 1;
        } else {
            self.by_id.insert(row.id.to_owned(), self.events.len());
            self.events.push(event);
        }
    }

    /// The series of what was taken.
    pub fn finish(self) -> Events {
        let Self { mut events, groups, mut rows, .. } = self;
        rows.used = events.len() as u64;
        events.sort_unstable();
        let series = |wanted: u64| {
            let of = |(at, cell, member): &Event| (member & wanted != 0).then_some((*at, *cell));
            Series::new(events.iter().filter_map(of).collect())
        };
        Events { all: series(ALL), groups: (0..groups.len()).map(|group| series(1 << group)).collect(), rows }
    }

    fn read(&mut self, row: Row) -> Result<Event, Reason> {
        let at = instant(row.at.trim(), &self.zone).ok_or((|rows| &mut rows.no_time) as Reason)?;
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let (Some(longitude), Some(latitude)) = (number(row.longitude), number(row.latitude)) else {
            return Err(|rows| &mut rows.no_coordinates);
        };
        if longitude == 0.0 && latitude == 0.0 {
            return Err(|rows| &mut rows.zero_coordinates);
        }
        let cell = Cell::at(longitude, latitude, self.lattice.precision());
        let cell = cell.ok_or((|rows| &mut rows.impossible_coordinates) as Reason)?;
        let cell = self.lattice.index_of(cell);
        let cell = cell.ok_or((|rows| &mut rows.outside) as Reason)?;
        Ok((at.as_microsecond(), cell as u32, self.member(row.offence.trim())))
    }

    fn member(&mut self, offence: &str) -> u64 {
        if let Some(member) = self.known.get(offence) {
            return *member;
        }
        let belongs = |group: &Group| group.offences.is_empty() || group.offences.contains(offence);
        let bits = self.groups.iter().enumerate().filter(|(_, group)| belongs(group));
        let member = bits.fold(ALL, |member, (place, _)| member | 1 << place);
        self.known.insert(offence.to_owned(), member);
        member
    }
}

/// The bit of everything.
const ALL: u64 = 1 << 63;

fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if text.len() <= 10 {
        let date: Date = text.parse().ok()?;
        return zone.to_timestamp(date.to_datetime(civil::Time::midnight())).ok();
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let local: DateTime = text.parse().ok()?;
    zone.to_timestamp(local).ok()
}
