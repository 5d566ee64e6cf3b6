//! The plan of one subject: every update with its outcome, as a function of facts, contacts, policy and clock.
use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::derive::{Candidate, Candidates, State, from_case, from_incident};
use crate::gates::{Contacts, Gates};
use crate::kind::{Channel, Class, Kind, Reason};
use crate::policy::Policy;
use crate::quiet;
use crate::subject::Subject;

/// A normalised address. It does not print.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(pub String);

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// What becomes of one update to one person by one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Sender's id of the person.
    pub person: String,
    /// What is told.
    pub kind: Kind,
    /// Which one of its kind.
    pub ordinal: String,
    /// By which way.
    pub channel: Channel,
    /// Normalised address, where one may be used. Personal.
    pub address: Option<Address>,
    /// When it came about.
    pub at: Timestamp,
    /// After this it is pointless.
    pub expires_at: Timestamp,
    /// Whether it goes out.
    pub outcome: Outcome,
}

/// Whether an update goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Now.
    Pending,
    /// Later; `None`: when somebody releases it.
    Deferred(Option<Timestamp>),
    /// Not, for this reason.
    Suppressed(Reason),
    /// Not, something later made it pointless.
    Superseded,
    /// Not, it is too old.
    Expired,
}

/// The plan of a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Every update, in the order in which they go out.
    pub updates: Vec<Planned>,
    /// When the clock alone may change the plan.
    pub wake: Option<Timestamp>,
}

/// When the clock alone may next change the plan of `subject`.
pub fn wake(subject: &Subject, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
    candidates(subject, policy, now).wake
}

fn candidates(subject: &Subject, policy: &Policy, now: Timestamp) -> Candidates {
    match subject {
        Subject::Incident(incident) => from_incident(incident, policy, now),
        Subject::Case(case, _) => from_case(case, now),
    }
}

/// Plans `subject` at `now`. Calling it again with the same arguments gives the same plan.
pub fn plan(subject: &Subject, contacts: &Contacts, policy: &Policy, now: Timestamp) -> Plan {
    let Candidates { list, wake } = candidates(subject, policy, now);
    let baseline = match subject {
        Subject::Incident(incident) => incident.facts.baseline_until(),
        Subject::Case(case, _) => case.facts.baseline_until(),
    };
    let gates = Gates::new(subject, policy, contacts, now);
    let mut updates = Vec::new();
    for candidate in &list {
        let known_before = baseline.is_some_and(|until| candidate.at <= until);
        for (id, person) in gates.people() {
            let told_elsewhere = adopted_at(subject, id).is_some_and(|at| candidate.at <= at);
            for (channel, way) in gates.ways(candidate, id, person) {
                let expires_at = candidate.at + policy.max_age(candidate.kind);
                let outcome = match &way {
                    Err(reason) => Outcome::Suppressed(*reason),
                    Ok(_) if told_elsewhere => Outcome::Suppressed(Reason::Merged),
                    Ok(_) if known_before => Outcome::Suppressed(Reason::Baseline),
                    Ok(_) if held_out(subject, candidate.kind, policy) => {
                        Outcome::Suppressed(Reason::HoldOut)
                    }
                    Ok(_) if policy.is_fenced(candidate.at) => Outcome::Expired,
                    Ok(_) => worth(candidate, policy, now, expires_at),
                };
                updates.push(Planned {
                    person: id.clone(),
                    kind: candidate.kind,
                    ordinal: candidate.ordinal.clone(),
                    channel,
                    address: way.ok().map(Address),
                    at: candidate.at,
                    expires_at,
                    outcome,
                });
            }
        }
    }
    Plan { updates: one_per_address(updates), wake }
}

/// When the call of this person was merged into `subject`: what came about before was told of that call.
fn adopted_at(subject: &Subject, person: &str) -> Option<Timestamp> {
    match subject {
        Subject::Incident(incident) => incident.adopted_at(person),
        Subject::Case(..) => None,
    }
}

/// Whether a call belongs to the share that is left untold, so that the effect of telling can be measured. Drawn by a
/// hash of its number: the same call is always on the same side.
fn held_out(subject: &Subject, kind: Kind, policy: &Policy) -> bool {
    let Subject::Incident(incident) = subject else { return false };
    let digest = Sha256::digest(format!("hold-out|{}", incident.id));
    let draw = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    policy.is_held_out(kind, f64::from(draw) / 4_294_967_296.0)
}

/// Whether an update that may be told is worth telling now.
fn worth(candidate: &Candidate, policy: &Policy, now: Timestamp, expires_at: Timestamp) -> Outcome {
    match candidate.state {
        State::Void(reason) => return Outcome::Suppressed(reason),
        State::Superseded => return Outcome::Superseded,
        State::Held(until) => return Outcome::Deferred(until),
        State::Due => {}
    }
    if now > expires_at {
        return Outcome::Expired;
    }
    match quiet_until(candidate, policy, now) {
        Some(until) if until > expires_at => Outcome::Expired,
        Some(until) => Outcome::Deferred(Some(until)),
        None if policy.live => Outcome::Pending,
        None => Outcome::Suppressed(Reason::Shadow),
    }
}

fn quiet_until(candidate: &Candidate, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
    let fresh_closure = candidate.kind == Kind::CallClosed
        && now.duration_since(candidate.at) < policy.call_closed_quiet_after();
    if candidate.kind.class() == Class::EmergencyService || fresh_closure {
        return None;
    }
    let (from, to) = policy.quiet_hours();
    quiet::until(now, policy.zone(), from, to)
}

/// Two records of one person are one recipient: the same address is planned once, for the first record.
fn one_per_address(updates: Vec<Planned>) -> Vec<Planned> {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<Planned> = Vec::with_capacity(updates.len());
    for update in updates {
        if let Some(address) = &update.address {
            let key = (update.kind, update.ordinal.clone(), update.channel, address.0.clone());
            if !seen.insert(key) {
                continue;
            }
        }
        kept.push(update);
    }
    kept
}
