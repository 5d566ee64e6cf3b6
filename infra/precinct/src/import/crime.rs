//! `precinct import crime`: a history file into the crime log, dirty rows counted by reason.
//!
//! The rows are settled in memory, compared with the log as it stands, and folded into the day files that they
//! change: a second import of the same file writes nothing, one of a corrected file writes what it corrects.
use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use futures_util::stream::iter;
use futures_util::{StreamExt, TryStreamExt};
use hotspot::Settings;
use hotspot::extract::{Changes, Dirt, Extract, Fields, Settled};
use jiff::civil::Date;
use map_hotspots::bucket::{Bucket, IN_FLIGHT};
use map_hotspots::fold::{DAYS, day_key, day_of, fold_into};
use startup::Runtime;
use startup::agency::Folder;

use super::open::{progress, unpacked};
use crate::stack::{self, Stack};

/// Arguments of `precinct import crime`.
#[derive(Args, Clone, Debug)]
pub struct Crime {
    /// CSV file with a header; may be gzipped.
    file: PathBuf,
    /// Folder for everything that is stored; made if missing.
    #[arg(long)]
    data: PathBuf,
    /// Agency folder; it is copied, never changed.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// Which column holds what: id=…,from=…,offence=…,lon=…,lat=… and, where there is one, to=….
    #[arg(long)]
    columns: Columns,
    /// Make the second row of an id an incident of its own, `ID#2`; else the last row of an id stands.
    #[arg(long)]
    keep_repeats: bool,
}

impl Crime {
    /// Imports on a data folder and prints the summary.
    pub(super) async fn run(self) -> Result<()> {
        let Self { file, data, agency, columns, keep_repeats } = self;
        let stack =
            Stack::start(stack::Options { data: Some(data), agency, ..stack::Options::default() }).await?;
        let options = Options { file, columns, keep_repeats };
        // Boxed: the compiler gives up on futures nested as deep as reads inside folds inside streams.
        let imported = Box::pin(crime(stack.runtime(), &options)).await?;
        tell!("{imported}");
        Ok(())
    }
}

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// CSV file with a header; read through gzip where its name ends in `.gz`.
    pub file: PathBuf,
    /// Which column holds what.
    pub columns: Columns,
    /// Whether the second row of an id becomes an incident of its own, `ID#2`; else the last row of an id stands.
    pub keep_repeats: bool,
}

/// Column names, as given by `id=…,from=…,offence=…,lon=…,lat=…` and, where there is one, `to=…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    id: String,
    from: String,
    to: Option<String>,
    offence: String,
    lon: String,
    lat: String,
}

/// What came of it; printed as a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Rows of the file.
    pub rows: u64,
    /// Facts that stand in the log.
    pub facts: u64,
    /// Rows left out, by reason.
    pub dirt: Dirt,
    /// Day files of the extract.
    pub days: u64,
    /// Day files written.
    pub written: u64,
}

impl FromStr for Columns {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut columns = Self::default();
        for part in text.split(',') {
            let (name, column) =
                part.split_once('=').with_context(|| format!("{part:?} is not NAME=COLUMN"))?;
            let column = column.trim().to_owned();
            match name.trim() {
                "id" => columns.id = column,
                "from" => columns.from = column,
                "to" => columns.to = Some(column),
                "offence" => columns.offence = column,
                "lon" => columns.lon = column,
                "lat" => columns.lat = column,
                other => bail!("{other:?} is none of id, from, to, offence, lon, lat"),
            }
        }
        let needed = [&columns.id, &columns.from, &columns.offence, &columns.lon, &columns.lat];
        if needed.iter().any(|column| column.is_empty()) {
            bail!(
                "id, from, offence, lon and lat each need a column, as in id=id,from=occurred_at,offence=offense,lon=lon,lat=lat"
            );
        }
        Ok(columns)
    }
}

/// Imports a file into the log of the stack that `runtime` points at.
pub async fn crime(runtime: &Runtime, options: &Options) -> Result<Imported> {
    let folder = Folder::new(runtime.variables.required("AGENCY_DIR")?);
    let settings = map_hotspots::settings(&folder)?;
    let zone = folder.agency()?.zone()?;
    let log = Bucket::new(map_hotspots::s3(runtime), runtime.variables.required("INTERNAL_BUCKET")?);
    let mut extract = Extract::new(zone, options.keep_repeats);
    read(options, &mut extract)?;
    let rows = extract.seen;
    let (settled, dirt) = extract.settle();
    let written = write(&log, &settled, &settings).await?;
    let days = settled.days().len() as u64;
    Ok(Imported { rows, facts: settled.len() as u64, dirt, days, written })
}

fn read(options: &Options, extract: &mut Extract) -> Result<()> {
    let path = &options.file;
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let bar = progress(file.metadata()?.len(), "reading {bar:30} {bytes}/{total_bytes}");
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(unpacked(path, bar.wrap_read(file)));
    let headers = reader.headers().with_context(|| format!("{} has no header", path.display()))?.clone();
    let place = |column: &str| {
        let known = || headers.iter().collect::<Vec<_>>().join(", ");
        headers
            .iter()
            .position(|header| header.trim() == column)
            .with_context(|| format!("{} has no column {column:?}; it has {}", path.display(), known()))
    };
    let columns = &options.columns;
    let (id, from, offence) = (place(&columns.id)?, place(&columns.from)?, place(&columns.offence)?);
    let (lon, lat) = (place(&columns.lon)?, place(&columns.lat)?);
    let to = columns.to.as_deref().map(place).transpose()?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).with_context(|| format!("reading {}", path.display()))? {
        // A field that is no UTF-8 is as good as a missing one, and is counted as that.
        let field =
            |place: usize| record.get(place).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
        extract.add(Fields {
            id: field(id),
            from: field(from),
            to: to.map_or("", field),
            offence: field(offence),
            longitude: field(lon),
            latitude: field(lat),
        });
    }
    bar.finish_and_clear();
    Ok(())
}

/// Folds what the log lacks; gives the number of day files written.
async fn write(log: &Bucket, settled: &Settled, settings: &Settings) -> Result<u64> {
    let standing: BTreeSet<Date> = log.list(DAYS).await?.iter().filter_map(|key| day_of(key)).collect();
    let changes = compare(log, &standing, settled, settings).await?;
    let days: BTreeSet<Date> = settled.days().into_iter().chain(standing).collect();
    let bar = progress(days.len() as u64, "writing {bar:30} {pos}/{len} days");
    let writes = iter(days).map(async |day| {
        let facts = settled.facts_for(day, &changes, settings);
        let facts: Vec<_> = facts.iter().collect();
        let written = if facts.is_empty() { false } else { fold_into(log, day, &facts).await? };
        bar.inc(1);
        anyhow::Ok(u64::from(written))
    });
    let written = writes.buffered(IN_FLIGHT).try_fold(0, async |sum, written| Ok(sum + written)).await?;
    bar.finish_and_clear();
    Ok(written)
}

/// What the extract changes of the days that stand.
async fn compare(
    log: &Bucket,
    standing: &BTreeSet<Date>,
    settled: &Settled,
    settings: &Settings,
) -> Result<Changes> {
    let mut changes = Changes::default();
    let bar = progress(standing.len() as u64, "comparing {bar:30} {pos}/{len} days");
    let reads =
        iter(standing.iter().copied()).map(async |day| anyhow::Ok((day, log.get(&day_key(day)).await?)));
    let mut reads = reads.buffered(IN_FLIGHT);
    while let Some((day, object)) = reads.try_next().await? {
        let Some(object) = object else { continue };
        let rows = crime_log::decode(object.body).with_context(|| format!("reading {}", day_key(day)))?;
        settled.compare(day, &rows, settings, &mut changes);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(changes)
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} rows read, {} facts in the log, on {} days", self.rows, self.facts, self.days)?;
        let reasons = [
            (self.dirt.no_coordinates, "without coordinates"),
            (self.dirt.zero_coordinates, "at 0/0"),
            (self.dirt.out_of_range, "off the globe (another projection, or swapped columns)"),
            (self.dirt.unreadable_date, "without a readable date"),
            (self.dirt.no_offence, "without an offence"),
            (self.dirt.no_id, "without an id"),
            (self.dirt.repeated_id, "repeating an id (the last row of an id stands)"),
        ];
        for (count, reason) in reasons.into_iter().filter(|(count, _)| *count > 0) {
            writeln!(f, "  left out: {count} {reason}")?;
        }
        write!(
            f,
            "{} day files written, {} already as they should be",
            self.written,
            self.days.saturating_sub(self.written)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_or_the_missing_ones_are() {
        let columns: Columns = "id=id,from=at,offence=o,lon=x,lat=y".parse().unwrap();
        assert_eq!((columns.from.as_str(), columns.to), ("at", None));
        assert!("id=id".parse::<Columns>().unwrap_err().to_string().starts_with("id, from, offence"));
        assert_eq!(
            "when=at".parse::<Columns>().unwrap_err().to_string(),
            "\"when\" is none of id, from, to, offence, lon, lat"
        );
    }

    #[test]
    fn the_summary_counts_every_row() {
        let dirt = Dirt { no_coordinates: 2, repeated_id: 1, ..Dirt::default() };
        let imported = Imported { rows: 10, facts: 7, dirt, days: 3, written: 1 };
        insta::assert_snapshot!(imported.to_string(), @r"
        10 rows read, 7 facts in the log, on 3 days
          left out: 2 without coordinates
          left out: 1 repeating an id (the last row of an id stands)
        1 day files written, 2 already as they should be
        ");
    }
}
