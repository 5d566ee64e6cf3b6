//! Every night: reads the ledger as recorded up to the watermark, scores each sworn officer on duty, stores each
//! score with its full explanation, opens alerts.
//!
//! The time comes from the schedule, so that any past night can be run again; the same ledger, ruleset and time give
//! the same bytes. Nothing here knows a name.
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context as _;
use eis::alert::parties;
use eis::explanation::Explanation;
use eis::{Input, Known, Ledger, Level, Ruleset, Run, run};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use startup::{Runtime, Scheduled, agency};
use table::personnel::Personnel;
use table::personnel::alerts::{Alert, Raised, Raising};

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &["PERSONNEL_TABLE", "AGENCY_DIR"];

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    personnel: Personnel,
    rules: Arc<Ruleset>,
    zone: TimeZone,
    alerts: Alerts,
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
    /// Alerts opened.
    pub alerts_opened: usize,
    /// Open alerts that new triggers joined.
    pub alerts_joined: usize,
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
        })
    }
}

/// Runs the night of `event.time`.
pub async fn handle(context: &Context, event: Scheduled) -> anyhow::Result<Report> {
    let date = event.time.to_zoned_datetime(context.zone.clone()).date();
    let ledger = ledger(context, event).await?;
    let officers_unknown = ledger.unknown_officers().len();
    if officers_unknown > 0 {
        tracing::warn!(
            officer.unknown = officers_unknown,
            "events of officers without a post are not scored"
        );
    }
    let previous = context.personnel.run_before(date).await?.map(|run| run.standing).unwrap_or_default();
    let input = ledger.input(date, &context.zone, previous);
    let output = eis::score(&input, &context.rules);
    let run = Run::new(event.time, &context.rules, &input, &output);
    for score in &output.scores {
        context.personnel.put_score(&run, score).await?;
    }
    context.personnel.put_run(&run).await?;
    let (alerts_opened, alerts_joined) = raise(context, &run, &input, &output.scores).await?;
    tracing::info!(
        run.id = run.run_id,
        officer.count = run.officers_scored,
        alert.opened = alerts_opened,
        alert.joined = alerts_joined,
        "officers scored"
    );
    Ok(Report { run, officers_unknown, alerts_opened, alerts_joined })
}

/// Every officer's revisions up to the watermark.
async fn ledger(context: &Context, event: Scheduled) -> anyhow::Result<Ledger> {
    let watermark = run::watermark(event.time);
    let mut revisions = Vec::new();
    for officer in context.personnel.officers().await? {
        revisions.extend(context.personnel.revisions(&officer, watermark).await?);
    }
    Ok(Ledger::new(revisions, Known::Recorded(watermark)))
}

/// Opens or joins an alert for everybody at review. With alerts off, or before the first night they are wanted for,
/// nothing is raised: history raises no old alerts.
async fn raise(
    context: &Context,
    run: &Run,
    input: &Input,
    scores: &[Explanation],
) -> anyhow::Result<(usize, usize)> {
    let Alerts { on, from } = context.alerts;
    if !on || from.is_some_and(|from| run.date < from) {
        return Ok((0, 0));
    }
    let (mut opened, mut joined) = (0, 0);
    for score in scores.iter().filter(|score| score.level == Level::Review) {
        match context.personnel.raise(&alert(run, input, score)).await? {
            Raising::Opened => opened += 1,
            Raising::Joined => joined += 1,
            Raising::Known => {}
        }
    }
    Ok((opened, joined))
}

fn alert(run: &Run, input: &Input, score: &Explanation) -> Alert {
    let events: BTreeSet<&str> =
        score.terms.iter().flat_map(|term| &term.events).map(|event| event.event_id.as_str()).collect();
    let mut alert = Alert::new(&score.officer_id, run.as_of, run.date, score.s, score.pct);
    alert.parties = parties(input, &score.officer_id, &events);
    let raised = |trigger: &eis::alert::Trigger| Raised {
        trigger: trigger.clone(),
        date: run.date,
        run_id: run.run_id.clone(),
    };
    alert.triggers = score.triggers.iter().map(raised).collect();
    alert
}
