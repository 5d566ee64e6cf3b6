//! The tables' streams: what a change looks like as a record, who is handed it, and what becomes of a batch.
use std::sync::Arc;

use anyhow::Result;
use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::functions::{Input, Output};
use crate::mapping::{Batch, Mapping, Reader, Record, Verdict};
use crate::tables::Change;
use crate::work::Work;
use crate::world::{Moment, World};

impl World {
    /// Hands a change to the mappings that read the table and let it through.
    pub(crate) fn stream(&mut self, change: &Change, by_housekeeping: bool) {
        self.sequence += 1;
        let (number, now) = (self.sequence, self.now());
        self.failures.carried(&change.place, now);
        let mut event = None;
        for place in 0..self.mappings.len() {
            let mapping = &mut self.mappings[place];
            let new = change.new.as_ref().map(|item| &***item);
            if mapping.table != change.place.table || !mapping.takes(name_of(change), new) {
                continue;
            }
            let event = event.get_or_insert_with(|| Arc::new(record(change, number, now, by_housekeeping)));
            let record = Record { number, at: now, event: Arc::clone(event) };
            let (reader, shard) = (mapping.reader, mapping.add(&change.place.pk, record));
            let wait = if self.setting.calm { 100 } else { self.weather.i64(1..250) };
            self.later(SignedDuration::from_millis(wait), Moment::Poll(reader, shard));
        }
    }

    pub(crate) fn poll_shard(&mut self, reader: Reader, shard: usize) {
        let now = self.now();
        if self.held_back {
            // The operator has switched the mappings off; each shard is polled when they are on again.
            return;
        }
        let Some(mapping) = self.mappings.iter_mut().find(|mapping| mapping.reader == reader) else { return };
        let batch = mapping.next(shard, now);
        self.tell_of_failures(reader);
        let Some(batch) = batch else { return };
        let records = batch.records.iter().map(|record| EventRecord::deserialize(&*record.event));
        let mut event = Event::default();
        event.records = records.collect::<Result<_, _>>().expect("records of a stream");
        self.note(("batch", shard, batch.records.len()));
        let input = match reader {
            Reader::Plan => Input::Plan(event),
            Reader::Log => Input::Log(event),
            Reader::Send => Input::Send(event),
        };
        self.start(Work::Stream(reader, shard, batch), input);
    }

    /// What the function said of a batch.
    pub(crate) fn read(&mut self, reader: Reader, shard: usize, batch: Batch, output: Result<Output>) {
        let verdict = match output {
            Ok(Output::Failures(failures)) => Verdict::Failed(failures),
            Ok(_) => Verdict::Failed(Vec::new()),
            Err(_) => Verdict::Error,
        };
        if reader == Reader::Log {
            let done =
                batch.records.iter().take(Mapping::done(&batch, &verdict)).map(|record| &*record.event);
            self.checker.logged(done, &self.objects, self.network.now());
        }
        let again = !self.setting.calm && self.weather.u8(..40) == 0;
        let failed = match &verdict {
            Verdict::Failed(failures) => !failures.is_empty(),
            Verdict::Error => true,
        };
        let wait = if failed { batch.back_off() } else { SignedDuration::from_millis(5) };
        let rests_until = failed.then(|| self.now() + wait);
        let Some(mapping) = self.mappings.iter_mut().find(|mapping| mapping.reader == reader) else { return };
        mapping.settle(shard, batch, &verdict, (again, rests_until));
        if mapping.waits(shard) {
            self.later(wait, Moment::Poll(reader, shard));
        }
        self.tell_of_failures(reader);
    }
}

fn name_of(change: &Change) -> &'static str {
    match (&change.old, &change.new) {
        (None, _) => "INSERT",
        (_, None) => "REMOVE",
        _ => "MODIFY",
    }
}

/// A record as the stream carries it.
fn record(change: &Change, number: u64, now: Timestamp, by_housekeeping: bool) -> Value {
    let mut images = json!({
        "ApproximateCreationDateTime": now.as_second(),
        "Keys": {"pk": {"S": change.place.pk}, "sk": {"S": change.place.sk}},
        "SequenceNumber": number.to_string(), "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    for (name, image) in [("NewImage", &change.new), ("OldImage", &change.old)] {
        if let Some(image) = image {
            images[name] = (***image).clone();
        }
    }
    let mut record = json!({
        "eventID": number.to_string(), "eventName": name_of(change), "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1", "dynamodb": images,
        "eventSourceARN": format!("arn:aws:dynamodb:us-east-1:000000000000:table/{}/stream/1", change.place.table),
    });
    if by_housekeeping {
        record["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    }
    record
}
