//! Every night: reads the ledger as recorded up to the watermark, scores each sworn officer on duty, stores each
//! score with its full explanation, opens cases. Nights that were missed are made up for first, in order.
//!
//! The time comes from the schedule, so that any past night can be run again; the same ledger, ruleset and time give
//! the same bytes. Nothing here knows a name.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context as _;
use eis::alert::parties;
use eis::case::{News, Raised as Reason};
use eis::explanation::Explanation;
use eis::outcome::{self, Effect};
use eis::run::{self, Identity};
use eis::{Input, Known, Ledger, Level, Revision, Ruleset, Run, Scored, Summary};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use startup::schedule::MOST_MISSED;
use startup::{Clock, Runtime, Scheduled, agency};
use table::nights::NightRecord;
use table::personnel::Personnel;
use table::personnel::cases::Raised;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &["PERSONNEL_TABLE", "AGENCY_DIR"];

/// Months back to which effects of interventions are looked for.
const EFFECT_MONTHS: i64 = 24;
/// Reads or writes under way at once, within one task.
const IN_FLIGHT: usize = 16;

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    personnel: Personnel,
    rules: Arc<Ruleset>,
    zone: TimeZone,
    alerts: Alerts,
    clock: Clock,
}

/// Whether alerts are raised, and for which nights.
#[derive(Clone, Copy, Debug)]
struct Alerts {
    on: bool,
    from: Option<Date>,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Identity and hashes.
    #[serde(flatten)]
    pub run: Run,
    /// Officers of whom something is recorded, but no post: not scored.
    pub officers_unknown: usize,
    /// Cases opened.
    pub alerts_opened: usize,
    /// Open cases that new reasons joined.
    pub alerts_joined: usize,
    /// Officers for review whose case was closed lately, with the same reasons.
    pub alerts_quiet: usize,
    /// The same under a suppression.
    pub alerts_suppressed: usize,
    /// Nights before this one that had been missed and were run first.
    pub nights_caught_up: Vec<Date>,
}

impl Report {
    /// The night in counts.
    fn record(&self, date: Date, finished_at: Timestamp) -> NightRecord {
        let standing = |level: Level| self.run.standing.values().filter(|one| **one == level).count();
        let counts = [
            ("officers_scored", self.run.officers_scored),
            ("officers_unknown", self.officers_unknown),
            ("review", standing(Level::Review)),
            ("watch", self.run.watched.len()),
            ("alerts_opened", self.alerts_opened),
            ("alerts_joined", self.alerts_joined),
            ("alerts_suppressed", self.alerts_suppressed),
            ("missing_feeds", self.run.missing_feeds.len()),
        ];
        NightRecord::new("score-officers", date, finished_at, &counts)
    }
}

impl Context {
    /// Reads the variables and the ruleset; a bad ruleset stops the night, naming key and reason.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        let agency = folder.agency()?;
        let rules = Ruleset::parse(&folder.text("eis.toml")?).context("agency folder: eis.toml")?;
        Ok(Self {
            personnel: Personnel::open(runtime, &dynamo)?,
            rules: Arc::new(rules),
            zone: agency.zone()?,
            alerts: Alerts { on: agency.modes.alerts == "on", from: agency.modes.alerts_from },
            clock: runtime.clock.clone(),
        })
    }
}

/// Runs the night of `event.time`, after those since the last run that were missed.
pub async fn handle(context: &Context, event: Scheduled) -> anyhow::Result<Report> {
    let zone = &context.zone;
    let last = context.personnel.last_run().await?.map(|run| run.date);
    let missed = event.missed(last, zone)?;
    if missed.len() == MOST_MISSED {
        tracing::warn!(night.count = MOST_MISSED, "nights further back than these are not made up for");
    }
    let revisions = revisions(context, run::watermark(event.time)).await?;
    for run in &missed {
        night(context, &revisions, run.time, run.night(zone)).await?;
    }
    let report = night(context, &revisions, event.time, event.night(zone)).await?;
    let nights_caught_up = missed.iter().map(|run| run.night(zone)).collect();
    Ok(Report { nights_caught_up, ..report })
}

/// One night: scores, cases, and last the run, which says that the night is complete: one that is cut off before it counts
/// as missed, and is run again by its own repetition or before the next night.
async fn night(
    context: &Context,
    revisions: &[Revision],
    time: Timestamp,
    date: Date,
) -> anyhow::Result<Report> {
    let ledger = Ledger::new(revisions.iter().cloned(), Known::Recorded(run::watermark(time)));
    let officers_unknown = ledger.unknown_officers().len();
    if officers_unknown > 0 {
        tracing::warn!(
            officer.unknown = officers_unknown,
            "events of officers without a post are not scored"
        );
    }
    let previous = context.personnel.run_before(date).await?.map(|run| run.standing).unwrap_or_default();
    let input = ledger.input(date, &context.zone, previous);
    let scored = Scored::new(&input, &context.rules);
    let identity = Identity::new(time, &context.rules, &input);
    let (summary, for_review) = store(context, &identity, &scored).await?;
    let run = Run::new(identity, scored.missing_feeds(), &summary);
    let effects = effects(context, &run, &input).await?;
    context.personnel.put_beside(&run, "EFFECTS", serde_json::to_string(&effects)?).await?;
    let fairness = eis::fairness::fairness(&input, &summary, &context.rules);
    context.personnel.put_beside(&run, "FAIRNESS", serde_json::to_string(&fairness)?).await?;
    let spreads = eis::spread::spreads(&input, &summary, &context.rules);
    context.personnel.put_beside(&run, "SPREADS", serde_json::to_string(&spreads)?).await?;
    let raised = raise(context, &run, &ledger, &input, &for_review).await?;
    let count = |what: Raised| raised.iter().filter(|raised| **raised == what).count();
    let report = Report {
        officers_unknown,
        alerts_opened: count(Raised::Opened),
        alerts_joined: count(Raised::Joined),
        alerts_quiet: count(Raised::Quiet),
        alerts_suppressed: count(Raised::Suppressed),
        nights_caught_up: Vec::new(),
        run,
    };
    tracing::info!(
        run.id = report.run.run_id,
        run.date = %date,
        officer.count = report.run.officers_scored,
        alert.opened = report.alerts_opened,
        alert.joined = report.alerts_joined,
        "officers scored"
    );
    context.personnel.nights().note(&report.record(date, context.clock.now())).await?;
    context.personnel.put_run(&report.run).await?;
    Ok(report)
}

/// Stores each score as it is explained, and keeps whole only those that ask for a review: with all of them a large
/// department would not fit the function's memory.
async fn store(
    context: &Context,
    identity: &Identity,
    scored: &Scored<'_>,
) -> anyhow::Result<(Summary, Vec<Explanation>)> {
    let (mut summary, mut for_review) = (Summary::default(), Vec::new());
    let writes = scored.explanations().map(|score| {
        summary.add(&score);
        if !score.reasons().is_empty() {
            for_review.push(score.clone());
        }
        async move { context.personnel.put_score(identity, &score).await }
    });
    stream::iter(writes).buffer_unordered(IN_FLIGHT).try_collect::<()>().await?;
    Ok((summary, for_review))
}

/// How it went after the interventions of the last two years, as known tonight.
async fn effects(context: &Context, run: &Run, input: &Input) -> anyhow::Result<Vec<Effect>> {
    let mut ended = BTreeSet::new();
    for filed in context.personnel.cases_since(run.date.saturating_sub(EFFECT_MONTHS.months())).await? {
        ended.extend(outcome::ended([&filed.case]));
    }
    let mut similar = BTreeMap::new();
    for day in ended.iter().map(|one| one.on).collect::<BTreeSet<Date>>() {
        if let Some(before) = context.personnel.run_before(day).await? {
            similar.insert(day, before.similar);
        }
    }
    Ok(outcome::effects(input, &context.rules, &ended, &similar))
}

/// Every officer's revisions up to the watermark.
async fn revisions(context: &Context, watermark: Timestamp) -> anyhow::Result<Vec<Revision>> {
    let officers = context.personnel.officers().await?;
    let read = |officer: String| async move { context.personnel.revisions(&officer, watermark).await };
    let ledgers = stream::iter(officers.into_iter().map(read)).buffered(IN_FLIGHT);
    Ok(ledgers.try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
}

/// Opens or joins a case for everybody whom the score or a threshold rule names for review. With alerts off, or before
/// the first night they are wanted for, nothing is raised: history raises no old alerts. Nor does a night that is run
/// again after later ones.
async fn raise(
    context: &Context,
    run: &Run,
    ledger: &Ledger,
    input: &Input,
    for_review: &[Explanation],
) -> anyhow::Result<Vec<Raised>> {
    let Alerts { on, from } = context.alerts;
    if !on || from.is_some_and(|from| run.date < from) {
        return Ok(Vec::new());
    }
    let is_old = context.personnel.last_run().await?.is_some_and(|last| last.date > run.date);
    let mut raised = Vec::new();
    // Whoever was at the same scenes is looked for in all records: only where there is something to raise.
    for score in for_review {
        let mut what = Raised::Known;
        if !is_old {
            let news = news(run, ledger, input, score);
            what = context.personnel.raise(&news, &context.rules.workflow).await?;
        }
        if what == Raised::Known {
            // Run again, a night tells what it did the first time.
            what = context.personnel.raised_on(&score.officer_id, run.date).await?;
        }
        raised.push(what);
    }
    Ok(raised)
}

fn news(run: &Run, ledger: &Ledger, input: &Input, score: &Explanation) -> News {
    let by_score = score.terms.iter().flat_map(|term| &term.events).map(|event| event.event_id.as_str());
    let by_rule = score.thresholds.iter().flat_map(|met| &met.events).map(String::as_str);
    let events: BTreeSet<&str> = by_score.chain(by_rule).collect();
    let reason = |trigger| Reason { trigger, date: run.date, run_id: run.run_id.clone() };
    News {
        officer_id: score.officer_id.clone(),
        at: run.as_of,
        date: run.date,
        s: score.s,
        pct: score.pct,
        triggers: score.reasons().into_iter().map(reason).collect(),
        parties: parties(input, &score.officer_id, &events),
        notice_delay: ledger.notice_delay(&score.officer_id, run.date),
    }
}
