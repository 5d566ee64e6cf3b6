//! Legal holds: what must not be deleted, whatever stands in `retention.toml` and whoever asks, until somebody lifts it.
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a hold is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A call, with the case that came of it.
    Incident,
    /// A case, with the call it came of.
    Case,
    /// A person by telephone number or e-mail address, with every call and case that they are part of.
    Person,
    /// An officer's file.
    Officer,
}

impl Scope {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Case => "case",
            Self::Person => "person",
            Self::Officer => "officer",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all = [Self::Incident, Self::Case, Self::Person, Self::Officer];
        let found = all.into_iter().find(|scope| scope.word() == word);
        found.ok_or_else(|| format!("{word} cannot be held; incident, case, person or officer can"))
    }
}

/// A hold.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// What it is on.
    pub scope: Scope,
    /// Number of the call or case, id of the officer, blind index of the person's address.
    pub value: String,
    /// Who placed it.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// Why, e.g. the number of the lawsuit; without personal data.
    pub reason: String,
}

// What is held may be the blind index of a person, and the reason says of whom.
impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold").field("scope", &self.scope).field("since", &self.since).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_by_its_word() {
        assert_eq!("person".parse(), Ok(Scope::Person));
        assert!("persons".parse::<Scope>().unwrap_err().contains("incident, case, person or officer"));
    }
}
