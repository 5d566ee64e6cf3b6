//! The schedules, driven by the virtual clock: the sweep each minute, the nightly runs at 03:30 agency time, the news
//! of reviews at 05:00; in between, at 04:15, what has been kept long enough goes.
use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Oldest a sweep may be when it starts; older ones are dropped, as its schedule says.
const SWEEP_AGE: SignedDuration = SignedDuration::from_secs(60);

/// A function and when it falls due. In this order where two fall due at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Schedule {
    Sweep,
    Scores,
    Map,
    Summary,
    Retention,
    Reviews,
}

impl Schedule {
    /// Name of the function.
    pub(crate) fn function(self) -> &'static str {
        match self {
            Self::Sweep => "sweep-updates",
            Self::Scores => "score-officers",
            Self::Map => "map-hotspots",
            Self::Summary => "summarise-updates",
            Self::Retention => "retain-records",
            Self::Reviews => "notify-reviews",
        }
    }

    /// Whether a run due at `due` is still worth starting at `now`.
    pub(crate) fn is_fresh(self, due: Timestamp, now: Timestamp) -> bool {
        self != Self::Sweep || now.duration_since(due) <= SWEEP_AGE
    }

    fn next(self, after: Timestamp, work: Option<Timestamp>, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Sweep => {
                let next = after.as_second().div_euclid(60) + 1;
                let found = work?.as_second().saturating_add(59).div_euclid(60);
                Timestamp::from_second(next.max(found) * 60).ok()
            }
            Self::Scores | Self::Map | Self::Summary | Self::Retention | Self::Reviews => {
                let hour = match self {
                    Self::Reviews => time(5, 0, 0, 0),
                    Self::Retention => time(4, 15, 0, 0),
                    _ => time(3, 30, 0, 0),
                };
                let today = after.to_zoned_datetime(zone.clone()).date();
                let night = |date: jiff::civil::Date| {
                    Some(date.to_datetime(hour).to_zoned_datetime(zone.clone()).ok()?.timestamp())
                };
                night(today).filter(|due| *due > after).or_else(|| night(today.checked_add(1.day()).ok()?))
            }
        }
    }
}

/// The next moment after `after` at which something falls due, and what. Sweeps before `work`, the earliest moment
/// in the due indexes, are left out: they would find nothing, and there are 1,440 a day.
pub(crate) fn next_due(
    after: Timestamp,
    work: Option<Timestamp>,
    zone: &TimeZone,
) -> Option<(Timestamp, Vec<Schedule>)> {
    let all = [
        Schedule::Sweep,
        Schedule::Scores,
        Schedule::Map,
        Schedule::Summary,
        Schedule::Retention,
        Schedule::Reviews,
    ];
    let due = all.into_iter().filter_map(|schedule| Some((schedule.next(after, work, zone)?, schedule)));
    let due: Vec<_> = due.collect();
    let first = due.iter().map(|(at, _)| *at).min()?;
    Some((first, due.into_iter().filter(|(at, _)| *at == first).map(|(_, schedule)| schedule).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(after: &str, work: Option<&str>, due: &str, expected: &[Schedule]) {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let work = work.map(|work| work.parse().unwrap());
        let found = next_due(after.parse().unwrap(), work, &zone);
        assert_eq!(found, Some((due.parse().unwrap(), expected.to_vec())));
    }

    #[test]
    fn the_sweep_falls_due_each_minute_while_there_is_work() {
        let sweep = [Schedule::Sweep];
        let past = Some("2026-07-04T11:00:00Z");
        check("2026-07-04T12:00:00Z", past, "2026-07-04T12:01:00Z", &sweep);
        check("2026-07-04T12:00:59.9Z", past, "2026-07-04T12:01:00Z", &sweep);
        check("2026-07-04T12:00:00Z", Some("2026-07-04T13:00:00Z"), "2026-07-04T13:00:00Z", &sweep);
        check("2026-07-04T12:00:00Z", Some("2026-07-04T13:00:00.5Z"), "2026-07-04T13:00:00Z", &sweep);
    }

    #[test]
    fn nights_follow_the_agencys_clock_through_the_year() {
        let nights = [Schedule::Scores, Schedule::Map, Schedule::Summary];
        let all = [Schedule::Sweep, Schedule::Scores, Schedule::Map, Schedule::Summary];
        check("2026-07-04T08:29:30Z", None, "2026-07-04T08:30:00Z", &nights);
        check("2026-12-04T09:29:30Z", None, "2026-12-04T09:30:00Z", &nights);
        check("2026-07-04T08:29:30Z", Some("2026-07-04T08:00:00Z"), "2026-07-04T08:30:00Z", &all);
        check("2026-07-04T08:30:00Z", None, "2026-07-04T09:15:00Z", &[Schedule::Retention]);
        check("2026-07-04T09:15:00Z", None, "2026-07-04T10:00:00Z", &[Schedule::Reviews]);
        check("2026-07-04T10:00:00Z", None, "2026-07-05T08:30:00Z", &nights);
    }
    /// Every local night has one 03:30, also when an hour is left out or comes twice: both lie before it.
    #[test]
    fn each_local_night_of_the_year_has_one_run() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let (mut at, end) =
            ("2026-01-01T00:00:00-06:00".parse().unwrap(), "2027-01-01T00:00:00-06:00".parse().unwrap());
        let mut nights = std::collections::BTreeMap::new();
        while let Some((due, schedules)) = next_due(at, None, &zone).filter(|(due, _)| *due < end) {
            if schedules.contains(&Schedule::Scores) {
                *nights.entry(due.to_zoned_datetime(zone.clone()).date()).or_insert(0) += 1;
            }
            at = due;
        }
        assert_eq!((nights.len(), nights.values().max()), (365, Some(&1)));
        let nights = [Schedule::Scores, Schedule::Map, Schedule::Summary];
        check("2026-03-08T07:59:59Z", None, "2026-03-08T08:30:00Z", &nights);
        check("2026-11-01T06:00:00Z", None, "2026-11-01T09:30:00Z", &nights);
    }
}
