//! Everything is stopped in the middle of a step: how many claims begin after the order was answered, and whether all
//! is told once it is lifted.
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::Target;
use crate::judge::Verdict;
use crate::step::wait_for;
use crate::traffic::Call;

/// What a pause under load showed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paused {
    /// Calls acknowledged, before and after the order.
    pub acknowledged: usize,
    /// How long the order took, in milliseconds.
    pub order_ms: f64,
    /// Claims that began after the order was answered.
    pub claims_after: usize,
    /// Texts that the provider took after it: their claims were under way.
    pub under_way: usize,
    /// Texts held while it stood.
    pub held: usize,
    /// After it was lifted.
    pub verdict: Verdict,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

/// Posts `calls` calls at `rate`, orders the pause half-way, posts the rest, waits, looks at every claim, lifts it.
pub async fn run(
    target: &Target,
    name: &str,
    first: u32,
    (calls, rate): (u32, f64),
) -> anyhow::Result<Paused> {
    let token: Token = target.get("/_local/token?sub=load&groups=dispatch,admin").await?;
    let token = token.token;
    let all: Vec<Call> = (first..first + calls).map(|number| Call::new(name, number)).collect();
    let (before, after) = all.split_at(all.len() / 2);
    post(target, before, rate).await?;
    let (ordered, asked) =
        (Instant::now(), json!({"scope": "all", "on": true, "reason": "drill under load"}));
    let posting = post(target, after, rate);
    let order = async {
        target.staff("/v1/pause", &token, Some(&asked)).await?;
        anyhow::Ok((target.now(), ordered.elapsed()))
    };
    let (posted, order) = tokio::join!(posting, order);
    posted?;
    let (answered, took) = order?;
    target.local("/_local/drain", &Value::Null).await?;
    let texts = target.texts().await?;
    let (mut claims_after, mut held) = (0, 0);
    for call in &all {
        let record = target.staff(&format!("/v1/incidents/{}/updates", call.id()), &token, None).await?;
        let (late, is_held) =
            claims(&record, answered).with_context(|| format!("the record of {}", call.id()))?;
        claims_after += late;
        held += usize::from(is_held);
    }
    let under_way = texts.iter().filter(|text| text.at > answered).count();
    target.staff("/v1/pause", &token, Some(&json!({"scope": "all", "on": false}))).await?;
    // Whatever is held is looked at again each minute: the clock of the stack goes there at once.
    target.local("/_local/clock", &json!({"advance": "PT2M"})).await?;
    let (_, verdict) = wait_for(target, &all, 1).await?;
    let order_ms = took.as_secs_f64() * 1000.0;
    Ok(Paused { acknowledged: all.len(), order_ms, claims_after, under_way, held, verdict })
}

async fn post(target: &Target, calls: &[Call], rate: f64) -> anyhow::Result<()> {
    let mut posts = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for (number, call) in calls.iter().enumerate() {
        tokio::time::sleep_until((begun + Duration::from_secs_f64(number as f64 / rate)).into()).await;
        let (target, event) = (target.clone(), call.opened(target.now()));
        posts.spawn(async move { target.post(&event).await });
    }
    while let Some(posted) = posts.join_next().await {
        anyhow::ensure!(posted??.acknowledged, "a call was not acknowledged");
    }
    Ok(())
}

/// Claims of a call's messages after `answered`, and whether one is held by the pause.
fn claims(record: &Value, answered: Timestamp) -> anyhow::Result<(usize, bool)> {
    let (mut late, mut held) = (0, false);
    for message in record["messages"].as_array().context("no messages")? {
        held |= message["reason"] == "paused";
        for step in message["history"].as_array().context("a message without its history")? {
            let at: Timestamp = step["at"].as_str().context("a step without its time")?.parse()?;
            late += usize::from(step["state"] == "claimed" && at > answered);
        }
    }
    Ok((late, held))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_after_the_answer_are_counted() {
        let answered = "2026-07-07T17:00:00Z".parse().unwrap();
        let step = |state: &str, at: &str| json!({"state": state, "at": at});
        let record = json!({"messages": [
            {"reason": null, "history": [step("claimed", "2026-07-07T16:59:59Z"), step("accepted", "2026-07-07T17:00:01Z")]},
            {"reason": "paused", "history": [step("claimed", "2026-07-07T17:00:00.001Z")]},
        ]});
        assert_eq!(claims(&record, answered).unwrap(), (1, true));
    }
}
