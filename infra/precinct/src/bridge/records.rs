//! Whole records of an export that may still be growing: lines of JSON, or rows of CSV whose quoted fields may span
//! lines. What is half written at the end stays where it is.
use anyhow::Context as _;
use serde_json::{Map, Value};

use crate::post::BATCH_BYTES;

/// Most lines of one CSV record: a quote that is never closed would otherwise hold up the feed.
const LINES: usize = 50;

/// What a file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One JSON object on each line.
    Jsonl,
    /// CSV with a header.
    Csv {
        /// What separates columns.
        delimiter: u8,
    },
}

/// One record and where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Number of its first line, from 1.
    pub(crate) line: usize,
    /// Line ends it takes: none where its own is still missing.
    pub(crate) lines: usize,
    /// Bytes it takes, line end included.
    pub(crate) length: usize,
    /// Its text without the line end.
    pub(crate) text: String,
}

impl Record {
    /// Whether there is nothing on the line.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Where a scan stands inside a CSV record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    /// Right after a quote inside a quoted field: it ends the field unless another follows.
    QuoteSeen,
}

/// The whole records at the beginning of `bytes`, whose first line is number `line`. With `is_end` nothing more will
/// come: what lacks its line end is whole too.
pub(crate) fn split(bytes: &[u8], kind: Kind, line: usize, is_end: bool) -> Vec<Record> {
    let mut records = Vec::new();
    let (mut start, mut line) = (0, line);
    while start < bytes.len() {
        let rest = &bytes[start..];
        let length = match record_length(rest, kind) {
            Some(length) => length,
            None if is_end || is_json_object(rest, kind) => rest.len(),
            None => break,
        };
        let raw = &rest[..length];
        let lines = raw.split(|byte| *byte == b'\n').count() - 1;
        let text = decode(raw).trim_end_matches(['\r', '\n']).to_owned();
        records.push(Record { line, lines, length, text });
        start += length;
        line += lines;
    }
    records
}

/// Bytes of the first record, line end included; none where it has no end yet.
fn record_length(bytes: &[u8], kind: Kind) -> Option<usize> {
    let first_line = bytes.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
    let Kind::Csv { delimiter } = kind else { return first_line };
    let (mut place, mut lines) = (Place::FieldStart, 0);
    for (index, byte) in bytes.iter().enumerate() {
        lines += usize::from(*byte == b'\n');
        if lines > LINES || index > BATCH_BYTES {
            return first_line;
        }
        place = match (place, *byte) {
            (Place::Quoted, b'"') => Place::QuoteSeen,
            (Place::Quoted, _) | (Place::FieldStart | Place::QuoteSeen, b'"') => Place::Quoted,
            (_, b'\n') => return Some(index + 1),
            (_, byte) if byte == delimiter => Place::FieldStart,
            _ => Place::Plain,
        };
    }
    None
}

/// An object is closed by its brace: it is whole even where its line end is still missing.
fn is_json_object(bytes: &[u8], kind: Kind) -> bool {
    kind == Kind::Jsonl && serde_json::from_slice::<Map<String, Value>>(bytes).is_ok()
}

/// UTF-8, else the western code page that older exports are written in; a byte order mark is dropped.
fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Columns of a CSV record.
pub(crate) fn columns(text: &str, delimiter: u8) -> anyhow::Result<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let record = reader.records().next().context("the row is empty")??;
    Ok(record.iter().map(str::to_owned).collect())
}

/// The record as an object; the error says what is wrong and never what stands there.
pub(crate) fn object(text: &str, kind: Kind, header: &[String]) -> Result<Value, String> {
    let Kind::Csv { delimiter } = kind else {
        return serde_json::from_str(text).map_err(|_| "the line is no JSON object".to_owned());
    };
    let cells = columns(text, delimiter).map_err(|_| "the row cannot be read as CSV".to_owned())?;
    if cells.len() != header.len() {
        return Err(format!("the row has {} columns, the header {}", cells.len(), header.len()));
    }
    let pairs = header.iter().zip(cells).map(|(name, cell)| (name.trim().to_owned(), Value::from(cell)));
    Ok(Value::Object(pairs.collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CSV: Kind = Kind::Csv { delimiter: b',' };

    #[track_caller]
    fn check(text: &str, kind: Kind, is_end: bool, expected: &[(usize, &str)]) {
        let found = split(text.as_bytes(), kind, 1, is_end);
        let found: Vec<(usize, &str)> =
            found.iter().map(|record| (record.line, record.text.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn half_a_line_is_left_until_it_is_whole() {
        check("{}\n{\"a\"", Kind::Jsonl, false, &[(1, "{}")]);
        check("{}\n{\"a\":1}", Kind::Jsonl, false, &[(1, "{}"), (2, "{\"a\":1}")]);
        check("a,b\r\n1,2\r\n3", CSV, false, &[(1, "a,b"), (2, "1,2")]);
        check("a,b\n1,2", CSV, true, &[(1, "a,b"), (2, "1,2")]);
    }

    #[test]
    fn quoted_fields_may_span_lines() {
        check("1,\"x\ny\"\n2,3\n", CSV, false, &[(1, "1,\"x\ny\""), (3, "2,3")]);
        check("1,\"x\"\"\n\"\n2\n", CSV, false, &[(1, "1,\"x\"\"\n\""), (3, "2")]);
        check("1,5\" pipe\n2\n", CSV, false, &[(1, "1,5\" pipe"), (2, "2")]);
        check("1,\"x\n", CSV, false, &[]);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_own_line_alone() {
        let text = format!("1,\"x\n{}", "2,y\n".repeat(LINES));
        let records = split(text.as_bytes(), CSV, 1, false);
        assert_eq!((records[0].text.as_str(), records[1].text.as_str()), ("1,\"x", "2,y"));
    }

    #[test]
    fn rows_become_objects() {
        let header = ["A".to_owned(), " B ".to_owned()];
        assert_eq!(object("1,\"x, y\"", CSV, &header), Ok(serde_json::json!({"A": "1", "B": "x, y"})));
        assert_eq!(object("1", CSV, &header), Err("the row has 1 columns, the header 2".into()));
        assert_eq!(object("x", Kind::Jsonl, &[]), Err("the line is no JSON object".into()));
        assert_eq!(decode(b"\xef\xbb\xbfA"), "A");
        assert_eq!(decode(b"Jos\xe9"), "José");
    }

    proptest! {
        /// However the file grows, in whatever pieces it is seen, its records are those of the whole.
        #[test]
        fn records_do_not_depend_on_when_one_looks(
            text in "([a-c,\\n]|\"[a,\\n]{0,3}\"){0,40}\\n",
            cut in 0_usize..80,
        ) {
            let whole = split(text.as_bytes(), CSV, 1, false);
            let cut = cut.min(text.len());
            let mut seen = split(&text.as_bytes()[..cut], CSV, 1, false);
            let done: usize = seen.iter().map(|record| record.length).sum();
            let lines: usize = seen.iter().map(|record| record.lines).sum();
            seen.extend(split(&text.as_bytes()[done..], CSV, lines + 1, false));
            prop_assert_eq!(seen, whole);
        }
    }
}
