//! The nightly summaries of a data folder: `updates/{day}.json` in its internal bucket, one or several added up.
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use updates::summary::Summary;

use super::Span;

/// The days of `span` added up; without dates, the last one that was summarised.
pub(super) fn sum(span: &Span) -> anyhow::Result<Summary> {
    let folder = span.data.join("s3/internal/updates");
    let days = summarised(&folder)?;
    let Some(last) = days.last().copied() else {
        bail!(
            "{} holds no summary yet; run `precinct run summarise-updates --data DIR`",
            span.data.display()
        );
    };
    let to = span.to.unwrap_or(last);
    let from = span.from.unwrap_or(to);
    let mut sum: Option<Summary> = None;
    for day in days.into_iter().filter(|day| (from..=to).contains(day)) {
        let next = read(&folder, day)?;
        match &mut sum {
            Some(sum) => sum.add(&next),
            None => sum = Some(next),
        }
    }
    sum.with_context(|| format!("no day from {from} to {to} was summarised; the last one is {last}"))
}

fn read(folder: &Path, day: Date) -> anyhow::Result<Summary> {
    let file = folder.join(format!("{day}.json"));
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no summary of this version", file.display()))
}

fn summarised(folder: &Path) -> anyhow::Result<Vec<Date>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut days: Vec<Date> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        days.extend(name.to_str().and_then(|name| name.strip_suffix(".json")?.parse::<Date>().ok()));
    }
    days.sort();
    Ok(days)
}
