//! `GET /v1/tasks` and `POST /v1/tasks/{id}/done`: what a person has to do because no message may or can do it. Each
//! role sees its own, an investigator those of own cases, an admin all.
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use startup::http::Answer;
use table::StoreError;
use table::keys;
use table::revocations::Revocation;
use table::tasks::{Done, Task};
use updates::{Owner, Scope, TaskKind};

use crate::body::{self, refuse};
use crate::caller::{Caller, Role};
use crate::messages::is_own_case;
use crate::page::{Page, cursor};
use crate::{Context, Reply, mask, not_found};

/// Open tasks read of one role, at most: the most urgent.
const MOST: usize = 500;
/// How often a task or contact is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 8;

#[derive(Serialize)]
struct List {
    tasks: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    kind: TaskKind,
    owner: Owner,
    /// `incident`, `case`, `reply` or `service`, and its number.
    about: About,
    /// What it covers, e.g. `case_charged 0 safety_latch`.
    covers: Vec<String>,
    created_at: Timestamp,
    due_at: Timestamp,
    overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    escalated_at: Option<Timestamp>,
    /// What was written, where the task is about a reply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replies: Vec<Written>,
    /// The words that end it.
    outcomes: &'static [&'static str],
}

#[derive(Serialize)]
struct About {
    r#type: &'static str,
    id: String,
}

/// A text that came in; addresses in it masked.
#[derive(Serialize)]
struct Written {
    at: Timestamp,
    from: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    outcome: String,
}

#[derive(Serialize)]
struct Ended<'a> {
    id: &'a str,
    outcome: &'a str,
    done_at: Timestamp,
}

/// The words that end a task of this kind.
fn outcomes(kind: TaskKind) -> &'static [&'static str] {
    match kind {
        TaskKind::VictimUpdate => &["told_in_person", "told_by_telephone", "not_reached", "not_to_be_told"],
        TaskKind::EmergencyReply => &["officers_sent", "called_back", "no_emergency"],
        TaskKind::CaseReply => &["answered", "needs_no_answer"],
        TaskKind::PossibleRevocation => &["revoked", "not_revoked"],
        TaskKind::HeldNews => &["released", "stays_held"],
        TaskKind::FeedSilent => &["feed_restored", "silence_expected"],
        TaskKind::BreakerOpened | TaskKind::SpendCapReached | TaskKind::RowUnreadable => {
            &["dealt_with", "false_alarm"]
        }
    }
}

pub(crate) async fn list(
    context: &Context,
    caller: &Caller,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let page = match Page::of(request) {
        Ok(page) => page,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let mut open = Vec::new();
    for owner in Owner::ALL.iter().filter(|owner| sees(caller, **owner)) {
        open.extend(context.updates.messages.open_tasks(*owner, MOST).await?);
    }
    open.sort_by_key(place);
    let mut shown = Vec::new();
    let mut last = None;
    let mut more = false;
    for task in open.iter().filter(|task| page.after.as_ref().is_none_or(|after| place(task) > *after)) {
        if !is_visible(context, caller, task).await? {
            continue;
        }
        if shown.len() == page.limit {
            more = true;
            break;
        }
        last = Some(place(task));
        shown.push(show(context, task).await?);
    }
    let about = shown.iter().map(|task| task.about.id.clone()).collect();
    let next = last.filter(|_| more).map(|place| cursor(&place));
    Ok(Reply { answer: Answer::json(200, &List { tasks: shown, next }), about })
}

/// Where a task stands in the list: by the time it is due.
fn place(task: &Task) -> String {
    format!("{} {}", task.done_by, task.id)
}

fn sees(caller: &Caller, owner: Owner) -> bool {
    let role = match owner {
        Owner::VictimServices => Role::VictimServices,
        Owner::Dispatch => Role::Dispatch,
        Owner::Investigator => Role::Investigator,
        Owner::Records => Role::Records,
        Owner::Admin => Role::Admin,
    };
    caller.is_any(&[role, Role::Admin])
}

/// An investigator's tasks are those of own cases, and of cases that nobody works yet.
async fn is_visible(context: &Context, caller: &Caller, task: &Task) -> anyhow::Result<bool> {
    if !sees(caller, task.owner) {
        return Ok(false);
    }
    if task.owner != Owner::Investigator || caller.is_any(&[Role::Admin]) {
        return Ok(true);
    }
    let Some(number) = task.subject.strip_prefix("CASE#") else { return Ok(true) };
    if is_own_case(context, caller, Some(number)).await? {
        return Ok(true);
    }
    let case = context.subjects.case(number).await?;
    let named = case.as_ref().and_then(|case| case.facts.investigator());
    Ok(named.is_none_or(|investigator| investigator.email.is_none()))
}

async fn show(context: &Context, task: &Task) -> anyhow::Result<Shown> {
    let now = context.clock.now();
    let mut replies = Vec::new();
    for id in replies_of(task) {
        let Some(stored) = context.updates.messages.reply(&id).await? else { continue };
        let Some(words) = context.updates.messages.reply_words(&stored).await? else { continue };
        let (from, text) = (mask::address(&words.from), mask::text(&words.text));
        replies.push(Written { at: stored.at, from, text });
    }
    Ok(Shown {
        id: task.id.clone(),
        kind: task.kind,
        owner: task.owner,
        about: about(&task.subject),
        covers: task.covers.iter().filter(|cover| keys::reply_id(cover).is_none()).cloned().collect(),
        created_at: task.created_at,
        due_at: task.done_by,
        overdue: task.done_by < now,
        escalated_at: task.escalated_at,
        replies,
        outcomes: outcomes(task.kind),
    })
}

fn about(subject: &str) -> About {
    let (word, id) = subject.split_once('#').unwrap_or(("", subject));
    let r#type = match word {
        "INC" => "incident",
        "CASE" => "case",
        "REPLY" => "reply",
        _ => "service",
    };
    About { r#type, id: id.to_owned() }
}

/// The replies that a task is about, by id.
fn replies_of(task: &Task) -> Vec<String> {
    let named = std::iter::once(&task.subject).chain(&task.covers);
    named.filter_map(|key| keys::reply_id(key)).map(str::to_owned).collect()
}

pub(crate) async fn done(
    context: &Context,
    caller: &Caller,
    id: &str,
    request: &ApiGatewayV2httpRequest,
) -> anyhow::Result<Reply> {
    let ending: Ending = match body::read(request) {
        Ok(ending) => ending,
        Err(answer) => return Ok(Reply::refusal(answer)),
    };
    let mut round = 0;
    loop {
        let found = context.updates.messages.task(id).await?;
        let Some(task) = found else { return Ok(Reply::refusal(not_found())) };
        if !is_visible(context, caller, &task).await? {
            return Ok(Reply::refusal(not_found()));
        }
        let about = vec![about(&task.subject).id];
        let taken = outcomes(task.kind);
        let Some(outcome) = taken.iter().find(|outcome| **outcome == ending.outcome) else {
            let answer = refuse("/outcome", &format!("must be one of {}", taken.join(", ")));
            return Ok(Reply { answer, about });
        };
        if let Some(done) = &task.done {
            return Ok(Reply { answer: ended_before(&task, done, outcome), about });
        }
        match end(context, caller, &task, outcome).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => return Ok(Reply { answer: result?, about }),
        }
    }
}

/// The same ending again changes nothing; another one comes too late.
fn ended_before(task: &Task, done: &Done, outcome: &str) -> Answer {
    if done.outcome == outcome {
        return Answer::json(200, &Ended { id: &task.id, outcome, done_at: done.at });
    }
    let detail = format!("the task was ended at {} as {}", done.at, done.outcome);
    Answer::problem(409, "Done already", &detail, &[])
}

async fn end(context: &Context, caller: &Caller, task: &Task, outcome: &str) -> Result<Answer, StoreError> {
    let now = context.clock.now();
    if outcome == "revoked" {
        // First, so that no failure in between leaves a revocation unheard.
        revoke(context, task, now).await?;
    }
    let done = Done { at: now, by: caller.subject.clone(), outcome: outcome.into() };
    context.updates.messages.finish_task(task, done).await?;
    Ok(Answer::json(200, &Ended { id: &task.id, outcome, done_at: now }))
}

/// Takes a reply that a person read as a revocation for one.
async fn revoke(context: &Context, task: &Task, now: Timestamp) -> Result<(), StoreError> {
    for id in replies_of(task) {
        let Some(stored) = context.updates.messages.reply(&id).await? else { continue };
        let Some(words) = context.updates.messages.reply_words(&stored).await? else { continue };
        let Some((address, state)) = context.updates.contacts.find(&words.from).await? else { continue };
        if let Some(next) = state.opted_out(Scope::All, stored.at, "staff") {
            context.updates.contacts.write(&address, &next).await?;
        }
        let note = Revocation { id, received_at: stored.at, effective_at: Some(now), by: "text".into() };
        context.updates.messages.note_revocation(&note).await?;
    }
    Ok(())
}
