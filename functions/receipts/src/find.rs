//! Which message a receipt is about: by the provider's id, by the token of its claim, and last by where and when it went.
use jiff::{SignedDuration, Timestamp};
use table::StoreError;
use table::messages::{Message, State};
use table::receipts::Sent;
use updates::receipt::Receipt;

use crate::Context;

/// While a receipt is younger, its message may not be marked yet or the index may be behind: it is looked for again later.
/// Longer than a claim may stand before the sweep settles it.
const EARLY: SignedDuration = SignedDuration::from_mins(2);
/// How long before the claim of a message its provider's clock may say that it took it, and how long after.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(10);
const TAKEN_WITHIN: SignedDuration = SignedDuration::from_secs(60);
/// Messages to one address that are looked at.
const LATEST: i32 = 50;

/// Where the search for a message ended.
pub(crate) enum Found {
    /// Here it is.
    Sent(Sent),
    /// Not found, but it may still appear.
    NotYet,
    /// Not of this stack, or of several of its messages nobody can say which.
    Nothing,
}

pub(crate) async fn find(context: &Context, receipt: &Receipt) -> Result<Found, StoreError> {
    for id in [Some(&receipt.provider_id), receipt.claim.as_ref()].into_iter().flatten() {
        if let Some(sent) = context.messages.by_provider_id(id).await? {
            return Ok(Found::Sent(sent));
        }
    }
    let Some(taken_at) = receipt.taken_at else { return Ok(Found::Nothing) };
    if context.clock.now().duration_since(taken_at).abs() < EARLY {
        return Ok(Found::NotYet);
    }
    let candidate = only_candidate(context, receipt, taken_at).await?;
    Ok(candidate.map_or(Found::Nothing, |message| Found::Sent(Sent::Message(Box::new(message)))))
}

/// The one message to that address whose outcome is unknown and that went out at that time. Two of them, or one still in
/// a sender's hands, prove nothing.
async fn only_candidate(
    context: &Context,
    receipt: &Receipt,
    taken_at: Timestamp,
) -> Result<Option<Message>, StoreError> {
    let Some(destination) = &receipt.destination else { return Ok(None) };
    let Some((address, _)) = context.contacts.find(destination).await? else { return Ok(None) };
    let index = context.contacts.index(&address).await?;
    let mut candidates = context.messages.latest_to(&index, LATEST).await?;
    candidates.retain(|message| {
        let after = taken_at.duration_since(message.claimed_at());
        matches!(message.state, State::Unknown | State::Claimed)
            && message.channel == receipt.channel
            && after >= -CLOCKS_DIFFER
            && after <= TAKEN_WITHIN
    });
    let only = if candidates.len() == 1 { candidates.pop() } else { None };
    Ok(only.filter(|message| message.state == State::Unknown))
}

/// Whether a message sent after `sent_at` to the recipient of this index was delivered.
pub(crate) async fn delivered_later(
    context: &Context,
    recipient: &str,
    sent_at: Timestamp,
) -> Result<bool, StoreError> {
    let latest = context.messages.latest_to(recipient, LATEST).await?;
    Ok(latest.iter().any(|other| other.state == State::Delivered && other.claimed_at() > sent_at))
}
