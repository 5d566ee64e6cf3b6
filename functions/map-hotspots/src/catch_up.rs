//! Nights that were missed are made up for, in order, before tonight: what is carried from night to night, the forecast's
//! champion and the weekly edition, then stands as if none had been missed.
use anyhow::Result;
use bytes::Bytes;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use crate::bucket::{Bucket, Headers, If};

/// Most nights made up for in one go, the latest ones; what lies further back is left out, and said.
pub(crate) const MOST_MISSED: usize = 31;
/// The hour of the schedule, agency time: missed nights are run as if at it.
const HOUR: Time = Time::constant(3, 30, 0, 0);
/// Marks of complete nights, by agency date, beside the statistics of the night.
const MARKS: &str = "stats/";
const ENDING: &str = ".json";

/// The nights between the last complete one and that of `time`, with the instants they are run for. A night before the
/// last complete one is run again by itself; a first run has missed nothing.
pub(crate) async fn missed(
    internal: &Bucket,
    time: Timestamp,
    zone: &TimeZone,
) -> Result<Vec<(Date, Timestamp)>> {
    let tonight = time.to_zoned_datetime(zone.clone()).date();
    let keys = internal.list(MARKS).await?;
    let last = keys.iter().filter_map(|key| date_of(key)).max();
    let at = |date: Date| Ok((date, date.to_datetime(HOUR).to_zoned_datetime(zone.clone())?.timestamp()));
    dates(last, tonight).into_iter().map(at).collect()
}

/// Notes that the night of `time` is complete, as its last act.
pub(crate) async fn complete(internal: &Bucket, time: Timestamp, zone: &TimeZone) -> Result<()> {
    let date = time.to_zoned_datetime(zone.clone()).date();
    let mark = serde_json::to_vec(&json!({"night": date, "time": time}))?;
    let headers = Headers { content_type: "application/json", ..Headers::default() };
    internal.put(&format!("{MARKS}{date}{ENDING}"), Bytes::from(mark), If::Anything, headers).await.map(drop)
}

fn date_of(key: &str) -> Option<Date> {
    key.strip_prefix(MARKS)?.strip_suffix(ENDING)?.parse().ok()
}

fn dates(last: Option<Date>, tonight: Date) -> Vec<Date> {
    let Some(last) = last.filter(|last| *last < tonight) else { return Vec::new() };
    let first = last.saturating_add(1.day()).max(tonight.saturating_sub((MOST_MISSED as i64).days()));
    first.series(1.day()).take_while(|date| *date < tonight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(last: Option<&str>, tonight: &str, expected: &[&str]) {
        let day = |text: &str| text.parse().unwrap();
        let expected: Vec<Date> = expected.iter().map(|text| day(text)).collect();
        assert_eq!(dates(last.map(day), day(tonight)), expected);
    }

    #[test]
    fn missed_nights_come_in_order_and_each_once() {
        check(None, "2026-07-05", &[]);
        check(Some("2026-07-04"), "2026-07-05", &[]);
        check(Some("2026-07-05"), "2026-07-05", &[]);
        check(Some("2026-07-09"), "2026-07-05", &[]);
        check(Some("2026-03-06"), "2026-03-09", &["2026-03-07", "2026-03-08"]);
        assert_eq!(dates("2025-01-01".parse().ok(), "2026-07-02".parse().unwrap()).len(), MOST_MISSED);
    }

    #[test]
    fn only_marks_name_a_complete_night() {
        assert_eq!(date_of("stats/2026-07-05.json"), "2026-07-05".parse().ok());
        assert_eq!(date_of("stats/2026-07-05.html"), None);
        assert_eq!(date_of("stats/all.json"), None);
    }
}
