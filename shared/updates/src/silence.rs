//! When a sender that says nothing is an alarm: nothing heard for too long within the busy hours.
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// `[silence]` in `updates.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// Senders that are watched, by the names they sign under. Empty watches none.
    pub sources: Vec<String>,
    /// How long nothing may be heard.
    pub minutes: u16,
    /// Begin of the busy hours, agency time.
    pub from: Time,
    /// Their end, on the same day.
    pub to: Time,
}

impl Silence {
    /// Checks the values; the error names key and reason.
    pub fn check(&self) -> Result<(), String> {
        if self.minutes == 0 {
            return Err("silence.minutes must be 1 or more".into());
        }
        if self.from >= self.to {
            return Err("silence.from must be before silence.to, on the same day".into());
        }
        Ok(())
    }

    /// Whether a sender last heard at `last` is silent at `now`. Only the time within the busy hours of the day counts:
    /// a quiet night is no alarm in the morning.
    pub fn is_silent(&self, last: Timestamp, now: Timestamp, zone: &TimeZone) -> bool {
        let local = now.to_zoned_datetime(zone.clone());
        let begin = local.date().to_datetime(self.from).to_zoned_datetime(zone.clone());
        let Ok(begin) = begin.map(|begin| begin.timestamp()) else { return false };
        let busy = now >= begin && local.time() < self.to;
        let allowed = SignedDuration::from_mins(self.minutes.into());
        busy && now.duration_since(last.max(begin)) >= allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    #[track_caller]
    fn check(last: &str, now: &str, expected: bool) {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let (from, to) = (time(8, 0, 0, 0), time(22, 0, 0, 0));
        let silence = Silence { sources: vec!["cad".into()], minutes: 60, from, to };
        assert_eq!(silence.is_silent(last.parse().unwrap(), now.parse().unwrap(), &zone), expected);
    }

    #[test]
    fn an_hour_without_a_word_by_day_is_silence() {
        check("2026-07-07T12:00:00-05:00", "2026-07-07T12:59:59-05:00", false);
        check("2026-07-07T12:00:00-05:00", "2026-07-07T13:00:00-05:00", true);
        check("2026-07-07T21:30:00-05:00", "2026-07-07T22:30:00-05:00", false);
    }

    #[test]
    fn the_night_does_not_count() {
        check("2026-07-07T03:00:00-05:00", "2026-07-07T07:59:00-05:00", false);
        check("2026-07-07T03:00:00-05:00", "2026-07-07T08:59:00-05:00", false);
        check("2026-07-07T03:00:00-05:00", "2026-07-07T09:00:00-05:00", true);
    }

    #[test]
    fn the_hour_is_local_when_the_clock_changes() {
        check("2026-03-07T12:00:00-06:00", "2026-03-08T08:59:00-05:00", false);
        check("2026-03-07T12:00:00-06:00", "2026-03-08T09:00:00-05:00", true);
    }
}
