//! Every night: counts what became of the updates of the day before, which tasks came up, and whether telling people
//! kept them from calling again. Counts alone leave this function.
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use aws_sdk_s3::config::RequestChecksumCalculation;
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::primitives::ByteStream;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Serialize;
use startup::{Clock, Runtime, Scheduled, agency};
use table::Planning;
use table::nights::NightRecord;
use table::planning::policy;
use updates::Policy;
use updates::effect::{Effect, REPEAT_WITHIN};
use updates::summary::{Summary, rows};

mod calls;
mod catch_up;
mod fates;
mod standing;
mod tasks;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &[
    "INCIDENTS_TABLE",
    "MESSAGES_TABLE",
    "CONTACTS_TABLE",
    "UPDATES_KEY_ID",
    "CONTACTS_KEY_ID",
    "INTERNAL_BUCKET",
    "AGENCY_DIR",
];

/// Updates come about up to so long after the last event of their call or case: the list of received events goes back
/// a week, and at night the day before has begun more than a day ago.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 5);
/// Its name among the nights.
const FUNCTION: &str = "summarise-updates";
/// Events read from one shard at a time.
const PAGE: usize = 500;

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    planning: Planning,
    policy: Arc<Policy>,
    s3: aws_sdk_s3::Client,
    bucket: String,
    clock: Clock,
}

/// A day of agency time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day {
    date: Date,
    from: Timestamp,
    to: Timestamp,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The day.
    pub day: Date,
    /// Calls and cases read.
    pub subjects: usize,
    /// Updates counted.
    pub updates: u32,
    /// First calls counted.
    pub calls: u32,
    /// Objects written.
    pub files: Vec<String>,
}

impl Context {
    /// Reads the variables and the rules.
    pub fn new(runtime: &Runtime) -> Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        // Path-style addresses and no trailing checksums: not every server knows them.
        let s3 = aws_sdk_s3::config::Builder::from(&runtime.sdk)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build();
        Ok(Self {
            planning: Planning::open(runtime, &dynamo, &kms)?,
            policy: Arc::new(policy(&folder)?),
            s3: aws_sdk_s3::Client::from_conf(s3),
            bucket: runtime.variables.required("INTERNAL_BUCKET")?,
            clock: runtime.clock.clone(),
        })
    }
}

impl Day {
    fn before(time: Timestamp, zone: &TimeZone) -> Result<Self> {
        let date = time.to_zoned_datetime(zone.clone()).date().checked_sub(1.day())?;
        let start = |date: Date| -> Result<Timestamp> {
            let midnight = date.to_datetime(jiff::civil::Time::midnight());
            Ok(midnight.to_zoned_datetime(zone.clone())?.timestamp())
        };
        Ok(Self { date, from: start(date)?, to: start(date.checked_add(1.day())?)? })
    }

    /// Whether something that came about at `at` belongs to the day.
    pub(crate) fn holds(self, at: Timestamp) -> bool {
        (self.from..self.to).contains(&at)
    }
}

/// The nights that were missed, then that of `scheduled.time`; what the latter did.
pub async fn handle(context: &Context, scheduled: Scheduled) -> Result<Report> {
    for night in catch_up::missed(context, scheduled).await? {
        summarise(context, night).await?;
    }
    summarise(context, scheduled).await
}

/// Summarises the agency day before `scheduled.time`.
async fn summarise(context: &Context, scheduled: Scheduled) -> Result<Report> {
    let day = Day::before(scheduled.time, context.policy.zone())?;
    let subjects = subjects(context, day).await?;
    let (mut found, mut calls) = (Vec::new(), Vec::new());
    for key in &subjects {
        let messages = context.planning.messages.of(key).await?;
        let decisions = context.planning.messages.decisions(key).await?;
        found.extend(fates::of(&messages, &decisions, day));
        if let Some(id) = key.strip_prefix("INC#") {
            calls.extend(calls::call(&context.planning, id, &messages, &decisions).await?);
        }
    }
    let summary = Summary {
        from: day.date,
        to: day.date,
        policy: context.policy.version().to_owned(),
        updates: rows(found),
        tasks: tasks::count(&context.planning.messages, day, scheduled.time).await?,
        effect: Effect::of(&calls, day.from, day.to),
        revocations: standing::revocations(&context.planning.messages, &context.policy, scheduled.time)
            .await?,
        surveys: standing::surveys(&context.planning.messages, day).await?,
    };
    let json = serde_json::to_vec_pretty(&summary)?;
    let files = vec![format!("updates/{}.json", day.date), format!("updates/{}.csv", day.date)];
    put(context, &files[0], json, "application/json").await?;
    put(context, &files[1], summary.csv().into_bytes(), "text/csv; charset=utf-8").await?;
    let total = summary.effect.total();
    let report = Report {
        day: day.date,
        subjects: subjects.len(),
        updates: summary.updates.iter().map(|row| row.count).sum(),
        calls: total.told.calls + total.not_told.calls,
        files,
    };
    tracing::info!(
        run.date = %report.day,
        subject.count = report.subjects,
        update.count = report.updates,
        "updates summarised"
    );
    let night = scheduled.time.to_zoned_datetime(context.policy.zone().clone()).date();
    let counts = [
        ("subjects", report.subjects),
        ("updates", report.updates as usize),
        ("calls", report.calls as usize),
    ];
    let record = NightRecord::new(FUNCTION, night, context.clock.now(), &counts);
    let key = NightRecord::object_key(FUNCTION, night);
    put(context, &key, serde_json::to_vec(&record)?, "application/json").await?;
    Ok(report)
}

/// Calls and cases that something was received about in the days before, and in the hour after, in which calls may
/// still be repeated.
async fn subjects(context: &Context, day: Day) -> Result<std::collections::BTreeSet<String>> {
    let incidents = &context.planning.incidents;
    let (mut from, to) = (day.from - LOOK_BACK, day.to + REPEAT_WITHIN + SignedDuration::from_mins(2));
    let mut subjects = std::collections::BTreeSet::new();
    let mut page = PAGE;
    while from < to {
        let found = incidents.arrivals(from, to, page).await?;
        subjects.extend(found.subjects);
        // More events within one instant than a page holds: read on with a larger one.
        page = if found.until <= from { page * 2 } else { PAGE };
        from = found.until.max(from);
    }
    Ok(subjects)
}

async fn put(context: &Context, key: &str, body: Vec<u8>, content_type: &str) -> Result<()> {
    let call = context.s3.put_object().bucket(&context.bucket).key(key).content_type(content_type);
    let written = call.body(ByteStream::from(body)).send().await;
    written
        .map(drop)
        .map_err(|error| anyhow!("{}", DisplayErrorContext(error)))
        .with_context(|| format!("cannot write {key}"))
}
