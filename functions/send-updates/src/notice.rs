//! Claim, send, mark, for one notice: the news of a task to a mailbox or a webhook, the answer to a text that came in.
//!
//! Texts and e-mails go once, as in `send`; a webhook is posted until it is taken, since its receiver knows its id. A
//! pause of everything does not hold what is owed to somebody who wrote to us (STOP, START, HELP, an emergency), nor the
//! news of a task to the department itself. In shadow nothing leaves at all.
use jiff::{SignedDuration, Timestamp};
use table::StoreError;
use table::keys::Key;
use table::messages::{CLAIM_LEASE, State};
use table::notices::{Carrier, Letter, NotSent, Notice, Told};
use updates::Answer;
use updates::render::Rendered;

use crate::Context;
use crate::provider::Sent;
use crate::send::{LATER, record_opt_out};
use crate::webhook::Posted;
use table::wording::Worded;

mod mail;

/// Pauses before a webhook is posted again; the last one repeats until the notice expires. The sweep posts it, so a
/// pause ends with the minute.
const PAUSES_MINUTES: [i64; 6] = [1, 5, 30, 120, 300, 600];
/// The longest pause that a receiver may ask for.
const LONGEST_PAUSE: u32 = 36_000;

/// What goes out, once it may.
enum Parcel {
    Text(Worded),
    Email(String, Rendered),
    Webhook,
}

/// Sends the notice at `key` if it is pending. Errors come only from before the claim: the record may come again.
pub(crate) async fn send(context: &Context, key: &Key) -> Result<(), StoreError> {
    let messages = &context.planning.messages;
    let pending = |notice: &Notice| notice.state == State::Pending;
    let Some(notice) = messages.notice(key).await?.filter(pending) else { return Ok(()) };
    let now = context.clock.now();
    if notice.expires_at < now {
        return settle(context, &notice.moved(State::Expired, None)).await;
    }
    let parcel = match prepare(context, &notice).await? {
        Ok(parcel) => parcel,
        Err(reason) => return settle(context, &notice.not_sent(reason)).await,
    };
    let mut claimed = notice.moved(State::Claimed, Some(now + CLAIM_LEASE));
    claimed.attempts += 1;
    if let Parcel::Text(worded) = &parcel {
        claimed.language = Some(worded.language.clone());
        claimed.text_hash = Some(worded.text_hash.clone());
    }
    match messages.write_notice(&claimed).await {
        Ok(()) => {
            deliver(context, &claimed, parcel).await;
            Ok(())
        }
        // Somebody else has it.
        Err(error) if error.is_condition() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes what needs no claim; whoever was first is right.
async fn settle(context: &Context, next: &Notice) -> Result<(), StoreError> {
    match context.planning.messages.write_notice(next).await {
        Err(error) if !error.is_condition() => Err(error),
        _ => Ok(()),
    }
}

/// What is to be sent, or why nothing is.
async fn prepare(context: &Context, notice: &Notice) -> Result<Result<Parcel, NotSent>, StoreError> {
    if let Told::Letter = notice.told {
        // Reviews have a switch of their own; nothing of it reaches the public.
        return letter(context, notice).await;
    }
    if !context.policy.live {
        return Ok(Err(NotSent::Shadow));
    }
    let zone = context.policy.zone();
    Ok(match (&notice.told, notice.carrier) {
        (Told::Answer { answer, language }, _) => {
            if !is_owed(*answer) && is_paused(context).await? {
                return Ok(Err(NotSent::Paused));
            }
            context.words.answer(*answer, language).map(Parcel::Text)
        }
        (Told::Task { kind, owner, due_at, escalated }, Carrier::Email) => {
            let mailbox = context.mailboxes.get(owner.word()).ok_or(NotSent::NoMailbox);
            let words = mail::words(
                *kind,
                *owner,
                due_at.to_zoned_datetime(zone.clone()),
                *escalated,
                notice.task_id(),
            );
            mailbox.map(|mailbox| Parcel::Email(mailbox.clone(), words))
        }
        (Told::Task { .. }, _) if context.webhook.is_on() => Ok(Parcel::Webhook),
        (Told::Task { .. }, _) => Err(NotSent::NoWebhook),
        (Told::Letter, _) => Err(NotSent::RenderRefused),
    })
}

/// A letter with its address, both opened.
async fn letter(context: &Context, notice: &Notice) -> Result<Result<Parcel, NotSent>, StoreError> {
    let messages = &context.planning.messages;
    let (letter, address) = (messages.letter(notice).await?, messages.notice_address(notice).await?);
    Ok(match letter.zip(address) {
        Some((Letter { subject, body }, address)) => Ok(Parcel::Email(address, Rendered { subject, body })),
        None => Err(NotSent::NoMailbox),
    })
}

/// Whether an answer goes out although everything is paused: the law or somebody's safety asks for it.
fn is_owed(answer: Answer) -> bool {
    matches!(
        answer,
        Answer::Stopped | Answer::StoppedPart | Answer::Started | Answer::Help | Answer::NotMonitored
    )
}

async fn is_paused(context: &Context) -> Result<bool, StoreError> {
    Ok(context.planning.messages.pauses().await?.iter().any(|pause| pause.scope == "all"))
}

/// From here on the record never comes again: whatever fails is written on the row or left to the sweep.
async fn deliver(context: &Context, claimed: &Notice, parcel: Parcel) {
    let now = context.clock.now();
    let marked = match parcel {
        Parcel::Text(worded) => match context.planning.messages.notice_address(claimed).await {
            Ok(Some(number)) => {
                let sent = context.provider.text(&number, &worded.words).await;
                if sent == Sent::OptedOut {
                    record_opt_out(context, &number, context.clock.now()).await;
                }
                after_send(claimed, sent, context.clock.now())
            }
            Ok(None) => claimed.moved(State::Failed, None),
            Err(error) => {
                tracing::error!(error = %error, "number of an answer could not be opened; nothing was sent");
                claimed.moved(State::Deferred, Some(now + LATER))
            }
        },
        Parcel::Email(mailbox, words) => {
            let sent = context.provider.email(&mailbox, &words, now, &context.entropy.token()).await;
            after_send(claimed, sent, context.clock.now())
        }
        Parcel::Webhook => {
            let posted = context.webhook.post(claimed, now).await;
            after_post(claimed, posted, context.clock.now())
        }
    };
    // The claim's revision fences: a sweep that has settled the claim meanwhile wins.
    if let Err(error) = context.planning.messages.write_notice(&marked).await {
        tracing::error!(error = %error, "mark failed; the sweep settles the claim");
    }
}

/// A text or an e-mail after its one attempt.
fn after_send(claimed: &Notice, sent: Sent, now: Timestamp) -> Notice {
    match sent {
        Sent::Accepted(id) => claimed.accepted(Some(id)),
        Sent::Throttled => claimed.moved(State::Deferred, Some(now + LATER)),
        Sent::Refused(why) => {
            tracing::error!(reason = why, "provider refused a notice");
            claimed.moved(State::Failed, None)
        }
        Sent::OptedOut => claimed.not_sent(NotSent::OptedOut),
        Sent::Unknown => {
            tracing::warn!("provider gave no clear answer to a notice; not sent again");
            claimed.moved(State::Unknown, None)
        }
    }
}

/// A webhook after an attempt.
fn after_post(claimed: &Notice, posted: Posted, now: Timestamp) -> Notice {
    match posted {
        Posted::Taken => claimed.accepted(None),
        Posted::Gone => {
            tracing::error!("the receiver of the task webhook says that it is gone (410)");
            claimed.not_sent(NotSent::Gone)
        }
        Posted::Again(why, wait) => {
            let pause = pause_after(claimed.attempts).max(asked(wait));
            tracing::warn!(reason = why, notice.attempts = claimed.attempts, "task webhook was not taken");
            claimed.moved(State::Deferred, Some(now + pause))
        }
    }
}

fn pause_after(attempts: u32) -> SignedDuration {
    let index = (attempts.max(1) as usize - 1).min(PAUSES_MINUTES.len() - 1);
    SignedDuration::from_mins(PAUSES_MINUTES[index])
}

fn asked(wait: Option<u32>) -> SignedDuration {
    SignedDuration::from_secs(i64::from(wait.unwrap_or(0).min(LONGEST_PAUSE)))
}
