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
    subject: &'a Subject,
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
        Self { subject, policy, contacts, denied: denied(subject, policy), people, victims_named, now }
    }

    /// Everybody with whom the record must deal.
    pub fn people(&self) -> &[(String, &'a Person)] {
        &self.people
    }

    /// The way or ways to the person `id` for `candidate`; none for a message to somebody else whom staff chose.
    /// Every way carries either an address that may be used or the reason why it may not.
    pub fn ways(&self, candidate: &Candidate, id: &str, person: &Person) -> Vec<Way> {
        let written = match &candidate.audience {
            Audience::Chosen(chosen) if chosen != id => return Vec::new(),
            Audience::Chosen(_) => self.subject.private().staff_messages.get(&candidate.ordinal),
            _ => None,
        };
        let channels = match written.and_then(|message| message.way) {
            Some(incident::staff::Way::Text) => Channels::Text,
            Some(incident::staff::Way::Email) => Channels::Email,
            None => self.policy.channels(candidate.kind),
        };
        let way = |channel| (channel, self.pass(candidate, id, person, channel));
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
                    Err(Reason::NoAddress
                        | Reason::NotASubscriberNumber
                        | Reason::UndeliverableAddress
                        | Reason::ContactNoText)
                );
                vec![if no_text_possible && person.email().is_some() { way(Channel::Email) } else { text }]
            }
        }
    }

    fn pass(
        &self,
        candidate: &Candidate,
        id: &str,
        person: &Person,
        channel: Channel,
    ) -> Result<String, Reason> {
        let address = usable_address(person, channel);
        let lifted = self.is_lifted(candidate, address.as_deref().ok(), channel);
        if let Some(reason) = self.denied.filter(|_| !lifted) {
            return Err(reason);
        }
        if !self.policy.is_on(candidate.kind) {
            return Err(Reason::KindOff);
        }
        self.role_gate(candidate, person)?;
        self.age_gate(person)?;
        let address = address?;
        self.sharing_gate(id, &address, channel)?;
        self.contact_gate(candidate.kind, &address, channel, lifted)?;
        if channel == Channel::Text && candidate.kind.is_about_a_case() && !lifted {
            self.ageing_gate(person)?;
        }
        let chosen = matches!(candidate.audience, Audience::Chosen(_));
        let consents = chosen
            || person.has_role(CALLERS)
            || self.is_guardian(person)
            || person.has_consent_by_staff()
            || person.contact() == Some(Contact::Ok);
        if consents { Ok(address) } else { Err(Reason::ContactAskFirst) }
    }

    /// Whether a deny list or a latch does not count: staff confirmed the way as safe, for news of a case alone; or the
    /// message is of staff who said why it must go out all the same.
    fn is_lifted(&self, candidate: &Candidate, address: Option<&str>, channel: Channel) -> bool {
        if candidate.kind == Kind::StaffMessage {
            let written = self.subject.private().staff_messages.get(&candidate.ordinal);
            return written.is_some_and(|message| message.override_reason.is_some());
        }
        let state = address.and_then(|address| self.contacts.get(address));
        candidate.kind.is_about_a_case()
            && self.subject.case_number().is_some()
            && state.is_some_and(|state| state.is_confirmed_safe(channel, self.now))
    }

    fn role_gate(&self, candidate: &Candidate, person: &Person) -> Result<(), Reason> {
        if person.ever_suspect() {
            return Err(Reason::RoleSuspect);
        }
        let wanted = self.wanted(&candidate.audience);
        let is_wanted = wanted.is_none_or(|roles| person.has_role(roles));
        let for_a_minor =
            wanted.is_some_and(|roles| self.ward(person).is_some_and(|minor| minor.has_role(roles)));
        if is_wanted || for_a_minor { Ok(()) } else { Err(Reason::RoleNotNotified) }
    }

    /// Roles a kind goes to; none for a person whom staff chose.
    fn wanted(&self, audience: &Audience) -> Option<&'static [Role]> {
        match audience {
            Audience::Victims => Some(&[Role::Victim]),
            Audience::VictimsElseCallers if self.victims_named => Some(&[Role::Victim]),
            Audience::Callers | Audience::VictimsElseCallers => Some(CALLERS),
            Audience::Chosen(_) => None,
        }
    }

    fn is_minor(&self, person: &Person) -> bool {
        person.age().is_some_and(|age| age < self.policy.adult_age())
    }

    fn age_gate(&self, person: &Person) -> Result<(), Reason> {
        if self.is_minor(person) { Err(Reason::Minor) } else { Ok(()) }
    }

    /// The minor in this subject of whom `person` is a guardian that staff confirmed is not involved.
    fn ward(&self, person: &Person) -> Option<&'a Person> {
        let minor = person.confirmed_guardian_of()?;
        let ward = self.people.iter().find(|(id, _)| id == minor).map(|(_, person)| *person)?;
        self.is_minor(ward).then_some(ward)
    }

    fn is_guardian(&self, person: &Person) -> bool {
        self.ward(person).is_some()
    }

    /// A number may belong to somebody else by now, if nobody has told it for long: a person makes sure first.
    fn ageing_gate(&self, person: &Person) -> Result<(), Reason> {
        let is_old = person.phone_at().is_some_and(|told| told + self.policy.number_recheck() < self.now);
        if is_old { Err(Reason::ContactAskFirst) } else { Ok(()) }
    }

    /// One address for several persons: the strictest of them decides.
    fn sharing_gate(&self, id: &str, address: &str, channel: Channel) -> Result<(), Reason> {
        let sharing = self.people.iter().filter(|(_, person)| normalised(person).contains(address));
        for (other, person) in sharing {
            if person.ever_suspect() || person.has_role(SUSPECTS) {
                return Err(Reason::NumberOfSuspect);
            }
            wish_gate(person.contact(), channel)?;
            let ward_of_the_recipient = self
                .people
                .iter()
                .any(|(one, guardian)| one == id && guardian.confirmed_guardian_of() == Some(other));
            if self.is_minor(person) && !person.is_removed() && !ward_of_the_recipient {
                return Err(Reason::Minor);
            }
        }
        Ok(())
    }

    fn contact_gate(&self, kind: Kind, address: &str, channel: Channel, lifted: bool) -> Result<(), Reason> {
        let Some(state) = self.contacts.get(address) else { return Ok(()) };
        wish_gate(state.wish(self.now), channel)?;
        if state.is_latched(self.now) && !lifted {
            return Err(Reason::SafetyLatch);
        }
        if state.is_opted_out(kind, self.subject.case_number()) {
            return Err(Reason::OptedOut);
        }
        if state.undeliverable {
            return Err(Reason::UndeliverableAddress);
        }
        let other = state.survey_for.as_deref() != Some(self.subject.key().as_str());
        let surveyed =
            other && state.survey_at.is_some_and(|at| self.now < at + self.policy.survey_interval());
        if kind == Kind::Survey && surveyed { Err(Reason::SurveyCap) } else { Ok(()) }
    }
}

/// The deny lists, over every call type and offence the incident ever had. Unknown is denied.
pub fn denied(subject: &Subject, policy: &Policy) -> Option<Reason> {
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
