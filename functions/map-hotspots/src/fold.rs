//! The fold: pending facts go into the day files of the log, then they are deleted.
//!
//! Safe to repeat from any point: folding is a maximum over versions, day files are written on the condition
//! that nobody else wrote them since, and facts leave last.
use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use hotspot::CrimeFact;
use hotspot::fact::fold_day;
use jiff::civil::Date;
use serde::Serialize;

use crate::bucket::{Bucket, Headers, IN_FLIGHT, If, Put};

/// Prefix of pending facts, one object each.
pub const FACTS: &str = "crime/facts/";
/// Prefix of day files.
pub const DAYS: &str = "crime/day=";

/// How often a day file is tried again when somebody else wrote it meanwhile.
const ATTEMPTS: u32 = 5;
/// Facts folded in one go; more are taken in further rounds, so that memory stays bounded.
const ROUND: usize = 20_000;

/// What a fold did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Folded {
    /// Facts taken in.
    pub facts: u64,
    /// Day files written.
    pub day_files: u64,
    /// Facts that could not be read; they stay where they are.
    pub unreadable: u64,
}

/// Facts that left by order: public files that counted them are still to be written anew.
#[derive(Clone, Debug, Default)]
pub struct Forgotten {
    /// Days they stood under.
    pub days: BTreeSet<Date>,
    /// Their keys, to be deleted when that is done.
    pub keys: Vec<String>,
}

/// Key of the file of a day.
pub fn day_key(day: Date) -> String {
    format!("{DAYS}{day}/part.parquet")
}

/// The day of a key of [`day_key`]'s form.
pub fn day_of(key: &str) -> Option<Date> {
    key.strip_prefix(DAYS)?.strip_suffix("/part.parquet")?.parse().ok()
}

/// Folds every pending fact. Facts that left by order stay pending: the caller deletes them when nothing public
/// counts them any more.
pub async fn fold(log: &Bucket) -> Result<(Folded, Forgotten)> {
    let (mut folded, mut forgotten) = (Folded::default(), Forgotten::default());
    for keys in log.list(FACTS).await?.chunks(ROUND) {
        let mut facts = Vec::with_capacity(keys.len());
        let mut done = Vec::with_capacity(keys.len());
        for (key, object) in log.get_all(keys).await? {
            if let Ok(fact) = serde_json::from_slice::<CrimeFact>(&object.body) {
                if fact.forget {
                    forgotten.days.extend(fact.days());
                    forgotten.keys.push(key);
                } else {
                    done.push(key);
                }
                facts.push(fact);
            } else {
                folded.unreadable += 1;
                tracing::warn!(
                    fact.key = key,
                    "a fact of the crime log cannot be read; it stays where it is"
                );
            }
        }
        folded.facts += facts.len() as u64;
        folded.day_files += fold_facts(log, &facts).await?;
        log.delete_all(&done).await?;
    }
    Ok((folded, forgotten))
}

/// Folds `facts` into the day files they concern; gives the number of files written.
pub async fn fold_facts(log: &Bucket, facts: &[CrimeFact]) -> Result<u64> {
    // By place: futures that hold references into their own input cannot be moved between threads.
    let mut days: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
    for (place, fact) in facts.iter().enumerate() {
        for day in fact.days() {
            days.entry(day).or_default().push(place);
        }
    }
    let writes = stream::iter(days).map(async |(day, places)| {
        let facts: Vec<&CrimeFact> = places.into_iter().map(|place| &facts[place]).collect();
        fold_into(log, day, &facts).await
    });
    let written: Vec<bool> = writes.buffered(IN_FLIGHT).try_collect().await?;
    Ok(written.into_iter().filter(|written| *written).count() as u64)
}

/// Folds `facts` into the file of one day; gives whether that changed it.
pub async fn fold_into(log: &Bucket, day: Date, facts: &[&CrimeFact]) -> Result<bool> {
    let key = day_key(day);
    for _ in 0..ATTEMPTS {
        let present = log.get(&key).await?;
        let rows = match &present {
            Some(object) => {
                crime_log::decode(object.body.clone()).with_context(|| format!("reading {key}"))?
            }
            None => Vec::new(),
        };
        let folded = fold_day(day, rows.iter().cloned(), facts.iter().copied());
        if folded == rows {
            return Ok(false);
        }
        let bytes = Bytes::from(crime_log::encode(&folded)?);
        let condition = present.as_ref().map_or(If::Absent, |object| If::Tag(&object.etag));
        let headers = Headers { content_type: "application/vnd.apache.parquet", ..Headers::default() };
        if log.put(&key, bytes, condition, headers).await? == Put::Done {
            return Ok(true);
        }
    }
    bail!("{key} was written by somebody else {ATTEMPTS} times in a row")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_keys_read_back() {
        let day = Date::new(2026, 7, 4).unwrap();
        assert_eq!(day_key(day), "crime/day=2026-07-04/part.parquet");
        assert_eq!(day_of(&day_key(day)), Some(day));
        assert_eq!(day_of("crime/day=2026-07-04/part.parquet.tmp"), None);
        assert_eq!(day_of("crime/facts/2026-07-04/part.parquet"), None);
    }
}
