//! What is held on one person, as it may be shown on a day: posts, events with their findings, praise, training. The
//! same ledger that is scored, so that an officer can check line by line what the score was made of.
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::case::NoticeDelay;
use crate::event::{CommendationRecorded, EmployeeType, Finding, TrainingCompleted, TrainingRequired};
use crate::input::Posting;
use crate::ledger::Ledger;

/// Results of a course after which it is still to be taken.
const NOT_PASSED: [&str; 5] = ["failed", "fail", "incomplete", "no_show", "withdrawn"];

/// One person's record on a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Sworn, or civilian: tracked, never scored.
    pub employee_type: EmployeeType,
    /// First day of service.
    pub hired_on: Date,
    /// Posts held, oldest first; leave is a post that is not active.
    pub postings: Vec<Posting>,
    /// Events, newest first.
    pub events: Vec<RecordedEvent>,
    /// Commendations, newest first.
    pub commendations: Vec<CommendationRecorded>,
    /// Courses, by name.
    pub training: Vec<Course>,
}

/// An event on a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordedEvent {
    /// Its id.
    pub event_id: String,
    /// Indicator.
    pub indicator: String,
    /// Day it happened.
    pub occurred_on: Date,
    /// Day it was reported.
    pub reported_on: Date,
    /// Severity as posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// The finding known.
    pub finding: Finding,
    /// Day of the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<Date>,
    /// The scene, shared by several officers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scene_id: Option<String>,
    /// Where the file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_ref: Option<String>,
    /// The unit held on the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Recorded in error: kept, shown so, and counted nowhere.
    pub voided: bool,
}

/// One course on a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Course {
    /// Name.
    pub course: String,
    /// How it stands.
    pub status: Status,
    /// The day it had to be taken by, if it was required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// The last time it was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_on: Option<Date>,
    /// Until when that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
    /// Hours of all times together.
    pub hours: f64,
}

/// How a course stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It had to be taken by a day that is past.
    Overdue,
    /// What was passed has run out.
    Expired,
    /// It is to be taken by a day to come.
    Required,
    /// Passed.
    Completed,
}

impl Ledger {
    /// What is held on `officer_id` as it may be shown on `as_of`: nothing confidential before its day, nothing that was
    /// reported later. `None` of somebody without a post.
    pub fn record(&self, officer_id: &str, as_of: Date, zone: &TimeZone) -> Option<Record> {
        let (postings, last) = self.posts(officer_id, as_of, zone)?;
        let mut events: Vec<RecordedEvent> =
            self.events_of(officer_id, as_of).map(|event| with_unit(event, &postings)).collect();
        events.sort_by(|a, b| (b.occurred_on, &b.event_id).cmp(&(a.occurred_on, &a.event_id)));
        let mut commendations: Vec<CommendationRecorded> =
            self.praise(officer_id).filter(|praise| praise.date <= as_of).cloned().collect();
        commendations.sort_by(|a, b| (b.date, &b.kind).cmp(&(a.date, &a.kind)));
        Some(Record {
            employee_type: last.employee_type,
            hired_on: last.hired_on,
            events,
            commendations,
            training: self.training(officer_id, as_of),
            postings,
        })
    }

    /// Courses of `officer_id` as they stand on `as_of`, by name.
    pub fn training(&self, officer_id: &str, as_of: Date) -> Vec<Course> {
        let mut courses: BTreeMap<&str, (Vec<&TrainingRequired>, Vec<&TrainingCompleted>)> = BTreeMap::new();
        for required in self.required(officer_id) {
            courses.entry(&required.course).or_default().0.push(required);
        }
        for completed in self.completed(officer_id).filter(|completed| completed.completed_on <= as_of) {
            courses.entry(&completed.course).or_default().1.push(completed);
        }
        courses
            .into_iter()
            .map(|(name, (required, completed))| course(name, &required, &completed, as_of))
            .collect()
    }

    /// Whether `officer_id` has passed `course` on a day from `since` to `as_of`.
    pub fn has_passed(&self, officer_id: &str, course: &str, since: Date, as_of: Date) -> bool {
        let mut completed = self.completed(officer_id);
        completed.any(|one| {
            one.course == course && is_pass(one) && one.completed_on >= since && one.completed_on <= as_of
        })
    }

    /// A delay of the notice to `officer_id` that holds on `as_of`.
    pub fn notice_delay(&self, officer_id: &str, as_of: Date) -> Option<NoticeDelay> {
        let delay = self.delay(officer_id)?;
        let delay = NoticeDelay { authority: delay.authority.clone(), until: delay.until };
        (delay.until > as_of).then_some(delay)
    }
}

fn with_unit(event: RecordedEvent, postings: &[Posting]) -> RecordedEvent {
    let held = postings.iter().rev().find(|posting| posting.from <= event.occurred_on).or(postings.first());
    RecordedEvent { unit: held.map(|posting| posting.unit.clone()), ..event }
}

fn is_pass(completed: &TrainingCompleted) -> bool {
    !NOT_PASSED.contains(&completed.result.to_ascii_lowercase().as_str())
}

/// A requirement is met by passing after the due day of the one before it, or, for the first one, at any time; what was
/// passed must still hold.
fn course(
    name: &str,
    required: &[&TrainingRequired],
    completed: &[&TrainingCompleted],
    as_of: Date,
) -> Course {
    let mut due: Vec<Date> = required.iter().map(|required| required.due_on).collect();
    due.sort_unstable();
    due.dedup();
    let last = completed.iter().filter(|one| is_pass(one)).max_by_key(|one| one.completed_on);
    let before = due.iter().rev().nth(1);
    let met = last.is_some_and(|one| before.is_none_or(|before| one.completed_on > *before));
    let expired = last.and_then(|one| one.expires_on).is_some_and(|until| until < as_of);
    let status = match due.last() {
        Some(due_on) if !met && *due_on < as_of => Status::Overdue,
        // Only the newest round is still open, and an earlier one was missed.
        Some(_) if !met && before.is_some_and(|before| *before < as_of && last.is_none()) => Status::Overdue,
        Some(_) if !met => Status::Required,
        _ if expired => Status::Expired,
        _ => Status::Completed,
    };
    Course {
        course: name.into(),
        status,
        due_on: due.last().copied(),
        completed_on: last.map(|one| one.completed_on),
        expires_on: last.and_then(|one| one.expires_on),
        hours: completed.iter().map(|one| one.hours).sum(),
    }
}

#[cfg(test)]
mod tests;
