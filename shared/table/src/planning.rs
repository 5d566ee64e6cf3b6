//! Plans a subject and writes what the plan decides: the same steps for the planner, the sender and the sweep.
use aws_sdk_dynamodb::types::ConditionCheck;
use jiff::{SignedDuration, Timestamp};
use startup::{Clock, Runtime, VariableError};
use updates::needs::Past;
use updates::policy::Channels;
use updates::{Need, Outcome, Plan, Planned, Policy, Reason, TaskKind, needs, plan};

use crate::contacts::Contacts;
use crate::decided::{decision, decision_about, default_rule};
use crate::error::StoreError;
use crate::incidents::Incidents;
use crate::keys::{Key, due_shard};
use crate::loading::{Read, Record};
use crate::messages::{Decision, Message, Messages, State, Step, message_key};

pub use crate::loading::Loaded;
pub use crate::opening::{open_contacts, open_incidents, open_messages};
pub use crate::policy::policy;

/// A pending message that the stream has not delivered by then is handed out again by the sweep.
const SENT_WITHIN: SignedDuration = SignedDuration::from_mins(1);
/// How often a plan is made anew when somebody else writes at the same time.
const ROUNDS: u32 = 4;
/// Subjects that are read together: so few that none of them has waited long when its turn comes.
const TOGETHER: usize = 20;

/// The three tables of caller updates.
#[derive(Clone, Debug)]
pub struct Planning {
    /// Calls and cases.
    pub incidents: Incidents,
    /// The outbox.
    pub messages: Messages,
    /// Addresses.
    pub contacts: Contacts,
}

impl Planning {
    /// The environment variables that [`Planning::open`] reads.
    pub const VARIABLES: &'static [&'static str] =
        &["INCIDENTS_TABLE", "MESSAGES_TABLE", "CONTACTS_TABLE", "UPDATES_KEY_ID", "CONTACTS_KEY_ID"];

    /// The tables as the function's variables name them.
    pub fn open(
        runtime: &Runtime,
        dynamo: &aws_sdk_dynamodb::Client,
        kms: &aws_sdk_kms::Client,
    ) -> Result<Self, VariableError> {
        Ok(Self {
            incidents: open_incidents(runtime, dynamo, kms)?,
            messages: open_messages(runtime, dynamo, kms)?,
            contacts: open_contacts(runtime, dynamo, kms)?,
        })
    }

    /// Plans the subject of `key` afresh and writes what changed.
    pub async fn replan(
        &self,
        key: &str,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Option<Loaded>, StoreError> {
        Box::pin(self.replan_read(key, None, policy, now)).await
    }

    /// Plans the subjects of `keys` afresh, at the time of `clock`, and writes what changed; what came of each. Their facts and
    /// addresses are read together, so that many of them take little longer than few.
    pub async fn replan_all(
        &self,
        keys: &[String],
        policy: &Policy,
        clock: &Clock,
    ) -> Vec<(String, Result<(), StoreError>)> {
        let mut planned = Vec::new();
        for keys in keys.chunks(TOGETHER) {
            // Where that fails, each is read by itself: one that cannot be read fails alone.
            let mut read = self.read_together(keys).await.unwrap_or_default();
            for key in keys {
                let result = Box::pin(self.replan_read(key, read.remove(key), policy, clock.now())).await;
                planned.push((key.clone(), result.map(drop)));
            }
        }
        planned
    }

    /// The same for one subject that may have been read already; it is read again where something changed since.
    async fn replan_read(
        &self,
        key: &str,
        mut read: Option<Read>,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Option<Loaded>, StoreError> {
        let mut round = 0;
        loop {
            let present = match read.take() {
                Some(read) => Some(read),
                None => self.read_anew(key).await?,
            };
            let Some(Read { mut loaded, record }) = present else { return Ok(None) };
            let plan = plan(&loaded.subject, &loaded.known.states, policy, now);
            match self.write(key, (&loaded, record), &plan, policy, now).await {
                Ok((needs, rows)) => {
                    loaded.rows = rows;
                    for need in needs {
                        self.messages.raise(&need, now, policy.zone()).await?;
                    }
                    if must_note(loaded.due_at, plan.wake, now) {
                        self.incidents.look_again(key, loaded.rev, plan.wake).await?;
                    }
                    return Ok(Some(loaded));
                }
                Err(error) if error.is_condition() && round < ROUNDS => round += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes what a plan changes; what people must be asked for, and the messages as they are now.
    async fn write(
        &self,
        key: &str,
        (loaded, (rows, decisions)): (&Loaded, Record),
        plan: &Plan,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(Vec<Need>, Vec<Message>), StoreError> {
        let (mut planned_keys, mut written) = (Vec::new(), Vec::new());
        for update in &plan.updates {
            #[cfg(feature = "mutants")]
            let update = &named_by_delivery(update, loaded.rev);
            let place = update.address.as_ref().map(|address| {
                message_key(
                    key,
                    &loaded.known.indexes[&address.0],
                    update.channel,
                    update.kind,
                    &update.ordinal,
                )
            });
            let row = place.as_ref().and_then(|place| rows.iter().find(|row| row.key() == *place));
            planned_keys.extend(place.clone());
            let latest = decisions.iter().rfind(|decision| concerns(decision, update));
            let for_good = latest.and_then(|latest| latest.reason).filter(|reason| reason.is_final());
            // What a person was told already is not withheld afterwards, although no address may be used now; and what
            // goes one way only is not told again when another way becomes known.
            let one_way = policy.channels(update.kind) == Channels::First;
            let told = rows.iter().any(|row| {
                let by_this_way = place.is_none() && row.channel == update.channel;
                let by_another = one_way && row.channel != update.channel && row.state.went_out();
                is_about(row, update) && !row.state.is_open() && (by_this_way || by_another)
            });
            if row.is_some_and(|row| !row.state.is_open()) {
                continue;
            }
            if for_good.is_some() || told {
                let state = if for_good.is_some() { State::Suppressed } else { State::Superseded };
                written.extend(self.close(row, (state, for_good), now).await?);
                continue;
            }
            if row.is_some_and(|row| is_held(row, latest, update, now)) {
                continue;
            }
            let decision = decision(key, update, loaded.recipient(update), policy, now);
            if latest.is_none_or(|latest| !same(latest, &decision)) {
                self.messages.decide(&decision).await?;
            }
            written.extend(self.write_row(row, place, update, policy, now).await?);
        }
        // What is no longer derived at all was overtaken by later facts, or may not be told any more.
        for row in rows.iter().filter(|row| row.state.is_open() && !planned_keys.contains(&row.key())) {
            written.extend(self.close(Some(row), dropped(row, plan), now).await?);
        }
        let needs = needs(&loaded.subject, plan, &past(&rows), policy, now);
        let mut now_there = rows;
        now_there.retain(|row| !written.iter().any(|new| new.key() == row.key()));
        now_there.extend(written);
        Ok((needs, now_there))
    }

    /// Closes a row that is open: nothing waits for it any more. One that the sender held back is closed too, or it came due for
    /// ever; one that was withheld without a time stays as it is.
    async fn close(
        &self,
        row: Option<&Message>,
        (state, reason): (State, Option<Reason>),
        now: Timestamp,
    ) -> Result<Option<Message>, StoreError> {
        let waits = |row: &&Message| row.state != State::Suppressed || row.due_at.is_some();
        let Some(row) = row.filter(waits) else { return Ok(None) };
        let closed = row.moved(state, reason, None, now);
        self.messages.write(&closed).await?;
        Ok(Some(closed))
    }

    /// Writes the row of one update, where the plan changes it; as it is then.
    async fn write_row(
        &self,
        row: Option<&Message>,
        place: Option<Key>,
        update: &Planned,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Option<Message>, StoreError> {
        let (state, reason, due_at) = target(update, now);
        let message = match (row, place, &update.address) {
            (Some(row), ..) => {
                let waiting_already = row.state == state && (state == State::Pending || row.due_at == due_at);
                if waiting_already {
                    return Ok(None);
                }
                row.moved(state, reason, due_at, now)
            }
            (None, Some(place), Some(address)) if due_at.is_some() => {
                let mut message = new_message(place, update, policy, now, (state, due_at));
                self.messages.seal_address(&mut message, &address.0).await?;
                message
            }
            _ => return Ok(None),
        };
        self.messages.write(&message).await?;
        Ok(Some(message))
    }

    /// Records a decision taken at the claim itself, and moves the message accordingly.
    pub async fn withhold(
        &self,
        message: &Message,
        reason: Reason,
        due_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.messages.write(&message.moved(State::Suppressed, Some(reason), due_at, now)).await?;
        let outcome = (State::Suppressed, Some(reason));
        self.messages.decide(&decision_about(message, outcome, reason.rule().into(), now)).await
    }

    /// Records that a message became pointless while it waited, then moves it there: nobody looks at it again, so the
    /// decision comes first.
    pub async fn expire(&self, message: &Message, now: Timestamp) -> Result<(), StoreError> {
        let rule = default_rule(Outcome::Expired, message.kind);
        self.messages.decide(&decision_about(message, (State::Expired, None), rule, now)).await?;
        self.messages.write(&message.moved(State::Expired, None, None, now)).await
    }

    /// Records what was planned for an update that was then not stored, as a message of staff that would not go out: the
    /// record says why, and whoever wrote it was told.
    pub async fn record(
        &self,
        key: &str,
        loaded: &Loaded,
        update: &Planned,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.messages.decide(&decision(key, update, loaded.recipient(update), policy, now)).await
    }

    /// One task for whoever can mend what is stored of the call or case `subject`, and cannot be read. It names no row:
    /// the key of a message holds the blind index of an address.
    pub async fn report_unreadable(
        &self,
        subject: &str,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let need = Need::new(TaskKind::RowUnreadable, subject, "unreadable");
        self.messages.raise(&need, now, policy.zone()).await.map(drop)
    }

    /// The conditions of a claim of `message`.
    pub fn unchanged(&self, loaded: &Loaded, message: &Message) -> Vec<ConditionCheck> {
        let subjects = loaded.safety.iter().map(|(key, safety)| self.incidents.unchanged(key, safety));
        let addresses = loaded.known.indexes.iter().filter(|(_, index)| **index == message.recipient);
        let addresses = addresses.flat_map(|(address, _)| self.contacts.unchanged(&loaded.known, address));
        subjects.chain(addresses).collect()
    }
}

/// What became of the messages that are not open any more.
fn past(rows: &[Message]) -> Past {
    let mut past = Past::default();
    for row in rows {
        let about = (row.person.clone(), row.kind, row.ordinal.clone());
        match row.state {
            State::Claimed | State::Accepted | State::Delivered | State::Unknown => {
                past.reached.insert(about)
            }
            State::Failed => past.failed.insert(about),
            _ => false,
        };
    }
    past
}

/// Whether the time of the next look has to be written: the present one has come, or the clock must look earlier. Looking
/// too early changes nothing, so a later time waits until the present one has come.
fn must_note(due_at: Option<Timestamp>, wake: Option<Timestamp>, now: Timestamp) -> bool {
    due_at.map_or(wake.is_some(), |due| due <= now || wake.is_some_and(|wake| wake < due))
}

/// Whether the sender held the message back and still does, by a pause, the breaker or a limit, none of which a plan knows. It is
/// looked at when its time has come, not whenever its subject is planned: two messages of one subject, each held on its way
/// out, would wake each other for as long as the hold lasts.
fn is_held(row: &Message, latest: Option<&Decision>, update: &Planned, now: Timestamp) -> bool {
    let by_the_sender = match row.state {
        State::Suppressed => true,
        // What waits for the rate of the number has no decision of its own; what waits by its plan has.
        State::Deferred => latest.is_some_and(|latest| latest.state == State::Pending),
        _ => false,
    };
    // An address has had its share of the day on which the message came about, which no later look changes.
    let for_good = row.state == State::Suppressed && row.reason == Some(Reason::NumberCap);
    by_the_sender
        && update.outcome == Outcome::Pending
        && (for_good || row.due_at.is_some_and(|due| due > now))
}

/// State, reason and due time that an outcome asks for. Without a due time there is nothing to wait for.
pub(crate) fn target(update: &Planned, now: Timestamp) -> (State, Option<Reason>, Option<Timestamp>) {
    match update.outcome {
        Outcome::Pending => (State::Pending, None, Some(now + SENT_WITHIN)),
        Outcome::Deferred(until) => (State::Deferred, None, until),
        Outcome::Suppressed(reason) => (State::Suppressed, Some(reason), None),
        Outcome::Superseded => (State::Superseded, None, None),
        Outcome::Expired => (State::Expired, None, None),
    }
}

/// Why an open row has no plan with an address any more: the reason planned for its person, else superseded.
fn dropped(row: &Message, plan: &Plan) -> (State, Option<Reason>) {
    let concerns = |update: &&Planned| {
        update.person == row.person
            && update.kind == row.kind
            && update.ordinal == row.ordinal
            && update.address.is_none()
    };
    match plan.updates.iter().find(concerns).map(|update| update.outcome) {
        Some(Outcome::Suppressed(reason)) => (State::Suppressed, Some(reason)),
        _ => (State::Superseded, None),
    }
}

fn new_message(
    place: Key,
    update: &Planned,
    policy: &Policy,
    now: Timestamp,
    (state, due_at): (State, Option<Timestamp>),
) -> Message {
    let recipient = place.sk.split('#').nth(1).unwrap_or_default().to_owned();
    Message {
        due_shard: due_at.map(|_| due_shard(&place.pk)),
        subject: place.pk,
        sk: place.sk,
        rev: 1,
        state,
        reason: None,
        person: update.person.clone(),
        kind: update.kind,
        class: update.kind.class(),
        ordinal: update.ordinal.clone(),
        channel: update.channel,
        recipient,
        address: String::new(),
        at: update.at,
        created_at: now,
        expires_at: update.expires_at,
        policy: policy.version().into(),
        due_at,
        claim: None,
        provider_id: None,
        failure: None,
        language: None,
        text_hash: None,
        body: None,
        history: vec![Step { at: now, state, reason: None }],
        emptied_at: None,
    }
}

fn concerns(decision: &Decision, update: &Planned) -> bool {
    decision.person == update.person
        && decision.kind == update.kind
        && decision.ordinal == update.ordinal
        && decision.channel == update.channel
}

fn is_about(row: &Message, update: &Planned) -> bool {
    row.person == update.person && row.kind == update.kind && row.ordinal == update.ordinal
}

fn same(a: &Decision, b: &Decision) -> bool {
    (a.state, a.reason, a.until) == (b.state, b.reason, b.until)
}

/// The update as if its ordinal were the delivery it came with.
#[cfg(feature = "mutants")]
fn named_by_delivery(update: &Planned, delivery: u64) -> Planned {
    let mut update = update.clone();
    if startup::mutant::is(startup::mutant::Mutant::IdFromDelivery) {
        update.ordinal = format!("{}-{delivery}", update.ordinal);
    }
    update
}
