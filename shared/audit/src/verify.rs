//! Checks a trail: every writer's records without gap, each as its writer wrote it and naming the one before.
//!
//! The chain says that nothing was changed before a record. What follows the last record it cannot say: that is what
//! the heads of an earlier check are for.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Record, day, hash, key};

/// Where each writer stood when a trail was checked. Kept elsewhere, it shows later what was cut off since.
pub type Heads = BTreeMap<String, Head>;

/// The last record of a writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its number.
    pub seq: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// No record, or not byte for byte as a writer writes it.
    #[error("is no record of the trail as a writer writes it")]
    Unreadable,
    /// Its key is not that of its content.
    #[error("lies under another key than {0}, which its content asks for")]
    Misplaced(String),
    /// Two records of a writer have this number.
    #[error("has the same writer and number as {0}")]
    Forked(String),
    /// Records before it are not there.
    #[error("comes after a gap: its writer's record {0} is missing")]
    Gap(u64),
    /// The hash it holds is not that of the record before.
    #[error("does not hold the hash of the record before: one of the two was altered")]
    Unchained,
    /// A writer's first record goes on from one that is not there.
    #[error("goes on from a record that is not there")]
    Adrift,
    /// An earlier check saw a record after it.
    #[error("is the last of its writer, but an earlier check saw record {0}: the end was cut off")]
    CutOff(u64),
    /// An earlier check saw a writer of which nothing is left.
    #[error("is a writer of {0} records in an earlier check, and none of them is there")]
    Vanished(u64),
    /// An earlier check saw other bytes.
    #[error("was altered since an earlier check")]
    Altered,
    /// A delete marker lies over it; the record itself is still there.
    #[error("is hidden by a delete marker")]
    Hidden,
    /// Written more than once; the first version is the record.
    #[error("was written again over the first version")]
    Overwritten,
}

/// A fault and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Key of the record; where nothing of a writer is left, the writer.
    pub key: String,
    /// What is wrong with it.
    pub fault: Fault,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.fault)
    }
}

/// What was found of one writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// How many records there are.
    pub records: u64,
    /// Time of the first.
    pub first: Timestamp,
    /// Time of the last.
    pub last: Timestamp,
    /// The last record.
    pub head: Head,
}

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By the writer's name.
    pub writers: BTreeMap<String, Writer>,
    /// By key; none where the trail is whole.
    pub breaks: Vec<Break>,
}

impl Report {
    /// Where each writer stands now.
    pub fn heads(&self) -> Heads {
        self.writers.iter().map(|(name, writer)| (name.clone(), writer.head.clone())).collect()
    }
}

/// What the check keeps of a record: a year of a busy department fits in memory.
struct Seen {
    at: Timestamp,
    hash: [u8; 32],
    /// None at the start of a process.
    previous: Option<[u8; 32]>,
}

/// Takes the objects of a trail in any order.
#[derive(Default)]
pub struct Verifier {
    writers: BTreeMap<String, BTreeMap<u64, Seen>>,
    breaks: Vec<Break>,
}

impl Verifier {
    /// Takes one object.
    pub fn read(&mut self, key: &str, body: &[u8]) {
        if let Err(fault) = self.take(key, body) {
            self.fault(key, fault);
        }
    }

    /// Notes what only the place where the trail is kept can know.
    pub fn fault(&mut self, key: &str, fault: Fault) {
        self.breaks.push(Break { key: key.to_owned(), fault });
    }

    fn take(&mut self, found: &str, body: &[u8]) -> Result<(), Fault> {
        let record: Record = serde_json::from_slice(body).map_err(|_| Fault::Unreadable)?;
        let object = record.object().map_err(|_| Fault::Unreadable)?;
        if object.body != body {
            return Err(Fault::Unreadable);
        }
        let mut seen = Seen { at: record.at, hash: hash(body), previous: None };
        if !record.previous.is_empty() {
            let mut bytes = [0; 32];
            hex::decode_to_slice(&record.previous, &mut bytes).map_err(|_| Fault::Unreadable)?;
            seen.previous = Some(bytes);
        }
        if object.key != found {
            return Err(Fault::Misplaced(object.key));
        }
        let records = self.writers.entry(record.writer.clone()).or_default();
        if let Some(other) = records.get(&record.seq) {
            return Err(Fault::Forked(key(day(other.at), &record.writer, record.seq)));
        }
        records.insert(record.seq, seen);
        Ok(())
    }

    /// Checks every chain, and against `heads` that nothing seen before is gone.
    pub fn report(mut self, heads: &Heads) -> Report {
        let all: BTreeSet<[u8; 32]> =
            self.writers.values().flat_map(BTreeMap::values).map(|seen| seen.hash).collect();
        for (name, records) in &self.writers {
            self.breaks.extend(chain(name, records, &all));
        }
        for (name, head) in heads {
            self.breaks.extend(since(name, head, self.writers.get(name)));
        }
        self.breaks.sort_by(|one, other| one.key.cmp(&other.key));
        let found = |(name, records): (String, BTreeMap<u64, Seen>)| Some((name, writer(&records)?));
        Report { writers: self.writers.into_iter().filter_map(found).collect(), breaks: self.breaks }
    }
}

/// The breaks within one writer's chain.
fn chain(name: &str, records: &BTreeMap<u64, Seen>, all: &BTreeSet<[u8; 32]>) -> Vec<Break> {
    let mut breaks = Vec::new();
    let mut before: Option<(u64, [u8; 32])> = None;
    for (&seq, seen) in records {
        let expected = before.map_or(1, |(last, _)| last + 1);
        let fault = if seq != expected {
            Some(Fault::Gap(expected))
        } else if let Some((_, hash)) = before {
            (seen.previous != Some(hash)).then_some(Fault::Unchained)
        } else {
            // The first of a writer: of a process that starts, or going on where another writer's answer was lost.
            seen.previous.is_some_and(|hash| !all.contains(&hash)).then_some(Fault::Adrift)
        };
        breaks.extend(fault.map(|fault| Break { key: key(day(seen.at), name, seq), fault }));
        before = Some((seq, seen.hash));
    }
    breaks
}

/// What of a writer is not as an earlier check saw it.
fn since(name: &str, head: &Head, records: Option<&BTreeMap<u64, Seen>>) -> Option<Break> {
    let last = records.and_then(BTreeMap::last_key_value);
    let (Some(records), Some((&seq, seen))) = (records, last) else {
        return Some(Break { key: name.to_owned(), fault: Fault::Vanished(head.seq) });
    };
    match records.get(&head.seq) {
        Some(same) if hex::encode(same.hash) == head.hash => None,
        Some(other) => Some(Break { key: key(day(other.at), name, head.seq), fault: Fault::Altered }),
        None if seq < head.seq => {
            Some(Break { key: key(day(seen.at), name, seq), fault: Fault::CutOff(head.seq) })
        }
        // A gap, which the chain tells already.
        None => None,
    }
}

fn writer(records: &BTreeMap<u64, Seen>) -> Option<Writer> {
    let ((_, first), (&seq, last)) = (records.first_key_value()?, records.last_key_value()?);
    let head = Head { seq, hash: hex::encode(last.hash) };
    Some(Writer { records: records.len() as u64, first: first.at, last: last.at, head })
}
