//! What a replay reads: events as JSON lines, a vendor's rows by profile, and the addresses of people who had opted out
//! before.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use incident::profile::{Format, Profile, Takes};
use incident::{Event, address, event};
use serde_json::Value;
use startup::agency::Folder;
use startup::intake;

/// A file of events, read.
#[derive(Default)]
pub struct Input {
    /// In the order of time.
    pub events: Vec<Event>,
    /// How often an event came that was read already.
    pub repeated: usize,
    /// Codes that no table of the profile knows, by table and code, with how often they came.
    pub unmapped: BTreeMap<(String, String), usize>,
    /// Lines that are no events, with what is wrong.
    pub faults: Vec<String>,
    seen: BTreeSet<String>,
}

/// The profile `name` of an agency folder.
pub fn profile(folder: &Path, name: &str) -> anyhow::Result<Profile> {
    let folder = Folder::new(folder);
    let zone = folder.agency()?.zone()?;
    Ok(Profile::parse(name, &folder.text(&format!("profiles/{name}.toml"))?, &zone)?)
}

/// Reads lines of the webhook contract: an event, or a list of events, on each.
pub fn read(text: &str) -> Input {
    let mut input = Input::default();
    for (line, text) in lines(text) {
        let Ok(posted) = intake::read(text.as_bytes()) else {
            input.faults.push(format!("line {line}: is not an event in JSON"));
            continue;
        };
        for posted in posted {
            match posted {
                Ok(one) => {
                    let takes_cases = one.kind.starts_with("case.");
                    let read = event::read(&one.kind, one.timestamp, &one.data, takes_cases);
                    input.take(line, one.digest, read);
                }
                Err(unreadable) => {
                    let fault = unreadable.fault;
                    input.faults.push(format!("line {line}: {}: {}", fault.pointer, fault.detail));
                }
            }
        }
    }
    input.sorted()
}

/// Reads a vendor's rows by profile: JSON lines, or CSV with a header.
pub fn read_mapped(text: &str, profile: &Profile) -> anyhow::Result<Input> {
    let mut input = Input::default();
    for (line, row) in rows(text, profile)? {
        let rows = row.and_then(|row| profile.rows(row).map_err(|fault| fault.to_string()));
        let mapped = rows.and_then(|rows| {
            let each = rows.iter().map(|row| profile.map(row).map_err(|fault| fault.to_string()));
            each.collect::<Result<Vec<_>, _>>()
        });
        match mapped {
            Err(fault) => input.faults.push(format!("line {line}: {fault}")),
            Ok(mapped) => {
                for mapped in mapped {
                    for unknown in mapped.unmapped {
                        *input.unmapped.entry((unknown.table, unknown.value)).or_default() += 1;
                    }
                    for made in mapped.events {
                        let takes_cases = profile.takes == Takes::Cases;
                        let read = event::read(&made.kind, made.timestamp, &made.data, takes_cases);
                        input.take(line, made.json().to_string(), read);
                    }
                }
            }
        }
    }
    Ok(input.sorted())
}

/// The rows with their lines; a CSV row is an object of column to text.
fn rows(text: &str, profile: &Profile) -> anyhow::Result<Vec<(usize, Result<Value, String>)>> {
    if profile.format == Format::Json {
        let row = |text: &str| serde_json::from_str(text).map_err(|_| "is not JSON".to_owned());
        return Ok(lines(text).map(|(line, text)| (line, row(text))).collect());
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(profile.delimiter).flexible(true).from_reader(text.as_bytes());
    let columns = reader.headers().context("the header of the CSV file cannot be read")?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let row = match record {
            Ok(record) => {
                let line = record.position().map_or(0, |position| position.line() as usize);
                let fields = columns.iter().zip(&record);
                let fields = fields.map(|(column, field)| (column.to_owned(), Value::from(field)));
                (line, Ok(Value::Object(fields.collect())))
            }
            Err(error) => {
                let line = error.position().map_or(0, |position| position.line() as usize);
                (line, Err("is no CSV row".to_owned()))
            }
        };
        rows.push(row);
    }
    Ok(rows)
}

impl Input {
    fn take(&mut self, line: usize, identity: String, read: Result<Event, event::Invalid>) {
        match read {
            Ok(event) => {
                if self.seen.insert(identity) {
                    self.events.push(event);
                } else {
                    self.repeated += 1;
                }
            }
            Err(invalid) => self.faults.push(format!("line {line}: {invalid}")),
        }
    }

    fn sorted(mut self) -> Self {
        self.seen.clear();
        self.events.sort_by_key(|event| match event {
            Event::Incident(stamp, ..) | Event::Case(stamp, ..) => *stamp,
        });
        self
    }
}

/// Lines that are not blank, numbered from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim().is_empty())
}

/// Phones and e-mail addresses, one to a line, normalised. A fault names the line and never repeats what stands in it.
pub fn read_stopped(text: &str) -> Result<BTreeSet<String>, String> {
    let mut stopped = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let read = if line.contains('@') { address::email(line) } else { address::phone(line) };
        let address = read.map_err(|_| {
            format!("line {}: is neither a telephone number nor an e-mail address", index + 1)
        })?;
        stopped.insert(address);
    }
    Ok(stopped)
}
