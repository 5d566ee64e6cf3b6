//! Builds subjects from events and plans them under the shipped rules.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use incident::{Case, Event, Incident, event};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use updates::gates::Contacts;
use updates::{ContactState, Outcome, Plan, Policy, Subject, plan};

/// The shipped `updates.toml`, live, in Chicago.
pub fn policy() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| {
        let text = include_str!("../../../../infra/agency/updates.toml");
        Policy::parse(text, TimeZone::get("America/Chicago").unwrap(), true).unwrap()
    });
    &POLICY
}

/// A summer afternoon: 2026-07-04 14:00 in Chicago, and `seconds` after it.
pub fn at(seconds: i64) -> Timestamp {
    "2026-07-04T14:00:00-05:00".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_secs(seconds)
}

pub fn read(kind: &str, seconds: i64, data: &Value) -> Event {
    event::read(kind, at(seconds), data, kind.starts_with("case.")).unwrap()
}

/// Merges events into a call, or into a case where the first one is about a case.
pub fn subject(events: &[Event]) -> Subject {
    let mut incident: Option<Incident> = None;
    let mut case: Option<Case> = None;
    for event in events {
        match event {
            Event::Incident(stamp, kind, data) => {
                let id = &data.incident.id;
                incident.get_or_insert_with(|| Incident::new(id)).apply(*stamp, *kind, data, false);
            }
            Event::Case(stamp, kind, data) => {
                case.get_or_insert_with(|| Case::new(&data.case.number)).apply(*stamp, *kind, data, false);
            }
        }
    }
    match case {
        Some(case) => Subject::Case(Box::new(case), incident.map(Box::new)),
        None => Subject::Incident(Box::new(incident.unwrap())),
    }
}

pub fn plan_at(events: &[Event], contacts: &Contacts, now: i64) -> Plan {
    plan(&subject(events), contacts, policy(), at(now))
}

/// One line per update: kind, ordinal where it is not 0, channel, person, outcome.
pub fn lines(plan: &Plan) -> Vec<String> {
    let line = |update: &updates::Planned| {
        let ordinal = if update.ordinal == "0" { String::new() } else { format!(" {}", update.ordinal) };
        let outcome = match update.outcome {
            Outcome::Pending => "pending".to_owned(),
            Outcome::Deferred(until) => {
                format!("deferred {}", until.map_or("until released".into(), |at| at.to_string()))
            }
            Outcome::Suppressed(reason) => reason.to_string(),
            Outcome::Superseded => "superseded".into(),
            Outcome::Expired => "expired".into(),
        };
        format!("{}{ordinal} {} {}: {outcome}", update.kind, update.channel, update.person)
    };
    plan.updates.iter().map(line).collect()
}

/// Contacts with one entry.
pub fn knowing(address: &str, state: ContactState) -> Contacts {
    BTreeMap::from([(address.to_owned(), state)])
}
