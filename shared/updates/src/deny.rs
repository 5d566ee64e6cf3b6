//! The deny lists of `updates.toml`: about which call types and offences anybody may be told, and which latch. How far
//! a department's own lists go beyond those that are shipped decides how many people must approve them.
use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::policy::PolicyError;

/// The lists as they are shipped. A copy, since a department edits its own `updates.toml`; a test of `precinct check`
/// holds the two together.
const SHIPPED: &str = include_str!("shipped_deny_lists.toml");

/// Both lists of `updates.toml`; its other keys are not read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DenyLists {
    /// Call types.
    pub call_types: Denials,
    /// Offences.
    pub offences: Denials,
}

/// Whatever is not allowed is denied. `denied` changes nothing by itself: it tells a code that somebody looked at and
/// refused from one that nobody has seen. What latches is denied and latches.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denials {
    /// May be told about.
    pub allowed: BTreeSet<String>,
    /// Denied on purpose.
    #[serde(default)]
    pub denied: BTreeSet<String>,
    /// Denied, and stops everything automatic to every address concerned for a time.
    pub latching: BTreeSet<String>,
}

/// A call type or an offence about which a department is less careful than the lists as shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loosened {
    /// It may be told about, although it is denied as shipped.
    Allowed(String),
    /// It no longer latches.
    NotLatching(String),
}

impl DenyLists {
    /// The lists as shipped.
    pub fn shipped() -> &'static Self {
        static LISTS: OnceLock<DenyLists> = OnceLock::new();
        LISTS.get_or_init(|| toml::from_str(SHIPPED).expect("the shipped lists are read by every test"))
    }

    /// SHA-256 of what the lists do, whatever their order, spacing and comments: what an approval names. `denied` does
    /// nothing and is left out.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        let lists = [
            ("call_types.allowed", &self.call_types.allowed),
            ("call_types.latching", &self.call_types.latching),
            ("offences.allowed", &self.offences.allowed),
            ("offences.latching", &self.offences.latching),
        ];
        for (name, codes) in lists {
            hash.update(format!("{name}\n"));
            for code in codes {
                hash.update(format!(" {code}\n"));
            }
        }
        hex::encode(hash.finalize())
    }

    /// What these lists let through or no longer latch, compared with those as shipped: call types, then offences.
    pub fn loosened(&self) -> Vec<Loosened> {
        let shipped = Self::shipped();
        let mut loosened = self.call_types.loosened(&shipped.call_types);
        loosened.extend(self.offences.loosened(&shipped.offences));
        loosened
    }

    /// How many different people must approve these lists.
    pub fn signatures_needed(&self) -> usize {
        if self.loosened().is_empty() { 1 } else { 2 }
    }
}

impl Denials {
    /// Refuses a list that contradicts itself.
    pub(crate) fn check(&self, list: &str) -> Result<(), PolicyError> {
        for (other, name) in [(&self.latching, "latching"), (&self.denied, "denied")] {
            if let Some(both) = self.allowed.intersection(other).next() {
                return Err(PolicyError(format!("{list}: {both} cannot be allowed and {name} at once")));
            }
        }
        Ok(())
    }

    /// Whether the code stands in any list.
    pub(crate) fn knows(&self, code: &str) -> bool {
        [&self.allowed, &self.denied, &self.latching].iter().any(|list| list.contains(code))
    }

    fn loosened(&self, shipped: &Self) -> Vec<Loosened> {
        let allowed = self.allowed.difference(&shipped.allowed).cloned().map(Loosened::Allowed);
        let unlatched =
            shipped.latching.difference(&self.latching).filter(|code| !self.allowed.contains(*code));
        allowed.chain(unlatched.cloned().map(Loosened::NotLatching)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(change: impl FnOnce(&mut DenyLists), expected: &[Loosened]) {
        let mut lists = DenyLists::shipped().clone();
        change(&mut lists);
        assert_eq!(lists.loosened(), expected);
        assert_eq!(lists.signatures_needed(), if expected.is_empty() { 1 } else { 2 });
    }

    #[test]
    fn only_what_is_less_careful_than_shipped_is_named() {
        check(|_| (), &[]);
        check(|lists| lists.call_types.allowed.retain(|code| code != "NOISE"), &[]);
        check(|lists| lists.call_types.latching.extend(["OWN".to_owned()]), &[]);
        check(
            |lists| lists.offences.latching.retain(|code| code != "11A"),
            &[Loosened::NotLatching("11A".into())],
        );
        check(
            |lists| {
                lists.call_types.latching.remove("DVA");
                lists.call_types.allowed.insert("DVA".into());
            },
            &[Loosened::Allowed("DVA".into())],
        );
    }

    #[test]
    fn the_hash_is_of_the_lists_and_not_of_their_writing() {
        let text =
            "[call_types]\nallowed = [\"B\", \"A\"]\nlatching = []\n[offences]\nallowed = []\nlatching = []";
        let other = text.replace("\"B\", \"A\"", "\n  \"A\", # first\n  \"B\",\n");
        let read = |text: &str| toml::from_str::<DenyLists>(text).unwrap();
        assert_eq!(read(text).hash(), read(&other).hash());
        assert_ne!(read(text).hash(), read(&text.replace("\"B\"", "\"C\"")).hash());
    }
}
