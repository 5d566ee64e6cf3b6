//! Coaching and goals: good supervision needs no alert. Entered by those above an officer, seen by the officer.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A coaching session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Day it took place.
    pub held_on: Date,
    /// About what, in one or two words of the agency's own list.
    pub topic: String,
    /// Day of the next one, if it is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_on: Option<Date>,
}

/// A goal that officer and supervisor agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// By when.
    pub due_on: Date,
    /// How far, in percent.
    pub percent: u8,
    /// Whether it is still pursued.
    pub status: GoalStatus,
    /// Days on which progress was recorded, with the percentage then.
    pub steps: Vec<(Date, u8)>,
}

/// Whether a goal is still pursued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum GoalStatus {
    Open,
    Reached,
    Dropped,
}

impl Goal {
    /// A new goal.
    pub fn new(due_on: Date) -> Self {
        Self { due_on, percent: 0, status: GoalStatus::Open, steps: Vec::new() }
    }

    /// The goal after `percent` were seen on `on`; 100 reaches it. `None` if it is no longer pursued.
    pub fn after(&self, on: Date, percent: u8) -> Option<Self> {
        if self.status != GoalStatus::Open {
            return None;
        }
        let percent = percent.min(100);
        let mut next = Self { percent, ..self.clone() };
        next.steps.push((on, percent));
        if percent == 100 {
            next.status = GoalStatus::Reached;
        }
        Some(next)
    }

    /// Whether it should have been reached before `on`.
    pub fn is_overdue(&self, on: Date) -> bool {
        self.status == GoalStatus::Open && self.due_on < on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_reached_at_a_hundred_and_not_written_on_after() {
        let day = |day| Date::constant(2026, 7, day);
        let half = Goal::new(day(31)).after(day(4), 50).unwrap();
        assert_eq!((half.percent, half.status, half.is_overdue(day(31))), (50, GoalStatus::Open, false));
        assert!(half.is_overdue(Date::constant(2026, 8, 1)));
        let reached = half.after(day(20), 130).unwrap();
        assert_eq!((reached.percent, reached.status, reached.steps.len()), (100, GoalStatus::Reached, 2));
        assert_eq!(reached.after(day(21), 10), None);
    }
}
