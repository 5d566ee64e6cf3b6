//! `GET /v1/officers`: who is on the roster and within the caller's reach; and `GET /v1/officers/{id}/scores/{date}`: a
//! score with the sum that explains it, never without.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use eis::event::EmployeeType;
use eis::record::{Course, Status};
use eis::{Explanation, Level, Run};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use serde::Serialize;
use startup::http::{Answer, Fault};

use crate::caller::Caller;
use crate::page::{Page, cursor, filter};
use crate::reasons::{Reasons, reasons};
use crate::route::Route;
use crate::scope::{Reach, Shown, reach, shown};
use crate::{Context, Reply, not_found, record};

/// Officers read at once.
const IN_FLIGHT: usize = 16;

#[derive(Serialize)]
struct List {
    officers: Vec<Listed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    officer: Shown,
    employee_type: EmployeeType,
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    supervisor_id: Option<String>,
    /// By the last run: review, watch or none; nobody is scored without an explanation, which stands at `score`.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<String>,
    /// The open case, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_id: Option<String>,
    /// Courses overdue or run out.
    training_overdue: usize,
}

/// Which officers are wanted.
struct Filters<'a> {
    unit: Option<&'a str>,
    level: Option<&'a str>,
    training: Option<&'a str>,
    employee_type: Option<&'a str>,
    active: Option<&'a str>,
}

impl<'a> Filters<'a> {
    fn of(request: &'a ApiGatewayV2httpRequest) -> Result<Self, Answer> {
        Ok(Self {
            unit: request.query_string_parameters.first("unit"),
            level: filter(request, "level", &["review", "watch", "none"])?,
            training: filter(request, "training", &["overdue"])?,
            employee_type: filter(request, "employee_type", &["sworn", "civilian"])?,
            active: filter(request, "active", &["true", "false"])?,
        })
    }

    fn admits(&self, listed: &Listed, unit: &str) -> bool {
        let kind = if listed.employee_type == EmployeeType::Sworn { "sworn" } else { "civilian" };
        self.unit.is_none_or(|wanted| wanted == unit)
            && self.level.is_none_or(|level| listed.level.unwrap_or("none") == level)
            && self.training.is_none_or(|_| listed.training_overdue > 0)
            && self.employee_type.is_none_or(|wanted| wanted == kind)
            && self.active.is_none_or(|wanted| (wanted == "true") == listed.active)
    }
}

pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let reach = match reach(context, caller, &Route::Officers).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(refusal),
    };
    let (page, filters) = match Page::of(request).and_then(|page| Ok((page, Filters::of(request)?))) {
        Ok(read) => read,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let run = context.personnel.last_run().await?;
    let ids = context.personnel.officers().await?;
    let wanted: Vec<String> =
        ids.into_iter().filter(|id| page.after.as_ref().is_none_or(|after| id > after)).collect();
    let mut officers: Vec<Listed> = Vec::new();
    let read = |id: String| {
        let (reach, run) = (&reach, run.as_ref());
        async move { listed(context, reach, run, id).await }
    };
    let mut found = stream::iter(wanted.into_iter().map(read)).buffered(IN_FLIGHT);
    let mut more = false;
    while let Some(one) = found.try_next().await? {
        let Some(listed) = one.filter(|listed| filters.admits(listed, &listed.officer.unit)) else {
            continue;
        };
        if officers.len() == page.limit {
            more = true;
            break;
        }
        officers.push(listed);
    }
    let last = officers.last().map(|listed| cursor(&listed.officer.officer_id));
    let about = officers.iter().map(|listed| listed.officer.officer_id.clone()).collect();
    Ok(Reply { answer: Answer::json(200, &List { officers, next: last.filter(|_| more) }), about })
}

async fn listed(
    context: &Context,
    reach: &Reach,
    run: Option<&Run>,
    id: String,
) -> anyhow::Result<Option<Listed>> {
    let Some(profile) = context.personnel.profile(&id).await? else { return Ok(None) };
    if !reach.covers(context, &id).await? {
        return Ok(None);
    }
    let filed = context.personnel.last_case(&id).await?.filter(|filed| !filed.case.is_closed());
    let on = context.today().1;
    let alert = match filed {
        Some(filed) if reach.is_self(&id) => filed.case.is_known_to_officer(on).then_some(filed),
        Some(filed) if !reach.covers_case(context, &filed.case).await? => None,
        other => other,
    };
    let courses = record::ledger(context, &id).await?.training(&id, on);
    let withheld = record::withheld_from(context, reach, &id).await?;
    let score = match run.filter(|run| withheld.is_none_or(|from| run.date < from)) {
        Some(run) => context.personnel.score(run.date, &run.run_id, &id).await?,
        None => None,
    };
    Ok(Some(Listed {
        officer: shown(context, &profile).await?,
        employee_type: profile.post.employee_type,
        active: profile.post.active,
        supervisor_id: profile.post.supervisor_id.clone(),
        score: score.as_ref().map(|score| format!("/v1/officers/{id}/scores/{}", score.as_of)),
        level: score.map(|score| level(&score)),
        alert_id: alert.map(|filed| filed.case.alert_id),
        training_overdue: courses.iter().filter(|course| is_overdue(course)).count(),
    }))
}

/// Review by the score or a threshold rule, else watch, else none.
fn level(score: &Explanation) -> &'static str {
    if !score.reasons().is_empty() {
        "review"
    } else if score.is_watched() || score.level == Level::Watch {
        "watch"
    } else {
        "none"
    }
}

fn is_overdue(course: &Course) -> bool {
    matches!(course.status, Status::Overdue | Status::Expired)
}

#[derive(Serialize)]
struct ScoreShown {
    officer: Option<Shown>,
    run: Identity,
    score: Explanation,
    #[serde(flatten)]
    reasons: Reasons,
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
    let withheld = record::withheld_from(context, &reach, id).await?;
    if !reach.covers(context, id).await? || withheld.is_some_and(|from| date >= from) {
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
    let reasons = reasons(context, Some(&run), &score).await?;
    Ok(Reply { answer: Answer::json(200, &ScoreShown { officer, run: run.into(), score, reasons }), about })
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
