//! The nightly map of crime: folds pending facts into the log, computes every statistic of every study cell,
//! and publishes what may be published.
//!
//! ```text
//! S3 internal crime/facts/*  ─▶ fold ─▶ crime/day=YYYY-MM-DD/part.parquet
//!                                              │ window
//!                                              ▼
//!                      tables per map ─▶ S3 internal cells/{date}/{map}.csv
//!                      forecasts      ─▶ S3 internal forecast/{map}.json, {date}.json, {date}/{map}.csv
//!                      patrol plan    ─▶ S3 internal patrol/{date}.geojson, .html; patrol-records/{date}.json
//!                      public layer   ─▶ S3 public   hotspots/[{map}/]{date}.geojson, latest.geojson, .csv
//! ```
//!
//! The window ends at midnight UTC at or before the scheduled time, so that a run can be repeated for any past
//! night and gives the same bytes from the same log. Nights that were missed are made up for first, in order.
#![warn(missing_docs)]

pub mod bucket;
mod bulletin;
mod catch_up;
pub mod fold;
mod forecast;
mod night;
pub mod patrol;
mod publish;
pub mod report;

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use hotspot::fact::{midnight, utc_day};
use hotspot::{Cell, Lattice, Settings, StudyArea};
use jiff::SignedDuration;
use jiff::civil::Date;
use startup::agency::{Agency, Folder, Masked, Publisher};
use startup::schedule::MOST_MISSED;
use startup::{Clock, Entropy, Runtime, Scheduled, Variables};
use table::Store;
use table::leases::Leases;
use table::nights::NightRecord;

use crate::bucket::{Bucket, Headers, If};
use crate::fold::Forgotten;
use crate::forecast::Before;
use crate::night::{Night, Tables};
use crate::publish::Edition;
pub use crate::publish::{Withdrawn, withdraw};
use crate::report::{Public, Report};

/// Every environment variable the function reads.
pub const VARIABLES: &[&str] = &["INTERNAL_BUCKET", "PUBLIC_BUCKET", "MESSAGES_TABLE", "AGENCY_DIR"];

/// Its name among the nights.
const FUNCTION: &str = "map-hotspots";
/// Longer than the function may run, so that a lease never ends under a run.
const LEASE: SignedDuration = SignedDuration::from_mins(16);

/// Settings from the environment.
#[derive(Clone, Debug)]
pub struct Config {
    /// Bucket of the log and the internal tables.
    pub internal_bucket: String,
    /// Bucket of the public layer.
    pub public_bucket: String,
    /// Table that holds the lease.
    pub messages_table: String,
    /// Agency folder.
    pub agency: Folder,
}

/// What a run works with.
#[derive(Clone)]
pub struct Context {
    internal: Bucket,
    public: Bucket,
    leases: Leases,
    clock: Clock,
    entropy: Entropy,
    agency: Arc<AgencyPart>,
}

/// What of the agency folder a run uses.
pub(crate) struct AgencyPart {
    pub(crate) settings: Settings,
    pub(crate) area: StudyArea,
    /// The text of its file.
    outline: String,
    pub(crate) publisher: Publisher,
    masked: Vec<Masked>,
    pub(crate) city: patrol::City,
    map_on: bool,
}

impl Config {
    /// Reads the variables.
    pub fn read(variables: &Variables) -> Result<Self> {
        Ok(Self {
            internal_bucket: variables.required("INTERNAL_BUCKET")?,
            public_bucket: variables.required("PUBLIC_BUCKET")?,
            messages_table: variables.required("MESSAGES_TABLE")?,
            agency: Folder::new(variables.optional("AGENCY_DIR").unwrap_or_else(|| "agency".into())),
        })
    }
}

impl Context {
    /// Reads variables and agency folder; fails with file, key and reason where either is wrong.
    pub fn new(runtime: &Runtime) -> Result<Self> {
        let config = Config::read(&runtime.variables)?;
        let client = s3(runtime);
        let messages = Store::new(
            aws_sdk_dynamodb::Client::new(&runtime.sdk),
            config.messages_table,
            runtime.entropy.clone(),
        );
        Ok(Self {
            internal: Bucket::new(client.clone(), config.internal_bucket),
            public: Bucket::new(client, config.public_bucket),
            leases: Leases::new(messages),
            clock: runtime.clock.clone(),
            entropy: runtime.entropy.clone(),
            agency: Arc::new(AgencyPart::read(&config.agency, &runtime.variables)?),
        })
    }
}

impl AgencyPart {
    fn read(folder: &Folder, variables: &Variables) -> Result<Self> {
        let settings = settings(folder)?;
        let (file, outline) = outline(folder, &settings, |name| variables.optional(name))?;
        let area = StudyArea::from_geojson(&outline).with_context(|| format!("agency folder: {file}"))?;
        let city = patrol::City::read(folder, &settings, &area)?;
        let Agency { publisher, masked, modes, .. } = folder.agency()?;
        Ok(Self { settings, area, outline, publisher, masked, city, map_on: modes.map == "on" })
    }

    /// The edition of `date` in the public bucket.
    pub(crate) fn edition<'a>(&'a self, bucket: &'a Bucket, date: Date) -> Edition<'a> {
        let Self { settings, publisher, outline, .. } = self;
        Edition { bucket, settings, publisher, outline, date }
    }

    /// Which cells hold a place that the public map must not point at.
    pub(crate) fn masked(&self, lattice: &Lattice) -> Vec<bool> {
        let mut masked = vec![false; lattice.len()];
        for place in &self.masked {
            let cell = Cell::at(place.longitude, place.latitude, lattice.precision());
            if let Some(index) = cell.and_then(|cell| lattice.index_of(cell)) {
                masked[index] = true;
            }
        }
        masked
    }
}

/// `hotspots.toml` of an agency folder.
pub fn settings(folder: &Folder) -> Result<Settings> {
    Settings::from_toml(&folder.text("hotspots.toml")?)
        .map_err(|error| anyhow!("agency folder: hotspots.toml: {error}"))
}

/// The study area that the settings name; `${NAME}` in its path is replaced by what `lookup` knows of it.
pub fn study_area(
    folder: &Folder,
    settings: &Settings,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<StudyArea> {
    let (file, text) = outline(folder, settings, lookup)?;
    StudyArea::from_geojson(&text).with_context(|| format!("agency folder: {file}"))
}

/// Name and text of the file of the study area.
fn outline(
    folder: &Folder,
    settings: &Settings,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<(String, String)> {
    let file = expand(&settings.boundary, lookup)?;
    let text = folder.text(&file)?;
    Ok((file, text))
}

/// A client for S3 in general: path-style addresses and no trailing checksums, which not every server knows.
pub fn s3(runtime: &Runtime) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&runtime.sdk)
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    aws_sdk_s3::Client::from_conf(config.build())
}

/// Runs the night of `scheduled.time`.
pub async fn handle(context: &Context, scheduled: Scheduled) -> Result<Report> {
    let holder = context.entropy.token();
    let lease = context.leases.take("map-hotspots", &holder, context.clock.now(), LEASE).await;
    let lease = lease.context("another run of the map is under way")?;
    let result = nights(context, scheduled).await;
    // A lease that cannot be given back runs out by itself.
    if let Err(error) = context.leases.give_back(lease).await {
        tracing::warn!(error = %error, "the lease of the map could not be given back");
    }
    result
}

/// The nights that were missed, then that of `scheduled.time`. Each is complete by itself: a run that ends half-way is
/// made up for by the next one.
async fn nights(context: &Context, scheduled: Scheduled) -> Result<Report> {
    let zone = &context.agency.city.zone;
    let missed = scheduled.missed(catch_up::last(&context.internal).await?, zone)?;
    if missed.len() == MOST_MISSED {
        tracing::warn!(night.count = missed.len(), "nights further back than these are not made up for");
    }
    for night in &missed {
        let made = run(context, *night).await;
        let made = made.with_context(|| format!("making up for the night of {}", night.night(zone)))?;
        catch_up::complete(&context.internal, *night, zone).await?;
        record(context, *night, &made).await?;
    }
    let mut report = run(context, scheduled).await?;
    catch_up::complete(&context.internal, scheduled, zone).await?;
    report.nights_caught_up = missed.iter().map(|run| run.night(zone)).collect();
    record(context, scheduled, &report).await?;
    tracing::info!(
        run.date = %report.as_of,
        night.caught_up = report.nights_caught_up.len(),
        cell.count = report.cells,
        "map made"
    );
    Ok(report)
}

/// Keeps what the night of `run` did, in counts.
async fn record(context: &Context, run: Scheduled, report: &Report) -> Result<()> {
    let date = run.night(&context.agency.city.zone);
    let (incidents, outside) =
        report.maps.first().map_or((0, 0), |map| (map.incidents, map.outside_study_area));
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let counts = [
        ("incidents", count(incidents)),
        ("outside_study_area", count(outside)),
        ("maps", report.maps.len()),
        ("internal_files", report.internal_files.len()),
        ("public_files", report.public_files.len()),
        ("nights_caught_up", report.nights_caught_up.len()),
    ];
    let record = serde_json::to_vec(&NightRecord::new(FUNCTION, date, context.clock.now(), &counts))?;
    let headers = Headers { content_type: "application/json", ..Headers::default() };
    let key = NightRecord::object_key(FUNCTION, date);
    context.internal.put(&key, record.into(), If::Anything, headers).await.map(drop)
}

async fn run(context: &Context, scheduled: Scheduled) -> Result<Report> {
    let agency = context.agency.as_ref();
    let (folded, forgotten) = fold::fold(&context.internal).await.context("folding the crime log")?;
    let before = Before::read(&context.internal, &agency.settings, utc_day(scheduled.time)).await?;
    let back = before.days_back(agency.settings.forecast);
    let night = Night::read(&context.internal, agency, scheduled.time, back).await?;
    let lattice = Lattice::new(&agency.area, agency.settings.precision);
    let Tables { maps, hottest, scores, files: mut internal_files } =
        night.tables(&context.internal, &lattice, &before).await?;
    let patrol = night.patrol(&context.internal, &lattice, &agency.city, &scores).await;
    let (patrol, keys) = patrol.context("planning patrol")?;
    internal_files.extend(keys);
    let stats = night.bulletin(&context.internal, &lattice, &agency.city, scheduled.time).await;
    internal_files.extend(stats.context("writing the statistics")?);
    let (public, mut public_files) = publish(context, &night).await.context("publishing the map")?;
    let (as_of, origin, rows) = (night.date(), night.origin, night.tally);
    drop(night);
    public_files.extend(forget(context, forgotten).await.context("rewriting public files")?);
    Ok(Report {
        as_of,
        origin,
        folded,
        rows,
        cells: lattice.len(),
        maps,
        hottest,
        patrol,
        public,
        internal_files,
        public_files,
        nights_caught_up: Vec::new(),
    })
}

async fn publish(context: &Context, night: &Night<'_>) -> Result<(Public, Vec<String>)> {
    if !context.agency.map_on {
        return Ok((Public::Off, Vec::new()));
    }
    let mut keys = complete(context, night.date()).await?;
    let standing = publish::standing(&context.public).await?;
    let refresh_days = context.agency.settings.public.refresh_days;
    let decision = publish::decide(standing.as_ref(), night.date(), refresh_days);
    if decision == Public::Published {
        let edition = context.agency.edition(&context.public, night.date());
        keys.extend(edition.write(night.public_layers()).await?);
    }
    Ok((decision, keys))
}

/// Completes an edition of an earlier night that died before its manifest: another one beside its files, a day or two
/// later, could be subtracted from it.
async fn complete(context: &Context, tonight: Date) -> Result<Vec<String>> {
    let Some(date) = publish::unfinished(&context.public, tonight).await? else { return Ok(Vec::new()) };
    let night = Night::read(&context.internal, &context.agency, midnight(date), 0).await?;
    context.agency.edition(&context.public, date).write(night.public_layers()).await
}

/// Writes anew what counted incidents that left by order, then lets go of their facts: until then every night
/// comes back to it.
async fn forget(context: &Context, forgotten: Forgotten) -> Result<Vec<String>> {
    let agency = context.agency.as_ref();
    let mut keys = Vec::new();
    if !forgotten.days.is_empty() {
        for date in publish::dates(&context.public).await? {
            if forgotten.days.iter().any(|day| Night::counts_day(&agency.settings, date, *day)) {
                let night = Night::read(&context.internal, agency, midnight(date), 0).await?;
                keys.extend(agency.edition(&context.public, date).rewrite(night.public_layers()).await?);
            }
        }
    }
    context.internal.delete_all(&forgotten.keys).await?;
    Ok(keys)
}

/// Replaces each `${NAME}`.
fn expand(path: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<String> {
    let mut parts = path.split("${");
    let mut expanded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) =
            part.split_once('}').context("agency folder: hotspots.toml: boundary: `${` without `}`")?;
        let value = lookup(name).ok_or_else(|| {
            anyhow!("agency folder: hotspots.toml: boundary: the variable {name} is not set")
        })?;
        expanded += &value;
        expanded += rest;
    }
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        let lookup = |name: &str| (name == "DATA").then(|| "/data".to_owned());
        assert_eq!(expand(path, lookup).ok().as_deref(), expected);
    }

    /// The simulator moves handlers between threads.
    #[test]
    fn a_run_may_move_between_threads() {
        fn is_send<'c, T: Send>(_: impl Fn(&'c Context, Scheduled) -> T) {}
        is_send(handle);
    }

    #[test]
    fn variables_in_the_path_are_replaced() {
        check("boundary.geojson", Some("boundary.geojson"));
        check("${DATA}/crime/a.geojson", Some("/data/crime/a.geojson"));
        check("${OTHER}/a", None);
        check("${DATA/a", None);
    }

    #[test]
    fn the_shipped_settings_and_outline_are_sound() {
        let folder = Folder::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/agency"));
        let settings = settings(&folder).unwrap();
        let area = study_area(&folder, &settings, |_| None).unwrap();
        let lattice = Lattice::new(&area, settings.precision);
        let square_kilometres = lattice.cells().iter().map(Cell::area_m2).sum::<f64>() / 1e6;
        assert!((100.0..180.0).contains(&square_kilometres), "{square_kilometres}");
    }
}
