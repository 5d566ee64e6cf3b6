//! A sender that has gone silent in the busy hours: one task for dispatch, and a line that the alarm counts.
//!
//! When it was last heard is known from the events that the sweep looks after anyway.
use jiff::{SignedDuration, Timestamp};
use table::arrivals::Unswept;
use table::{Planning, StoreError};
use updates::{Need, Policy, TaskKind};

/// A sender not heard of for so long is no longer expected.
const EXPECTED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Looks after each watched sender, once everything is looked after that may be of the one that seems silent. One silence is
/// one task, however often it is looked at.
pub(crate) async fn watch(
    planning: &Planning,
    policy: &Policy,
    arrived: &Unswept,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (silence, zone) = (policy.silence(), policy.zone());
    for source in &silence.sources {
        let Some(last) = arrived.last_heard(source) else { continue };
        if now.duration_since(last) <= EXPECTED && silence.is_silent(last, now, zone) {
            let need = Need::new(TaskKind::FeedSilent, &format!("SOURCE#{source}"), format!("since {last}"));
            planning.messages.raise(&need, now, zone).await?;
            tracing::error!(alarm = "feed_silent", source.name = source, "nothing heard from a sender");
        }
    }
    Ok(())
}
