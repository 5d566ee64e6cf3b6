//! What happened that somebody could be told: candidates, derived from facts and clock alone.
use incident::call::{Moment, Status};
use incident::case::CaseMoment;
use incident::{Case, Incident};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::kind::{Kind, Reason};
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

/// Whose roles a kind goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Callers and reporting parties.
    Callers,
    /// Victims.
    Victims,
    /// Victims, or callers where nobody is named as victim.
    VictimsElseCallers,
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
    let cycle = reopened.map_or_else(|| "0".to_owned(), |at| at.as_second().to_string());
    let finished = matches!(facts.status(), Some(Status::Closed | Status::Cancelled));
    let arrived = facts.first_after(Moment::Arrived, reopened).is_some();
    let stale = |pointless: bool| if pointless { State::Superseded } else { State::Due };

    if let Some(at) = facts.first(Moment::Opened) {
        found.add(Kind::CallReceived, "0".into(), at, Audience::Callers, stale(arrived || finished));
    }
    if let Some(at) = facts.first_after(Moment::Enroute, reopened) {
        let turned_away = facts.last(Moment::Diverted) >= Some(at) && !facts.has_unit_coming();
        found.add(
            Kind::OfficersOnTheWay,
            cycle.clone(),
            at,
            Audience::Callers,
            stale(arrived || finished || turned_away),
        );
    }
    add_delays(
        &mut found,
        incident,
        policy,
        now,
        arrived || finished || facts.first(Moment::Transferred).is_some(),
    );
    if facts.status() == Some(Status::Closed)
        && let Some(at) = facts.last(Moment::Closed)
    {
        found.add(Kind::CallClosed, cycle, at, Audience::Callers, State::Due);
    }
    found.void(off_limits(incident))
}

fn off_limits(incident: &Incident) -> Option<Reason> {
    let facts = &incident.facts;
    if facts.is_expunged() || facts.status() == Some(Status::Cancelled) {
        Some(Reason::Cancelled)
    } else {
        facts.is_merged().then_some(Reason::Merged)
    }
}

/// Delay steps 1 and 2: at the first of the causes, and once more after a further wait.
fn add_delays(found: &mut Candidates, incident: &Incident, policy: &Policy, now: Timestamp, over: bool) {
    let facts = &incident.facts;
    let patience = policy.delay(facts.priority());
    let Some(first) = first_delay(incident, policy) else { return };
    for (step, at) in [("1", first), ("2", first + patience)] {
        let overtaken = facts.first_after(Moment::Enroute, Some(at)).is_some_and(|enroute| enroute > first);
        if at > now {
            if !over {
                found.wake_at(at);
            }
            return;
        }
        let cycle =
            facts.last(Moment::Reopened).map_or_else(String::new, |at| format!(".{}", at.as_second()));
        let state = if over || overtaken { State::Superseded } else { State::Due };
        found.add(Kind::OfficersDelayed, format!("{step}{cycle}"), at, Audience::Callers, state);
    }
}

/// The first cause of delay: nobody under way in time, a reported delay, the only unit diverted, the window missed.
fn first_delay(incident: &Incident, policy: &Policy) -> Option<Timestamp> {
    let facts = &incident.facts;
    let reopened = facts.last(Moment::Reopened);
    let enroute = facts.first_after(Moment::Enroute, reopened);
    let arrived = facts.first_after(Moment::Arrived, reopened).is_some();
    let waiting_since = reopened.or_else(|| facts.opened_at());
    let patience = policy.delay(facts.priority());
    let held = waiting_since
        .map(|since| since + patience)
        .filter(|due| enroute.is_none_or(|enroute| enroute > *due));
    let reported = facts.first_after(Moment::Delayed, reopened);
    let diverted = facts.last(Moment::Diverted).filter(|at| Some(*at) > reopened && !facts.has_unit_coming());
    let missed = facts.expected_arrival().filter(|_| !arrived).map(|eta| eta + policy.delay_past_window());
    [held, reported, diverted, missed].into_iter().flatten().min()
}

/// What victims (or callers) of a case may be told.
pub fn from_case(case: &Case, now: Timestamp) -> Candidates {
    let facts = &case.facts;
    let mut found = Candidates::default();
    if let Some(at) = facts.first(CaseMoment::Opened) {
        found.add(Kind::CaseNumber, "0".into(), at, Audience::VictimsElseCallers, State::Due);
    }
    let last = facts.assignments().last().map(|(at, _)| at);
    for (at, investigator) in facts.assignments() {
        let state = if Some(at) == last { State::Due } else { State::Superseded };
        found.add(Kind::CaseAssigned, ordinal_of(investigator), at, Audience::Victims, state);
    }
    if let Some(charged) = facts.first(CaseMoment::Charged) {
        let release = facts.charge_release();
        let at = release.map_or(charged, |release| release.max(charged));
        let state =
            if release.is_some_and(|release| release <= now) { State::Due } else { State::Held(release) };
        if let Some(release) = release.filter(|release| *release > now) {
            found.wake_at(release);
        }
        found.add(Kind::CaseCharged, "0".into(), at, Audience::Victims, state);
    }
    let last = facts.times(CaseMoment::ContactRequested).last();
    for at in facts.times(CaseMoment::ContactRequested) {
        let state = if Some(at) == last { State::Due } else { State::Superseded };
        found.add(Kind::ContactRequested, at.as_second().to_string(), at, Audience::Victims, state);
    }
    found.void(facts.is_sealed().then_some(Reason::Cancelled))
}

/// An investigator is told once, whoever re-sends the assignment: the ordinal is a hash of who it is.
fn ordinal_of(investigator: &incident::event::Investigator) -> String {
    let text = format!("{:?}|{:?}", investigator.name, investigator.phone);
    hex::encode(&Sha256::digest(text)[..4])
}
