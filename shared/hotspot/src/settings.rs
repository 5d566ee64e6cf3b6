//! `hotspots.toml`: categories, maps, windows, privacy, and the file of the study area.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

use crate::forecast::{Limit, Plan};
use crate::harm::Harm;

/// Name of the map of everything; no map of the settings may take it.
pub const ALL: &str = "all";

/// Category of an offence that the settings do not list. It counts for the department and never for the
/// public, since nobody has said what it is.
pub const UNMAPPED: &str = "unmapped";

/// Category of calls that are no crime, as a noise complaint; they stay in the log and count nowhere.
pub const NOT_CRIME: &str = "not_crime";

/// The file as a whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// GeoJSON file of the study area: a path, relative to the agency folder; `${NAME}` in it is replaced by
    /// whoever opens it.
    pub boundary: String,
    /// Geohash precision of the cells of the internal tables.
    #[serde(default = "seven")]
    pub precision: u8,
    /// Days counted before the origin.
    #[serde(default = "year")]
    pub window_days: u16,
    /// Origins that count: `reported`, and `officer_initiated` where a department insists.
    #[serde(default = "reported")]
    pub origins: BTreeSet<crate::Origin>,
    /// Category by offence or call type; letter case does not matter.
    pub offences: BTreeMap<String, String>,
    /// Maps besides the one of everything: name and categories.
    #[serde(default)]
    pub maps: BTreeMap<String, BTreeSet<String>>,
    /// What the public sees.
    #[serde(default)]
    pub public: Public,
    /// Weights of offences in the score by harm; without it everything weighs 1.
    #[serde(default)]
    pub harm: Option<Harm>,
    /// The patrol plan.
    #[serde(default)]
    pub patrol: crate::patrol::settings::Settings,
    /// How the method that ranks cells is chosen.
    #[serde(default)]
    pub forecast: Plan,
}

/// The public layer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Public {
    /// Smallest count that is shown; smaller ones are banded.
    pub k: u32,
    /// Days before the origin that are left out.
    pub delay_days: u16,
    /// Days counted.
    pub window_days: u16,
    /// Days between two publications: nightly ones could be subtracted from one another.
    pub refresh_days: u16,
    /// Precision of the map of everything.
    pub precision: u8,
    /// Precision of the other maps, and of the cells that stand in for withheld ones.
    pub coarse_precision: u8,
    /// Categories that are removed before anything is counted.
    pub excluded: BTreeSet<String>,
}

impl Default for Public {
    fn default() -> Self {
        Self {
            k: 5,
            delay_days: 7,
            window_days: 365,
            refresh_days: 7,
            precision: 7,
            coarse_precision: 6,
            excluded: ["human_trafficking", "sex_offence", "family_offence"].map(str::to_owned).into(),
        }
    }
}

impl Public {
    /// The first day that an edition of `date` does not count any more.
    pub fn counted_until(&self, date: Date) -> Date {
        date.saturating_sub(Span::new().days(i64::from(self.delay_days)))
    }
}

/// A setting is impossible; the text names the key and the reason.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct SettingsError {
    /// The key in the file.
    pub key: String,
    /// Why it cannot be.
    pub reason: &'static str,
}

fn seven() -> u8 {
    7
}

fn year() -> u16 {
    365
}

fn reported() -> BTreeSet<crate::Origin> {
    [crate::Origin::Reported].into()
}

impl Settings {
    /// Reads and checks the text of the file.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text).map_err(|error| SettingsError {
            key: error.message().to_owned(),
            reason: "the file cannot be read",
        })?;
        settings.check()?;
        Ok(settings.normal())
    }

    /// The category of an offence or call type.
    pub fn category(&self, offence: &str) -> &str {
        self.offences.get(&normal(offence)).map_or(UNMAPPED, String::as_str)
    }

    /// What an offence counts in the score by harm.
    pub fn harm_weight(&self, offence: &str) -> f64 {
        self.harm.as_ref().map_or(1.0, |harm| harm.weight(offence, self.category(offence)))
    }

    /// Every category of the file and [`UNMAPPED`], sorted.
    pub fn categories(&self) -> Vec<&str> {
        let mut names: BTreeSet<&str> = self.offences.values().map(String::as_str).collect();
        names.insert(UNMAPPED);
        names.into_iter().collect()
    }

    /// The maps: everything first, then by name. Categories of the map of everything are not listed.
    pub fn maps(&self) -> impl Iterator<Item = (&str, Option<&BTreeSet<String>>)> {
        let named = self.maps.iter().map(|(name, categories)| (name.as_str(), Some(categories)));
        std::iter::once((ALL, None)).chain(named)
    }

    /// Whether the public may see anything of a category.
    pub fn is_public(&self, category: &str) -> bool {
        category != UNMAPPED && category != NOT_CRIME && !self.public.excluded.contains(category)
    }

    fn normal(mut self) -> Self {
        self.offences =
            self.offences.into_iter().map(|(offence, category)| (normal(&offence), category)).collect();
        self.harm = self.harm.map(Harm::normal);
        self
    }

    fn check(&self) -> Result<(), SettingsError> {
        let public = &self.public;
        let known: BTreeSet<&String> = self.offences.values().chain(&public.excluded).collect();
        let names = self.maps.keys().chain(self.offences.values());
        let forecast = &self.forecast;
        let share = match forecast.limit {
            Limit::Fraction(share) => share > 0.0 && share <= 1.0,
            Limit::SquareMiles(miles) => miles > 0.0,
        };
        let rules = [
            (!share, "forecast.limit", "must be { fraction = 0.01 } or { square_miles = 0.25 }, above 0"),
            (forecast.horizon_days == 0, "forecast.horizon_days", "must be 1 or more; 30 is usual"),
            (forecast.recheck_days == 0, "forecast.recheck_days", "must be 1 or more; 30 is usual"),
            (self.boundary.is_empty(), "boundary", "must name a GeoJSON file"),
            (!(5..=8).contains(&self.precision), "precision", "must be 5 to 8"),
            (self.window_days == 0, "window_days", "must be 1 or more"),
            (self.origins.is_empty(), "origins", "must list at least one origin"),
            (self.offences.is_empty(), "offences", "must list the offences of the department"),
            (self.maps.contains_key(ALL), "maps", "the map `all` is always made; give yours another name"),
            (!names.clone().all(|name| is_name(name)), "offences and maps", "names take a-z, 0-9 and _ only"),
            (public.k < 5, "public.k", "must be 5 or more: smaller counts point at persons"),
            (
                public.window_days < 365,
                "public.window_days",
                "must be 365 or more: shorter windows leave only small counts",
            ),
            (public.refresh_days == 0, "public.refresh_days", "must be 1 or more; 7 is usual"),
            (!(5..=8).contains(&public.precision), "public.precision", "must be 5 to 8"),
            (
                !(4..public.precision).contains(&public.coarse_precision),
                "public.coarse_precision",
                "must be coarser than public.precision",
            ),
        ];
        for (wrong, key, reason) in rules {
            if wrong {
                return Err(SettingsError { key: key.into(), reason });
            }
        }
        if let Some((key, reason)) = self.harm.as_ref().and_then(Harm::fault) {
            return Err(SettingsError { key, reason });
        }
        self.patrol.check(self.precision)?;
        let strange = |(name, categories): (&String, &BTreeSet<String>)| {
            categories.iter().find(|category| !known.contains(category)).map(|_| format!("maps.{name}"))
        };
        let reason = "names a category that no offence has";
        self.maps.iter().find_map(strange).map_or(Ok(()), |key| Err(SettingsError { key, reason }))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn normal(offence: &str) -> String {
    offence.trim().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "boundary = \"b.geojson\"\n[offences]\nLarceny = \"theft\"\nRape = \"sex_offence\"\n";

    #[test]
    fn offences_are_found_in_any_case_and_others_are_unmapped_and_private() {
        let settings = Settings::from_toml(SMALL).unwrap();
        assert_eq!(settings.category(" LARCENY"), "theft");
        assert_eq!(settings.category("Loitering"), UNMAPPED);
        assert!(
            settings.is_public("theft")
                && !settings.is_public("sex_offence")
                && !settings.is_public(UNMAPPED)
        );
        assert_eq!(settings.categories(), ["sex_offence", "theft", "unmapped"]);
    }

    #[track_caller]
    fn check(change: &str, expected: &str) {
        let text = change.split_once('=').map_or(String::new(), |_| format!("{change}\n{SMALL}"));
        assert_eq!(Settings::from_toml(&text).unwrap_err().to_string(), expected);
    }

    #[test]
    fn an_impossible_setting_is_named() {
        check("precision = 12", "precision: must be 5 to 8");
        check("public.k = 4", "public.k: must be 5 or more: smaller counts point at persons");
        check(
            "public.coarse_precision = 7",
            "public.coarse_precision: must be coarser than public.precision",
        );
        check("forecast.horizon_days = 0", "forecast.horizon_days: must be 1 or more; 30 is usual");
        check(
            "forecast.limit.fraction = 0.0",
            "forecast.limit: must be { fraction = 0.01 } or { square_miles = 0.25 }, above 0",
        );
        check("maps.all = []", "maps: the map `all` is always made; give yours another name");
        check("maps.violent = [\"robbery\"]", "maps.violent: names a category that no offence has");
        check("maps.\"../x\" = [\"theft\"]", "offences and maps: names take a-z, 0-9 and _ only");
    }
}
