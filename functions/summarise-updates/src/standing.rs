//! What stands when the night runs: revocations against their clock, and the surveys of the month that the day is in.
use jiff::Timestamp;
use table::StoreError;
use table::messages::Messages;
use updates::Policy;
use updates::standing::{Revocations, Surveys};

use crate::Day;

/// Revocations of so many months are looked at for how they were honoured: this one and the last.
const MONTHS: usize = 2;

pub(crate) async fn revocations(
    messages: &Messages,
    policy: &Policy,
    now: Timestamp,
) -> Result<Revocations, StoreError> {
    let open = messages.open_revocations(now, policy.zone()).await?;
    let honoured = messages.honoured_revocations(now, MONTHS).await?;
    Ok(Revocations {
        as_of: now,
        zone: policy.zone().iana_name().unwrap_or("UTC").to_owned(),
        open,
        honoured: honoured.count,
        longest_seconds: honoured.longest.as_secs(),
    })
}

pub(crate) async fn surveys(messages: &Messages, day: Day) -> Result<Surveys, StoreError> {
    let month = day.date.strftime("%Y-%m").to_string();
    let counts = messages.survey_counts(&month).await?;
    Ok(Surveys::of(month, counts))
}
