//! A city in TOML: which files hold what, what is measured, and on which nights. Another city needs no code.
use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hotspot::fact::midnight;
use hotspot::forecast::{Group, Limit, Setting};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;

/// Cities that are tried where none is named.
const SHIPPED: [(&str, &str); 2] = [
    ("philadelphia.toml", include_str!("../../../histories/hotspots/philadelphia.toml")),
    ("portland.toml", include_str!("../../../histories/hotspots/portland.toml")),
];

/// A city.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct City {
    /// Its name in `metrics.json`.
    pub city: String,
    pub title: String,
    pub files: Vec<String>,
    pub boundary: String,
    #[serde(default = "seven")]
    pub precision: u8,
    #[serde(default = "utc")]
    pub zone: String,
    pub origins: String,
    #[serde(default = "two_years")]
    pub tuning_months: i64,
    pub horizons: Vec<i64>,
    pub limits: Vec<Limit>,
    pub columns: Columns,
    pub groups: Vec<Entry>,
    pub published: Option<Published>,
}

/// Names of the columns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    /// With it, the last row of an id stands; without it, every row counts.
    pub id: Option<String>,
    pub at: String,
    pub offence: String,
    pub longitude: String,
    pub latitude: String,
}

/// A group of offences.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub name: String,
    /// Empty means all.
    pub offences: BTreeSet<String>,
    /// PAI of somebody else.
    pub published: Option<f64>,
}

/// Whose figures the groups' `published` are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Published {
    pub label: String,
    /// Origins that they were measured on.
    pub origins: String,
}

fn seven() -> u8 {
    7
}

fn utc() -> String {
    "UTC".to_owned()
}

fn two_years() -> i64 {
    24
}

impl City {
    /// Reads the file at `path`.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// The shipped cities.
    pub(super) fn shipped() -> Result<Vec<Self>> {
        SHIPPED.iter().map(|(name, text)| Self::parse(text).context(*name)).collect()
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let city: Self = toml::from_str(text)?;
        ensure!(!city.files.is_empty(), "files: name at least one CSV file");
        ensure!((1..=63).contains(&city.groups.len()), "groups: give 1 to 63");
        let names: BTreeSet<&str> = city.groups.iter().map(|group| group.name.as_str()).collect();
        ensure!(names.len() == city.groups.len(), "groups: two have the same name");
        ensure!((5..=8).contains(&city.precision), "precision: must be 5 to 8");
        ensure!(city.tuning_months >= 1, "tuning_months: must be 1 or more; 24 is usual");
        ensure!(
            !city.horizons.is_empty() && city.horizons.iter().all(|days| *days >= 1),
            "horizons: give days, as in [30, 7]"
        );
        let sound = |limit: &Limit| match limit {
            Limit::Fraction(share) => *share > 0.0 && *share <= 1.0,
            Limit::SquareMiles(miles) => *miles > 0.0,
        };
        ensure!(
            !city.limits.is_empty() && city.limits.iter().all(sound),
            "limits: give {{ fraction = 0.01 }} or {{ square_miles = 0.25 }}"
        );
        city.origins()?;
        Ok(city)
    }

    /// Whether every file lies in `folder`.
    pub(super) fn is_in(&self, folder: &Path) -> bool {
        self.files.iter().chain([&self.boundary]).all(|file| folder.join(file).is_file())
    }

    /// The nights that are measured, a month apart each.
    pub(super) fn origins(&self) -> Result<Vec<Timestamp>> {
        let bad = || format!("origins: {}: give first..last, as in 2024-01-01..2024-12-01", self.origins);
        let (first, last) = self.origins.split_once("..").unwrap_or((&self.origins, &self.origins));
        let (first, last): (Date, Date) =
            (first.trim().parse().with_context(bad)?, last.trim().parse().with_context(bad)?);
        let every = |month: i64| first.saturating_add(month.months());
        let days: Vec<Date> = (0..1_200).map(every).take_while(|day| *day <= last).collect();
        ensure!(!days.is_empty(), bad());
        Ok(days.into_iter().map(midnight).collect())
    }

    /// The earlier nights that the method is chosen on: those of the months before whose window ends at or before
    /// `first`, with a year of events or more behind them.
    pub(super) fn tuning(&self, first: Timestamp, data_from: Timestamp) -> Vec<Timestamp> {
        let day = hotspot::fact::utc_day(first);
        let back = (1..=self.tuning_months + 12).rev().map(|month| day.saturating_sub(month.months()));
        let closed = |origin: &Date| origin.saturating_add(self.horizons[0].days()) <= day;
        let known = |origin: &Date| midnight(origin.saturating_sub(365.days())) >= data_from;
        let origins: Vec<Date> = back.filter(closed).filter(known).collect();
        let skip = origins.len().saturating_sub(self.tuning_months as usize);
        origins.into_iter().skip(skip).map(midnight).collect()
    }

    /// What is measured, the first horizon with the first limit first.
    pub(super) fn settings(&self) -> Vec<Setting> {
        let of = |horizon_days: &i64| {
            let horizon_days = *horizon_days;
            self.limits.iter().map(move |limit| Setting { horizon_days, limit: *limit })
        };
        self.horizons.iter().flat_map(of).collect()
    }

    pub(super) fn groups(&self) -> Vec<Group> {
        let of = |entry: &Entry| Group { name: entry.name.clone(), offences: entry.offences.clone() };
        self.groups.iter().map(of).collect()
    }

    /// Whose figure stands beside ours, and the figure, where it belongs to these origins.
    pub(super) fn beside(&self, group: usize) -> Option<(&str, f64)> {
        let published = self.published.as_ref().filter(|published| published.origins == self.origins)?;
        Some((&published.label, self.groups[group].published?))
    }
}

/// A setting in words.
pub(super) fn words(setting: &Setting) -> String {
    let area = match setting.limit {
        Limit::Fraction(share) => format!("{} % of the cells", share * 100.0),
        Limit::SquareMiles(miles) => format!("{miles} square miles"),
    };
    format!("{} days, {area}", setting.horizon_days)
}
