//! `GET /v1/alerts/{id}`: one case with everything needed to judge it: the score as a sum, the rules that were met, the
//! events behind both, what was done and written, and what is open now.
use eis::Explanation;
use eis::case::{Act, Case, Entry};
use serde::Serialize;
use startup::http::Answer;
use table::personnel::cases::Filed;

use crate::caller::Caller;
use crate::reasons::{Reasons, reasons};
use crate::route::Route;
use crate::scope::{Shown, reach, shown};
use crate::{Context, Reply, case_work, not_found};

#[derive(Serialize)]
struct View {
    alert: Case,
    overdue: bool,
    officer: Option<Shown>,
    /// Steps that are open to the caller.
    legal: Vec<&'static str>,
    /// The score behind the last reason, never without its sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<Explanation>,
    #[serde(flatten)]
    reasons: Reasons,
    log: Vec<LogLine>,
}

/// An entry with what was written.
#[derive(Serialize)]
pub(crate) struct LogLine {
    #[serde(flatten)]
    entry: Entry,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    /// How the words are to be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'static str>,
}

pub(crate) async fn show(context: &Context, caller: &Caller, id: &str) -> anyhow::Result<Reply> {
    let route = Route::Alert { id: id.into() };
    let reach = match reach(context, caller, &route).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(refusal),
    };
    let Some(filed) = context.personnel.case(id).await? else { return Ok(Reply::refusal(not_found())) };
    let about = vec![filed.case.officer_id.clone()];
    if !reach.covers_case(context, &filed.case).await? {
        return Ok(Reply { answer: not_found(), about });
    }
    let view = view(context, caller, filed).await?;
    Ok(Reply { answer: Answer::json(200, &view), about })
}

async fn view(context: &Context, caller: &Caller, filed: Filed) -> anyhow::Result<View> {
    let legal = case_work::legal(context, caller, &filed)?;
    let case = filed.case;
    let on = context.today().1;
    let officer = match context.personnel.profile(&case.officer_id).await? {
        Some(profile) => Some(shown(context, &profile).await?),
        None => None,
    };
    let score = score_behind(context, &case).await?;
    let reasons = match &score {
        Some(score) => {
            // The night may have been run again since, by other rules or on other records.
            let run = context.personnel.run(score.as_of).await?;
            let run = run.filter(|run| case.triggers.iter().any(|raised| raised.run_id == run.run_id));
            reasons(context, run.as_ref(), score).await?
        }
        None => Reasons::default(),
    };
    let log = log(context, &case).await?;
    Ok(View { overdue: case.is_overdue(on), alert: case, officer, legal, score, reasons, log })
}

/// The score of the run that raised the last reason.
pub(crate) async fn score_behind(context: &Context, case: &Case) -> anyhow::Result<Option<Explanation>> {
    let Some(last) = case.triggers.iter().max_by_key(|raised| raised.date) else { return Ok(None) };
    Ok(context.personnel.score(last.date, &last.run_id, &case.officer_id).await?)
}

/// What was done in a case, with the words.
pub(crate) async fn log(context: &Context, case: &Case) -> anyhow::Result<Vec<LogLine>> {
    let mut lines = Vec::new();
    for logged in context.personnel.log_of(case).await? {
        let words = context.personnel.words_of(&context.personnel_ring, case, &logged).await?;
        let label = match logged.entry.act {
            Act::Statement => Some("the officer's own statement, voluntary"),
            Act::Contested => Some("the officer's objection"),
            _ => None,
        };
        lines.push(LogLine { entry: logged.entry, words, label });
    }
    Ok(lines)
}
