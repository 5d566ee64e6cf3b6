//! Loads the sample city's past: crime by the importer, personnel by signed posts of a hundred events.
use std::path::Path;

use anyhow::ensure;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use startup::agency::Folder;

use super::files;
use crate::city::{COLUMNS, City, SEED};
use crate::import;
use crate::stack::Stack;

/// Events in one post, the most that intake takes.
const BATCH: usize = 100;

/// Loads everything up to the day before `day`; what was taken, in words.
pub(super) async fn history(
    stack: &Stack,
    agency: &Path,
    output: &Path,
    day: Date,
    zone: &TimeZone,
) -> anyhow::Result<String> {
    let city = City { seed: SEED, last_day: day.yesterday()?, zone: zone.clone() };
    let crime = crime(stack, &city, agency, output).await?;
    let personnel = personnel(stack, &city, output).await?;
    Ok(format!("\nThe past, generated from seed {SEED}:\n  {crime}\n  {personnel}\n"))
}

async fn crime(stack: &Stack, city: &City, agency: &Path, output: &Path) -> anyhow::Result<String> {
    let folder = Folder::new(agency);
    let settings = map_hotspots::settings(&folder)?;
    let area = map_hotspots::study_area(&folder, &settings, |name| std::env::var(name).ok())?;
    let rows = city.crime(&area);
    files::write(output, "history/crime.csv", &rows)?;
    let options = import::Options {
        file: output.join("history/crime.csv"),
        columns: COLUMNS.parse()?,
        keep_repeats: false,
    };
    let imported = import::crime(stack.runtime(), &options).await?;
    Ok(imported.to_string().replace('\n', "\n  "))
}

async fn personnel(stack: &Stack, city: &City, output: &Path) -> anyhow::Result<String> {
    let events = city.personnel();
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    files::write(output, "history/personnel.jsonl", lines.join("\n") + "\n")?;
    let (mut accepted, mut rejected) = (0, 0);
    for batch in events.chunks(BATCH) {
        let (status, answer) = stack.post("/v1/personnel/events", &Value::from(batch)).await?;
        ensure!(status == 202, "POST /v1/personnel/events answered {status}: {answer}");
        accepted += answer["accepted"].as_u64().unwrap_or(0);
        rejected += answer["rejected"].as_array().map_or(0, Vec::len);
    }
    stack.drain().await?;
    let officers = city.officers().len();
    Ok(format!(
        "{officers} officers and two years of what is on record: {accepted} events taken, {rejected} rejected"
    ))
}
