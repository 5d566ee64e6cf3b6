//! What came of plans: visits done of those planned, and how often something was reported in cells that were
//! visited, in listed ones that were not, and in those held out.
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::record::{CellRecord, Group, Record, ShiftRecord};

/// 97.5 % point of the normal distribution, for 95 % intervals.
const Z: f64 = 1.959_963_984_540_054;

/// What the figures can and cannot say; part of every report.
pub const CAVEATS: [&str; 4] = [
    "A hit is a listed cell in which at least one reported incident began during the shift. It says where reports arose, not \
     what patrol prevented.",
    "Only planned against control is a comparison by lot. Which listed cells were visited was nobody's lot: busy shifts leave \
     cells out for reasons that also bring reports. Neither difference is proof of cause.",
    "Controls are drawn from the same ranking, yet they rank lower or higher by chance; officers pass through them on other \
     calls, and an officer at hand may take reports that would not have been made.",
    "The same cells return night after night, so that intervals are too narrow. Below some hundred cells on each side read \
     the counts, not the rates.",
];

/// A visit by whoever patrolled; who that was is not known here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Visit {
    /// Date of the plan.
    pub date: Date,
    /// Shift of the plan.
    pub shift: String,
    /// The cell.
    pub geohash: String,
    /// Arrival.
    pub arrived_at: Timestamp,
    /// Minutes stayed.
    pub minutes: u16,
}

/// The report of a stretch of days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Plans in it.
    pub plans: usize,
    /// Visits by shift and beat.
    pub beats: Vec<BeatLine>,
    /// Visits to a cell that the plan of their date no longer lists, as after a past night was run again.
    pub visits_elsewhere: usize,
    /// Hit rates by group.
    pub hit_rates: HitRates,
    /// What it cannot say.
    pub caveats: [&'static str; 4],
}

/// Visits of one beat in one shift, over all days of the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BeatLine {
    /// Shift.
    pub shift: String,
    /// Beat.
    pub beat: String,
    /// Listed cells, each counted once a day.
    pub cells_planned: usize,
    /// Of them visited at least once.
    pub cells_visited: usize,
    /// Visits the plans asked for.
    pub visits_planned: usize,
    /// Visits recorded.
    pub visits: usize,
    /// Minutes stayed in all.
    pub minutes: u32,
    /// Median stay in minutes.
    pub minutes_median: Option<f64>,
}

/// The comparison. A cell counts once for each date and shift that the log covers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HitRates {
    /// Listed cells.
    pub planned: HitRate,
    /// Listed and visited.
    pub visited: HitRate,
    /// Listed and not visited.
    pub not_visited: HitRate,
    /// Held out.
    pub control: HitRate,
    /// `planned` less `control`.
    pub planned_less_control: Option<Difference>,
    /// `visited` less `control`.
    pub visited_less_control: Option<Difference>,
}

/// A share with its 95 % interval by Wilson (1927).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct HitRate {
    /// Cells, each once for a date and shift.
    pub cells: u64,
    /// Of them with a report.
    pub hits: u64,
    /// Reports in them.
    pub incidents: u64,
    /// `hits / cells`.
    pub rate: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A difference of two shares with its 95 % interval by Newcombe's method 10 (1998).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl HitRate {
    fn add(&mut self, incidents: u32) {
        self.cells += 1;
        self.hits += u64::from(incidents > 0);
        self.incidents += u64::from(incidents);
    }

    fn settled(mut self) -> Self {
        if self.cells > 0 {
            let (n, p) = (self.cells as f64, self.hits as f64 / self.cells as f64);
            let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
            let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / (1.0 + Z * Z / n);
            self.rate = Some(p);
            // Where none or all are hit the formula gives the end exactly, its rounding does not.
            self.low = Some(if self.hits == 0 { 0.0 } else { middle - half });
            self.high = Some(if self.hits == self.cells { 1.0 } else { middle + half });
        }
        self
    }

    fn less(&self, other: &Self) -> Option<Difference> {
        let (p1, l1, u1) = (self.rate?, self.low?, self.high?);
        let (p2, l2, u2) = (other.rate?, other.low?, other.high?);
        let root = |a: f64, b: f64| (a * a + b * b).sqrt();
        let value = p1 - p2;
        Some(Difference { value, low: value - root(p1 - l1, u2 - p2), high: value + root(u1 - p1, p2 - l2) })
    }
}

/// Visits by date, shift and cell.
type Done<'a> = BTreeMap<(Date, &'a str, &'a str), Vec<u16>>;

impl Report {
    /// The report of some plans and visits, in any order.
    pub fn of(records: &[Record], visits: &[Visit]) -> Self {
        let mut done: Done = BTreeMap::new();
        for visit in visits {
            let key = (visit.date, visit.shift.as_str(), visit.geohash.as_str());
            done.entry(key).or_default().push(visit.minutes);
        }
        let mut lines = Lines::default();
        for record in records {
            for shift in &record.shifts {
                for cell in &shift.cells {
                    lines.add(shift, cell, done.remove(&(record.date, &shift.shift, &cell.geohash)));
                }
            }
        }
        Self {
            plans: records.len(),
            hit_rates: lines.rates(),
            beats: lines.beats.into_values().map(|(line, stays)| settle(line, stays)).collect(),
            visits_elsewhere: done.values().map(Vec::len).sum(),
            caveats: CAVEATS,
        }
    }
}

#[derive(Default)]
struct Lines {
    beats: BTreeMap<(String, String), (BeatLine, Vec<u16>)>,
    visited: HitRate,
    not_visited: HitRate,
    control: HitRate,
}

impl Lines {
    fn add(&mut self, shift: &ShiftRecord, cell: &CellRecord, visits: Option<Vec<u16>>) {
        let group = match (cell.group, visits.is_some()) {
            (Group::Control, _) => &mut self.control,
            (Group::Planned, true) => &mut self.visited,
            (Group::Planned, false) => &mut self.not_visited,
        };
        if let Some(incidents) = cell.incidents {
            group.add(incidents);
        }
        if cell.group == Group::Planned {
            let key = (shift.shift.clone(), cell.beat.clone());
            let (line, stays) = self.beats.entry(key).or_insert_with(|| {
                let (shift, beat) = (shift.shift.clone(), cell.beat.clone());
                (BeatLine { shift, beat, ..BeatLine::default() }, Vec::new())
            });
            line.cells_planned += 1;
            line.cells_visited += usize::from(visits.is_some());
            line.visits_planned += usize::from(shift.visits_planned);
            stays.extend(visits.into_iter().flatten());
        }
    }

    fn rates(&self) -> HitRates {
        let (visited, not_visited) = (self.visited, self.not_visited);
        let planned = HitRate {
            cells: visited.cells + not_visited.cells,
            hits: visited.hits + not_visited.hits,
            incidents: visited.incidents + not_visited.incidents,
            ..HitRate::default()
        };
        let [planned, visited, not_visited, control] =
            [planned, visited, not_visited, self.control].map(HitRate::settled);
        HitRates {
            planned_less_control: planned.less(&control),
            visited_less_control: visited.less(&control),
            planned,
            visited,
            not_visited,
            control,
        }
    }
}

fn settle(mut line: BeatLine, mut stays: Vec<u16>) -> BeatLine {
    stays.sort_unstable();
    line.visits = stays.len();
    line.minutes = stays.iter().map(|minutes| u32::from(*minutes)).sum();
    let (lower, upper) = (stays.get(stays.len().saturating_sub(1) / 2), stays.get(stays.len() / 2));
    line.minutes_median =
        lower.zip(upper).map(|(lower, upper)| f64::midpoint(f64::from(*lower), f64::from(*upper)));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hits: u64, cells: u64, low: f64, high: f64) {
        let rate = HitRate { cells, hits, ..HitRate::default() }.settled();
        assert!(
            (rate.low.unwrap() - low).abs() < 5e-5 && (rate.high.unwrap() - high).abs() < 5e-5,
            "{rate:?}"
        );
    }

    #[test]
    fn intervals_of_shares_are_those_published() {
        // Newcombe (1998), table I, method 3.
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0.0, 0.1611);
        check(1, 29, 0.0061, 0.1718);
    }

    #[test]
    fn the_interval_of_a_difference_is_that_published() {
        // Newcombe (1998), table II, method 10: 56/70 less 48/80.
        let of = |hits, cells| HitRate { cells, hits, ..HitRate::default() }.settled();
        let difference = of(56, 70).less(&of(48, 80)).unwrap();
        assert!((difference.value - 0.2).abs() < 1e-12);
        assert!(
            (difference.low - 0.0524).abs() < 5e-5 && (difference.high - 0.3339).abs() < 5e-5,
            "{difference:?}"
        );
        assert_eq!(of(0, 0).less(&of(1, 2)), None);
    }
}
