//! What staff add to a call or a case by hand: messages in their own words, people who did not call, and what they
//! vouch for. Personal data, stored sealed with the people.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::PersonFields;
use crate::register::Stamp;

/// Rank of what staff enter: it wins over any event of the same instant.
const RANK: u8 = u8::MAX;

/// A message in a person's own words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMessage {
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it (token subject).
    pub by: String,
    /// Id of the person it goes to.
    pub person: String,
    /// By which way; none: as the kind's channels say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub way: Option<Way>,
    /// The words.
    pub text: String,
    /// Why it goes out although the call or the address is off limits; only for roles that may decide so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub override_reason: Option<String>,
}

/// A way to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Text message.
    Text,
    /// E-mail.
    Email,
}

impl std::fmt::Debug for StaffMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffMessage").field("at", &self.at).finish_non_exhaustive()
    }
}

/// A person as staff enter them.
#[derive(Clone, PartialEq)]
pub struct StaffEntry {
    /// Who they are and how they may be reached; `contact` and its basis are the consent.
    pub fields: PersonFields,
    /// On what the consent rests, e.g. `asked by telephone`.
    pub basis: String,
    /// Who entered it (token subject).
    pub by: String,
    /// The minor of whom this is a guardian that staff confirmed is not involved.
    pub guardian_of: Option<String>,
}

/// What staff vouch for about a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// On what the consent rests.
    pub basis: String,
    /// Who entered it.
    pub by: String,
    /// The minor of whom this is a confirmed guardian.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub guardian_of: Option<String>,
}

// Words of staff about a person, and who of them wrote.
impl std::fmt::Debug for StaffEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StaffEntry([private])")
    }
}

impl std::fmt::Debug for Vouched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vouched([private])")
    }
}

impl StaffEntry {
    /// The stamp of an entry made at `at`.
    pub fn stamp(at: Timestamp) -> Stamp {
        Stamp { at, rank: RANK }
    }
}
