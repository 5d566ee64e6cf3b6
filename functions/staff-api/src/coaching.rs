//! `POST /v1/officers/{id}/coaching` and `/goals`: with or without an alert, by those above an officer. Nobody coaches
//! themselves here.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use eis::case::Actor;
use eis::coaching::{Goal, GoalStatus, Session};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use startup::http::Answer;
use table::personnel::coaching::Written;

use crate::body::{self, refuse};
use crate::caller::Caller;
use crate::route::Route;
use crate::scope::{capacity, reach};
use crate::{Context, Reply, not_found};

/// Longest text, in bytes.
const LONGEST: usize = 8_000;
/// Longest topic, in bytes.
const LONGEST_TOPIC: usize = 64;
/// How often a goal that was written meanwhile is read anew.
const ROUNDS: u32 = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionEntry {
    held_on: Date,
    topic: String,
    #[serde(default)]
    next_on: Option<Date>,
    words: String,
}

/// A new goal, or, with `id`, how far one has come.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoalEntry {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    due_on: Option<Date>,
    #[serde(default)]
    percent: Option<u8>,
    #[serde(default)]
    dropped: bool,
    #[serde(default)]
    words: Option<String>,
}

#[derive(Serialize)]
struct Receipt<'a> {
    officer_id: &'a str,
    id: &'a str,
}

pub(crate) async fn add(
    context: &Context,
    caller: &Caller,
    id: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let about = vec![id.to_owned()];
    if let Some(refusal) = not_above(context, caller, &Route::Coaching { id: id.into() }, id).await? {
        return Ok(refusal);
    }
    let read = body::read::<SessionEntry>(request)
        .and_then(|entry| Ok((entry, body::request_name(request, &format!("coaching|{id}"))?)));
    let (entry, name) = match read {
        Ok(read) => read,
        Err(answer) => return Ok(Reply { answer, about }),
    };
    let (at, on) = context.today();
    if let Some(answer) = wrong_session(&entry, on) {
        return Ok(Reply { answer, about });
    }
    let SessionEntry { held_on, topic, next_on, words } = entry;
    let session = Session { held_on, topic, next_on };
    let written =
        Written { rev: 0, id: format!("{held_on}-{name}"), at, by: by(caller), entry: session, words };
    let stored = context.personnel.add_session(&context.personnel_ring, id, &written).await;
    let answer = match stored {
        Ok(()) => Answer::json(201, &Receipt { officer_id: id, id: &written.id }),
        // The same key again: it is there.
        Err(error) if error.is_condition() => Answer::json(200, &Receipt { officer_id: id, id: &written.id }),
        Err(error) => return Err(error.into()),
    };
    Ok(Reply { answer, about })
}

fn wrong_session(entry: &SessionEntry, on: Date) -> Option<Answer> {
    if entry.held_on > on {
        return Some(refuse("/held_on", "must not lie in the future"));
    }
    if entry.topic.trim().is_empty() || entry.topic.len() > LONGEST_TOPIC {
        return Some(refuse("/topic", "must hold something, and at most 64 bytes"));
    }
    if entry.next_on.is_some_and(|next| next <= entry.held_on) {
        return Some(refuse("/next_on", "must lie after held_on"));
    }
    wrong_words(&entry.words)
}

fn wrong_words(words: &str) -> Option<Answer> {
    (words.trim().is_empty() || words.len() > LONGEST)
        .then(|| refuse("/words", "must hold something, and at most 8,000 bytes"))
}

pub(crate) async fn goal(
    context: &Context,
    caller: &Caller,
    id: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let about = vec![id.to_owned()];
    if let Some(refusal) = not_above(context, caller, &Route::Goals { id: id.into() }, id).await? {
        return Ok(refusal);
    }
    let entry: GoalEntry = match body::read(request) {
        Ok(entry) => entry,
        Err(answer) => return Ok(Reply { answer, about }),
    };
    let answer = match &entry.id {
        Some(goal) => go_on(context, caller, id, goal, &entry).await?,
        None => match body::request_name(request, &format!("goal|{id}")) {
            Ok(name) => set(context, caller, id, &name, entry).await?,
            Err(answer) => answer,
        },
    };
    Ok(Reply { answer, about })
}

async fn set(
    context: &Context,
    caller: &Caller,
    officer: &str,
    name: &str,
    entry: GoalEntry,
) -> anyhow::Result<Answer> {
    let (at, on) = context.today();
    let Some(due_on) = entry.due_on.filter(|due| *due > on) else {
        return Ok(refuse("/due_on", "say by when: a day to come"));
    };
    if entry.percent.is_some() || entry.dropped {
        return Ok(refuse("/id", "progress is recorded on a goal that is there, by its id"));
    }
    let words = entry.words.unwrap_or_default();
    if let Some(answer) = wrong_words(&words) {
        return Ok(answer);
    }
    let written = Written { rev: 0, id: name.into(), at, by: by(caller), entry: Goal::new(due_on), words };
    match context.personnel.put_goal(&context.personnel_ring, officer, &written).await {
        Ok(()) => Ok(Answer::json(201, &Receipt { officer_id: officer, id: name })),
        Err(error) if error.is_condition() => {
            Ok(Answer::json(200, &Receipt { officer_id: officer, id: name }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Progress, or its end. Words, where given, are added to what is written.
async fn go_on(
    context: &Context,
    caller: &Caller,
    officer: &str,
    goal: &str,
    entry: &GoalEntry,
) -> anyhow::Result<Answer> {
    let (at, on) = context.today();
    let mut round = 0;
    loop {
        let goals = context.personnel.goals(&context.personnel_ring, officer).await?;
        let Some(found) = goals.into_iter().find(|found| found.id == goal) else {
            return Ok(refuse("/id", "the officer has no goal of this id"));
        };
        let next = match (entry.dropped, entry.percent) {
            (true, None) => Some(Goal { status: GoalStatus::Dropped, ..found.entry.clone() }),
            (false, Some(percent)) => found.entry.after(on, percent),
            _ => return Ok(refuse("/percent", "say how far, 0 to 100, or dropped: true")),
        };
        let Some(next) = next.filter(|_| found.entry.status == GoalStatus::Open) else {
            return Ok(Answer::problem(409, "Not possible now", "the goal is no longer pursued", &[]));
        };
        let words = match entry.words.as_deref().filter(|words| !words.trim().is_empty()) {
            Some(words) => format!("{}\n\n{on}: {words}", found.words),
            None => found.words.clone(),
        };
        if words.len() > LONGEST {
            return Ok(refuse("/words", "the goal holds 8,000 bytes at most"));
        }
        let written = Written { at, by: by(caller), entry: next, words, ..found };
        match context.personnel.put_goal(&context.personnel_ring, officer, &written).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => {
                result?;
                return Ok(Answer::json(200, &Receipt { officer_id: officer, id: goal }));
            }
        }
    }
}

fn by(caller: &Caller) -> Actor {
    Actor { id: caller.subject.clone(), capacity: capacity(caller) }
}

/// The refusal, where the caller does not stand above the officer.
async fn not_above(
    context: &Context,
    caller: &Caller,
    route: &Route,
    id: &str,
) -> anyhow::Result<Option<Reply>> {
    let reach = match reach(context, caller, route).await? {
        Ok(reach) => reach,
        Err(refusal) => return Ok(Some(refusal)),
    };
    let known = context.personnel.profile(id).await?.is_some();
    if known && !reach.is_self(id) && reach.covers(context, id).await? {
        return Ok(None);
    }
    Ok(Some(Reply { answer: not_found(), about: vec![id.to_owned()] }))
}
