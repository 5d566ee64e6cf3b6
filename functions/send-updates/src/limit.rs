//! The limits at the claim: breaker, number cap, rate, spend. What this sender holds leased is kept in memory; a write
//! is made per lease, not per message. While the counters cannot be reached, nothing is sent.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use table::messages::{Message, Messages, Pause, State};
use table::{Planning, StoreError};
use updates::limits::{Acceptance, Lease, Permits, Wanted, day_start, spend_look_again};
use updates::{Need, Policy, Reason, TaskKind};

use crate::send::LATER;

/// How often a lease is asked for when other senders take theirs at the same time.
const ROUNDS: u32 = 8;

/// What this sender holds, shared by its invocations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limiter(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    permits: Permits,
    /// Minute and number of messages put off in it.
    waiting: (i64, u32),
    acceptance: Acceptance,
}

/// Whether a message may go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// Now; it is paid for.
    Go,
    /// Not before then.
    Wait(Timestamp),
    /// Not, for this reason; looked at again then, if ever.
    Refuse(Reason, Option<Timestamp>),
}

/// What a message is admitted by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) planning: &'a Planning,
    pub(crate) policy: &'a Policy,
    pub(crate) now: Timestamp,
}

impl Limiter {
    /// Whether `message` of `parts` text parts (0 for an e-mail) may go.
    pub(crate) async fn admit(
        &self,
        rules: Rules<'_>,
        message: &Message,
        parts: u32,
    ) -> Result<Admitted, StoreError> {
        let Rules { planning, policy, now } = rules;
        let (limits, zone) = (policy.limits(), policy.zone());
        let since = day_start(message.created_at, zone);
        let enough = limits.per_number_per_day_must_notify;
        let earlier = planning.messages.earlier(message, since, usize::try_from(enough).unwrap_or(0)).await?;
        if let Err(reason) = limits.number_cap(message.kind, u32::try_from(earlier).unwrap_or(u32::MAX)) {
            return Ok(Admitted::Refuse(reason, None));
        }
        match self.permit(&planning.messages, policy, parts, now).await? {
            Lease::Go(..) => Ok(Admitted::Go),
            Lease::Wait(until) => Ok(Admitted::Wait(until)),
            Lease::Refuse(Reason::BreakerOpen) => {
                open_breaker(rules).await?;
                // As whatever it holds: staff may close it early.
                Ok(Admitted::Refuse(Reason::BreakerOpen, Some(now + LATER)))
            }
            Lease::Refuse(reason) => {
                spend_cap_reached(rules).await?;
                Ok(Admitted::Refuse(reason, Some(spend_look_again(now, zone))))
            }
        }
    }

    /// A permit for one message, from what is held or from a new lease.
    async fn permit(
        &self,
        messages: &Messages,
        policy: &Policy,
        parts: u32,
        now: Timestamp,
    ) -> Result<Lease, StoreError> {
        let (limits, zone) = (policy.limits(), policy.zone());
        let mut round = 0;
        loop {
            let (held, waiting) = {
                let mut held = self.held();
                if held.permits.take(parts, now, zone) {
                    return Ok(Lease::Go(Permits::default(), updates::limits::Counters::default()));
                }
                (held.permits.clone(), held.waiting_in(now))
            };
            let (counters, rev) = messages.counters().await?;
            match limits.lease(&counters, &held, Wanted { parts, waiting, now, zone }) {
                Lease::Go(permits, next) => match messages.lease(&next, rev).await {
                    Ok(()) => self.held().permits.add(&permits),
                    Err(error) if error.is_condition() && round < ROUNDS => round += 1,
                    Err(error) => return Err(error),
                },
                Lease::Wait(until) => {
                    self.held().waiting.1 += 1;
                    return Ok(Lease::Wait(until));
                }
                refused @ Lease::Refuse(_) => return Ok(refused),
            }
        }
    }

    /// Gives back the permit of a message that was certainly not handed to a provider.
    pub(crate) fn give_back(&self, parts: u32) {
        self.held().permits.give_back(parts);
    }

    /// Notes what a provider made of a send, and raises the alarm when too many are not taken.
    pub(crate) fn note(&self, accepted: bool) {
        if self.held().acceptance.note(accepted) {
            tracing::error!(
                alarm = "acceptance_falling",
                "half of the last sends were not taken by the provider"
            );
        }
    }

    /// Nothing that panics holds it.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn waiting_in(&mut self, now: Timestamp) -> u32 {
        let minute = now.as_second().div_euclid(60);
        if self.waiting.0 != minute {
            self.waiting = (minute, 0);
        }
        self.waiting.1
    }
}

/// What must be told and is stopped by a cap, by every way, becomes a task: a cap is no reason for silence.
pub(crate) async fn ask_a_person(
    Rules { planning, policy, now }: Rules<'_>,
    message: &Message,
    reason: Reason,
) -> Result<(), StoreError> {
    if !message.kind.must_notify() || reason == Reason::BreakerOpen {
        return Ok(());
    }
    let same = |other: &Message| {
        other.person == message.person && other.kind == message.kind && other.ordinal == message.ordinal
    };
    let stopped =
        |state| matches!(state, State::Suppressed | State::Superseded | State::Expired | State::Failed);
    let ways = planning.messages.of(&message.subject).await?;
    if ways.iter().any(|way| same(way) && way.sk != message.sk && !stopped(way.state)) {
        return Ok(());
    }
    let cover = format!("{} {} {reason}", message.kind, message.ordinal);
    let need = Need::new(TaskKind::VictimUpdate, &message.subject, cover);
    planning.messages.raise(&need, now, policy.zone()).await.map(drop)
}

/// Opens the breaker: the task first, so that no failure in between leaves an open breaker nobody was told of.
async fn open_breaker(Rules { planning, policy, now }: Rules<'_>) -> Result<(), StoreError> {
    let limits = policy.limits();
    let until = now + limits.breaker_open();
    let minute = now.round(jiff::Unit::Minute).unwrap_or(now);
    let need = Need::new(TaskKind::BreakerOpened, "LIMITS", format!("breaker {minute}"));
    planning.messages.raise(&need, now, policy.zone()).await?;
    let reason = format!("more than {} messages wanted in one minute", limits.breaker_per_minute);
    planning.messages.pause(&Pause::breaker(now, until, reason)).await?;
    tracing::error!(
        alarm = "breaker_opened",
        limit.per_minute = limits.breaker_per_minute,
        "circuit breaker opened; nothing leaves until it closes"
    );
    Ok(())
}

async fn spend_cap_reached(Rules { planning, policy, now }: Rules<'_>) -> Result<(), StoreError> {
    let month = updates::limits::month(now, policy.zone());
    let need = Need::new(TaskKind::SpendCapReached, "LIMITS", format!("month {month}"));
    if planning.messages.raise(&need, now, policy.zone()).await? {
        tracing::error!(
            alarm = "spend_cap_reached",
            "the month's money for texts is used up; texts are held"
        );
    }
    Ok(())
}
