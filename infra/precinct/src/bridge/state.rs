//! How far each file was sent, and what was refused. The state is written after the answer and before anything else is
//! posted, so that a process killed at any moment posts the last batch again at worst: its events are known there.
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A file is known again by so many bytes at its beginning and so many before the place reached.
const HEAD: u64 = 4 * 1024 * 1024;
const TAIL: u64 = 64 * 1024;

/// How far everything was sent, as stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Where to: a state belongs to one address.
    pub(crate) url: String,
    /// By file name.
    pub(crate) files: BTreeMap<String, Position>,
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
}

/// How far one file was sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// Bytes done.
    pub(crate) offset: u64,
    /// Lines done.
    pub(crate) lines: usize,
    /// Digest of what was done, to know the file again after a rotation.
    pub(crate) digest: String,
    /// Columns of a CSV file.
    #[serde(default)]
    pub(crate) header: Vec<String>,
}

/// A row that was not taken, as kept beside the state.
#[derive(Debug, Serialize)]
pub(crate) struct RejectedRow<'a> {
    pub(crate) file: &'a str,
    pub(crate) line: usize,
    pub(crate) pointer: &'a str,
    pub(crate) code: &'a str,
    pub(crate) detail: &'a str,
    /// The row itself, so that it can be mended and sent again: personal data, readable by the owner alone.
    pub(crate) row: &'a str,
}

impl Position {
    /// Whether `file` begins with what was done.
    pub(crate) fn matches(&self, file: &mut File) -> anyhow::Result<bool> {
        Ok(fingerprint(file, self.offset)?.is_some_and(|digest| digest == self.digest))
    }
}

/// Digest of the bytes of `file` up to `offset`: all of them in a file of usual size, else the head and the end. None
/// where the file is shorter.
pub(crate) fn fingerprint(file: &mut File, offset: u64) -> anyhow::Result<Option<String>> {
    let mut hash = Sha256::new();
    let tail = offset.saturating_sub(TAIL).max(HEAD.min(offset));
    for (from, to) in [(0, HEAD.min(offset)), (tail, offset)] {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        if file.take(to - from).read_to_end(&mut bytes)? as u64 != to - from {
            return Ok(None);
        }
        hash.update(&bytes);
    }
    Ok(Some(hex::encode(hash.finalize())))
}

/// The state file, held by one process at a time.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    _lock: File,
}

impl StateFile {
    /// Opens the state at `path`, which may not exist yet.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let lock = beside(path, "lock");
        let file = File::create(&lock).with_context(|| format!("{} cannot be made", lock.display()))?;
        if file.try_lock().is_err() {
            bail!("{} is in use by another bridge; stop it first", path.display());
        }
        Ok(Self { path: path.to_owned(), _lock: file })
    }

    /// The state for posting to `url`.
    pub(crate) fn load(&self, url: &str) -> anyhow::Result<State> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(State { url: url.to_owned(), ..State::default() });
            }
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", self.path.display()));
            }
        };
        let state: State = serde_json::from_slice(&bytes).with_context(|| {
            format!(
                "{} is damaged; take it away to begin anew: what was sent counts as duplicate",
                self.path.display()
            )
        })?;
        if state.url != url {
            bail!("{} belongs to {}; give another --state for {url}", self.path.display(), state.url);
        }
        Ok(state)
    }

    /// Writes the state so that it survives a loss of power: a new file, its bytes and its name brought to the disk.
    pub(crate) fn save(&self, state: &State) -> anyhow::Result<()> {
        let part = beside(&self.path, "part");
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&part)?;
            file.write_all(&serde_json::to_vec(state)?)?;
            file.sync_all()?;
            fs::rename(&part, &self.path)?;
            sync_folder(&self.path)
        };
        write().with_context(|| format!("{} cannot be written", self.path.display()))
    }

    /// Appends rows that were not taken, before the state moves past them.
    pub(crate) fn keep_rejected(&self, rows: &[RejectedRow<'_>]) -> anyhow::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let path = self.rejected();
        let write = || -> std::io::Result<()> {
            let mut lines = Vec::new();
            for row in rows {
                serde_json::to_writer(&mut lines, row)?;
                lines.push(b'\n');
            }
            let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
            file.write_all(&lines)?;
            file.sync_all()?;
            sync_folder(&path)
        };
        write().with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Where rows that were not taken are kept.
    pub(crate) fn rejected(&self) -> PathBuf {
        beside(&self.path, "rejected.jsonl")
    }
}

/// `calls.csv.bridge` has `calls.csv.bridge.part` beside it.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Brings the names in the folder of `path` to the disk.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
