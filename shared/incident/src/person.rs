//! A person in a call or a case: how they are part of it, how they may be reached, what endangers them.
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::PersonFields;
use crate::register::{Register, Stamp};
use crate::staff::{StaffEntry, Vouched};

/// How a person is part of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum Role {
    Caller,
    ReportingParty,
    Victim,
    Witness,
    Suspect,
    PersonOfInterest,
    Involved,
    Guardian,
    VictimRepresentative,
    Advocate,
}

/// What the person said about being contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum Contact {
    Ok,
    AskFirst,
    NoText,
    NoEmail,
    Never,
}

/// What is known of a person, all of it personal data: stored sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    #[serde(skip_serializing_if = "Register::is_unset")]
    roles: Register<BTreeSet<Role>>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    name: Register<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    phone: Register<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    email: Register<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    language: Register<String>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    age: Register<u8>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    contact: Register<Contact>,
    #[serde(skip_serializing_if = "Register::is_unset")]
    removed: Register<bool>,
    /// What staff vouch for; no webhook can say it.
    #[serde(skip_serializing_if = "Register::is_unset")]
    vouched: Register<Vouched>,
    /// Was ever named as suspect or person of interest; never taken back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ever_suspect: bool,
    /// Ever asked not to be contacted; never taken back by a webhook.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ever_never: bool,
    /// Every phone and e-mail ever given: a latch covers old ones too.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    addresses: BTreeSet<String>,
    /// Erased by order; nothing is taken again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    erased: bool,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person([private])")
    }
}

impl Person {
    pub(crate) fn apply(&mut self, stamp: Stamp, fields: &PersonFields) {
        if self.erased {
            return;
        }
        self.roles.write_field(stamp, &fields.roles);
        self.name.write_field(stamp, &fields.name);
        self.phone.write_field(stamp, &fields.phone);
        self.email.write_field(stamp, &fields.email);
        self.language.write_field(stamp, &fields.language);
        self.age.write_field(stamp, &fields.age);
        self.contact.write_field(stamp, &fields.contact);
        // Being mentioned again without `removed` does not bring a person back: only `removed: false` does.
        self.removed.write_field(stamp, &fields.removed);
        let suspect = |role: &Role| matches!(role, Role::Suspect | Role::PersonOfInterest);
        self.ever_suspect |= fields.roles.iter().flatten().flatten().any(suspect);
        self.ever_never |= fields.contact == Some(Some(Contact::Never));
        let given = [fields.phone.iter().flatten().next(), fields.email.iter().flatten().next()];
        self.addresses.extend(given.into_iter().flatten().cloned());
    }

    /// Takes what staff entered about the person.
    pub(crate) fn enter(&mut self, stamp: Stamp, entry: &StaffEntry) {
        if self.erased {
            return;
        }
        self.apply(stamp, &entry.fields);
        let StaffEntry { basis, by, guardian_of, .. } = entry.clone();
        self.vouched.write(stamp, Some(Vouched { basis, by, guardian_of }));
    }

    /// Takes everything that is known of the same person elsewhere. Commutative and idempotent, as events are.
    pub(crate) fn absorb(&mut self, other: &Self) {
        if self.erased || other.erased {
            return self.erase();
        }
        self.roles.absorb(&other.roles);
        self.name.absorb(&other.name);
        self.phone.absorb(&other.phone);
        self.email.absorb(&other.email);
        self.language.absorb(&other.language);
        self.age.absorb(&other.age);
        self.contact.absorb(&other.contact);
        self.removed.absorb(&other.removed);
        self.vouched.absorb(&other.vouched);
        self.ever_suspect |= other.ever_suspect;
        self.ever_never |= other.ever_never;
        self.addresses.extend(other.addresses.iter().cloned());
    }

    /// Deletes everything for good: whatever is told of this person again is not taken.
    pub(crate) fn erase(&mut self) {
        *self = Self { erased: true, ..Self::default() };
    }

    /// Whether the person was erased by order.
    pub fn is_erased(&self) -> bool {
        self.erased
    }

    /// The minor of whom this is a guardian that staff confirmed is not involved.
    pub fn confirmed_guardian_of(&self) -> Option<&str> {
        self.vouched.get()?.guardian_of.as_deref()
    }

    /// Whether staff entered the person with the basis of a consent; by which way stands in [`Person::contact`].
    pub fn has_consent_by_staff(&self) -> bool {
        self.vouched.get().is_some()
    }

    /// Present roles; empty after removal.
    pub fn roles(&self) -> BTreeSet<Role> {
        if self.is_removed() { BTreeSet::new() } else { self.roles.get().cloned().unwrap_or_default() }
    }

    /// Whether one of `roles` is present.
    pub fn has_role(&self, roles: &[Role]) -> bool {
        let present = self.roles();
        roles.iter().any(|role| present.contains(role))
    }

    /// Taken off the incident by the sender.
    pub fn is_removed(&self) -> bool {
        self.removed.get().copied().unwrap_or_default()
    }

    /// Named as suspect or person of interest at any time.
    pub fn ever_suspect(&self) -> bool {
        self.ever_suspect
    }

    /// The wish about contact; `never` stays once said.
    pub fn contact(&self) -> Option<Contact> {
        if self.ever_never { Some(Contact::Never) } else { self.contact.get().copied() }
    }

    /// Age in years, if told.
    pub fn age(&self) -> Option<u8> {
        self.age.get().copied()
    }

    /// ISO 639 language, if told.
    pub fn language(&self) -> Option<&str> {
        self.language.get().map(String::as_str)
    }

    /// Name as sent.
    pub fn name(&self) -> Option<&str> {
        self.name.get().map(String::as_str)
    }

    /// Phone as sent.
    pub fn phone(&self) -> Option<&str> {
        self.phone.get().map(String::as_str)
    }

    /// When the phone was told.
    pub fn phone_at(&self) -> Option<Timestamp> {
        self.phone.at()
    }

    /// E-mail as sent.
    pub fn email(&self) -> Option<&str> {
        self.email.get().map(String::as_str)
    }

    /// Every address ever given, as sent.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.addresses.iter().map(String::as_str)
    }

    /// Adds what decides whether this person may be contacted to a canonical text.
    pub(crate) fn write_safety(&self, id: &str, out: &mut String) {
        use std::fmt::Write;
        let roles = self.roles();
        let _ = write!(out, "|{id}:{roles:?}:{}:{:?}:{:?}:", self.ever_suspect, self.contact(), self.age());
        let _ = write!(out, "{:?}:{:?}:{:?}", self.phone(), self.email(), self.addresses);
        if let Some(minor) = self.confirmed_guardian_of() {
            let _ = write!(out, ":{minor}");
        }
    }
}
