//! Day files of the crime log as Parquet: what Athena and DuckDB read, and what the night reads back.
//!
//! One row group, plain Parquet types, Snappy; the same rows give the same bytes. Pure: bytes in, rows out.
#![warn(missing_docs)]

mod gather;

use std::sync::Arc;

use bytes::Bytes;
use hotspot::fact::Clearance;
use hotspot::history::Entry;
use hotspot::{CrimeFact, Origin};
use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};
use parquet::basic::Compression;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

pub use gather::gather;

/// The columns, in the order of the file. `docs/hotspots.md` repeats them for those who query, and the template for Athena.
pub const SCHEMA: &str = "message crime_fact {
    required binary incident (UTF8);
    required int64 version;
    required int64 occurred_from (TIMESTAMP(MICROS,true));
    optional int64 occurred_to (TIMESTAMP(MICROS,true));
    required binary offence (UTF8);
    required binary category (UTF8);
    required binary origin (UTF8);
    optional binary geohash (UTF8);
    required boolean deleted;
    optional binary cleared (UTF8);
    optional int32 cleared_on (DATE);
}";

/// A file is not what the log writes.
#[derive(Debug, thiserror::Error)]
pub enum DayFileError {
    /// Not Parquet, or damaged: restore the version of the object before.
    #[error("a day file of the crime log cannot be read or written: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Parquet, but not of the crime log.
    #[error("a day file of the crime log holds {0}")]
    Content(&'static str),
}

type Result<T> = std::result::Result<T, DayFileError>;

/// A column ended before the others.
const SHORT: DayFileError = DayFileError::Content("a short column");

/// Day 0 of Parquet's dates.
const EPOCH: Date = date(1970, 1, 1);

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// The file of some rows.
pub fn encode(rows: &[CrimeFact]) -> Result<Vec<u8>> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("precinct".into())
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    texts(&mut group, rows, |row| &row.incident)?;
    put::<Int64Type>(&mut group, rows.iter().map(|row| row.version as i64).collect(), None)?;
    put::<Int64Type>(&mut group, rows.iter().map(|row| row.occurred_from.as_microsecond()).collect(), None)?;
    optional::<Int64Type>(&mut group, rows.iter().map(|row| row.occurred_to.map(Timestamp::as_microsecond)))?;
    texts(&mut group, rows, |row| &row.offence)?;
    texts(&mut group, rows, |row| &row.category)?;
    texts(&mut group, rows, |row| row.origin.word())?;
    optional::<ByteArrayType>(
        &mut group,
        rows.iter().map(|row| row.geohash.as_deref().map(ByteArray::from)),
    )?;
    put::<BoolType>(&mut group, rows.iter().map(|row| row.deleted).collect(), None)?;
    let cleared = rows.iter().map(|row| row.cleared.map(|(how, _)| ByteArray::from(how.word())));
    optional::<ByteArrayType>(&mut group, cleared)?;
    optional::<Int32Type>(&mut group, rows.iter().map(|row| row.cleared.map(|(_, on)| epoch_day(on))))?;
    group.close()?;
    Ok(file.into_inner()?)
}

/// The rows of a file.
pub fn decode(bytes: Bytes) -> Result<Vec<CrimeFact>> {
    let mut rows = Vec::new();
    for columns in columns(bytes)? {
        for index in 0..columns.deleted.len() {
            rows.push(columns.fact(index)?);
        }
    }
    Ok(rows)
}

/// The columns of one row group. Rows borrow from them: a night reads half a million, and needs none of them whole.
struct Columns {
    incidents: Vec<ByteArray>,
    versions: Vec<i64>,
    from: Vec<i64>,
    to: Vec<Option<i64>>,
    offences: Vec<ByteArray>,
    categories: Vec<ByteArray>,
    origins: Vec<ByteArray>,
    positions: Vec<Option<ByteArray>>,
    deleted: Vec<bool>,
    cleared: Vec<Option<(Clearance, Date)>>,
}

fn columns(bytes: Bytes) -> Result<Vec<Columns>> {
    let file = SerializedFileReader::new(bytes)?;
    let group = |index| {
        let group = file.get_row_group(index)?;
        let group = group.as_ref();
        Ok(Columns {
            incidents: required::<ByteArrayType>(group, 0)?,
            versions: required::<Int64Type>(group, 1)?,
            from: required::<Int64Type>(group, 2)?,
            to: maybe::<Int64Type>(group, 3)?,
            offences: required::<ByteArrayType>(group, 4)?,
            categories: required::<ByteArrayType>(group, 5)?,
            origins: required::<ByteArrayType>(group, 6)?,
            positions: maybe::<ByteArrayType>(group, 7)?,
            deleted: required::<BoolType>(group, 8)?,
            cleared: clearances(group)?,
        })
    };
    (0..file.num_row_groups()).map(group).collect()
}

impl Columns {
    /// What a night's statistics need of a row.
    fn entry(&self, index: usize) -> Result<Entry<'_>> {
        Ok(Entry {
            incident: text(&self.incidents[index])?,
            version: self.versions[index] as u64,
            at_us: self.from[index],
            offence: text(&self.offences[index])?,
            origin: self.origin(index)?,
            geohash: self.positions[index].as_ref().map(text).transpose()?,
            deleted: self.deleted[index],
            cleared_on: self.cleared[index].map(|(_, on)| on),
        })
    }

    fn fact(&self, index: usize) -> Result<CrimeFact> {
        let Entry { incident, version, at_us, offence, origin, geohash, deleted, .. } = self.entry(index)?;
        Ok(CrimeFact {
            incident: incident.to_owned(),
            version,
            occurred_from: instant(at_us)?,
            occurred_to: self.to[index].map(instant).transpose()?,
            offence: offence.to_owned(),
            category: text(&self.categories[index])?.to_owned(),
            origin,
            geohash: geohash.map(str::to_owned),
            cleared: self.cleared[index],
            previous_day: None,
            deleted,
            forget: false,
        })
    }

    fn origin(&self, index: usize) -> Result<Origin> {
        Origin::from_word(text(&self.origins[index])?).ok_or(DayFileError::Content("an unknown origin"))
    }
}

fn instant(microseconds: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(microseconds).map_err(|_| DayFileError::Content("an impossible time"))
}

/// How and when each row was cleared.
fn clearances(group: &dyn RowGroupReader) -> Result<Vec<Option<(Clearance, Date)>>> {
    let (how, on) = (maybe::<ByteArrayType>(group, 9)?, maybe::<Int32Type>(group, 10)?);
    let both = |(how, on): (Option<ByteArray>, Option<i32>)| {
        let (Some(how), Some(on)) = (how, on) else { return Ok(None) };
        let how = Clearance::from_word(text(&how)?).ok_or(DayFileError::Content("an unknown clearance"))?;
        Ok(Some((
            how,
            EPOCH
                .checked_add(Span::new().days(on))
                .map_err(|_| DayFileError::Content("an impossible day"))?,
        )))
    };
    how.into_iter().zip(on).map(both).collect()
}

/// Days since 1970, as Parquet counts them.
fn epoch_day(date: Date) -> i32 {
    (date.duration_since(EPOCH).as_hours() / 24) as i32
}

fn texts<'r>(group: &mut Group, rows: &'r [CrimeFact], of: impl Fn(&'r CrimeFact) -> &'r str) -> Result<()> {
    put::<ByteArrayType>(group, rows.iter().map(|row| ByteArray::from(of(row))).collect(), None)
}

fn optional<T: DataType>(group: &mut Group, values: impl Iterator<Item = Option<T::T>>) -> Result<()> {
    let values: Vec<Option<T::T>> = values.collect();
    let levels = values.iter().map(|value| i16::from(value.is_some())).collect();
    put::<T>(group, values.into_iter().flatten().collect(), Some(levels))
}

fn put<T: DataType>(group: &mut Group, values: Vec<T::T>, levels: Option<Vec<i16>>) -> Result<()> {
    let mut column =
        group.next_column()?.ok_or(DayFileError::Content("fewer columns than there are values"))?;
    column.typed::<T>().write_batch(&values, levels.as_deref(), None)?;
    column.close()?;
    Ok(())
}

fn required<T: DataType>(group: &dyn RowGroupReader, column: usize) -> Result<Vec<T::T>> {
    let rows = group.metadata().num_rows().unsigned_abs() as usize;
    let mut values = Vec::with_capacity(rows);
    let read = reader::<T>(group, column)?.read_records(rows, None, None, &mut values)?;
    if read.2 == rows { Ok(values) } else { Err(SHORT) }
}

fn maybe<T: DataType>(group: &dyn RowGroupReader, column: usize) -> Result<Vec<Option<T::T>>> {
    let rows = group.metadata().num_rows().unsigned_abs() as usize;
    let (mut values, mut levels) = (Vec::new(), Vec::with_capacity(rows));
    reader::<T>(group, column)?.read_records(rows, Some(&mut levels), None, &mut values)?;
    if levels.len() != rows {
        return Err(SHORT);
    }
    let mut values = values.into_iter();
    Ok(levels.into_iter().map(|level| if level > 0 { values.next() } else { None }).collect())
}

fn reader<T: DataType>(group: &dyn RowGroupReader, column: usize) -> Result<ColumnReaderImpl<T>> {
    T::get_column_reader(group.get_column_reader(column)?)
        .ok_or(DayFileError::Content("a column of another type"))
}

fn text(value: &ByteArray) -> Result<&str> {
    Ok(value.as_utf8()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fact() -> impl Strategy<Value = CrimeFact> {
        let instant = -10_000_000_000_000_000i64..10_000_000_000_000_000;
        let words = ("[A-Z0-9#-]{1,20}", "\\PC{0,30}", "[a-z_]{0,12}");
        let end = prop::option::of(instant.clone());
        let place = prop::option::of("[0-9b-h]{8}");
        (words, 0u64..1 << 40, instant, end, place, any::<bool>(), any::<bool>()).prop_map(
            |((incident, offence, category), version, from, to, geohash, found, deleted)| CrimeFact {
                incident,
                version,
                occurred_from: Timestamp::from_microsecond(from).unwrap(),
                occurred_to: to.map(|to| Timestamp::from_microsecond(to).unwrap()),
                offence,
                category,
                origin: if found { Origin::OfficerInitiated } else { Origin::Reported },
                geohash,
                cleared: found.then_some((Clearance::Exceptional, date(2026, 2, 28))),
                previous_day: None,
                deleted,
                forget: false,
            },
        )
    }

    proptest! {
        #[test]
        fn a_file_reads_back_as_it_was_written_and_twice_the_same(rows in prop::collection::vec(fact(), 0..50)) {
            let bytes = encode(&rows).unwrap();
            prop_assert_eq!(&bytes, &encode(&rows).unwrap());
            prop_assert_eq!(decode(bytes.into()).unwrap(), rows);
        }
    }

    #[test]
    fn what_is_no_parquet_is_an_error() {
        assert!(decode(Bytes::from_static(b"no parquet at all")).is_err());
    }
}
