//! What `precinct check` found, as it is printed: faults first, else a short table.
use std::fmt;
use std::path::{Path, PathBuf};

use updates::Kind;
use updates::segments::{Alphabet, Size};

/// Findings about one folder.
#[derive(Clone, Debug)]
pub struct Report {
    folder: PathBuf,
    faults: Vec<Fault>,
    rows: Vec<(String, String)>,
    sizes: Vec<(String, Kind, Size)>,
}

/// Something that must be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    file: String,
    reason: String,
    /// A person's approval is missing for what is on; everything else about the file is in order.
    unapproved: bool,
}

impl Report {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), faults: Vec::new(), rows: Vec::new(), sizes: Vec::new() }
    }

    pub(super) fn fault(&mut self, file: &str, reason: String) {
        self.add(file, reason, false);
    }

    /// Something is on that nobody approved.
    pub(super) fn unapproved(&mut self, file: &str, reason: String) {
        self.add(file, reason, true);
    }

    /// Everything to put right but approvals, one to a line.
    pub(crate) fn faults_beside_approvals(&self) -> Vec<String> {
        let faults = self.faults.iter().filter(|fault| !fault.unapproved);
        faults.map(|Fault { file, reason, .. }| format!("{file}: {reason}")).collect()
    }

    fn add(&mut self, file: &str, reason: String, unapproved: bool) {
        let fault = Fault { file: file.to_owned(), reason: reason.trim_end().to_owned(), unapproved };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    pub(super) fn row(&mut self, file: &str, line: String) {
        self.rows.push((file.to_owned(), line));
    }

    pub(super) fn size(&mut self, language: &str, kind: Kind, size: Size) {
        self.sizes.push((language.to_owned(), kind, size));
    }

    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.display();
        if !self.is_sound() {
            writeln!(f, "{folder}: {} to put right", self.faults.len())?;
            for Fault { file, reason, .. } in &self.faults {
                // A parser's message shows the line concerned beneath it.
                writeln!(f, "  {file}: {}", reason.replace('\n', "\n    "))?;
            }
            return Ok(());
        }
        writeln!(f, "{folder}: sound")?;
        let width = self.rows.iter().map(|(file, _)| file.chars().count()).max().unwrap_or(0);
        for (file, line) in &self.rows {
            writeln!(f, "  {file:width$}  {line}")?;
        }
        writeln!(f, "  Texts at their longest:")?;
        for (language, kind, size) in &self.sizes {
            let (alphabet, limit) = match size.alphabet {
                Alphabet::Gsm7 => ("GSM-7", 160),
                Alphabet::Ucs2 => ("UCS-2", 134),
            };
            let (kind, units, parts) = (kind.word(), size.units, size.parts);
            let plural = if parts == 1 { "segment" } else { "segments" };
            writeln!(f, "    {language}  {kind:19}  {alphabet}  {units:3} of {limit}  {parts} {plural}")?;
        }
        Ok(())
    }
}
