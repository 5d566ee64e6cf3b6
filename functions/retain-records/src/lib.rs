//! Every night: deletes what `retention.toml` says has been kept long enough, and nothing that a legal hold is on.
//!
//! A run takes each table where the last one stopped and ends after so many rows; the rest waits for the next night. Each
//! row is changed by one conditional write, so that a run may be killed anywhere and repeated at will.
#![warn(missing_docs)]
use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use records::{Class, Retention};
use serde::Serialize;
use startup::{Clock, Runtime, Scheduled, agency};
use table::nights::NightRecord;
use table::personnel::Personnel;
use table::retention::{Counts, Fate, Keeper, Part};
use table::{Planning, StoreError};

mod crime;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &[
    "INCIDENTS_TABLE",
    "MESSAGES_TABLE",
    "CONTACTS_TABLE",
    "PERSONNEL_TABLE",
    "UPDATES_KEY_ID",
    "CONTACTS_KEY_ID",
    "INTERNAL_BUCKET",
    "AGENCY_DIR",
];

/// Rows read at a time: the holds are read anew for each slice.
const SLICE: i32 = 200;
/// Slices of one table in one run.
const SLICES: usize = 1_000;

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    planning: Planning,
    personnel: Personnel,
    crime: crime::Files,
    retention: Arc<Retention>,
    zone: TimeZone,
    clock: Clock,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows looked at.
    pub rows: usize,
    /// Tables that were looked through to their end; the others go on the next night.
    pub finished: Vec<&'static str>,
    /// What became of rows whose time is over, by class.
    pub classes: Counts,
}

impl Context {
    /// Reads the variables and `retention.toml`.
    pub fn new(runtime: &Runtime) -> Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        let retention = Retention::parse(&folder.text("retention.toml")?)
            .map_err(|error| anyhow!("agency folder: retention.toml: {error}"))?;
        Ok(Self {
            planning: Planning::open(runtime, &dynamo, &kms)?,
            personnel: Personnel::open(runtime, &dynamo)?,
            crime: crime::Files::new(runtime)?,
            retention: Arc::new(retention),
            zone: folder.agency()?.zone()?,
            clock: runtime.clock.clone(),
        })
    }
}

/// Deletes what is over at `scheduled.time`. What cannot be deleted is logged and left; the run then fails at its end, so
/// that the alarm hears of it.
pub async fn handle(context: &Context, scheduled: Scheduled) -> Result<Report> {
    let mut report = Report::default();
    let mut failures = 0;
    for part in Part::ALL {
        if part.is_concerned(&context.retention) {
            // Boxed: the compiler lays out only so many futures within one another.
            failures += Box::pin(look_through(context, part, scheduled.time, &mut report)).await?;
        }
    }
    if let Some(bound) = context.retention.bound(Class::Crime, scheduled.time) {
        Box::pin(delete_crime(context, bound, scheduled.time, &mut report)).await?;
    }
    log(&report, failures);
    let date = scheduled.time.to_zoned_datetime(context.zone.clone()).date();
    let record = record(&report, date, context.clock.now()).with_failures(failures);
    context.planning.messages.nights().note(&record).await?;
    anyhow::ensure!(
        failures == 0,
        "{failures} rows could not be looked after; the next run takes them again"
    );
    Ok(report)
}

/// One table, from where the last run stopped; how many rows failed.
async fn look_through(context: &Context, part: Part, now: Timestamp, report: &mut Report) -> Result<usize> {
    let (messages, name) = (&context.planning.messages, part.name());
    let mut after = messages.pass_at(name).await?;
    let mut failures = 0;
    for _ in 0..SLICES {
        let slice = table::retention::store(part, &context.planning, &context.personnel)
            .slice(after.as_ref(), SLICE, false)
            .await?;
        // Read after the slice: a hold placed since then is seen, and one placed later makes the deletions fail.
        let mut keeper = Keeper::new(&context.planning, &context.personnel, &context.retention, now).await?;
        for item in &slice.items {
            report.rows += 1;
            match Box::pin(keeper.look_after(part, item)).await {
                Ok(Some((class, fate))) => count(report, class, fate),
                Ok(None) => {}
                Err(error @ (StoreError::Malformed { .. } | StoreError::Sealed(_))) => {
                    tracing::error!(table.name = name, error = %error, "row could not be looked after");
                    failures += 1;
                }
                // The table or the key is out of reach: the same rows are looked at again the next time.
                Err(error) => return Err(error).with_context(|| format!("table {name}")),
            }
        }
        after = slice.last;
        messages.note_pass(name, after.as_ref()).await?;
        if after.is_none() {
            report.finished.push(name);
            break;
        }
    }
    Ok(failures)
}

/// Day files of the crime log. They name no person, but which call stands in which file is known to the log alone: a hold
/// on any person, call or case keeps them all.
async fn delete_crime(
    context: &Context,
    bound: Timestamp,
    now: Timestamp,
    report: &mut Report,
) -> Result<()> {
    let over = context.crime.up_to(bound).await?;
    for key in &over {
        let keeper = Keeper::new(&context.planning, &context.personnel, &context.retention, now).await?;
        if keeper.holds_any_incident() {
            count(report, Class::Crime, Fate::Held);
            continue;
        }
        context.crime.delete(key).await?;
        count(report, Class::Crime, Fate::Removed);
    }
    Ok(())
}

fn count(report: &mut Report, class: Class, fate: Fate) {
    *report.classes.entry(class.word()).or_default().entry(fate).or_default() += 1;
}

/// The night in counts.
fn record(report: &Report, date: Date, finished_at: Timestamp) -> NightRecord {
    let of = |fate: Fate| {
        let sum: u64 = report.classes.values().filter_map(|fates| fates.get(&fate)).sum();
        usize::try_from(sum).unwrap_or(usize::MAX)
    };
    let counts = [
        ("rows", report.rows),
        ("emptied", of(Fate::Emptied)),
        ("removed", of(Fate::Removed)),
        ("held", of(Fate::Held)),
        ("open", of(Fate::Open)),
    ];
    NightRecord::new("retain-records", date, finished_at, &counts)
}

fn log(report: &Report, failures: usize) {
    for (class, fates) in &report.classes {
        let of = |fate: Fate| fates.get(&fate).copied().unwrap_or_default();
        tracing::info!(
            retention.class = class,
            emptied.count = of(Fate::Emptied),
            removed.count = of(Fate::Removed),
            held.count = of(Fate::Held),
            open.count = of(Fate::Open),
            met.count = of(Fate::Met),
            "records looked after"
        );
    }
    let unfinished: BTreeMap<&str, bool> =
        Part::ALL.iter().map(|part| (part.name(), !report.finished.contains(&part.name()))).collect();
    tracing::info!(
        row.count = report.rows,
        failed.count = failures,
        table.unfinished = ?unfinished.iter().filter(|(_, left)| **left).map(|(name, _)| *name).collect::<Vec<_>>(),
        "retention run ended"
    );
}
