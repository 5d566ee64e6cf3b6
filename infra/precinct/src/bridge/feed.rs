//! The files of a feed in their order, each from where it was left; rotated, truncated and rewritten ones are noticed by
//! what they hold, not by name or time.
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use startup::Clock;

use super::records::{Kind, Record, columns, split};
use super::state::{Position, State, fingerprint};

/// Bytes read at a time; doubled for a record that is longer.
const CHUNK: usize = 1024 * 1024;
const LONGEST: usize = 64 * CHUNK;
/// A file is over only when nobody has written to it for so long.
const SETTLED: SignedDuration = SignedDuration::from_secs(10);

/// The file or folder that is followed.
pub(super) struct Feed {
    input: PathBuf,
    /// Size and time of each file when nothing was left to read in it: unchanged ones are not opened.
    idle: BTreeMap<String, (u64, Option<Timestamp>)>,
    /// What was said already, so that it is said once.
    said: BTreeMap<String, String>,
}

/// Records of one file that are to be sent.
pub(super) struct Piece {
    /// Name under which the position is kept.
    pub(super) name: String,
    /// The file itself: its name may belong to another by the time the answer comes.
    file: File,
    /// Where the rows begin that are not sent yet.
    pub(super) start: Position,
    /// Columns of a CSV file.
    pub(super) header: Vec<String>,
    header_line: Option<usize>,
    pub(super) records: Vec<Record>,
}

/// What a look at one file found.
enum Look {
    Piece(Piece),
    /// Nothing, until the file changes.
    Done,
    /// Nothing yet, but time alone may change that.
    Waits,
}

impl Feed {
    pub(super) fn new(input: &Path) -> Self {
        Self { input: input.to_owned(), idle: BTreeMap::new(), said: BTreeMap::new() }
    }

    /// The next records to send; none when everything whole was sent.
    pub(super) fn next(&mut self, state: &mut State, kind: Kind) -> anyhow::Result<Option<Piece>> {
        let files = self.files()?;
        if self.input.is_dir() {
            // Files that were taken away need no position any more.
            state.files.retain(|name, _| files.iter().any(|(present, _)| present == name));
        }
        for (index, (name, path)) in files.iter().enumerate() {
            let Some(stamp) = stamp(path)? else { continue };
            if self.idle.get(name) == Some(&stamp) {
                continue;
            }
            let is_over = index + 1 < files.len() && has_settled(stamp.1);
            match self.look(name, path, state, kind, is_over)? {
                Look::Piece(piece) => return Ok(Some(piece)),
                // The last line of a file that is over becomes whole by the clock alone.
                Look::Done if index + 1 == files.len() || is_over => {
                    self.idle.insert(name.clone(), stamp);
                }
                Look::Done | Look::Waits => {}
            }
        }
        Ok(None)
    }

    /// The file, or the files of the folder by name. Hidden ones and those being written (.tmp, .part) are left out.
    fn files(&self) -> anyhow::Result<Vec<(String, PathBuf)>> {
        let name_of = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !self.input.is_dir() {
            return Ok(vec![(name_of(&self.input), self.input.clone())]);
        }
        let mut files = regular_files(&self.input)?;
        let being_written = |path: &Path| {
            path.extension().is_some_and(|ending| {
                ending.eq_ignore_ascii_case("tmp") || ending.eq_ignore_ascii_case("part")
            })
        };
        files.retain(|path| !name_of(path).starts_with('.') && !being_written(path));
        Ok(files.into_iter().map(|path| (name_of(&path), path)).collect())
    }

    /// Records of one file from where it was left. A file that no longer begins with what was sent is a new one; the rest
    /// of the old one comes first, under whatever name it has now.
    fn look(
        &mut self,
        name: &str,
        path: &Path,
        state: &mut State,
        kind: Kind,
        is_over: bool,
    ) -> anyhow::Result<Look> {
        let position = state.files.get(name).cloned().unwrap_or_default();
        let Some(mut file) = open(path)? else { return Ok(Look::Waits) };
        if position.offset == 0 || position.matches(&mut file)? {
            return self.read(name, file, position, kind, is_over);
        }
        if let Some((old_path, old)) = renamed(path, &position)? {
            let settled = has_settled(stamp(&old_path)?.and_then(|stamp| stamp.1));
            if let Look::Piece(piece) = self.read(name, old, position.clone(), kind, settled)? {
                return Ok(Look::Piece(piece));
            }
            if !settled {
                self.say(
                    name,
                    "was replaced a moment ago; what may still be written to the old file comes first",
                );
                return Ok(Look::Waits);
            }
            if self.input.is_dir() {
                let old_name = old_path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                state.files.insert(old_name, position);
            }
            self.say(name, "was replaced; the old one is finished");
        } else {
            self.say(
                name,
                "was replaced or rewritten: it is read from its beginning, what is known counts as duplicate",
            );
        }
        state.files.remove(name);
        self.read(name, file, Position::default(), kind, is_over)
    }

    /// Whole records from `start` on; none where there are none yet.
    fn read(
        &mut self,
        name: &str,
        mut file: File,
        start: Position,
        kind: Kind,
        is_over: bool,
    ) -> anyhow::Result<Look> {
        let mut size = CHUNK;
        loop {
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(start.offset))?;
            (&file).take(size as u64).read_to_end(&mut bytes)?;
            let is_all = bytes.len() < size;
            let records = split(&bytes, kind, start.lines + 1, is_over && is_all);
            if records.is_empty() && !is_all && size < LONGEST {
                size *= 2;
                continue;
            }
            let done: usize = records.iter().map(|record| record.length).sum();
            if is_all && done < bytes.len() {
                let line = start.lines + 1 + records.iter().map(|record| record.lines).sum::<usize>();
                self.say(name, &format!("line {line} is not whole yet and waits"));
            }
            if records.is_empty() {
                return Ok(Look::Done);
            }
            return piece(name, file, start, kind, records).map(Look::Piece);
        }
    }

    fn say(&mut self, name: &str, what: &str) {
        if self.said.insert(name.to_owned(), what.to_owned()).as_deref() != Some(what) {
            tell!("{name}: {what}");
        }
    }
}

fn piece(name: &str, file: File, start: Position, kind: Kind, records: Vec<Record>) -> anyhow::Result<Piece> {
    let (mut header, mut header_line) = (start.header.clone(), None);
    if let Kind::Csv { delimiter } = kind
        && header.is_empty()
        && let Some(first) = records.iter().find(|record| !record.is_blank())
    {
        header =
            columns(&first.text, delimiter).with_context(|| format!("{name}: the header cannot be read"))?;
        header_line = Some(first.line);
    }
    Ok(Piece { name: name.to_owned(), file, start, header, header_line, records })
}

impl Piece {
    /// Whether `row` is the header of a CSV file.
    pub(super) fn is_header(&self, row: &Record) -> bool {
        self.header_line == Some(row.line)
    }

    /// The position past `rows`, which begin where it stands; none where the file was changed meanwhile, so that it
    /// must be looked at again. Asked before the rows are posted: afterwards the file may be gone.
    pub(super) fn position_after(&mut self, rows: &[Record]) -> anyhow::Result<Option<Position>> {
        let Some(last) = rows.last() else { return Ok(Some(self.start.clone())) };
        let offset = self.start.offset + rows.iter().map(|record| record.length as u64).sum::<u64>();
        let Some(digest) = fingerprint(&mut self.file, offset)? else { return Ok(None) };
        let lines = last.line + last.lines - 1;
        Ok(Some(Position { offset, lines, digest, header: self.header.clone() }))
    }
}

/// A file beside `path` that begins with what was sent.
fn renamed(path: &Path, position: &Position) -> anyhow::Result<Option<(PathBuf, File)>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for candidate in regular_files(folder)?.into_iter().filter(|candidate| candidate != path) {
        if let Some(mut file) = open(&candidate)?
            && position.matches(&mut file)?
        {
            return Ok(Some((candidate, file)));
        }
    }
    Ok(None)
}

/// Files of a folder, by name.
fn regular_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

/// Size and time of last change; none where the file is gone, as between two steps of a rotation.
fn stamp(path: &Path) -> anyhow::Result<Option<(u64, Option<Timestamp>)>> {
    match fs::metadata(path) {
        Ok(data) => Ok(Some((data.len(), data.modified().ok().and_then(|at| at.try_into().ok())))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

fn open(path: &Path) -> anyhow::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

fn has_settled(changed: Option<Timestamp>) -> bool {
    changed.is_some_and(|at| Clock::wall().now().duration_since(at) >= SETTLED)
}
