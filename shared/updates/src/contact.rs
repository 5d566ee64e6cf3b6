//! What is known of an address: opt-outs, wishes, the safety latch. Stored in Contacts by blind index.
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use incident::Contact;

use crate::kind::{Channel, Class, Kind};

/// Longest time for which an address counts as confirmed safe.
pub const CONFIRMED_SAFE_AT_MOST: SignedDuration = SignedDuration::from_hours(24 * 90);

/// State of one phone number or e-mail address. `rev` grows with each write: the claim of a message is conditional
/// on the revision it was decided with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactState {
    /// Revision; 0 means that nothing is stored.
    pub rev: u64,
    /// Until when no automatic message goes to this address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latch_until: Option<Timestamp>,
    /// The recipient's opt-outs in force, each scope once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opt_outs: Vec<OptOut>,
    /// A wish entered by staff, with the day it must be asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
    /// Ways that staff confirmed as safe for news of a case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confirmed_safe: Vec<ConfirmedSafe>,
    /// The provider reported that nothing can be delivered here (landline, dead number, hard bounce, complaint).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undeliverable: bool,
    /// When the message was sent whose receipt last decided that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach_at: Option<Timestamp>,
    /// Language asked for by keyword, ISO 639.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// When a survey last went here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey_at: Option<Timestamp>,
    /// About which call, by key: a survey that the provider was too busy for is sent later all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey_for: Option<String>,
}

/// What an opt-out is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything.
    All,
    /// One class of messages.
    Class(Class),
    /// One case, by number.
    Case(String),
}

/// An opt-out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptOut {
    /// What it is about.
    pub scope: Scope,
    /// When it was received: the clock of ten business days (47 CFR 64.1200(a)(10)) runs from here.
    pub at: Timestamp,
    /// How: `text`, `email`, `staff` or `provider`.
    pub by: String,
}

/// A wish about contact that holds until it must be asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// The wish.
    pub wish: Contact,
    /// When it lapses.
    pub until: Timestamp,
}

/// A way that staff confirmed as safe, for news of a case alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedSafe {
    /// By which way.
    pub channel: Channel,
    /// Who confirmed it (token subject).
    pub by: String,
    /// When it lapses; at most [`CONFIRMED_SAFE_AT_MOST`] after it was entered.
    pub until: Timestamp,
}

// Who confirmed it is a person too.
impl std::fmt::Debug for ConfirmedSafe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("ConfirmedSafe");
        shown.field("channel", &self.channel).field("until", &self.until).finish_non_exhaustive()
    }
}

impl ContactState {
    /// Whether the latch holds at `now`.
    pub fn is_latched(&self, now: Timestamp) -> bool {
        self.latch_until.is_some_and(|until| until > now)
    }

    /// The wish in force at `now`.
    pub fn wish(&self, now: Timestamp) -> Option<Contact> {
        self.flag.as_ref().filter(|flag| flag.until > now).map(|flag| flag.wish)
    }

    /// Whether staff confirmed `channel` as safe and it has not lapsed at `now`.
    pub fn is_confirmed_safe(&self, channel: Channel, now: Timestamp) -> bool {
        self.confirmed_safe.iter().any(|safe| safe.channel == channel && safe.until > now)
    }

    /// Whether an opt-out covers a message of `kind`, about `case` where it is about one.
    pub fn is_opted_out(&self, kind: Kind, case: Option<&str>) -> bool {
        self.opt_outs.iter().any(|opt_out| match &opt_out.scope {
            Scope::All => true,
            Scope::Class(class) => *class == kind.class(),
            Scope::Case(number) => case == Some(number),
        })
    }

    /// Whether something other than an opt-out still holds at `now`: a latch, a wish, a way confirmed as safe.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.is_latched(now)
            || self.wish(now).is_some()
            || self.confirmed_safe.iter().any(|safe| safe.until > now)
    }

    /// The opt-outs and nothing else, under the next revision: what is left when everything else is deleted.
    #[must_use]
    pub fn opt_outs_alone(&self) -> Self {
        Self { rev: self.rev + 1, opt_outs: self.opt_outs.clone(), ..Self::default() }
    }

    /// The state after a latch until `until`, or `None` where that changes nothing: latches only lengthen.
    pub fn latched(&self, until: Timestamp) -> Option<Self> {
        (self.latch_until < Some(until)).then(|| Self { latch_until: Some(until), ..self.next() })
    }

    /// The state after an opt-out, or `None` where that changes nothing. The first one of a scope keeps its date.
    pub fn opted_out(&self, scope: Scope, at: Timestamp, by: &str) -> Option<Self> {
        if self.opt_outs.iter().any(|known| known.scope == Scope::All || known.scope == scope) {
            return None;
        }
        let mut next = self.next();
        next.opt_outs.push(OptOut { scope, at, by: by.into() });
        Some(next)
    }

    /// The state after START, or `None` where that changes nothing. It lifts opt-outs alone, never a latch or a wish.
    pub fn opted_in(&self) -> Option<Self> {
        (!self.opt_outs.is_empty()).then(|| Self { opt_outs: Vec::new(), ..self.next() })
    }

    /// The same for a START received at `at`: opt-outs that came after it stay, since texts may be handled out of order.
    pub fn opted_in_as_of(&self, at: Timestamp) -> Option<Self> {
        let later: Vec<OptOut> = self.opt_outs.iter().filter(|opt_out| opt_out.at > at).cloned().collect();
        (later.len() < self.opt_outs.len()).then(|| Self { opt_outs: later, ..self.next() })
    }

    /// The state after a receipt showed whether a message sent at `sent_at` could reach this address, or `None` where that
    /// changes nothing. The message sent last decides, whatever order receipts come in; a failure decides over a delivery
    /// of the same instant. A delivery to an address that never failed is not worth a write.
    pub fn reached(&self, reachable: bool, sent_at: Timestamp) -> Option<Self> {
        let news = match (self.undeliverable, reachable) {
            (false, true) => self.reach_at.is_some_and(|decided| decided < sent_at),
            (false, false) => self.reach_at <= Some(sent_at),
            (true, _) => self.reach_at < Some(sent_at),
        };
        news.then(|| Self { undeliverable: !reachable, reach_at: Some(sent_at), ..self.next() })
    }

    /// What holds where the same address is known in two places: of each thing, what protects more. The revision is this
    /// one's.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        joined.latch_until = self.latch_until.max(other.latch_until);
        let known = |opt_out: &&OptOut| !self.opt_outs.iter().any(|own| own.scope == opt_out.scope);
        joined.opt_outs.extend(other.opt_outs.iter().filter(known).cloned());
        joined.flag = match (&self.flag, &other.flag) {
            (Some(own), Some(others)) if strictness(own.wish) >= strictness(others.wish) => Some(own.clone()),
            (own, others) => others.clone().or_else(|| own.clone()),
        };
        joined.confirmed_safe.retain(|safe| other.confirmed_safe.contains(safe));
        joined.undeliverable |= other.undeliverable;
        joined.reach_at = self.reach_at.max(other.reach_at);
        joined.language = self.language.clone().or_else(|| other.language.clone());
        if other.survey_at > self.survey_at {
            (joined.survey_at, joined.survey_for) = (other.survey_at, other.survey_for.clone());
        }
        joined
    }

    /// The same state under the next revision, to be changed and written.
    pub fn next(&self) -> Self {
        Self { rev: self.rev + 1, ..self.clone() }
    }
}

/// How much a wish forbids.
fn strictness(wish: Contact) -> u8 {
    match wish {
        Contact::Ok => 0,
        Contact::AskFirst => 1,
        Contact::NoText | Contact::NoEmail => 2,
        Contact::Never => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_places_what_protects_more_holds() {
        let flag = |wish| Some(Flag { wish, until: at() });
        let safe = ConfirmedSafe { channel: Channel::Text, by: "s".into(), until: at() };
        let one = ContactState {
            rev: 4,
            flag: flag(Contact::Ok),
            confirmed_safe: vec![safe],
            ..ContactState::default()
        };
        let one = one.opted_out(Scope::All, at(), "text").unwrap();
        let two = ContactState {
            rev: 1,
            flag: flag(Contact::Never),
            undeliverable: true,
            ..ContactState::default()
        };
        let two = two.latched(at()).unwrap();
        for (joined, rev) in [(one.joined(&two), 5), (two.joined(&one), 2)] {
            assert_eq!((joined.rev, joined.latch_until, joined.undeliverable), (rev, Some(at()), true));
            assert_eq!(
                (joined.wish(at() - SignedDuration::from_secs(1)), joined.opt_outs.len()),
                (Some(Contact::Never), 1)
            );
            assert_eq!(joined.confirmed_safe, []);
        }
        assert_eq!(one.joined(&ContactState::default()).opt_outs, one.opt_outs);
    }

    fn at() -> Timestamp {
        "2026-07-04T14:00:00-05:00".parse().unwrap()
    }

    #[track_caller]
    fn check(scopes: &[Scope], kind: Kind, case: Option<&str>, expected: bool) {
        let state = scopes.iter().fold(ContactState::default(), |state, scope| {
            state.opted_out(scope.clone(), at(), "text").unwrap_or(state)
        });
        assert_eq!(state.is_opted_out(kind, case), expected);
    }

    #[test]
    fn an_opt_out_reaches_as_far_as_its_scope() {
        check(&[Scope::All], Kind::CallReceived, None, true);
        check(&[Scope::Class(Class::Survey)], Kind::Survey, None, true);
        check(&[Scope::Class(Class::Survey)], Kind::CaseClosed, Some("26-1"), false);
        check(&[Scope::Case("26-1".into())], Kind::CaseClosed, Some("26-1"), true);
        check(&[Scope::Case("26-1".into())], Kind::CaseClosed, Some("26-2"), false);
        check(&[Scope::Case("26-1".into())], Kind::CallReceived, None, false);
    }

    #[test]
    fn the_first_opt_out_of_a_scope_keeps_its_date_and_start_lifts_them_all() {
        let state = ContactState::default().opted_out(Scope::All, at(), "text").unwrap();
        assert_eq!(state.opted_out(Scope::Class(Class::Survey), at(), "email"), None);
        let latched = state.latched(at()).unwrap();
        assert_eq!(latched.opted_in_as_of(at() - SignedDuration::from_secs(1)), None);
        let lifted = latched.opted_in_as_of(at()).unwrap();
        assert_eq!((lifted.opt_outs.len(), lifted.latch_until), (0, Some(at())));
        assert_eq!(lifted.opted_in(), None);
    }
}
