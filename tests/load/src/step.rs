//! One step: posts at one rate for some seconds, then waits until every acknowledged call was told.
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::{Posted, Target, Text};
use crate::judge::{Verdict, judge};
use crate::traffic::Call;

/// Posts under way at once; what is due beyond them waits, and its wait counts.
const IN_FLIGHT: usize = 256;
/// How often the texts are looked at once all is posted.
const LOOK: Duration = Duration::from_millis(500);
/// Longest wait for the texts of a step.
const PATIENCE: Duration = Duration::from_mins(10);

/// What a step does.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name of the process's run: part of every id.
    pub run: String,
    /// Posts a second.
    pub rate: f64,
    /// How many calls.
    pub calls: u32,
    /// Number of the first of them.
    pub first: u32,
}

/// What a step showed.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Posts a second that were asked for.
    pub rate: f64,
    /// Calls posted.
    pub calls: u32,
    /// Calls acknowledged.
    pub acknowledged: u32,
    /// Answers 429 and 5xx, without Retry-After, and broken connections.
    pub refused: (u32, u32, u32),
    /// Median and 99th percentile from the moment a post was due to its acknowledgement, milliseconds.
    pub answer_ms: (f64, f64),
    /// The same to the instant at which the provider took the text.
    pub text_ms: (f64, f64),
    /// Texts a second from the first to the last.
    pub texts_per_second: f64,
    /// Texts still to come when the last post was due.
    pub backlog: usize,
    /// What came, and what is wrong with it.
    pub verdict: Verdict,
}

/// A post of a step and what became of it.
struct Done {
    call: Call,
    due: Timestamp,
    answered: Duration,
    posted: Posted,
}

/// Posts as planned, waits for the texts and judges them.
pub async fn run(target: &Target, plan: &Plan) -> anyhow::Result<Measured> {
    let done = post_all(target, plan).await?;
    let last_due = done.iter().map(|done| done.due).max().unwrap_or_default();
    let acknowledged: Vec<&Done> = done.iter().filter(|done| done.posted.acknowledged).collect();
    let calls: Vec<Call> = acknowledged.iter().map(|done| done.call.clone()).collect();
    let (texts, verdict) = wait_for(target, &calls, 1).await?;
    let at: BTreeMap<&str, Timestamp> = texts.iter().map(|text| (text.to.as_str(), text.at)).collect();
    let told: Vec<(Timestamp, Timestamp)> = acknowledged
        .iter()
        .filter_map(|done| Some((done.due, *at.get(done.call.phone().as_str())?)))
        .collect();
    let milliseconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64() * 1000.0;
    let taken = told.iter().map(|(_, at)| *at);
    let span =
        taken.clone().max().zip(taken.min()).map_or(0.0, |(last, first)| milliseconds(first, last) / 1000.0);
    let sum = |count: fn(&Posted) -> u32| done.iter().map(|done| count(&done.posted)).sum();
    Ok(Measured {
        rate: plan.rate,
        calls: plan.calls,
        acknowledged: u32::try_from(acknowledged.len())?,
        refused: (sum(|one| one.refused), sum(|one| one.without_retry_after), sum(|one| one.broken)),
        answer_ms: percentiles(
            acknowledged.iter().map(|done| done.answered.as_secs_f64() * 1000.0).collect(),
        ),
        text_ms: percentiles(told.iter().map(|(due, at)| milliseconds(*due, *at)).collect()),
        texts_per_second: if span > 0.0 { told.len() as f64 / span } else { 0.0 },
        backlog: told.iter().filter(|(_, at)| *at > last_due).count(),
        verdict,
    })
}

async fn post_all(target: &Target, plan: &Plan) -> anyhow::Result<Vec<Done>> {
    let (room, mut posts, mut done) = (Arc::new(Semaphore::new(IN_FLIGHT)), JoinSet::new(), Vec::new());
    let (begun, begun_at) = (Instant::now(), target.now());
    for number in 0..plan.calls {
        let after = Duration::from_secs_f64(f64::from(number) / plan.rate);
        tokio::time::sleep_until((begun + after).into()).await;
        while let Some(one) = posts.try_join_next() {
            done.push(one??);
        }
        let (target, room) = (target.clone(), Arc::clone(&room));
        let call = Call::new(&plan.run, plan.first + number);
        posts.spawn(async move {
            let _place = room.acquire().await?;
            let due = begun_at + SignedDuration::try_from(after)?;
            let posted = target.post(&call.opened(due)).await?;
            anyhow::Ok(Done { call, due, answered: begun.elapsed().saturating_sub(after), posted })
        });
    }
    while let Some(one) = posts.join_next().await {
        done.push(one??);
    }
    Ok(done)
}

/// Waits until each of `calls` was told `each` texts, or patience ends; what was told, and the verdict. After the last
/// one it looks once more, for what comes too often.
pub async fn wait_for(target: &Target, calls: &[Call], each: usize) -> anyhow::Result<(Vec<Text>, Verdict)> {
    let begun = Instant::now();
    loop {
        let verdict = judge(calls, each, &target.texts().await?);
        let patient = begun.elapsed() < PATIENCE;
        if verdict.lost == 0 || !patient {
            tokio::time::sleep(LOOK).await;
            target.local("/_local/drain", &serde_json::Value::Null).await?;
            let texts = target.texts().await?;
            let verdict = judge(calls, each, &texts);
            return Ok((texts, verdict));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Median and 99th percentile, by the nearest rank.
fn percentiles(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let rank = |share: f64| {
        let place = (share * values.len() as f64).ceil() as usize;
        values.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    };
    (rank(0.5), rank(0.99))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_seen() {
        assert_eq!(percentiles((1..=100).rev().map(f64::from).collect()), (50.0, 99.0));
        assert_eq!(percentiles(vec![7.0]), (7.0, 7.0));
        assert!(percentiles(Vec::new()).0.is_nan());
    }
}
