//! Times as vendors write them. A local time without an offset is read in the agency's zone (or the profile's); the
//! hour that an autumn night has twice is read as its first pass, the hour that a spring night lacks as the one after
//! it: the same text always gives the same instant.
use jiff::Timestamp;
use jiff::civil::date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// How a time is written.
#[derive(Clone, Debug)]
pub(super) enum TimeForm {
    /// RFC 3339 with an offset.
    Rfc3339,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMillis,
    /// A pattern of strptime, read in a zone where it names no offset.
    Pattern(String, TimeZone),
}

impl TimeForm {
    /// The form that a profile names; the error says what would be right.
    pub(super) fn new(text: &str, zone: &TimeZone) -> Result<Self, String> {
        let form = match text {
            "rfc3339" => return Ok(Self::Rfc3339),
            "unix" => return Ok(Self::Unix),
            "unix_ms" => return Ok(Self::UnixMillis),
            pattern => Self::Pattern(pattern.to_owned(), zone.clone()),
        };
        // A pattern is sound if it can say a minute of some day and read it again.
        let minute = zone.to_ambiguous_timestamp(date(2026, 3, 5).at(19, 8, 0, 0)).compatible();
        let sample = minute
            .ok()
            .and_then(|at| Some((at, strtime::format(text, &at.to_zoned_datetime(zone.clone())).ok()?)));
        match sample {
            Some((at, written)) if form.read(&written) == Some(at) => Ok(form),
            _ => Err(
                "must be rfc3339, unix, unix_ms or a pattern with date, hour and minute such as %m/%d/%Y %H:%M:%S"
                    .into(),
            ),
        }
    }

    /// The instant that `text` names.
    pub(super) fn read(&self, text: &str) -> Option<Timestamp> {
        match self {
            Self::Rfc3339 => text.parse().ok(),
            Self::Unix => Timestamp::from_second(text.parse().ok()?).ok(),
            Self::UnixMillis => Timestamp::from_millisecond(text.parse().ok()?).ok(),
            Self::Pattern(pattern, zone) => {
                let parts = strtime::parse(pattern, text).ok()?;
                if parts.offset().is_some() || parts.timestamp().is_some() {
                    return parts.to_timestamp().ok();
                }
                zone.to_ambiguous_timestamp(parts.to_datetime().ok()?).compatible().ok()
            }
        }
    }
}
