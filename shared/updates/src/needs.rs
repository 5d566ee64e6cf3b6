//! What a person has to do because no message may or can do it: an update withheld for safety is not silence.
use std::collections::{BTreeMap, BTreeSet};

use incident::{Person, Role};
use jiff::{SignedDuration, Timestamp};

use crate::kind::{Kind, Reason};
use crate::plan::{Outcome, Plan, Planned};
use crate::policy::Policy;
use crate::subject::Subject;
use crate::task::{Need, TaskKind};

/// How long news of a charge or a referral may wait for its release before somebody is asked about it.
pub const HELD_AT_MOST: SignedDuration = SignedDuration::from_hours(24);

/// A person's update: person, kind, ordinal.
pub type About = (String, Kind, String);

/// What became of updates that are not open any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// They went out by some way, or may have.
    pub reached: BTreeSet<About>,
    /// A provider refused them for good, or reported that they did not arrive.
    pub failed: BTreeSet<About>,
}

/// The tasks that the plan of `subject` calls for, given what became of its updates so far.
///
/// News of a case that is withheld for the victim's safety is told by victim services; so is whatever must be told and
/// cannot be delivered. While the department only watches (`shadow`), nobody is tasked.
pub fn needs(subject: &Subject, plan: &Plan, past: &Past, policy: &Policy, now: Timestamp) -> Vec<Need> {
    let (Subject::Case(..), true) = (subject, policy.live) else { return Vec::new() };
    let people: BTreeMap<String, &Person> = subject.people().into_iter().collect();
    let mut ways: BTreeMap<About, Vec<&Planned>> = BTreeMap::new();
    for update in plan.updates.iter().filter(|update| update.kind.is_about_a_case()) {
        ways.entry(about(update)).or_default().push(update);
    }
    let told: BTreeSet<About> = ways
        .iter()
        .filter(|(about, ways)| {
            let coming = !past.failed.contains(about) && ways.iter().any(|way| is_coming(way));
            coming || past.reached.contains(about)
        })
        .map(|(about, _)| about.clone())
        .collect();
    let mut covers = BTreeSet::new();
    for (about, ways) in ways.iter().filter(|(about, _)| !told.contains(about)) {
        let (id, kind, ordinal) = about;
        if !people.get(id).is_some_and(|person| is_victim(person))
            || told_by_a_guardian(id, (*kind, ordinal), &people, &told)
        {
            continue;
        }
        let failed = (kind.must_notify() && past.failed.contains(about)).then(|| "failed".to_owned());
        let reason = failed.or_else(|| ways.iter().find_map(|way| lack(way)));
        covers.extend(reason.map(|reason| format!("{kind} {ordinal} {reason}")));
    }
    let withheld = (!covers.is_empty()).then(|| need(subject, TaskKind::VictimUpdate, covers));
    withheld.into_iter().chain(held(subject, plan, now)).collect()
}

fn need(subject: &Subject, kind: TaskKind, covers: BTreeSet<String>) -> Need {
    Need { kind, subject: subject.key(), covers }
}

/// News that has waited too long for somebody to release it.
fn held(subject: &Subject, plan: &Plan, now: Timestamp) -> Option<Need> {
    let waits =
        |update: &&Planned| update.outcome == Outcome::Deferred(None) && update.at + HELD_AT_MOST <= now;
    let covers: BTreeSet<String> = plan
        .updates
        .iter()
        .filter(waits)
        .map(|update| format!("{} {}", update.kind, update.ordinal))
        .collect();
    (!covers.is_empty()).then(|| need(subject, TaskKind::HeldNews, covers))
}

fn about(update: &Planned) -> About {
    (update.person.clone(), update.kind, update.ordinal.clone())
}

fn is_coming(update: &Planned) -> bool {
    matches!(update.outcome, Outcome::Pending | Outcome::Deferred(_) | Outcome::Superseded)
}

/// Victims are told of their case; whoever was ever named as suspect is nobody's victim here.
fn is_victim(person: &Person) -> bool {
    person.has_role(&[Role::Victim]) && !person.ever_suspect()
}

/// Whether a guardian of the minor `id`, confirmed by staff, gets the same news.
fn told_by_a_guardian(
    id: &str,
    (kind, ordinal): (Kind, &str),
    people: &BTreeMap<String, &Person>,
    told: &BTreeSet<About>,
) -> bool {
    people.iter().any(|(guardian, person)| {
        person.confirmed_guardian_of() == Some(id)
            && told.contains(&(guardian.clone(), kind, ordinal.to_owned()))
    })
}

/// The word for why this way does not tell the person what somebody must tell; `None` where silence is right.
fn lack(update: &Planned) -> Option<String> {
    let reason = match update.outcome {
        Outcome::Expired => return update.kind.must_notify().then(|| "expired".to_owned()),
        Outcome::Suppressed(reason) => reason,
        _ => return None,
    };
    let for_safety = matches!(
        reason,
        Reason::OffenceDenied
            | Reason::CallTypeDenied
            | Reason::SafetyLatch
            | Reason::Minor
            | Reason::ContactNever
            | Reason::ContactNoText
            | Reason::ContactNoEmail
            | Reason::ContactAskFirst
            | Reason::NumberOfSuspect
    );
    let undeliverable = update.kind.must_notify()
        && matches!(
            reason,
            Reason::NoAddress
                | Reason::NotASubscriberNumber
                | Reason::UndeliverableAddress
                | Reason::OptedOut
                | Reason::UnapprovedText
                | Reason::RenderRefused
        );
    (for_safety || undeliverable).then(|| reason.to_string())
}
