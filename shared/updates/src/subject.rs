//! What updates are about: a call, or a case together with the call it came of.
use std::collections::BTreeSet;

use incident::call::Private;
use incident::{Case, Incident, Person, address};

use crate::policy::Policy;

/// A call or a case with its people.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A call for service.
    Incident(Box<Incident>),
    /// A case, and its call where one is linked and known.
    Case(Box<Case>, Option<Box<Incident>>),
}

impl Subject {
    /// Key of a call, e.g. `INC#26-048213`.
    pub fn incident_key(id: &str) -> String {
        format!("INC#{id}")
    }

    /// Key of a case, e.g. `CASE#26-1234`.
    pub fn case_key(number: &str) -> String {
        format!("CASE#{number}")
    }

    /// The subject's own key.
    pub fn key(&self) -> String {
        match self {
            Self::Incident(incident) => Self::incident_key(&incident.id),
            Self::Case(case, _) => Self::case_key(&case.number),
        }
    }

    /// Its own people and what staff wrote.
    pub fn private(&self) -> &Private {
        match self {
            Self::Incident(incident) => &incident.private,
            Self::Case(case, _) => &case.private,
        }
    }

    /// Number of the case, where it is one.
    pub fn case_number(&self) -> Option<&str> {
        match self {
            Self::Incident(_) => None,
            Self::Case(case, _) => Some(&case.number),
        }
    }

    /// Type of the call, of the linked one for a case.
    pub fn call_type(&self) -> Option<&str> {
        match self {
            Self::Incident(incident) => incident.facts.call_type(),
            Self::Case(_, incident) => incident.as_deref().and_then(|incident| incident.facts.call_type()),
        }
    }

    /// Senders that told of it.
    pub fn sources(&self) -> &BTreeSet<String> {
        match self {
            Self::Incident(incident) => incident.facts.sources(),
            Self::Case(case, _) => case.facts.sources(),
        }
    }

    /// Whether it latches the addresses of everybody in it; a case also by the call it came of.
    pub fn latches(&self, policy: &Policy) -> bool {
        match self {
            Self::Incident(incident) => {
                policy.latches(incident.facts.call_types(), incident.facts.place.offences())
            }
            Self::Case(case, call) => {
                let by_call =
                    |call: &Incident| policy.latches(call.facts.call_types(), call.facts.place.offences());
                policy.latches(&BTreeSet::new(), case.facts.place.offences())
                    || call.as_deref().is_some_and(by_call)
            }
        }
    }

    /// Everybody in it. People of the linked call carry its mark, since the two systems number people apart.
    pub fn people(&self) -> Vec<(String, &Person)> {
        match self {
            Self::Incident(incident) => {
                incident.private.people.iter().map(|(id, person)| (id.clone(), person)).collect()
            }
            Self::Case(case, incident) => {
                let own = case.private.people.iter().map(|(id, person)| (id.clone(), person));
                let linked = incident.iter().flat_map(|incident| &incident.private.people);
                own.chain(linked.map(|(id, person)| (format!("call.{id}"), person))).collect()
            }
        }
    }

    /// Every usable address of everybody in it, normalised: what Contacts must be asked about.
    pub fn addresses(&self) -> BTreeSet<String> {
        self.people().into_iter().flat_map(|(_, person)| normalised(person)).collect()
    }
}

/// Every usable address a person ever had, normalised.
pub fn normalised(person: &Person) -> BTreeSet<String> {
    let one =
        |text: &str| if text.contains('@') { address::email(text).ok() } else { address::phone(text).ok() };
    person.addresses().filter_map(one).collect()
}
