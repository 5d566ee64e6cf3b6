//! The patrol plan of a date, visits under it, and what came of both: places and times, nobody's name. Cells held out
//! for comparison are counted here and shown nowhere.
use anyhow::Context as _;
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::ProvideErrorMetadata;
use futures_util::{StreamExt, TryStreamExt, stream};
use hotspot::patrol::geojson::{Listed, listed};
use hotspot::patrol::{Record, Report, Visit};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use startup::Runtime;
use startup::http::{Answer, Fault};
use table::Store;
use table::patrol::Visits;

use crate::body::{self, refuse};
use crate::caller::Caller;
use crate::page::filter;
use crate::route::Route;
use crate::scope::barred;
use crate::{Context, Reply, not_found};

/// Longest stay that is taken for one visit, in minutes.
const LONGEST_STAY: u16 = 240;
/// How long before and after its shift a visit may begin: crews start early and stay on.
const MARGIN: SignedDuration = SignedDuration::from_mins(60);
/// How far a clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// Days of a report unless asked otherwise, and at most.
const USUAL_DAYS: i64 = 28;
const MOST_DAYS: i64 = 92;
/// Reads in flight at a time.
const IN_FLIGHT: usize = 16;

/// Plans and records in the internal bucket, visits in Messages.
#[derive(Clone, Debug)]
pub(crate) struct Patrol {
    s3: aws_sdk_s3::Client,
    bucket: String,
    visits: Visits,
}

/// A visit as it is entered. Who patrolled is not asked, and no field takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    shift: String,
    geohash: String,
    arrived_at: Timestamp,
    minutes: u16,
}

#[derive(Serialize)]
struct Receipt<'a> {
    date: Date,
    #[serde(flatten)]
    visit: &'a table::patrol::Visit,
}

#[derive(Serialize)]
struct Shown {
    report: &'static str,
    from: Date,
    to: Date,
    #[serde(flatten)]
    figures: Report,
}

impl Patrol {
    pub(crate) fn open(runtime: &Runtime, dynamo: &aws_sdk_dynamodb::Client) -> anyhow::Result<Self> {
        let config = Builder::from(&runtime.sdk)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        let messages = Store::new(
            dynamo.clone(),
            runtime.variables.required("MESSAGES_TABLE")?,
            runtime.entropy.clone(),
        );
        Ok(Self {
            s3: aws_sdk_s3::Client::from_conf(config),
            bucket: runtime.variables.required("INTERNAL_BUCKET")?,
            visits: Visits::new(messages),
        })
    }

    /// The object at `key` of the internal bucket.
    pub(crate) async fn object(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let call = self.s3.get_object().bucket(&self.bucket).key(key);
        match Box::pin(call.send()).await {
            Ok(output) => {
                let body = output.body.collect().await.context("a file of the internal bucket broke off")?;
                Ok(Some(body.to_vec()))
            }
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "NotFound")) => Ok(None),
            Err(error) => {
                let code = error.code().unwrap_or("no answer").to_owned();
                anyhow::bail!("a file of the internal bucket could not be read ({code})")
            }
        }
    }

    async fn record(&self, date: Date) -> anyhow::Result<Option<Record>> {
        let text = self.object(&format!("patrol-records/{date}.json")).await?;
        text.map(|text| Record::from_json(&text).context("a record of the patrol plan")).transpose()
    }

    async fn visits(&self, date: Date) -> anyhow::Result<Vec<Visit>> {
        let stored = self.visits.of(date).await?;
        let visit = |visit: table::patrol::Visit| Visit {
            date,
            shift: visit.shift,
            geohash: visit.geohash,
            arrived_at: visit.arrived_at,
            minutes: visit.minutes,
        };
        Ok(stored.into_iter().map(visit).collect())
    }
}

/// `GET /v1/patrol/{date}`: the plan as GeoJSON, or as the page for roll call.
pub(crate) async fn show(
    context: &Context,
    caller: &Caller,
    date: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    if let Some(refusal) = barred(context, caller, &Route::Patrol { date: date.into() }).await? {
        return Ok(refusal);
    }
    let page = match filter(request, "format", &["geojson", "html"]) {
        Ok(format) => format == Some("html"),
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let (ending, media_type) =
        if page { ("html", "text/html; charset=utf-8") } else { ("geojson", "application/geo+json") };
    let Ok(date) = date.parse::<Date>() else { return Ok(Reply::refusal(not_found())) };
    let Some(text) = context.patrol.object(&format!("patrol/{date}.{ending}")).await? else {
        return Ok(Reply::refusal(not_found()));
    };
    let body = String::from_utf8(text).context("a file of the patrol plan")?;
    Ok(Reply::refusal(Answer { status: 200, media_type, headers: Vec::new(), body }))
}

/// `POST /v1/patrol/{date}/visits`: one visit to a cell that the plan lists.
pub(crate) async fn visit(
    context: &Context,
    caller: &Caller,
    date: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    if let Some(refusal) = barred(context, caller, &Route::PatrolVisits { date: date.into() }).await? {
        return Ok(refusal);
    }
    let read = body::read::<Entry>(request)
        .and_then(|entry| Ok((entry, body::request_name(request, &format!("visit|{date}"))?)));
    let (entry, name) = match read {
        Ok(read) => read,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let Ok(date) = date.parse::<Date>() else { return Ok(Reply::refusal(not_found())) };
    let Some(plan) = context.patrol.object(&format!("patrol/{date}.geojson")).await? else {
        return Ok(Reply::refusal(not_found()));
    };
    let plan = listed(&plan).context("the patrol plan")?;
    if let Some(answer) = wrong(&entry, &plan, context.clock.now()) {
        return Ok(Reply::refusal(answer));
    }
    let Entry { shift, geohash, arrived_at, minutes } = entry;
    let visit = table::patrol::Visit { shift, geohash, arrived_at, minutes };
    Ok(Reply::refusal(store(context, date, &name, &visit).await?))
}

async fn store(
    context: &Context,
    date: Date,
    name: &str,
    visit: &table::patrol::Visit,
) -> anyhow::Result<Answer> {
    let visits = &context.patrol.visits;
    match visits.record(date, name, visit).await {
        Ok(()) => Ok(Answer::json(201, &Receipt { date, visit })),
        Err(error) if error.is_condition() => {
            if visits.find(date, name).await?.as_ref() == Some(visit) {
                return Ok(Answer::json(200, &Receipt { date, visit }));
            }
            let detail = "another visit was entered under this Idempotency-Key; nothing was stored";
            Ok(Answer::problem(409, "Key in use", detail, &[]))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is wrong with a visit, if anything. A cell that is held out is refused in the same words as any other that
/// the plan does not list.
fn wrong(entry: &Entry, plan: &[Listed], now: Timestamp) -> Option<Answer> {
    let found = plan.iter().find(|one| one.shift == entry.shift && one.geohash == entry.geohash);
    let Some(found) = found else {
        return Some(refuse("/geohash", "the plan of this date lists no such cell for this shift"));
    };
    if !(1..=LONGEST_STAY).contains(&entry.minutes) {
        return Some(refuse("/minutes", "must be 1 to 240"));
    }
    let since = entry.arrived_at.duration_since(found.shift_starts);
    let until = entry.arrived_at.duration_since(found.shift_ends);
    if since < -MARGIN || until > MARGIN {
        return Some(refuse("/arrived_at", "must lie in the shift, or within an hour before or after it"));
    }
    let ahead = entry.arrived_at.duration_since(now) > AHEAD;
    ahead.then(|| refuse("/arrived_at", "must not lie in the future"))
}

/// `GET /v1/reports/patrol`: visits of planned ones, and hit rates of visited cells and of those held out.
pub(crate) async fn report(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    if let Some(refusal) = barred(context, caller, &Route::PatrolReport).await? {
        return Ok(refusal);
    }
    let (from, to) = match stretch(context.today().1, request) {
        Ok(stretch) => stretch,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let days: Vec<Date> = from.series(1.day()).take_while(|day| *day <= to).collect();
    let patrol = &context.patrol;
    let reads = stream::iter(days)
        .map(async |day| anyhow::Ok((patrol.record(day).await?, patrol.visits(day).await?)))
        .buffered(IN_FLIGHT);
    let (mut records, mut visits) = (Vec::new(), Vec::new());
    let read: Vec<_> = reads.try_collect().await?;
    for (record, of_day) in read {
        records.extend(record);
        visits.extend(of_day);
    }
    let figures = Report::of(&records, &visits);
    Ok(Reply::refusal(Answer::json(200, &Shown { report: "patrol", from, to, figures })))
}

/// The days asked for, both included.
fn stretch(today: Date, request: &ApiGatewayV2httpRequest) -> Result<(Date, Date), Answer> {
    let date = |name: &str, otherwise: Date| match request.query_string_parameters.first(name) {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| wrong_query(name, "must be a date such as 2026-07-04")),
    };
    let to = date("to", today)?;
    let from = date("from", to.saturating_sub((USUAL_DAYS - 1).days()))?;
    if from > to || to.duration_since(from) >= SignedDuration::from_hours(24 * MOST_DAYS) {
        return Err(wrong_query("from", "must not be after `to`, nor more than 91 days before it"));
    }
    Ok((from, to))
}

fn wrong_query(name: &str, detail: &str) -> Answer {
    let fault = Fault { index: None, pointer: format!("/{name}"), code: "invalid", detail: detail.into() };
    Answer::problem(400, "Wrong query", &format!("{name} {detail}"), &[fault])
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-07-06T12:00:00Z";

    fn plan() -> Vec<Listed> {
        vec![Listed {
            geohash: "cbqd0jq".into(),
            shift: "evening".into(),
            shift_starts: "2026-07-05T20:00:00Z".parse().unwrap(),
            shift_ends: "2026-07-06T04:00:00Z".parse().unwrap(),
        }]
    }

    #[track_caller]
    fn check(shift: &str, arrived_at: &str, minutes: u16, pointer: Option<&str>) {
        let entry = Entry {
            shift: shift.into(),
            geohash: "cbqd0jq".into(),
            arrived_at: arrived_at.parse().unwrap(),
            minutes,
        };
        let answer = wrong(&entry, &plan(), NOW.parse().unwrap());
        let found = answer.map(|answer| {
            let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            problem["errors"][0]["pointer"].as_str().unwrap().to_owned()
        });
        assert_eq!(found.as_deref(), pointer);
    }

    #[test]
    fn a_visit_fits_its_plan_and_its_shift() {
        check("evening", "2026-07-05T21:00:00Z", 15, None);
        check("evening", "2026-07-05T19:00:00Z", 15, None);
        check("night", "2026-07-05T21:00:00Z", 15, Some("/geohash"));
        check("evening", "2026-07-05T21:00:00Z", 0, Some("/minutes"));
        check("evening", "2026-07-05T21:00:00Z", 241, Some("/minutes"));
        check("evening", "2026-07-05T18:59:00Z", 15, Some("/arrived_at"));
        check("evening", "2026-07-06T05:01:00Z", 15, Some("/arrived_at"));
    }
}
