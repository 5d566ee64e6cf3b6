//! The facts of a window in memory: 64 bytes a row while they are gathered, 24 when settled, so that a
//! million rows fit a small function.
mod beside;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use self::beside::Beside;
use crate::cell::Cell;
use crate::fact::CrimeFact;
use crate::forecast::Series;
use crate::inputs::Inputs;
use crate::lattice::Lattice;
use crate::settings::{NOT_CRIME, Settings, UNMAPPED};

/// Microseconds of a day.
pub const DAY_US: i64 = 86_400_000_000;

/// Half-life of the column `rec_H180`, in days.
pub const HALF_LIFE_DAYS: f64 = 180.0;

/// How far recency looks back, in days (D12).
pub const LOOK_BACK_DAYS: i64 = 1_095;

/// One row as it was read: enough to settle which version of an incident stands.
struct Row {
    /// Digest of the incident's number: what stands for it is never printed.
    incident: u128,
    version: u64,
    crime: Crime,
    fate: Fate,
    cleared_on: Option<Date>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Deleted,
    NoPosition,
    OfficerInitiated,
    NotCrime,
    Counts,
}

/// A settled event.
#[derive(Clone, Copy, Debug)]
struct Crime {
    at_us: i64,
    column: u32,
    row: u32,
    category: u16,
    /// What it counts in the score by harm.
    weight: f32,
}

/// What was read and what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Rows read.
    pub rows: u64,
    /// Rows that a greater version of the same incident replaced.
    pub superseded: u64,
    /// Incidents that have left: unfounded, cancelled, merged, expunged, moved to another day.
    pub deleted: u64,
    /// Incidents without a position.
    pub no_position: u64,
    /// Incidents of an origin that the settings do not count.
    pub officer_initiated: u64,
    /// Calls that are no crime.
    pub not_crime: u64,
    /// Incidents of an offence that the settings do not list; they count, but never for the public.
    pub unmapped_offence: u64,
}

/// What the statistics need of a row of the log.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Number of the incident.
    pub incident: &'a str,
    /// The greatest version of an incident stands.
    pub version: u64,
    /// When it began, in microseconds since 1970.
    pub at_us: i64,
    /// Offence or call type.
    pub offence: &'a str,
    /// Reported, or found by an officer.
    pub origin: crate::Origin,
    /// Position as a geohash of eight characters.
    pub geohash: Option<&'a str>,
    /// The incident has left.
    pub deleted: bool,
    /// The day on which it was cleared.
    pub cleared_on: Option<Date>,
}

/// Rows on their way in.
pub struct Gathering<'s> {
    settings: &'s Settings,
    categories: Vec<&'s str>,
    known: BTreeMap<String, (u16, f32)>,
    rows: Vec<Row>,
}

/// The events of a window, in order of time.
pub struct History {
    categories: Vec<String>,
    crimes: Vec<Crime>,
    beside: Beside,
}

/// Half-open stretch of time and the categories that count in it.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub to: Timestamp,
    /// Whether a category counts, by its place in [`History::categories`].
    pub categories: &'a [bool],
}

/// Counts per cell of a lattice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// One count per cell.
    pub cells: Vec<u32>,
    /// Events inside the study area.
    pub inside: u64,
    /// Events outside it (D3).
    pub outside: u64,
}

impl<'s> Gathering<'s> {
    /// Nothing yet.
    pub fn new(settings: &'s Settings) -> Self {
        Self { settings, categories: settings.categories(), known: BTreeMap::new(), rows: Vec::new() }
    }

    /// Takes one row of a day file.
    pub fn push(&mut self, fact: &CrimeFact) {
        self.add(Entry {
            incident: &fact.incident,
            version: fact.version,
            at_us: fact.occurred_from.as_microsecond(),
            offence: &fact.offence,
            origin: fact.origin,
            geohash: fact.geohash.as_deref(),
            deleted: fact.deleted,
            cleared_on: fact.cleared.map(|(_, on)| on),
        });
    }

    /// The same from what a reader of day files borrows.
    pub fn add(&mut self, entry: Entry) {
        let (category, weight) = match self.known.get(entry.offence) {
            Some(known) => *known,
            None => self.learn(entry.offence),
        };
        let position = entry.geohash.and_then(|name| Cell::named(name).ok());
        let position = position.filter(|cell| cell.precision() == crate::cell::FACT_PRECISION);
        let fate = if entry.deleted {
            Fate::Deleted
        } else if !self.settings.origins.contains(&entry.origin) {
            Fate::OfficerInitiated
        } else if self.categories[usize::from(category)] == NOT_CRIME {
            Fate::NotCrime
        } else if position.is_none() {
            Fate::NoPosition
        } else {
            Fate::Counts
        };
        let (column, row) = position.map_or((0, 0), |cell| (cell.column(), cell.row()));
        let crime = Crime { at_us: entry.at_us, column, row, category, weight };
        let Entry { version, cleared_on, .. } = entry;
        self.rows.push(Row { incident: digest(entry.incident), version, crime, fate, cleared_on });
    }

    /// Takes over the rows of another one that was gathered by the same settings.
    pub fn append(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }

    /// Settles which version of each incident stands. The result does not depend on the order of the rows.
    pub fn settle(mut self) -> (History, Tally) {
        let mut tally = Tally { rows: self.rows.len() as u64, ..Tally::default() };
        self.rows.sort_unstable_by_key(|row| {
            (row.incident, row.version, row.fate, row.crime.at_us, row.crime.column, row.crime.row)
        });
        let unmapped = self.categories.iter().position(|name| *name == UNMAPPED);
        let mut crimes = Vec::with_capacity(self.rows.len());
        let mut beside = Beside::default();
        for (i, row) in self.rows.iter().enumerate() {
            if self.rows.get(i + 1).is_some_and(|next| next.incident == row.incident) {
                tally.superseded += 1;
                continue;
            }
            match row.fate {
                Fate::Deleted => tally.deleted += 1,
                Fate::NotCrime => tally.not_crime += 1,
                Fate::NoPosition => {
                    tally.no_position += 1;
                    beside.no_position.push(row.crime);
                }
                Fate::OfficerInitiated => {
                    tally.officer_initiated += 1;
                    beside.officer_initiated.push(row.crime);
                }
                Fate::Counts => {
                    tally.unmapped_offence += u64::from(Some(usize::from(row.crime.category)) == unmapped);
                    crimes.push(row.crime);
                }
            }
            if matches!(row.fate, Fate::NoPosition | Fate::Counts) {
                beside.cleared.extend(row.cleared_on.map(|on| (on, row.crime)));
            }
        }
        crimes.sort_by_key(|crime| crime.at_us); // stable over the digest order: sums come out the same each time
        let categories = self.categories.into_iter().map(str::to_owned).collect();
        (History { categories, crimes, beside }, tally)
    }

    fn learn(&mut self, offence: &str) -> (u16, f32) {
        let category = self.settings.category(offence);
        let index = self.categories.iter().position(|name| *name == category).unwrap_or_default() as u16;
        let known = (index, self.settings.harm_weight(offence) as f32);
        self.known.insert(offence.to_owned(), known);
        known
    }
}

impl History {
    /// Names of the categories, in the order that [`Selection::categories`] follows.
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.crimes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.crimes.is_empty()
    }

    /// Events per cell in a selection.
    pub fn counts(&self, lattice: &Lattice, selection: Selection) -> Counts {
        let mut counts = Counts { cells: vec![0; lattice.len()], inside: 0, outside: 0 };
        for crime in self.selected(selection) {
            if let Some(index) = crime.index(lattice) {
                counts.cells[index] += 1;
                counts.inside += 1;
            } else {
                counts.outside += 1;
            }
        }
        counts
    }

    /// Sum over events of 2^(-age / half-life) per cell, ages in fractional days before `selection.to`, which
    /// is not included (D12).
    pub fn recency(&self, lattice: &Lattice, selection: Selection, half_life_days: f64) -> Vec<f64> {
        self.recencies(lattice, selection, &[half_life_days]).pop().unwrap_or_default()
    }

    /// The same for several half-lives in one pass: one list of sums for each of them.
    pub fn recencies(
        &self,
        lattice: &Lattice,
        selection: Selection,
        half_lives_days: &[f64],
    ) -> Vec<Vec<f64>> {
        let mut sums = vec![vec![0.0; lattice.len()]; half_lives_days.len()];
        let origin = selection.to.as_microsecond();
        for crime in self.selected(selection) {
            let Some(index) = crime.index(lattice) else { continue };
            let age_days = (origin - crime.at_us) as f64 / DAY_US as f64;
            for (sums, half_life) in sums.iter_mut().zip(half_lives_days) {
                sums[index] += libm::exp2(-age_days / half_life);
            }
        }
        sums
    }

    /// Counts, slices and recencies of one map in one pass: the categories marked in `categories`, windows that
    /// end before `origin`.
    pub fn inputs(
        &self,
        lattice: &Lattice,
        origin: Timestamp,
        window_days: u16,
        categories: &[bool],
        half_lives_days: &[f64],
    ) -> Inputs {
        let mut inputs = Inputs::new(lattice.len(), origin, window_days, half_lives_days);
        let from = Timestamp::from_microsecond(inputs.first_us()).unwrap_or(Timestamp::MIN);
        for crime in self.selected(Selection { from, to: origin, categories }) {
            inputs.add(crime.index(lattice), crime.at_us, f64::from(crime.weight));
        }
        inputs
    }

    /// The events of some categories inside the study area, in order of time.
    pub fn series(&self, lattice: &Lattice, categories: &[bool]) -> Series {
        let counts = |crime: &&Crime| categories.get(usize::from(crime.category)) == Some(&true);
        let place = |crime: &Crime| Some((crime.at_us, crime.index(lattice)? as u32));
        Series::new(self.crimes.iter().filter(counts).filter_map(place).collect())
    }

    fn selected<'a>(&'a self, selection: Selection<'a>) -> impl Iterator<Item = &'a Crime> {
        let first = self.crimes.partition_point(|crime| crime.at_us < selection.from.as_microsecond());
        let end = self.crimes.partition_point(|crime| crime.at_us < selection.to.as_microsecond());
        self.crimes[first..end.max(first)]
            .iter()
            .filter(move |crime| selection.categories.get(usize::from(crime.category)) == Some(&true))
    }
}

impl Crime {
    fn index(&self, lattice: &Lattice) -> Option<usize> {
        let cell = Cell::new(crate::cell::FACT_PRECISION, self.column, self.row);
        lattice.index_of(cell.parent(lattice.precision()))
    }
}

/// FNV-1a over 128 bits: a stand-in for an incident number that takes 16 bytes whatever its length.
fn digest(text: &str) -> u128 {
    text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Origin;
    use jiff::SignedDuration;

    fn fact(incident: &str, version: u64, offence: &str) -> CrimeFact {
        CrimeFact {
            incident: incident.into(),
            version,
            occurred_from: "2026-07-04T12:00:00Z".parse().unwrap(),
            occurred_to: None,
            offence: offence.into(),
            category: String::new(),
            origin: Origin::Reported,
            geohash: Cell::at(-92.1005, 46.7867, 8).map(|cell| cell.name()),
            cleared: None,
            previous_day: None,
            deleted: false,
            forget: false,
        }
    }

    fn settle(facts: &[CrimeFact]) -> (History, Tally) {
        let settings =
            Settings::from_toml("boundary = \"b\"\n[offences]\nLarceny = \"theft\"\nNoise = \"not_crime\"")
                .unwrap();
        let mut gathering = Gathering::new(&settings);
        for fact in facts {
            gathering.push(fact);
        }
        gathering.settle()
    }

    #[test]
    fn each_incident_counts_once_by_its_greatest_version_and_the_rest_is_accounted_for() {
        let facts = [
            fact("1", 1, "Larceny"),
            fact("1", 2, "Loitering"),
            CrimeFact { deleted: true, ..fact("2", 3, "") },
            fact("2", 1, "Larceny"),
            CrimeFact { geohash: None, ..fact("3", 1, "Larceny") },
            CrimeFact { origin: Origin::OfficerInitiated, ..fact("4", 1, "Larceny") },
            fact("5", 1, "LARCENY"),
            fact("6", 1, "noise"),
        ];
        let (history, tally) = settle(&facts);
        assert_eq!(history.len(), 2);
        let expected = Tally {
            not_crime: 1,
            rows: 8,
            superseded: 2,
            deleted: 1,
            no_position: 1,
            officer_initiated: 1,
            unmapped_offence: 1,
        };
        assert_eq!(tally, expected);
        let mut backwards = facts.to_vec();
        backwards.reverse();
        assert_eq!(settle(&backwards).1, expected);
    }

    #[test]
    fn a_moved_incident_stands_on_its_new_day_although_the_old_one_says_it_left() {
        let (history, _) =
            settle(&[fact("1", 2, "Larceny"), CrimeFact { deleted: true, ..fact("1", 2, "") }]);
        assert_eq!(history.len(), 1);
    }

    #[test]
    fn windows_include_their_first_instant_and_not_their_last_and_scores_halve_in_180_days() {
        let square = r#"{"type":"Polygon","coordinates":[[[-92.2,46.7],[-92.0,46.7],[-92.0,46.9],[-92.2,46.9],[-92.2,46.7]]]}"#;
        let lattice = Lattice::new(&crate::StudyArea::from_geojson(square).unwrap(), 7);
        let (history, _) = settle(&[fact("1", 1, "Larceny")]);
        let at: Timestamp = "2026-07-04T12:00:00Z".parse().unwrap();
        let marks = vec![true; history.categories().len()];
        let count = |from, to| history.counts(&lattice, Selection { from, to, categories: &marks }).inside;
        let second = SignedDuration::from_secs(1);
        assert_eq!((count(at, at + second), count(at - second, at)), (1, 0));
        let origin = at + SignedDuration::from_hours(24 * 180);
        let scores =
            history.recency(&lattice, Selection { from: at, to: origin, categories: &marks }, HALF_LIFE_DAYS);
        assert_eq!(scores.iter().sum::<f64>(), 0.5);
    }
}
