//! Reads the day back the way staff would: decisions, alerts and scores through the staff API, with a token.
use anyhow::{Context as _, bail, ensure};
use eis::Explanation;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use table::Planning;
use updates::Subject;

use super::callers::Decision;
use super::officers::Person;
use crate::stack::Stack;

/// An open alert, as far as the demonstration tells it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Alert {
    /// Whose.
    pub officer_id: String,
}

/// Every decision about a call.
pub(super) async fn about_call(stack: &Stack, id: &str) -> anyhow::Result<Vec<Decision>> {
    let answer = get(stack, &format!("/v1/incidents/{id}/updates"), "dispatch").await?;
    list(&answer, "decisions").with_context(|| format!("the updates of call {id}"))
}

/// Every decision about a case, from the table: the staff API shows calls so far.
pub(super) async fn about_case(stack: &Stack, number: &str) -> anyhow::Result<Vec<Decision>> {
    let runtime = stack.runtime();
    let (dynamo, kms) = (aws_sdk_dynamodb::Client::new(&runtime.sdk), aws_sdk_kms::Client::new(&runtime.sdk));
    let messages = Planning::open(runtime, &dynamo, &kms)?.messages;
    let decisions = messages.decisions(&Subject::case_key(number)).await?;
    decisions
        .into_iter()
        .map(|decision| Ok(serde_json::from_value(serde_json::to_value(decision)?)?))
        .collect()
}

/// Every open alert.
pub(super) async fn alerts(stack: &Stack) -> anyhow::Result<Vec<Alert>> {
    list(&get(stack, "/v1/alerts", "internal_affairs").await?, "alerts")
}

/// An officer's score of a night, with who that is.
pub(super) async fn score(stack: &Stack, officer: &str, date: &str) -> anyhow::Result<(Explanation, Person)> {
    let answer = get(stack, &format!("/v1/officers/{officer}/scores/{date}"), "internal_affairs").await?;
    let score = answer.get("score").unwrap_or(&answer).clone();
    let text = |name: &str| answer["officer"][name].as_str().map(String::from);
    let post: Vec<String> = ["rank", "unit", "shift"].into_iter().filter_map(text).collect();
    let person = Person { name: text("name"), post: post.join(", ") };
    Ok((serde_json::from_value(score).context("a score of another form")?, person))
}

async fn get(stack: &Stack, path: &str, group: &str) -> anyhow::Result<Value> {
    let token = stack.token("demo", &[group]);
    let (status, answer) = stack.get(path, &token).await?;
    ensure!(status == 200, "GET {path} answered {status}: {}", answer["detail"]);
    Ok(answer)
}

fn list<T: DeserializeOwned>(answer: &Value, name: &str) -> anyhow::Result<Vec<T>> {
    match answer.get(name) {
        Some(items) => Ok(serde_json::from_value(items.clone())?),
        None => bail!("the answer holds no {name}"),
    }
}
