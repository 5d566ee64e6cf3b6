//! Tasks: what a person has to do where no message may or can do it. Who owns one, and by when.
use std::collections::BTreeSet;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::kind::words;

words! {
    /// Why there is a task.
    TaskKind {
        VictimUpdate = "victim_update",
        EmergencyReply = "emergency_reply",
        CaseReply = "case_reply",
        PossibleRevocation = "possible_revocation",
        HeldNews = "held_news",
        FeedSilent = "feed_silent",
        BreakerOpened = "breaker_opened",
        SpendCapReached = "spend_cap_reached",
        RowUnreadable = "row_unreadable",
    }
}

words! {
    /// The role that owns a task; the words are those of the staff API.
    Owner {
        VictimServices = "victim_services",
        Dispatch = "dispatch",
        Investigator = "investigator",
        Records = "records",
        Admin = "admin",
    }
}

/// Business days within which a revocation must be honoured (47 CFR 64.1200(a)(10)).
pub const REVOCATION_BUSINESS_DAYS: u32 = 10;

/// A task that is wanted. The same one wanted twice is one task: it is known by kind and subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Why.
    pub kind: TaskKind,
    /// Key of the call, case or reply it is about.
    pub subject: String,
    /// What it covers, in words without personal data, e.g. `case_charged 0 safety_latch`. News that an open task does
    /// not cover yet is added to it; news after it was done opens it again.
    pub covers: BTreeSet<String>,
}

impl Need {
    /// A task of `kind` about `subject` that covers one thing.
    pub fn new(kind: TaskKind, subject: &str, cover: impl Into<String>) -> Self {
        Self { kind, subject: subject.into(), covers: BTreeSet::from([cover.into()]) }
    }

    /// Its id: 32 hexadecimal digits, the same whoever asks for it.
    pub fn id(&self) -> String {
        hex::encode(&Sha256::digest(format!("{}|{}", self.kind, self.subject))[..16])
    }
}

impl TaskKind {
    /// The role that owns it.
    pub fn owner(self) -> Owner {
        match self {
            Self::VictimUpdate => Owner::VictimServices,
            Self::EmergencyReply | Self::FeedSilent => Owner::Dispatch,
            Self::CaseReply | Self::HeldNews => Owner::Investigator,
            Self::PossibleRevocation => Owner::Records,
            Self::BreakerOpened | Self::SpendCapReached | Self::RowUnreadable => Owner::Admin,
        }
    }

    /// By when it is to be done, if wanted at `from`; past that it is escalated.
    pub fn due(self, from: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::EmergencyReply => from + SignedDuration::from_mins(5),
            Self::FeedSilent | Self::BreakerOpened | Self::SpendCapReached | Self::RowUnreadable => {
                from + SignedDuration::from_mins(30)
            }
            Self::VictimUpdate | Self::HeldNews => from + SignedDuration::from_hours(24),
            Self::CaseReply => business_days_after(from, 2, zone),
            Self::PossibleRevocation => business_days_after(from, REVOCATION_BUSINESS_DAYS, zone),
        }
    }
}

/// The same time of day `days` business days later, in agency time. Only Saturdays and Sundays are left out: not
/// knowing the holidays, the date is never too late.
pub fn business_days_after(from: Timestamp, days: u32, zone: &TimeZone) -> Timestamp {
    let local = from.to_zoned_datetime(zone.clone());
    let (mut day, mut left) = (local.date(), days);
    while left > 0 {
        let Ok(next) = day.tomorrow() else { return from };
        day = next;
        left -= u32::from(!is_weekend(day));
    }
    let due = day.to_datetime(local.time()).to_zoned_datetime(zone.clone());
    due.map_or(from, |due| due.timestamp())
}

/// Business days that end by `to`, counted from the day of `from`: how many of the ten are left.
pub fn business_days_left(from: Timestamp, to: Timestamp, zone: &TimeZone) -> u32 {
    let date = |at: Timestamp| at.to_zoned_datetime(zone.clone()).date();
    let (mut day, last, mut left) = (date(from), date(to), 0);
    while day < last {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        left += u32::from(!is_weekend(day));
    }
    left
}

fn is_weekend(day: jiff::civil::Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn left(from: &str, to: &str, expected: u32) {
        let zone = TimeZone::get("America/Chicago").unwrap();
        assert_eq!(business_days_left(from.parse().unwrap(), to.parse().unwrap(), &zone), expected);
    }

    #[test]
    fn what_is_left_of_ten_business_days_goes_down_on_working_days() {
        left("2026-07-06T09:00:00-05:00", "2026-07-20T09:00:00-05:00", 10);
        left("2026-07-11T09:00:00-05:00", "2026-07-20T09:00:00-05:00", 6);
        left("2026-07-20T08:00:00-05:00", "2026-07-20T09:00:00-05:00", 0);
        left("2026-07-21T08:00:00-05:00", "2026-07-20T09:00:00-05:00", 0);
    }

    #[track_caller]
    fn check(from: &str, days: u32, expected: &str) {
        let zone = TimeZone::get("America/Chicago").unwrap();
        assert_eq!(business_days_after(from.parse().unwrap(), days, &zone), expected.parse().unwrap());
    }

    #[test]
    fn weekends_do_not_count_and_the_hour_is_local() {
        check("2026-07-03T16:00:00-05:00", 1, "2026-07-06T16:00:00-05:00");
        check("2026-07-06T09:00:00-05:00", 10, "2026-07-20T09:00:00-05:00");
        check("2026-10-30T09:00:00-05:00", 1, "2026-11-02T09:00:00-06:00");
    }

    #[test]
    fn the_same_need_has_one_id() {
        let one = Need::new(TaskKind::VictimUpdate, "CASE#26-1", "case_charged 0 safety_latch");
        let other = Need::new(TaskKind::VictimUpdate, "CASE#26-1", "case_closed 0 opted_out");
        assert_eq!(one.id(), other.id());
        assert_ne!(one.id(), Need::new(TaskKind::CaseReply, "CASE#26-1", "").id());
    }
}
