//! The stream pump: reads the tables' streams as Lambda's event-source mappings do, checkpoint by checkpoint, and
//! honours partial batch failures: everything from the lowest failed record on is delivered again.
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use aws_lambda_events::event::dynamodb::Event;
use dynoxide::Database;
use embedded::filter::matches;
use embedded::tables;
use jiff::Timestamp;
use serde_json::{Value, json};
use table::schema::{INCIDENTS_FILTER, MESSAGES_FILTER};

use super::Shared;
use super::captures::{Fault, Service};
use super::data::write_json;
use super::failures::Failures;
use super::functions::{Functions, StreamReader};

/// Most records in one call of a function.
const BATCH: usize = 25;
/// Records looked at in one step, most of which a filter may drop.
const WINDOW: usize = 200;
/// Deliveries of a record before it goes to the failure queue.
const ATTEMPTS: u32 = 8;

/// One function on one stream.
struct Mapping {
    table: &'static str,
    reader: StreamReader,
    filter: Value,
    /// Largest batch at present: halved after an error, so that one bad record is found.
    batch: usize,
    attempts: u32,
}

/// Every mapping and how far each has come.
pub(crate) struct Streams {
    mappings: Vec<Mapping>,
    checkpoints: BTreeMap<String, String>,
    file: PathBuf,
    failures: Arc<Failures>,
}

/// A record that passed the filter, and what precedes it.
struct Candidate {
    record: Value,
    number: String,
    before: Option<String>,
}

impl Streams {
    /// The mappings with the checkpoints in `file`; records given up go to `failures`.
    pub(crate) fn open(file: PathBuf, failures: Arc<Failures>) -> anyhow::Result<Self> {
        let checkpoints = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).context("streams.json is damaged")?,
            Err(_) => BTreeMap::new(),
        };
        let mapping = |table, reader, filter: &str| {
            Ok(Mapping { table, reader, filter: serde_json::from_str(filter)?, batch: BATCH, attempts: 0 })
        };
        let mappings = [
            mapping("Incidents", StreamReader::PlanUpdates, INCIDENTS_FILTER),
            mapping("Incidents", StreamReader::LogCrime, INCIDENTS_FILTER),
            mapping("Messages", StreamReader::SendUpdates, MESSAGES_FILTER),
        ];
        let mappings = mappings.into_iter().collect::<anyhow::Result<_>>()?;
        Ok(Self { mappings, checkpoints, file, failures })
    }

    /// Delivers at most one batch to each reader; whether there was anything.
    pub(crate) async fn step(&mut self, shared: &Shared) -> anyhow::Result<bool> {
        let mut progress = false;
        for index in 0..self.mappings.len() {
            let (fault, _) = shared.captures.fault(self.mappings[index].service());
            // A disabled mapping: records wait.
            if fault != Fault::Throttle {
                progress |= self.step_mapping(index, fault, shared).await?;
            }
        }
        Ok(progress)
    }

    /// Forgets every checkpoint: all records are delivered again, as after a mapping was made anew.
    pub(crate) fn rewind(&mut self) -> anyhow::Result<()> {
        self.checkpoints.clear();
        write_json(&self.file, &self.checkpoints)
    }

    async fn step_mapping(&mut self, index: usize, fault: Fault, shared: &Shared) -> anyhow::Result<bool> {
        let mapping = &self.mappings[index];
        let name = mapping.reader.name();
        let after = self.checkpoints.get(name);
        let records = read(&shared.tables, mapping.table, after.map(String::as_str))?;
        let Some(last) = records.last().map(number) else { return Ok(false) };
        let mut candidates = candidates(&mapping.filter, records, after.cloned());
        let end = candidates.get(mapping.batch).map_or(Some(last), |next| next.before.clone());
        candidates.truncate(mapping.batch);
        let now = shared.clock.now();
        let checkpoint = if candidates.is_empty() {
            end
        } else if fault == Fault::Reject {
            for record in &candidates {
                self.give_up(index, record, now)?;
            }
            end
        } else {
            match self.deliver(index, &candidates, &shared.functions).await {
                Ok(failed) if fault == Fault::Off => {
                    self.settle(index, &candidates, lowest(&candidates, failed), (end, now))?
                }
                Ok(_) => self.bisect(index, &candidates, now)?,
                Err(error) => {
                    tracing::error!(function.name = name, error = format!("{error:#}"), "batch failed");
                    self.bisect(index, &candidates, now)?
                }
            }
        };
        if let Some(checkpoint) = checkpoint {
            self.checkpoints.insert(name.into(), checkpoint);
            write_json(&self.file, &self.checkpoints)?;
        }
        Ok(true)
    }

    /// Hands a batch to its reader; the numbers that it reports as failed.
    async fn deliver(
        &self,
        index: usize,
        batch: &[Candidate],
        functions: &Functions,
    ) -> anyhow::Result<Vec<Option<String>>> {
        let mapping = &self.mappings[index];
        let records: Vec<&Value> = batch.iter().map(|candidate| &candidate.record).collect();
        let event: Event = serde_json::from_value(json!({"Records": records}))
            .map_err(|error| anyhow!("stream records of {} are unreadable: {error}", mapping.table))?;
        let answer = functions.read_stream(mapping.reader, event).await?;
        Ok(answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect())
    }

    /// The checkpoint after an answer whose lowest failed record is number `failed` of the batch.
    fn settle(
        &mut self,
        index: usize,
        batch: &[Candidate],
        failed: Option<usize>,
        (end, now): (Option<String>, Timestamp),
    ) -> anyhow::Result<Option<String>> {
        let mapping = &mut self.mappings[index];
        let Some(failed) = failed else {
            (mapping.batch, mapping.attempts) = (BATCH, 0);
            return Ok(end);
        };
        // A record that has others done before it is tried anew; only the same first record uses up attempts.
        mapping.attempts = if failed == 0 { mapping.attempts + 1 } else { 1 };
        if mapping.attempts < ATTEMPTS {
            return Ok(batch[failed].before.clone());
        }
        self.give_up(index, &batch[failed], now)
    }

    /// After an error for the batch as a whole: half of it next time; a batch of one uses up attempts.
    fn bisect(
        &mut self,
        index: usize,
        batch: &[Candidate],
        now: Timestamp,
    ) -> anyhow::Result<Option<String>> {
        let mapping = &mut self.mappings[index];
        if batch.len() > 1 {
            mapping.batch = batch.len() / 2;
            return Ok(batch[0].before.clone());
        }
        mapping.attempts += 1;
        if mapping.attempts < ATTEMPTS {
            return Ok(batch[0].before.clone());
        }
        self.give_up(index, &batch[0], now)
    }

    /// The on-failure queue holds where the record lies, not what is in it. Stream records carry the time of the machine;
    /// what is told of their arrival here is the stack's own time.
    fn give_up(
        &mut self,
        index: usize,
        record: &Candidate,
        now: Timestamp,
    ) -> anyhow::Result<Option<String>> {
        let mapping = &mut self.mappings[index];
        (mapping.batch, mapping.attempts) = (BATCH, 0);
        let (name, table, number) = (mapping.reader.name(), mapping.table, &record.number);
        let message = json!({
            "requestContext": {
                "requestId": startup::Entropy::system().token(),
                "functionArn": format!("arn:aws:lambda:us-east-1:000000000000:function:{name}"),
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": ATTEMPTS,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": null},
            "version": "1.0",
            "timestamp": now,
            "DDBStreamBatchInfo": {
                "shardId": dynoxide::streams::shard_id(table),
                "startSequenceNumber": number,
                "endSequenceNumber": number,
                "approximateArrivalOfFirstRecord": now,
                "approximateArrivalOfLastRecord": now,
                "batchSize": 1,
                "streamArn": dynoxide::streams::stream_arn(table, "local"),
            },
        });
        let place = json!({"function": name, "table": table, "sequence_number": number});
        self.failures.add(mapping.queue(), message.to_string(), &place)?;
        Ok(Some(number.clone()))
    }
}

impl Mapping {
    /// Its switch.
    fn service(&self) -> Service {
        match self.reader {
            StreamReader::PlanUpdates => Service::PlanUpdates,
            StreamReader::LogCrime => Service::LogCrime,
            StreamReader::SendUpdates => Service::SendUpdates,
        }
    }

    /// Its failure queue, as the template names it.
    fn queue(&self) -> &'static str {
        match self.reader {
            StreamReader::PlanUpdates => "PlanUpdatesFailures",
            StreamReader::LogCrime => "LogCrimeFailures",
            StreamReader::SendUpdates => "SendUpdatesFailures",
        }
    }
}

/// The place in the batch of the lowest record reported; an unknown or empty number means all of it.
fn lowest(batch: &[Candidate], failed: Vec<Option<String>>) -> Option<usize> {
    let place = |number: Option<String>| {
        number.and_then(|number| batch.iter().position(|record| record.number == number)).unwrap_or(0)
    };
    failed.into_iter().map(place).min()
}

fn candidates(filter: &Value, records: Vec<Value>, mut before: Option<String>) -> Vec<Candidate> {
    let mut passed = Vec::new();
    for record in records {
        let number = number(&record);
        if matches(filter, Some(&record)) {
            passed.push(Candidate { record, number: number.clone(), before });
        }
        before = Some(number);
    }
    passed
}

fn number(record: &Value) -> String {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default().to_owned()
}

/// The next records of a table's stream, as the service's JSON.
fn read(tables: &Database, table: &'static str, after: Option<&str>) -> anyhow::Result<Vec<Value>> {
    let call = |action: &str, request: Value| -> anyhow::Result<Value> {
        let answer = tables::call(tables, action, request.to_string().as_bytes());
        Ok(serde_json::from_str(&answer.map_err(|error| anyhow!("stream of {table}: {error}"))?)?)
    };
    let mut position = json!({
        "StreamArn": dynoxide::streams::stream_arn(table, "local"),
        "ShardId": dynoxide::streams::shard_id(table),
        "ShardIteratorType": "TRIM_HORIZON",
    });
    if let Some(after) = after {
        position["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
        position["SequenceNumber"] = json!(after);
    }
    let iterator = call("GetShardIterator", position)?;
    let request = json!({"ShardIterator": iterator["ShardIterator"], "Limit": WINDOW});
    match call("GetRecords", request)?["Records"].take() {
        Value::Array(records) => Ok(records),
        _ => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(numbers: &[&str]) -> Vec<Candidate> {
        let record = |number: &&str| json!({"eventName": "INSERT", "dynamodb": {"SequenceNumber": number}});
        candidates(&json!({}), numbers.iter().map(record).collect(), Some("100".into()))
    }

    #[track_caller]
    fn check(failed: &[Option<&str>], expected: Option<usize>) {
        let failed = failed.iter().map(|number| number.map(str::to_owned)).collect();
        assert_eq!(lowest(&batch(&["101", "102", "103"]), failed), expected);
    }

    #[test]
    fn delivery_resumes_at_the_lowest_failed_record() {
        check(&[], None);
        check(&[Some("103"), Some("102")], Some(1));
        check(&[Some("103")], Some(2));
    }

    #[test]
    fn an_unknown_or_empty_number_means_the_whole_batch() {
        check(&[Some("103"), Some("999")], Some(0));
        check(&[None], Some(0));
    }

    #[test]
    fn a_record_is_given_up_after_its_attempts_and_the_rest_goes_on() {
        let folder = std::env::temp_dir().join(format!("precinct-streams-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let failed = folder.join("failed.jsonl");
        let failures = Failures::open(folder.join("failures.json"), failed.clone()).unwrap();
        let mut streams = Streams::open(folder.join("streams.json"), Arc::new(failures)).unwrap();
        let (batch, now) = (batch(&["101", "102"]), Timestamp::UNIX_EPOCH);
        // The first is done, the second fails: again from before the second.
        assert_eq!(streams.settle(0, &batch, Some(1), (None, now)).unwrap().as_deref(), Some("101"));
        for _ in 1..ATTEMPTS - 1 {
            assert_eq!(streams.settle(0, &batch[1..], Some(0), (None, now)).unwrap().as_deref(), Some("101"));
        }
        assert_eq!(streams.settle(0, &batch[1..], Some(0), (None, now)).unwrap().as_deref(), Some("102"));
        let noted = std::fs::read_to_string(failed).unwrap();
        assert_eq!(
            noted,
            "{\"function\":\"plan-updates\",\"sequence_number\":\"102\",\"table\":\"Incidents\"}\n"
        );
        // An error for the whole batch halves it.
        assert_eq!(streams.bisect(0, &batch, now).unwrap().as_deref(), Some("100"));
        assert_eq!(streams.mappings[0].batch, 1);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
