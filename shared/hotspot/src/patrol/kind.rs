//! Chronic or temporary, from the thirteen 28-day slices of the space-time classes (docs/hotspots.md).
use serde::{Deserialize, Serialize};

pub use crate::spacetime::{SLICE_DAYS, SLICES};

/// The last of them that count as recent: ceil(.2 x 13), as in the space-time classes.
pub const RECENT: usize = 3;
/// Of the ten older slices, so many with a report make a cell chronic.
pub const CHRONIC_FROM: usize = 5;

/// How long a place has been one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// There were reports in half or more of the older slices: worth a lasting answer besides patrol.
    Chronic,
    /// The place came up lately.
    Temporary,
}

/// What a cell's slices say, in counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Reports in all slices (364 days).
    pub reports: u32,
    /// Reports in the recent slices (84 days).
    pub recent: u32,
    /// Older slices with a report.
    pub occupied: usize,
}

impl Course {
    /// The course of one cell; `slices` oldest first, each with one count per cell.
    pub fn of(slices: &[Vec<u32>], index: usize) -> Self {
        let counts: Vec<u32> = slices.iter().map(|slice| slice[index]).collect();
        let (older, recent) = counts.split_at(counts.len().saturating_sub(RECENT));
        Self {
            reports: counts.iter().sum(),
            recent: recent.iter().sum(),
            occupied: older.iter().filter(|count| **count > 0).count(),
        }
    }

    /// Chronic where half or more of the older slices hold a report, else temporary.
    ///
    /// Occurrence per slice instead of the significance of Gi* per slice: the classes test a neighbourhood against
    /// the city, and on sparse categories nearly every test of a slice fails, whatever the history of the cell.
    pub fn kind(self) -> Kind {
        if self.occupied >= CHRONIC_FROM { Kind::Chronic } else { Kind::Temporary }
    }

    /// The same in words for roll call.
    pub fn words(self) -> String {
        let Self { reports, recent, occupied } = self;
        let plural = if reports == 1 { "report" } else { "reports" };
        format!(
            "{reports} {plural} in 52 weeks, {recent} in the last 12; earlier in {occupied} of 10 four-week periods"
        )
    }
}

impl Kind {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Chronic => "chronic",
            Self::Temporary => "temporary",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counts: [u32; SLICES], kind: Kind, words: &str) {
        let slices: Vec<Vec<u32>> = counts.iter().map(|count| vec![*count]).collect();
        let course = Course::of(&slices, 0);
        assert_eq!((course.kind(), course.words().as_str()), (kind, words));
    }

    #[test]
    fn a_place_is_chronic_by_its_older_slices_alone() {
        check(
            [1, 0, 2, 0, 1, 0, 1, 0, 3, 0, 0, 0, 0],
            Kind::Chronic,
            "8 reports in 52 weeks, 0 in the last 12; earlier in 5 of 10 four-week periods",
        );
        check(
            [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 9, 9, 9],
            Kind::Temporary,
            "31 reports in 52 weeks, 27 in the last 12; earlier in 4 of 10 four-week periods",
        );
    }
}
