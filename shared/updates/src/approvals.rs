//! `approvals.toml`: what a person signed off, and exactly which version of it. A text whose hash is not approved is
//! never sent; without an approved deny list nothing is sent at all.
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::deny::DenyLists;

/// The approvals of an agency folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Approvals {
    /// By language: [`files_hash`] of all its texts together.
    pub texts: BTreeMap<String, Approval>,
    /// By language: [`page_hash`] of its public page.
    pub pages: BTreeMap<String, Approval>,
    /// [`DenyLists::hash`] of `updates.toml`; two people where a type is allowed that is denied as shipped.
    pub deny_list: Vec<Approval>,
    /// Hash of the early-intervention ruleset, `eis.toml`.
    pub ruleset: Vec<Approval>,
    /// [`files_hash`] of the public map's settings and its study area.
    pub map: Vec<Approval>,
}

/// Who approved what, and when.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Name of the person.
    pub name: String,
    /// Day of the approval.
    pub date: Date,
    /// Hash of what was approved.
    pub hash: String,
}

// Without the name.
impl std::fmt::Debug for Approval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Approval");
        shown.field("date", &self.date).field("hash", &self.hash).finish_non_exhaustive()
    }
}

impl Approvals {
    /// Whether the texts of `language` with this hash are approved.
    pub fn approves(&self, language: &str, hash: &str) -> bool {
        self.texts.get(language).is_some_and(|approval| approval.holds(hash))
    }

    /// Whether enough people approved these deny lists.
    pub fn approves_deny_list(&self, lists: &DenyLists) -> bool {
        self.deny_list_signers(lists).len() >= lists.signatures_needed()
    }

    /// The different people who approved exactly these deny lists, by their names in lower case.
    pub fn deny_list_signers(&self, lists: &DenyLists) -> BTreeSet<String> {
        signers(&self.deny_list, &lists.hash())
    }
}

impl Approval {
    /// Whether somebody signed exactly this version.
    pub fn holds(&self, hash: &str) -> bool {
        self.hash == hash && !self.name.trim().is_empty()
    }
}

/// The different people who signed exactly this version. However a name is spaced or capitalised, it is one person.
pub fn signers(approvals: &[Approval], hash: &str) -> BTreeSet<String> {
    let valid = approvals.iter().filter(|approval| approval.holds(hash));
    valid
        .map(|approval| approval.name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
        .collect()
}

/// SHA-256 over files: for each in order of name, name, line feed, bytes, line feed.
pub fn files_hash(files: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        hash.update(format!("{name}\n{text}\n"));
    }
    hex::encode(hash.finalize())
}

/// Folder of an agency folder that holds the words of the public pages, a file for each language.
pub const PAGES: &str = "pages";

/// What approvals of a public page name: the hash of its one file.
pub fn page_hash(file: &str, text: &str) -> String {
    files_hash(&BTreeMap::from([(file.to_owned(), text.to_owned())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(types: &[&str]) -> DenyLists {
        let mut lists = DenyLists::shipped().clone();
        lists.call_types.allowed.extend(types.iter().map(|code| (*code).to_owned()));
        lists
    }

    #[track_caller]
    fn check(types: &[&str], names: &[&str], expected: bool) {
        let lists = lists(types);
        let sign = |name: &&str| Approval {
            name: (*name).to_owned(),
            date: "2026-06-01".parse().unwrap(),
            hash: lists.hash(),
        };
        let approvals = Approvals { deny_list: names.iter().map(sign).collect(), ..Approvals::default() };
        assert_eq!(approvals.approves_deny_list(&lists), expected);
    }

    #[test]
    fn the_list_as_shipped_takes_one_person() {
        check(&[], &[], false);
        check(&[], &["Sam Sample"], true);
        check(&[], &[" "], false);
    }

    #[test]
    fn allowing_what_is_denied_as_shipped_takes_two_different_people() {
        check(&["TRESPASS"], &["Sam Sample"], false);
        check(&["TRESPASS"], &["Sam Sample", "sam  sample "], false);
        check(&["TRESPASS"], &["Sam Sample", "Chris Muster"], true);
    }

    #[test]
    fn an_approval_is_for_one_version_alone() {
        let approval = Approval {
            name: "Sam Sample".into(),
            date: "2026-06-01".parse().unwrap(),
            hash: lists(&[]).hash(),
        };
        let approvals = Approvals { deny_list: vec![approval], ..Approvals::default() };
        assert!(approvals.approves_deny_list(&lists(&[])));
        let mut fewer = lists(&[]);
        fewer.call_types.allowed.pop_first();
        assert!(!approvals.approves_deny_list(&fewer));
    }
}
