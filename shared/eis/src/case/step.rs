//! The steps between states as they are asked for: `{"to": "Disposition", "disposition": "NoAction", "reason": …}`.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Disposition, Outcome, Ruling};

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to")]
pub enum Step {
    /// Everybody concerned was told. By the nightly functions alone.
    Notified,
    /// The case is taken up, or given back by a second person who does not agree.
    UnderReview,
    /// The officer's window to answer opens.
    OfficerResponse,
    /// It is decided.
    Disposition {
        /// What.
        disposition: Disposition,
        /// Until when the reasons of this case open no other one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suppress_until: Option<Date>,
    },
    /// A second person agrees.
    SecondReview,
    /// What was planned has begun.
    Active,
    /// All interventions have ended; or one of the looks afterwards was done.
    FollowUp {
        /// Which look, in days after the last intervention.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        check: Option<u16>,
    },
    /// It is over.
    Closed {
        /// How it went; none where nothing was to be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
    },
    /// A closed case is taken up again.
    Reopened,
    /// A closed case goes on in another one of the same officer.
    Merged {
        /// That one.
        into: String,
    },
    /// An objection is ruled on.
    Adjudicated {
        /// How.
        ruling: Ruling,
    },
    /// Overdue: one rank up. By the nightly functions alone.
    Escalated,
}

/// A step as posted.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Where to.
    pub to: String,
    /// Why, in the actor's words; kept sealed.
    #[serde(default)]
    pub reason: Option<String>,
    /// For `Disposition`.
    #[serde(default)]
    pub disposition: Option<Disposition>,
    /// For `Disposition`.
    #[serde(default)]
    pub suppress_until: Option<Date>,
    /// For `FollowUp`.
    #[serde(default)]
    pub check: Option<u16>,
    /// For `Closed`.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// For `Merged`.
    #[serde(default)]
    pub into: Option<String>,
    /// For `Adjudicated`.
    #[serde(default)]
    pub ruling: Option<Ruling>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").finish_non_exhaustive()
    }
}

impl Request {
    /// The step asked for; else the field that is missing or does not belong, and what would be right.
    pub fn step(&self) -> Result<Step, (&'static str, &'static str)> {
        let step = match self.to.as_str() {
            "UnderReview" => Step::UnderReview,
            "OfficerResponse" => Step::OfficerResponse,
            "Disposition" => {
                let words = "must be NoAction, DataError, ContextExplained, Intervention or ReferIA";
                let disposition = self.disposition.ok_or(("disposition", words))?;
                Step::Disposition { disposition, suppress_until: self.suppress_until }
            }
            "SecondReview" => Step::SecondReview,
            "Active" => Step::Active,
            "FollowUp" => Step::FollowUp { check: self.check },
            "Closed" => Step::Closed { outcome: self.outcome },
            "Reopened" => Step::Reopened,
            "Merged" => {
                let words = "must be the id of another case of the same officer";
                Step::Merged { into: self.into.clone().ok_or(("into", words))? }
            }
            "Adjudicated" => {
                Step::Adjudicated { ruling: self.ruling.ok_or(("ruling", "must be correct or uphold"))? }
            }
            _ => {
                return Err(("to", "names no step; the answer to GET on the case lists those that are open"));
            }
        };
        self.foreign(&step).map_or(Ok(step), |field| Err((field, "does not belong to this step")))
    }

    fn foreign(&self, step: &Step) -> Option<&'static str> {
        let given = [
            ("disposition", self.disposition.is_some(), matches!(step, Step::Disposition { .. })),
            ("suppress_until", self.suppress_until.is_some(), matches!(step, Step::Disposition { .. })),
            ("check", self.check.is_some(), matches!(step, Step::FollowUp { .. })),
            ("outcome", self.outcome.is_some(), matches!(step, Step::Closed { .. })),
            ("into", self.into.is_some(), matches!(step, Step::Merged { .. })),
            ("ruling", self.ruling.is_some(), matches!(step, Step::Adjudicated { .. })),
        ];
        given.into_iter().find(|(_, given, belongs)| *given && !belongs).map(|(field, ..)| field)
    }
}

impl Step {
    /// Its word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Notified => "Notified",
            Self::UnderReview => "UnderReview",
            Self::OfficerResponse => "OfficerResponse",
            Self::Disposition { .. } => "Disposition",
            Self::SecondReview => "SecondReview",
            Self::Active => "Active",
            Self::FollowUp { .. } => "FollowUp",
            Self::Closed { .. } => "Closed",
            Self::Reopened => "Reopened",
            Self::Merged { .. } => "Merged",
            Self::Adjudicated { .. } => "Adjudicated",
            Self::Escalated => "Escalated",
        }
    }
}
