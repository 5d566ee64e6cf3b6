//! What a plan listed and held out, and how many incidents each of those cells saw: kept apart from the plan that
//! officers see, since a control that is known is no control.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::plan::Plan;
use crate::lattice::Lattice;

/// The record of one plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Record {
    /// Date of the plan.
    pub date: Date,
    /// Its shifts, by start.
    pub shifts: Vec<ShiftRecord>,
}

/// A shift of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ShiftRecord {
    /// Its name.
    pub shift: String,
    /// Start.
    pub starts: Timestamp,
    /// End, itself not included.
    pub ends: Timestamp,
    /// Visits that the plan asks for at each listed cell.
    pub visits_planned: u16,
    /// Cells by geohash.
    pub cells: Vec<CellRecord>,
}

/// A cell in a shift.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct CellRecord {
    /// The cell.
    pub geohash: String,
    /// Its beat.
    pub beat: String,
    /// Listed, or held out.
    pub group: Group,
    /// Reported incidents that began in the cell during the shift; null until the log covers the shift.
    pub incidents: Option<u32>,
}

/// On which side of the comparison a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Listed in the plan.
    Planned,
    /// Held out by lot.
    Control,
}

impl Record {
    /// The record of a plan before anything happened.
    pub fn of(plan: &Plan) -> Self {
        let shifts = plan.shifts.iter().map(|shift| {
            let cell = |beat: &str, geohash: String, group| CellRecord {
                geohash,
                beat: beat.to_owned(),
                group,
                incidents: None,
            };
            let mut cells: Vec<CellRecord> = Vec::new();
            for beat in &shift.beats {
                let stops = beat.stops.iter().map(|stop| (stop.cell.name(), Group::Planned));
                let controls = beat.controls.iter().map(|held| (held.name(), Group::Control));
                cells.extend(stops.chain(controls).map(|(name, group)| cell(&beat.name, name, group)));
            }
            cells.sort_by(|a, b| a.geohash.cmp(&b.geohash));
            ShiftRecord {
                shift: shift.name.clone(),
                starts: shift.starts.timestamp(),
                ends: shift.ends.timestamp(),
                visits_planned: shift.visits_planned,
                cells,
            }
        });
        Self { date: plan.date, shifts: shifts.collect() }
    }

    /// Counts the incidents of every shift that ended at or before `origin`, up to which the log is complete.
    /// `counts` gives one count per cell of the lattice for a half-open stretch of time.
    pub fn count(
        &mut self,
        lattice: &Lattice,
        origin: Timestamp,
        counts: impl Fn(Timestamp, Timestamp) -> Vec<u32>,
    ) {
        for shift in self.shifts.iter_mut().filter(|shift| shift.ends <= origin) {
            let counts = counts(shift.starts, shift.ends);
            for cell in &mut shift.cells {
                let index = lattice.names().binary_search(&cell.geohash);
                cell.incidents = index.ok().map(|index| counts[index]);
            }
        }
    }

    /// Keeps what `earlier`, the record that stands under the same date, knows of the same cells: repeating an old
    /// night must not forget what later nights counted.
    pub fn keep(&mut self, earlier: &Self) {
        let known = earlier.shifts.iter().flat_map(|shift| {
            shift.cells.iter().map(|cell| ((shift.shift.as_str(), cell.geohash.as_str()), cell.incidents))
        });
        let known: BTreeMap<_, _> = known.collect();
        for shift in &mut self.shifts {
            for cell in shift.cells.iter_mut().filter(|cell| cell.incidents.is_none()) {
                cell.incidents = known.get(&(shift.shift.as_str(), cell.geohash.as_str())).copied().flatten();
            }
        }
    }

    /// Cells that the plan listed in any shift.
    pub fn listed(&self) -> BTreeSet<&str> {
        let cells = self.shifts.iter().flat_map(|shift| &shift.cells);
        cells.filter(|cell| cell.group == Group::Planned).map(|cell| cell.geohash.as_str()).collect()
    }

    /// The record as text.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("words, numbers and nulls are always JSON");
        text.push('\n');
        text
    }

    /// Reads what [`Self::to_json`] wrote.
    pub fn from_json(text: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }
}

/// Nights in a row up to the day before `date` on which each cell was listed, `most` at most. A night without a
/// record ends every row.
pub fn nights_in_a_row(records: &[Record], date: Date, most: u16) -> BTreeMap<&str, u16> {
    let mut by_date: BTreeMap<Date, BTreeSet<&str>> = BTreeMap::new();
    for record in records {
        by_date.entry(record.date).or_default().extend(record.listed());
    }
    let mut nights: BTreeMap<&str, u16> = BTreeMap::new();
    let mut day = date;
    for before in 0..most {
        day = day.yesterday().unwrap_or(day);
        let Some(listed) = by_date.get(&day) else { break };
        for cell in listed {
            let row = nights.entry(cell).or_default();
            if *row == before {
                *row += 1;
            }
        }
    }
    nights.retain(|_, row| *row > 0);
    nights
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn record(day: i8, cells: &[&str]) -> Record {
        let cell = |name: &&str| CellRecord {
            geohash: (*name).into(),
            beat: "21".into(),
            group: Group::Planned,
            incidents: None,
        };
        let shift = ShiftRecord {
            shift: "day".into(),
            starts: "2026-07-05T12:00:00Z".parse().unwrap(),
            ends: "2026-07-05T20:00:00Z".parse().unwrap(),
            visits_planned: 4,
            cells: cells.iter().map(cell).collect(),
        };
        Record { date: date(2026, 7, day), shifts: vec![shift] }
    }

    #[test]
    fn a_row_of_nights_ends_where_a_cell_or_a_plan_is_missing() {
        let mut records = vec![
            record(1, &["a", "b", "c"]),
            record(3, &["a", "b"]),
            record(4, &["a", "c"]),
            record(5, &["a", "b", "c"]),
        ];
        let expected = BTreeMap::from([("a", 3), ("b", 1), ("c", 2)]);
        assert_eq!(nights_in_a_row(&records, date(2026, 7, 6), 7), expected);
        assert_eq!(
            nights_in_a_row(&records, date(2026, 7, 6), 2),
            BTreeMap::from([("a", 2), ("b", 1), ("c", 2)])
        );
        records.reverse();
        assert_eq!(nights_in_a_row(&records, date(2026, 7, 6), 7), expected);
        assert!(nights_in_a_row(&records, date(2026, 7, 7), 7).is_empty());
    }

    #[test]
    fn what_a_later_night_counted_is_kept_and_a_record_reads_back() {
        let mut counted = record(5, &["a", "b"]);
        counted.shifts[0].cells[0].incidents = Some(2);
        let mut again = record(5, &["a", "c"]);
        again.keep(&counted);
        let incidents: Vec<_> = again.shifts[0].cells.iter().map(|cell| cell.incidents).collect();
        assert_eq!(incidents, [Some(2), None]);
        assert_eq!(Record::from_json(again.to_json().as_bytes()).unwrap(), again);
    }
}
