//! Rows of a history file on their way into the crime log: what is wrong with them, which of them repeat an
//! id, and what of the log they change. A million rows take some 60 MB.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::cell::{Cell, FACT_PRECISION};
use crate::fact::{CrimeFact, LIVE, Origin, utc_day};
use crate::settings::Settings;

/// One row as text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a> {
    /// Number of the incident.
    pub id: &'a str,
    /// When it happened or began: RFC 3339, or a local time without offset, or a date (midnight UTC).
    pub from: &'a str,
    /// When it ended, in the same forms; may be empty.
    pub to: &'a str,
    /// Offence.
    pub offence: &'a str,
    /// Longitude in degrees.
    pub longitude: &'a str,
    /// Latitude in degrees.
    pub latitude: &'a str,
}

/// Rows left out, by the first reason that applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Dirt {
    /// No id.
    pub no_id: u64,
    /// No date, or one that cannot be read.
    pub unreadable_date: u64,
    /// No offence.
    pub no_offence: u64,
    /// Longitude or latitude missing or not a number.
    pub no_coordinates: u64,
    /// Both 0: a placeholder in the Gulf of Guinea.
    pub zero_coordinates: u64,
    /// Off the globe: another projection's feet, or swapped columns.
    pub out_of_range: u64,
    /// The same id again; the last row of an id stands.
    pub repeated_id: u64,
}

#[derive(Clone, Copy)]
struct Row {
    from_us: i64,
    to_us: Option<i64>,
    id_start: u32,
    id_length: u16,
    /// 1 for the first row of an id.
    occurrence: u16,
    offence: u16,
    /// Column and row of the cell.
    cell: (u32, u32),
}

/// Rows being gathered.
pub struct Extract {
    zone: TimeZone,
    keep_repeats: bool,
    ids: String,
    offences: BTreeMap<String, u16>,
    rows: Vec<Row>,
    /// Rows seen.
    pub seen: u64,
    /// Rows left out so far; repeats are known after [`Self::settle`].
    pub dirt: Dirt,
}

/// Rows in order of time, each to become a fact.
pub struct Settled {
    ids: String,
    offences: Vec<String>,
    rows: Vec<Row>,
    /// Places in `rows` in order of id.
    by_id: Vec<u32>,
}

/// What has to be written for an extract to stand in the log.
#[derive(Debug, Default)]
pub struct Changes {
    /// Versions of rows that replace another row of the log, by place; all others are version 0.
    versions: BTreeMap<usize, u64>,
    /// Facts that leave a day, by that day.
    leaving: BTreeMap<Date, Vec<CrimeFact>>,
    /// Days that already stand as the extract has them.
    unchanged: BTreeSet<Date>,
}

impl Extract {
    /// Nothing yet. `zone` is that of times without offset; with `keep_repeats` the second row of an id becomes
    /// `ID#2`, else the last row of an id is the one that stands.
    pub fn new(zone: TimeZone, keep_repeats: bool) -> Self {
        let (ids, offences, rows) = (String::new(), BTreeMap::new(), Vec::new());
        Self { zone, keep_repeats, ids, offences, rows, seen: 0, dirt: Dirt::default() }
    }

    /// Takes a row, or counts why not.
    pub fn add(&mut self, fields: Fields) {
        self.seen += 1;
        match self.read(fields) {
            Ok(row) => self.rows.push(row),
            Err(reason) => *reason(&mut self.dirt) += 1,
        }
    }

    fn read(&mut self, fields: Fields) -> Result<Row, fn(&mut Dirt) -> &mut u64> {
        let id = fields.id.trim();
        if id.is_empty() {
            return Err(|dirt| &mut dirt.no_id);
        }
        let from = self
            .instant(fields.from)
            .ok_or((|dirt| &mut dirt.unreadable_date) as fn(&mut Dirt) -> &mut u64)?;
        let offence = fields.offence.trim();
        if offence.is_empty() {
            return Err(|dirt| &mut dirt.no_offence);
        }
        let cell = position(fields.longitude, fields.latitude)?;
        let next = self.offences.len() as u16;
        let offence = match self.offences.get(offence) {
            Some(index) => *index,
            None => *self.offences.entry(offence.to_owned()).or_insert(next),
        };
        let id_start = self.ids.len() as u32;
        let id = id.get(..usize::from(u16::MAX)).unwrap_or(id);
        self.ids.push_str(id);
        Ok(Row {
            from_us: from.as_microsecond(),
            to_us: self.instant(fields.to).map(Timestamp::as_microsecond),
            id_start,
            id_length: id.len() as u16,
            occurrence: 1,
            offence,
            cell: (cell.column(), cell.row()),
        })
    }

    /// An instant from RFC 3339, from a local time, or from a date.
    fn instant(&self, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(instant);
        }
        if text.len() <= 10 {
            let date: Date = text.parse().ok()?;
            return Some(crate::fact::midnight(date));
        }
        let local: DateTime = text.parse().ok()?;
        self.zone.to_timestamp(local).ok()
    }

    /// Numbers or drops repeats and puts the rows in order of time.
    pub fn settle(self) -> (Settled, Dirt) {
        let Self { keep_repeats, ids, offences, mut rows, mut dirt, .. } = self;
        let mut by_id: Vec<u32> = (0..rows.len() as u32).collect();
        let id = |row: &Row| &ids[id_range(row)];
        by_id.sort_unstable_by(|a, b| id(&rows[*a as usize]).cmp(id(&rows[*b as usize])).then(a.cmp(b)));
        let mut dropped = Vec::new();
        for pair in 1..by_id.len() {
            let (before, this) = (by_id[pair - 1] as usize, by_id[pair] as usize);
            if id(&rows[before]) != id(&rows[this]) {
                continue;
            }
            if keep_repeats {
                rows[this].occurrence = rows[before].occurrence.saturating_add(1);
            } else {
                dropped.push(before);
            }
        }
        dirt.repeated_id = dropped.len() as u64;
        dropped.sort_unstable();
        let mut place = 0;
        rows.retain(|_| {
            place += 1;
            dropped.binary_search(&(place - 1)).is_err()
        });
        rows.sort_by_key(|row| row.from_us);
        let name = |row: &Row| (&ids[id_range(row)], row.occurrence);
        let mut by_id: Vec<u32> = (0..rows.len() as u32).collect();
        by_id.sort_unstable_by(|a, b| name(&rows[*a as usize]).cmp(&name(&rows[*b as usize])));
        let mut names = vec![String::new(); offences.len()];
        for (offence, index) in offences {
            names[usize::from(index)] = offence;
        }
        (Settled { ids, offences: names, rows, by_id }, dirt)
    }
}

impl Settled {
    /// Number of facts.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Days that have facts, each once, in order.
    pub fn days(&self) -> BTreeSet<Date> {
        self.rows.chunk_by(same_day).map(|rows| day_of(&rows[0])).collect()
    }

    /// Notes how the file of a day stands to the extract: rows already there, rows to replace, rows that are
    /// under another day now.
    pub fn compare(&self, day: Date, standing: &[CrimeFact], settings: &Settings, changes: &mut Changes) {
        let range = self.range(day);
        let mut same = 0;
        for row in standing {
            let Some(place) = self.find(&row.incident) else { continue };
            let fact = self.fact(place, row.version, settings);
            if fact == *row {
                same += 1;
            } else if row.version < LIVE && (range.contains(&place) || !row.deleted) {
                let version = changes.versions.entry(place).or_default();
                *version = (*version).max(row.version + 1);
                if !range.contains(&place) {
                    changes.leaving.entry(day).or_default().push(fact);
                }
            } else if row.version >= LIVE && range.contains(&place) {
                same += 1; // told live since: the extract does not speak about it any more
            }
        }
        if same == range.len() && !changes.leaving.contains_key(&day) {
            changes.unchanged.insert(day);
        }
    }

    /// The facts to fold into a day; nothing where the day stands as it should.
    pub fn facts_for(&self, day: Date, changes: &Changes, settings: &Settings) -> Vec<CrimeFact> {
        if changes.unchanged.contains(&day) {
            return Vec::new();
        }
        let version = |place| changes.versions.get(&place).copied().unwrap_or_default();
        let leaving = changes.leaving.get(&day).into_iter().flatten().map(|fact| {
            let version = self.find(&fact.incident).map_or(fact.version, version);
            CrimeFact { previous_day: Some(day), version, ..fact.clone() }
        });
        self.range(day).map(|place| self.fact(place, version(place), settings)).chain(leaving).collect()
    }

    fn fact(&self, place: usize, version: u64, settings: &Settings) -> CrimeFact {
        let row = &self.rows[place];
        let offence = self.offences[usize::from(row.offence)].clone();
        let id = &self.ids[id_range(row)];
        CrimeFact {
            incident: if row.occurrence > 1 { format!("{id}#{}", row.occurrence) } else { id.to_owned() },
            version,
            occurred_from: instant(row.from_us),
            occurred_to: row.to_us.map(instant),
            category: settings.category(&offence).to_owned(),
            offence,
            origin: Origin::Reported,
            geohash: Some(Cell::new(FACT_PRECISION, row.cell.0, row.cell.1).name()),
            cleared: None,
            previous_day: None,
            deleted: false,
            forget: false,
        }
    }

    /// The place of the row called `incident`.
    fn find(&self, incident: &str) -> Option<usize> {
        let name = |place: &u32| {
            let row = &self.rows[*place as usize];
            (&self.ids[id_range(row)], row.occurrence)
        };
        let search = |wanted| self.by_id.binary_search_by(|place| name(place).cmp(&wanted)).ok();
        let repeat = || {
            let (id, occurrence) = incident.rsplit_once('#')?;
            search((id, occurrence.parse().ok()?))
        };
        search((incident, 1)).or_else(repeat).map(|index| self.by_id[index] as usize)
    }

    fn range(&self, day: Date) -> Range<usize> {
        let first = self.rows.partition_point(|row| day_of(row) < day);
        first..first + self.rows[first..].partition_point(|row| day_of(row) == day)
    }
}

fn position(longitude: &str, latitude: &str) -> Result<Cell, fn(&mut Dirt) -> &mut u64> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let (Some(longitude), Some(latitude)) = (number(longitude), number(latitude)) else {
        return Err(|dirt| &mut dirt.no_coordinates);
    };
    if longitude == 0.0 && latitude == 0.0 {
        return Err(|dirt| &mut dirt.zero_coordinates);
    }
    Cell::at(longitude, latitude, FACT_PRECISION).ok_or(|dirt| &mut dirt.out_of_range)
}

fn id_range(row: &Row) -> Range<usize> {
    row.id_start as usize..row.id_start as usize + usize::from(row.id_length)
}

fn instant(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn day_of(row: &Row) -> Date {
    utc_day(instant(row.from_us))
}

fn same_day(a: &Row, b: &Row) -> bool {
    a.from_us.div_euclid(crate::history::DAY_US) == b.from_us.div_euclid(crate::history::DAY_US)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::fold_day;

    const ROW: Fields<'static> = Fields {
        id: "26-1",
        from: "2026-07-04 10:00:00+00",
        to: "",
        offence: "Larceny",
        longitude: "-92.1005",
        latitude: "46.7867",
    };

    fn settings() -> Settings {
        Settings::from_toml("boundary = \"b\"\n[offences]\nLarceny = \"theft\"").unwrap()
    }

    fn extract(rows: &[Fields], keep_repeats: bool) -> (Settled, Dirt) {
        let mut extract = Extract::new(TimeZone::get("America/Chicago").unwrap(), keep_repeats);
        for row in rows {
            extract.add(*row);
        }
        extract.settle()
    }

    /// The log after an import, by day.
    fn import(log: &mut BTreeMap<Date, Vec<CrimeFact>>, rows: &[Fields]) -> usize {
        let (settled, _) = extract(rows, true);
        let mut changes = Changes::default();
        for (day, standing) in log.iter() {
            settled.compare(*day, standing, &settings(), &mut changes);
        }
        let mut written = 0;
        let days: BTreeSet<Date> = settled.days().into_iter().chain(log.keys().copied()).collect();
        for day in days {
            let facts = settled.facts_for(day, &changes, &settings());
            let standing = log.remove(&day).unwrap_or_default();
            let folded = fold_day(day, standing.clone(), &facts);
            written += usize::from(folded != standing);
            log.insert(day, folded);
        }
        written
    }

    #[track_caller]
    fn check_time(text: &str, expected: Option<&str>) {
        let (settled, _) = extract(&[Fields { from: text, ..ROW }], false);
        let from = settled.rows.first().map(|row| instant(row.from_us).to_string());
        assert_eq!(from.as_deref(), expected);
    }

    #[test]
    fn times_are_read_in_the_forms_of_real_extracts() {
        check_time("2016-01-01 00:03:00+00", Some("2016-01-01T00:03:00Z"));
        check_time("2026-07-04T10:00:00-05:00", Some("2026-07-04T15:00:00Z"));
        check_time("2026-07-04 10:00:00", Some("2026-07-04T15:00:00Z"));
        check_time("2026-07-04", Some("2026-07-04T00:00:00Z"));
        check_time("yesterday", None);
        check_time("", None);
    }

    #[test]
    fn each_dirty_row_is_counted_once_by_its_reason() {
        let rows = [
            ROW,
            Fields { id: " ", ..ROW },
            Fields { from: "", ..ROW },
            Fields { offence: "", ..ROW },
            Fields { longitude: "", ..ROW },
            Fields { longitude: "0", latitude: "0.0", ..ROW },
            Fields { longitude: "2746300.0", ..ROW },
            Fields { from: "2026-07-05", ..ROW },
        ];
        let (settled, dirt) = extract(&rows, false);
        let expected = Dirt {
            no_id: 1,
            unreadable_date: 1,
            no_offence: 1,
            no_coordinates: 1,
            zero_coordinates: 1,
            out_of_range: 1,
            repeated_id: 1,
        };
        assert_eq!((settled.len(), dirt), (1, expected));
        assert_eq!(settled.days().first().unwrap().to_string(), "2026-07-05");
    }

    #[test]
    fn repeats_are_numbered_on_request() {
        let (settled, dirt) = extract(&[ROW, ROW, ROW], true);
        let names: Vec<String> = (0..3).map(|place| settled.fact(place, 0, &settings()).incident).collect();
        assert_eq!((names, dirt.repeated_id), (vec!["26-1".into(), "26-1#2".into(), "26-1#3".into()], 0));
    }

    #[test]
    fn a_second_import_changes_nothing_and_a_corrected_one_changes_what_it_corrects() {
        let mut log = BTreeMap::new();
        let other = Fields { id: "26-2", from: "2026-07-05 01:00:00+00", ..ROW };
        assert_eq!(import(&mut log, &[ROW, other, ROW]), 2);
        let before = log.clone();
        assert_eq!(import(&mut log, &[ROW, other, ROW]), 0);
        assert_eq!(log, before);
        let moved = Fields { from: "2026-07-06 01:00:00+00", ..ROW };
        assert_eq!(import(&mut log, &[moved, other, ROW]), 2);
        let standing: Vec<_> =
            log.values().flatten().map(|row| (row.incident.as_str(), row.version, row.deleted)).collect();
        assert_eq!(
            standing,
            [("26-1", 1, true), ("26-1#2", 0, false), ("26-2", 0, false), ("26-1", 1, false)]
        );
        assert_eq!(import(&mut log, &[moved, other, ROW]), 0);
    }

    #[test]
    fn what_was_told_live_is_not_overwritten() {
        let mut log = BTreeMap::new();
        import(&mut log, &[ROW]);
        for row in log.values_mut().flatten() {
            row.version = LIVE + 3;
            row.offence = "Robbery".into();
        }
        assert_eq!(import(&mut log, &[ROW]), 0);
    }
}
