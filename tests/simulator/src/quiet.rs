//! I2 at night: nothing but what somebody waits for is claimed in quiet hours. Read from the rules and the wall clock of
//! the agency alone; when a message may go the functions reckon by themselves.
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use updates::{Kind, Policy};

/// The time between the decision that a message may go and its claim, at most: a function ends within it.
const DECIDED_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// An agency's quiet hours, over midnight or not.
#[derive(Clone, Debug)]
pub(crate) struct Quiet {
    from: Time,
    to: Time,
    zone: TimeZone,
}

impl Quiet {
    pub(crate) fn new(policy: &Policy) -> Self {
        let (from, to) = policy.quiet_hours();
        Self { from, to, zone: policy.zone().clone() }
    }

    /// Whether a message of this kind was claimed at an instant when it had to wait for the morning. News of the police who
    /// come is told at any hour, and a call that was just closed is no news of the night.
    pub(crate) fn forbids(&self, kind: &str, claimed_at: Timestamp) -> bool {
        let is_case_news = matches!(
            Kind::from_word(kind),
            Some(
                Kind::CaseNumber
                    | Kind::CaseAssigned
                    | Kind::CaseStatus
                    | Kind::CaseReferred
                    | Kind::CaseCharged
                    | Kind::CaseClosed
                    | Kind::ContactRequested
                    | Kind::Survey
            )
        );
        is_case_news && [claimed_at, claimed_at - DECIDED_WITHIN].into_iter().all(|at| self.is_night(at))
    }

    fn is_night(&self, at: Timestamp) -> bool {
        let time = at.to_zoned_datetime(self.zone.clone()).time();
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use startup::agency::Folder;

    use super::*;

    #[track_caller]
    fn check(kind: &str, at: &str, expected: bool) {
        let shipped = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/agency"));
        let quiet = Quiet::new(&table::planning::policy(&Folder::new(shipped)).unwrap());
        assert_eq!(quiet.forbids(kind, at.parse().unwrap()), expected, "{kind} at {at}");
    }

    #[test]
    fn case_news_waits_from_nine_to_eight_with_a_minute_for_what_was_decided_before() {
        check("case_number", "2026-07-07T20:59:59-05:00", false);
        check("case_number", "2026-07-07T21:00:59-05:00", false);
        check("case_number", "2026-07-07T21:01:01-05:00", true);
        check("case_assigned", "2026-07-08T07:59:59-05:00", true);
        check("case_assigned", "2026-07-08T08:00:00-05:00", false);
        // The night in which the clocks go forward.
        check("survey", "2026-03-08T03:10:00-05:00", true);
    }

    #[test]
    fn what_somebody_waits_for_goes_at_any_hour() {
        check("officers_on_the_way", "2026-07-08T03:00:00-05:00", false);
        check("call_closed", "2026-07-08T03:00:00-05:00", false);
    }
}
