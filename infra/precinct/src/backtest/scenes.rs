//! `precinct backtest scenes`: who stands above the others at the same incidents, and how well that agrees with a
//! published figure.
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use eis::accuracy::rank_correlation;
use eis::scene::{Presence, index};
use serde::Deserialize;

use super::sheet::Sheet;

const SEATTLE: &str = include_str!("../../histories/seattle.toml");
/// What the index must reach against the published posterior.
const LEAST_CORRELATION: f64 = 0.95;
const LEAST_SHARED: usize = 12;

/// Arguments of `precinct backtest scenes`.
#[derive(Args, Debug)]
pub struct Scenes {
    /// Folder with the files that the history names.
    #[arg(long)]
    data: PathBuf,
    /// Which file holds incidents, officers and levels; without it, the shipped history of Seattle.
    #[arg(long)]
    history: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    name: String,
    file: String,
    incident: String,
    officer: String,
    level: String,
    published: Option<Published>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    file: String,
    officer: String,
    value: String,
}

impl Scenes {
    /// Prints the comparison; false where it falls short.
    pub(super) fn run(&self) -> Result<bool> {
        let text = match &self.history {
            None => SEATTLE.to_owned(),
            Some(path) => {
                std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?
            }
        };
        let history: History = toml::from_str(&text)?;
        let effects = self.effects(&history)?;
        tell!("{}: {} officers at shared scenes of unequal levels", history.name, effects.len());
        let Some(published) = &history.published else { return Ok(true) };
        let theirs = self.published(published)?;
        let pairs: Vec<(f64, f64)> = theirs
            .iter()
            .map(|(officer, value)| (effects.get(officer).copied().unwrap_or(0.0), *value))
            .collect();
        let correlation = rank_correlation(&pairs).unwrap_or(0.0);
        let ours: BTreeMap<&String, f64> =
            theirs.keys().map(|officer| (officer, effects.get(officer).copied().unwrap_or(0.0))).collect();
        let theirs: BTreeMap<&String, f64> =
            theirs.iter().map(|(officer, value)| (officer, *value)).collect();
        let shared = first(&ours, 20).intersection(&first(&theirs, 20)).count();
        tell!(
            "{} officers with a published figure: rank correlation {correlation:.4} (least {LEAST_CORRELATION}), \
             {shared} of the first 20 shared (least {LEAST_SHARED})",
            pairs.len()
        );
        Ok(correlation >= LEAST_CORRELATION && shared >= LEAST_SHARED)
    }

    fn effects(&self, history: &History) -> Result<BTreeMap<String, f64>> {
        let sheet = Sheet::read(&self.data, &history.file, None)?;
        let (incident, officer) = (sheet.column(&history.incident)?, sheet.column(&history.officer)?);
        let level = sheet.column(&history.level)?;
        let rows: Vec<_> = sheet
            .rows()
            .filter_map(|row| {
                let level = row.text(level).parse().ok()?;
                Some(Presence { scene: row.text(incident), officer: row.text(officer), level })
            })
            .filter(|row| !row.scene.is_empty() && !row.officer.is_empty())
            .collect();
        tell!("{} rows, {} left out", sheet.rows().count(), sheet.rows().count() - rows.len());
        Ok(index(rows).into_iter().map(|(officer, index)| (officer.to_owned(), index.effect)).collect())
    }

    fn published(&self, published: &Published) -> Result<BTreeMap<String, f64>> {
        let sheet = Sheet::read(&self.data, &published.file, None)?;
        let (officer, value) = (sheet.column(&published.officer)?, sheet.column(&published.value)?);
        let row =
            |row: super::sheet::Row| Some((row.text(officer).to_owned(), row.text(value).parse().ok()?));
        Ok(sheet.rows().filter_map(row).collect())
    }
}

/// The officers with the greatest values.
fn first<'a>(values: &BTreeMap<&'a String, f64>, count: usize) -> BTreeSet<&'a String> {
    let mut officers: Vec<&String> = values.keys().copied().collect();
    officers.sort_by(|a, b| values[b].total_cmp(&values[a]));
    officers.into_iter().take(count).collect()
}
