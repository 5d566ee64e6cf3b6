//! What is known of an address: opt-outs, wishes, the safety latch. Stored in Contacts by blind index.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use incident::Contact;

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
    /// The recipient's opt-out, if in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<OptOut>,
    /// A wish entered by staff, with the day it must be asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
    /// The provider reported that nothing can be delivered here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undeliverable: bool,
}

/// An opt-out of everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptOut {
    /// When it was received.
    pub at: Timestamp,
    /// How: `text`, `provider`.
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

impl ContactState {
    /// Whether the latch holds at `now`.
    pub fn is_latched(&self, now: Timestamp) -> bool {
        self.latch_until.is_some_and(|until| until > now)
    }

    /// The wish in force at `now`.
    pub fn wish(&self, now: Timestamp) -> Option<Contact> {
        self.flag.as_ref().filter(|flag| flag.until > now).map(|flag| flag.wish)
    }

    /// The state after a latch until `until`, or `None` where that changes nothing: latches only lengthen.
    pub fn latched(&self, until: Timestamp) -> Option<Self> {
        (self.latch_until < Some(until)).then(|| Self {
            rev: self.rev + 1,
            latch_until: Some(until),
            ..self.clone()
        })
    }
}
