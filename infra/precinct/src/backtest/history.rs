//! Which files hold what: an agency describes its export in TOML and needs no code.
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use eis::Ruleset;
use eis::event::Finding;
use jiff::civil::Date;
use serde::Deserialize;

/// The history that is used where none is named.
const CHICAGO: &str = include_str!("../../histories/chicago.toml");

/// A history file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct History {
    pub name: String,
    pub asof: String,
    pub label: String,
    pub horizon_months: u32,
    pub complete_until: Date,
    /// Years whose churn is the headline; without them, those of the origins.
    #[serde(default)]
    pub churn_years: Vec<i16>,
    /// Without it, everybody of the roster between hire and separation.
    pub population: Option<Population>,
    pub roster: Roster,
    pub units: Option<Units>,
    pub events: Vec<Events>,
    pub labels: Vec<Label>,
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
    #[serde(default)]
    pub rules: Changes,
    pub demographics: Option<Demographics>,
}

/// Who was employed in which year.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Population {
    pub file: String,
    pub officer: String,
    pub year: String,
    pub rank: String,
    /// Ranks that are scored; empty means all.
    #[serde(default)]
    pub ranks: Vec<String>,
}

/// One row an officer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Roster {
    pub file: String,
    pub officer: String,
    pub hired: String,
    pub separated: Option<String>,
    pub rank: Option<String>,
    pub unit: Option<String>,
    pub supervisor: Option<String>,
    #[serde(default = "twelve")]
    pub unknown_service_years: u32,
}

/// Who served where from when to when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Units {
    pub file: String,
    pub officer: String,
    pub unit: String,
    pub from: String,
    pub to: Option<String>,
    #[serde(default)]
    pub present_only: bool,
}

/// The events of one indicator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Events {
    pub indicator: String,
    pub file: String,
    pub id: String,
    pub officer: String,
    /// The day it counts from.
    pub dated: String,
    /// The day it became known; without it, the same day.
    pub known: Option<String>,
    pub finding: Option<String>,
    pub closed: Option<String>,
    #[serde(default)]
    pub findings: BTreeMap<String, Finding>,
    pub severity: Option<String>,
    #[serde(default, rename = "where")]
    pub conditions: Vec<Condition>,
}

/// What may come later: rows of a file, or any of other labels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    pub name: String,
    #[serde(default)]
    pub any: Vec<String>,
    pub file: Option<String>,
    pub officer: Option<String>,
    pub dated: Option<String>,
    /// When the outcome became known, to print how much of it came late.
    pub decided: Option<String>,
    /// Length of the window, where it differs from the history's.
    pub months: Option<u32>,
    #[serde(default, rename = "where")]
    pub conditions: Vec<Condition>,
}

/// A condition on one column; upper and lower case are the same.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    pub column: String,
    #[serde(default)]
    pub is: Vec<String>,
    #[serde(default)]
    pub starts_with: Vec<String>,
    #[serde(default)]
    pub contains: Vec<String>,
}

/// A threshold rule to compare with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Threshold {
    pub name: String,
    pub any: Vec<Count>,
}

/// At least `count` events of an indicator in the last `days`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Count {
    pub indicator: String,
    pub count: usize,
    pub days: i64,
}

/// What is changed of the agency's rules for the method `score`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    /// Weights; with any given, indicators that are not weigh 0.
    #[serde(default)]
    pub weights: BTreeMap<String, f64>,
    #[serde(default)]
    pub findings: BTreeMap<Finding, f64>,
    pub min_officers: Option<usize>,
    pub min_months: Option<f64>,
    #[serde(default)]
    pub rank_classes: BTreeMap<String, String>,
}

/// Who belongs to which group; for the audit alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Demographics {
    pub file: String,
    pub officer: String,
    pub columns: Vec<String>,
}

fn twelve() -> u32 {
    12
}

impl History {
    /// Reads the file at `path`, or the shipped one.
    pub(super) fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Self::parse(CHICAGO).context("the shipped history") };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let history: Self = toml::from_str(text)?;
        ensure!(!history.events.is_empty(), "events: name at least one file of events");
        for label in &history.labels {
            label.check(&history.labels)?;
        }
        let protected: Vec<&str> = history.events.iter().flat_map(Events::columns).collect();
        if let Some(column) = protected.into_iter().find(|column| eis::protected::is_protected(column)) {
            bail!("events: {column} is a protected attribute and is never read for the score");
        }
        Ok(history)
    }

    /// The label called `name`.
    pub(super) fn label(&self, name: &str) -> Result<&Label> {
        let known = || self.labels.iter().map(|label| label.name.as_str()).collect::<Vec<_>>().join(", ");
        self.labels
            .iter()
            .find(|label| label.name == name)
            .with_context(|| format!("--label {name}: the history has {}", known()))
    }
}

impl Events {
    fn columns(&self) -> impl Iterator<Item = &str> {
        let optional = [&self.known, &self.finding, &self.closed, &self.severity];
        let optional = optional.into_iter().filter_map(|column| column.as_deref());
        [self.dated.as_str()]
            .into_iter()
            .chain(optional)
            .chain(self.conditions.iter().map(|condition| condition.column.as_str()))
    }
}

impl Label {
    fn check(&self, labels: &[Self]) -> Result<()> {
        let name = &self.name;
        for other in &self.any {
            let known = labels.iter().any(|label| label.name == *other && label.any.is_empty());
            ensure!(known, "labels.{name}.any: {other} is no label with a file of its own");
        }
        let complete = self.file.is_some() && self.officer.is_some() && self.dated.is_some();
        ensure!(
            complete != self.any.iter().any(|_| true),
            "labels.{name}: give file, officer and dated, or any"
        );
        Ok(())
    }
}

impl Condition {
    /// Whether the condition holds for a field.
    pub(super) fn holds(&self, field: &str) -> bool {
        let field = field.to_uppercase();
        let any = |words: &[String], holds: &dyn Fn(&str) -> bool| {
            words.iter().any(|word| holds(&word.to_uppercase()))
        };
        any(&self.is, &|word| field == word)
            || any(&self.starts_with, &|word| field.starts_with(word))
            || any(&self.contains, &|word| field.contains(word))
    }
}

impl Changes {
    /// The agency's rules with the changes.
    pub(super) fn apply(&self, rules: &Ruleset) -> Ruleset {
        let mut rules = rules.clone();
        if !self.weights.is_empty() {
            for (name, indicator) in &mut rules.indicators {
                indicator.weight = self.weights.get(name).copied().unwrap_or(0.0);
            }
        }
        rules.findings.extend(self.findings.iter().map(|(finding, weight)| (*finding, *weight)));
        rules.peers.min_officers = self.min_officers.unwrap_or(rules.peers.min_officers);
        rules.peers.min_months = self.min_months.unwrap_or(rules.peers.min_months);
        let classes = self.rank_classes.iter().map(|(rank, class)| (rank.clone(), class.clone()));
        rules.peers.rank_classes.extend(classes);
        rules
    }
}
