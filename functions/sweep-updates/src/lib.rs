//! Every minute: plans what the clock has made due, hands out again what the streams missed, and settles claims
//! whose sender never came back.
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
#[cfg(feature = "mutants")]
use startup::mutant::{Mutant, is};
use startup::{Clock, Runtime, agency};
use table::handout::look_again;
use table::keys::Key;
use table::messages::{CLAIM_LEASE, Message, State};
use table::planning::policy;
use table::{Planning, StoreError};
use updates::Policy;

mod duties;
mod silence;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &[
    "INCIDENTS_TABLE",
    "MESSAGES_TABLE",
    "CONTACTS_TABLE",
    "UPDATES_KEY_ID",
    "CONTACTS_KEY_ID",
    "AGENCY_DIR",
];

/// Most keys taken from one shard in one sweep; the rest follows a minute later.
const LIMIT: usize = 200;
/// Received events taken from one shard in one look: how far the sweep has come is noted after each, so that one that is cut
/// off by its time, however slow everything is, has come on.
const LOOK: usize = 10;

/// When a message that a pause or the breaker holds is looked at next: by the next minute's sweep, however late in its minute this
/// one came, so that what is let go on goes out within a minute.
const WHILE_HELD: SignedDuration = SignedDuration::from_secs(45);
/// A message has expired once its last moment is over.
const PAST: SignedDuration = SignedDuration::from_secs(1);

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    planning: Planning,
    policy: Arc<Policy>,
    clock: Clock,
}

impl Context {
    /// Reads the variables and the rules.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        Ok(Self {
            planning: Planning::open(runtime, &dynamo, &kms)?,
            policy: Arc::new(policy(&folder)?),
            clock: runtime.clock.clone(),
        })
    }
}

/// One sweep. The event's content does not matter: a sweep acts on the clock. One failure does not keep the rest
/// waiting; the run fails at its end, so that the alarm sees it.
pub async fn handle(context: &Context, _event: Value) -> anyhow::Result<()> {
    #[cfg(feature = "mutants")]
    if is(Mutant::NoSweep) {
        return Ok(());
    }
    let now = context.clock.now();
    let incidents = &context.planning.incidents;
    let mut subjects: BTreeSet<String> = incidents.due(now, LIMIT).await?.into_iter().collect();
    let mut failures = 0;
    for key in context.planning.messages.due(now, LIMIT).await? {
        match take(context, &key).await {
            Ok(subject) => subjects.extend(subject),
            // Somebody else was first: the next sweep sees what came of it.
            Err(error) if error.is_condition() => {}
            Err(error) => failures += report(context, &key.pk, &error).await,
        }
    }
    let subjects: Vec<String> = subjects.into_iter().collect();
    for (key, planned) in context.planning.replan_all(&subjects, &context.policy, &context.clock).await {
        if let Err(error) = planned {
            failures += report(context, &key, &error).await;
        }
    }
    failures += look_after_arrivals(context, now).await?;
    anyhow::ensure!(failures == 0, "{failures} items could not be swept; the next sweep takes them again");
    Ok(())
}

/// Plans what was told of a minute ago once more, since a stream may lose a record, and watches the senders; how much of it
/// failed.
async fn look_after_arrivals(context: &Context, now: Timestamp) -> Result<usize, StoreError> {
    let incidents = &context.planning.incidents;
    let (mut failed, mut failures) = (BTreeSet::new(), 0);
    for _ in 0..LIMIT / LOOK {
        let arrived = incidents.unswept(now, LOOK).await?;
        let news: Vec<String> = arrived.subjects.difference(&failed).cloned().collect();
        let mut again = BTreeSet::new();
        for (key, planned) in context.planning.replan_all(&news, &context.policy, &context.clock).await {
            let Err(error) = planned else { continue };
            // What cannot be read will not be read the next time either.
            if !error.is_unreadable() {
                again.insert(key.clone());
            }
            failures += report(context, &key, &error).await;
        }
        failed.extend(again);
        if !incidents.swept(&arrived, &failed).await? {
            break;
        }
        if arrived.is_behind() {
            continue;
        }
        if let Err(error) = silence::watch(&context.planning, &context.policy, &arrived, now).await {
            failures += 1;
            tracing::error!(error = %error, "senders could not be watched");
        }
        break;
    }
    Ok(failures)
}

/// What one due row needs; names a subject that must be planned again.
async fn take(context: &Context, key: &Key) -> Result<Option<String>, StoreError> {
    let (messages, now) = (&context.planning.messages, context.clock.now());
    match key.sk.split('#').next().unwrap_or_default() {
        "TASK" => duties::escalate(messages, key, now).await.map(|()| None),
        "NOTE" => duties::settle_notice(messages, key, now).await.map(|()| None),
        _ => settle(context, key).await,
    }
}

/// What one due message needs; names its subject where that must be planned again.
async fn settle(context: &Context, key: &Key) -> Result<Option<String>, StoreError> {
    let now = context.clock.now();
    let lease = CLAIM_LEASE;
    #[cfg(feature = "mutants")]
    let lease = if is(Mutant::ShortLease) { SignedDuration::from_millis(50) } else { lease };
    let Some(message) = context.planning.messages.get(key).await? else { return Ok(None) };
    if message.due_at.is_none_or(|due| due > now) {
        return Ok(None);
    }
    let next = match message.state {
        State::Claimed if message.moved_at() + lease > now => return Ok(None),
        // Whether the provider took it will never be known here: it is not sent again.
        State::Claimed => message.lost(now),
        State::Unknown | State::Failed => duties::give_to_a_person(context, &message, now).await?,
        State::Pending if message.expires_at < now => return expire(context, message, now).await,
        // Written once more, so that the stream carries it once more.
        State::Pending => looked_at_again(&message, look_again(message.moved_at(), now)),
        // Still paused, or the breaker still open: the record says so already.
        State::Suppressed if message.expires_at >= now && is_held(context, &message, now).await? => {
            looked_at_again(&message, now + WHILE_HELD)
        }
        _ => return Ok(Some(message.subject)),
    };
    match context.planning.messages.write(&next).await {
        Err(error) if !error.is_condition() => Err(error),
        _ => Ok(None),
    }
}

/// Closes a message that became pointless; what must be told and was not may be a task now: the plan says.
async fn expire(context: &Context, message: Message, now: Timestamp) -> Result<Option<String>, StoreError> {
    match context.planning.expire(&message, now).await {
        Err(error) if !error.is_condition() => Err(error),
        _ => Ok(message.kind.must_notify().then_some(message.subject)),
    }
}

async fn is_held(context: &Context, message: &Message, now: Timestamp) -> Result<bool, StoreError> {
    let pauses = context.planning.messages.pauses().await?;
    if pauses.iter().any(|pause| pause.is_open_breaker(now)) {
        return Ok(true);
    }
    if pauses.is_empty() {
        return Ok(false);
    }
    let loaded = context.planning.load(&message.subject).await?;
    Ok(loaded.is_some_and(|loaded| pauses.iter().any(|pause| pause.covers(message.kind, &loaded.subject))))
}

/// The same message, to be looked at again when its time comes or at `due`, whichever is first.
fn looked_at_again(message: &Message, due: Timestamp) -> Message {
    let mut next = message.clone();
    next.rev += 1;
    next.due_at = Some(due.min(message.expires_at + PAST));
    next
}

/// One failure. What cannot be read is a person's, by a task under the partition `pk`.
async fn report(context: &Context, pk: &str, error: &StoreError) -> usize {
    tracing::error!(error = %error, "item could not be swept");
    if error.is_unreadable()
        && let Err(error) = context.planning.report_unreadable(pk, &context.policy, context.clock.now()).await
    {
        tracing::error!(error = %error, "nobody could be told of an unreadable item; the next sweep tries again");
    }
    1
}
