//! `precinct redrive`: what stands in a failure queue is looked up in the tables and handed out again, and only then is
//! the message deleted. A stream record was a hint: what is settled, expired or gone is not handed out, and what is, is
//! planned and claimed as ever, so that nothing is sent twice. It opens nothing sealed and prints no message.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use aws_sdk_dynamodbstreams::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};
use aws_sdk_sqs::types::Message;
use clap::Args;
use startup::Runtime;
use table::handout::{HandedOut, Handout, Standing};
use table::keys::Key;
use table::schema::{PK, SK};

use crate::stack::{Options, Stack};
use letter::{Letter, Records};

mod letter;

/// How long a message is hidden from others while it is worked on, in seconds.
const HIDDEN: i32 = 300;
/// Pages without a record after which a shard has no more.
const EMPTY_PAGES: u32 = 20;
/// The failure queues of a local stack, and where what was said to us goes back to.
const LOCAL: [(&str, Option<&str>); 5] = [
    ("PlanUpdatesFailures", None),
    ("SendUpdatesFailures", None),
    ("LogCrimeFailures", None),
    ("RepliesFailures", Some("RepliesQueue")),
    ("ReceiptsFailures", Some("ReceiptsQueue")),
];

/// Arguments of the command.
#[derive(Args, Debug)]
pub struct Redrive {
    /// Data folder of a local stack, all of whose failure queues are looked at.
    #[arg(long)]
    data: Option<PathBuf>,
    /// URL of a failure queue of a deployed stack; the credentials of the AWS command line are used.
    #[arg(long, conflicts_with = "data", required_unless_present = "data")]
    queue: Option<String>,
    /// URL of the queue that texts or receipts go back to; without it they stay.
    #[arg(long, requires = "queue")]
    into: Option<String>,
    /// Name of the deployed table Incidents.
    #[arg(long, requires = "queue", required_unless_present = "data")]
    incidents: Option<String>,
    /// Name of the deployed table Messages.
    #[arg(long, requires = "queue", required_unless_present = "data")]
    messages: Option<String>,
    /// Do it; without this it is only told.
    #[arg(long)]
    apply: bool,
}

/// What is to be redriven.
#[derive(Clone, Debug)]
pub struct Order {
    /// URL of the failure queue.
    pub queue: String,
    /// URL of the queue that texts and receipts go back to.
    pub into: Option<String>,
    /// Deployed names of Incidents and Messages.
    pub tables: (String, String),
    /// Whether it is done or only told.
    pub apply: bool,
}

/// What became of the messages of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows by how they stood.
    pub rows: BTreeMap<Standing, usize>,
    /// Messages dealt with, and deleted.
    pub done: usize,
    /// Messages that went back to their queue.
    pub returned: usize,
    /// Messages that stay, by what a person has to do.
    pub stay: BTreeMap<String, usize>,
}

impl Redrive {
    /// Works through the queues and prints what became of each; whether nothing is left.
    pub async fn run(self) -> anyhow::Result<bool> {
        let Self { data, queue, into, incidents, messages, apply } = self;
        if let Some(queue) = queue {
            let tables = (incidents.unwrap_or_default(), messages.unwrap_or_default());
            return report(&Runtime::start().await, &Order { queue, into, tables, apply }).await;
        }
        let stack = Stack::start(Options { data, ..Options::default() }).await?;
        let mut clean = true;
        for order in local(apply) {
            clean &= report(stack.runtime(), &order).await?;
        }
        stack.drain().await?;
        Ok(clean)
    }
}

/// The orders for every failure queue of a local stack.
pub fn local(apply: bool) -> Vec<Order> {
    let url = |name: &str| format!("http://127.0.0.1/000000000000/{name}");
    let tables = ("Incidents".to_owned(), "Messages".to_owned());
    let order = |(queue, into): &(&str, Option<&str>)| Order {
        queue: url(queue),
        into: into.map(url),
        tables: tables.clone(),
        apply,
    };
    LOCAL.iter().map(order).collect()
}

async fn report(runtime: &Runtime, order: &Order) -> anyhow::Result<bool> {
    let outcome = redrive(runtime, order).await?;
    let name = order.queue.rsplit('/').next().unwrap_or_default();
    tell!("{name}: {outcome}{}", if order.apply { "" } else { " (nothing was changed; --apply does it)" });
    Ok(outcome.stay.is_empty())
}

/// Works through one queue.
pub async fn redrive(runtime: &Runtime, order: &Order) -> anyhow::Result<Outcome> {
    let desk = Desk {
        runtime,
        order,
        sqs: aws_sdk_sqs::Client::new(&runtime.sdk),
        streams: aws_sdk_dynamodbstreams::Client::new(&runtime.sdk),
        rows: Handout::new(
            &aws_sdk_dynamodb::Client::new(&runtime.sdk),
            order.tables.0.clone(),
            order.tables.1.clone(),
        ),
    };
    let (mut outcome, mut handed_out, mut kept) = (Outcome::default(), HandedOut::default(), Vec::new());
    loop {
        let ask = desk.sqs.receive_message().queue_url(&order.queue).max_number_of_messages(10);
        let page = ask.visibility_timeout(HIDDEN).wait_time_seconds(1).send().await;
        let page = page.with_context(|| format!("{} cannot be read", order.queue))?;
        let messages = page.messages.unwrap_or_default();
        if messages.is_empty() {
            break;
        }
        for message in messages {
            let settled = desk.take(&message, (&mut outcome, &mut handed_out)).await?;
            if settled && order.apply {
                desk.delete(&message).await?;
            } else {
                kept.push(message);
            }
        }
    }
    for message in kept {
        desk.show_again(&message).await?;
    }
    Ok(outcome)
}

/// What one run works with.
struct Desk<'a> {
    runtime: &'a Runtime,
    order: &'a Order,
    sqs: aws_sdk_sqs::Client,
    streams: aws_sdk_dynamodbstreams::Client,
    rows: Handout,
}

impl Desk<'_> {
    /// Deals with one message; whether it may be deleted.
    async fn take(
        &self,
        message: &Message,
        (outcome, handed_out): (&mut Outcome, &mut HandedOut),
    ) -> anyhow::Result<bool> {
        let stay = match letter::read(message.body().unwrap_or_default()) {
            Letter::Records(records) => match self.records(&records, (outcome, handed_out)).await? {
                None => {
                    outcome.done += 1;
                    return Ok(true);
                }
                Some(why) => why,
            },
            Letter::Sealed => match &self.order.into {
                Some(queue) => {
                    if self.order.apply {
                        let send = self.sqs.send_message().queue_url(queue);
                        send.message_body(message.body().unwrap_or_default()).send().await?;
                    }
                    outcome.returned += 1;
                    return Ok(true);
                }
                None => "texts or receipts: name their queue with --into".to_owned(),
            },
            Letter::Run(time) => format!(
                "a scheduled run: the next night makes up for it, or invoke its function with {{\"time\":\"{time}\"}}"
            ),
            Letter::LogLines => {
                "lines of a delivery log: invoke receipts with their requestPayload".to_owned()
            }
        };
        *outcome.stay.entry(stay).or_default() += 1;
        Ok(false)
    }

    /// Hands out what the records were about; why the message must stay, if it must.
    async fn records(
        &self,
        records: &Records,
        (outcome, handed_out): (&mut Outcome, &mut HandedOut),
    ) -> anyhow::Result<Option<String>> {
        let now = self.runtime.clock.now();
        let keys = match self.keys(records).await? {
            Some(keys) => keys,
            None if records.are_of(&self.order.tables.1) => {
                // Whatever is open in the outbox stands in its index, and the sweep hands it out each minute.
                let swept = self.rows.is_swept(now).await?;
                return Ok(
                    (!swept).then(|| "older than a day, and the sweep stands still: start it first".into())
                );
            }
            None => {
                let (from, to) =
                    (records.approximate_arrival_of_first_record, records.approximate_arrival_of_last_record);
                self.rows.received(from, to).await?.into_iter().collect()
            }
        };
        let mut unreadable = None;
        for key in keys {
            if handed_out.covers(&key, records.approximate_arrival_of_last_record) {
                continue;
            }
            let standing = if self.order.apply {
                self.rows.hand_out(&key, now).await?
            } else {
                self.rows.standing(&key, now).await?
            };
            *outcome.rows.entry(standing).or_default() += 1;
            if standing == Standing::Unreadable {
                unreadable =
                    Some(format!("{} cannot be read: docs/recovery.md says how it is mended", key.pk));
            } else {
                handed_out.note(key, now);
            }
        }
        Ok(unreadable)
    }

    /// Keys of the records, from the stream itself; `None` where it does not hold them any more.
    async fn keys(&self, records: &Records) -> anyhow::Result<Option<BTreeSet<Key>>> {
        let ask = self.streams.get_shard_iterator().stream_arn(&records.stream_arn);
        let ask = ask.shard_id(&records.shard_id).shard_iterator_type(ShardIteratorType::AtSequenceNumber);
        let mut next = match ask.sequence_number(&records.start_sequence_number).send().await {
            Ok(found) => found.shard_iterator,
            Err(error) if is_gone(error.code()) => return Ok(None),
            Err(error) => return Err(error).context("the stream cannot be read"),
        };
        let (mut keys, mut empty) = (BTreeSet::new(), 0);
        while let Some(at) = next.take().filter(|_| empty < EMPTY_PAGES) {
            let page = match self.streams.get_records().shard_iterator(at).send().await {
                Ok(page) => page,
                Err(error) if is_gone(error.code()) => return Ok(None),
                Err(error) => return Err(error).context("the stream cannot be read"),
            };
            let read = page.records.unwrap_or_default();
            empty = if read.is_empty() { empty + 1 } else { 0 };
            next = page.next_shard_iterator;
            for record in read {
                let Some((number, key)) = place(&record) else { continue };
                if !records.reach(&number) {
                    return Ok(Some(keys));
                }
                let last = number == records.end_sequence_number;
                keys.insert(key);
                if last {
                    return Ok(Some(keys));
                }
            }
        }
        Ok(Some(keys))
    }

    async fn delete(&self, message: &Message) -> anyhow::Result<()> {
        let handle = message.receipt_handle().unwrap_or_default();
        let delete = self.sqs.delete_message().queue_url(&self.order.queue).receipt_handle(handle);
        ensure!(
            delete.send().await.is_ok(),
            "a message could not be deleted: run the command again, it does no harm"
        );
        Ok(())
    }

    /// Lets others see a message that stays.
    async fn show_again(&self, message: &Message) -> anyhow::Result<()> {
        let handle = message.receipt_handle().unwrap_or_default();
        let show = self.sqs.change_message_visibility().queue_url(&self.order.queue).receipt_handle(handle);
        show.visibility_timeout(0).send().await.context("a message stays hidden for five minutes")?;
        Ok(())
    }
}

/// What the service says of records that are older than a day, of a stream that was made anew, and of a number that its
/// shard does not know.
fn is_gone(code: Option<&str>) -> bool {
    let gone = [
        "TrimmedDataAccessException",
        "ResourceNotFoundException",
        "ExpiredIteratorException",
        "ValidationException",
    ];
    code.is_some_and(|code| gone.contains(&code))
}

fn place(record: &Record) -> Option<(String, Key)> {
    let change = record.dynamodb()?;
    let part = |name: &str| change.keys()?.get(name)?.as_s().ok().cloned();
    Some((change.sequence_number()?.to_owned(), Key::new(part(PK)?, part(SK)?)))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (standing, count) in &self.rows {
            parts.push(format!(
                "{count} {}",
                match standing {
                    Standing::Open => "to be handed out again",
                    Standing::Settled => "settled already",
                    Standing::Expired => "too old: not handed out",
                    Standing::Missing => "not there any more",
                    Standing::Unreadable => "cannot be read",
                }
            ));
        }
        parts.push(format!("{} messages dealt with", self.done));
        if self.returned > 0 {
            parts.push(format!("{} returned to their queue", self.returned));
        }
        parts.extend(self.stay.iter().map(|(why, count)| format!("{count} stay: {why}")));
        f.write_str(&parts.join(", "))
    }
}
