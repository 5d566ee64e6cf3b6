//! Which cells of a beat are listed: the best ones, less what is held out by lot and what rests.
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::draw::drawn_by;
use super::kind::Course;
use super::settings::Settings;
use crate::lattice::Lattice;

/// So many cells a beat are listed however few their reports: fewer cannot be visited in an order nobody can learn.
const AT_LEAST: usize = 2;

/// What one choice is made from, the same for every beat.
pub(super) struct Choice<'a> {
    pub(super) settings: &'a Settings,
    pub(super) date: Date,
    pub(super) lattice: &'a Lattice,
    pub(super) scores: &'a [f64],
    /// Counts per cell in the slices.
    pub(super) slices: &'a [Vec<u32>],
    /// Nights in a row up to yesterday on which a cell was listed.
    pub(super) nights: BTreeMap<&'a str, u16>,
    /// Reasons to list a cell beyond the cap.
    pub(super) overrides: BTreeMap<&'a str, &'a str>,
}

/// The cells of one beat.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Chosen {
    /// Listed, best first.
    pub(super) picks: Vec<Pick>,
    /// Held out.
    pub(super) controls: Vec<usize>,
    /// Left out for a night.
    pub(super) resting: Vec<usize>,
}

/// One listed cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pick {
    pub(super) index: usize,
    pub(super) why: Why,
}

/// Why a cell is listed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Why {
    /// By its score.
    Score,
    /// By its score, beyond the cap.
    Override,
    /// Every cell with reports rests: it lies where their scores add up.
    StandIn,
}

impl Choice<'_> {
    /// Chooses among the `cells` of a beat (positions in the lattice, ascending). Cells are taken by score, ties by
    /// geohash; from the third on only those with enough reports. A control takes its place like a listed cell, so that nothing that touches it is patrolled either.
    pub(super) fn of_beat(&self, cells: &[usize]) -> Chosen {
        let mut ranked: Vec<usize> = cells.iter().copied().filter(|i| self.scores[*i] > 0.0).collect();
        ranked.sort_by(|a, b| self.scores[*b].total_cmp(&self.scores[*a]).then(a.cmp(b)));
        let has_reports = !ranked.is_empty();
        let mut chosen = Chosen::default();
        let mut taken: Vec<usize> = Vec::new();
        for index in ranked {
            if chosen.picks.len() == usize::from(self.settings.cells_per_beat) {
                break;
            }
            if chosen.picks.len() >= AT_LEAST && !self.has_enough(index) {
                continue;
            }
            if !self.settings.touching && taken.iter().any(|other| self.touch(*other, index)) {
                continue;
            }
            if self.is_capped(index) && !self.is_overridden(index) {
                chosen.resting.push(index);
                continue;
            }
            if self.is_control(index) {
                chosen.controls.push(index);
            } else {
                let why = if self.is_capped(index) { Why::Override } else { Why::Score };
                chosen.picks.push(Pick { index, why });
            }
            taken.push(index);
        }
        if has_reports && chosen.picks.is_empty() {
            self.fill(cells, &mut chosen);
        }
        chosen
    }

    /// A beat with reports is not left without a place to go: its best control is let go, else a cell stands in
    /// for those that rest.
    fn fill(&self, cells: &[usize], chosen: &mut Chosen) {
        let may = |index: &usize| !self.is_capped(*index) || self.is_overridden(*index);
        if chosen.controls.is_empty() {
            let around =
                |index: usize| self.lattice.neighbourhood(index).map(|near| self.scores[near]).sum::<f64>();
            let best = cells.iter().copied().filter(may).min_by(|a, b| {
                let lot = self.is_control(*a).cmp(&self.is_control(*b));
                lot.then(around(*b).total_cmp(&around(*a))).then(a.cmp(b))
            });
            chosen.picks.extend(best.map(|index| Pick { index, why: Why::StandIn }));
        } else {
            let index = chosen.controls.remove(0);
            chosen.picks.push(Pick { index, why: Why::Score });
        }
    }

    /// How many nights in a row the cell was listed up to yesterday.
    pub(super) fn nights_before(&self, index: usize) -> u16 {
        self.nights.get(self.name(index)).copied().unwrap_or_default()
    }

    fn is_capped(&self, index: usize) -> bool {
        self.nights_before(index) >= self.settings.nights_in_a_row
    }

    fn has_enough(&self, index: usize) -> bool {
        Course::of(self.slices, index).reports >= self.settings.least_reports
    }

    fn is_overridden(&self, index: usize) -> bool {
        self.overrides.contains_key(self.name(index))
    }

    /// Whether the lot made the cell a control for the stretch of days that the date lies in. What somebody wants
    /// patrolled by an override is not held out.
    fn is_control(&self, index: usize) -> bool {
        if self.is_overridden(index) {
            return false;
        }
        let days = self.date.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days());
        let stretch = days.div_euclid(i32::from(self.settings.control_days)).to_string();
        let mut draw = drawn_by(&[&self.settings.seed, "control", &stretch, self.name(index)]);
        draw.below(100) < usize::from(self.settings.control_percent)
    }

    /// Whether two cells share an edge or a corner.
    fn touch(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.lattice.cells()[a], self.lattice.cells()[b]);
        a.column().abs_diff(b.column()) <= 1 && a.row().abs_diff(b.row()) <= 1
    }

    fn name(&self, index: usize) -> &str {
        &self.lattice.names()[index]
    }
}

/// Positions of cells by beat; the last list holds those of no beat.
pub(super) fn by_beat(of_cells: &[Option<usize>], beats: usize) -> Vec<Vec<usize>> {
    let mut lists = vec![Vec::new(); beats + 1];
    for (index, beat) in of_cells.iter().enumerate() {
        lists[beat.unwrap_or(beats)].push(index);
    }
    lists
}
