//! `GET /v1/incidents/{id}/updates` and `GET /v1/cases/{number}/updates`: every decision and message about a call or
//! a case, in order, with its reason. Addresses are masked: whoever helps a caller needs to see what was said, not to
//! copy a number.
use std::collections::BTreeSet;

use incident::{Person, Role};
use jiff::Timestamp;
use serde::Serialize;
use startup::http::Answer;
use table::messages::{Decision, Message, State, Step};
use updates::receipt::Failure;
use updates::{Channel, Kind, Reason, Subject};

use crate::caller::Caller;
use crate::route::Route;
use crate::{Context, Reply, mask, not_found};

#[derive(Serialize)]
struct Updates<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    incident_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case_number: Option<&'a str>,
    people: Vec<PersonShown>,
    decisions: Vec<DecisionShown>,
    messages: Vec<MessageShown>,
}

/// A person in the call or case, as far as whoever writes to them has to know.
#[derive(Serialize)]
struct PersonShown {
    id: String,
    roles: BTreeSet<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Ways for which there is an address.
    channels: Vec<Channel>,
    /// Masked.
    addresses: Vec<String>,
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
    /// Why it was not delivered, as a receipt said.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
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

/// The record of a call.
pub(crate) async fn of_incident(context: &Context, caller: &Caller, id: &str) -> anyhow::Result<Reply> {
    let about = vec![id.to_owned()];
    let route = Route::IncidentUpdates { id: id.into() };
    let Some(stored) = context.subjects.incident(id).await? else {
        return Ok(Reply { answer: not_found(), about });
    };
    let all = caller.is_any(route.full_roles());
    if !all && !is_own_case(context, caller, stored.facts.case_number()).await? {
        return Ok(Reply { answer: not_found(), about });
    }
    let key = Subject::incident_key(id);
    let people = people(context, &key).await?;
    let (decisions, messages) = record(context, &key).await?;
    let updates = Updates { incident_id: Some(id), case_number: None, people, decisions, messages };
    Ok(Reply { answer: Answer::json(200, &updates), about })
}

/// The record of a case.
pub(crate) async fn of_case(context: &Context, caller: &Caller, number: &str) -> anyhow::Result<Reply> {
    let about = vec![number.to_owned()];
    let route = Route::CaseUpdates { number: number.into() };
    let known = context.subjects.case(number).await?.is_some();
    let all = caller.is_any(route.full_roles());
    if !known || (!all && !is_own_case(context, caller, Some(number)).await?) {
        return Ok(Reply { answer: not_found(), about });
    }
    let key = Subject::case_key(number);
    let people = people(context, &key).await?;
    let (decisions, messages) = record(context, &key).await?;
    let updates = Updates { incident_id: None, case_number: Some(number), people, decisions, messages };
    Ok(Reply { answer: Answer::json(200, &updates), about })
}

/// Whether the case is the investigator's own.
pub(crate) async fn is_own_case(
    context: &Context,
    caller: &Caller,
    number: Option<&str>,
) -> anyhow::Result<bool> {
    let Some(number) = number else { return Ok(false) };
    let Some(case) = context.subjects.case(number).await? else { return Ok(false) };
    let email = case.facts.investigator().and_then(|investigator| investigator.email.as_deref());
    let own = |mine: &str| email.is_some_and(|email| email.eq_ignore_ascii_case(mine));
    Ok(own(&caller.subject) || caller.email.as_deref().is_some_and(own))
}

/// Everybody in the call or case who was not taken off it, without names.
async fn people(context: &Context, key: &str) -> anyhow::Result<Vec<PersonShown>> {
    let Some(loaded) = context.updates.load(key).await? else { return Ok(Vec::new()) };
    let people = loaded.subject.people().into_iter().filter(|(_, person)| !person.is_removed());
    Ok(people.map(|(id, person)| shown(id, person)).collect())
}

fn shown(id: String, person: &Person) -> PersonShown {
    let ways = [(Channel::Text, person.phone()), (Channel::Email, person.email())];
    let known: Vec<(Channel, &str)> =
        ways.into_iter().filter_map(|(channel, address)| Some((channel, address?))).collect();
    PersonShown {
        id,
        roles: person.roles(),
        language: person.language().map(str::to_owned),
        channels: known.iter().map(|(channel, _)| *channel).collect(),
        addresses: known.iter().map(|(_, address)| mask::address(address)).collect(),
    }
}

async fn record(context: &Context, key: &str) -> anyhow::Result<(Vec<DecisionShown>, Vec<MessageShown>)> {
    let decisions = context.updates.messages.decisions(key).await?;
    let mut messages = context.updates.messages.of(key).await?;
    messages.sort_by(|a, b| (a.created_at, &a.sk).cmp(&(b.created_at, &b.sk)));
    let mut shown = Vec::new();
    for message in messages {
        shown.push(show(context, message).await?);
    }
    Ok((decisions.into_iter().map(DecisionShown::from).collect(), shown))
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
        failure: message.failure,
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
