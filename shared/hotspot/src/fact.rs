//! Facts of the crime log: one per version of an incident, without personal data, and the rule that folds
//! them into day files. Folding is a maximum over versions, so any order and any repetition gives the same file.
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// First version of facts from the department's live events. Imported history stays below, so that what was
/// told live is never overwritten by an extract.
pub const LIVE: u64 = 1_000_000;

/// How the department came to know: only what people reported feeds the map by default, since counting what
/// officers find where they are sent makes the map confirm itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A call or a report by the public.
    #[default]
    Reported,
    /// Started by an officer.
    OfficerInitiated,
}

impl Origin {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::OfficerInitiated => "officer_initiated",
        }
    }

    /// The origin called `word`.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Reported, Self::OfficerInitiated].into_iter().find(|origin| origin.word() == word)
    }
}

/// How a crime was cleared, in the words of the FBI's reporting programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clearance {
    /// Somebody was arrested and charged.
    Arrest,
    /// By exceptional means: the offender is known and cannot be charged, e.g. since the victim refuses.
    Exceptional,
}

impl Clearance {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Arrest => "arrest",
            Self::Exceptional => "exceptional",
        }
    }

    /// The clearance called `word`.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Arrest, Self::Exceptional].into_iter().find(|clearance| clearance.word() == word)
    }

    /// The clearance that a case's status means.
    pub fn from_status(status: &str) -> Option<Self> {
        Self::from_word(status.strip_prefix("cleared_")?)
    }
}

/// What the log keeps of one version of one incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct CrimeFact {
    /// The agency's number of the incident or, where it has none, of the case.
    pub incident: String,
    /// Grows with each change; the greatest stands.
    pub version: u64,
    /// Beginning of the time in which it happened; its UTC date is the day file it belongs to.
    pub occurred_from: Timestamp,
    /// End of that time, where known.
    #[serde(default)]
    pub occurred_to: Option<Timestamp>,
    /// Offence, or the call type as long as no offence is known.
    pub offence: String,
    /// Category of the offence when the fact was written, for those who query the log; maps use the settings
    /// of their own night.
    pub category: String,
    /// Reported, or found by an officer.
    pub origin: Origin,
    /// Position as a geohash of eight characters; nothing where unknown.
    #[serde(default)]
    pub geohash: Option<String>,
    /// How it was cleared, and on which UTC day, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared: Option<(Clearance, Date)>,
    /// Day file an earlier version stands in, if it is another.
    #[serde(default)]
    pub previous_day: Option<Date>,
    /// The incident has left (unfounded, cancelled, merged, expunged); a tombstone stays, so that a late
    /// repetition of an older version brings nothing back.
    #[serde(default)]
    pub deleted: bool,
    /// It left by order (expunged, sealed): public files that counted it are written anew. Not kept in the log.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forget: bool,
}

impl CrimeFact {
    /// The day file it belongs to.
    pub fn day(&self) -> Date {
        utc_day(self.occurred_from)
    }

    /// The day files it changes: its own and the one it leaves.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        let left = self.previous_day.filter(|previous| *previous != self.day());
        std::iter::once(self.day()).chain(left)
    }

    /// The row it makes in the file of `day`: itself in its own, a tombstone where it leaves, else nothing.
    pub fn row_for(&self, day: Date) -> Option<Self> {
        if day == self.day() && !self.deleted {
            return Some(Self { previous_day: None, forget: false, ..self.clone() });
        }
        self.days().any(|changed| changed == day).then(|| self.tombstone(day))
    }

    /// What remains of it in the file of `day`: that this version is gone, and nothing about what happened.
    fn tombstone(&self, day: Date) -> Self {
        Self {
            incident: self.incident.clone(),
            version: self.version,
            occurred_from: midnight(day),
            occurred_to: None,
            offence: String::new(),
            category: String::new(),
            origin: self.origin,
            geohash: None,
            cleared: None,
            previous_day: None,
            deleted: true,
            forget: false,
        }
    }

    /// Order in which rows of one incident replace one another: the greater version; of two equal versions
    /// (a move between days) the row over its tombstone; then content, so that the order of arrival never counts.
    fn rank(&self) -> (u64, bool, &Self) {
        (self.version, !self.deleted, self)
    }
}

/// The rows of the file of `day` after `facts`: per incident the greatest version, sorted by incident.
pub fn fold_day<'a>(
    day: Date,
    rows: impl IntoIterator<Item = CrimeFact>,
    facts: impl IntoIterator<Item = &'a CrimeFact>,
) -> Vec<CrimeFact> {
    let mut standing: BTreeMap<String, CrimeFact> = BTreeMap::new();
    let arriving = facts.into_iter().filter_map(|fact| fact.row_for(day));
    for row in rows.into_iter().chain(arriving) {
        match standing.get_mut(&row.incident) {
            Some(present) if present.rank() >= row.rank() => {}
            Some(present) => *present = row,
            None => {
                standing.insert(row.incident.clone(), row);
            }
        }
    }
    standing.into_values().collect()
}

/// The UTC date of an instant.
pub fn utc_day(instant: Timestamp) -> Date {
    instant.to_zoned_datetime(TimeZone::UTC).date()
}

/// The first instant of a UTC date.
pub fn midnight(day: Date) -> Timestamp {
    day.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fact(incident: u8, version: u64, day: i8, previous: Option<i8>, deleted: bool) -> CrimeFact {
        let date = |day| Date::new(2026, 7, day).unwrap();
        CrimeFact {
            incident: format!("26-{incident}"),
            version,
            occurred_from: midnight(date(day)),
            occurred_to: None,
            offence: "LARCENY".into(),
            category: "theft".into(),
            origin: Origin::Reported,
            geohash: Some("cbpw5x0r".into()),
            cleared: None,
            previous_day: previous.map(date),
            deleted,
            forget: false,
        }
    }

    #[track_caller]
    fn check(facts: &[CrimeFact], day: i8, expected: &[(&str, u64, bool)]) {
        let rows = fold_day(Date::new(2026, 7, day).unwrap(), [], facts);
        let rows: Vec<_> = rows.iter().map(|row| (row.incident.as_str(), row.version, row.deleted)).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn the_greatest_version_stands_whatever_came_first() {
        check(&[fact(1, 2, 4, None, false), fact(1, 1, 4, None, false)], 4, &[("26-1", 2, false)]);
    }

    #[test]
    fn an_incident_that_leaves_keeps_a_tombstone_without_its_offence() {
        check(&[fact(1, 2, 4, None, true), fact(1, 1, 4, None, false)], 4, &[("26-1", 2, true)]);
        assert_eq!(fact(1, 2, 4, None, true).row_for(Date::new(2026, 7, 4).unwrap()).unwrap().offence, "");
    }

    #[test]
    fn an_incident_that_moves_to_another_day_leaves_the_first() {
        let facts = [fact(1, 1, 4, None, false), fact(1, 2, 5, Some(4), false)];
        check(&facts, 4, &[("26-1", 2, true)]);
        check(&facts, 5, &[("26-1", 2, false)]);
    }

    fn history() -> impl Strategy<Value = Vec<CrimeFact>> {
        let day = || 1i8..5;
        let one = (0u8..4, 1u64..5, day(), prop::option::of(day()), any::<bool>());
        prop::collection::vec(one.prop_map(|(i, v, d, p, x)| fact(i, v, d, p, x)), 0..20)
    }

    proptest! {
        #[test]
        fn order_repetition_and_grouping_do_not_matter(facts in history(), cut in 0usize..20, day in 1i8..5) {
            let day = Date::new(2026, 7, day).unwrap();
            let at_once = fold_day(day, [], &facts);
            let (first, second) = facts.split_at(cut.min(facts.len()));
            let mut backwards: Vec<_> = second.to_vec();
            backwards.reverse();
            backwards.extend(first.iter().take(2).cloned());
            let in_parts = fold_day(day, fold_day(day, [], &backwards), first.iter().rev());
            prop_assert_eq!(&at_once, &in_parts);
            prop_assert_eq!(&fold_day(day, at_once.clone(), &facts), &at_once);
        }
    }
}
