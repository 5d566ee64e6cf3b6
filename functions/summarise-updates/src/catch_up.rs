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
/// How far back the last complete night is looked for: after a longer time out of service nothing is made up for.
const LOOKED_BACK: i64 = 31;
/// Where the nights say what they did.
const NIGHTS: &str = "nights/";

/// The runs to be made up for before that of `scheduled`, in order.
pub(crate) async fn missed(context: &Context, scheduled: Scheduled) -> Result<Vec<Scheduled>> {
    let zone = context.policy.zone();
    let tonight = scheduled.night(zone);
    let since = tonight.saturating_sub(LOOKED_BACK.days());
    let call = context.s3.list_objects_v2().bucket(&context.bucket).prefix(NIGHTS);
    // Some records a night: a month of them is less than a page.
    let found = call.start_after(format!("{NIGHTS}{since}")).send().await;
    let found = found
        .map_err(|error| anyhow!("{}", DisplayErrorContext(error)))
        .context("cannot list what the nights did")?;
    let keys: Vec<&str> = found.contents().iter().filter_map(|object| object.key()).collect();
    let missed = scheduled.missed(last(&keys, since, tonight), zone)?;
    let oldest = tonight.saturating_sub(COUNTABLE.days());
    Ok(missed.into_iter().filter(|run| run.night(zone) >= oldest).collect())
}

/// The last night from `since` until `tonight` of which `keys` hold our record.
fn last(keys: &[&str], since: Date, tonight: Date) -> Option<Date> {
    let nights = since.series(1.day()).take_while(|night| *night <= tonight);
    nights.filter(|night| keys.contains(&&*NightRecord::object_key(FUNCTION, *night))).last()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[track_caller]
    fn check(keys: &[&str], expected: Option<Date>) {
        assert_eq!(last(keys, date(2026, 6, 9), date(2026, 7, 10)), expected);
    }

    #[test]
    fn the_last_complete_night_is_found_behind_an_outage_longer_than_can_be_counted() {
        check(&[], None);
        check(&["nights/2026-07-02/summarise-updates.json"], Some(date(2026, 7, 2)));
        check(
            &["nights/2026-07-02/summarise-updates.json", "nights/2026-07-09/map-hotspots.json"],
            Some(date(2026, 7, 2)),
        );
        check(
            &["nights/2026-07-10/summarise-updates.json", "nights/2026-07-11/summarise-updates.json"],
            Some(date(2026, 7, 10)),
        );
    }
}
