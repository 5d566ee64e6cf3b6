//! `GET /v1/incidents/{id}/updates`: every decision and message about a call, in order, with its reason. Addresses
//! are masked: whoever helps a caller needs to see what was said, not to copy a number.
use jiff::Timestamp;
use serde::Serialize;
use startup::http::Answer;
use table::messages::{Decision, Message, State, Step};
use updates::{Channel, Kind, Reason, Subject};

use crate::caller::Caller;
use crate::route::Route;
use crate::{Context, Reply, mask, not_found};

#[derive(Serialize)]
struct Updates {
    incident_id: String,
    decisions: Vec<DecisionShown>,
    messages: Vec<MessageShown>,
}

#[derive(Serialize)]
struct DecisionShown {
    decided_at: Timestamp,
    person: String,
    kind: Kind,
    ordinal: String,
    channel: Channel,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    rule: String,
    policy: String,
}

#[derive(Serialize)]
struct MessageShown {
    created_at: Timestamp,
    person: String,
    kind: Kind,
    ordinal: String,
    channel: Channel,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Masked.
    address: String,
    /// When it came about.
    at: Timestamp,
    expires_at: Timestamp,
    policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_hash: Option<String>,
    /// The words as sent, addresses in them masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    history: Vec<Step>,
}

pub(crate) async fn updates(context: &Context, caller: &Caller, id: &str) -> anyhow::Result<Reply> {
    let about = vec![id.to_owned()];
    let route = Route::IncidentUpdates { id: id.into() };
    let Some(stored) = context.subjects.incident(id).await? else {
        return Ok(Reply { answer: not_found(), about });
    };
    let all = caller.is_any(route.full_roles());
    if !all && !is_own(context, caller, stored.facts.case_number()).await? {
        return Ok(Reply { answer: not_found(), about });
    }
    let key = Subject::incident_key(id);
    let decisions = context.updates.messages.decisions(&key).await?;
    let mut messages = context.updates.messages.of(&key).await?;
    messages.sort_by(|a, b| (a.created_at, &a.sk).cmp(&(b.created_at, &b.sk)));
    let mut sent = Vec::new();
    for message in messages {
        sent.push(show(context, message).await?);
    }
    let decisions = decisions.into_iter().map(DecisionShown::from).collect();
    let answer = Answer::json(200, &Updates { incident_id: id.into(), decisions, messages: sent });
    Ok(Reply { answer, about })
}

/// Whether the case that came of the call is the investigator's own.
async fn is_own(context: &Context, caller: &Caller, case: Option<&str>) -> anyhow::Result<bool> {
    let Some(number) = case else { return Ok(false) };
    let Some(case) = context.subjects.case(number).await? else { return Ok(false) };
    let email = case.facts.investigator().and_then(|investigator| investigator.email.as_deref());
    let own = |mine: &str| email.is_some_and(|email| email.eq_ignore_ascii_case(mine));
    Ok(own(&caller.subject) || caller.email.as_deref().is_some_and(own))
}

async fn show(context: &Context, message: Message) -> anyhow::Result<MessageShown> {
    let address = context.updates.messages.address(&message).await?;
    let text = context.updates.messages.body(&message).await?;
    Ok(MessageShown {
        created_at: message.created_at,
        person: message.person,
        kind: message.kind,
        ordinal: message.ordinal,
        channel: message.channel,
        state: message.state,
        reason: message.reason,
        address: mask::address(&address),
        at: message.at,
        expires_at: message.expires_at,
        policy: message.policy,
        language: message.language,
        text_hash: message.text_hash,
        text: text.as_deref().map(mask::text),
        history: message.history,
    })
}

impl From<Decision> for DecisionShown {
    fn from(decision: Decision) -> Self {
        Self {
            decided_at: decision.decided_at,
            person: decision.person,
            kind: decision.kind,
            ordinal: decision.ordinal,
            channel: decision.channel,
            state: decision.state,
            reason: decision.reason,
            until: decision.until,
            rule: decision.rule,
            policy: decision.policy,
        }
    }
}
