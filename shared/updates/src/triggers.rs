//! The least that each kind can be triggered with. A placeholder that such a trigger leaves without a value would
//! refuse the update when it happens for real, so `precinct check` refuses the text beforehand.
use std::collections::{BTreeMap, BTreeSet};

use incident::case::STATUSES;
use incident::event::{self, Event};
use incident::{Case, Incident, StaffMessage};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::derive::{ordinal_of, ordinal_of_agency};
use crate::kind::Kind;
use crate::render::{AgencyWords, Values, values};
use crate::subject::Subject;
use crate::texts::{Texts, environment};

/// An event with as little in it as it may have.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// In words: `case.assigned without a name`.
    pub name: String,
    /// What it triggers.
    pub kind: Kind,
    subject: Subject,
    ordinal: String,
}

/// A placeholder without a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{part}: {{{{ {placeholder} }}}} has no value after {trigger}; say what stands there without it")]
pub struct Unfilled {
    /// Kind whose file it stands in.
    pub kind: Kind,
    /// `text`, `subject` or `body`.
    pub part: &'static str,
    /// Its name.
    pub placeholder: String,
    /// What happened.
    pub trigger: String,
}

/// Every placeholder of `texts` that some trigger cannot fill.
pub fn unfilled(texts: &Texts, agency: &AgencyWords) -> BTreeSet<Unfilled> {
    let mut found = BTreeSet::new();
    for trigger in minimal() {
        let Trigger { name, kind, subject, ordinal } = trigger;
        let values = values(&subject, kind, &ordinal, agency, texts);
        let words = texts.of(kind);
        for (part, template) in [("text", &words.text), ("subject", &words.subject), ("body", &words.body)] {
            let missing = missing(template, &values);
            found.extend(missing.into_iter().map(|placeholder| Unfilled {
                kind,
                part,
                placeholder,
                trigger: name.clone(),
            }));
        }
    }
    found
}

/// The placeholders without which `template` does not render: of those without a value, what is left after taking
/// away one after another as long as it renders. What is asked for by `is defined` goes, and what stands behind it.
fn missing(template: &str, values: &Values) -> Vec<String> {
    let environment = environment();
    let Ok(template) = environment.template_from_str(template) else { return Vec::new() };
    let renders = |filled: &[String]| {
        let filled = filled.iter().map(|name| (name.clone(), "x".to_owned()));
        let known = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        template.render(known.chain(filled).collect::<BTreeMap<String, String>>()).is_ok()
    };
    let mut left: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    left.retain(|name| !values.contains_key(name.as_str()));
    left.sort();
    let without = |left: &[String], name: &String| -> Vec<String> {
        left.iter().filter(|other| *other != name).cloned().collect()
    };
    while let Some(spare) = left.iter().find(|name| renders(&without(&left, name))) {
        left = without(&left, spare);
    }
    left
}

/// The least of each trigger.
pub fn minimal() -> Vec<Trigger> {
    let mut triggers = vec![
        call(Kind::CallReceived, "incident.opened", "incident.opened", &json!({})),
        call(Kind::OfficersOnTheWay, "unit.enroute without a time of arrival", "unit.enroute", &json!({})),
        call(Kind::OfficersDelayed, "incident.opened and nobody under way", "incident.opened", &json!({})),
        call(Kind::CallClosed, "incident.closed without a disposition", "incident.closed", &json!({})),
        call(
            Kind::CallClosed,
            "incident.closed with a disposition that is not listed",
            "incident.closed",
            &json!({"disposition": "none of ours"}),
        ),
        call(Kind::Survey, "incident.closed", "incident.closed", &json!({})),
    ];
    for (name, agency) in [
        ("incident.transferred without the agency's phone", json!({"name": "A", "phone": ""})),
        ("incident.transferred without the agency's name", json!({"name": "", "phone": "+12185550100"})),
    ] {
        triggers.push(call(
            Kind::CallTransferred,
            name,
            "incident.transferred",
            &json!({ "agency": agency }),
        ));
    }
    for (name, investigator) in [
        ("case.assigned with an investigator of whom nothing is known", json!({})),
        ("case.assigned without the investigator's phone", json!({"name": "Det. Sample"})),
        ("case.assigned without the investigator's name", json!({"phone": "+12185550100"})),
    ] {
        triggers.push(case(
            Kind::CaseAssigned,
            name,
            "case.assigned",
            &json!({"investigator": investigator}),
        ));
    }
    for status in STATUSES {
        let name = format!("case.status_changed to {status}");
        triggers.push(case(Kind::CaseStatus, &name, "case.status_changed", &json!({"status": status})));
    }
    for (kind, event) in [
        (Kind::CaseNumber, "case.opened"),
        (Kind::CaseReferred, "case.referred_to_prosecutor"),
        (Kind::CaseCharged, "case.charged"),
        (Kind::CaseClosed, "case.closed"),
        (Kind::ContactRequested, "case.contact_requested"),
    ] {
        triggers.push(case(kind, event, event, &json!({})));
    }
    triggers.extend(staff_messages());
    triggers
}

fn call(kind: Kind, name: &str, event: &str, data: &Value) -> Trigger {
    let mut data = data.clone();
    data["incident"] = json!({"id": "26-1"});
    let mut incident = Incident::new("26-1");
    if let Ok(Event::Incident(stamp, event, data)) = event::read(event, Timestamp::UNIX_EPOCH, &data, false) {
        incident.apply(stamp, event, &data, false);
    }
    let transfer = incident.facts.transfers().next().map(|(_, agency)| ordinal_of_agency(agency));
    let ordinal = transfer.unwrap_or_else(|| "0".into());
    Trigger { name: name.into(), kind, subject: Subject::Incident(Box::new(incident)), ordinal }
}

fn case(kind: Kind, name: &str, event: &str, fields: &Value) -> Trigger {
    let mut data = json!({ "case": fields });
    data["case"]["number"] = json!("26-1");
    let mut case = Case::new("26-1");
    if let Ok(Event::Case(stamp, event, data)) = event::read(event, Timestamp::UNIX_EPOCH, &data, true) {
        case.apply(stamp, event, &data, false);
    }
    let assigned = case.facts.assignments().next().map(|(_, who)| ordinal_of(who));
    let status = case.facts.statuses().next().map(|(at, status)| format!("{status}.{}", at.as_second()));
    let ordinal = assigned.or(status).unwrap_or_else(|| "0".into());
    Trigger { name: name.into(), kind, subject: Subject::Case(Box::new(case), None), ordinal }
}

/// A message by staff about a call and about a case.
fn staff_messages() -> [Trigger; 2] {
    let message = StaffMessage {
        at: Timestamp::UNIX_EPOCH,
        by: String::new(),
        person: String::new(),
        way: None,
        text: "Please call.".into(),
        override_reason: None,
    };
    let mut incident = Incident::new("26-1");
    incident.private.write("0", message.clone());
    let mut case = Case::new("26-1");
    case.private.write("0", message);
    [
        ("a message of staff about a call", Subject::Incident(Box::new(incident))),
        ("a message of staff about a case", Subject::Case(Box::new(case), None)),
    ]
    .map(|(name, subject)| Trigger {
        name: name.into(),
        kind: Kind::StaffMessage,
        subject,
        ordinal: "0".into(),
    })
}
