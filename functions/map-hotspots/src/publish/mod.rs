//! The public bucket: dated snapshots, `latest` beside them, the catalogue, and the manifest that names what belongs
//! together. A snapshot is rewritten only where an incident that it counted was expunged or sealed, or withdrawn.
//!
//! Snapshots are written first and the manifest last, so that a run that dies half-way leaves the previous edition
//! named in the manifest, and the next run completes the new one from the snapshots.
mod files;
mod withdraw;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use hotspot::manifest::Manifest;
use hotspot::public::Feature;
use hotspot::settings::ALL;
use hotspot::{Settings, catalogue, geojson, manifest, twin};
use jiff::civil::Date;
use startup::agency::Publisher;

use self::files::{GEOJSON, LATEST, Name, SNAPSHOT, key, pack, put, stands};
use crate::bucket::Bucket;
use crate::report::Public;

pub use self::withdraw::{Withdrawn, withdraw};

/// A public map before it is written.
pub(crate) struct Layer {
    pub(crate) category: String,
    /// Precision of its finest cells.
    pub(crate) precision: u8,
    pub(crate) features: Vec<Feature>,
}

/// What to do on a night, from what stands.
pub(crate) fn decide(standing: Option<&Manifest>, tonight: Date, refresh_days: u16) -> Public {
    if standing.is_some_and(|manifest| manifest.withdrawn.contains(&tonight)) {
        return Public::Withdrawn;
    }
    let Some(last) = standing.and_then(|manifest| manifest.as_of) else { return Public::Published };
    let since = tonight.duration_since(last).as_hours() / 24;
    match since {
        ..0 => Public::Past,
        0 => Public::Published,
        days if days < i64::from(refresh_days) => Public::NotDue,
        _ => Public::Published,
    }
}

/// The manifest that stands, if there is one.
pub(crate) async fn standing(bucket: &Bucket) -> Result<Option<Manifest>> {
    let Some(object) = bucket.get(manifest::KEY).await? else { return Ok(None) };
    serde_json::from_slice(&object.body).map(Some).with_context(|| format!("reading {}", manifest::KEY))
}

/// Dates of the editions in the bucket, withdrawn ones included.
pub(crate) async fn dates(bucket: &Bucket) -> Result<Vec<Date>> {
    let date = |key: String| key.strip_prefix("hotspots/")?.strip_suffix(".geojson")?.parse().ok();
    Ok(bucket.list("hotspots/").await?.into_iter().filter_map(date).collect())
}

/// The latest edition before `tonight` whose files stand in the bucket without having become the manifest's.
pub(crate) async fn unfinished(bucket: &Bucket, tonight: Date) -> Result<Option<Date>> {
    let standing = standing(bucket).await?;
    let is_known = |date: &Date| {
        let known = |manifest: &Manifest| Some(*date) <= manifest.as_of || manifest.withdrawn.contains(date);
        standing.as_ref().is_some_and(known)
    };
    Ok(dates(bucket).await?.into_iter().filter(|date| *date < tonight && !is_known(date)).max())
}

/// An edition on its way into the bucket.
#[derive(Clone, Copy)]
pub(crate) struct Edition<'a> {
    pub(crate) bucket: &'a Bucket,
    pub(crate) settings: &'a Settings,
    pub(crate) publisher: &'a Publisher,
    /// GeoJSON of the area, as in the agency folder.
    pub(crate) outline: &'a str,
    pub(crate) date: Date,
}

impl Edition<'_> {
    /// Writes the files of an edition; gives their keys. Snapshots that stand are kept, and `latest` follows them.
    pub(crate) async fn write(&self, layers: Vec<Layer>) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        let mut named = Vec::new();
        for layer in layers {
            let (category, precision) = (layer.category.clone(), layer.precision);
            for (name, text) in texts(layer, self.date) {
                stands(self.bucket, &name, &text, self.date).await?;
                keys.push(name);
            }
            named.push((category, precision));
        }
        let withdrawn = standing(self.bucket).await?.map(|manifest| manifest.withdrawn).unwrap_or_default();
        keys.extend(self.make_latest(named, withdrawn).await?);
        Ok(keys)
    }

    /// Writes the files of a past edition anew, and what follows them where it is the last one; gives their keys.
    pub(crate) async fn rewrite(&self, layers: Vec<Layer>) -> Result<Vec<String>> {
        let standing = standing(self.bucket).await?;
        if standing.as_ref().is_some_and(|manifest| manifest.withdrawn.contains(&self.date)) {
            return Ok(Vec::new());
        }
        let is_last = standing.as_ref().is_some_and(|manifest| manifest.as_of == Some(self.date));
        let mut keys = Vec::new();
        let mut named = Vec::new();
        for layer in layers {
            named.push((layer.category.clone(), layer.precision));
            for (name, text) in texts(layer, self.date) {
                put(self.bucket, &name, pack(&text)?, SNAPSHOT, self.date).await?;
                keys.push(name);
            }
        }
        if is_last {
            let withdrawn = standing.map(|manifest| manifest.withdrawn).unwrap_or_default();
            keys.extend(self.make_latest(named, withdrawn).await?);
        }
        Ok(keys)
    }

    /// Points `latest`, catalogue and manifest at the snapshots of this date.
    pub(crate) async fn make_latest(
        &self,
        maps: Vec<(String, u8)>,
        withdrawn: BTreeSet<Date>,
    ) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        let mut files = Vec::new();
        for (category, precision) in maps {
            for ending in [files::CSV, GEOJSON] {
                let snapshot = key(&category, Name::Date(self.date), ending);
                let Some(object) = self.bucket.get(&snapshot).await? else { continue };
                if ending == GEOJSON {
                    files.push(self.file(&category, precision, &object.body)?);
                }
                let latest = key(&category, Name::Latest, ending);
                put(self.bucket, &latest, object.body, LATEST, self.date).await?;
                keys.push(latest);
            }
        }
        let manifest = self.manifest(Some(self.date), files, withdrawn);
        keys.extend(self.name(&manifest).await?);
        Ok(keys)
    }

    pub(crate) fn manifest(
        &self,
        as_of: Option<Date>,
        files: Vec<manifest::File>,
        withdrawn: BTreeSet<Date>,
    ) -> Manifest {
        Manifest {
            as_of,
            agency: self.publisher.name.clone(),
            disclaimer: self.publisher.disclaimer.clone(),
            license: self.publisher.licence.clone(),
            delay_days: self.settings.public.delay_days,
            excluded: self.settings.public.excluded.clone(),
            outline: manifest::OUTLINE_KEY.to_owned(),
            files,
            withdrawn,
        }
    }

    /// Writes outline, dictionary, catalogue and, last, the manifest.
    pub(crate) async fn name(&self, manifest: &Manifest) -> Result<Vec<String>> {
        let beside = [(manifest::OUTLINE_KEY, self.outline), (catalogue::DICTIONARY_KEY, twin::DICTIONARY)];
        let mut keys = Vec::new();
        for (key, text) in beside {
            put(self.bucket, key, pack(text)?, LATEST, self.date).await?;
            keys.push(key.to_owned());
        }
        if let Some(url) = &self.publisher.url {
            let Publisher { contact, email, .. } = self.publisher;
            let refresh_days = self.settings.public.refresh_days;
            let contact =
                catalogue::Contact { name: contact, email, url: url.trim_end_matches('/'), refresh_days };
            for (key, text) in catalogue::files(manifest, contact) {
                put(self.bucket, key, text.into(), LATEST, self.date).await?;
                keys.push(key.to_owned());
            }
        }
        put(self.bucket, manifest::KEY, manifest.to_json().into(), LATEST, self.date).await?;
        keys.push(manifest::KEY.to_owned());
        Ok(keys)
    }

    fn file(&self, category: &str, precision: u8, packed: &[u8]) -> Result<manifest::File> {
        let text = files::unpack(packed)?;
        Ok(manifest::File {
            category: category.to_owned(),
            window_days: self.settings.public.window_days,
            precision,
            path: key(category, Name::Latest, GEOJSON),
            csv: key(category, Name::Latest, files::CSV),
            snapshot: key(category, Name::Date(self.date), GEOJSON),
            features: text.matches("{\"type\":\"Feature\",").count(),
            bytes: text.len(),
            sha256: files::sha256(&text),
        })
    }
}

/// Key and text of the two files of a map's snapshot.
fn texts(layer: Layer, date: Date) -> [(String, String); 2] {
    let Layer { category, features, .. } = layer;
    [
        (key(&category, Name::Date(date), GEOJSON), geojson::collection(&features)),
        (key(&category, Name::Date(date), files::CSV), twin::csv(&features)),
    ]
}

/// Whether a map is the one of everything, which lies at the root of the folder.
fn is_all(category: &str) -> bool {
    category == ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(last: Option<i8>, tonight: i8, expected: Public) {
        let july = |day| Date::new(2026, 7, day).unwrap();
        let manifest = Manifest {
            as_of: last.map(july),
            agency: String::new(),
            disclaimer: String::new(),
            license: String::new(),
            delay_days: 7,
            excluded: BTreeSet::new(),
            outline: String::new(),
            files: Vec::new(),
            withdrawn: [july(1)].into(),
        };
        assert_eq!(decide(Some(&manifest), july(tonight), 7), expected);
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
    fn a_withdrawn_edition_does_not_come_back() {
        check(None, 1, Public::Withdrawn);
        check(Some(4), 1, Public::Withdrawn);
    }
}
