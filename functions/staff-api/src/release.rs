//! `POST /v1/cases/{number}/release`: news of a charge or a referral is held until somebody who knows that it warns
//! nobody lets it go. Releasing twice changes nothing.
use startup::http::Answer;
use table::StoreError;
use table::tasks::{Done, Task};
use updates::{Need, Subject, TaskKind};

use crate::caller::Caller;
use crate::messages::is_own_case;
use crate::route::Route;
use crate::{Context, Reply, not_found};

/// How often the case is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 4;

#[derive(serde::Serialize)]
struct Receipt<'a> {
    case_number: &'a str,
    released_at: jiff::Timestamp,
}

pub(crate) async fn release(context: &Context, caller: &Caller, number: &str) -> anyhow::Result<Reply> {
    let about = vec![number.to_owned()];
    let route = Route::Release { number: number.into() };
    let all = caller.is_any(route.full_roles());
    if !all && !is_own_case(context, caller, Some(number)).await? {
        return Ok(Reply { answer: not_found(), about });
    }
    let now = context.clock.now();
    let mut round = 0;
    let found = loop {
        match context.updates.incidents.release(number, now).await {
            Err(error @ StoreError::Condition { .. }) if round >= ROUNDS => return Err(error.into()),
            Err(StoreError::Condition { .. }) => round += 1,
            result => break result?,
        }
    };
    if !found {
        return Ok(Reply { answer: not_found(), about });
    }
    end_task(context, caller, number, now).await?;
    Ok(Reply { answer: Answer::json(200, &Receipt { case_number: number, released_at: now }), about })
}

/// Whoever was asked about held news has answered by letting it go. Somebody who ended the task meanwhile is right too.
async fn end_task(
    context: &Context,
    caller: &Caller,
    number: &str,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let messages = &context.updates.messages;
    let id = Need::new(TaskKind::HeldNews, &Subject::case_key(number), "").id();
    let Some(task) = messages.task(&id).await?.filter(Task::is_open) else { return Ok(()) };
    let done = Done { at: now, by: caller.subject.clone(), outcome: "released".into() };
    match messages.finish_task(&task, done).await {
        Err(error) if !error.is_condition() => Err(error),
        _ => Ok(()),
    }
}
