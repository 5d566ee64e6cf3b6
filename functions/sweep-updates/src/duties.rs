//! What the sweep does beside planning: an overdue task is escalated once, a notice that the stream lost is handed out
//! again, a claim whose sender never came back is settled, and what stayed unknown for too long is given to a person.
use jiff::Timestamp;
use table::StoreError;
use table::handout::look_again;
use table::keys::Key;
use table::messages::{Message, Messages, State};
use table::notices::{Carrier, Notice};
use table::tasks::Task;
use updates::Owner;

use crate::Context;

/// Escalates the task at `key` if it is overdue: its owner and the administrators are told.
pub(crate) async fn escalate(messages: &Messages, key: &Key, now: Timestamp) -> Result<(), StoreError> {
    let overdue = |task: &Task| task.is_open() && task.escalated_at.is_none() && task.done_by <= now;
    let Some(task) = messages.task_at(key).await?.filter(overdue) else { return Ok(()) };
    messages.escalate_task(&task, Owner::Admin, now).await
}

/// Settles the notice at `key`, as far as it is due.
pub(crate) async fn settle_notice(messages: &Messages, key: &Key, now: Timestamp) -> Result<(), StoreError> {
    let is_due = |notice: &Notice| notice.due_at.is_some_and(|due| due <= now);
    let Some(notice) = messages.notice(key).await?.filter(is_due) else { return Ok(()) };
    let next = match (notice.state, notice.carrier) {
        _ if notice.expires_at < now && notice.state != State::Claimed => notice.moved(State::Expired, None),
        // A text or an e-mail may have been taken; a webhook's receiver knows a repetition by its id.
        (State::Claimed, Carrier::Text | Carrier::Email) => notice.moved(State::Unknown, None),
        (State::Claimed | State::Pending | State::Deferred, _) => {
            notice.moved(State::Pending, Some(look_again(notice.at, now)))
        }
        _ => return Ok(()),
    };
    messages.write_notice(&next).await
}

/// A message that was refused at once, or whose outcome stayed unknown until no receipt can come any more: what must be
/// told is given to a person. The message as it is to be written.
pub(crate) async fn give_to_a_person(
    context: &Context,
    message: &Message,
    now: Timestamp,
) -> Result<Message, StoreError> {
    context.planning.messages.ask_a_person(message, now, context.policy.zone()).await?;
    Ok(message.left_alone())
}
