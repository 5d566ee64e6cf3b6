//! Withdrawing an edition: a tombstone in place of each of its files, and `latest`, catalogue and manifest on the one
//! before it. For a map that should never have been published; the numbers behind it stay in the internal bucket.
use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Result, bail};
use hotspot::geojson::WITHDRAWN;
use hotspot::settings::ALL;
use hotspot::twin;
use jiff::civil::Date;
use startup::Variables;
use startup::agency::Folder;

use super::files::{CSV, GEOJSON, LATEST, Name, key, pack, put};
use super::{Edition, dates, standing};
use crate::AgencyPart;
use crate::bucket::Bucket;

/// Asked for again each time, by everybody.
const AT_ONCE: &str = "no-cache";

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The edition that is gone.
    pub date: Date,
    /// The one that stands now, if any.
    pub stands: Option<Date>,
    /// Keys written; a content delivery network in front has to forget them.
    pub keys: Vec<String>,
}

impl fmt::Display for Withdrawn {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "The edition of {} is withdrawn: its files say so and hold nothing.", self.date)?;
        match self.stands {
            Some(date) => writeln!(f, "The latest edition is that of {date}.")?,
            None => writeln!(f, "No edition stands; the next night that is due publishes one.")?,
        }
        writeln!(f, "Written:")?;
        self.keys.iter().try_for_each(|key| writeln!(f, "  {key}"))?;
        write!(
            f,
            "\nCopies may live on for a day where others cached a dated file. Behind CloudFront, end that now:\n  aws \
             cloudfront create-invalidation --distribution-id ID --paths '/hotspots/*' '/data*.json'"
        )
    }
}

/// Withdraws the edition of `date` that was made with an agency folder. Repeating it changes nothing.
pub async fn withdraw(
    bucket: &Bucket,
    folder: &Folder,
    variables: &Variables,
    date: Date,
) -> Result<Withdrawn> {
    let agency = AgencyPart::read(folder, variables)?;
    let edition = agency.edition(bucket, date);
    let (before, dates) = (standing(bucket).await?, dates(bucket).await?);
    if !dates.contains(&date) {
        let list = dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        bail!("there is no edition of {date}; there are: {list}");
    }
    let mut withdrawn = before.as_ref().map(|manifest| manifest.withdrawn.clone()).unwrap_or_default();
    withdrawn.insert(date);
    let stands = match before.as_ref().and_then(|manifest| manifest.as_of) {
        Some(last) if last != date => Some(last),
        _ => dates.into_iter().filter(|other| !withdrawn.contains(other)).max(),
    };
    let maps = maps(bucket, date).await?;
    // What people see first goes first: the page and the portals read `latest`.
    let mut keys = latest(edition, &maps, stands, withdrawn).await?;
    for map in &maps {
        keys.extend(tombstones(bucket, map, Name::Date(date), date).await?);
    }
    Ok(Withdrawn { date, stands, keys })
}

/// The maps of the edition of `date`, the one of everything first.
async fn maps(bucket: &Bucket, date: Date) -> Result<Vec<String>> {
    let ending = format!("/{date}.{GEOJSON}");
    let keys = bucket.list("hotspots/").await?;
    let named = keys.iter().filter_map(|key| key.strip_prefix("hotspots/")?.strip_suffix(&ending));
    Ok(std::iter::once(ALL.to_owned()).chain(named.map(str::to_owned)).collect())
}

/// Points what is latest at the edition that `stands`, or at nothing.
async fn latest(
    edition: Edition<'_>,
    maps: &[String],
    stands: Option<Date>,
    withdrawn: BTreeSet<Date>,
) -> Result<Vec<String>> {
    let bucket = edition.bucket;
    let mut keys = Vec::new();
    if let Some(date) = stands {
        let standing = self::maps(bucket, date).await?;
        let gone = maps.iter().filter(|map| !standing.contains(map));
        for map in gone {
            keys.extend(tombstones(bucket, map, Name::Latest, date).await?);
        }
        let public = &edition.settings.public;
        let precision = |map: &String| if map == ALL { public.precision } else { public.coarse_precision };
        let maps = standing.into_iter().map(|map| (map.clone(), precision(&map))).collect();
        keys.extend(Edition { date, ..edition }.make_latest(maps, withdrawn).await?);
        return Ok(keys);
    }
    let date = withdrawn.iter().copied().max().unwrap_or_default();
    for map in maps {
        keys.extend(tombstones(bucket, map, Name::Latest, date).await?);
    }
    let edition = Edition { date, ..edition };
    keys.extend(edition.name(&edition.manifest(None, Vec::new(), withdrawn)).await?);
    Ok(keys)
}

async fn tombstones(bucket: &Bucket, map: &str, name: Name, date: Date) -> Result<Vec<String>> {
    let cache_control = if matches!(name, Name::Latest) { LATEST } else { AT_ONCE };
    let texts = [
        (key(map, name, GEOJSON), WITHDRAWN.to_owned()),
        (key(map, name, CSV), format!("{}\n", twin::COLUMNS)),
    ];
    let mut keys = Vec::new();
    for (key, text) in texts {
        put(bucket, &key, pack(&text)?, cache_control, date).await?;
        keys.push(key);
    }
    Ok(keys)
}
