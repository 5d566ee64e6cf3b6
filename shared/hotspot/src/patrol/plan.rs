//! The plan of one date: shifts, beats, stops in the order of visiting.
use jiff::ZonedDateTime;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::beats::Beats;
use super::draw::drawn_by;
use super::kind::{Course, Kind};
use super::places::Places;
use super::record::{Record, nights_in_a_row};
use super::select::{Choice, Chosen, Pick, Why, by_beat};
use super::settings::{Settings, Shift};
use crate::Cell;
use crate::lattice::Lattice;

/// Everything a plan is made from. The order of beats, places, shifts, overrides and records does not matter.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// How.
    pub settings: &'a Settings,
    /// For which date; shifts begin on it, in `zone`.
    pub date: Date,
    /// The department's time zone.
    pub zone: &'a TimeZone,
    /// The study cells.
    pub lattice: &'a Lattice,
    /// Score per cell, the higher the sooner; cells at 0 or below are not listed for their score.
    pub scores: &'a [f64],
    /// Counts per cell in the [`SLICES`](super::kind::SLICES) slices, oldest first.
    pub slices: &'a [Vec<u32>],
    /// The beats.
    pub beats: &'a Beats,
    /// Names of places.
    pub places: &'a Places,
    /// Records of earlier plans, at least of as many nights as may follow one another.
    pub previous: &'a [Record],
}

/// A plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Its date.
    pub date: Date,
    /// The settings it was made by.
    pub settings: PlanSettings,
    /// Shifts by their start.
    pub shifts: Vec<ShiftPlan>,
    /// Study cells with a score that lie in no beat: nobody is sent there.
    pub outside_beats: usize,
}

/// The settings that a reader of a plan has to know.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PlanSettings {
    /// Most cells a beat.
    pub cells_per_beat: u8,
    /// Reports in 364 days that the third and later cells of a beat need.
    pub least_reports: u32,
    /// Minutes to stay.
    pub dwell_minutes: u16,
    /// Minutes within which to come back.
    pub revisit_minutes: u16,
    /// Cap on nights in a row.
    pub nights_in_a_row: u16,
    /// Whether listed cells may touch.
    pub touching: bool,
}

/// A shift.
#[derive(Clone, Debug, PartialEq)]
pub struct ShiftPlan {
    /// Its name.
    pub name: String,
    /// Start, local.
    pub starts: ZonedDateTime,
    /// End, local.
    pub ends: ZonedDateTime,
    /// Visits to each stop: as often as the time to come back fits into the shift, once at least.
    pub visits_planned: u16,
    /// Beats by name, those without reports too.
    pub beats: Vec<BeatPlan>,
}

/// A beat in a shift.
#[derive(Clone, Debug, PartialEq)]
pub struct BeatPlan {
    /// Its name.
    pub name: String,
    /// Stops in the order of visiting.
    pub stops: Vec<Stop>,
    /// Cells held out by lot; never shown to those who patrol.
    pub controls: Vec<Cell>,
    /// Cells that would be listed and rest for a night.
    pub resting: Vec<Cell>,
}

/// A cell to visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// The cell.
    pub cell: Cell,
    /// Place in the order of visiting, from 1.
    pub order: u8,
    /// Place in the beat by score, from 1.
    pub rank: u8,
    /// Name of a place near it, else cell and beat.
    pub place: String,
    /// Chronic or temporary.
    pub kind: Kind,
    /// Its counts.
    pub course: Course,
    /// Score it was ranked by.
    pub score: f64,
    /// Nights in a row with this one.
    pub nights: u16,
    /// Why it is listed beyond the cap, if it is.
    pub overridden: Option<String>,
    /// Why it is listed, in words.
    pub reason: String,
}

impl Plan {
    /// Makes the plan: the same inputs give the same plan.
    pub fn make(inputs: Inputs) -> Self {
        let settings = inputs.settings;
        let choice = Choice {
            settings,
            date: inputs.date,
            lattice: inputs.lattice,
            scores: inputs.scores,
            slices: inputs.slices,
            nights: nights_in_a_row(inputs.previous, inputs.date, settings.nights_in_a_row),
            overrides: settings.overrides_on(inputs.date),
        };
        let beats = inputs.beats.list();
        let mut cells = by_beat(&inputs.beats.of_cells(inputs.lattice), beats.len());
        let outside = cells.pop().unwrap_or_default();
        let chosen: Vec<(&str, Chosen)> = beats
            .iter()
            .zip(&cells)
            .map(|(beat, cells)| (beat.name.as_str(), choice.of_beat(cells)))
            .collect();
        let shifts = settings.sorted_shifts().into_iter();
        Self {
            date: inputs.date,
            settings: PlanSettings {
                cells_per_beat: settings.cells_per_beat,
                least_reports: settings.least_reports,
                dwell_minutes: settings.dwell_minutes,
                revisit_minutes: settings.revisit_minutes,
                nights_in_a_row: settings.nights_in_a_row,
                touching: settings.touching,
            },
            shifts: shifts.map(|shift| inputs.shift(&choice, shift, &chosen)).collect(),
            outside_beats: outside.into_iter().filter(|index| inputs.scores[*index] > 0.0).count(),
        }
    }
}

impl Inputs<'_> {
    fn shift(&self, choice: &Choice, shift: &Shift, chosen: &[(&str, Chosen)]) -> ShiftPlan {
        let (from, to) = shift.on(self.date);
        let (starts, ends) = (self.local(from), self.local(to));
        let minutes = ends.timestamp().duration_since(starts.timestamp()).as_mins();
        let visits = (minutes / i64::from(self.settings.revisit_minutes)).max(1);
        let beats = chosen.iter().map(|(name, chosen)| self.beat(choice, shift, name, chosen));
        ShiftPlan {
            name: shift.name.clone(),
            beats: beats.collect(),
            starts,
            ends,
            visits_planned: visits as u16,
        }
    }

    /// An instant of local time. One that a change of the clocks leaves out moves on, of two the first counts.
    fn local(&self, at: DateTime) -> ZonedDateTime {
        self.zone.to_zoned_datetime(at).expect("plans are far from the ends of the calendar")
    }

    fn beat(&self, choice: &Choice, shift: &Shift, name: &str, chosen: &Chosen) -> BeatPlan {
        let mut picks: Vec<(u8, Pick)> = (1..).zip(chosen.picks.iter().copied()).collect();
        let date = self.date.to_string();
        drawn_by(&[&self.settings.seed, "order", &date, &shift.name, name]).shuffle(&mut picks);
        let stops = (1..).zip(picks).map(|(order, (rank, pick))| self.stop(choice, name, order, rank, pick));
        let cells = |indices: &[usize]| indices.iter().map(|index| self.lattice.cells()[*index]).collect();
        BeatPlan {
            name: name.to_owned(),
            stops: stops.collect(),
            controls: cells(&chosen.controls),
            resting: cells(&chosen.resting),
        }
    }

    fn stop(&self, choice: &Choice, beat: &str, order: u8, rank: u8, pick: Pick) -> Stop {
        let cell = self.lattice.cells()[pick.index];
        let geohash = &self.lattice.names()[pick.index];
        let course = Course::of(self.slices, pick.index);
        let place = self.places.name(cell, self.settings.places_within_m.into());
        let cap = self.settings.nights_in_a_row;
        let override_reason = choice.overrides.get(geohash.as_str()).filter(|_| pick.why == Why::Override);
        let reason = match (pick.why, override_reason) {
            (Why::StandIn, _) => {
                format!("{}; stands in for a place nearby that rests after {cap} nights", course.words())
            }
            (_, Some(reason)) => format!("{}; listed beyond {cap} nights: {reason}", course.words()),
            _ => course.words(),
        };
        Stop {
            cell,
            order,
            rank,
            place: place.unwrap_or_else(|| format!("cell {geohash}, beat {beat}")),
            kind: course.kind(),
            course,
            score: self.scores[pick.index],
            // An overridden row goes on beyond what was looked back for.
            nights: choice.nights_before(pick.index) + 1,
            overridden: override_reason.map(|reason| (*reason).to_owned()),
            reason,
        }
    }
}
