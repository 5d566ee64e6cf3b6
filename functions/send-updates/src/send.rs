//! Claim, send, mark, for one message.
use jiff::{SignedDuration, Timestamp};
#[cfg(feature = "mutants")]
use startup::mutant::{Mutant, is};
use table::StoreError;
use table::keys::Key;
use table::messages::{CLAIM_LEASE, Message, State};
use table::wording::Worded;
use updates::segments::measure;
use updates::{Channel, Reason, Scope};

use crate::Context;
use crate::email::{self, Foot};
use crate::limit::{Admitted, Rules, ask_a_person};
use crate::provider::Sent;

/// When a paused or throttled message is looked at again.
pub(crate) const LATER: SignedDuration = SignedDuration::from_secs(60);
/// When what could not be worded is tried again: a mended text comes with a deployment, and each look is a write.
const ONCE_MENDED: SignedDuration = SignedDuration::from_hours(1);
/// How often a message is decided anew when something changes underneath its claim.
const ROUNDS: u32 = 4;

/// Sends the message at `key` if it is pending. Errors come only from before the claim: the record may come again.
pub(crate) async fn send(context: &Context, key: &Key) -> Result<(), StoreError> {
    let mut round = 0;
    loop {
        match claim(context, key).await {
            Ok(Some((message, worded, foot))) => return deliver(context, message, &worded, &foot).await,
            Ok(None) => return Ok(()),
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Decides once more, words the message and claims it; `None` where there is nothing to send.
async fn claim(context: &Context, key: &Key) -> Result<Option<(Message, Worded, Foot)>, StoreError> {
    let planning = &context.planning;
    let now = context.clock.now();
    let Some(loaded) = planning.replan(&key.pk, &context.policy, now).await? else {
        // A message about nothing: it is not sent, but one that cannot be read is a person's all the same.
        planning.messages.get(key).await?;
        return Ok(None);
    };
    let Some(message) = loaded.pending(key).cloned() else { return Ok(None) };
    let pauses = planning.messages.pauses().await?;
    let reason = if pauses.iter().any(|pause| pause.covers(message.kind, &loaded.subject)) {
        Some(Reason::Paused)
    } else {
        pauses.iter().any(|pause| pause.is_open_breaker(now)).then_some(Reason::BreakerOpen)
    };
    if let Some(reason) = reason {
        planning.withhold(&message, reason, Some(now + LATER), now).await?;
        return Ok(None);
    }
    let Message { person, kind, ordinal, channel, .. } = &message;
    let asked = loaded.known.language(&message.recipient);
    let worded = context.words.word(&loaded.subject, person, *kind, ordinal, *channel, asked);
    let worded = match worded {
        Ok(worded) => worded,
        Err(reason) => {
            planning.withhold(&message, reason, Some(now + ONCE_MENDED), now).await?;
            return Ok(None);
        }
    };
    let Some(foot) = email::foot(context, &loaded, &message, &worded).await? else {
        planning.withhold(&message, Reason::RenderRefused, Some(now + ONCE_MENDED), now).await?;
        return Ok(None);
    };
    let parts = parts(&message, &worded);
    if !is_admitted(context, &message, parts, now).await? {
        return Ok(None);
    }
    let claimed = claimed(context, &message, &worded, now).await?;
    #[cfg(feature = "mutants")]
    if is(Mutant::SendThenMark) {
        return Ok(Some((message, worded, foot)));
    }
    if let Err(error) = planning.claim(&loaded, &claimed, now).await {
        if error.is_condition() {
            context.limiter.give_back(parts);
        }
        return Err(error);
    }
    Ok(Some((claimed, worded, foot)))
}

/// Whether the limits let a message go; where not, what becomes of it is written.
async fn is_admitted(
    context: &Context,
    message: &Message,
    parts: u32,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let planning = &context.planning;
    let rules = Rules { planning, policy: &context.policy, now };
    match context.limiter.admit(rules, message, parts).await? {
        Admitted::Go => return Ok(true),
        Admitted::Wait(until) => {
            planning.messages.write(&message.moved(State::Deferred, None, Some(until), now)).await?;
        }
        Admitted::Refuse(reason, again) => {
            // First, so that no failure in between leaves silence.
            ask_a_person(rules, message, reason).await?;
            planning.withhold(message, reason, again, now).await?;
        }
    }
    Ok(false)
}

/// What a message takes of the number's rate and of the month's money: the parts of a text, nothing for an e-mail.
fn parts(message: &Message, worded: &Worded) -> u32 {
    match message.channel {
        Channel::Text => u32::try_from(measure(&worded.words.body).parts).unwrap_or(u32::MAX),
        Channel::Email => 0,
    }
}

async fn claimed(
    context: &Context,
    message: &Message,
    worded: &Worded,
    now: Timestamp,
) -> Result<Message, StoreError> {
    // Its place in the due index stays: the sweep counts the lease from the claim.
    let mut claimed = message.moved(State::Claimed, None, message.due_at.or(Some(now + CLAIM_LEASE)), now);
    #[cfg(feature = "mutants")]
    if is(Mutant::ShortLease) {
        claimed.due_at = Some(now);
    }
    claimed.claim = Some(context.entropy.token());
    claimed.language = Some(worded.language.clone());
    claimed.text_hash = Some(worded.text_hash.clone());
    context.planning.messages.seal_body(&mut claimed, &worded.words.body).await?;
    Ok(claimed)
}

/// From here on the record never comes again: whatever fails is written on the row or left to the sweep.
async fn deliver(
    context: &Context,
    message: Message,
    worded: &Worded,
    foot: &Foot,
) -> Result<(), StoreError> {
    let now = context.clock.now();
    let address = match context.planning.messages.address(&message).await {
        Ok(address) => address,
        Err(error) => {
            tracing::error!(error = %error, "address could not be opened; nothing was sent");
            return mark(context, &message.moved(State::Deferred, None, Some(now + LATER), now)).await;
        }
    };
    #[cfg(feature = "mutants")]
    let message =
        if is(Mutant::MarkBeforeSend) { marked_before(context, message, now).await? } else { message };
    let token = message.claim.clone().unwrap_or_default();
    let sent = match message.channel {
        Channel::Text => context.provider.text(&address, &worded.words).await,
        Channel::Email => {
            let raw = context.emails.build(worded, foot, (&address, now, &token));
            context.provider.mail(&address, raw, &token).await
        }
    };
    let now = context.clock.now();
    if sent != Sent::OptedOut {
        context.limiter.note(matches!(sent, Sent::Accepted(_)));
    }
    let marked = match sent {
        Sent::Accepted(id) => {
            Message { provider_id: Some(id), ..message.moved(State::Accepted, None, None, now) }
        }
        Sent::Throttled => message.moved(State::Deferred, None, Some(now + LATER), now),
        Sent::Refused(why) => {
            tracing::error!(message.kind = %message.kind, reason = why, "provider refused");
            message.refused(now)
        }
        Sent::OptedOut => {
            record_opt_out(context, &address, now).await;
            message.moved(State::Suppressed, Some(Reason::OptedOut), None, now)
        }
        #[cfg(feature = "mutants")]
        Sent::Unknown if is(Mutant::MarkBeforeSend) => return Ok(()),
        Sent::Unknown => {
            tracing::warn!(message.kind = %message.kind, "provider gave no clear answer; not sent again");
            message.lost(now)
        }
    };
    mark(context, &marked).await
}

/// The claim's revision fences: a sweep that has settled the claim meanwhile wins.
async fn mark(context: &Context, marked: &Message) -> Result<(), StoreError> {
    if let Err(error) = context.planning.messages.write(marked).await {
        tracing::error!(error = %error, "mark failed; the sweep settles the claim");
    }
    Ok(())
}

/// The provider's own list knew of an opt-out: ours must know it too.
pub(crate) async fn record_opt_out(context: &Context, address: &str, now: Timestamp) {
    let contacts = &context.planning.contacts;
    let found = contacts.find(address).await;
    if let Ok(Some((address, state))) = found {
        let Some(next) = state.opted_out(Scope::All, now, "provider") else { return };
        if let Err(error) = contacts.write(&address, &next).await {
            tracing::error!(error = %error, "opt-out from the provider could not be recorded");
        }
    }
}

/// The message, said to be accepted before anybody has asked the provider.
#[cfg(feature = "mutants")]
async fn marked_before(context: &Context, message: Message, now: Timestamp) -> Result<Message, StoreError> {
    let marked = message.moved(State::Accepted, None, None, now);
    mark(context, &marked).await?;
    Ok(marked)
}
