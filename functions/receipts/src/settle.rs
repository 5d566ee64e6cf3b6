//! What a receipt changes. First what follows from it, then the state of its message: a receipt that comes again after a
//! failure in between does everything once more, and nothing twice.
use jiff::Timestamp;
use table::StoreError;
use table::messages::{Message, State};
use table::notices::{Notice, Told};
use table::receipts::Sent;
use updates::receipt::{Failure, Fate, Receipt};
use updates::{ContactState, Need, Scope, TaskKind};

use crate::Context;
use crate::find::{Found, delivered_later, find};

/// How often a row is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 8;

/// What came of a receipt.
pub(crate) enum Settled {
    /// Everything that follows from it is stored.
    Done,
    /// Its message is not there, but may still be: it has to come again.
    TooEarly,
    /// Not about a message of this stack.
    Foreign,
}

pub(crate) async fn settle(context: &Context, receipt: &Receipt) -> Result<Settled, StoreError> {
    let now = context.clock.now();
    if receipt.fate == Fate::Failed(Failure::SpendLimit) {
        // The provider drops every text until its month is over or somebody raises the limit.
        let need =
            Need::new(TaskKind::SpendCapReached, &format!("SPEND#{}", now.strftime("%Y-%m")), "provider");
        context.messages.raise(&need, now, &context.zone).await?;
    }
    match find(context, receipt).await? {
        Found::NotYet => return Ok(Settled::TooEarly),
        Found::Nothing => return settle_address(context, receipt).await,
        Found::Sent(Sent::Message(message)) => settle_message(context, receipt, *message).await?,
        Found::Sent(Sent::Notice(notice)) => settle_notice(context, receipt, *notice).await?,
    }
    Ok(Settled::Done)
}

/// The receipt names no message: another stack's, or one of ours whose sender died before it noted the provider's id, while
/// several might be meant. What it says of the address holds for either, if it is one that this department writes to.
async fn settle_address(context: &Context, receipt: &Receipt) -> Result<Settled, StoreError> {
    let forbids = receipt.opt_out().is_some() || receipt.reachable() == Some(false);
    let (true, Some(destination), Some(taken_at)) = (forbids, &receipt.destination, receipt.taken_at) else {
        return Ok(Settled::Foreign);
    };
    let Some((address, _)) = context.contacts.find(destination).await? else { return Ok(Settled::Foreign) };
    let recipient = context.contacts.index(&address).await?;
    if context.messages.latest_to(&recipient, 1).await?.is_empty() {
        return Ok(Settled::Foreign);
    }
    remember(context, receipt, &address, Some((&recipient, taken_at))).await?;
    Ok(Settled::Done)
}

async fn settle_message(
    context: &Context,
    receipt: &Receipt,
    mut message: Message,
) -> Result<(), StoreError> {
    let address = context.messages.address(&message).await?;
    // Our own clock, the same for every receipt of this message.
    let sent = (message.recipient.as_str(), message.claimed_at());
    remember(context, receipt, &address, Some(sent)).await?;
    let mut round = 0;
    loop {
        let now = context.clock.now();
        let next = message.told(receipt, now);
        let stands = next.as_ref().unwrap_or(&message);
        if stands.state == State::Failed {
            context.messages.ask_a_person(stands, now, &context.zone).await?;
        }
        let Some(next) = next else { return Ok(()) };
        match context.messages.write(&next).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => return result,
        }
        let Some(present) = context.messages.get(&message.key()).await? else { return Ok(()) };
        message = present;
    }
}

/// An answer may meet the provider's opt-out; news of a task that does not arrive means that a mailbox is wrong.
async fn settle_notice(context: &Context, receipt: &Receipt, notice: Notice) -> Result<(), StoreError> {
    // What staff do with their own e-mails changes nothing in the contacts of the public.
    if let (Told::Answer { .. }, Some(address)) =
        (&notice.told, context.messages.notice_address(&notice).await?)
    {
        remember(context, receipt, &address, None).await?;
    }
    let Some(next) = notice.told(receipt.fate) else { return Ok(()) };
    if let (State::Failed, Told::Task { owner, .. }) = (next.state, &next.told) {
        tracing::error!(task.owner = %owner, "news of a task was not delivered; see its mailbox in agency.toml");
    }
    if let (State::Failed, Told::Letter) = (next.state, &next.told) {
        tracing::error!("an e-mail about a review was not delivered; see the addresses on the roster");
    }
    match context.messages.write_notice(&next).await {
        // The sender or the sweep was at it: the receipt comes again.
        Err(error) if error.is_condition() => {
            Err(StoreError::Unavailable { what: "notice", code: "changed meanwhile".into() })
        }
        result => result,
    }
}

/// What the receipt says of the address itself; `sent` is the index of the address and when the message went out.
async fn remember(
    context: &Context,
    receipt: &Receipt,
    address: &str,
    sent: Option<(&str, Timestamp)>,
) -> Result<(), StoreError> {
    let now = context.clock.now();
    if let Some(by) = receipt.opt_out() {
        change(context, address, |state| state.opted_out(Scope::All, now, by)).await?;
    }
    let (Some(reachable), Some((recipient, sent_at))) = (receipt.reachable(), sent) else { return Ok(()) };
    if !reachable && delivered_later(context, recipient, sent_at).await? {
        return Ok(());
    }
    change(context, address, |state| state.reached(reachable, sent_at)).await
}

async fn change(
    context: &Context,
    address: &str,
    next: impl Fn(&ContactState) -> Option<ContactState>,
) -> Result<(), StoreError> {
    let mut round = 0;
    loop {
        let Some((address, state)) = context.contacts.find(address).await? else { return Ok(()) };
        let Some(next) = next(&state) else { return Ok(()) };
        match context.contacts.write(&address, &next).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            result => return result,
        }
    }
}
