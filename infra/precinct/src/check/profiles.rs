//! The profiles: each read as the intake reads it, their codes compared with the rules, and, with a sample of a real
//! export, how many of its values nobody has mapped yet.
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use incident::profile::{Format, Profile};
use startup::agency::{Agency, Folder};
use updates::Policy;

use super::Report;
use crate::bridge::records::{Kind, columns, object, split};
use crate::replay;

/// Checks every profile of the folder. Codes that stand in no list are denied: they are told, not refused.
pub(super) fn check(report: &mut Report, folder: &Folder, agency: &Agency, policy: Option<&Policy>) {
    let Ok(zone) = agency.zone() else { return };
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    for file in folder.list("profiles", "toml").unwrap_or_default() {
        let place = format!("profiles/{file}");
        let Some(text) = report.read(folder, &place) else { continue };
        let profile = match Profile::parse(file.trim_end_matches(".toml"), &text, &zone) {
            Ok(profile) => profile,
            Err(error) => {
                report.fault(&place, format!("{}: {}", error.key, error.reason));
                continue;
            }
        };
        if let Some((path, _)) = &profile.endpoint
            && let Some(other) = paths.insert(path.clone(), place.clone())
        {
            report.fault(&place, format!("path: {other} declares {path} already"));
        }
        report.row(&place, line(&profile, policy));
    }
}

fn line(profile: &Profile, policy: Option<&Policy>) -> String {
    let (types, offences) = (&profile.codes().call_types, &profile.codes().offences);
    let at = profile.endpoint.as_ref().map_or("for the bridge", |(path, _)| path);
    let line = format!("{at}; {} call types", types.len());
    let Some(policy) = policy else { return line };
    let unknown: Vec<&str> = types
        .iter()
        .filter(|code| !policy.knows_call_type(code))
        .chain(offences.iter().filter(|code| !policy.knows_offence(code)))
        .map(String::as_str)
        .collect();
    if unknown.is_empty() {
        return line;
    }
    format!("{line}, denied because they stand in no list of updates.toml: {}", unknown.join(", "))
}

/// What a profile makes of a real export.
#[derive(Debug, Default)]
pub struct Sample {
    rows: usize,
    /// Rows that concern no caller.
    ignored: usize,
    events: BTreeMap<String, usize>,
    /// By table and value.
    unmapped: BTreeMap<(String, String), usize>,
    /// By fault: how many and the first line.
    faults: BTreeMap<String, (usize, usize)>,
}

impl Sample {
    /// Maps every row of `file` by the profile `name` of the folder at `agency`.
    pub fn read(file: &Path, agency: &Path, name: &str) -> anyhow::Result<Self> {
        let profile = replay::profile(agency, name)?;
        let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let kind = match profile.format {
            Format::Csv => Kind::Csv { delimiter: profile.delimiter },
            Format::Json => Kind::Jsonl,
        };
        let mut records = split(&bytes, kind, 1, true).into_iter().filter(|record| !record.is_blank());
        let header = match kind {
            Kind::Jsonl => Vec::new(),
            Kind::Csv { delimiter } => {
                columns(&records.next().context("the file has no header")?.text, delimiter)?
            }
        };
        let mut sample = Self::default();
        for record in records {
            match object(&record.text, kind, &header) {
                Ok(row) => sample.add(&profile, row, record.line),
                Err(fault) => sample.fault(fault, record.line),
            }
        }
        Ok(sample)
    }

    fn add(&mut self, profile: &Profile, row: serde_json::Value, line: usize) {
        let rows = match profile.rows(row) {
            Ok(rows) => rows,
            Err(fault) => return self.fault(fault.to_string(), line),
        };
        for row in rows {
            let mapped = match profile.map(&row) {
                Ok(mapped) => mapped,
                Err(fault) => {
                    self.fault(fault.to_string(), line);
                    continue;
                }
            };
            self.rows += 1;
            self.ignored += usize::from(mapped.events.is_empty());
            for event in mapped.events {
                *self.events.entry(event.kind).or_default() += 1;
            }
            // A row with several events reads its tables for each: a value counts once a row.
            let values: std::collections::BTreeSet<_> =
                mapped.unmapped.into_iter().map(|unmapped| (unmapped.table, unmapped.value)).collect();
            for value in values {
                *self.unmapped.entry(value).or_default() += 1;
            }
        }
    }

    fn fault(&mut self, fault: String, line: usize) {
        self.rows += 1;
        self.faults.entry(fault).or_insert((0, line)).0 += 1;
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused: usize = self.faults.values().map(|(count, _)| count).sum();
        writeln!(f, "{} rows, {} without an event, {refused} refused", self.rows, self.ignored)?;
        for (kind, count) in &self.events {
            writeln!(f, "  {count:>7}  {kind}")?;
        }
        if !self.unmapped.is_empty() {
            writeln!(f, "  Values that no table knows, in rows:")?;
        }
        let mut unmapped: Vec<_> = self.unmapped.iter().collect();
        unmapped.sort_by_key(|(value, count)| (&value.0, std::cmp::Reverse(**count), &value.1));
        for ((table, value), count) in unmapped {
            writeln!(f, "  {count:>7}  {table}: {value:?}")?;
        }
        if !self.faults.is_empty() {
            writeln!(f, "  Refused:")?;
        }
        for (fault, (count, line)) in &self.faults {
            writeln!(f, "  {count:>7}  {fault} (first in line {line})")?;
        }
        Ok(())
    }
}
