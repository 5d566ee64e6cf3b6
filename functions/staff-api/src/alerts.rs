//! `GET /v1/alerts`: the open cases that are the caller's, each with its reasons, and the watch list beside them.
//! Never a case the caller is a party to.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use eis::case::{Raised, State};
use eis::micro::Micro;
use jiff::civil::Date;
use serde::Serialize;
use startup::http::Answer;
use table::personnel::cases::Filed;

use crate::caller::Caller;
use crate::cases::score_behind;
use crate::page::{Page, cursor, filter};
use crate::route::Route;
use crate::scope::{Reach, Shown, reach, shown};
use crate::{Context, Reply};

/// The states of an open case, as filters.
const STATES: [&str; 9] = [
    "Detected",
    "Notified",
    "UnderReview",
    "OfficerResponse",
    "Disposition",
    "SecondReview",
    "InterventionPlanned",
    "Active",
    "FollowUp",
];

#[derive(Serialize)]
struct List {
    alerts: Vec<Item>,
    /// Officers on the supervisors' own lists after the last run: no case.
    #[serde(skip_serializing_if = "Option::is_none")]
    watch: Option<Vec<Watched>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    alert_id: String,
    /// Address of the whole case.
    alert: String,
    officer_id: String,
    officer: Option<Shown>,
    state: State,
    opened_at: jiff::Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<Date>,
    overdue: bool,
    contested: bool,
    s: Micro,
    pct: f64,
    triggers: Vec<Raised>,
    /// The score behind the last reason, in words and as a sum, and the rules that were met.
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<String>,
    contributions: Vec<Contribution>,
    thresholds: Vec<String>,
    /// Address of the full explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<String>,
}

#[derive(Serialize)]
struct Contribution {
    indicator: String,
    c: Micro,
}

#[derive(Serialize)]
struct Watched {
    officer_id: String,
    /// Address of the full explanation.
    score: String,
}

/// Which cases are wanted.
struct Filters<'a> {
    state: Option<&'a str>,
    due: Option<&'a str>,
    unit: Option<&'a str>,
}

impl<'a> Filters<'a> {
    fn of(request: &'a ApiGatewayV2httpRequest) -> Result<Self, Answer> {
        Ok(Self {
            state: filter(request, "state", &STATES)?,
            due: filter(request, "due", &["overdue"])?,
            unit: request.query_string_parameters.first("unit"),
        })
    }

    async fn admit(&self, context: &Context, filed: &Filed) -> anyhow::Result<bool> {
        let case = &filed.case;
        let state = self.state.is_none_or(|state| format!("{:?}", case.state) == state);
        let due = self.due.is_none_or(|_| case.is_overdue(context.today().1));
        let Some(unit) = self.unit else { return Ok(state && due) };
        let profile = context.personnel.profile(&case.officer_id).await?;
        Ok(state && due && profile.is_some_and(|profile| profile.post.unit == unit))
    }
}

pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let reach = match reach(context, caller, &Route::Alerts).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(refusal),
    };
    let (page, filters) = match Page::of(request).and_then(|page| Ok((page, Filters::of(request)?))) {
        Ok(read) => read,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let (found, next) = visible(context, &reach, &page, &filters).await?;
    let watch = match &page.after {
        None => Some(watch(context, &reach).await?),
        Some(_) => None,
    };
    let mut about: Vec<String> = found.iter().map(|filed| filed.case.officer_id.clone()).collect();
    about.extend(watch.iter().flatten().map(|watched| watched.officer_id.clone()));
    let mut items = Vec::new();
    for filed in found {
        items.push(item(context, filed).await?);
    }
    Ok(Reply { answer: Answer::json(200, &List { alerts: items, watch, next }), about })
}

/// A page of what the caller may see and wants, and where to go on.
async fn visible(
    context: &Context,
    reach: &Reach,
    page: &Page,
    filters: &Filters<'_>,
) -> anyhow::Result<(Vec<Filed>, Option<String>)> {
    let mut found = Vec::new();
    let mut after = page.after.clone();
    loop {
        let (cases, next) = context.personnel.open_cases(after.as_deref(), page.limit).await?;
        for filed in cases {
            if !reach.covers_case(context, &filed.case).await? || !filters.admit(context, &filed).await? {
                continue;
            }
            let id = filed.case.alert_id.clone();
            found.push(filed);
            if found.len() == page.limit {
                return Ok((found, Some(cursor(&id))));
            }
        }
        after = next;
        if after.is_none() {
            return Ok((found, None));
        }
    }
}

async fn watch(context: &Context, reach: &Reach) -> anyhow::Result<Vec<Watched>> {
    let Some(run) = context.personnel.last_run().await? else { return Ok(Vec::new()) };
    let mut watched = Vec::new();
    for officer_id in &run.watched {
        if !reach.is_self(officer_id) && reach.covers(context, officer_id).await? {
            watched.push(Watched { officer_id: officer_id.clone(), score: address(officer_id, run.date) });
        }
    }
    Ok(watched)
}

async fn item(context: &Context, filed: Filed) -> anyhow::Result<Item> {
    let case = filed.case;
    let profile = context.personnel.profile(&case.officer_id).await?;
    let officer = match &profile {
        Some(profile) => Some(shown(context, profile).await?),
        None => None,
    };
    let score = score_behind(context, &case).await?;
    let contributions = score.iter().flat_map(|score| &score.terms);
    let thresholds = score.iter().flat_map(|score| &score.thresholds);
    Ok(Item {
        contributions: contributions
            .map(|term| Contribution { indicator: term.indicator.clone(), c: term.c })
            .collect(),
        thresholds: thresholds.map(|met| met.sentence.clone()).collect(),
        sentence: score.as_ref().map(|score| score.sentence.clone()),
        score: score.as_ref().map(|score| address(&case.officer_id, score.as_of)),
        officer,
        alert: format!("/v1/alerts/{}", case.alert_id),
        overdue: case.is_overdue(context.today().1),
        contested: case.is_contested(),
        alert_id: case.alert_id,
        officer_id: case.officer_id,
        state: case.state,
        opened_at: case.opened_at,
        due_on: case.due_on,
        s: case.s,
        pct: case.pct,
        triggers: case.triggers,
    })
}

fn address(officer_id: &str, date: Date) -> String {
    format!("/v1/officers/{officer_id}/scores/{date}")
}
