//! The append-only ledger of personnel events, resolved to what was known on a night. A correction is a further
//! revision; nothing is overwritten, so that any past run can be repeated from what had been recorded by then.
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::event::{
    Amounts, CommendationRecorded, EmployeeType, Event, EventReported, Finding, NoticeDelayed,
    OfficerUpserted, TrainingCompleted, TrainingRequired,
};
use crate::input::{Incident, Input, Officer, Posting};
use crate::record::RecordedEvent;

/// How long before its time a run stops reading: writes under way may still carry an earlier `recorded_at`.
pub const SETTLING: SignedDuration = SignedDuration::from_mins(15);

/// One event as recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// Who posted it.
    pub source: String,
    /// The sender's id of the event.
    pub id: String,
    /// When it happened or took effect, by the sender.
    pub timestamp: Timestamp,
    /// When it was stored here.
    pub recorded_at: Timestamp,
    /// The event.
    pub event: Event,
}

impl Revision {
    /// Revisions of one thing take effect in this order, whatever the order of arrival.
    fn rank(&self) -> (Timestamp, String) {
        (self.timestamp, serde_json::to_string(&self.event).unwrap_or_default())
    }
}

/// Which revisions a run may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Those recorded at or before this instant.
    Recorded(Timestamp),
    /// All, by their own dates alone: for backtests of history that was imported later.
    Reported,
}

/// Revisions of one thing in the order in which they take effect.
type History<T> = BTreeMap<(Timestamp, String), T>;

/// Revisions of a department, in any order; a repeated one counts once.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    officers: BTreeMap<String, History<OfficerUpserted>>,
    exposure: BTreeMap<(String, Date), History<Amounts>>,
    reports: BTreeMap<String, History<EventReported>>,
    findings: BTreeMap<String, History<(Date, Finding)>>,
    voided: BTreeSet<String>,
    praise: BTreeMap<String, History<CommendationRecorded>>,
    required: BTreeMap<String, History<TrainingRequired>>,
    completed: BTreeMap<String, History<TrainingCompleted>>,
    delays: BTreeMap<String, History<NoticeDelayed>>,
}

impl Ledger {
    /// A ledger of those `revisions` that `known` admits.
    pub fn new(revisions: impl IntoIterator<Item = Revision>, known: Known) -> Self {
        let mut ledger = Self::default();
        for revision in revisions {
            if !matches!(known, Known::Recorded(until) if revision.recorded_at > until) {
                ledger.add(revision);
            }
        }
        ledger
    }

    fn add(&mut self, revision: Revision) {
        let rank = revision.rank();
        match revision.event {
            Event::OfficerUpserted(data) => {
                self.officers.entry(data.officer_id.clone()).or_default().insert(rank, data);
            }
            Event::ExposureRecorded(data) => {
                self.exposure.entry((data.officer_id, data.date)).or_default().insert(rank, data.amounts);
            }
            Event::EventReported(data) => {
                self.reports.entry(data.event_id.clone()).or_default().insert(rank, data);
            }
            Event::EventFinding(data) => {
                self.findings.entry(data.event_id).or_default().insert(rank, (data.closed_on, data.finding));
            }
            Event::EventVoided(data) => {
                self.voided.insert(data.event_id);
            }
            // Beside the score, never part of it.
            Event::CommendationRecorded(data) => {
                self.praise.entry(data.officer_id.clone()).or_default().insert(rank, data);
            }
            Event::TrainingRequired(data) => {
                self.required.entry(data.officer_id.clone()).or_default().insert(rank, data);
            }
            Event::TrainingCompleted(data) => {
                self.completed.entry(data.officer_id.clone()).or_default().insert(rank, data);
            }
            Event::NoticeDelayed(data) => {
                self.delays.entry(data.officer_id.clone()).or_default().insert(rank, data);
            }
        }
    }

    /// Officers of whom something is recorded, but no post: a feed that is missing, or a mistyped id. They cannot be
    /// scored, and somebody should be told.
    pub fn unknown_officers(&self) -> BTreeSet<&str> {
        let reported =
            self.reports.values().filter_map(BTreeMap::last_key_value).map(|(_, report)| &report.officer_id);
        let worked = self.exposure.keys().map(|(officer, _)| officer);
        reported.chain(worked).filter(|id| !self.officers.contains_key(*id)).map(String::as_str).collect()
    }

    /// What the score of `as_of` may look at, days taken in `zone`.
    pub fn input(&self, as_of: Date, zone: &TimeZone, previous: BTreeMap<String, crate::Level>) -> Input {
        let mut officers: BTreeMap<String, Officer> = BTreeMap::new();
        for (id, revisions) in &self.officers {
            if let Some(officer) = officer(revisions, as_of, zone) {
                officers.insert(id.clone(), officer);
            }
        }
        for ((id, date), amounts) in &self.exposure {
            if let (Some(officer), Some((_, amounts))) = (officers.get_mut(id), amounts.last_key_value())
                && *date <= as_of
            {
                officer.exposure.insert(*date, *amounts);
            }
        }
        for (event_id, reports) in &self.reports {
            if let Some((officer_id, incident)) = self.incident(event_id, reports, as_of)
                && let Some(officer) = officers.get_mut(&officer_id)
            {
                officer.events.insert(event_id.clone(), incident);
            }
        }
        for officer in officers.values_mut() {
            // Entries that came one by one leave half of every node empty; collected anew they fill it.
            officer.exposure = std::mem::take(&mut officer.exposure).into_iter().collect();
            officer.events = std::mem::take(&mut officer.events).into_iter().collect();
        }
        Input { as_of, officers, previous }
    }

    /// The event as it stood on `as_of`, with its officer; nothing if it was not to be seen by then.
    fn incident(
        &self,
        event_id: &str,
        reports: &History<EventReported>,
        as_of: Date,
    ) -> Option<(String, Incident)> {
        let (_, report) = reports.last_key_value()?;
        if self.voided.contains(event_id) || !may_be_shown(report, as_of) {
            return None;
        }
        let incident = Incident {
            indicator: report.indicator.clone(),
            occurred_on: report.occurred_on,
            severity: report.severity.clone(),
            finding: self.finding(event_id, as_of).map_or(Finding::Pending, |(_, finding)| finding),
            scene_id: report.scene_id.clone(),
        };
        Some((report.officer_id.clone(), incident))
    }

    /// The finding that stood on `as_of`, with its day.
    fn finding(&self, event_id: &str, as_of: Date) -> Option<(Date, Finding)> {
        let mut findings = self.findings.get(event_id).into_iter().flat_map(BTreeMap::values);
        findings.rfind(|(closed_on, _)| *closed_on <= as_of).copied()
    }

    /// Posts of `officer_id` up to `as_of`, and the last of them with what else was said of the officer.
    pub(crate) fn posts(
        &self,
        officer_id: &str,
        as_of: Date,
        zone: &TimeZone,
    ) -> Option<(Vec<Posting>, &OfficerUpserted)> {
        posts(self.officers.get(officer_id)?, as_of, zone)
    }

    /// Events of `officer_id` that may be shown on `as_of`, voided ones included.
    pub(crate) fn events_of(&self, officer_id: &str, as_of: Date) -> impl Iterator<Item = RecordedEvent> {
        let shown = self.reports.iter().filter_map(|(id, reports)| Some((id, reports.last_key_value()?.1)));
        shown.filter(move |(_, report)| report.officer_id == officer_id && may_be_shown(report, as_of)).map(
            move |(event_id, report)| {
                let finding = self.finding(event_id, as_of);
                RecordedEvent {
                    event_id: event_id.clone(),
                    indicator: report.indicator.clone(),
                    occurred_on: report.occurred_on,
                    reported_on: report.reported_on,
                    severity: report.severity.clone(),
                    finding: finding.map_or(Finding::Pending, |(_, finding)| finding),
                    closed_on: finding.map(|(closed_on, _)| closed_on),
                    scene_id: report.scene_id.clone(),
                    summary_ref: report.summary_ref.clone(),
                    unit: None,
                    voided: self.voided.contains(event_id),
                }
            },
        )
    }

    pub(crate) fn praise(&self, officer_id: &str) -> impl Iterator<Item = &CommendationRecorded> {
        self.praise.get(officer_id).into_iter().flat_map(BTreeMap::values)
    }

    pub(crate) fn required(&self, officer_id: &str) -> impl Iterator<Item = &TrainingRequired> {
        self.required.get(officer_id).into_iter().flat_map(BTreeMap::values)
    }

    pub(crate) fn completed(&self, officer_id: &str) -> impl Iterator<Item = &TrainingCompleted> {
        self.completed.get(officer_id).into_iter().flat_map(BTreeMap::values)
    }

    /// The last word on a delay of the notice.
    pub(crate) fn delay(&self, officer_id: &str) -> Option<&NoticeDelayed> {
        self.delays.get(officer_id)?.last_key_value().map(|(_, delay)| delay)
    }
}

/// Whether a report was to be seen by `as_of`.
fn may_be_shown(report: &EventReported, as_of: Date) -> bool {
    let confidential = report.confidential_until.is_some_and(|until| until > as_of);
    !confidential && report.occurred_on <= as_of && report.reported_on <= as_of
}

/// The officer on `as_of`, if sworn and on duty then.
fn officer(revisions: &History<OfficerUpserted>, as_of: Date, zone: &TimeZone) -> Option<Officer> {
    let (mut postings, last) = posts(revisions, as_of, zone)?;
    let scored = last.active && last.employee_type == EmployeeType::Sworn && last.hired_on <= as_of;
    let hired_on = first_hired_on(revisions, as_of, zone).unwrap_or(last.hired_on);
    postings[0].from = postings[0].from.min(hired_on);
    scored.then(|| Officer { hired_on, postings, exposure: BTreeMap::new(), events: BTreeMap::new() })
}

/// The day of hire as last said. One that lies after an absence is a second hire: the service before it counts on, else
/// its events would be set against the duty since.
fn first_hired_on(revisions: &History<OfficerUpserted>, as_of: Date, zone: &TimeZone) -> Option<Date> {
    let (mut hired_on, mut away_from) = (None, None);
    for ((timestamp, _), data) in revisions {
        let from = timestamp.to_zoned_datetime(zone.clone()).date();
        if from > as_of {
            break;
        }
        if away_from.is_none_or(|away| data.hired_on <= away) {
            hired_on = Some(data.hired_on);
        }
        if !data.active {
            away_from.get_or_insert(from);
        }
    }
    hired_on
}

/// Posts up to `as_of`, oldest first, and the last word on the person.
fn posts<'a>(
    revisions: &'a History<OfficerUpserted>,
    as_of: Date,
    zone: &TimeZone,
) -> Option<(Vec<Posting>, &'a OfficerUpserted)> {
    let mut postings: Vec<Posting> = Vec::new();
    let mut last = None;
    for ((timestamp, _), data) in revisions {
        let from = timestamp.to_zoned_datetime(zone.clone()).date();
        if from > as_of {
            break;
        }
        // Of several revisions of one day the last stands.
        postings.pop_if(|posting| posting.from == from);
        postings.push(Posting {
            from,
            unit: data.unit.clone(),
            rank: data.rank.clone(),
            shift: data.shift.clone(),
            active: data.active,
        });
        last = Some(data);
    }
    let last = last?;
    postings[0].from = postings[0].from.min(last.hired_on);
    Some((postings, last))
}

#[cfg(test)]
mod tests;
