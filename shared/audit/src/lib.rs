//! The audit trail's one rule, for the function that writes it and the command that checks it: every writer numbers
//! its records from 1, each record holds the hash of the one before, and its key says which it is.
//!
//! Pure: acts in, objects out; objects in, a report out. Where objects are kept is the caller's business.
#![warn(missing_docs)]

mod verify;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use verify::{Break, Fault, Head, Heads, Report, Verifier, Writer};

/// Folder of the bucket under which the trail lies.
pub const PREFIX: &str = "audit/";

/// What was done, by whom, about whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Pseudonym of the token's subject.
    pub actor: String,
    /// Roles under which it was asked.
    pub roles: Vec<String>,
    /// Address without its values.
    pub action: String,
    /// Pseudonyms of officers or incidents shown.
    pub about: Vec<String>,
    /// HTTP status of the answer: refusals are recorded too.
    pub status: u16,
}

/// One record as it is stored. The order of the fields is that of the bytes, over which the hash is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Random name of the process that wrote it.
    pub writer: String,
    /// Its number, from 1 without a gap.
    pub seq: u64,
    /// When the answer was ready.
    pub at: Timestamp,
    /// See [`Act::actor`].
    pub actor: String,
    /// See [`Act::roles`].
    pub roles: Vec<String>,
    /// See [`Act::action`].
    pub action: String,
    /// See [`Act::about`].
    pub about: Vec<String>,
    /// See [`Act::status`].
    pub status: u16,
    /// Hash of the record before; empty at the start of a process.
    pub previous: String,
}

/// A record with the key under which it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// `audit/<day>/<writer>/<number>.json`
    pub key: String,
    /// The record as JSON.
    pub body: Vec<u8>,
}

/// Where a writer stands: what its next record carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    writer: String,
    seq: u64,
    previous: String,
}

impl Chain {
    /// The chain of a writer that has written nothing. `writer` is random, so that no other has the name.
    pub fn new(writer: String) -> Self {
        Self { writer, seq: 0, previous: String::new() }
    }

    /// The next record, and the chain once that is stored.
    pub fn next(&self, at: Timestamp, act: Act) -> serde_json::Result<(Object, Self)> {
        let Act { actor, roles, action, about, status } = act;
        let (writer, previous) = (self.writer.clone(), self.previous.clone());
        let seq = self.seq + 1;
        let record = Record { writer, seq, at, actor, roles, action, about, status, previous };
        let object = record.object()?;
        let after = Self { writer: self.writer.clone(), seq, previous: hex::encode(hash(&object.body)) };
        Ok((object, after))
    }

    /// The chain of a new writer that goes on from the last record known to be whole. It is for the writer that does
    /// not know whether its last call was stored: to use that number again could give two records one number.
    #[must_use]
    pub fn continued_by(&self, writer: String) -> Self {
        Self { writer, seq: 0, previous: self.previous.clone() }
    }
}

impl Record {
    /// The record as it is stored.
    pub fn object(&self) -> serde_json::Result<Object> {
        Ok(Object { key: key(day(self.at), &self.writer, self.seq), body: serde_json::to_vec(self)? })
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

fn key(day: Date, writer: &str, seq: u64) -> String {
    format!("{PREFIX}{day}/{writer}/{seq:010}.json")
}

fn hash(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}
