//! Harm weights: how much an offence counts in the score by harm, from a table with its version and source.
//!
//! No numbers are built in: they are a department's decision. Everything weighs 1 until its table says otherwise.
use std::collections::BTreeMap;

use serde::Deserialize;

/// The section `[harm]` of `hotspots.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Harm {
    /// Version of the table, as its publisher or the department names it.
    pub version: String,
    /// Where the numbers come from.
    pub citation: String,
    /// Weight by offence, as its NIBRS code or the text of the records system, or by category. Letter case does
    /// not matter.
    weights: BTreeMap<String, f64>,
}

impl Harm {
    /// The weight of an offence: its own, else that of its category, else 1.
    pub fn weight(&self, offence: &str, category: &str) -> f64 {
        let listed = |name: &str| self.weights.get(&normal(name)).copied();
        listed(offence).or_else(|| listed(category)).unwrap_or(1.0)
    }

    /// What is wrong with the table: the key, and the reason.
    pub(crate) fn fault(&self) -> Option<(String, &'static str)> {
        if self.version.trim().is_empty() {
            return Some(("harm.version".into(), "must name the version of the table"));
        }
        if self.citation.trim().is_empty() {
            return Some(("harm.citation".into(), "must say where the weights come from"));
        }
        let strange = |weight: &f64| !(weight.is_finite() && (0.0..=1e6).contains(weight));
        let name = self.weights.iter().find(|(_, weight)| strange(weight)).map(|(name, _)| name)?;
        Some((format!("harm.weights.{name}"), "must be 0 or more, and at most a million"))
    }

    /// The same with names in one letter case.
    pub(crate) fn normal(self) -> Self {
        let weights = self.weights.into_iter().map(|(name, weight)| (normal(&name), weight)).collect();
        Self { weights, ..self }
    }
}

fn normal(name: &str) -> String {
    name.trim().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use crate::Settings;

    fn settings(harm: &str) -> Result<Settings, crate::settings::SettingsError> {
        Settings::from_toml(&format!("boundary = \"b\"\n[offences]\n\"220\" = \"burglary\"\n[harm]\n{harm}"))
    }

    #[test]
    fn an_offence_weighs_what_its_code_says_then_its_category_then_one() {
        let text = "version = \"1\"\ncitation = \"made up\"\nweights = { \"09a\" = 50, burglary = 2.5 }";
        let harm = settings(text).unwrap().harm.unwrap();
        for (offence, category, weight) in [
            ("09A", "homicide", 50.0),
            ("220", "burglary", 2.5),
            ("23A", "theft", 1.0),
            ("09A", "burglary", 50.0),
        ] {
            assert_eq!(harm.weight(offence, category), weight, "{offence} {category}");
        }
    }

    #[track_caller]
    fn check(harm: &str, expected: &str) {
        assert_eq!(settings(harm).unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_table_without_source_or_with_a_strange_weight_is_refused() {
        check(
            "version = \"\"\ncitation = \"c\"\nweights = {}",
            "harm.version: must name the version of the table",
        );
        check(
            "version = \"1\"\ncitation = \" \"\nweights = {}",
            "harm.citation: must say where the weights come from",
        );
        check(
            "version = \"1\"\ncitation = \"c\"\nweights = { arson = -1 }",
            "harm.weights.arson: must be 0 or more, and at most a million",
        );
    }
}
