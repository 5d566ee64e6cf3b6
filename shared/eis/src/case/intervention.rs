//! What is done for an officer. Of a wellness referral only offered, declined or attended is kept: what is said there
//! is nobody's business here.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The kind of help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Kind {
    Coaching,
    Mentor,
    /// Refresher training, tied to the training record by its course.
    Training,
    RideAlong,
    PeerSupport,
    /// Only that it was offered, declined or attended is kept.
    WellnessReferral,
    /// Equipment or driving course.
    Course,
    AssignmentReview,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Progress {
    Planned,
    /// Wellness referral only.
    Offered,
    /// Wellness referral only.
    Declined,
    /// Wellness referral only.
    Attended,
    Done,
    Cancelled,
}

/// One intervention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intervention {
    /// Number in the case, from 1.
    pub number: u32,
    /// What.
    pub kind: Kind,
    /// Who sees to it, by officer id.
    pub owner: String,
    /// By when.
    pub due_on: Date,
    /// The course, for training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// How far it has come.
    pub progress: Progress,
    /// Day it was planned.
    pub planned_on: Date,
    /// Day it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Coaching,
        Self::Mentor,
        Self::Training,
        Self::RideAlong,
        Self::PeerSupport,
        Self::WellnessReferral,
        Self::Course,
        Self::AssignmentReview,
    ];

    /// The progress that may be recorded for it.
    pub fn progress(self) -> &'static [Progress] {
        match self {
            Self::WellnessReferral => &[Progress::Offered, Progress::Declined, Progress::Attended],
            _ => &[Progress::Done, Progress::Cancelled],
        }
    }
}

impl Progress {
    /// The word that stands for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Offered => "offered",
            Self::Declined => "declined",
            Self::Attended => "attended",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more is to be done.
    pub fn is_end(self) -> bool {
        !matches!(self, Self::Planned | Self::Offered)
    }
}
