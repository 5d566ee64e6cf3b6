//! `[patrol]` of `hotspots.toml`: beats, shifts, how many cells, and the safeguards.
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Deserializer};

use crate::Cell;
use crate::settings::SettingsError;

/// What a plan is made by. Every key has a default: a department without the table gets one beat and three shifts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// GeoJSON file of the beats, in the agency folder; without one the whole area is one beat.
    pub beats: Option<String>,
    /// Property of a beat's feature that holds its name.
    pub beat_property: String,
    /// CSV file of place names (`name,longitude,latitude`), in the agency folder.
    pub places: Option<String>,
    /// How far a place may be from a cell's centre to lend it its name, in metres.
    pub places_within_m: u16,
    /// Most cells listed for a beat and shift.
    pub cells_per_beat: u8,
    /// Reports in 364 days that a cell needs to be listed as the third or a later one of its beat.
    pub least_reports: u32,
    /// Minutes to stay.
    pub dwell_minutes: u16,
    /// Minutes within which to come back.
    pub revisit_minutes: u16,
    /// Whether two listed cells of a beat may share an edge or a corner.
    pub touching: bool,
    /// Most nights in a row on which a cell may be listed; then it rests for one.
    pub nights_in_a_row: u16,
    /// Share of eligible cells held out as unpatrolled controls, in percent.
    pub control_percent: u8,
    /// Days for which a drawn control stays one.
    pub control_days: u16,
    /// Word that everything drawn by lot follows from.
    pub seed: String,
    /// Shifts of a day.
    pub shifts: Vec<Shift>,
    /// Cells that may be listed beyond [`Settings::nights_in_a_row`], each with its reason.
    pub overrides: Vec<Override>,
}

/// A shift in the department's local time. One that ends at or before its start ends on the next day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Its name, as it is spoken at roll call.
    pub name: String,
    /// Start, as `"07:00"`.
    #[serde(deserialize_with = "clock")]
    pub start: Time,
    /// End, as `"15:00"`.
    #[serde(deserialize_with = "clock")]
    pub end: Time,
}

/// A person's decision to list a cell beyond the cap. It is written into every plan that uses it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The cell.
    pub geohash: String,
    /// Last date on which it holds.
    pub until: Date,
    /// Why.
    pub reason: String,
}

impl Default for Settings {
    fn default() -> Self {
        let shift = |name: &str, start, end| Shift {
            name: name.into(),
            start: Time::constant(start, 0, 0, 0),
            end: Time::constant(end, 0, 0, 0),
        };
        Self {
            beats: None,
            beat_property: "name".into(),
            places: None,
            places_within_m: 250,
            cells_per_beat: 5,
            least_reports: 6,
            dwell_minutes: 15,
            revisit_minutes: 120,
            touching: false,
            nights_in_a_row: 7,
            control_percent: 10,
            control_days: 28,
            seed: "patrol".into(),
            shifts: vec![shift("day", 7, 15), shift("evening", 15, 23), shift("night", 23, 7)],
            overrides: Vec::new(),
        }
    }
}

impl Shift {
    /// Start and end of the shift that begins on `date`, in local time.
    pub fn on(&self, date: Date) -> (DateTime, DateTime) {
        let last = if self.end <= self.start { date.tomorrow().unwrap_or(date) } else { date };
        (date.to_datetime(self.start), last.to_datetime(self.end))
    }
}

impl Settings {
    /// The shifts by their start, then by name.
    pub fn sorted_shifts(&self) -> Vec<&Shift> {
        let mut shifts: Vec<&Shift> = self.shifts.iter().collect();
        shifts.sort_by(|a, b| (a.start, &a.name).cmp(&(b.start, &b.name)));
        shifts
    }

    /// Reasons by cell of the overrides that hold on `date`. Of two for one cell the one that holds longer counts.
    pub fn overrides_on(&self, date: Date) -> BTreeMap<&str, &str> {
        let mut sorted: Vec<&Override> = self.overrides.iter().filter(|one| date <= one.until).collect();
        sorted.sort_by(|a, b| (a.until, &a.reason).cmp(&(b.until, &b.reason)));
        sorted.into_iter().map(|one| (one.geohash.as_str(), one.reason.as_str())).collect()
    }

    /// Whether everything is possible; `precision` is that of the cells.
    pub fn check(&self, precision: u8) -> Result<(), SettingsError> {
        let names: BTreeSet<&String> = self.shifts.iter().map(|shift| &shift.name).collect();
        let strange =
            |one: &Override| Cell::named(&one.geohash).ok().is_none_or(|cell| cell.precision() != precision);
        let rules = [
            (!(2..=5).contains(&self.cells_per_beat), "cells_per_beat", "must be 2 to 5"),
            (!(5..=60).contains(&self.dwell_minutes), "dwell_minutes", "must be 5 to 60; 15 is usual"),
            (
                self.revisit_minutes < 2 * self.dwell_minutes || self.revisit_minutes > 480,
                "revisit_minutes",
                "must be twice dwell_minutes or more, and 480 or less; 120 is usual",
            ),
            (self.nights_in_a_row == 0 || self.nights_in_a_row > 28, "nights_in_a_row", "must be 1 to 28"),
            (self.control_percent > 50, "control_percent", "must be 50 or less; 0 holds out none"),
            (self.control_days == 0, "control_days", "must be 1 or more; 28 is usual"),
            (self.shifts.is_empty(), "shifts", "must list at least one shift"),
            (names.len() < self.shifts.len(), "shifts", "each shift needs a name of its own"),
            (!names.iter().all(|name| is_shift_name(name)), "shifts", "names take a-z, 0-9, _ and - only"),
            (
                self.overrides.iter().any(|one| one.reason.trim().is_empty()),
                "overrides",
                "each needs a reason: it is printed in the plan",
            ),
            (self.overrides.iter().any(strange), "overrides", "geohash must be a cell of `precision`"),
        ];
        rules
            .into_iter()
            .find(|(wrong, ..)| *wrong)
            .map_or(Ok(()), |(_, key, reason)| Err(SettingsError { key: format!("patrol.{key}"), reason }))
    }
}

/// A shift's name stands in addresses and file names.
fn is_shift_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    !name.is_empty() && name.len() <= 32 && name.bytes().all(plain)
}

fn clock<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| serde::de::Error::custom("a shift's start and end are times such as \"07:00\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(text: &str) -> Result<Settings, String> {
        let settings: Settings = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        settings.check(7).map_err(|error| error.to_string())?;
        Ok(settings)
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(read(text).unwrap_err(), expected);
    }

    #[test]
    fn an_impossible_setting_is_named() {
        check("cells_per_beat = 6", "patrol.cells_per_beat: must be 2 to 5");
        check("shifts = []", "patrol.shifts: must list at least one shift");
        check(
            "[[shifts]]\nname = \"Late Shift\"\nstart = \"15:00\"\nend = \"23:00\"",
            "patrol.shifts: names take a-z, 0-9, _ and - only",
        );
        check(
            "[[shifts]]\nname = \"late\"\nstart = \"3 pm\"\nend = \"23:00\"",
            "a shift's start and end are times such as \"07:00\"",
        );
        check(
            "[[overrides]]\ngeohash = \"cbqd0jq\"\nuntil = \"2026-08-01\"\nreason = \" \"",
            "patrol.overrides: each needs a reason: it is printed in the plan",
        );
        check(
            "[[overrides]]\ngeohash = \"cbqd\"\nuntil = \"2026-08-01\"\nreason = \"a feud\"",
            "patrol.overrides: geohash must be a cell of `precision`",
        );
    }

    #[test]
    fn a_night_shift_ends_on_the_next_day_and_shifts_go_by_their_start() {
        let settings = read("").unwrap();
        let shifts = settings.sorted_shifts();
        assert_eq!(
            shifts.iter().map(|shift| shift.name.as_str()).collect::<Vec<_>>(),
            ["day", "evening", "night"]
        );
        let (from, to) = shifts[2].on(date(2026, 7, 31));
        assert_eq!(
            (from.to_string(), to.to_string()),
            ("2026-07-31T23:00:00".into(), "2026-08-01T07:00:00".into())
        );
    }

    #[test]
    fn an_override_holds_until_its_last_date_and_the_longer_one_counts() {
        let settings = read(
            "[[overrides]]\ngeohash = \"cbqd0jq\"\nuntil = \"2026-08-02\"\nreason = \"long\"\n\
             [[overrides]]\ngeohash = \"cbqd0jq\"\nuntil = \"2026-08-01\"\nreason = \"short\"",
        )
        .unwrap();
        assert_eq!(settings.overrides_on(date(2026, 8, 1)).get("cbqd0jq"), Some(&"long"));
        assert!(settings.overrides_on(date(2026, 8, 3)).is_empty());
    }
}
