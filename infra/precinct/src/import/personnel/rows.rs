//! From the files of a folder to events of the webhook contract, row by row, each read by the rules of intake itself.
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use csv::ByteRecord;
use eis::{event, protected};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::cell;
use super::columns::{Column, Form, KINDS, Kind};
use crate::import::open::unpacked;

/// What reading a row needs to know of the agency.
pub(super) struct Rules {
    pub(super) zone: TimeZone,
    pub(super) indicators: BTreeSet<String>,
}

/// A row and what came of it.
pub(super) struct Row {
    pub(super) file: String,
    /// Line on which the row begins; the header is line 1.
    pub(super) line: u64,
    pub(super) event: Result<Read, Fault>,
}

/// A row that was read.
pub(super) struct Read {
    /// The event to post. Its id follows from its content, so that a row is stored once however often it is posted.
    pub(super) event: Value,
    /// Digest of the content.
    pub(super) name: Digest16,
    /// Digest of what two different rows must not share, where there is such a thing.
    pub(super) key: Option<Digest16>,
}

/// The first half of a SHA-256: enough to tell a million rows apart.
pub(super) type Digest16 = [u8; 16];

/// What is wrong with a row, and what to do; never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) column: String,
    pub(super) code: Cow<'static, str>,
    pub(super) advice: String,
}

/// A file whose header has been read.
pub(super) struct Sheet {
    kind: &'static Kind,
    path: PathBuf,
    /// Column and place in the row.
    places: Vec<(&'static Column, usize)>,
    width: usize,
    /// Columns that are not used.
    pub(super) unused: Vec<String>,
}

/// The files of `folder` that are there, in the order of loading. A protected column, a missing one or a strange file
/// refuses all of them.
pub(super) fn sheets(folder: &Path) -> Result<Vec<Sheet>> {
    let mut sheets = Vec::new();
    for kind in &KINDS {
        let (plain, packed) = (folder.join(kind.file), folder.join(format!("{}.gz", kind.file)));
        let path = match (plain.exists(), packed.exists()) {
            (true, true) => bail!("{} and {} are both there; keep one", plain.display(), packed.display()),
            (true, false) => plain,
            (false, true) => packed,
            (false, false) => continue,
        };
        sheets.push(Sheet::open(kind, path)?);
    }
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.file).collect();
    ensure!(!sheets.is_empty(), "{} holds none of {}", folder.display(), names.join(", "));
    Ok(sheets)
}

impl Sheet {
    fn open(kind: &'static Kind, path: PathBuf) -> Result<Self> {
        let shown = path.display();
        let mut reader = reader(&path)?;
        let headers = reader
            .headers()
            .with_context(|| format!("{shown} has no readable header; save it as CSV in UTF-8"))?;
        let headers: Vec<String> = headers.iter().map(|header| header.trim().to_owned()).collect();
        let refused: Vec<&String> = headers.iter().filter(|header| protected::is_protected(header)).collect();
        if !refused.is_empty() {
            bail!(
                "{shown}: remove the columns {refused:?}: protected attributes are not accepted, and nothing was loaded"
            );
        }
        let place = |name: &str| headers.iter().position(|header| header == name);
        let missing: Vec<&str> = kind
            .columns
            .iter()
            .filter(|one| one.required && place(one.name).is_none())
            .map(|one| one.name)
            .collect();
        ensure!(
            missing.is_empty(),
            "{shown} lacks the columns {missing:?}; its header must name them (docs/import-personnel.md)"
        );
        let places = kind.columns.iter().filter_map(|one| Some((one, place(one.name)?))).collect();
        let known = |header: &&String| kind.columns.iter().any(|one| one.name == header.as_str());
        let unused = headers.iter().filter(|header| !known(header)).cloned().collect();
        Ok(Self { kind, places, width: headers.len(), unused, path })
    }

    /// The file's name, for messages.
    pub(super) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Its rows from the first one on.
    pub(super) fn rows<'a>(&'a self, rules: &'a Rules) -> Box<dyn Iterator<Item = Result<Row>> + Send + 'a> {
        let reader = match reader(&self.path) {
            Ok(reader) => reader,
            Err(error) => return Box::new(std::iter::once(Err(error))),
        };
        Box::new(reader.into_byte_records().map(move |record| {
            let record = record.with_context(|| format!("reading {}", self.path.display()))?;
            let line = record.position().map_or(0, csv::Position::line);
            Ok(Row { file: self.name(), line, event: self.read(&record, rules) })
        }))
    }

    fn read(&self, record: &ByteRecord, rules: &Rules) -> Result<Read, Fault> {
        let (mut data, mut days) = (Map::new(), Map::new());
        if record.len() != self.width {
            let advice = format!(
                "the row has {} fields and the header {}; mend the commas or quotes",
                record.len(),
                self.width
            );
            return Err(Fault { column: String::new(), code: "wrong_number_of_fields".into(), advice });
        }
        for (column, place) in &self.places {
            let fault =
                |code: &'static str, advice| Fault { column: column.name.into(), code: code.into(), advice };
            let text = std::str::from_utf8(&record[*place])
                .map_err(|_| fault("not_utf8", "save the file as CSV in UTF-8".into()))?;
            let value = cell::read(column.form, text).map_err(|wrong| fault(wrong.code, wrong.advice))?;
            let Some(value) = value else { continue };
            if matches!(column.form, Form::When | Form::Day) {
                days.insert(column.name.into(), value.clone());
            }
            if column.form != Form::When {
                data.insert(column.name.into(), value);
            }
        }
        self.event(data, &days, rules)
    }

    fn event(
        &self,
        data: Map<String, Value>,
        days: &Map<String, Value>,
        rules: &Rules,
    ) -> Result<Read, Fault> {
        let day = self.day(days)?;
        let fault = |invalid: event::Invalid| Fault {
            column: invalid.pointer.rsplit('/').next().unwrap_or_default().into(),
            code: invalid.code.into(),
            advice: invalid.detail,
        };
        event::read(self.kind.event, &data, day, &rules.indicators).map_err(fault)?;
        // Noon lies on that day in every zone's clock, summer time or not.
        let at = rules.zone.to_zoned_datetime(day.at(12, 0, 0, 0));
        let at = at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()).unwrap_or_default();
        let key = (!self.kind.key.is_empty()).then(|| {
            let fields: Vec<&Value> = self.kind.key.iter().filter_map(|name| data.get(*name)).collect();
            digest(&json!([self.kind.event, at, fields]))
        });
        let mut event = json!({"type": self.kind.event, "timestamp": at, "data": data});
        let name = digest(&event);
        event["id"] = json!(format!("import-{}", hex::encode(name)));
        Ok(Read { event, name, key })
    }

    /// The day on which it took effect.
    fn day(&self, days: &Map<String, Value>) -> Result<Date, Fault> {
        let filled = self.kind.when.iter().find_map(|name| days.get(*name)?.as_str()?.parse().ok());
        filled.ok_or_else(|| {
            let column = *self.kind.when.last().unwrap_or(&"");
            Fault {
                column: column.into(),
                code: "invalid".into(),
                advice: format!("{column} is required: a day such as 2026-07-04"),
            }
        })
    }
}

fn reader(path: &Path) -> Result<csv::Reader<Box<dyn std::io::Read + Send>>> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(csv::ReaderBuilder::new().flexible(true).from_reader(unpacked(path, file)))
}

/// Names `value`, whose fields are in the order of their names.
pub(super) fn digest(value: &Value) -> Digest16 {
    let mut half = Digest16::default();
    half.copy_from_slice(&Sha256::digest(value.to_string())[..16]);
    half
}
