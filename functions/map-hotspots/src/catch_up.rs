//! Nights that were missed are made up for, in order, before tonight: what is carried from night to night, the forecast's
//! champion and the weekly edition, then stands as if none had been missed.
use anyhow::Result;
use bytes::Bytes;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use startup::Scheduled;

use crate::bucket::{Bucket, Headers, If};

/// Marks of complete nights, by agency date, beside the statistics of the night.
const MARKS: &str = "stats/";
const ENDING: &str = ".json";

/// The last complete night.
pub(crate) async fn last(internal: &Bucket) -> Result<Option<Date>> {
    Ok(internal.list(MARKS).await?.iter().filter_map(|key| date_of(key)).max())
}

/// Notes that the night of `run` is complete, as its last act.
pub(crate) async fn complete(internal: &Bucket, run: Scheduled, zone: &TimeZone) -> Result<()> {
    let date = run.night(zone);
    let mark = serde_json::to_vec(&json!({"night": date, "time": run.time}))?;
    let headers = Headers { content_type: "application/json", ..Headers::default() };
    internal.put(&format!("{MARKS}{date}{ENDING}"), Bytes::from(mark), If::Anything, headers).await.map(drop)
}

fn date_of(key: &str) -> Option<Date> {
    key.strip_prefix(MARKS)?.strip_suffix(ENDING)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marks_name_a_complete_night() {
        assert_eq!(date_of("stats/2026-07-05.json"), "2026-07-05".parse().ok());
        assert_eq!(date_of("stats/2026-07-05.html"), None);
        assert_eq!(date_of("stats/all.json"), None);
    }
}
