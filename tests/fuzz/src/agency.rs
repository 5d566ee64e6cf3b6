//! The agency folder of the fuzz: the shipped one, and a profile for cases in it. No shipped profile takes cases, and the
//! path of those must be tried like every other.
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use embedded::agency::copy_folder;
use startup::Entropy;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/agency");

/// The profile for cases.
pub(crate) const RECORDS: &str = include_str!("records.toml");

/// A folder of its own, which goes with the value.
pub struct Agency(PathBuf);

impl Agency {
    /// Copies the shipped folder and adds to it.
    pub fn prepare() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("precinct-fuzz-{}", Entropy::system().token()));
        let agency = Self(folder);
        copy_folder(Path::new(SHIPPED), agency.path()).context("the agency folder cannot be copied")?;
        std::fs::write(agency.path().join("profiles/records.toml"), RECORDS)?;
        Ok(agency)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Agency {
    fn drop(&mut self) {
        // What cannot be removed lies where the system clears.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
