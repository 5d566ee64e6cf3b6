//! Names, headers and packing of public files.
use std::io::{Read as _, Write as _};

use anyhow::Result;
use bytes::Bytes;
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use hotspot::{geojson, twin};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::is_all;
use crate::bucket::{Bucket, Headers, If};

/// Others may keep a snapshot for a day: it can be withdrawn.
pub(super) const SNAPSHOT: &str = "public, max-age=86400";
/// What changes with each edition is asked for again after five minutes.
pub(super) const LATEST: &str = "public, max-age=300, stale-while-revalidate=3600";

pub(super) const GEOJSON: &str = "geojson";
pub(super) const CSV: &str = "csv";

/// Which edition of a map a file holds.
#[derive(Clone, Copy)]
pub(super) enum Name {
    Date(Date),
    Latest,
}

/// The key of a file; the map of everything lies at the root of the folder.
pub(super) fn key(category: &str, name: Name, ending: &str) -> String {
    let name = match name {
        Name::Date(date) => date.to_string(),
        Name::Latest => "latest".to_owned(),
    };
    if is_all(category) {
        format!("hotspots/{name}.{ending}")
    } else {
        format!("hotspots/{category}/{name}.{ending}")
    }
}

/// Writes a file; its name says what it is, and whether it is packed.
pub(super) async fn put(
    bucket: &Bucket,
    key: &str,
    body: Bytes,
    cache_control: &str,
    date: Date,
) -> Result<()> {
    bucket.put(key, body, If::Anything, headers(key, cache_control, &date.to_string())).await.map(drop)
}

/// Writes a snapshot, unless one stands: that is not rewritten.
pub(super) async fn stands(bucket: &Bucket, key: &str, text: &str, date: Date) -> Result<()> {
    bucket.put(key, pack(text)?, If::Absent, headers(key, SNAPSHOT, &date.to_string())).await.map(drop)
}

fn headers<'a>(key: &str, cache_control: &'a str, as_of: &'a str) -> Headers<'a> {
    let (content_type, packed) = match key.rsplit('.').next() {
        Some(GEOJSON) => (geojson::MEDIA_TYPE, true),
        Some(CSV) => (twin::MEDIA_TYPE, true),
        _ => ("application/json", false),
    };
    Headers {
        content_type,
        content_encoding: packed.then_some("gzip"),
        cache_control: Some(cache_control),
        as_of: Some(as_of),
    }
}

/// Gzip without a time stamp: the same text gives the same bytes and the same entity tag.
pub(super) fn pack(text: &str) -> Result<Bytes> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.into())
}

pub(super) fn unpack(packed: &[u8]) -> Result<String> {
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text)?;
    Ok(text)
}

/// SHA-256 in hexadecimal digits.
pub(super) fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_the_same_gzip_and_reads_back() {
        let packed = pack("text").unwrap();
        assert_eq!(packed, pack("text").unwrap());
        assert_eq!(unpack(&packed).unwrap(), "text");
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
