//! A sender that has gone silent in the busy hours: one task for dispatch, and a line that the alarm counts.
//!
//! When it was last heard is read from the index of received events, which intake writes anyway.
use jiff::{SignedDuration, Timestamp};
use table::{Planning, StoreError};
use updates::{Need, Policy, TaskKind};

/// How long received events are listed. A sender not heard of for so long is no longer expected.
const LISTED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Looks after each watched sender. One silence is one task, however often it is looked at.
pub(crate) async fn watch(planning: &Planning, policy: &Policy, now: Timestamp) -> Result<(), StoreError> {
    let (silence, zone) = (policy.silence(), policy.zone());
    // Outside the busy hours, or too early in them, nobody is silent: nothing has to be read.
    if !silence.is_silent(Timestamp::MIN, now, zone) {
        return Ok(());
    }
    for source in &silence.sources {
        let recently = now - SignedDuration::from_mins(silence.minutes.into());
        if planning.incidents.last_heard(source, recently, now).await?.is_some() {
            continue;
        }
        let Some(last) = planning.incidents.last_heard(source, now - LISTED, now).await? else { continue };
        if silence.is_silent(last, now, zone) {
            let need = Need::new(TaskKind::FeedSilent, &format!("SOURCE#{source}"), format!("since {last}"));
            planning.messages.raise(&need, now, zone).await?;
            tracing::error!(alarm = "feed_silent", source.name = source, "nothing heard from a sender");
        }
    }
    Ok(())
}
