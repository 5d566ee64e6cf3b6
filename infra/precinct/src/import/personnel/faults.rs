//! The file of faults: where each is, what is wrong and what to do, never the value.
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::rows::Fault;

/// Faults found so far. The file is made with the first one, and an old one goes.
pub(super) struct Faults {
    path: PathBuf,
    file: Option<csv::Writer<File>>,
    pub(super) count: u64,
}

impl Faults {
    pub(super) fn new(path: &Path) -> Self {
        // Faults of an earlier call say nothing about this one.
        let _ = std::fs::remove_file(path);
        Self { path: path.to_owned(), file: None, count: 0 }
    }

    pub(super) fn add(&mut self, file: &str, line: u64, fault: &Fault) -> Result<()> {
        let context =
            || format!("{} cannot be written; name another file with --errors", self.path.display());
        if self.file.is_none() {
            let mut writer = csv::Writer::from_path(&self.path).with_context(context)?;
            writer.write_record(["file", "line", "column", "code", "what_to_do"])?;
            self.file = Some(writer);
        }
        self.count += 1;
        let line = line.to_string();
        let row = [file, &line, &fault.column, &fault.code, &fault.advice];
        self.file.as_mut().map_or(Ok(()), |writer| writer.write_record(row)).with_context(context)
    }

    /// Writes out what is left.
    pub(super) fn finish(&mut self) -> Result<()> {
        self.file.as_mut().map_or(Ok(()), csv::Writer::flush)?;
        Ok(())
    }
}
