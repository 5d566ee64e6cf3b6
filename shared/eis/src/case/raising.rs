//! What a night's reasons do: open a case, join the open one, or nothing, because it is known, or closed so lately that
//! only a new reason would count.
use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{Act, Case, NoticeDelay, Raised, State};
use crate::alert::{Engine, Trigger};
use crate::micro::Micro;
use crate::ruleset::Workflow;

/// What a run found about an officer who is for review.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// Whose.
    pub officer_id: String,
    /// Time of the run.
    pub at: Timestamp,
    /// Its date.
    pub date: Date,
    /// Score.
    pub s: Micro,
    /// Percentile.
    pub pct: f64,
    /// Reasons, each with the run.
    pub triggers: Vec<Raised>,
    /// Others at the scenes behind it.
    pub parties: BTreeSet<String>,
    /// A delay of the officer's notice, where an authority asked for one.
    pub notice_delay: Option<NoticeDelay>,
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Raising {
    /// A new case.
    Open(Case),
    /// The open case with new reasons, and the act to log.
    Join(Case, Act),
    /// The open case holds them already, or the night was worked before.
    Known,
    /// A case was closed lately, and held all of these reasons.
    Quiet,
    /// A suppression is in force, and the closed case held all of these reasons.
    Suppressed,
}

/// Decides, given the officer's last case.
pub fn raise(last: Option<&Case>, news: &News, flow: &Workflow) -> Raising {
    let Some(last) = last else { return Raising::Open(opened(news)) };
    if !last.is_closed() {
        return join(last, news);
    }
    if news.date <= last.opened_on {
        return Raising::Known;
    }
    let new = |raised: &Raised| is_new_reason(last, &raised.trigger);
    if news.triggers.iter().any(new) {
        return Raising::Open(opened(news));
    }
    let suppressed = last.decision.as_ref().and_then(|decision| decision.suppress_until);
    let quiet = last.closed_on.map(|day| day.saturating_add(i64::from(flow.quiet_days).days()));
    if suppressed.is_some_and(|until| news.date < until) {
        Raising::Suppressed
    } else if quiet.is_some_and(|until| news.date < until) {
        Raising::Quiet
    } else {
        Raising::Open(opened(news))
    }
}

/// A rule or an indicator that the closed case did not hold. A percentile alone is none where the score had spoken
/// before: it moves a little each night.
fn is_new_reason(closed: &Case, trigger: &Trigger) -> bool {
    let held = |test: &dyn Fn(&Trigger) -> bool| closed.triggers.iter().any(|raised| test(&raised.trigger));
    match (trigger.engine, &trigger.indicator) {
        (Engine::Model, None) => !held(&|other| other.engine == Engine::Model),
        _ => !held(&|other| other == trigger),
    }
}

fn opened(news: &News) -> Case {
    Case {
        alert_id: format!("{}.{}", news.officer_id, news.date),
        officer_id: news.officer_id.clone(),
        state: State::Detected,
        opened_at: news.at,
        opened_on: news.date,
        due_on: Some(news.date),
        s: news.s,
        pct: news.pct,
        triggers: news.triggers.clone(),
        parties: news.parties.clone(),
        notice_delay: news.notice_delay.clone(),
        officer_told_on: None,
        has_statement: false,
        decision: None,
        interventions: Vec::new(),
        checks: Vec::new(),
        contest: None,
        escalated_on: Vec::new(),
        outcome: None,
        closed_on: None,
        merged_into: None,
        entries: 1,
    }
}

fn join(open: &Case, news: &News) -> Raising {
    let known = |raised: &Raised| open.triggers.iter().any(|other| other.trigger == raised.trigger);
    let fresh: Vec<Raised> = news.triggers.iter().filter(|raised| !known(raised)).cloned().collect();
    if fresh.is_empty() || news.date <= open.opened_on {
        return Raising::Known;
    }
    let mut joined = open.clone();
    (joined.s, joined.pct) = (news.s, news.pct);
    joined.triggers.extend(fresh);
    joined.parties.extend(news.parties.iter().cloned());
    joined.entries += 1;
    Raising::Join(joined, Act::Joined)
}
