//! A department of any size with years of personnel history, fitted to what was measured on Chicago 2008-2013 data:
//! means, zeros, concentration, stability, seasons, lags, findings, tenure, districts, transfers. What is planted is
//! written down as truth. Collisions, pursuits, sick leave, training and praise have no public source: judged rates.
//!
//! The same seed gives the same bytes on every platform, as for the rest of the sample city.
mod careers;
mod chart;
mod conduct;
mod files;
mod work;

use std::path::Path;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use careers::Person;
use conduct::Report;
use work::{Course, Duty, Praise};

use super::random::Random;

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Department {
    /// Everything random follows from it.
    pub seed: u64,
    /// Seats for sworn officers, at least [`FEWEST`]. On the last day some are on leave, and some who left are back.
    pub officers: usize,
    /// Years of history.
    pub years: i64,
    /// The last day of history.
    pub last_day: Date,
}

/// A smaller department has no place for every rank.
pub const FEWEST: usize = 60;

/// What is known of one officer or event, because it was planted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Truth {
    subject: String,
    kind: &'static str,
    detail: String,
}

/// Everything that happened, known or not by the last day.
pub(super) struct History {
    pub(super) people: Vec<Person>,
    pub(super) reports: Vec<Report>,
    duty: Vec<Duty>,
    praise: Vec<Praise>,
    courses: Vec<Course>,
    truth: Vec<Truth>,
}

impl Department {
    /// Writes the folder that `precinct import personnel` reads, and `truth.csv` beside it; the number of rows.
    pub fn write(&self, folder: &Path) -> anyhow::Result<usize> {
        anyhow::ensure!(self.officers >= FEWEST, "--officers must be at least {FEWEST}");
        anyhow::ensure!((1..=20).contains(&self.years), "--years must be 1 to 20");
        files::write(self, &self.history(), folder)
    }

    pub(super) fn history(&self) -> History {
        let mut truth = Vec::new();
        let people = careers::people(self, &mut truth);
        let mut reports = conduct::reports(self, &people);
        conduct::plant(self, &people, &mut reports, &mut truth);
        let mut duty = work::duty(self, &people);
        work::mistype(self, &mut duty, &people, &mut truth);
        let (praise, courses) = (work::praise(self, &people), work::courses(self, &people));
        History { people, reports, duty, praise, courses, truth }
    }

    /// The first day of history.
    pub(super) fn first_day(&self) -> Date {
        self.last_day.saturating_sub(Span::new().years(self.years)).saturating_add(1.day())
    }

    /// First days of all months that begin in the span.
    fn months(&self) -> impl Iterator<Item = Date> {
        let first = self.first_day().first_of_month();
        let last = self.last_day;
        (0..)
            .map(move |month| first.saturating_add(Span::new().months(month)))
            .take_while(move |day| *day <= last)
    }

    fn random(&self, name: &str) -> Random {
        Random::new(self.seed, &format!("department-{name}"))
    }
}

#[cfg(test)]
mod tests;
