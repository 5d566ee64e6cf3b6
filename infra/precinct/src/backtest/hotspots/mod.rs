//! `precinct backtest hotspots`: which cells the forecast would have named on past nights, and what happened in them,
//! beside a count, a kernel, Gi* and a plain half-life.
mod city;
mod page;
mod play;
mod plots;
mod print;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use serde_json::{Map, Value, json};

use city::City;
use play::{METHODS, Played};

/// Arguments of `precinct backtest hotspots`.
#[derive(Args, Debug)]
pub struct Hotspots {
    /// Folder with the files that the cities name, or with a folder `crime` that has them.
    #[arg(long)]
    data: PathBuf,
    /// A city (docs/backtest.md), and further ones; without it, every shipped city whose files are there.
    #[arg(long)]
    config: Vec<PathBuf>,
    /// Folder for metrics.json and report.html; made if missing.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Hotspots {
    /// Plays the cities, prints a table of each, writes the page and the figures.
    pub(super) fn run(&self) -> Result<bool> {
        let started = std::time::Instant::now();
        let mut played = Vec::new();
        for (city, folder) in self.cities()? {
            let one = play::play(city, &folder)?;
            tell!("{}", print::table(&one));
            played.push(one);
        }
        if let Some(out) = &self.out {
            std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
            let text = serde_json::to_string_pretty(&metrics(&played))? + "\n";
            super::put(&out.join("metrics.json"), &text)?;
            super::put(&out.join("report.html"), &page::page(&played)?)?;
            tell!("written: {} and report.html", out.join("metrics.json").display());
        }
        tell!("took {:.1} s", started.elapsed().as_secs_f64());
        Ok(true)
    }

    /// The cities to play and the folders of their files.
    fn cities(&self) -> Result<Vec<(City, PathBuf)>> {
        ensure!(self.data.is_dir(), "--data {}: there is no such folder", self.data.display());
        let folders = [self.data.clone(), self.data.join("crime")];
        let place = |city: &City| folders.iter().find(|folder| city.is_in(folder)).cloned();
        if !self.config.is_empty() {
            let named = self.config.iter().map(|path| {
                let city = City::read(path)?;
                let wanted =
                    city.files.iter().chain([&city.boundary]).cloned().collect::<Vec<_>>().join(", ");
                let folder = place(&city).with_context(|| {
                    format!("{}: {} lacks a file of {wanted}", path.display(), self.data.display())
                })?;
                Ok((city, folder))
            });
            return named.collect();
        }
        let shipped = City::shipped()?;
        let wanted = shipped.iter().flat_map(|city| city.files.iter().chain([&city.boundary]));
        let wanted = wanted.cloned().collect::<Vec<_>>().join(", ");
        let found = shipped.into_iter().filter_map(|city| place(&city).map(|folder| (city, folder)));
        let found: Vec<_> = found.collect();
        ensure!(
            !found.is_empty(),
            "--data {}: no shipped city has its files there ({wanted}); describe yours by --config",
            self.data.display()
        );
        Ok(found)
    }
}

/// `metrics.json`: city, group, method, and the means at the first horizon and limit.
fn metrics(played: &[Played]) -> Value {
    let mut cities = Map::new();
    for one in played {
        let mut groups = Map::new();
        for (place, group) in one.groups.iter().enumerate() {
            let mut methods = Map::new();
            for (method, name) in METHODS.iter().enumerate() {
                let mean = one.metrics(place, method, 0);
                let (pai, pei, hit_rate) = (mean.pai, mean.pei, mean.hit_rate);
                let figures = json!({
                    "pai": pai, "pei": pei, "hit_rate": hit_rate,
                    "k": whole(mean.k), "area_km2": mean.area_km2, "events": whole(mean.events),
                });
                methods.insert((*name).to_owned(), figures);
            }
            groups.insert(group.name.clone(), Value::Object(methods));
        }
        cities.insert(one.city.city.clone(), Value::Object(groups));
    }
    Value::Object(cities)
}

/// A whole number without its point.
fn whole(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}
