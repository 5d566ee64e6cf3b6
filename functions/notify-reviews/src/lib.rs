//! Every night, after the scores: tells supervisors what is new, due and overdue, tells officers that a review of their
//! record was opened, puts overdue steps one rank higher, and on Mondays writes to the commanders how it stands;
//! on the next day where Monday's round did not come to its end.
//!
//! E-mails are rows of the outbox under names that a repetition meets again, so that a night run twice tells nobody
//! twice. They name officers by id alone, and nobody in a subject: an e-mail is read in many places.
use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use eis::Ruleset;
use eis::case::{Actor, Case, Entry, State, Step, Work};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Serialize;
use startup::{Clock, Runtime, Scheduled, agency};
use table::messages::Messages;
use table::nights::NightRecord;
use table::personnel::Personnel;
use table::personnel::cases::Filed;
use table::planning::open_messages;
use table::{KeyRing, StoreError};

mod chain;
mod letters;
mod week;

use letters::{Digest, Line};

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] =
    &["PERSONNEL_TABLE", "PERSONNEL_KEY_ID", "MESSAGES_TABLE", "UPDATES_KEY_ID", "AGENCY_DIR"];

/// Steps due within so many days are named in the digest.
const SOON_DAYS: i64 = 3;
/// A digest is pointless once the next one is there.
const DIGEST_LASTS: SignedDuration = SignedDuration::from_hours(20);
/// The news of a review is not.
const LETTER_LASTS: SignedDuration = SignedDuration::from_hours(24 * 14);
/// Its name in the records of nights.
const FUNCTION: &str = "notify-reviews";
/// Records of nights looked through for its last one: two or three a night, so two weeks at least, as long as a letter
/// lasts.
const NIGHTS: usize = 60;
/// Mailbox of the commanders in `agency.toml`.
const COMMANDERS: &str = "commander";

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    personnel: Personnel,
    ring: KeyRing,
    messages: Messages,
    rules: Arc<Ruleset>,
    zone: TimeZone,
    on: bool,
    commanders: Option<String>,
    clock: Clock,
}

/// What a round did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Cases of which the supervisor was told.
    pub notified: usize,
    /// Officers who were told.
    pub officers_told: usize,
    /// Steps put one rank higher.
    pub escalated: usize,
    /// Digests written.
    pub digests: usize,
    /// Whether the week was summed up.
    pub week: bool,
    /// E-mails that have nobody to go to: no address on the roster, no mailbox of the commanders.
    pub undeliverable: usize,
}

impl Report {
    /// The round in counts.
    fn record(&self, date: Date, finished_at: Timestamp) -> NightRecord {
        let counts = [
            ("notified", self.notified),
            ("officers_told", self.officers_told),
            ("escalated", self.escalated),
            ("digests", self.digests),
        ];
        NightRecord::new(FUNCTION, date, finished_at, &counts).with_failures(self.undeliverable)
    }
}

impl Context {
    /// Reads the variables, the ruleset's due days and the commanders' mailbox.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        let agency = folder.agency()?;
        let rules = Ruleset::parse(&folder.text("eis.toml")?).context("agency folder: eis.toml")?;
        let personnel = Personnel::open(runtime, &dynamo)?;
        Ok(Self {
            ring: personnel.ring(runtime, &kms)?,
            personnel,
            messages: open_messages(runtime, &dynamo, &kms)?,
            rules: Arc::new(rules),
            zone: agency.zone()?,
            on: agency.modes.alerts == "on",
            commanders: agency.mailboxes.get(COMMANDERS).cloned(),
            clock: runtime.clock.clone(),
        })
    }
}

/// One round: which day, and when it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) at: Timestamp,
    pub(crate) on: Date,
}

/// Runs the round of `event.time`.
pub async fn handle(context: &Context, event: Scheduled) -> anyhow::Result<Report> {
    let on = event.time.to_zoned_datetime(context.zone.clone()).date();
    let round = Round { at: event.time, on };
    let report = if context.on { run(context, round).await? } else { Report::default() };
    context.personnel.nights().note(&report.record(on, context.clock.now())).await?;
    Ok(report)
}

async fn run(context: &Context, round: Round) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let open = open_cases(context).await?;
    let mut digests: BTreeMap<String, Digest> = BTreeMap::new();
    for filed in &open {
        enter(context, round, &filed.case, &mut digests).await?;
    }
    // First the letters, then the cases: a round that breaks off between writes neither twice.
    for (address, digest) in &digests {
        report.digests += usize::from(letters::digest(context, round, address, digest).await?);
    }
    if !digests.is_empty() && digests.contains_key("") {
        report.undeliverable += 1;
        tracing::error!("a review has nobody who can be told: name a mailbox for commander in agency.toml");
    }
    for filed in open {
        advance(context, round, filed, &mut report).await?;
    }
    if let Some(monday) = week_to_tell(context, round.on).await? {
        report.week = week::tell(context, round, monday).await?;
    }
    tracing::info!(
        run.date = %round.on,
        alert.notified = report.notified,
        officer.told = report.officers_told,
        alert.escalated = report.escalated,
        digest.count = report.digests,
        "reviews notified"
    );
    Ok(report)
}

/// The Monday whose week is to be summed up: today, or the last one where its round never came to its end.
async fn week_to_tell(context: &Context, on: Date) -> Result<Option<Date>, StoreError> {
    let since_monday = on.weekday().since(Weekday::Monday);
    let monday = on.saturating_sub(i64::from(since_monday).days());
    if on == monday {
        return Ok(Some(monday));
    }
    let nights = context.personnel.nights().last(NIGHTS).await?;
    let before = nights.into_iter().find(|night| night.function == FUNCTION && night.date < on);
    Ok(before.is_some_and(|night| night.date < monday).then_some(monday))
}

async fn open_cases(context: &Context) -> Result<Vec<Filed>, StoreError> {
    let (mut open, mut after) = (Vec::new(), None);
    loop {
        let (cases, next) = context.personnel.open_cases(after.as_deref(), 200).await?;
        open.extend(cases);
        after = next;
        if after.is_none() {
            return Ok(open);
        }
    }
}

/// Enters a case into the digests of those it is for: the supervisor, and for an overdue step also those above.
async fn enter(
    context: &Context,
    round: Round,
    case: &Case,
    digests: &mut BTreeMap<String, Digest>,
) -> anyhow::Result<()> {
    let soon = round.on.saturating_add(SOON_DAYS.days());
    let overdue = case.is_overdue(round.on);
    let is_new = case.state == State::Detected;
    if !is_new && !overdue && case.due_on.is_none_or(|due| due > soon) {
        return Ok(());
    }
    let by = Actor::system();
    let ranks = if is_new { 0 } else { work(context, round, case, &by).ranks_up() };
    let line = Line::of(context, case, round).await?;
    for address in chain::addresses(context, case, ranks).await? {
        let digest = digests.entry(address).or_default();
        let list = match (is_new, overdue) {
            (true, _) => &mut digest.new,
            (false, true) => &mut digest.overdue,
            (false, false) => &mut digest.due,
        };
        list.push(line.clone());
    }
    Ok(())
}

fn work<'a>(context: &'a Context, round: Round, case: &'a Case, by: &'a Actor) -> Work<'a> {
    Work { case, by, at: round.at, on: round.on, flow: &context.rules.workflow }
}

/// Moves a case along: told, officer told, one rank higher. Each act is stored by itself.
async fn advance(
    context: &Context,
    round: Round,
    mut filed: Filed,
    report: &mut Report,
) -> anyhow::Result<()> {
    let by = Actor::system();
    if filed.case.state == State::Detected {
        let told = work(context, round, &filed.case, &by).step(&Step::Notified, false);
        let told = told.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        let Some(next) = store(context, filed, told).await? else { return Ok(()) };
        filed = next;
        report.notified += 1;
    }
    if filed.case.officer_told_on.is_none() && filed.case.is_known_to_officer(round.on) {
        letters::officer(context, round, &filed.case).await?;
        let told = work(context, round, &filed.case, &by).tell_officer();
        let Some(next) = store(context, filed, told).await? else { return Ok(()) };
        filed = next;
        report.officers_told += 1;
    }
    while filed.case.escalated_on.len() < work(context, round, &filed.case, &by).ranks_up() {
        let up = work(context, round, &filed.case, &by).step(&Step::Escalated, false);
        let up = up.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        let Some(next) = store(context, filed, up).await? else { return Ok(()) };
        filed = next;
        report.escalated += 1;
    }
    Ok(())
}

/// Stores an act. `None` where a person was faster: the next night does what is left.
async fn store(
    context: &Context,
    filed: Filed,
    (case, entry): (Case, Entry),
) -> Result<Option<Filed>, StoreError> {
    match context.personnel.file(filed.rev, case.clone(), &entry, None).await {
        Err(error) if error.is_condition() => Ok(None),
        Err(error) => Err(error),
        Ok(()) => context.personnel.case(&case.alert_id).await,
    }
}
