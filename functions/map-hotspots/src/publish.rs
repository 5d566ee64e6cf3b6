//! The public bucket: dated snapshots and `latest` beside them. A snapshot is rewritten only where an incident
//! that it counted was expunged or sealed.
//!
//! Snapshots are written first and `latest` of the map of everything last, so that a run that dies half-way
//! leaves the previous publication in place and the next run completes it from the snapshots.
use std::io::Write;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use flate2::{Compression, GzBuilder};
use hotspot::geojson::MEDIA_TYPE;
use hotspot::settings::ALL;
use jiff::civil::Date;

use crate::bucket::{Bucket, Headers, If, Put};
use crate::night::PublicFile;
use crate::report::Public;

const SNAPSHOT: &str = "public, max-age=86400";
const LATEST: &str = "public, max-age=300, stale-while-revalidate=3600";

/// What to do on a night, from the date of the last publication.
pub(crate) fn decide(last: Option<Date>, tonight: Date, refresh_days: u16) -> Public {
    let Some(last) = last else { return Public::Published };
    let since = tonight.duration_since(last).as_hours() / 24;
    match since {
        ..0 => Public::Past,
        0 => Public::Published,
        days if days < i64::from(refresh_days) => Public::NotDue,
        _ => Public::Published,
    }
}

/// Date of the last publication.
pub(crate) async fn last_publication(bucket: &Bucket) -> Result<Option<Date>> {
    let as_of = bucket.as_of(&key(ALL, "latest")).await?;
    as_of.map(|date| date.parse().context("the date of hotspots/latest.geojson")).transpose()
}

/// Writes the files of `tonight`; gives their keys.
pub(crate) async fn write(
    bucket: &Bucket,
    files: Vec<PublicFile>,
    tonight: Date,
    decision: Public,
) -> Result<Vec<String>> {
    let date = tonight.to_string();
    let mut keys = Vec::new();
    let mut bodies = Vec::new();
    for file in files {
        let dated = key(&file.category, &date);
        let body = snapshot(bucket, &dated, Bytes::from(gzip(file.text.as_bytes())?), &date).await?;
        keys.push(dated);
        bodies.push((file.category, body));
    }
    if decision == Public::Published {
        // `all` is the first map; its `latest` says that the publication is complete.
        for (category, body) in bodies.into_iter().rev() {
            let latest = key(&category, "latest");
            bucket.put(&latest, body, If::Anything, headers(LATEST, &date)).await?;
            keys.push(latest);
        }
    }
    Ok(keys)
}

/// Dates of the publications that stand.
pub(crate) async fn dates(bucket: &Bucket) -> Result<Vec<Date>> {
    let date = |key: String| key.strip_prefix("hotspots/")?.strip_suffix(".geojson")?.parse().ok();
    Ok(bucket.list("hotspots/").await?.into_iter().filter_map(date).collect())
}

/// Writes the files of a past publication anew, and `latest` where it is the last one; gives their keys.
pub(crate) async fn rewrite(bucket: &Bucket, files: Vec<PublicFile>, date: Date) -> Result<Vec<String>> {
    let is_last = last_publication(bucket).await? == Some(date);
    let date = date.to_string();
    let mut keys = Vec::new();
    for file in files.into_iter().rev() {
        let body = Bytes::from(gzip(file.text.as_bytes())?);
        let latest = is_last.then(|| (key(&file.category, "latest"), LATEST));
        for (key, cache_control) in std::iter::once((key(&file.category, &date), SNAPSHOT)).chain(latest) {
            bucket.put(&key, body.clone(), If::Anything, headers(cache_control, &date)).await?;
            keys.push(key);
        }
    }
    Ok(keys)
}

/// Writes a snapshot, or finds the one that stands: it is not rewritten, and `latest` follows it.
async fn snapshot(bucket: &Bucket, key: &str, body: Bytes, date: &str) -> Result<Bytes> {
    if bucket.put(key, body.clone(), If::Absent, headers(SNAPSHOT, date)).await? == Put::Done {
        return Ok(body);
    }
    let standing = bucket.get(key).await?;
    Ok(standing.map_or(body, |object| object.body))
}

fn key(category: &str, name: &str) -> String {
    if category == ALL {
        format!("hotspots/{name}.geojson")
    } else {
        format!("hotspots/{category}/{name}.geojson")
    }
}

fn headers<'a>(cache_control: &'a str, as_of: &'a str) -> Headers<'a> {
    Headers {
        content_type: MEDIA_TYPE,
        content_encoding: Some("gzip"),
        cache_control: Some(cache_control),
        as_of: Some(as_of),
    }
}

/// Gzip without a time stamp: the same text gives the same bytes and the same entity tag.
fn gzip(text: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(text)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(last: Option<i8>, tonight: i8, expected: Public) {
        let july = |day| Date::new(2026, 7, day).unwrap();
        assert_eq!(decide(last.map(july), july(tonight), 7), expected);
    }

    #[test]
    fn a_week_passes_between_two_publications() {
        check(None, 4, Public::Published);
        check(Some(4), 4, Public::Published);
        check(Some(4), 10, Public::NotDue);
        check(Some(4), 11, Public::Published);
        check(Some(11), 4, Public::Past);
    }

    #[test]
    fn the_same_text_is_the_same_gzip() {
        assert_eq!(gzip(b"text").unwrap(), gzip(b"text").unwrap());
    }
}
