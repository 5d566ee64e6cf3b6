//! `approvals.toml`: which texts a person signed off. A text whose hash is not approved is never sent.
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The approvals of an agency folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Approvals {
    /// By language.
    pub texts: BTreeMap<String, Approval>,
}

/// Who approved what, and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Name of the person.
    pub name: String,
    /// Day of the approval.
    pub date: Date,
    /// [`texts_hash`] of what was approved.
    pub hash: String,
}

impl Approvals {
    /// Whether the texts of `language` with this hash are approved.
    pub fn approves(&self, language: &str, hash: &str) -> bool {
        self.texts.get(language).is_some_and(|approval| approval.hash == hash)
    }
}

/// SHA-256 over the text files of a language: for each in order of name, name, line feed, bytes, line feed.
pub fn texts_hash(files: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        hash.update(format!("{name}\n{text}\n"));
    }
    hex::encode(hash.finalize())
}
