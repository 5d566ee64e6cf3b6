//! What a person or the night may do to a case: each act checked for state, capacity and person, and either a new case
//! with its entry or a refusal that says what would be open.
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{
    Act, Actor, Capacity, Case, Check, Decision, Disposition, Entry, Intervention, Outcome, State, Step,
};
use crate::ruleset::Workflow;

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not from this state.
    #[error("not possible in state {state:?}")]
    State {
        /// The state.
        state: State,
        /// Steps that are open to the actor.
        legal: Vec<&'static str>,
        /// What stands in the way, where it is not the state alone.
        detail: &'static str,
    },
    /// Not by this person or in this capacity.
    #[error("{0}")]
    Person(&'static str),
    /// A field is missing or does not fit.
    #[error("{field}: {detail}")]
    Field {
        /// The field.
        field: &'static str,
        /// What would be right.
        detail: String,
    },
}

/// Somebody at work on a case.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// The case as it stands.
    pub case: &'a Case,
    /// Who.
    pub by: &'a Actor,
    /// Now.
    pub at: Timestamp,
    /// The agency's day.
    pub on: Date,
    /// Due days.
    pub flow: &'a Workflow,
}

/// What an act leaves: the case and the entry of its log.
pub(super) type Done = (Case, Entry);

pub(super) const CHAIN: &[Capacity] = &[Capacity::Supervisor, Capacity::Commander, Capacity::InternalAffairs];
const COMMAND: &[Capacity] = &[Capacity::Commander, Capacity::InternalAffairs];

impl Work<'_> {
    /// Takes a step. `reason` says whether one was given.
    pub fn step(&self, step: &Step, reason: bool) -> Result<Done, Refusal> {
        if !self.is_legal(step) {
            return Err(self.illegal(""));
        }
        if !capacities(step).contains(&self.by.capacity) {
            return Err(Refusal::Person("this step is for a commander or internal affairs"));
        }
        self.check_person(step)?;
        if let Some(obstacle) = self.obstacle(step) {
            return Err(self.illegal(obstacle));
        }
        self.check_fields(step, reason)?;
        Ok(self.done(self.apply(step), Act::Step { step: step.clone() }))
    }

    /// The steps that the actor could take now, by their words; `Closed/Left` where the case can only be closed because
    /// the officer left. `InterventionPlanned` is reached by planning an intervention.
    pub fn legal(&self) -> Vec<&'static str> {
        let open = |step: &Step| {
            self.is_legal(step)
                && capacities(step).contains(&self.by.capacity)
                && self.check_person(step).is_ok()
                && self.obstacle(step).is_none()
        };
        let mut words: Vec<&str> = self.samples().iter().filter(|step| open(step)).map(Step::word).collect();
        if self.may_plan() {
            words.push("InterventionPlanned");
        }
        if open(&Step::Closed { outcome: Some(Outcome::Left) }) && !words.contains(&"Closed") {
            words.push("Closed/Left");
        }
        words
    }

    /// One step of each word, as it would be asked for now.
    fn samples(&self) -> [Step; 10] {
        let next = self.case.checks.iter().find(|check| check.done_on.is_none()).map(|check| check.day);
        let after = self.case.state == State::FollowUp;
        [
            Step::UnderReview,
            Step::OfficerResponse,
            Step::Disposition { disposition: Disposition::NoAction, suppress_until: None },
            Step::SecondReview,
            Step::Active,
            Step::FollowUp { check: next },
            Step::Closed { outcome: after.then_some(Outcome::NoChange) },
            Step::Reopened,
            Step::Merged { into: String::new() },
            Step::Adjudicated { ruling: super::Ruling::Uphold },
        ]
    }

    /// By state alone.
    fn is_legal(&self, step: &Step) -> bool {
        use State::{
            Active, Closed, Detected, FollowUp, InterventionPlanned, Notified, OfficerResponse, SecondReview,
            UnderReview,
        };
        let state = self.case.state;
        let help = self.decided() == Some(Disposition::Intervention);
        match step {
            Step::Notified => state == Detected,
            Step::UnderReview => {
                matches!(state, Detected | Notified | OfficerResponse | State::Disposition)
            }
            Step::OfficerResponse => state == UnderReview,
            Step::Disposition { .. } => matches!(state, UnderReview | OfficerResponse),
            Step::SecondReview => state == State::Disposition,
            Step::Active => state == InterventionPlanned,
            Step::FollowUp { check: None } => state == Active,
            Step::FollowUp { check: Some(_) } => {
                state == FollowUp && self.case.checks.iter().any(|check| check.done_on.is_none())
            }
            Step::Closed { outcome: Some(Outcome::Left) } | Step::Escalated => state != Closed,
            Step::Closed { outcome } => {
                state == FollowUp || state == SecondReview && !help && outcome.is_none()
            }
            Step::Reopened | Step::Merged { .. } => state == Closed && self.case.merged_into.is_none(),
            Step::Adjudicated { .. } => self.case.is_contested(),
        }
    }

    /// A second look is only one by another person; nobody rules on an objection to an own decision.
    fn check_person(&self, step: &Step) -> Result<(), Refusal> {
        let decided = self.case.decision.as_ref().is_some_and(|decision| decision.by.id == self.by.id);
        let back = *step == Step::UnderReview && self.case.state == State::Disposition;
        match step {
            _ if !decided => Ok(()),
            Step::SecondReview => {
                Err(Refusal::Person("a second review is by a person other than the one who decided"))
            }
            Step::Adjudicated { .. } => {
                Err(Refusal::Person("an objection is ruled on by a person other than the one who decided"))
            }
            _ if back => {
                Err(Refusal::Person("a decision is given back by a person other than the one who decided"))
            }
            _ => Ok(()),
        }
    }

    fn check_fields(&self, step: &Step, reason: bool) -> Result<(), Refusal> {
        let field = |field, detail: String| Err(Refusal::Field { field, detail });
        let back = *step == Step::UnderReview && self.case.state == State::Disposition;
        let wanted = match step {
            Step::Disposition { .. } | Step::Reopened | Step::Merged { .. } | Step::Adjudicated { .. } => {
                true
            }
            Step::FollowUp { check } => check.is_some(),
            Step::Closed { outcome } => outcome.is_some(),
            _ => back,
        };
        if wanted && !reason {
            return field("reason", "say why, in your own words".into());
        }
        match step {
            Step::Disposition { disposition, suppress_until: Some(until) } => {
                self.check_suppression(*disposition, *until)
            }
            Step::FollowUp { check: Some(day) } => {
                let open = self.case.checks.iter().find(|check| check.done_on.is_none());
                match open {
                    Some(check) if check.day == *day && check.due_on <= self.on => Ok(()),
                    Some(check) if check.day == *day => {
                        field("check", format!("the look after {day} days is due on {}", check.due_on))
                    }
                    Some(check) => {
                        field("check", format!("the next look is the one after {} days", check.day))
                    }
                    None => field("check", "every look has been taken; close the case".into()),
                }
            }
            Step::Closed { outcome: None } if self.case.state == State::FollowUp => {
                field("outcome", "must be Improved, NoChange, Worse or Left".into())
            }
            Step::Merged { into } if *into == self.case.alert_id => {
                field("into", "names this very case".into())
            }
            _ => Ok(()),
        }
    }

    fn check_suppression(&self, disposition: Disposition, until: Date) -> Result<(), Refusal> {
        let field = |detail: String| Err(Refusal::Field { field: "suppress_until", detail });
        let longest = self.flow.longest_suppression_days;
        let last = self.on.saturating_add(i64::from(longest).days());
        if matches!(disposition, Disposition::Intervention | Disposition::ReferIA) {
            return field("goes with NoAction, DataError or ContextExplained".into());
        }
        if until <= self.on || until > last {
            return field(format!("must be a day from tomorrow to {longest} days from today"));
        }
        Ok(())
    }

    /// What must happen first, where something must.
    fn obstacle(&self, step: &Step) -> Option<&'static str> {
        let case = self.case;
        let waiting = case.state == State::OfficerResponse
            && !case.has_statement
            && case.due_on.is_some_and(|due| self.on <= due);
        let ending = |one: &Intervention| one.progress.is_end();
        match step {
            Step::UnderReview | Step::Disposition { .. } if waiting => {
                Some("the officer may still answer; go on after the statement or the due day")
            }
            Step::FollowUp { check: None } if !case.interventions.iter().all(ending) => {
                Some("an intervention has not ended yet")
            }
            Step::Closed { outcome: Some(Outcome::Left) } => None,
            Step::Closed { .. } if case.is_contested() => {
                Some("the officer contests it: that is ruled on first")
            }
            Step::Closed { .. } if case.checks.iter().any(|check| check.done_on.is_none()) => {
                Some("not every look afterwards has been taken")
            }
            _ => None,
        }
    }

    fn apply(&self, step: &Step) -> Case {
        let (flow, on) = (self.flow, self.on);
        let mut case = self.case.clone();
        let mut enter = |state: State, days: Option<u16>| {
            case.state = state;
            case.due_on = days.map(|days| after(on, days));
            case.escalated_on.clear();
        };
        match step {
            Step::Notified => enter(State::Notified, Some(flow.review_days)),
            Step::UnderReview | Step::Reopened => {
                enter(State::UnderReview, Some(flow.review_days));
                // Taking a case up does not start the clock anew; an answer or a new start does.
                if self.case.state == State::Notified {
                    case.due_on = self.case.due_on;
                }
                if *step == Step::Reopened {
                    (case.closed_on, case.outcome, case.decision) = (None, None, None);
                }
            }
            Step::OfficerResponse => enter(State::OfficerResponse, Some(flow.response_days)),
            Step::Disposition { disposition, suppress_until } => {
                enter(State::Disposition, Some(flow.second_review_days));
                case.decision = Some(Decision {
                    disposition: *disposition,
                    by: self.by.clone(),
                    on,
                    suppress_until: *suppress_until,
                    second: None,
                });
            }
            Step::SecondReview => {
                enter(State::SecondReview, Some(flow.plan_days));
                if let Some(decision) = &mut case.decision {
                    decision.second = Some(self.by.clone());
                }
            }
            Step::Active => {
                enter(State::Active, None);
                case.due_on = case.interventions.iter().map(|one| one.due_on).max();
            }
            Step::FollowUp { check } => {
                enter(State::FollowUp, None);
                follow_up(&mut case, *check, on, flow);
            }
            Step::Closed { outcome } => {
                enter(State::Closed, None);
                (case.outcome, case.closed_on) = (*outcome, Some(on));
            }
            Step::Merged { into } => case.merged_into = Some(into.clone()),
            Step::Adjudicated { ruling } => {
                if let Some(contest) = &mut case.contest {
                    contest.ruling = Some(*ruling);
                }
            }
            Step::Escalated => case.escalated_on.push(on),
        }
        case
    }

    pub(super) fn decided(&self) -> Option<Disposition> {
        self.case.decision.as_ref().map(|decision| decision.disposition)
    }

    /// The officer was told, by the night.
    pub fn tell_officer(&self) -> Done {
        let mut case = self.case.clone();
        case.officer_told_on = Some(self.on);
        self.done(case, Act::OfficerTold)
    }

    /// How many ranks above the supervisor the present step belongs by now: one once it is overdue, one more after
    /// every `escalate_days`.
    pub fn ranks_up(&self) -> usize {
        let Some(due) = self.case.due_on.filter(|_| !self.case.is_closed()) else { return 0 };
        let late = (self.on - due).get_days();
        if late <= 0 { 0 } else { 1 + (late - 1) as usize / usize::from(self.flow.escalate_days) }
    }

    pub(super) fn illegal(&self, detail: &'static str) -> Refusal {
        Refusal::State { state: self.case.state, legal: self.legal(), detail }
    }

    pub(super) fn done(&self, mut case: Case, act: Act) -> Done {
        case.entries = self.case.entries + 1;
        let (from, state) = (self.case.state, case.state);
        let entry = Entry { seq: case.entries, at: self.at, by: self.by.clone(), from, state, act };
        (case, entry)
    }
}

/// In which capacities a step may be taken.
fn capacities(step: &Step) -> &'static [Capacity] {
    match step {
        Step::Notified | Step::Escalated => &[Capacity::System],
        Step::Reopened | Step::Merged { .. } | Step::Adjudicated { .. } => COMMAND,
        _ => CHAIN,
    }
}

/// Enters the time of looks afterwards, or ticks one off.
fn follow_up(case: &mut Case, check: Option<u16>, on: Date, flow: &Workflow) {
    if check.is_none() {
        let from = case.interventions.iter().filter_map(|one| one.ended_on).max().unwrap_or(on);
        let look = |day: &u16| Check { day: *day, due_on: after(from, *day), done_on: None };
        case.checks = flow.follow_up_days.iter().map(look).collect();
    }
    for look in case.checks.iter_mut().filter(|look| check == Some(look.day)) {
        look.done_on = Some(on);
    }
    case.due_on = case.checks.iter().find(|look| look.done_on.is_none()).map(|look| look.due_on);
    // The last look taken, the case is to be closed.
    case.due_on = case.due_on.or(Some(after(on, flow.plan_days)));
}

pub(super) fn after(day: Date, days: u16) -> Date {
    day.saturating_add(i64::from(days).days())
}
