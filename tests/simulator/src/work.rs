//! Who calls the functions, and what they make of the answers: senders that try again, queues, the schedule, and providers
//! that report what became of a message.
use std::path::Path;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Crc;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use startup::Variables;
use startup::webhook::sign;

use crate::functions::{Input, Output};
use crate::mapping::{Batch, Reader};
use crate::providers::{Accepted, Reached, unreachable};
use crate::services::SECRET;
use crate::world::{Inbox, Moment, World};

/// When a sender tries again what was not acknowledged: the schedule of Standard Webhooks.
const RETRIES: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];

/// Name of the operator's commands among the functions.
pub(crate) const FENCE: &str = "restore";
/// The same for the command that works off the failure queues.
pub(crate) const REDRIVE: &str = "redrive";

/// A sandbox's work.
#[derive(Debug)]
pub(crate) enum Work {
    Post(usize),
    Stream(Reader, usize, Batch),
    Queue(Inbox, Vec<String>),
    Sweep,
    Receipt(Box<Value>, u8),
    Fence,
    /// Letters by number.
    Redrive(Vec<u64>),
}

/// How far a post has come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delivery {
    attempts: usize,
    done: bool,
}

impl Work {
    /// The function's name.
    pub(crate) fn function(&self) -> &'static str {
        match self {
            Self::Post(_) => "incident-intake",
            Self::Stream(reader, ..) => Self::stream_function(*reader),
            Self::Queue(Inbox::Replies, _) => "replies",
            Self::Queue(Inbox::Receipts, _) | Self::Receipt(..) => "receipts",
            Self::Sweep => "sweep-updates",
            Self::Fence => FENCE,
            Self::Redrive(_) => REDRIVE,
        }
    }

    /// Name of the function that reads a stream.
    pub(crate) fn stream_function(reader: Reader) -> &'static str {
        match reader {
            Reader::Plan => "plan-updates",
            Reader::Log => "log-crime",
            Reader::Send => "send-updates",
        }
    }

    /// The function's time-out, as the template sets it.
    pub(crate) fn limit(&self) -> SignedDuration {
        SignedDuration::from_secs(match self {
            Self::Post(_) => 15,
            Self::Stream(..) => 60,
            Self::Queue(..) | Self::Receipt(..) => 30,
            Self::Sweep => 50,
            Self::Fence | Self::Redrive(_) => 900,
        })
    }
}

impl World {
    /// Puts everything on the calendar that the story tells, and what the weather adds.
    pub(crate) fn begin(&mut self) {
        self.deliveries = vec![Delivery::default(); self.story.posts.len()];
        for place in 0..self.story.posts.len() {
            let at = self.story.posts[place].at;
            self.at(at, Moment::Post(place));
        }
        for place in 0..self.story.inbound.len() {
            let at = self.story.inbound[place].at;
            self.at(at, Moment::Text(place));
        }
        if self.setting.calm {
            return;
        }
        for days in [1, 3, 9] {
            let hours = self.weather.i64(0..24);
            self.later(SignedDuration::from_hours(24 * days + hours), Moment::Reap);
        }
        self.plan_restore();
        if self.weather.u8(..4) == 0 {
            let mapping = self.weather.usize(..self.mappings.len());
            // More often for so short a time that what waited is read while things still go wrong.
            let most = if self.weather.u8(..3) > 0 { 45 } else { 1800 };
            let until = self.now() + SignedDuration::from_mins(self.weather.i64(5..most));
            self.mappings[mapping].disabled_until = Some(until);
            let reader = self.mappings[mapping].reader;
            for shard in self.mappings[mapping].shards() {
                self.at(until, Moment::Poll(reader, shard));
            }
        }
    }

    /// A sandbox has ended.
    pub(crate) fn ended(&mut self, work: Work, begun: Timestamp, output: Result<Output>) {
        let now = self.now();
        if let Err(error) = &output {
            self.checker.leaked("an error", &format!("{error:#}"), now);
        }
        match work {
            Work::Post(place) => self.posted(place, begun, output),
            Work::Stream(reader, shard, batch) => self.read(reader, shard, batch, output),
            Work::Queue(inbox, ids) => self.received(inbox, ids, output),
            Work::Sweep => self.plan_sweep(),
            Work::Fence => self.fenced(output.is_ok()),
            Work::Redrive(letters) => self.redriven(&letters, output),
            Work::Receipt(receipt, tries) => {
                if output.is_err() && tries < 2 {
                    self.later(SignedDuration::from_mins(1), Moment::Receipt(receipt, tries + 1));
                } else if output.is_ok() {
                    self.settled(&receipt);
                }
            }
        }
    }

    pub(crate) fn post(&mut self, place: usize) {
        if self.deliveries[place].done {
            return;
        }
        let now = self.now();
        let post = &self.story.posts[place];
        let id = post.event["id"].as_str().unwrap_or_default().to_owned();
        let body = post.event.to_string();
        let signature = sign(SECRET, &id, now, body.as_bytes()).unwrap_or_default();
        let request = json!({
            "resource": post.path, "path": post.path, "httpMethod": "POST",
            "headers": {"content-type": "application/json", "webhook-id": id,
                        "webhook-timestamp": now.as_second().to_string(), "webhook-signature": signature},
            "requestContext": {"accountId": "000000000000", "apiId": "simulated", "stage": "live",
                               "httpMethod": "POST", "path": post.path, "requestId": id},
            "body": body, "isBase64Encoded": false,
        });
        let request = serde_json::from_value(request).expect("a request of API Gateway");
        self.start(Work::Post(place), Input::Intake(Box::new(request)));
    }

    fn posted(&mut self, place: usize, begun: Timestamp, output: Result<Output>) {
        let now = self.now();
        let status = if let Ok(Output::Http(status, body)) = &output {
            self.checker.leaked("an answer to a sender", body, now);
            if *status == 202 {
                let post = &self.story.posts[place];
                self.checker.acknowledged(&post.event, &post.forbids, body, (begun, now), &self.tables);
            }
            *status
        } else {
            502
        };
        self.note(("posted", place, status));
        if (400..500).contains(&status) {
            self.checker.violate("I4", format!("a valid event was refused with {status}"), now);
        }
        let is_lost = !self.setting.calm && self.weather.u8(..64) == 0;
        let delivery = &mut self.deliveries[place];
        if status == 202 && !is_lost {
            delivery.done = true;
            return;
        }
        if let Some(after) = RETRIES.get(delivery.attempts) {
            delivery.attempts += 1;
            self.later(*after, Moment::Post(place));
        }
    }

    pub(crate) fn text(&mut self, place: usize) {
        let now = self.now();
        let text = &self.story.inbound[place];
        let body = json!({
            "originationNumber": text.from, "destinationNumber": "+12185550190", "messageBody": text.words,
            "messageKeyword": "STOP", "inboundMessageId": format!("inbound-{place}"),
        })
        .to_string();
        let copies = if !self.setting.calm && self.weather.u8(..8) == 0 { 2 } else { 1 };
        for copy in 0..copies {
            self.replies.add(format!("reply-{place}-{copy}"), body.clone(), now);
        }
        self.later(SignedDuration::from_millis(80), Moment::Receive(Inbox::Replies));
    }

    pub(crate) fn receive(&mut self, inbox: Inbox) {
        let now = self.now();
        let queue = match inbox {
            Inbox::Replies => &mut self.replies,
            Inbox::Receipts => &mut self.receipts,
        };
        let received = queue.receive(now);
        if let Some(next) = queue.next_visible().filter(|next| *next > now) {
            self.at(next, Moment::Receive(inbox));
        }
        let Some((ids, event)) = received else { return };
        let input = match inbox {
            Inbox::Replies => Input::Replies(serde_json::from_value(event).expect("messages of a queue")),
            Inbox::Receipts => Input::Receipts(event),
        };
        self.start(Work::Queue(inbox, ids), input);
    }

    fn received(&mut self, inbox: Inbox, ids: Vec<String>, output: Result<Output>) {
        let Ok(Output::Failures(failures)) = output else { return };
        let now = self.now();
        let done: Vec<String> = ids.into_iter().filter(|id| !failures.contains(id)).collect();
        let queue = match inbox {
            Inbox::Replies => &mut self.replies,
            Inbox::Receipts => &mut self.receipts,
        };
        for body in queue.delete(&done) {
            let body: Value = serde_json::from_str(&body).unwrap_or_default();
            if let Some(number) = body["originationNumber"].as_str() {
                self.checker.stopped(number, now);
            }
            self.settled(&body);
        }
        self.later(SignedDuration::from_millis(20), Moment::Receive(inbox));
    }

    /// Puts the next sweep that finds something on the calendar.
    pub(crate) fn plan_sweep(&mut self) {
        let Some(next) = self.sweeps.next(self.now()) else { return };
        if self.sweeps.planned.is_none_or(|planned| next < planned || planned <= self.now()) {
            self.sweeps.planned = Some(next);
            self.at(next, Moment::Sweep);
        }
    }

    /// At least once a minute, that is: now and then twice, and now and then, since it is not tried again, not at all.
    pub(crate) fn sweep(&mut self) {
        let now = self.now();
        if self.sweeps.planned != Some(now) {
            return;
        }
        self.sweeps.planned = None;
        let times = match self.weather.u8(..32) {
            _ if self.setting.calm => 1,
            0 => 0,
            1 => 2,
            _ => 1,
        };
        for _ in 0..times {
            self.start(Work::Sweep, Input::Sweep(json!({"time": now})));
        }
        self.plan_sweep();
    }

    /// What outlived its time is deleted, late, and its records look like any other removal.
    pub(crate) fn reap(&mut self) {
        let now = self.now();
        for place in self.tables.outlived(now) {
            if let Some(change) = self.tables.reap(&place, now) {
                self.sweeps.changed(&change);
                self.stream(&change, true);
            }
        }
    }

    /// Receipts come late, twice or never.
    pub(crate) fn report_later(&mut self, taken: &Accepted) {
        let times = if self.setting.calm { 1 } else { [0, 1, 1, 2][self.weather.usize(..4)] };
        for _ in 0..times {
            let reached = match self.setting.calm || self.weather.u8(..10) > 0 {
                _ if self.story.unreachable.contains(&taken.to) => Reached::Never,
                true => Reached::Delivered,
                false => Reached::NotNow,
            };
            let after = match self.weather.u8(..4) {
                _ if self.setting.calm => SignedDuration::from_secs(5),
                0 => SignedDuration::from_hours(self.weather.i64(1..72)),
                _ => SignedDuration::from_millis(self.weather.i64(1..30_000)),
            };
            self.later(after, Moment::Receipt(Box::new(taken.receipt(reached)), 0));
        }
    }

    /// `receipts` has called a receipt done.
    fn settled(&mut self, receipt: &Value) {
        let now = self.now();
        if let Some(address) = unreachable(receipt) {
            self.checker.unreachable(address, now);
        }
    }

    pub(crate) fn receipt(&mut self, receipt: Value, tries: u8) {
        let now = self.now();
        if receipt.get("eventType").is_some() {
            let number = self.receipts_sent;
            self.receipts_sent += 1;
            self.receipts.add(format!("receipt-{number}"), receipt.to_string(), now);
            self.later(SignedDuration::from_millis(50), Moment::Receive(Inbox::Receipts));
            return;
        }
        let event = json!({"awslogs": {"data": packed(&receipt, now)}});
        self.start(Work::Receipt(Box::new(receipt), tries), Input::Receipts(event));
    }
}

/// A line of the delivery log as a subscription hands it over.
fn packed(line: &Value, now: Timestamp) -> String {
    let batch = json!({
        "messageType": "DATA_MESSAGE", "owner": "000000000000", "logStream": "simulated",
        "logGroup": "sns/us-east-1/000000000000/DirectPublishToPhoneNumber", "subscriptionFilters": ["receipts"],
        "logEvents": [{"id": "1", "timestamp": now.as_millisecond(), "message": line.to_string()}],
    });
    STANDARD.encode(stored(batch.to_string().as_bytes()))
}

/// A gzip file of stored blocks (RFC 1951, 3.2.4; RFC 1952): what unpacks it cannot tell, and a compressor's tables of some
/// hundred kilobytes are not made for each line.
fn stored(plain: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = plain.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        file.push(u8::from(blocks.peek().is_none()));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
    }
    let mut sum = Crc::new();
    sum.update(plain);
    file.extend(sum.sum().to_le_bytes());
    file.extend(sum.amount().to_le_bytes());
    file
}

/// What the template sets.
pub(crate) fn variables(agency: &Path) -> Variables {
    [
        ("INCIDENTS_TABLE", "Incidents"),
        ("MESSAGES_TABLE", "Messages"),
        ("CONTACTS_TABLE", "Contacts"),
        ("UPDATES_KEY_ID", "UpdatesKey"),
        ("CONTACTS_KEY_ID", "ContactsKey"),
        ("INTERNAL_BUCKET", "internal"),
        ("WEBHOOK_SECRET_ID", "senders"),
        ("TASK_WEBHOOK_SECRET_ID", "task-webhook"),
        ("SMS_ORIGINATION_NUMBER", "+12185550190"),
        ("SES_CONFIGURATION_SET", "updates"),
        ("PUBLIC_API_URL", "https://updates.example.gov"),
        ("AGENCY_DIR", &agency.to_string_lossy()),
    ]
    .into_iter()
    .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn a_stored_file_is_read_back_by_what_unpacks() {
        for length in [1, 65_535, 65_536, 200_000] {
            let (plain, mut read) = (vec![b'x'; length], Vec::new());
            GzDecoder::new(&*stored(&plain)).read_to_end(&mut read).unwrap();
            assert_eq!(read, plain);
        }
    }
}
