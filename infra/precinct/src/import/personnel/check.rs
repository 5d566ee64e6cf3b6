//! The first reading of a folder: every row by the rules of intake, and rows against one another. Nothing is posted.
use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result};
use eis::Ruleset;
use startup::agency::Folder;

use super::Options;
use super::faults::Faults;
use super::rows::{Digest16, Fault, Read, Row, Rules, Sheet, digest, sheets};
use crate::import::open::progress;

/// A folder that was read through.
pub struct Checked {
    pub(super) sheets: Vec<Sheet>,
    pub(super) rules: Rules,
    /// Rows that can be loaded.
    pub rows: u64,
    pub(super) faults: Faults,
    /// What somebody should know, though it keeps nothing from being loaded.
    pub notes: Vec<String>,
}

impl Checked {
    /// Reads the folder; faults go to their file.
    pub fn read(options: &Options) -> Result<Self> {
        let folder = Folder::new(&options.agency);
        let rules = Ruleset::parse(&folder.text("eis.toml")?).context("agency folder: eis.toml")?;
        let rules = Rules { zone: folder.agency()?.zone()?, indicators: rules.names() };
        let sheets = sheets(&options.folder)?;
        let mut seen = Seen::default();
        let mut faults = Faults::new(&options.errors);
        let mut rows = 0;
        let bar = progress(0, "reading {pos} rows");
        for sheet in &sheets {
            for row in sheet.rows(&rules) {
                let Row { file, line, event } = row?;
                bar.inc(1);
                match event.and_then(|read| seen.admit(&read)) {
                    Ok(()) => rows += 1,
                    Err(fault) => faults.add(&file, line, &fault)?,
                }
            }
        }
        bar.finish_and_clear();
        faults.finish()?;
        let notes = seen.notes(&sheets);
        Ok(Self { sheets, rules, rows, faults, notes })
    }

    /// Rows that cannot be loaded; after loading, also those that the server refused.
    pub fn faulty(&self) -> u64 {
        self.faults.count
    }
}

/// What earlier rows said, by digest: a large department has a million of them.
#[derive(Default)]
pub(super) struct Seen {
    /// What a key was said to be.
    said: HashMap<Digest16, Digest16>,
    officers: HashSet<Digest16>,
    events: HashSet<Digest16>,
    repeated: u64,
    unknown_officers: u64,
    unknown_events: u64,
}

impl Seen {
    /// Refuses a row that contradicts an earlier one, since the ledger could not tell which of them stands.
    pub(super) fn admit(&mut self, read: &Read) -> Result<(), Fault> {
        if let Some(key) = read.key {
            match self.said.insert(key, read.name) {
                Some(earlier) if earlier == read.name => self.repeated += 1,
                Some(earlier) => {
                    self.said.insert(key, earlier);
                    return Err(contradiction());
                }
                None => {}
            }
        }
        let data = &read.event["data"];
        let officer = data["officer_id"].is_string().then(|| digest(&data["officer_id"]));
        match read.event["type"].as_str() {
            Some("officer.upserted") => self.officers.extend(officer),
            Some("event.finding" | "event.voided") => {
                self.unknown_events += u64::from(!self.events.contains(&digest(&data["event_id"])));
            }
            kind => {
                if kind == Some("event.reported") {
                    self.events.insert(digest(&data["event_id"]));
                }
                self.unknown_officers += u64::from(officer.is_some_and(|id| !self.officers.contains(&id)));
            }
        }
        Ok(())
    }

    fn notes(&self, sheets: &[Sheet]) -> Vec<String> {
        let mut notes = Vec::new();
        for sheet in sheets.iter().filter(|sheet| !sheet.unused.is_empty()) {
            notes.push(format!("{}: columns that are not used: {}", sheet.name(), sheet.unused.join(", ")));
        }
        let counts = [
            (self.repeated, "rows that repeat another one word for word", "they count once"),
            (
                self.unknown_officers,
                "rows that name an officer who is not in officers.csv",
                "they count once that officer's post is known",
            ),
            (
                self.unknown_events,
                "findings and voids of events that are not in events.csv",
                "they wait for the report",
            ),
        ];
        let met = counts.iter().filter(|(count, ..)| *count > 0);
        notes.extend(met.map(|(count, what, then)| format!("{what}: {count}; {then}")));
        notes
    }
}

fn contradiction() -> Fault {
    let advice = "an earlier row says something else about the same thing and day; keep one of the two, or give the \
                  later one its day in effective_on or revised_on";
    Fault { column: String::new(), code: "contradicts_earlier_row".into(), advice: advice.into() }
}
