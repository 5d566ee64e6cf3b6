//! Lambda's event-source mapping for a DynamoDB stream, by the documentation: several shards with order per item only,
//! batches, filters, partial failures at the lowest sequence, bisection, retries, record age, the on-failure queue, and
//! now and then a batch that comes twice.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use embedded::filter;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

/// How long a stream keeps a record.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Shards of a stream: enough that records of two items come in any order.
const SHARDS: usize = 3;
/// Most records in one call, as the template sets it.
pub(crate) const BATCH: usize = 10;
/// Retries of one batch before it is given up.
pub(crate) const RETRIES: u32 = 8;
/// Oldest a record may be when it is handed over.
pub(crate) const RECORD_AGE: SignedDuration = SignedDuration::from_hours(6);

/// A function that reads a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reader {
    Plan,
    Log,
    Send,
}

/// A record of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) event: Arc<Value>,
}

impl Record {
    /// Partition key of the item that it is about.
    pub(crate) fn pk(&self) -> &str {
        self.event["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap_or_default()
    }
}

/// The shard of a stream that carries the records of this item.
pub(crate) fn shard_of(pk: &str) -> usize {
    pk.bytes().fold(11_usize, |hash, byte| hash.wrapping_mul(131).wrapping_add(byte.into())) % SHARDS
}

/// Records to be handed over together, and how often that failed.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) records: Vec<Record>,
    attempts: u32,
    /// Whether it was handled before, as happens after a checkpoint is lost.
    repeated: bool,
}

/// Records that Lambda gave up, in order.
#[derive(Clone, Debug)]
pub(crate) struct GivenUp {
    pub(crate) records: Vec<Record>,
    /// Why, as the message about it says.
    pub(crate) condition: &'static str,
    pub(crate) attempts: u32,
}

/// What the function said of a batch.
pub(crate) enum Verdict {
    /// Sequence numbers that failed.
    Failed(Vec<String>),
    /// The function failed as a whole.
    Error,
}

/// One shard as one mapping sees it.
#[derive(Default)]
struct Shard {
    /// Records that are in no batch yet.
    records: VecDeque<Record>,
    /// Batches that wait, the next one last.
    waiting: Vec<Batch>,
    busy: bool,
    /// Until when the service backs off after a failure: new records do not hurry it.
    rests_until: Option<Timestamp>,
}

/// A filter of the template by the two parts that it has: none is left out in silence.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Filter {
    event_name: Option<Value>,
    dynamodb: Images,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", default)]
struct Images {
    new_image: Option<Value>,
}

impl Filter {
    fn matches(&self, name: &str, new: Option<&Value>) -> bool {
        let named = |pattern: &Value| filter::matches(pattern, Some(&Value::from(name)));
        let image = |pattern: &Value| filter::matches(pattern, new);
        self.event_name.as_ref().is_none_or(named) && self.dynamodb.new_image.as_ref().is_none_or(image)
    }
}

/// One function on one stream.
pub(crate) struct Mapping {
    pub(crate) table: &'static str,
    pub(crate) reader: Reader,
    filter: Filter,
    shards: Vec<Shard>,
    /// Until when it hands nothing over.
    pub(crate) disabled_until: Option<Timestamp>,
    /// Records given up of which nobody was told yet.
    pub(crate) given_up: Vec<GivenUp>,
    /// Partition keys of records that the stream dropped before they were handed over: nobody is told of those.
    pub(crate) dropped: BTreeSet<String>,
}

impl Mapping {
    pub(crate) fn new(table: &'static str, reader: Reader, filter: &str) -> Self {
        let filter = serde_json::from_str(filter).expect("the template's filters are of this form");
        let shards = std::iter::repeat_with(Shard::default).take(SHARDS).collect();
        Self {
            table,
            reader,
            filter,
            shards,
            disabled_until: None,
            given_up: Vec::new(),
            dropped: BTreeSet::new(),
        }
    }

    /// Whether its filter lets a change through.
    pub(crate) fn takes(&self, name: &str, new: Option<&Value>) -> bool {
        self.filter.matches(name, new)
    }

    /// Takes a record that its filter lets through; its shard.
    pub(crate) fn add(&mut self, pk: &str, record: Record) -> usize {
        let shard = shard_of(pk);
        self.shards[shard].records.push_back(record);
        shard
    }

    /// The next batch of a shard; records that are too old are given up.
    pub(crate) fn next(&mut self, shard: usize, now: Timestamp) -> Option<Batch> {
        let waits = |until: Option<Timestamp>| until.is_some_and(|until| now < until);
        if waits(self.disabled_until) || waits(self.shards[shard].rests_until) || self.shards[shard].busy {
            return None;
        }
        loop {
            let mut batch = match self.shards[shard].waiting.pop() {
                Some(batch) => batch,
                None => self.cut(shard, now)?,
            };
            self.drop_trimmed(&mut batch.records, now);
            let is_old = |record: &Record| now.duration_since(record.at) > RECORD_AGE;
            let (old, young) = batch.records.into_iter().partition(is_old);
            batch.records = young;
            self.give_up(old, "RecordAgeExceeded", batch.attempts);
            if !batch.records.is_empty() {
                self.shards[shard].busy = true;
                return Some(batch);
            }
        }
    }

    /// The next records that the stream still keeps.
    fn cut(&mut self, shard: usize, now: Timestamp) -> Option<Batch> {
        let mut records = Vec::new();
        while records.len() < BATCH {
            let Some(record) = self.shards[shard].records.pop_front() else { break };
            records.push(record);
            self.drop_trimmed(&mut records, now);
        }
        (!records.is_empty()).then_some(Batch { records, attempts: 0, repeated: false })
    }

    /// What the stream does not keep any more is gone, and Lambda says nothing of it.
    fn drop_trimmed(&mut self, records: &mut Vec<Record>, now: Timestamp) {
        records.retain(|record| {
            let kept = now.duration_since(record.at) <= KEPT;
            if !kept {
                self.dropped.insert(record.pk().to_owned());
            }
            kept
        });
    }

    fn give_up(&mut self, records: Vec<Record>, condition: &'static str, attempts: u32) {
        if !records.is_empty() {
            self.given_up.push(GivenUp { records, condition, attempts });
        }
    }

    /// How many of the batch's records the function has called done, from the first.
    pub(crate) fn done(batch: &Batch, verdict: &Verdict) -> usize {
        let place = |number: &String| {
            batch.records.iter().position(|record| record.number.to_string() == *number).unwrap_or(0)
        };
        match verdict {
            Verdict::Error => 0,
            Verdict::Failed(numbers) => numbers.iter().map(place).min().unwrap_or(batch.records.len()),
        }
    }

    /// Notes what the function said, and rests until then where it failed. `again` hands the same batch over once more.
    pub(crate) fn settle(
        &mut self,
        shard: usize,
        batch: Batch,
        verdict: &Verdict,
        (again, rests_until): (bool, Option<Timestamp>),
    ) {
        self.shards[shard].busy = false;
        self.shards[shard].rests_until = rests_until;
        let waiting = &mut self.shards[shard].waiting;
        let done = Self::done(&batch, verdict);
        if done == batch.records.len() {
            if again && !batch.repeated {
                waiting.push(Batch { repeated: true, attempts: 0, ..batch });
            }
            return;
        }
        let mut records = batch.records;
        // What precedes the lowest failure is done; the rest comes again as one batch, and is given up as one.
        let mut rest = records.split_off(done);
        let attempts = if done > 0 { 1 } else { batch.attempts + 1 };
        if matches!(verdict, Verdict::Error) && rest.len() > 1 {
            // Bisection is no retry.
            let second = rest.split_off(rest.len().div_ceil(2));
            waiting.push(Batch { records: second, attempts: batch.attempts, repeated: false });
            waiting.push(Batch { records: rest, attempts: batch.attempts, repeated: false });
            return;
        }
        if attempts > RETRIES {
            self.give_up(rest, "RetryAttemptsExhausted", attempts);
            return;
        }
        waiting.push(Batch { records: rest, attempts, repeated: false });
    }

    /// Whether a shard has something to hand over.
    pub(crate) fn waits(&self, shard: usize) -> bool {
        let shard = &self.shards[shard];
        !shard.busy && (!shard.waiting.is_empty() || !shard.records.is_empty())
    }

    /// Every shard, for polls after an outage.
    pub(crate) fn shards(&self) -> std::ops::Range<usize> {
        0..self.shards.len()
    }
}

impl Batch {
    /// A batch with nothing in it.
    #[cfg(test)]
    pub(crate) fn empty() -> Self {
        Self { records: Vec::new(), attempts: 0, repeated: false }
    }

    /// Seconds before the batch is tried once more: the service backs off.
    pub(crate) fn back_off(&self) -> SignedDuration {
        SignedDuration::from_secs(1 << self.attempts.min(6))
    }
}

#[cfg(test)]
mod tests;
