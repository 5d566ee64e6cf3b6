//! The data folder: where everything of a stack lies, so that a restart on the same folder goes on where it was.
//!
//! ```text
//! agency/         copy of the agency folder with its modes set     captures/   texts and e-mails "sent"
//! tables.sqlite   the tables and their streams                     s3/         internal, public, audit
//! clock.json  streams.json  replies.json  receipts.json  text-log.json  failures.json  failed.jsonl  master.key  token.key
//! ```
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Serialize;

/// The folder and the right to use it.
pub(crate) struct DataFolder {
    path: PathBuf,
    temporary: bool,
    // Held as long as the folder is used: two stacks on one folder would both send.
    _lock: File,
}

impl DataFolder {
    /// The folder at `path`, made if missing; without one a temporary folder that goes with the stack.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let temporary = path.is_none();
        let path = match path {
            Some(path) => path.to_owned(),
            None => std::env::temp_dir().join(format!(
                "precinct-{}-{}",
                std::process::id(),
                startup::Entropy::system().token()
            )),
        };
        for part in ["s3/internal", "s3/public", "s3/audit", "captures"] {
            fs::create_dir_all(path.join(part))
                .with_context(|| format!("the data folder {} cannot be made", path.display()))?;
        }
        let path = path.canonicalize()?;
        let lock = File::create(path.join("lock"))?;
        if lock.try_lock().is_err() {
            bail!("the data folder {} is in use by another precinct; stop it first", path.display());
        }
        Ok(Self { path, temporary, _lock: lock })
    }

    /// A file or folder inside.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it goes with the stack.
    pub(crate) fn is_temporary(&self) -> bool {
        self.temporary
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if self.temporary {
            // Nothing useful can be done where the system keeps a file of it.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Writes `value` so that a reader, or a process killed half-way, sees the old file or the new one whole.
pub(crate) fn write_json(file: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let beside = file.with_extension("part");
    fs::write(&beside, serde_json::to_vec(value)?)
        .and_then(|()| fs::rename(&beside, file))
        .with_context(|| format!("{} cannot be written", file.display()))
}

/// The bytes of `file`, made by `make` on first use: keys that must outlive the process.
pub(crate) fn read_or_make(
    file: &Path,
    make: impl FnOnce() -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<Vec<u8>> {
    if let Ok(bytes) = fs::read(file) {
        return Ok(bytes);
    }
    let bytes = make()?;
    fs::write(file, &bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(bytes)
}
