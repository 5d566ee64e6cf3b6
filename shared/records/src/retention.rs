//! `retention.toml`: how many days each class of data is kept. A class without a number is kept for ever.
use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// Keys outlive the content they stood for by so many days, so that nothing posted again looks new.
pub const KEYS_OUTLIVE: SignedDuration = SignedDuration::from_hours(24 * 400);
/// Shortest time for which data is kept that something may still follow from: no queue, no provider and no rule of an
/// update reaches further back.
const SHORTEST: u32 = 30;
/// Longest time for which the database keeps rejected events anyway.
const LONGEST_QUARANTINE: u32 = 14;

/// A class of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Calls and cases: people, addresses, places.
    Incidents,
    /// Content of texts, e-mails and replies; decisions and tasks.
    Messages,
    /// What is known of telephone numbers and e-mail addresses, but for opt-outs.
    Contacts,
    /// Rejected events.
    Quarantine,
    /// Files of officers who have left; scores and runs of all.
    Personnel,
    /// Daily files of the crime log.
    Crime,
    /// Patrol visits.
    Patrol,
}

impl Class {
    /// Every class, in the order of the file.
    pub const ALL: [Self; 7] = [
        Self::Incidents,
        Self::Messages,
        Self::Contacts,
        Self::Quarantine,
        Self::Personnel,
        Self::Crime,
        Self::Patrol,
    ];

    /// Its name in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Messages => "messages",
            Self::Contacts => "contacts",
            Self::Quarantine => "quarantine",
            Self::Personnel => "personnel",
            Self::Crime => "crime",
            Self::Patrol => "patrol",
        }
    }

    /// The fewest and the most days that may be set.
    fn bounds(self) -> (u32, u32) {
        match self {
            Self::Quarantine => (1, LONGEST_QUARANTINE),
            Self::Patrol => (1, u32::MAX),
            _ => (SHORTEST, u32::MAX),
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How long each class is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention(BTreeMap<Class, u32>);

/// What is wrong with the file: every key with its reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct Invalid(pub Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    days: BTreeMap<Class, u32>,
}

impl Retention {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let file: File = toml::from_str(text).map_err(|error| Invalid(vec![error.message().to_owned()]))?;
        let faults: Vec<String> = file.days.iter().filter_map(|(class, days)| fault(*class, *days)).collect();
        if faults.is_empty() { Ok(Self(file.days)) } else { Err(Invalid(faults)) }
    }

    /// Days for which a class is kept; none: for ever.
    pub fn days(&self, class: Class) -> Option<u32> {
        self.0.get(&class).copied()
    }

    /// Whether nothing is ever deleted.
    pub fn keeps_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// The last instant whose data of this class is over at `now`; none where the class is kept for ever.
    pub fn bound(&self, class: Class, now: Timestamp) -> Option<Timestamp> {
        let days = i64::from(self.days(class)?);
        // Before the beginning of time nothing was kept.
        Some(now.saturating_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN))
    }

    /// Whether what last changed at `changed` is over at `now`.
    pub fn is_over(&self, class: Class, changed: Timestamp, now: Timestamp) -> bool {
        self.bound(class, now).is_some_and(|bound| changed <= bound)
    }
}

fn fault(class: Class, days: u32) -> Option<String> {
    let (fewest, most) = class.bounds();
    if days < fewest {
        return Some(format!("days.{class}: must be {fewest} or more, or left out to delete nothing"));
    }
    (days > most).then(|| format!("days.{class}: must be {most} or less"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let error = Retention::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_number_that_would_delete_too_early_is_refused_by_name() {
        refused("[days]\nincidents = 29", "days.incidents: must be 30 or more");
        refused("[days]\nquarantine = 15", "days.quarantine: must be 14 or less");
        refused(
            "[days]\nquarantine = 0\ncrime = 1",
            "days.quarantine: must be 1 or more, or left out to delete nothing; days.crime",
        );
        refused("[days]\ncalls = 730", "unknown variant `calls`");
        refused("days = 3", "invalid type");
        refused("[day]\nincidents = 90", "unknown field `day`");
    }

    #[test]
    fn what_is_over_is_what_last_changed_so_many_days_ago_or_earlier() {
        let retention = Retention::parse("[days]\nincidents = 30").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-07-31T12:00:00Z");
        assert!(retention.is_over(Class::Incidents, at("2026-07-01T12:00:00Z"), now));
        assert!(!retention.is_over(Class::Incidents, at("2026-07-01T12:00:01Z"), now));
        assert!(!retention.is_over(Class::Messages, at("1990-07-01T12:00:01Z"), now), "kept for ever");
        assert!(Retention::parse("").unwrap().keeps_everything());
    }

    #[test]
    fn a_number_beyond_the_calendar_keeps_everything() {
        let retention = Retention::parse("[days]\nincidents = 4294967295").unwrap();
        assert!(!retention.is_over(Class::Incidents, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH));
    }
}
