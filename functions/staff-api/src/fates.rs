//! What became of the updates of one call or case, each once: the state of its message where there is one, else of the
//! last decision. What lists of many calls and cases are made of; nobody's name, address or words are in it.
use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use incident::Role as Part;
use jiff::Timestamp;
use serde::Serialize;
use table::messages::{Decision, Message, State};
use updates::{Channel, Kind, Reason};

use crate::Context;
use crate::caller::Caller;
use crate::messages::is_own_case;

/// Calls and cases read at once.
const IN_FLIGHT: usize = 16;

/// An update as lists show it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Fate {
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    /// Id of the person in the call or case.
    person: String,
    /// How they are part of it.
    roles: BTreeSet<Part>,
    pub(crate) kind: Kind,
    ordinal: String,
    channel: Channel,
    pub(crate) state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// When that was decided last.
    at: Timestamp,
    /// Of the words, where it was worded.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

impl Fate {
    /// When it was decided last.
    pub(crate) fn at(&self) -> Timestamp {
        self.at
    }

    /// What tells it from others.
    pub(crate) fn name(&self) -> String {
        let about = self.about().unwrap_or_default();
        format!("{about} {} {} {} {}", self.person, self.kind, self.ordinal, self.channel)
    }

    /// Number of the call or case.
    pub(crate) fn about(&self) -> Option<&str> {
        self.incident.as_deref().or(self.case.as_deref())
    }
}

/// Decisions and messages of one call or case, oldest first.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) decisions: Vec<Decision>,
    pub(crate) messages: Vec<Message>,
}

/// Those of `subjects` that are for the caller's eyes, read at once. `own`: an investigator, who sees own cases and
/// their calls; everybody else sees all.
pub(crate) async fn rows(
    context: &Context,
    own: Option<&Caller>,
    subjects: BTreeSet<String>,
) -> anyhow::Result<BTreeMap<String, Rows>> {
    let read = |key: String| async move {
        if let Some(caller) = own
            && !is_own(context, caller, &key).await?
        {
            return Ok(None);
        }
        let messages = context.updates.messages.of(&key).await?;
        let decisions = context.updates.messages.decisions(&key).await?;
        anyhow::Ok(Some((key, Rows { decisions, messages })))
    };
    let found: Vec<_> =
        stream::iter(subjects.into_iter().map(read)).buffered(IN_FLIGHT).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

async fn is_own(context: &Context, caller: &Caller, key: &str) -> anyhow::Result<bool> {
    if let Some(number) = key.strip_prefix("CASE#") {
        return is_own_case(context, caller, Some(number)).await;
    }
    let call = context.subjects.incident(key.strip_prefix("INC#").unwrap_or(key)).await?;
    let number = call.as_ref().and_then(|call| call.facts.case_number());
    is_own_case(context, caller, number).await
}

impl Rows {
    /// The fate of the update whose last decision is the row `sk`; none where another one came later.
    pub(crate) fn decided_last(&self, sk: &str) -> Option<Fate> {
        let decision = self.decisions.iter().find(|decision| decision.sk == sk)?;
        let last = self.decisions.iter().rfind(|other| is_about_same(other, decision))?;
        if last.sk != sk {
            return None;
        }
        let message = self.messages.iter().filter(|message| concerns(message, decision));
        Some(fate(decision, message.max_by_key(|message| message.moved_at())))
    }

    /// What became of updates to the address with this index: messages, and what was withheld without one.
    pub(crate) fn to(&self, recipient: &str) -> Vec<Fate> {
        let messages: Vec<&Message> =
            self.messages.iter().filter(|message| message.recipient == recipient).collect();
        let sent = messages.iter().filter_map(|message| {
            let last = self.decisions.iter().rfind(|decision| concerns(message, decision))?;
            Some(fate(last, Some(message)))
        });
        let withheld = self.decisions.iter().enumerate().filter_map(|(place, decision)| {
            let is_one =
                |other: &Decision| other.listed.is_withheld_from(recipient) && is_about_same(other, decision);
            let is_last = is_one(decision) && !self.decisions[place + 1..].iter().any(is_one);
            let has_message = messages.iter().any(|message| concerns(message, decision));
            (is_last && !has_message).then(|| fate(decision, None))
        });
        sent.chain(withheld).collect()
    }
}

fn is_about_same(one: &Decision, other: &Decision) -> bool {
    (&one.person, one.kind, &one.ordinal, one.channel)
        == (&other.person, other.kind, &other.ordinal, other.channel)
}

fn concerns(message: &Message, decision: &Decision) -> bool {
    (&message.person, message.kind, &message.ordinal, message.channel)
        == (&decision.person, decision.kind, &decision.ordinal, decision.channel)
}

fn fate(decision: &Decision, message: Option<&Message>) -> Fate {
    let (state, reason) = match message {
        Some(message) => (message.state, message.reason),
        None => (decision.state, decision.reason),
    };
    let of = |kind: &str| decision.subject.strip_prefix(kind).map(str::to_owned);
    Fate {
        incident: of("INC#"),
        case: of("CASE#"),
        person: decision.person.clone(),
        roles: BTreeSet::new(),
        kind: decision.kind,
        ordinal: decision.ordinal.clone(),
        channel: decision.channel,
        state,
        reason,
        at: decision.decided_at,
        language: message.and_then(|message| message.language.clone()),
    }
}

/// Says of each how its person is part of the call or case.
pub(crate) async fn with_roles(context: &Context, fates: Vec<Fate>) -> anyhow::Result<Vec<Fate>> {
    let keys: BTreeSet<String> = fates.iter().filter_map(key).collect();
    let read = |key: String| async move {
        let subject = context.updates.subject(&key).await?;
        let people = subject.iter().flat_map(updates::Subject::people);
        let roles: BTreeMap<String, BTreeSet<Part>> =
            people.map(|(id, person)| (id, person.roles())).collect();
        anyhow::Ok((key, roles))
    };
    let known: BTreeMap<String, BTreeMap<String, BTreeSet<Part>>> =
        stream::iter(keys.into_iter().map(read)).buffered(IN_FLIGHT).try_collect().await?;
    let told = |fate: Fate| {
        let roles = key(&fate).and_then(|key| known.get(&key)?.get(&fate.person).cloned());
        Fate { roles: roles.unwrap_or_default(), ..fate }
    };
    Ok(fates.into_iter().map(told).collect())
}

fn key(fate: &Fate) -> Option<String> {
    let incident = fate.incident.as_deref().map(updates::Subject::incident_key);
    incident.or_else(|| fate.case.as_deref().map(updates::Subject::case_key))
}
