//! Reads agencies' CSV exports as they come: gzip, byte-order marks, fields over several lines, US dates with AM/PM,
//! spreadsheet errors. What cannot be read is counted by reason, never guessed.
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result};
use csv::{ReaderBuilder, StringRecord};
use eis::accuracy::Lot;
use flate2::read::MultiGzDecoder;
use jiff::civil::Date;

/// Rows left out or mended, by file and reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dirt(BTreeMap<(String, &'static str), u64>);

impl Dirt {
    /// Counts one row of `file`.
    pub(super) fn count(&mut self, file: &str, reason: &'static str) {
        *self.0.entry((file.to_owned(), reason)).or_default() += 1;
    }

    /// File, reason and rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.0.iter().map(|((file, reason), count)| (file.as_str(), *reason, *count))
    }
}

/// A file in memory.
pub(super) struct Sheet {
    path: String,
    header: StringRecord,
    rows: Vec<StringRecord>,
}

/// A column of a sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column(usize);

/// One row.
#[derive(Clone, Copy)]
pub(super) struct Row<'a>(&'a StringRecord);

impl Sheet {
    /// Reads `folder/name`; with a `lot`, in a random order, to show that the order does not matter.
    pub(super) fn read(folder: &Path, name: &str, lot: Option<&mut Lot>) -> Result<Self> {
        let path = folder.join(name);
        let file = File::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let mut sheet = Self::parse(name, file)?;
        if let Some(lot) = lot {
            lot.shuffle(&mut sheet.rows);
        }
        Ok(sheet)
    }

    fn parse(name: &str, file: impl Read) -> Result<Self> {
        let mut plain = BufReader::new(unpacked(BufReader::with_capacity(1 << 16, file))?);
        if plain.fill_buf().with_context(|| format!("reading {name}"))?.starts_with(b"\xef\xbb\xbf") {
            plain.consume(3);
        }
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(plain);
        let header = reader.headers().with_context(|| format!("{name} has no header"))?.clone();
        let (mut rows, mut record) = (Vec::new(), csv::ByteRecord::new());
        while reader.read_byte_record(&mut record).with_context(|| format!("reading {name}"))? {
            rows.push(record.iter().map(String::from_utf8_lossy).collect());
        }
        Ok(Self { path: name.to_owned(), header, rows })
    }

    /// The column called `name`.
    pub(super) fn column(&self, name: &str) -> Result<Column> {
        let known = || self.header.iter().collect::<Vec<_>>().join(", ");
        let place = self.header.iter().position(|header| header.trim().eq_ignore_ascii_case(name));
        place.map(Column).with_context(|| format!("{} has no column {name:?}; it has {}", self.path, known()))
    }

    /// The same, where the history names one.
    pub(super) fn optional(&self, name: Option<&String>) -> Result<Option<Column>> {
        name.map(|name| self.column(name)).transpose()
    }

    /// The rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(Row)
    }
}

/// What is in a file, gzip or plain.
pub(super) fn unpacked<'r>(mut file: impl BufRead + 'r) -> Result<Box<dyn Read + 'r>> {
    let packed = file.fill_buf()?.starts_with(b"\x1f\x8b");
    Ok(if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

impl<'a> Row<'a> {
    /// A field without surrounding space; nothing where the row is too short or a spreadsheet left an error.
    pub(super) fn text(self, column: Column) -> &'a str {
        let field = self.0.get(column.0).unwrap_or("").trim();
        if field.starts_with('#') { "" } else { field }
    }

    /// The date in a field, or why there is none.
    pub(super) fn date(self, column: Column) -> Result<Date, &'static str> {
        let field = self.0.get(column.0).unwrap_or("").trim();
        if field.is_empty() {
            return Err("no date");
        }
        if field.starts_with('#') {
            return Err("a spreadsheet error in place of a date");
        }
        let date = date(field).ok_or("a date that cannot be read")?;
        if (1900..2200).contains(&date.year()) { Ok(date) } else { Err("a date out of range") }
    }

    /// The date in a field that may be empty.
    pub(super) fn optional_date(self, column: Option<Column>) -> Option<Date> {
        column.and_then(|column| self.date(column).ok())
    }
}

/// `2012-03-04`, with whatever time follows, or `3/4/2012 1:05:00 PM`, month first.
fn date(field: &str) -> Option<Date> {
    let day = field.split([' ', 'T', '\u{a0}']).next()?;
    if let Some((month, rest)) = day.split_once('/') {
        let (date, year) = rest.split_once('/')?;
        if month.len() == 4 {
            return Date::new(month.parse().ok()?, date.parse().ok()?, year.parse().ok()?).ok();
        }
        let year = if year.len() == 4 { year.parse().ok()? } else { return None };
        return Date::new(year, month.parse().ok()?, date.parse().ok()?).ok();
    }
    day.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[track_caller]
    fn check(field: &str, expected: Option<&str>) {
        assert_eq!(date(field).map(|date| date.to_string()).as_deref(), expected);
    }

    #[test]
    fn dates_as_agencies_write_them() {
        check("2012-03-04", Some("2012-03-04"));
        check("2012-03-04T05:06:07.000", Some("2012-03-04"));
        check("3/4/2012 11:05:00 PM", Some("2012-03-04"));
        check("03/04/2012", Some("2012-03-04"));
        check("2012/03/04", Some("2012-03-04"));
        check("3/4/12", None);
        check("13/04/2012", None);
        check("yesterday", None);
    }

    #[test]
    fn a_packed_export_with_a_mark_and_a_field_over_two_lines() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(b"\xef\xbb\xbfID,Note,Day\r\n7,\"two\nlines\",#VALUE!\r\n8,short\r\n").unwrap();
        let sheet = Sheet::parse("x.csv", packed.finish().unwrap().as_slice()).unwrap();
        let (id, day) = (sheet.column("id").unwrap(), sheet.column("Day").unwrap());
        let rows: Vec<_> = sheet.rows().map(|row| (row.text(id), row.date(day).unwrap_err())).collect();
        assert_eq!(rows, [("7", "a spreadsheet error in place of a date"), ("8", "no date")]);
        let error = sheet.column("officer").unwrap_err().to_string();
        assert_eq!(error, "x.csv has no column \"officer\"; it has ID, Note, Day");
    }
}
