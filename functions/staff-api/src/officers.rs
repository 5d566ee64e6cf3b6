//! `GET /v1/officers/{id}/scores/{date}`: a score with the sum that explains it, never without.
use eis::{Explanation, Run};
use jiff::civil::Date;
use serde::Serialize;
use startup::http::{Answer, Fault};

use crate::caller::Caller;
use crate::route::Route;
use crate::scope::{Shown, reach, shown};
use crate::{Context, Reply, not_found};

#[derive(Serialize)]
struct ScoreShown {
    officer: Option<Shown>,
    run: Identity,
    score: Explanation,
}

/// What a run is identified by.
#[derive(Serialize)]
struct Identity {
    run_id: String,
    as_of: jiff::Timestamp,
    watermark: jiff::Timestamp,
    ruleset_sha256: String,
    input_sha256: String,
    output_sha256: String,
}

impl From<Run> for Identity {
    fn from(run: Run) -> Self {
        let Run { run_id, as_of, watermark, ruleset_sha256, input_sha256, output_sha256, .. } = run;
        Self { run_id, as_of, watermark, ruleset_sha256, input_sha256, output_sha256 }
    }
}

pub(crate) async fn score(context: &Context, caller: &Caller, id: &str, date: &str) -> anyhow::Result<Reply> {
    let route = Route::OfficerScore { id: id.into(), date: date.into() };
    let reach = match reach(context, caller, &route).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(refusal),
    };
    let Some(date) = day(date) else { return Ok(Reply::refusal(bad_date())) };
    let about = vec![id.to_owned()];
    if !reach.covers(context, id).await? {
        return Ok(Reply { answer: not_found(), about });
    }
    let Some(run) = context.personnel.run(date).await? else {
        return Ok(Reply { answer: not_found(), about });
    };
    let Some(score) = context.personnel.score(run.date, &run.run_id, id).await? else {
        return Ok(Reply { answer: not_found(), about });
    };
    let officer = match context.personnel.profile(id).await? {
        Some(profile) => Some(shown(context, &profile).await?),
        None => None,
    };
    Ok(Reply { answer: Answer::json(200, &ScoreShown { officer, run: run.into(), score }), about })
}

fn day(text: &str) -> Option<Date> {
    if text.len() == 10 { text.parse().ok() } else { None }
}

fn bad_date() -> Answer {
    let fault = Fault {
        index: None,
        pointer: "/date".into(),
        code: "invalid",
        detail: "the date in the address must be a day such as 2026-07-04".into(),
    };
    Answer::problem(400, "Not a date", "ask for the as-of date of a nightly run", &[fault])
}
