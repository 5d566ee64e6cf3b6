//! `GET /v1/alerts`: the open alerts that are the caller's, each with its reasons, and the watch list beside them.
//! Never an alert the caller is a party to.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use eis::Level;
use eis::micro::Micro;
use serde::Serialize;
use startup::http::Answer;
use table::personnel::alerts::{Alert, Raised};

use crate::caller::Caller;
use crate::page::{Page, cursor};
use crate::route::Route;
use crate::scope::{Reach, Shown, reach, shown};
use crate::{Context, Reply};

#[derive(Serialize)]
struct List {
    alerts: Vec<Item>,
    /// Officers at watch in the last run: the supervisor's own list, no case.
    #[serde(skip_serializing_if = "Option::is_none")]
    watch: Option<Vec<Watched>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    alert_id: String,
    officer_id: String,
    officer: Option<Shown>,
    level: Level,
    state: String,
    opened_at: jiff::Timestamp,
    s: Micro,
    pct: f64,
    triggers: Vec<Raised>,
    /// The score behind the last trigger, in words and as a sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<String>,
    contributions: Vec<Contribution>,
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

pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let reach = match reach(context, caller, &Route::Alerts).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(refusal),
    };
    let page = match Page::of(request) {
        Ok(page) => page,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let (alerts, next) = visible(context, &reach, &page).await?;
    let watch = match &page.after {
        None => Some(watch(context, &reach).await?),
        Some(_) => None,
    };
    let mut about: Vec<String> = alerts.iter().map(|alert| alert.officer_id.clone()).collect();
    about.extend(watch.iter().flatten().map(|watched| watched.officer_id.clone()));
    let mut items = Vec::new();
    for alert in alerts {
        items.push(item(context, alert).await?);
    }
    Ok(Reply { answer: Answer::json(200, &List { alerts: items, watch, next }), about })
}

/// A page of what the caller may see, and where to go on.
async fn visible(
    context: &Context,
    reach: &Reach,
    page: &Page,
) -> anyhow::Result<(Vec<Alert>, Option<String>)> {
    let mut found = Vec::new();
    let mut after = page.after.clone();
    loop {
        let (alerts, next) = context.personnel.open_alerts(after.as_deref(), page.limit).await?;
        for alert in alerts {
            if !is_visible(context, reach, &alert).await? {
                continue;
            }
            let id = alert.alert_id.clone();
            found.push(alert);
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

async fn is_visible(context: &Context, reach: &Reach, alert: &Alert) -> anyhow::Result<bool> {
    let is_party = reach.officer().is_some_and(|officer| alert.parties.contains(officer));
    Ok(!is_party && reach.covers(context, &alert.officer_id).await?)
}

async fn watch(context: &Context, reach: &Reach) -> anyhow::Result<Vec<Watched>> {
    let Some(run) = context.personnel.last_run().await? else { return Ok(Vec::new()) };
    let mut watched = Vec::new();
    for (officer_id, level) in &run.standing {
        if *level == Level::Watch && reach.covers(context, officer_id).await? {
            watched.push(Watched { officer_id: officer_id.clone(), score: address(officer_id, run.date) });
        }
    }
    Ok(watched)
}

async fn item(context: &Context, alert: Alert) -> anyhow::Result<Item> {
    let profile = context.personnel.profile(&alert.officer_id).await?;
    let officer = match &profile {
        Some(profile) => Some(shown(context, profile).await?),
        None => None,
    };
    let last = alert.triggers.iter().max_by_key(|raised| raised.date);
    let score = match last {
        Some(raised) => context.personnel.score(raised.date, &raised.run_id, &alert.officer_id).await?,
        None => None,
    };
    let address = last.map(|raised| address(&alert.officer_id, raised.date));
    let contributions = score.iter().flat_map(|score| &score.terms);
    Ok(Item {
        contributions: contributions
            .map(|term| Contribution { indicator: term.indicator.clone(), c: term.c })
            .collect(),
        sentence: score.as_ref().map(|score| score.sentence.clone()),
        score: address,
        officer,
        alert_id: alert.alert_id,
        officer_id: alert.officer_id,
        level: alert.level,
        state: alert.state,
        opened_at: alert.opened_at,
        s: alert.s,
        pct: alert.pct,
        triggers: alert.triggers,
    })
}

fn address(officer_id: &str, date: jiff::civil::Date) -> String {
    format!("/v1/officers/{officer_id}/scores/{date}")
}
