//! What happened that somebody could be told: candidates, derived from facts and clock alone.
use std::collections::BTreeSet;

use incident::call::{Facts, Moment, Private, Status};
use incident::case::{CaseMoment, STATUSES};
use incident::{Case, Incident};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::kind::{Kind, Reason};
use crate::needs::HELD_AT_MOST;
use crate::policy::Policy;

/// Something to tell, before anyone asks whether it may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What.
    pub kind: Kind,
    /// Which one of its kind: a fact (delay step, reopening, investigator), never a count of arrivals.
    pub ordinal: String,
    /// When it came about; ages count from here.
    pub at: Timestamp,
    /// Who is told.
    pub audience: Audience,
    /// Why it is pointless, or must wait.
    pub state: State,
}

/// Whom a candidate goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Callers and reporting parties.
    Callers,
    /// Victims.
    Victims,
    /// Victims, or callers where nobody is named as victim.
    VictimsElseCallers,
    /// One person whom staff chose, by id.
    Chosen(String),
}

/// Whether a candidate is still worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Yes.
    Due,
    /// Not before this instant; `None`: not before somebody releases it.
    Held(Option<Timestamp>),
    /// Something later has made it pointless.
    Superseded,
    /// The course of the incident forbids it.
    Void(Reason),
}

/// Candidates, and the next instant at which the clock alone may bring another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// In the order in which they are told.
    pub list: Vec<Candidate>,
    /// When to look again.
    pub wake: Option<Timestamp>,
}

impl Candidates {
    fn add(&mut self, kind: Kind, ordinal: String, at: Timestamp, audience: Audience, state: State) {
        self.list.push(Candidate { kind, ordinal, at, audience, state });
    }

    fn wake_at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    /// Overrides every candidate: the incident as a whole is off limits.
    fn void(mut self, reason: Option<Reason>) -> Self {
        if let Some(reason) = reason {
            self.list.iter_mut().for_each(|candidate| candidate.state = State::Void(reason));
            self.wake = None;
        }
        self
    }
}

/// What callers of an incident may be told.
pub fn from_incident(incident: &Incident, policy: &Policy, now: Timestamp) -> Candidates {
    let facts = &incident.facts;
    let mut found = Candidates::default();
    let reopened = facts.last(Moment::Reopened);
    let finished = matches!(facts.status(), Some(Status::Closed | Status::Cancelled));
    let arrived = facts.first_after(Moment::Arrived, reopened).is_some();

    if let Some(at) = facts.first(Moment::Opened) {
        found.add(Kind::CallReceived, "0".into(), at, Audience::Callers, due_unless(arrived || finished));
    }
    for (ordinal, at, is_latest) in once_per_cycle(incident, Moment::Enroute) {
        let turned_away = facts.last(Moment::Diverted) >= Some(at) && !facts.has_unit_coming();
        let state = due_unless(!is_latest || arrived || finished || turned_away);
        found.add(Kind::OfficersOnTheWay, ordinal, at, Audience::Callers, state);
    }
    let taken_over = facts.transfers().last().map(|(_, agency)| ordinal_of_agency(agency));
    for (ordinal, at) in first_of_each(facts.transfers().map(|(at, agency)| (ordinal_of_agency(agency), at)))
    {
        let state = due_unless(Some(&ordinal) != taken_over.as_ref() || finished);
        found.add(Kind::CallTransferred, ordinal, at, Audience::Callers, state);
    }
    add_delays(&mut found, incident, policy, now, arrived || finished || facts.transfers().next().is_some());
    for (ordinal, at, is_latest) in once_per_cycle(incident, Moment::Closed) {
        let state = due_unless(!is_latest || facts.status() != Some(Status::Closed));
        found.add(Kind::CallClosed, ordinal, at, Audience::Callers, state);
    }
    add_survey(&mut found, facts, policy, now);
    add_staff_messages(&mut found, &incident.private);
    found.void(off_limits(incident))
}

/// One survey in a call, some hours after it was closed for good. Switched off, there is nothing to decide about.
fn add_survey(found: &mut Candidates, facts: &Facts, policy: &Policy, now: Timestamp) {
    let Some(closed) = facts.last(Moment::Closed).filter(|_| facts.status() == Some(Status::Closed)) else {
        return;
    };
    if !policy.is_on(Kind::Survey) || !policy.surveys_after(facts.disposition()) {
        return;
    }
    let at = closed + policy.survey_after();
    if at <= now {
        found.add(Kind::Survey, "0".into(), at, Audience::Callers, State::Due);
    } else {
        found.wake_at(at);
    }
}

/// What staff wrote, each to the person they chose.
fn add_staff_messages(found: &mut Candidates, private: &Private) {
    for (ordinal, message) in &private.staff_messages {
        let audience = Audience::Chosen(message.person.clone());
        found.add(Kind::StaffMessage, ordinal.clone(), message.at, audience, State::Due);
    }
}

fn due_unless(pointless: bool) -> State {
    if pointless { State::Superseded } else { State::Due }
}

/// The times at which `moment` is told: the first time ever, with ordinal 0, and the first time after the last
/// reopening, with the reopening's time as ordinal. A reopening before the first time makes no second one, so that
/// news of it that comes late tells nobody twice. The flag says whether nothing was reopened since.
fn once_per_cycle(incident: &Incident, moment: Moment) -> Vec<(String, Timestamp, bool)> {
    let facts = &incident.facts;
    let reopened = facts.last(Moment::Reopened);
    let first = facts.first(moment);
    let again = reopened.and_then(|reopened| {
        let at = facts.first_after(moment, Some(reopened))?;
        (Some(at) != first).then(|| (reopened.as_second().to_string(), at, true))
    });
    let first = first.map(|at| ("0".to_owned(), at, reopened.is_none_or(|reopened| reopened < at)));
    first.into_iter().chain(again).collect()
}

fn off_limits(incident: &Incident) -> Option<Reason> {
    let facts = &incident.facts;
    if facts.is_expunged() || facts.status() == Some(Status::Cancelled) {
        Some(Reason::Cancelled)
    } else {
        facts.is_merged().then_some(Reason::Merged)
    }
}

/// Delay steps 1 and 2, never more in one call: at the first cause, and once more. With nobody under way the second
/// follows after a further wait; with somebody under way since the first, at the next cause.
fn add_delays(found: &mut Candidates, incident: &Incident, policy: &Policy, now: Timestamp, over: bool) {
    let facts = &incident.facts;
    let under_way_after = |at: Timestamp| facts.first_after(Moment::Enroute, Some(at));
    let (past, future): (Vec<_>, Vec<_>) =
        delay_causes(incident, policy).into_iter().partition(|(at, _)| *at <= now);
    future.iter().filter(|(_, moot)| !moot && !over).for_each(|(at, _)| found.wake_at(*at));
    let Some((first, moot)) = gravest(past.iter()) else { return };
    let second = match under_way_after(first) {
        Some(enroute) => gravest(past.iter().filter(|(at, _)| *at > enroute)),
        None => Some((first + policy.delay(facts.priority()), moot)),
    };
    for (step, (at, moot)) in [("1", Some((first, moot))), ("2", second)]
        .into_iter()
        .filter_map(|(step, cause)| Some((step, cause?)))
    {
        if at <= now {
            let state = due_unless(over || moot || under_way_after(at).is_some());
            found.add(Kind::OfficersDelayed, step.into(), at, Audience::Callers, state);
        } else if !over && !moot {
            found.wake_at(at);
        }
    }
    // A cause that is moot by now may have been told as the first delay, and this one as the second: the record says what
    // became of it.
    let earliest = past.iter().map(|(at, _)| *at).min().filter(|at| *at < first);
    if let Some(at) = earliest.filter(|_| second.is_none_or(|(at, _)| at > now)) {
        found.add(Kind::OfficersDelayed, "2".into(), at, Audience::Callers, State::Superseded);
    }
}

/// The earliest cause that stands; where none does, the earliest that did, so that the record shows it.
fn gravest<'a>(causes: impl Iterator<Item = &'a (Timestamp, bool)> + Clone) -> Option<(Timestamp, bool)> {
    causes.clone().filter(|(_, moot)| !moot).min().or_else(|| causes.min()).copied()
}

/// Causes of delay with their times, and whether later facts have made them moot: nobody under way in time, a
/// reported delay, the only unit diverted, the arrival window missed.
fn delay_causes(incident: &Incident, policy: &Policy) -> Vec<(Timestamp, bool)> {
    let facts = &incident.facts;
    let reopened = facts.last(Moment::Reopened);
    let enroute = facts.first_after(Moment::Enroute, reopened);
    let arrived = facts.first_after(Moment::Arrived, reopened).is_some();
    let before_reopening = |at: Timestamp| reopened.is_some_and(|reopened| at <= reopened);
    let due = reopened.or_else(|| facts.opened_at()).map(|since| since + policy.delay(facts.priority()));
    let held = due.filter(|due| enroute.is_none_or(|enroute| enroute > *due)).map(|due| (due, false));
    let reported = facts.times(Moment::Delayed).map(|at| (at, before_reopening(at)));
    let diverted =
        facts.last(Moment::Diverted).map(|at| (at, before_reopening(at) || facts.has_unit_coming()));
    let missed =
        facts.expected_arrival().filter(|_| !arrived).map(|eta| (eta + policy.delay_past_window(), false));
    [held, diverted, missed].into_iter().flatten().chain(reported).collect()
}

/// What victims (or callers) of a case may be told.
pub fn from_case(case: &Case, now: Timestamp) -> Candidates {
    let facts = &case.facts;
    let mut found = Candidates::default();
    if let Some(at) = facts.first(CaseMoment::Opened) {
        found.add(Kind::CaseNumber, "0".into(), at, Audience::VictimsElseCallers, State::Due);
    }
    // Named again is not news: each investigator counts from the first assignment.
    let present = facts.assignments().last().map(|(_, investigator)| ordinal_of(investigator));
    for (ordinal, at) in first_of_each(facts.assignments().map(|(at, who)| (ordinal_of(who), at))) {
        let state = due_unless(Some(&ordinal) != present.as_ref());
        found.add(Kind::CaseAssigned, ordinal, at, Audience::Victims, state);
    }
    add_statuses(&mut found, case);
    let news = [
        (Kind::CaseReferred, CaseMoment::Referred, facts.referral_release()),
        (Kind::CaseCharged, CaseMoment::Charged, facts.charge_release()),
    ];
    for (kind, moment, release) in news {
        if let Some(at) = facts.first(moment) {
            add_held(&mut found, kind, at, release, now);
        }
    }
    if let Some(at) = facts.first(CaseMoment::Closed) {
        found.add(Kind::CaseClosed, "0".into(), at, Audience::Victims, State::Due);
    }
    let last = facts.times(CaseMoment::ContactRequested).last();
    for at in facts.times(CaseMoment::ContactRequested) {
        let state = due_unless(Some(at) != last);
        found.add(Kind::ContactRequested, at.as_second().to_string(), at, Audience::Victims, state);
    }
    add_staff_messages(&mut found, &case.private);
    found.void(facts.is_sealed().then_some(Reason::Cancelled))
}

/// Each change of status once, by status and time; a closure overtakes them all.
fn add_statuses(found: &mut Candidates, case: &Case) {
    let facts = &case.facts;
    let last = facts.statuses().last().map(|(at, _)| at);
    let closed = facts.first(CaseMoment::Closed);
    for (at, status) in facts.statuses() {
        let overtaken = Some(at) != last || closed.is_some_and(|closed| closed >= at);
        let state = if STATUSES.contains(&status) {
            due_unless(overtaken)
        } else {
            State::Void(Reason::StatusUnmapped)
        };
        // An unmapped status is free text of the sender: it never becomes part of a key.
        let name = if STATUSES.contains(&status) { status } else { "unmapped" };
        found.add(Kind::CaseStatus, format!("{name}.{}", at.as_second()), at, Audience::Victims, state);
    }
}

/// News that waits for its release: it could warn a suspect.
fn add_held(
    found: &mut Candidates,
    kind: Kind,
    happened: Timestamp,
    release: Option<Timestamp>,
    now: Timestamp,
) {
    let at = release.map_or(happened, |release| release.max(happened));
    let state = if release.is_some_and(|release| release <= now) { State::Due } else { State::Held(release) };
    match release {
        Some(release) if release > now => found.wake_at(release),
        // Nobody has released it: after a day somebody is asked.
        None if happened + HELD_AT_MOST > now => found.wake_at(happened + HELD_AT_MOST),
        _ => {}
    }
    found.add(kind, "0".into(), at, Audience::Victims, state);
}

/// The first time of each ordinal, in order of time.
fn first_of_each(named: impl Iterator<Item = (String, Timestamp)>) -> Vec<(String, Timestamp)> {
    let mut seen = BTreeSet::new();
    named.filter(|(ordinal, _)| seen.insert(ordinal.clone())).collect()
}

/// An investigator is told once, whoever re-sends the assignment: the ordinal is a hash of who it is.
pub(crate) fn ordinal_of(investigator: &incident::event::Investigator) -> String {
    short_hash(&format!("{:?}|{:?}", investigator.name, investigator.phone))
}

pub(crate) fn ordinal_of_agency(agency: &incident::event::AgencyFields) -> String {
    short_hash(&format!("{}|{}", agency.name, agency.phone))
}

fn short_hash(text: &str) -> String {
    hex::encode(&Sha256::digest(text)[..4])
}
