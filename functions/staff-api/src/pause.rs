//! `POST /v1/pause`: stops everything at once, or one kind, source or incident; and lifts it again. Resuming never
//! sends what expired meanwhile: senders read the pauses before each claim.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use serde::{Deserialize, Serialize};
use startup::http::{Answer, Fault, raw_body};
use table::StoreError;
use table::limits::BREAKER;
use table::messages::Pause;
use updates::Kind;

use crate::caller::Caller;
use crate::{Context, Reply};

/// Longest reason, in bytes.
const LONGEST: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    scope: Scope,
    #[serde(default)]
    value: Option<String>,
    on: bool,
    #[serde(default)]
    reason: String,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Scope {
    All,
    Kind,
    Source,
    Incident,
    /// The circuit breaker: it opens by itself, people only close it.
    Breaker,
}

#[derive(Serialize)]
struct Receipt {
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    on: bool,
    since: jiff::Timestamp,
    in_force: Vec<InForce>,
}

/// A pause in force. Who set it stands in the audit trail.
#[derive(Serialize)]
pub(crate) struct InForce {
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    since: jiff::Timestamp,
    reason: String,
    /// When it ends by itself, as the circuit breaker does.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<jiff::Timestamp>,
}

impl From<Pause> for InForce {
    fn from(pause: Pause) -> Self {
        let (scope, value) = match pause.scope.split_once('#') {
            Some((scope, value)) => (scope.to_owned(), Some(value.to_owned())),
            None => (pause.scope, None),
        };
        Self { scope, value, since: pause.since, reason: pause.reason, until: pause.until }
    }
}

/// The pauses in force now; a breaker whose time is over has closed.
pub(crate) async fn in_force(context: &Context) -> Result<Vec<InForce>, StoreError> {
    let now = context.clock.now();
    let pauses = context.updates.messages.pauses().await?.into_iter();
    Ok(pauses
        .filter(|pause| pause.scope != BREAKER || pause.is_open_breaker(now))
        .map(InForce::from)
        .collect())
}

pub(crate) async fn set(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let order = match read(request) {
        Ok(order) => order,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let key = match (&order.scope, order.value.as_deref()) {
        (Scope::All, _) => "all".to_owned(),
        (Scope::Kind, value) => format!("kind#{}", value.unwrap_or_default()),
        (Scope::Source, value) => format!("source#{}", value.unwrap_or_default()),
        (Scope::Incident, value) => format!("incident#{}", value.unwrap_or_default()),
        (Scope::Breaker, _) => BREAKER.to_owned(),
    };
    let since = context.clock.now();
    if order.on {
        let pause =
            Pause { scope: key, by: caller.subject.clone(), since, reason: order.reason, until: None };
        context.updates.messages.pause(&pause).await?;
    } else {
        context.updates.messages.resume(&key).await?;
    }
    let about = match (order.scope, &order.value) {
        (Scope::Incident, Some(id)) => vec![id.clone()],
        _ => Vec::new(),
    };
    let in_force = in_force(context).await?;
    let receipt = Receipt { scope: order.scope, value: order.value, on: order.on, since, in_force };
    Ok(Reply { answer: Answer::json(200, &receipt), about })
}

fn read(request: &ApiGatewayV2httpRequest) -> Result<Order, Answer> {
    let body = raw_body(request.body.as_deref(), request.is_base64_encoded)?;
    let detail =
        "send {\"scope\": \"all|kind|source|incident|breaker\", \"value\", \"on\": true|false, \"reason\"}";
    let order: Order =
        serde_json::from_slice(&body).map_err(|_| Answer::problem(400, "Not a pause", detail, &[]))?;
    check(&order).map_err(|(pointer, detail)| {
        let fault = Fault { index: None, pointer: pointer.into(), code: "invalid", detail: detail.into() };
        Answer::problem(422, "Not a pause", "see errors", &[fault])
    })?;
    Ok(order)
}

fn check(order: &Order) -> Result<(), (&'static str, &'static str)> {
    let value = order.value.as_deref().unwrap_or_default();
    match order.scope {
        Scope::All if order.value.is_some() => return Err(("/value", "scope all takes no value")),
        Scope::Breaker if order.on || order.value.is_some() => {
            return Err((
                "/scope",
                "the breaker opens by itself: send on = false, without a value, to close it",
            ));
        }
        Scope::Kind if Kind::from_word(value).is_none() => {
            return Err(("/value", "value must be a kind of update such as call_received"));
        }
        Scope::Source | Scope::Incident if value.is_empty() || value.len() > 128 => {
            return Err(("/value", "value must name the source or the incident"));
        }
        _ => {}
    }
    if order.reason.len() > LONGEST || order.on && order.reason.trim().is_empty() {
        return Err(("/reason", "say why, in at most 200 bytes and without personal data"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[track_caller]
    fn checked(body: Value, expected: Option<&str>) {
        let order: Order = serde_json::from_value(body).unwrap();
        assert_eq!(check(&order).err().map(|(pointer, _)| pointer), expected);
    }

    #[test]
    fn a_pause_names_its_scope_and_its_reason() {
        checked(json!({"scope": "all", "on": true, "reason": "wrong texts"}), None);
        checked(json!({"scope": "all", "on": false}), None);
        checked(json!({"scope": "all", "on": true}), Some("/reason"));
        checked(json!({"scope": "all", "value": "x", "on": true, "reason": "r"}), Some("/value"));
        checked(json!({"scope": "kind", "value": "call_received", "on": true, "reason": "r"}), None);
        checked(json!({"scope": "kind", "value": "calls", "on": true, "reason": "r"}), Some("/value"));
        checked(json!({"scope": "breaker", "on": false}), None);
        checked(json!({"scope": "breaker", "on": true, "reason": "r"}), Some("/scope"));
        checked(json!({"scope": "source", "on": true, "reason": "r"}), Some("/value"));
        checked(json!({"scope": "incident", "value": "26-1", "on": true, "reason": "r"}), None);
    }
}
