//! One event into its subject: read, merge, latch, write; again if somebody else wrote in between.
use aws_sdk_dynamodb::types::Put;
use incident::{Case, Event, Incident, event};
use jiff::Timestamp;
use startup::http::Fault;
use startup::intake::{self, Outcome, Post, Unreadable};
use table::StoreError;
use table::latching::{Latching, Touched};
use table::received::{Received, Written};
use updates::Subject;

use crate::Context;

/// How often an event is merged anew when its subject changes underneath.
pub(crate) const ROUNDS: u32 = 8;
/// Calls merged into one another in a row; a longer chain is a loop in the data.
const LONGEST_CHAIN: usize = 8;

/// Stores one event or says why not; what is refused is kept sealed for whoever mends the sender. An error is
/// transient.
pub(crate) async fn store(
    context: &Context,
    post: &Post,
    event: &intake::Event,
) -> Result<Outcome, StoreError> {
    let at = context.clock.now();
    let envelope = match event {
        Ok(envelope) => envelope,
        Err(unreadable) => {
            let Unreadable { fault, body, digest } = &**unreadable;
            let received = Received { source: &post.source, id: digest, digest, at };
            context.incidents.quarantine(&received, fault.code, body.as_bytes()).await?;
            return Ok(Outcome::Rejected(fault.clone()));
        }
    };
    let received = Received { source: &post.source, id: &envelope.id, digest: &envelope.digest, at };
    let takes_cases = post.path == "/v1/cases/events";
    let event = match event::read(&envelope.kind, envelope.timestamp, &envelope.data, takes_cases) {
        Ok(event) => event,
        Err(event::Invalid { pointer, code, detail }) => {
            context.incidents.quarantine(&received, code, envelope.data.to_string().as_bytes()).await?;
            return Ok(Outcome::Rejected(Fault { index: Some(envelope.index), pointer, code, detail }));
        }
    };
    let mut round = 0;
    loop {
        match merge(context, &received, &event, post.baseline).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            Err(StoreError::Full { .. }) => {
                context.incidents.quarantine(&received, FULL, envelope.data.to_string().as_bytes()).await?;
                return Ok(Outcome::Rejected(full(envelope.index)));
            }
            Err(error) => return Err(error),
            Ok(Written::Stored) => return Ok(Outcome::Accepted),
            Ok(Written::Duplicate) => return Ok(Outcome::Duplicate),
            Ok(Written::IdReused) => {
                let detail =
                    "another event with this id was stored before; give each event its own id".into();
                let fault =
                    Fault { index: Some(envelope.index), pointer: "/id".into(), code: "id_reused", detail };
                return Ok(Outcome::Rejected(fault));
            }
        }
    }
}

/// Stable word for a call or case that takes no more.
pub(crate) const FULL: &str = "too_many";

/// The fault of an event whose call or case takes no more.
pub(crate) fn full(index: usize) -> Fault {
    let detail =
        "the call or case would hold more people and units than one may; nothing of the event was stored";
    Fault { index: Some(index), pointer: "/data".into(), code: FULL, detail: detail.into() }
}

async fn merge(
    context: &Context,
    received: &Received<'_>,
    event: &Event,
    baseline: bool,
) -> Result<Written, StoreError> {
    let (touched, at) = match event {
        Event::Incident(stamp, kind, data) => {
            let mut call = Read::incident(context, &data.incident.id).await?;
            call.value.apply(*stamp, *kind, data, baseline);
            call.value.facts.told_by(received.source);
            let calls = with_survivors(context, vec![call]).await?;
            (calls.into_iter().map(Read::touched).collect(), stamp.at)
        }
        Event::Case(stamp, kind, data) => {
            let stored = context.incidents.case(&data.case.number).await?;
            let (rev, due_at) = stored.as_ref().map_or((0, None), |stored| (stored.rev, stored.due_at));
            let mut case = stored.map_or_else(|| Case::new(&data.case.number), |stored| stored.value);
            case.apply(*stamp, *kind, data, baseline);
            case.facts.told_by(received.source);
            // A call about violence latches the addresses in its case too.
            let call = match case.facts.incident_id() {
                Some(id) => context.incidents.incident(id).await?.map(|stored| Box::new(stored.value)),
                None => None,
            };
            (vec![(Subject::Case(Box::new(case), call), rev, due_at)], stamp.at)
        }
    };
    store_subjects(context, received, touched, at, Vec::new()).await
}

/// Stores the subjects with the latches that they cause and `with`, in one transaction.
pub(crate) async fn store_subjects(
    context: &Context,
    received: &Received<'_>,
    touched: Vec<Touched>,
    at: Timestamp,
    with: Vec<Put>,
) -> Result<Written, StoreError> {
    let Context { incidents, contacts, policy, clock, .. } = context;
    let latching = Latching { incidents, contacts, policy, now: clock.now() };
    latching.store(received, touched, at, with).await
}

/// A call as it was read, or a new one, and as it is becoming.
pub(crate) struct Read {
    pub(crate) value: Incident,
    before: Incident,
    rev: u64,
    due_at: Option<Timestamp>,
}

impl Read {
    pub(crate) async fn incident(context: &Context, id: &str) -> Result<Self, StoreError> {
        let stored = context.incidents.incident(id).await?;
        let (rev, due_at) = stored.as_ref().map_or((0, None), |stored| (stored.rev, stored.due_at));
        let value = stored.map_or_else(|| Incident::new(id), |stored| stored.value);
        Ok(Self { before: value.clone(), value, rev, due_at })
    }

    /// Whether it has become another.
    pub(crate) fn is_changed(&self) -> bool {
        self.value != self.before
    }

    pub(crate) fn touched(self) -> Touched {
        (Subject::Incident(Box::new(self.value)), self.rev, self.due_at)
    }
}

/// The calls and every call that took the place of one, directly or in turn: its people go on there. Of `calls`, one that
/// took another's place stands behind it.
pub(crate) async fn with_survivors(context: &Context, mut calls: Vec<Read>) -> Result<Vec<Read>, StoreError> {
    let most = calls.len() + LONGEST_CHAIN;
    let mut next = 0;
    while next < calls.len() && calls.len() < most {
        let gone = calls[next].value.clone();
        for id in gone.facts.merged_into() {
            match calls.iter().position(|call| call.value.id == id) {
                Some(known) if known > next => calls[known].value.absorb(&gone),
                Some(_) => {}
                None => {
                    let mut survivor = Read::incident(context, id).await?;
                    survivor.value.absorb(&gone);
                    calls.push(survivor);
                }
            }
        }
        next += 1;
    }
    Ok(calls)
}
