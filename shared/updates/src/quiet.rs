//! Quiet hours in agency time, right on the two days a year when the clock jumps.
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Time};

/// When a message due at `now` may go out, given quiet hours `from`..`to`: `None` means at once.
/// Hours that run over midnight are the usual case. An hour that does not exist on a spring day ends the quiet at the
/// first instant after the gap.
pub fn until(now: Timestamp, zone: &TimeZone, from: Time, to: Time) -> Option<Timestamp> {
    let local = now.to_zoned_datetime(zone.clone());
    let time = local.time();
    let (quiet, tomorrow) = if from > to {
        (time >= from || time < to, time >= from)
    } else {
        (time >= from && time < to, false)
    };
    if !quiet {
        return None;
    }
    let day = if tomorrow { local.date().tomorrow().ok()? } else { local.date() };
    Some(day.to_datetime(to).to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    #[track_caller]
    fn check(now: &str, expected: Option<&str>) {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let until = until(now.parse().unwrap(), &zone, time(21, 0, 0, 0), time(8, 0, 0, 0));
        assert_eq!(until, expected.map(|text| text.parse().unwrap()));
    }

    #[test]
    fn evening_waits_for_the_next_morning() {
        check("2026-07-04T20:59:59-05:00", None);
        check("2026-07-04T21:00:00-05:00", Some("2026-07-05T08:00:00-05:00"));
        check("2026-07-05T07:59:59-05:00", Some("2026-07-05T08:00:00-05:00"));
        check("2026-07-05T08:00:00-05:00", None);
    }

    #[test]
    fn nights_of_the_clock_change_end_at_eight_local() {
        check("2026-03-07T23:00:00-06:00", Some("2026-03-08T08:00:00-05:00"));
        check("2026-10-31T23:00:00-05:00", Some("2026-11-01T08:00:00-06:00"));
    }
}
