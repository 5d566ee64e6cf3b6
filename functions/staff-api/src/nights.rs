//! `GET /v1/nights`: whether the nightly functions ran, and what they did, in counts. A night that left nothing although
//! later ones or other functions ran is said to be missing.
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use startup::http::Answer;
use table::nights::NightRecord;

use crate::caller::Caller;
use crate::page::refuse;
use crate::route::Route;
use crate::scope::barred;
use crate::{Context, Reply};

/// Nights of each function unless asked otherwise, and at most.
const USUAL: usize = 7;
const MOST: usize = 31;
/// Functions that keep their nights as objects.
const OBJECTS: [&str; 2] = ["map-hotspots", "summarise-updates"];
/// Functions that keep them among the officers.
const AMONG_OFFICERS: usize = 2;
/// Every nightly function is done by then, agency time.
const DONE_BY: Time = Time::constant(6, 0, 0, 0);
/// Objects read at once.
const IN_FLIGHT: usize = 16;

#[derive(Serialize)]
struct List {
    nights: Vec<Shown>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Shown {
    function: String,
    date: Date,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Timestamp>,
    counts: BTreeMap<String, u64>,
    failures: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Finished,
    Missing,
}

pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    if let Some(refusal) = barred(context, caller, &Route::Nights).await? {
        return Ok(refusal);
    }
    let limit = match limit(request.query_string_parameters.first("limit")) {
        Ok(limit) => limit,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let mut found = context.personnel.nights().last(limit * AMONG_OFFICERS).await?;
    found.extend(context.updates.messages.nights().last(limit).await?);
    let now = context.clock.now().to_zoned_datetime(context.policy.zone().clone()).datetime();
    found.extend(objects(context, now.date(), limit, &found).await?);
    let nights = shown(found, now, limit);
    Ok(Reply { answer: Answer::json(200, &List { nights }), about: Vec::new() })
}

fn limit(text: Option<&str>) -> Result<usize, Answer> {
    let Some(text) = text else { return Ok(USUAL) };
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| refuse("limit", "limit must be a number from 1 to 31"))
}

/// The records that are objects: of the last dates, and of those on which the others ran.
async fn objects(
    context: &Context,
    today: Date,
    limit: usize,
    others: &[NightRecord],
) -> anyhow::Result<Vec<NightRecord>> {
    let last = (0..limit).map(|days| today.saturating_sub((days as i64).days()));
    let dates: BTreeSet<Date> = last.chain(others.iter().map(|night| night.date)).collect();
    let keys = dates.into_iter().flat_map(|date| OBJECTS.map(|name| NightRecord::object_key(name, date)));
    let read = |key: String| async move {
        let text = context.patrol.object(&key).await?;
        let record = text.map(|text| serde_json::from_slice(&text)).transpose();
        record.with_context(|| format!("{key} is no record of a night"))
    };
    let found: Vec<Option<NightRecord>> =
        stream::iter(keys.map(read)).buffered(IN_FLIGHT).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// The newest nights of each function, at most `limit`, those between that are missing included; newest first.
fn shown(found: Vec<NightRecord>, now: DateTime, limit: usize) -> Vec<Shown> {
    let mut functions: BTreeMap<String, BTreeMap<Date, NightRecord>> = BTreeMap::new();
    for night in found {
        functions.entry(night.function.clone()).or_default().insert(night.date, night);
    }
    let newest = functions.values().filter_map(|nights| nights.keys().next_back()).max().copied();
    let mut shown = Vec::new();
    for (function, mut nights) in functions {
        let (Some(first), Some(newest)) = (nights.keys().next().copied(), newest) else { continue };
        let mut dates: Vec<Date> = first.series(1.day()).take_while(|date| *date <= newest).collect();
        dates.reverse();
        let all = dates.into_iter().filter_map(|date| match nights.remove(&date) {
            Some(night) => Some(Shown::finished(night)),
            None => is_over(date, now).then(|| Shown::missing(&function, date)),
        });
        shown.extend(all.take(limit));
    }
    shown.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.function.cmp(&b.function)));
    shown
}

fn is_over(date: Date, now: DateTime) -> bool {
    now >= date.to_datetime(DONE_BY)
}

impl Shown {
    fn finished(night: NightRecord) -> Self {
        let NightRecord { function, date, finished_at, counts, failures } = night;
        Self { function, date, state: State::Finished, finished_at: Some(finished_at), counts, failures }
    }

    fn missing(function: &str, date: Date) -> Self {
        let function = function.to_owned();
        Self {
            function,
            date,
            state: State::Missing,
            finished_at: None,
            counts: BTreeMap::new(),
            failures: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Function and day of July of each night that ran.
    #[track_caller]
    fn check(ran: &[(&str, i8)], now: &str, limit: usize, expected: &[(&str, i8, State)]) {
        let day = |day: i8| Date::constant(2026, 7, day);
        let record = |(name, on): &(&str, i8)| NightRecord::new(name, day(*on), Timestamp::UNIX_EPOCH, &[]);
        let found = shown(ran.iter().map(record).collect(), now.parse().unwrap(), limit);
        let found: Vec<_> =
            found.iter().map(|one| (one.function.as_str(), one.date.day(), one.state)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_night_between_others_that_left_nothing_is_missing() {
        use State::{Finished, Missing};
        let noon = "2026-07-03T12:00:00";
        check(&[], noon, 7, &[]);
        check(&[("a", 3), ("a", 1)], noon, 7, &[("a", 3, Finished), ("a", 2, Missing), ("a", 1, Finished)]);
        check(&[("a", 3), ("b", 2)], noon, 7, &[("a", 3, Finished), ("b", 3, Missing), ("b", 2, Finished)]);
        // At four the later function has not run yet.
        check(&[("a", 3), ("b", 2)], "2026-07-03T04:00:00", 7, &[("a", 3, Finished), ("b", 2, Finished)]);
        check(&[("a", 3), ("a", 2), ("a", 1)], noon, 2, &[("a", 3, Finished), ("a", 2, Finished)]);
    }
}
