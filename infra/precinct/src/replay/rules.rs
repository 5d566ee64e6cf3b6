//! The rules and words that a replay tries: those of an agency folder, as if live.
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use startup::agency::Folder;
use table::wording::Words;
use updates::Policy;
use updates::approvals::{Approval, Approvals, files_hash};

/// The rules and words that are tried.
#[derive(Debug)]
pub struct Rules {
    /// `updates.toml`, as if live.
    pub policy: Arc<Policy>,
    /// The words, in every language of the folder.
    pub words: Words,
    /// Zone in which times are told.
    pub zone: TimeZone,
}

impl Rules {
    /// Reads them from an agency folder; `approved_only` withholds the texts that nobody approved.
    pub fn load(folder: &Path, approved_only: bool) -> anyhow::Result<Self> {
        let folder = Folder::new(folder);
        let agency = folder.agency()?;
        let approvals = if approved_only { folder.toml("approvals.toml")? } else { everything(&folder)? };
        let zone = agency.zone()?;
        let policy = Arc::new(Policy::parse(&folder.text("updates.toml")?, zone.clone(), true)?);
        Ok(Self { words: Words::approved_by(approvals, &folder, &agency, &policy)?, policy, zone })
    }
}

/// Approvals of every language as its texts stand.
fn everything(folder: &Folder) -> anyhow::Result<Approvals> {
    let mut approvals = Approvals::default();
    for language in folder.list("texts", "")? {
        let hash = files_hash(&folder.files(&format!("texts/{language}"), "toml")?);
        approvals.texts.insert(language, Approval { name: "replay".into(), date: Date::ZERO, hash });
    }
    Ok(approvals)
}
