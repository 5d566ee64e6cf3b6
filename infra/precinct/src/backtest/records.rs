//! An agency's history in memory: who served where, what happened, what came later. Nothing here depends on the
//! order of the rows, and nothing here has a place for a protected attribute.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use eis::accuracy::Lot;
use eis::event::Finding;
use jiff::civil::Date;

use super::history::{Events, History, Label, Population, Roster, Units};
use super::sheet::{Column, Dirt, Row, Sheet};

/// The history.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Records {
    /// Ranks of those paid, by year and officer.
    pub years: BTreeMap<i16, BTreeMap<String, String>>,
    /// Service, by officer.
    pub service: BTreeMap<String, Service>,
    /// Units held, by officer, oldest first.
    pub stays: BTreeMap<String, BTreeSet<Stay>>,
    /// Events, by officer and by indicator and id.
    pub events: BTreeMap<String, BTreeMap<String, Past>>,
    /// Outcomes of each label that has a file, by officer.
    pub outcomes: BTreeMap<String, BTreeMap<String, BTreeSet<Outcome>>>,
    /// What was left out.
    pub dirt: Dirt,
    /// Rows read, by file.
    pub read: BTreeMap<String, usize>,
}

/// One officer's line of the roster.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Service {
    pub hired: Option<Date>,
    pub separated: Option<Date>,
    pub rank: String,
    pub unit: String,
    pub supervisor: String,
}

/// A unit held for a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stay {
    pub from: Date,
    pub unit: String,
    pub to: Option<Date>,
}

/// An event of one officer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Past {
    pub dated: Date,
    pub known: Date,
    pub indicator: String,
    /// Once `closed`.
    pub finding: Finding,
    pub closed: Option<Date>,
    pub severity: Option<String>,
    /// What several officers share.
    pub scene: String,
}

/// Something that came later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Outcome {
    pub on: Date,
    /// When it became known, if that is recorded.
    pub decided: Option<Date>,
}

/// Reads files in turn and keeps count of their dirt.
struct Loader<'a> {
    folder: &'a Path,
    lot: Option<Lot>,
    records: Records,
}

/// Reads what `history` names in `folder`; with a `lot`, each file in a random order.
pub(super) fn load(history: &History, folder: &Path, lot: Option<Lot>) -> Result<Records> {
    let mut loader = Loader { folder, lot, records: Records::default() };
    if let Some(population) = &history.population {
        loader.population(population)?;
    }
    loader.roster(&history.roster)?;
    if let Some(units) = &history.units {
        loader.units(units)?;
    }
    for events in &history.events {
        loader.events(events)?;
    }
    for label in history.labels.iter().filter(|label| label.any.is_empty()) {
        loader.outcomes(label)?;
    }
    Ok(loader.records)
}

impl Loader<'_> {
    /// Hands every row with an officer to `take`, which says why it leaves one out.
    fn rows(
        &mut self,
        name: &str,
        sheet: &Sheet,
        officer: &str,
        mut take: impl FnMut(&mut Records, &str, Row) -> Result<(), &'static str>,
    ) -> Result<()> {
        let officer = sheet.column(officer)?;
        let mut count = 0;
        for row in sheet.rows() {
            count += 1;
            let taken = match row.text(officer) {
                "" => Err("no officer"),
                officer => take(&mut self.records, officer, row),
            };
            if let Err(reason) = taken {
                self.records.dirt.count(name, reason);
            }
        }
        self.records.read.insert(name.to_owned(), count);
        Ok(())
    }

    fn sheet(&mut self, name: &str) -> Result<Sheet> {
        Sheet::read(self.folder, name, self.lot.as_mut())
    }

    fn population(&mut self, from: &Population) -> Result<()> {
        let sheet = self.sheet(&from.file)?;
        let (year, rank) = (sheet.column(&from.year)?, sheet.column(&from.rank)?);
        self.rows(&from.file, &sheet, &from.officer, |records, officer, row| {
            let year: i16 = row.text(year).parse().map_err(|_| "a year that cannot be read")?;
            let held = records.years.entry(year).or_default();
            keep_least(held, officer, row.text(rank).to_owned())
        })
    }

    fn roster(&mut self, from: &Roster) -> Result<()> {
        let sheet = self.sheet(&from.file)?;
        let hired = sheet.column(&from.hired)?;
        let separated = sheet.optional(from.separated.as_ref())?;
        let texts = [&from.rank, &from.unit, &from.supervisor];
        let texts = texts.map(|column| sheet.optional(column.as_ref()));
        let [rank, unit, supervisor] = texts;
        let (rank, unit, supervisor) = (rank?, unit?, supervisor?);
        self.rows(&from.file, &sheet, &from.officer, |records, officer, row| {
            let text =
                |column: Option<Column>| column.map_or(String::new(), |column| row.text(column).into());
            let hired = match row.date(hired) {
                Ok(date) => Some(date),
                Err(reason) => {
                    records.dirt.count(&from.file, if reason == "no date" { UNKNOWN_HIRE } else { reason });
                    None
                }
            };
            let service = Service {
                hired,
                separated: row.optional_date(separated),
                rank: text(rank),
                unit: unit_name(&text(unit)).to_owned(),
                supervisor: text(supervisor),
            };
            keep_least(&mut records.service, officer, service)
        })
    }

    fn units(&mut self, from: &Units) -> Result<()> {
        let sheet = self.sheet(&from.file)?;
        let (unit, start) = (sheet.column(&from.unit)?, sheet.column(&from.from)?);
        let end = sheet.optional(from.to.as_ref())?;
        self.rows(&from.file, &sheet, &from.officer, |records, officer, row| {
            let unit = unit_name(row.text(unit)).to_owned();
            let stay = Stay { from: row.date(start)?, unit, to: row.optional_date(end) };
            let stays = records.stays.entry(officer.to_owned()).or_default();
            if stays.insert(stay) { Ok(()) } else { Err(REPEATED) }
        })
    }

    fn events(&mut self, from: &Events) -> Result<()> {
        let sheet = self.sheet(&from.file)?;
        let (id, dated) = (sheet.column(&from.id)?, sheet.column(&from.dated)?);
        let known = sheet.optional(from.known.as_ref())?;
        let (finding, closed) =
            (sheet.optional(from.finding.as_ref())?, sheet.optional(from.closed.as_ref())?);
        let severity = sheet.optional(from.severity.as_ref())?;
        let conditions = conditions(&sheet, &from.conditions)?;
        self.rows(&from.file, &sheet, &from.officer, |records, officer, row| {
            if !holds(&conditions, row) {
                return Ok(());
            }
            let scene = match row.text(id) {
                "" => return Err("no id"),
                id => id.to_owned(),
            };
            let dated = row.date(dated)?;
            let word = finding.map_or("", |column| row.text(column));
            if !word.is_empty() && !from.findings.contains_key(word) {
                records.dirt.count(&from.file, "a finding that the history does not list: undecided");
            }
            let past = Past {
                dated,
                known: row.optional_date(known).unwrap_or(dated),
                indicator: from.indicator.clone(),
                finding: from.findings.get(word).copied().unwrap_or(Finding::Pending),
                closed: row.optional_date(closed),
                severity: severity.map(|column| row.text(column).to_owned()).filter(|word| !word.is_empty()),
                scene,
            };
            let key = format!("{}/{}", past.indicator, past.scene);
            keep_least(records.events.entry(officer.to_owned()).or_default(), &key, past)
        })
    }

    fn outcomes(&mut self, label: &Label) -> Result<()> {
        let (Some(file), Some(officer), Some(dated)) = (&label.file, &label.officer, &label.dated) else {
            return Ok(());
        };
        let sheet = self.sheet(file)?;
        let (on, decided) = (sheet.column(dated)?, sheet.optional(label.decided.as_ref())?);
        let conditions = conditions(&sheet, &label.conditions)?;
        let mut found: BTreeMap<String, BTreeSet<Outcome>> = BTreeMap::new();
        // A file that gave events before has its dirt counted.
        let counted = self.records.read.contains_key(file).then(|| self.records.dirt.clone());
        self.rows(file, &sheet, officer, |_, officer, row| {
            if holds(&conditions, row) {
                let outcome = Outcome { on: row.date(on)?, decided: row.optional_date(decided) };
                found.entry(officer.to_owned()).or_default().insert(outcome);
            }
            Ok(())
        })?;
        self.records.dirt = counted.unwrap_or_else(|| std::mem::take(&mut self.records.dirt));
        self.records.outcomes.insert(label.name.clone(), found);
        Ok(())
    }
}

const REPEATED: &str = "repeats an earlier row";
const UNKNOWN_HIRE: &str = "no day of hire: the history's length of service is taken";

/// Keeps the least of several rows under one key, so that their order does not matter.
fn keep_least<T: Ord>(rows: &mut BTreeMap<String, T>, key: &str, row: T) -> Result<(), &'static str> {
    match rows.get_mut(key) {
        None => {
            rows.insert(key.to_owned(), row);
            Ok(())
        }
        Some(kept) => {
            if row < *kept {
                *kept = row;
            }
            Err(REPEATED)
        }
    }
}

/// Units are written `-` or `X` where there is none.
fn unit_name(unit: &str) -> &str {
    if unit == "-" || unit.eq_ignore_ascii_case("x") { "" } else { unit }
}

type Conditions<'a> = Vec<(Column, &'a super::history::Condition)>;

fn conditions<'a>(sheet: &Sheet, from: &'a [super::history::Condition]) -> Result<Conditions<'a>> {
    from.iter().map(|condition| Ok((sheet.column(&condition.column)?, condition))).collect()
}

/// One of the conditions, where there are any.
fn holds(conditions: &Conditions, row: Row) -> bool {
    conditions.is_empty() || conditions.iter().any(|(column, condition)| condition.holds(row.text(*column)))
}
