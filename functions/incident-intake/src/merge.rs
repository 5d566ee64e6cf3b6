//! One event into its subject: read, merge, latch, write; again if somebody else wrote in between.
use incident::{Case, Event, Incident, event};
use jiff::Timestamp;
use startup::http::Fault;
use startup::intake::{self, Outcome, Post, Unreadable};
use table::StoreError;
use table::incidents::Changed;
use table::received::{Received, Written};
use updates::Subject;

use crate::Context;

/// How often an event is merged anew when its subject changes underneath.
const ROUNDS: u32 = 8;

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

async fn merge(
    context: &Context,
    received: &Received<'_>,
    event: &Event,
    baseline: bool,
) -> Result<Written, StoreError> {
    let (subject, rev, due_at, at) = match event {
        Event::Incident(stamp, kind, data) => {
            let stored = context.incidents.incident(&data.incident.id).await?;
            let (rev, due_at) = stored.as_ref().map_or((0, None), |stored| (stored.rev, stored.due_at));
            let mut incident = stored.map_or_else(|| Incident::new(&data.incident.id), |stored| stored.value);
            incident.apply(*stamp, *kind, data, baseline);
            incident.facts.told_by(received.source);
            (Subject::Incident(Box::new(incident)), rev, due_at, stamp.at)
        }
        Event::Case(stamp, kind, data) => {
            let stored = context.incidents.case(&data.case.number).await?;
            let (rev, due_at) = stored.as_ref().map_or((0, None), |stored| (stored.rev, stored.due_at));
            let mut case = stored.map_or_else(|| Case::new(&data.case.number), |stored| stored.value);
            case.apply(*stamp, *kind, data, baseline);
            case.facts.told_by(received.source);
            (Subject::Case(Box::new(case), None), rev, due_at, stamp.at)
        }
    };
    let safety = match &subject {
        Subject::Incident(incident) => incident.safety_text(),
        Subject::Case(case, _) => case.safety_text(),
    };
    let safety = context.contacts.keyed_hash(&safety).await?;
    let latches = latches(context, &subject, at).await?;
    let wake = updates::wake(&subject, &context.policy, context.clock.now());
    let changed = Changed { subject, rev, due_at, wake, safety };
    context.incidents.store_event(received, &[changed], latches).await
}

/// The latches that the subject now causes: every address in it, for as long as the rules say. Present ones that
/// last longer stay as they are.
async fn latches(
    context: &Context,
    subject: &Subject,
    at: Timestamp,
) -> Result<Vec<aws_sdk_dynamodb::types::Put>, StoreError> {
    if !subject.latches(&context.policy) {
        return Ok(Vec::new());
    }
    let until = at.min(context.clock.now()) + context.policy.latch();
    let known = context.contacts.known(&subject.addresses()).await?;
    let mut puts = Vec::new();
    for (address, state) in &known.states {
        if let Some(latched) = state.latched(until) {
            puts.push(context.contacts.put(address, &latched).await?);
        }
    }
    Ok(puts)
}
