//! May this address be told this, now? Gates in a fixed order; the first that closes gives the reason.
//!
//! Safety comes before everything that is merely pointless, so that the record shows the gravest reason.
use std::collections::BTreeMap;

use incident::{Contact, Person, Role, address};
use jiff::Timestamp;

use crate::contact::ContactState;
use crate::derive::{Audience, Candidate};
use crate::kind::{Channel, Kind, Reason};
use crate::policy::{Channels, Policy};
use crate::subject::{Subject, normalised};

/// What is known of each address, by its normalised form.
pub type Contacts = BTreeMap<String, ContactState>;

const SUSPECTS: &[Role] = &[Role::Suspect, Role::PersonOfInterest];
const CALLERS: &[Role] = &[Role::Caller, Role::ReportingParty];

/// The gates for one subject at one instant.
pub struct Gates<'a> {
    policy: &'a Policy,
    contacts: &'a Contacts,
    people: Vec<(String, &'a Person)>,
    denied: Option<Reason>,
    victims_named: bool,
    now: Timestamp,
}

/// A way to a person for one kind: the address to use, or why there is none.
pub type Way = (Channel, Result<String, Reason>);

impl<'a> Gates<'a> {
    /// The gates for `subject` at `now`.
    pub fn new(subject: &'a Subject, policy: &'a Policy, contacts: &'a Contacts, now: Timestamp) -> Self {
        let people = subject.people();
        let victims_named = people.iter().any(|(_, person)| person.has_role(&[Role::Victim]));
        Self { policy, contacts, denied: denied(subject, policy), people, victims_named, now }
    }

    /// Everybody with whom the record must deal.
    pub fn people(&self) -> &[(String, &'a Person)] {
        &self.people
    }

    /// The way or ways to `person` for `candidate`. Every way carries either an address that may be used or the
    /// reason why it may not.
    pub fn ways(&self, candidate: &Candidate, person: &Person) -> Vec<Way> {
        let channels = self.policy.channels(candidate.kind);
        let way = |channel| (channel, self.pass(candidate, person, channel));
        match channels {
            Channels::Text => vec![way(Channel::Text)],
            Channels::Email => vec![way(Channel::Email)],
            Channels::Both if person.phone().is_some() && person.email().is_some() => {
                vec![way(Channel::Text), way(Channel::Email)]
            }
            Channels::Both | Channels::First => {
                let text = way(Channel::Text);
                let no_text_possible = matches!(
                    text.1,
                    Err(Reason::NoAddress | Reason::NotASubscriberNumber | Reason::ContactNoText)
                );
                vec![if no_text_possible && person.email().is_some() { way(Channel::Email) } else { text }]
            }
        }
    }

    fn pass(&self, candidate: &Candidate, person: &Person, channel: Channel) -> Result<String, Reason> {
        self.subject_gate(candidate.kind)?;
        self.role_gate(candidate.audience, person)?;
        let address = usable_address(person, channel)?;
        self.sharing_gate(&address, channel)?;
        self.contact_gate(&address, channel)?;
        let consents = person.has_role(CALLERS) || person.contact() == Some(Contact::Ok);
        if consents { Ok(address) } else { Err(Reason::ContactAskFirst) }
    }

    fn subject_gate(&self, kind: Kind) -> Result<(), Reason> {
        if let Some(reason) = self.denied {
            return Err(reason);
        }
        if self.policy.is_on(kind) { Ok(()) } else { Err(Reason::KindOff) }
    }

    fn role_gate(&self, audience: Audience, person: &Person) -> Result<(), Reason> {
        if person.ever_suspect() {
            return Err(Reason::RoleSuspect);
        }
        let wanted = match audience {
            Audience::Victims => &[Role::Victim],
            Audience::VictimsElseCallers if self.victims_named => &[Role::Victim],
            Audience::Callers | Audience::VictimsElseCallers => CALLERS,
        };
        if !person.has_role(wanted) {
            return Err(Reason::RoleNotNotified);
        }
        if person.age().is_some_and(|age| age < self.policy.adult_age()) {
            Err(Reason::Minor)
        } else {
            Ok(())
        }
    }

    /// One address for several persons: the strictest of them decides.
    fn sharing_gate(&self, address: &str, channel: Channel) -> Result<(), Reason> {
        let sharing = self.people.iter().filter(|(_, person)| normalised(person).contains(address));
        for (_, person) in sharing {
            if person.ever_suspect() || person.has_role(SUSPECTS) {
                return Err(Reason::NumberOfSuspect);
            }
            wish_gate(person.contact(), channel)?;
        }
        Ok(())
    }

    fn contact_gate(&self, address: &str, channel: Channel) -> Result<(), Reason> {
        let Some(state) = self.contacts.get(address) else { return Ok(()) };
        wish_gate(state.wish(self.now), channel)?;
        if state.is_latched(self.now) {
            return Err(Reason::SafetyLatch);
        }
        if state.opt_out.is_some() {
            return Err(Reason::OptedOut);
        }
        if state.undeliverable { Err(Reason::UndeliverableAddress) } else { Ok(()) }
    }
}

/// The deny lists, over every call type and offence the incident ever had. Unknown is denied.
fn denied(subject: &Subject, policy: &Policy) -> Option<Reason> {
    let call = |incident: &incident::Incident| {
        let facts = &incident.facts;
        if !policy.allows_call_types(facts.call_types()) {
            return Some(Reason::CallTypeDenied);
        }
        (!policy.allows_offences(facts.place.offences())).then_some(Reason::OffenceDenied)
    };
    match subject {
        Subject::Incident(incident) => call(incident),
        Subject::Case(case, incident) => {
            let offences = case.facts.place.offences();
            let nothing_known = offences.is_empty() && incident.is_none();
            if nothing_known || !policy.allows_offences(offences) {
                return Some(Reason::OffenceDenied);
            }
            incident.as_deref().and_then(call)
        }
    }
}

fn usable_address(person: &Person, channel: Channel) -> Result<String, Reason> {
    let (sent, read): (_, fn(&str) -> _) = match channel {
        Channel::Text => (person.phone(), address::phone),
        Channel::Email => (person.email(), address::email),
    };
    read(sent.ok_or(Reason::NoAddress)?).map_err(|unusable| match unusable {
        address::Unusable::NotASubscriber => Reason::NotASubscriberNumber,
        address::Unusable::Malformed => Reason::NoAddress,
    })
}

fn wish_gate(wish: Option<Contact>, channel: Channel) -> Result<(), Reason> {
    match (wish, channel) {
        (Some(Contact::Never), _) => Err(Reason::ContactNever),
        (Some(Contact::AskFirst), _) => Err(Reason::ContactAskFirst),
        (Some(Contact::NoText), Channel::Text) => Err(Reason::ContactNoText),
        (Some(Contact::NoEmail), Channel::Email) => Err(Reason::ContactNoEmail),
        _ => Ok(()),
    }
}
