//! The event a schedule sends, and the nights between two of them: nightly functions take their `now` from the event, so
//! they can be run for a past night, and make up for nights that were missed.
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Most missed nights made up for in one go, the latest ones; what lies further back is left out, and said.
pub const MOST_MISSED: usize = 31;
/// The hour of the schedule, agency time: missed nights are run as if at it.
const HOUR: Time = Time::constant(3, 30, 0, 0);

/// `{"time": "2026-07-04T08:30:00Z"}`, filled in by EventBridge Scheduler with the scheduled time.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Scheduled {
    /// The instant the run is for.
    pub time: Timestamp,
}

impl Scheduled {
    /// The night of this run: its date in `zone`.
    pub fn night(&self, zone: &TimeZone) -> Date {
        self.time.to_zoned_datetime(zone.clone()).date()
    }

    /// The runs of the nights between `last`, the last complete one, and that of this run, in order. Without a last one
    /// nothing was missed; a night at or before it is run again by itself.
    pub fn missed(&self, last: Option<Date>, zone: &TimeZone) -> Result<Vec<Self>, jiff::Error> {
        let at = |date: Date| {
            let time = date.to_datetime(HOUR).to_zoned_datetime(zone.clone())?.timestamp();
            Ok(Self { time })
        };
        nights(last, self.night(zone)).into_iter().map(at).collect()
    }
}

fn nights(last: Option<Date>, tonight: Date) -> Vec<Date> {
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
        assert_eq!(nights(last.map(day), day(tonight)), expected);
    }

    #[test]
    fn missed_nights_come_in_order_and_each_once() {
        check(None, "2026-07-05", &[]);
        check(Some("2026-07-04"), "2026-07-05", &[]);
        check(Some("2026-07-05"), "2026-07-05", &[]);
        check(Some("2026-07-09"), "2026-07-05", &[]);
        check(Some("2026-03-06"), "2026-03-09", &["2026-03-07", "2026-03-08"]);
        check(Some("2026-06-29"), "2026-07-02", &["2026-06-30", "2026-07-01"]);
        assert_eq!(nights("2025-01-01".parse().ok(), "2026-07-02".parse().unwrap()).len(), MOST_MISSED);
    }

    #[test]
    fn a_missed_night_runs_at_half_past_three_whatever_the_clocks_do() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let tonight = Scheduled { time: "2026-03-09T08:30:00Z".parse().unwrap() };
        let missed = tonight.missed("2026-03-06".parse().ok(), &zone).unwrap();
        let times: Vec<String> = missed.iter().map(|run| run.time.to_string()).collect();
        assert_eq!(times, ["2026-03-07T09:30:00Z", "2026-03-08T08:30:00Z"]);
    }
}
