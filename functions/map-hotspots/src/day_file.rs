//! Day files of the crime log as Parquet: what Athena and DuckDB read, and what the night reads back.
//!
//! One row group, plain Parquet types, Snappy; the same rows give the same bytes.
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use hotspot::fact::Clearance;
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

/// The columns, in the order of the file. `docs/hotspots.md` repeats them for those who query.
const SCHEMA: &str = "message crime_fact {
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

/// Day 0 of Parquet's dates.
const EPOCH: Date = date(1970, 1, 1);

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// The file of some rows.
pub fn encode(rows: &[CrimeFact]) -> Result<Vec<u8>> {
    let schema = Arc::new(parse_message_type(SCHEMA).context("the schema of the crime log")?);
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
    let file = SerializedFileReader::new(bytes)?;
    let mut rows = Vec::with_capacity(file.metadata().file_metadata().num_rows().unsigned_abs() as usize);
    for index in 0..file.num_row_groups() {
        read_group(file.get_row_group(index)?.as_ref(), &mut rows)?;
    }
    Ok(rows)
}

fn read_group(group: &dyn RowGroupReader, rows: &mut Vec<CrimeFact>) -> Result<()> {
    let mut incidents = required::<ByteArrayType>(group, 0)?.into_iter();
    let mut versions = required::<Int64Type>(group, 1)?.into_iter();
    let mut from = required::<Int64Type>(group, 2)?.into_iter();
    let mut to = maybe::<Int64Type>(group, 3)?.into_iter();
    let mut offences = required::<ByteArrayType>(group, 4)?.into_iter();
    let mut categories = required::<ByteArrayType>(group, 5)?.into_iter();
    let mut origins = required::<ByteArrayType>(group, 6)?.into_iter();
    let mut positions = maybe::<ByteArrayType>(group, 7)?.into_iter();
    let deleted = required::<BoolType>(group, 8)?;
    let mut cleared = clearances(group)?.into_iter();
    for deleted in deleted {
        let origin = Origin::from_word(&text(next(&mut origins)?)?).context("an unknown origin")?;
        rows.push(CrimeFact {
            incident: text(next(&mut incidents)?)?,
            version: versions.next().context("a short column")? as u64,
            occurred_from: Timestamp::from_microsecond(from.next().context("a short column")?)?,
            occurred_to: to.next().context("a short column")?.map(Timestamp::from_microsecond).transpose()?,
            offence: text(next(&mut offences)?)?,
            category: text(next(&mut categories)?)?,
            origin,
            geohash: positions.next().context("a short column")?.map(text).transpose()?,
            cleared: cleared.next().context("a short column")?,
            previous_day: None,
            deleted,
            forget: false,
        });
    }
    Ok(())
}

/// How and when each row was cleared.
fn clearances(group: &dyn RowGroupReader) -> Result<Vec<Option<(Clearance, Date)>>> {
    let (how, on) = (maybe::<ByteArrayType>(group, 9)?, maybe::<Int32Type>(group, 10)?);
    let both = |(how, on): (Option<ByteArray>, Option<i32>)| {
        let (Some(how), Some(on)) = (how, on) else { return Ok(None) };
        let how = Clearance::from_word(&text(how)?).context("an unknown clearance")?;
        Ok(Some((how, EPOCH.checked_add(Span::new().days(on)).context("an impossible day")?)))
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
    let mut column = group.next_column()?.context("a column more than the schema has")?;
    column.typed::<T>().write_batch(&values, levels.as_deref(), None)?;
    column.close()?;
    Ok(())
}

fn required<T: DataType>(group: &dyn RowGroupReader, column: usize) -> Result<Vec<T::T>> {
    let rows = group.metadata().num_rows().unsigned_abs() as usize;
    let mut values = Vec::with_capacity(rows);
    let read = reader::<T>(group, column)?.read_records(rows, None, None, &mut values)?;
    if read.2 == rows { Ok(values) } else { bail!("column {column} of a day file is short") }
}

fn maybe<T: DataType>(group: &dyn RowGroupReader, column: usize) -> Result<Vec<Option<T::T>>> {
    let rows = group.metadata().num_rows().unsigned_abs() as usize;
    let (mut values, mut levels) = (Vec::new(), Vec::with_capacity(rows));
    reader::<T>(group, column)?.read_records(rows, Some(&mut levels), None, &mut values)?;
    let mut values = values.into_iter();
    Ok(levels.into_iter().map(|level| if level > 0 { values.next() } else { None }).collect())
}

fn reader<T: DataType>(group: &dyn RowGroupReader, column: usize) -> Result<ColumnReaderImpl<T>> {
    T::get_column_reader(group.get_column_reader(column)?)
        .context("a column of another type than the schema has")
}

fn next(values: &mut impl Iterator<Item = ByteArray>) -> Result<ByteArray> {
    values.next().context("a short column")
}

fn text(value: ByteArray) -> Result<String> {
    Ok(value.as_utf8()?.to_owned())
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
