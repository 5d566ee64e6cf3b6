//! Nights that were missed are counted before tonight's, as far back as the list of received events goes for a whole day.
use anyhow::{Context as _, Result, anyhow};
use aws_sdk_s3::error::DisplayErrorContext;
use jiff::ToSpan;
use jiff::civil::Date;
use startup::Scheduled;
use table::nights::NightRecord;

use crate::{Context, FUNCTION};

/// Nights before tonight that can still be counted.
const COUNTABLE: i64 = 4;
/// Where the nights say what they did.
const NIGHTS: &str = "nights/";

/// The runs to be made up for before that of `scheduled`, in order.
pub(crate) async fn missed(context: &Context, scheduled: Scheduled) -> Result<Vec<Scheduled>> {
    let zone = context.policy.zone();
    let tonight = scheduled.night(zone);
    let oldest = tonight.saturating_sub(COUNTABLE.days());
    let last = last(context, oldest.saturating_sub(1.day()), tonight).await?;
    let missed = scheduled.missed(last, zone)?;
    Ok(missed.into_iter().filter(|run| run.night(zone) >= oldest).collect())
}

/// The last complete night; of those before `oldest` it is enough to know that there was one.
async fn last(context: &Context, oldest: Date, tonight: Date) -> Result<Option<Date>> {
    let call = context.s3.list_objects_v2().bucket(&context.bucket).prefix(NIGHTS);
    let found = call.start_after(format!("{NIGHTS}{oldest}")).send().await;
    let found = found
        .map_err(|error| anyhow!("{}", DisplayErrorContext(error)))
        .context("cannot list what the nights did")?;
    let keys: Vec<&str> = found.contents().iter().filter_map(|object| object.key()).collect();
    let nights = oldest.series(1.day()).take_while(|night| *night <= tonight);
    Ok(nights.filter(|night| keys.contains(&&*NightRecord::object_key(FUNCTION, *night))).last())
}
