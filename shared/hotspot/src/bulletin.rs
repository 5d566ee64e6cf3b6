//! The statistics page of the chief and the council: incidents and clearances by beat and category over 7 and 28 days
//! and the year so far, each against the same time before, and what is wrong with the data they come from.
//!
//! Whole days of the agency's zone. It counts everything that was reported, with or without a position, and shows
//! small counts: it is for the department, not for the portal.
use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Span;
use jiff::civil::{Date, date};

/// Stands for every beat, or every category.
pub const ALL: &str = "all";
/// The beat of what has no position, or one in no beat.
pub const NO_BEAT: &str = "no beat";
/// Below so many a year before, a change in percent says more about chance than about crime.
pub const FEWEST_TO_COMPARE: u32 = 10;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Reported incidents, by the day they began.
    Incidents,
    /// Clearances by arrest or exceptional means, by their own day, whenever the incident was.
    Clearances,
    /// Data quality: incidents without a position.
    NoPosition,
    /// Data quality: incidents outside the study area.
    OutsideArea,
    /// Data quality: incidents of an offence that the settings do not list.
    UnmappedOffence,
    /// Left out by the settings: found by officers, not reported.
    OfficerInitiated,
}

impl Measure {
    /// Every measure, in the order of the page.
    pub const ALL: [Self; 6] = [
        Self::Incidents,
        Self::Clearances,
        Self::NoPosition,
        Self::OutsideArea,
        Self::UnmappedOffence,
        Self::OfficerInitiated,
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Clearances => "clearances",
            Self::NoPosition => "no_position",
            Self::OutsideArea => "outside_area",
            Self::UnmappedOffence => "unmapped_offence",
            Self::OfficerInitiated => "officer_initiated",
        }
    }
}

/// Counts of one line: each period and the one it is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The last 7 days.
    pub week: u32,
    /// The 7 before.
    pub week_before: u32,
    /// The last 28 days.
    pub month: u32,
    /// The 28 before.
    pub month_before: u32,
    /// This year so far.
    pub year: u32,
    /// Last year until the same day.
    pub year_before: u32,
}

impl Line {
    /// Change of the year so far against last year in percent, where last year has enough to compare.
    pub fn change_percent(&self) -> Option<f64> {
        let base = f64::from(self.year_before);
        (self.year_before >= FEWEST_TO_COMPARE).then(|| 100.0 * (f64::from(self.year) - base) / base)
    }
}

/// The page in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulletin {
    /// The first day that is not counted: the day of the run.
    pub date: Date,
    lines: BTreeMap<(Measure, String, String), Line>,
}

/// Columns of the text form.
pub const COLUMNS: &str = "measure,beat,category,last_7_days,previous_7_days,last_28_days,previous_28_days,\
year_to_date,last_year_to_date,change_percent";

impl Bulletin {
    /// Nothing counted yet, for the days before `date`.
    pub fn new(date: Date) -> Self {
        Self { date, lines: BTreeMap::new() }
    }

    /// The first day that any line counts.
    pub fn first_day(&self) -> Date {
        let last_year = start_of_year(self.last_day()).saturating_sub(Span::new().years(1));
        last_year.min(self.back(56))
    }

    /// Counts one of `measure` on `day`, in the lines of its beat and category and of all of them.
    pub fn add(&mut self, measure: Measure, beat: &str, category: &str, day: Date) {
        if day >= self.date || day < self.first_day() {
            return;
        }
        // A department without beats has one that is called like all of them.
        let beats = [beat, ALL].into_iter().take(if beat == ALL { 1 } else { 2 });
        for beat in beats {
            for category in [category, ALL] {
                let periods = self.periods(day);
                let line = self.lines.entry((measure, beat.to_owned(), category.to_owned())).or_default();
                let counts = [
                    &mut line.week,
                    &mut line.week_before,
                    &mut line.month,
                    &mut line.month_before,
                    &mut line.year,
                    &mut line.year_before,
                ];
                counts.into_iter().zip(periods).for_each(|(count, inside)| *count += u32::from(inside));
            }
        }
    }

    /// The line of a measure in a beat and category; zeros where nothing was counted.
    pub fn line(&self, measure: Measure, beat: &str, category: &str) -> Line {
        self.lines.get(&(measure, beat.to_owned(), category.to_owned())).copied().unwrap_or_default()
    }

    /// Names of the beats with anything counted, [`ALL`] first.
    pub fn beats(&self) -> Vec<&str> {
        self.names(|(_, beat, _)| beat)
    }

    /// Names of the categories with anything counted, [`ALL`] first.
    pub fn categories(&self) -> Vec<&str> {
        self.names(|(_, _, category)| category)
    }

    /// The text form, by measure, beat and category.
    pub fn to_csv(&self) -> String {
        let mut text = format!("{COLUMNS}\n");
        for ((measure, beat, category), line) in &self.lines {
            let Line { week, week_before, month, month_before, year, year_before } = line;
            let change = line.change_percent().map(|percent| format!("{percent:.1}")).unwrap_or_default();
            let _ = writeln!(
                text,
                "{},{},{category},{week},{week_before},{month},{month_before},{year},{year_before},{change}",
                measure.word(),
                quoted(beat),
            );
        }
        text
    }

    fn names<'a>(&'a self, of: impl Fn(&'a (Measure, String, String)) -> &'a String) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.lines.keys().map(|key| of(key).as_str()).collect();
        names.sort_unstable_by_key(|name| (*name != ALL, *name));
        names.dedup();
        names
    }

    /// Which periods a day lies in, in the order of [`Line`].
    fn periods(&self, day: Date) -> [bool; 6] {
        let this_year = start_of_year(self.last_day());
        let last_year = this_year.saturating_sub(Span::new().years(1));
        // The 29th of February has no fellow a year before: it is compared with the 28th.
        let same_day = self.last_day().saturating_sub(Span::new().years(1));
        [
            day >= self.back(7),
            (self.back(14)..self.back(7)).contains(&day),
            day >= self.back(28),
            (self.back(56)..self.back(28)).contains(&day),
            day >= this_year,
            (last_year..=same_day).contains(&day),
        ]
    }

    /// The last day counted: on New Year's morning the year so far is the whole old year.
    fn last_day(&self) -> Date {
        self.back(1)
    }

    fn back(&self, days: i64) -> Date {
        self.date.saturating_sub(Span::new().days(days))
    }
}

fn start_of_year(day: Date) -> Date {
    date(day.year(), 1, 1)
}

/// A name as a CSV cell.
fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(date: &str, day: &str, expected: [u32; 6]) {
        let mut bulletin = Bulletin::new(date.parse().unwrap());
        bulletin.add(Measure::Incidents, "1", "theft", day.parse().unwrap());
        let Line { week, week_before, month, month_before, year, year_before } =
            bulletin.line(Measure::Incidents, ALL, ALL);
        assert_eq!([week, week_before, month, month_before, year, year_before], expected);
    }

    #[test]
    fn a_day_counts_in_its_periods() {
        check("2026-07-06", "2026-07-06", [0; 6]);
        check("2026-07-06", "2026-07-05", [1, 0, 1, 0, 1, 0]);
        check("2026-07-06", "2026-06-29", [1, 0, 1, 0, 1, 0]);
        check("2026-07-06", "2026-06-28", [0, 1, 1, 0, 1, 0]);
        check("2026-07-06", "2026-06-07", [0, 0, 0, 1, 1, 0]);
        check("2026-07-06", "2025-07-05", [0, 0, 0, 0, 0, 1]);
        check("2026-07-06", "2025-07-06", [0; 6]);
        check("2026-07-06", "2024-12-31", [0; 6]);
    }

    #[test]
    fn new_years_morning_closes_the_old_year_and_leap_days_have_a_fellow() {
        check("2026-01-01", "2025-12-31", [1, 0, 1, 0, 1, 0]);
        check("2026-01-01", "2024-12-31", [0, 0, 0, 0, 0, 1]);
        check("2024-03-01", "2023-02-28", [0, 0, 0, 0, 0, 1]);
        check("2024-03-01", "2023-03-01", [0; 6]);
    }

    #[test]
    fn a_table_reads_as_expected() {
        let mut bulletin = Bulletin::new(date(2026, 7, 6));
        for day in 1..=12 {
            bulletin.add(Measure::Incidents, "North, upper", "theft", date(2025, 6, day));
            bulletin.add(Measure::Incidents, "North, upper", "theft", date(2026, 6, 2 * day));
        }
        bulletin.add(Measure::Incidents, NO_BEAT, "theft", date(2026, 7, 1));
        bulletin.add(Measure::Clearances, "North, upper", "theft", date(2026, 7, 1));
        bulletin.add(Measure::NoPosition, NO_BEAT, "theft", date(2026, 7, 1));
        insta::assert_snapshot!(bulletin.to_csv(), @r#"
        measure,beat,category,last_7_days,previous_7_days,last_28_days,previous_28_days,year_to_date,last_year_to_date,change_percent
        incidents,"North, upper",all,0,2,9,3,12,12,0.0
        incidents,"North, upper",theft,0,2,9,3,12,12,0.0
        incidents,all,all,1,2,10,3,13,12,8.3
        incidents,all,theft,1,2,10,3,13,12,8.3
        incidents,no beat,all,1,0,1,0,1,0,
        incidents,no beat,theft,1,0,1,0,1,0,
        clearances,"North, upper",all,1,0,1,0,1,0,
        clearances,"North, upper",theft,1,0,1,0,1,0,
        clearances,all,all,1,0,1,0,1,0,
        clearances,all,theft,1,0,1,0,1,0,
        no_position,all,all,1,0,1,0,1,0,
        no_position,all,theft,1,0,1,0,1,0,
        no_position,no beat,all,1,0,1,0,1,0,
        no_position,no beat,theft,1,0,1,0,1,0,
        "#);
        assert_eq!(bulletin.beats(), [ALL, "North, upper", NO_BEAT]);
        assert_eq!(bulletin.categories(), [ALL, "theft"]);
    }

    proptest! {
        #[test]
        fn beats_and_categories_add_up_to_all(days in prop::collection::vec((0i64..800, 0usize..3, 0usize..3), 0..60)) {
            let mut bulletin = Bulletin::new(date(2026, 7, 6));
            for (back, beat, category) in days {
                let day = date(2026, 7, 6).saturating_sub(Span::new().days(back));
                bulletin.add(Measure::Incidents, ["1", "2", NO_BEAT][beat], ["theft", "arson", "fraud"][category], day);
            }
            let line = |beat: &str, category: &str| {
                let Line { week, month, month_before, year, year_before, .. } = bulletin.line(Measure::Incidents, beat, category);
                [week, month, month_before, year, year_before]
            };
            let sum = |lines: Vec<[u32; 5]>| lines.into_iter().fold([0; 5], |sum, line| std::array::from_fn(|i| sum[i] + line[i]));
            prop_assert_eq!(line(ALL, ALL), sum(["1", "2", NO_BEAT].map(|beat| line(beat, ALL)).into()));
            prop_assert_eq!(line(ALL, ALL), sum(["theft", "arson", "fraud"].map(|category| line(ALL, category)).into()));
        }
    }
}
