//! What becomes of records that Lambda gives up: a message on the failure queue that says where they lay and nothing of
//! what was in them, and an operator who, once things work again, works the queue off as `precinct redrive` does. The
//! command itself, with its queues and streams, has its own tests; here its look-ups and hand-outs meet everything else.
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use aws_sdk_dynamodb::Client;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use startup::Runtime;
use table::handout::{HandedOut, Handout, Standing};
use table::keys::Key;

use crate::functions::{Input, Output};
use crate::mapping::{GivenUp, KEPT, Reader, shard_of};
use crate::tables::Place;
use crate::work::Work;
use crate::world::{Moment, World};

/// How long a message stays that cannot be dealt with now.
const LATER: SignedDuration = SignedDuration::from_hours(1);

/// A message of a failure queue.
struct Letter {
    text: String,
    /// What the records were about, which the message does not say; only the last check looks at it.
    about: BTreeSet<String>,
    reader: Reader,
    /// Whether the stream had dropped the records when the message was worked off.
    was_late: bool,
}

/// The failure queues of one run.
pub(crate) struct Failures {
    heals_at: Timestamp,
    letters: BTreeMap<u64, Letter>,
    is_planned: bool,
    /// What each record of any stream was about, by its number, which counts from 1.
    carried: Vec<(Place, Timestamp)>,
    /// What the running command has handed out.
    touched: BTreeSet<String>,
    /// Calls that the crime log's reader was not handed and that no command brought back.
    unmended: BTreeSet<String>,
    /// Records that were given up.
    pub(crate) given_up: u64,
    /// Items handed out again.
    pub(crate) redriven: u64,
}

/// What one message asks for.
pub(crate) struct Order {
    letter: u64,
    /// Whether the records were to be sent.
    is_outbox: bool,
    /// Keys of the records; none where the stream does not hold them any more.
    keys: Option<BTreeSet<Key>>,
    arrived: (Timestamp, Timestamp),
}

/// Where records lay, as the message says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lay {
    shard_id: String,
    start_sequence_number: String,
    end_sequence_number: String,
    approximate_arrival_of_first_record: Timestamp,
    approximate_arrival_of_last_record: Timestamp,
    stream_arn: String,
}

impl Failures {
    /// Empty queues; nobody has time for them before `heals_at`.
    pub(crate) fn new(heals_at: Timestamp) -> Self {
        Self {
            heals_at,
            letters: BTreeMap::new(),
            is_planned: false,
            carried: Vec::new(),
            touched: BTreeSet::new(),
            unmended: BTreeSet::new(),
            given_up: 0,
            redriven: 0,
        }
    }

    /// A stream carries the next record, which is about `place`.
    pub(crate) fn carried(&mut self, place: &Place, now: Timestamp) {
        self.carried.push((place.clone(), now));
    }

    /// The operator's command has written an item of this partition.
    pub(crate) fn handed_out(&mut self, pk: &str) {
        self.redriven += 1;
        self.touched.insert(pk.to_owned());
    }

    fn put(&mut self, reader: Reader, given_up: &GivenUp, text: String) {
        self.given_up += given_up.records.len() as u64;
        let about = given_up.records.iter().map(|record| record.pk().to_owned()).collect();
        let number = self.letters.last_key_value().map_or(1, |(number, _)| number + 1);
        self.letters.insert(number, Letter { text, about, reader, was_late: false });
    }

    /// What a message asks for, from its own words and what the stream still holds at `now`.
    fn order(&mut self, number: u64, now: Timestamp) -> Option<Order> {
        let letter = self.letters.get_mut(&number)?;
        let body: Value = serde_json::from_str(&letter.text).ok()?;
        let lay: Lay = serde_json::from_value(body["DDBStreamBatchInfo"].clone()).ok()?;
        let first: usize = lay.start_sequence_number.parse().ok()?;
        let last: usize = lay.end_sequence_number.parse().ok()?;
        let is_outbox = lay.stream_arn.contains(":table/Messages/");
        let table = if is_outbox { "Messages" } else { "Incidents" };
        let records = self.carried.get(first.checked_sub(1)?..last)?;
        letter.was_late = records.first().is_none_or(|(_, at)| now.duration_since(*at) > KEPT);
        let of_shard = |place: &Place| place.table == table && shard_id(shard_of(&place.pk)) == lay.shard_id;
        let here = records.iter().map(|(place, _)| place).filter(|place| of_shard(place));
        let keys = (!letter.was_late).then(|| here.map(|place| Key::new(&place.pk, &place.sk)).collect());
        let arrived = (lay.approximate_arrival_of_first_record, lay.approximate_arrival_of_last_record);
        Some(Order { letter: number, is_outbox, keys, arrived })
    }
}

impl World {
    /// Puts a message on the failure queue for everything that a mapping has just given up.
    pub(crate) fn tell_of_failures(&mut self, reader: Reader) {
        let now = self.now();
        let Some(mapping) = self.mappings.iter_mut().find(|mapping| mapping.reader == reader) else { return };
        let table = mapping.table;
        let function = Work::stream_function(reader);
        for given_up in std::mem::take(&mut mapping.given_up) {
            let text = envelope(table, function, &given_up, now).to_string();
            self.note(("given up", &text));
            self.checker.leaked("a message on a failure queue", &text, now);
            self.failures.put(reader, &given_up, text);
        }
        if !self.failures.letters.is_empty() && !self.failures.is_planned {
            self.plan_redrive();
        }
    }

    /// The operator comes when everything works again: mostly within the hour, now and then when the streams have forgotten.
    fn plan_redrive(&mut self) {
        let off = self.mappings.iter().filter_map(|mapping| mapping.disabled_until);
        let from = off.chain([self.now(), self.failures.heals_at]).max().unwrap_or_default();
        let is_slow = !self.setting.calm && self.weather.u8(..6) == 0;
        let minutes = if is_slow { self.weather.i64(1500..2500) } else { self.weather.i64(1..60) };
        self.failures.is_planned = true;
        self.at(from + SignedDuration::from_mins(minutes), Moment::Redrive);
    }

    /// The operator runs the command.
    pub(crate) fn redrive(&mut self) {
        let now = self.now();
        let numbers: Vec<u64> = self.failures.letters.keys().copied().collect();
        let orders = numbers.iter().filter_map(|number| self.failures.order(*number, now)).collect();
        self.failures.touched.clear();
        self.start(Work::Redrive(numbers), Input::Redrive(self.runtime.clone(), orders));
    }

    /// The command has ended: what it could deal with is deleted, the rest is for another time.
    pub(crate) fn redriven(&mut self, numbers: &[u64], output: Result<Output>) {
        let failures = &mut self.failures;
        match output {
            Ok(Output::Failures(stay)) => {
                for number in numbers.iter().filter(|number| !stay.contains(&number.to_string())) {
                    let Some(letter) = failures.letters.remove(number) else { continue };
                    if letter.reader == Reader::Log && letter.was_late {
                        failures.unmended.extend(letter.about.difference(&failures.touched).cloned());
                    }
                }
            }
            _ => self.interrupted += 1,
        }
        self.failures.is_planned = !self.failures.letters.is_empty();
        if self.failures.is_planned {
            self.later(LATER, Moment::Redrive);
        }
    }

    /// Calls of which the crime log may know less than the tables, and why nobody can mend it: the stream dropped the record
    /// unread, or it was given up and redriven so late that the list of what was received did not name it.
    pub(crate) fn unmended(&mut self) -> BTreeSet<String> {
        let now = self.now();
        if !self.failures.letters.is_empty() {
            let left = self.failures.letters.len();
            self.checker.violate("I3", format!("{left} messages stay on a failure queue"), now);
        }
        let log = self.mappings.iter().filter(|mapping| mapping.reader == Reader::Log);
        let dropped = log.flat_map(|mapping| mapping.dropped.iter().cloned());
        dropped.chain(self.failures.unmended.iter().cloned()).collect()
    }
}

fn shard_id(shard: usize) -> String {
    format!("shardId-{shard:020}-simulated")
}

/// The message about records that were given up, in the form of the service's documentation.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>
fn envelope(table: &str, function: &str, given_up: &GivenUp, now: Timestamp) -> Value {
    let (Some(first), Some(last)) = (given_up.records.first(), given_up.records.last()) else {
        return Value::Null;
    };
    json!({
        "requestContext": {
            "requestId": format!("request-{}", last.number), "condition": given_up.condition,
            "functionArn": format!("arn:aws:lambda:us-east-1:000000000000:function:{function}"),
            "approximateInvokeCount": given_up.attempts,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0", "timestamp": now.to_string(),
        "DDBStreamBatchInfo": {
            "shardId": shard_id(shard_of(first.pk())),
            "startSequenceNumber": first.number.to_string(), "endSequenceNumber": last.number.to_string(),
            "approximateArrivalOfFirstRecord": seconds(first.at), "approximateArrivalOfLastRecord": seconds(last.at),
            "batchSize": given_up.records.len(),
            "streamArn": format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/1"),
        },
    })
}

/// Whole seconds, as the service tells the time of a record.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Hands out what the messages are about; the numbers of those that must stay.
pub(crate) async fn work_off(runtime: Runtime, orders: Vec<Order>) -> Result<Vec<String>> {
    let rows = Handout::new(&Client::new(&runtime.sdk), "Incidents".into(), "Messages".into());
    let (mut stay, mut handed_out) = (Vec::new(), HandedOut::default());
    for order in orders {
        let now = runtime.clock.now();
        let keys: Vec<Key> = match order.keys {
            Some(keys) => keys.into_iter().collect(),
            None if order.is_outbox => {
                // Whatever is open in the outbox is handed out by the sweep, if there is one.
                if !rows.is_swept(now).await? {
                    stay.push(order.letter.to_string());
                }
                continue;
            }
            None => rows.received(order.arrived.0, order.arrived.1).await?,
        };
        for key in keys {
            if handed_out.covers(&key, order.arrived.1) {
                continue;
            }
            if rows.hand_out(&key, now).await? == Standing::Unreadable {
                stay.push(order.letter.to_string());
            } else {
                handed_out.note(key, now);
            }
        }
    }
    Ok(stay)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::mapping::Record;

    fn start() -> Timestamp {
        "2026-07-07T17:00:00Z".parse().unwrap()
    }

    fn place(call: u32) -> Place {
        Place { table: "Incidents", pk: format!("INC#{call}"), sk: "STATE".into() }
    }

    fn record(number: u64, call: u32) -> Record {
        let image = json!({"Keys": {"pk": {"S": format!("INC#{call}")}}, "NewImage": {"name": {"S": "Quillfeather"}}});
        Record { number, at: start(), event: Arc::new(json!({"dynamodb": image})) }
    }

    /// Three records in a stream, of which the crime log's reader gave up the first and the last.
    fn given_up() -> Failures {
        let mut failures = Failures::new(start());
        let other = (2..50).find(|call| shard_of(&place(*call).pk) != shard_of(&place(1).pk)).unwrap();
        for call in [1, other, 1] {
            failures.carried(&place(call), start());
        }
        let records = vec![record(1, 1), record(3, 1)];
        let given_up = GivenUp { records, condition: "RetryAttemptsExhausted", attempts: 9 };
        let text = envelope("Incidents", "log-crime", &given_up, start()).to_string();
        failures.put(Reader::Log, &given_up, text);
        failures
    }

    #[test]
    fn a_message_says_where_records_lay_and_nothing_of_what_was_in_them() {
        let failures = given_up();
        let letter: Value = serde_json::from_str(&failures.letters[&1].text).unwrap();
        assert_eq!(letter["requestContext"]["condition"], "RetryAttemptsExhausted");
        let lay = &letter["DDBStreamBatchInfo"];
        assert_eq!((&lay["startSequenceNumber"], &lay["endSequenceNumber"]), (&json!("1"), &json!("3")));
        assert!(!failures.letters[&1].text.contains("Quillfeather"), "{}", failures.letters[&1].text);
        assert_eq!(failures.given_up, 2);
    }

    #[test]
    fn the_command_finds_the_keys_in_the_shard_for_a_day_and_then_the_time_alone() {
        let mut failures = given_up();
        let order = failures.order(1, start() + KEPT).unwrap();
        assert_eq!(order.keys, Some(BTreeSet::from([Key::new("INC#1", "STATE")])));
        let late = failures.order(1, start() + KEPT + SignedDuration::from_secs(1)).unwrap();
        assert_eq!((late.keys, late.arrived, late.is_outbox), (None, (start(), start()), false));
        assert!(failures.letters[&1].was_late);
    }
}
