//! A case: what becomes of an alert, from the night it is detected until it is closed. The states, who may do what in
//! which, the due days. Each act leaves an entry; nothing is taken back, only answered by a further act.
//!
//! A case is for coaching, training and help. It is no ground for discipline, and a referral to internal affairs
//! leaves it: that record starts anew and never holds the score.
mod help;
mod intervention;
mod raising;
mod step;
mod work;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::alert::Trigger;
use crate::micro::Micro;

pub use intervention::{Intervention, Kind, Progress};
pub use raising::{News, Raising, raise};
pub use step::{Request, Step};
pub use work::{Refusal, Work};

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// The nightly run opened it; nobody has been told.
    Detected,
    /// Supervisor and officer have been told, the officer unless the notice is delayed.
    Notified,
    /// The supervisor weighs contributions and events.
    UnderReview,
    /// The officer's window to answer first.
    OfficerResponse,
    /// Decided; waits for a second person.
    Disposition,
    /// A second person agreed.
    SecondReview,
    /// What will be done, by whom and until when.
    InterventionPlanned,
    /// Under way.
    Active,
    /// Done; somebody looks after 30, 90 and 180 days how it went.
    FollowUp,
    /// Over.
    Closed,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disposition {
    /// Nothing needs doing.
    NoAction,
    /// The record is wrong and will be corrected.
    DataError,
    /// The work explains it.
    ContextExplained,
    /// Coaching, training or help.
    Intervention,
    /// An investigation starts its own record, without the score.
    ReferIA,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Outcome {
    Improved,
    NoChange,
    Worse,
    /// The officer left the department.
    Left,
}

/// In which capacity somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// Above the officer in the chain of command.
    Supervisor,
    /// A commander.
    Commander,
    /// Internal affairs.
    InternalAffairs,
    /// The officer whom the case is about.
    Officer,
    /// The nightly functions.
    System,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The sign-in token's subject; `system` for the nightly functions.
    pub id: String,
    /// In which capacity.
    pub capacity: Capacity,
}

impl Actor {
    /// The nightly functions.
    pub fn system() -> Self {
        Self { id: "system".into(), capacity: Capacity::System }
    }
}

/// A trigger and the run that raised it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Engine, rule, and the indicator where one stands out.
    pub trigger: Trigger,
    /// Date of the run.
    pub date: Date,
    /// The run.
    pub run_id: String,
}

/// A decision, and a second person's word on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What.
    pub disposition: Disposition,
    /// Who decided.
    pub by: Actor,
    /// Day.
    pub on: Date,
    /// Until when the reasons of this case open no other one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppress_until: Option<Date>,
    /// Who agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Actor>,
}

/// The officer's objection, and what was ruled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// Day it was filed.
    pub on: Date,
    /// The ruling, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Ruling>,
}

/// What was ruled on a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The record is to be corrected, by a finding or a voided event.
    Correct,
    /// The record stands.
    Uphold,
}

/// A look at how it went, so many days after the last intervention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Days after.
    pub day: u16,
    /// When it is due.
    pub due_on: Date,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_on: Option<Date>,
}

/// A delayed notice to the officer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeDelay {
    /// Who asked for it, by office: a prosecutor, a court.
    pub authority: String,
    /// The officer is told on this day.
    pub until: Date,
}

/// A case. It holds no free text: what people wrote stands with the entries, sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// `{officer}.{date}`: an officer has one open alert, and one run a night.
    pub alert_id: String,
    /// Whose.
    pub officer_id: String,
    /// Where it stands.
    pub state: State,
    /// Time of the run that opened it.
    pub opened_at: Timestamp,
    /// The same as a day of the agency.
    pub opened_on: Date,
    /// The last day of the present step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Score at the last run that raised a trigger.
    pub s: Micro,
    /// Its percentile.
    pub pct: f64,
    /// What raised it.
    pub triggers: Vec<Raised>,
    /// Other officers at the scenes behind it: it is never shown to them.
    #[serde(default)]
    pub parties: BTreeSet<String>,
    /// The officer is told later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_delay: Option<NoticeDelay>,
    /// Day the officer was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer_told_on: Option<Date>,
    /// Whether the officer has written a statement.
    #[serde(default)]
    pub has_statement: bool,
    /// The last decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// What is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interventions: Vec<Intervention>,
    /// Looks afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The officer's objection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contest: Option<Contest>,
    /// Days on which the present step was put one rank higher.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalated_on: Vec<Date>,
    /// How it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<Date>,
    /// The case that goes on in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    /// Entries so far.
    pub entries: u32,
}

/// What somebody did, as the append-only log holds it; words stand beside it, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Number in the case, from 1.
    pub seq: u32,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// State before.
    pub from: State,
    /// State after.
    pub state: State,
    /// What.
    pub act: Act,
}

/// What can be done to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// The run opened it.
    Opened,
    /// New triggers joined it.
    Joined,
    /// A step along the states.
    Step {
        /// Which.
        #[serde(flatten)]
        step: Step,
    },
    /// An intervention was planned.
    Planned {
        /// Its number in the case.
        intervention: u32,
    },
    /// An intervention went on.
    Progressed {
        /// Its number in the case.
        intervention: u32,
        /// How far.
        progress: Progress,
    },
    /// The officer wrote a statement; voluntary, and labelled so wherever it is shown.
    Statement,
    /// The officer contests score, events or decision.
    Contested,
    /// The officer was told, later than the supervisor.
    OfficerTold,
}

impl Case {
    /// Whether it is over.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Whether an objection waits for a ruling.
    pub fn is_contested(&self) -> bool {
        self.contest.as_ref().is_some_and(|contest| contest.ruling.is_none())
    }

    /// Whether the present step should have been done before `on`.
    pub fn is_overdue(&self, on: Date) -> bool {
        self.due_on.is_some_and(|due| due < on)
    }

    /// Whether `officer` must not see it: somebody else who was there, or who is waiting for the notice.
    pub fn is_party(&self, officer: &str) -> bool {
        self.parties.contains(officer)
    }

    /// Whether the officer may know of it on `on`.
    pub fn is_known_to_officer(&self, on: Date) -> bool {
        self.officer_told_on.is_some() || self.notice_delay.as_ref().is_none_or(|delay| delay.until <= on)
    }
}

#[cfg(test)]
mod tests;
