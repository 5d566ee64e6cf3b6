//! What `precinct check` found, as it is printed: faults first, else a short table.
use std::fmt;
use std::path::{Path, PathBuf};

use updates::segments::{Alphabet, Size};

/// Findings about one folder.
#[derive(Clone, Debug)]
pub struct Report {
    folder: PathBuf,
    faults: Vec<Fault>,
    rows: Vec<(String, String)>,
    /// Language, name of the kind or answer, size of the longest text.
    sizes: Vec<(String, &'static str, Size)>,
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

    pub(super) fn size(&mut self, language: &str, name: &'static str, size: Size) {
        self.sizes.push((language.to_owned(), name, size));
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
        self.write_sizes(f)
    }
}

impl Report {
    /// A row for each kind and answer, a column for each language: segments, units and alphabet at the longest values.
    fn write_sizes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut languages: Vec<&str> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for (language, name, _) in &self.sizes {
            languages.extend((!languages.contains(&language.as_str())).then_some(language.as_str()));
            names.extend((!names.contains(name)).then_some(*name));
        }
        writeln!(f, "  Segments at the longest values, with units and alphabet:")?;
        write!(f, "    {:19}", "")?;
        languages.iter().try_for_each(|language| write!(f, "  {language:13}"))?;
        writeln!(f)?;
        for name in names {
            let cell = |language: &&str| {
                let found = self.sizes.iter().find(|(of, named, _)| of == language && *named == name);
                found.map_or_else(String::new, |(_, _, size)| cell(*size))
            };
            let cells: Vec<String> =
                languages.iter().map(|language| format!("{:13}", cell(language))).collect();
            writeln!(f, "    {name:19}  {}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// `1 (150 GSM-7)`.
fn cell(size: Size) -> String {
    let alphabet = match size.alphabet {
        Alphabet::Gsm7 => "GSM-7",
        Alphabet::Ucs2 => "UCS-2",
    };
    format!("{} ({} {alphabet})", size.parts, size.units)
}
