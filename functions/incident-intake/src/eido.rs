//! EIDOs: how an incident stands, compared with how it stood. What that tells and the next snapshot are stored in one
//! transaction, so a crash loses nothing, and the same EIDO once more tells nothing.
use aws_lambda_events::event::apigw::ApiGatewayProxyRequest;
use incident::eido::{self, Eido, Snapshot};
use incident::{Event, Invalid};
use serde_json::Value;
use startup::http::{Answer, Fault};
use startup::intake::{Admitted, Outcome, admit, items, store_in_turn};
use startup::webhook::Scheme;
use table::StoreError;
use table::received::{Received, Written};
use table::snapshots::Kept;

use crate::Context;
use crate::merge::{FULL, ROUNDS, Read, full, store_subjects, with_survivors};

/// Where EIDOs are posted.
pub(crate) const PATH: &str = "/v1/cad/eido";

const MEDIA_TYPES: &[&str] = &["application/emergency.eido+json", "application/json"];

/// Answers one post of EIDOs.
pub(crate) async fn answer(context: &Context, request: &ApiGatewayProxyRequest) -> Answer {
    let schemes = &[Scheme::StandardWebhooks];
    let post = match admit(request, &context.sources, context.clock.now(), MEDIA_TYPES, schemes).await {
        Ok(post) => post,
        Err(refusal) => return refusal,
    };
    match items(&post.body) {
        Ok(eidos) => {
            store_in_turn(&eidos, 0, async |index, eido| store(context, &post, index, eido).await).await
        }
        Err(refusal) => refusal,
    }
}

/// Stores what one EIDO tells, or says why not. An error is transient.
async fn store(
    context: &Context,
    post: &Admitted,
    index: usize,
    body: &Value,
) -> Result<Outcome, StoreError> {
    let digest = eido::digest(body);
    // What was taken is known by its content alone: nobody numbers EIDOs.
    let received = Received { source: &post.source, id: &digest, digest: &digest, at: context.clock.now() };
    let eido = match eido::read(body) {
        Ok(eido) => eido,
        Err(Invalid { pointer, code, detail }) => {
            let kept = eido::without_notes(body).to_string();
            context.incidents.quarantine(&received, code, kept.as_bytes()).await?;
            return Ok(Outcome::Rejected(Fault { index: Some(index), pointer, code, detail }));
        }
    };
    let mut round = 0;
    loop {
        match take(context, &received, &eido, post.baseline).await {
            Err(error) if error.is_condition() && round < ROUNDS => round += 1,
            Err(StoreError::Full { .. }) => {
                let kept = eido::without_notes(body).to_string();
                context.incidents.quarantine(&received, FULL, kept.as_bytes()).await?;
                return Ok(Outcome::Rejected(full(index)));
            }
            other => return other,
        }
    }
}

async fn take(
    context: &Context,
    received: &Received<'_>,
    eido: &Eido,
    baseline: bool,
) -> Result<Outcome, StoreError> {
    let known = match context.incidents.snapshot(eido.tracking_id()).await? {
        Some(kept) if kept.snapshot.repeats(received.digest) => return Ok(Outcome::Duplicate),
        Some(kept) => kept,
        // Of a call that nobody made an incident of there is nobody to tell, so nothing of it is kept; once there is an
        // incident, its EIDO says all of it again.
        None if !eido.tells_of_an_incident() => return Ok(Outcome::Ignored),
        None => unknown(eido.tracking_id(), &number(context, eido).await?),
    };
    let change = eido::difference(eido, &known.snapshot);
    let tells_nothing = change.snapshot == known.snapshot;
    let mut next = Kept { snapshot: change.snapshot.taken_from(received.digest), ..known };
    let (mut calls, mut puts) = (Vec::new(), Vec::new());
    for (at, other) in &change.replacing {
        let replaced = other_snapshot(context, other).await?;
        let event = eido::merged(replaced.snapshot.number(), *at, next.snapshot.number());
        calls.push(apply(context, replaced.snapshot.number(), &[event], baseline).await?);
        puts.push(context.incidents.next_snapshot(&replaced, received.at).await?);
        next.snapshot.replaced(other);
    }
    let mut events = change.events;
    for (at, other) in &change.replaced_by {
        let by = other_snapshot(context, other).await?;
        events.push(eido::merged(next.snapshot.number(), *at, by.snapshot.number()));
    }
    calls.push(apply(context, next.snapshot.number(), &events, baseline).await?);
    let mut calls = with_survivors(context, calls).await?;
    // Facts come with every EIDO: whether they are news is known only here.
    calls.retain(Read::is_changed);
    if calls.is_empty() && tells_nothing && change.replacing.is_empty() {
        return Ok(Outcome::Duplicate);
    }
    if calls.is_empty() {
        context.incidents.keep_snapshot(&next, received.at).await?;
        return Ok(Outcome::Duplicate);
    }
    for call in &mut calls {
        call.value.facts.told_by(received.source);
    }
    puts.push(context.incidents.next_snapshot(&next, received.at).await?);
    let touched = calls.into_iter().map(Read::touched).collect();
    let latest = events.iter().map(|event| event.stamp().at).max().unwrap_or(received.at);
    match store_subjects(context, received, touched, latest, puts).await? {
        Written::Stored => Ok(Outcome::Accepted),
        Written::Duplicate | Written::IdReused => Ok(Outcome::Duplicate),
    }
}

/// The call that has `number` with `events` applied.
async fn apply(
    context: &Context,
    number: &str,
    events: &[Event],
    baseline: bool,
) -> Result<Read, StoreError> {
    let mut call = Read::incident(context, number).await?;
    for event in events {
        if let Event::Incident(stamp, kind, data) = event {
            call.value.apply(*stamp, *kind, data, baseline);
        }
    }
    Ok(call)
}

/// The number of an incident told of for the first time: the first that no other incident has, since two agencies may
/// count alike.
async fn number(context: &Context, eido: &Eido) -> Result<String, StoreError> {
    let mut numbers = eido.numbers();
    let unique = numbers.pop().unwrap_or_default();
    for number in numbers {
        if context.incidents.incident(&number).await?.is_none() {
            return Ok(number);
        }
    }
    Ok(unique)
}

/// The snapshot of another incident; of one not told of yet, one that gives it the number under which it will be known.
async fn other_snapshot(context: &Context, tracking_id: &str) -> Result<Kept, StoreError> {
    let stored = context.incidents.snapshot(tracking_id).await?;
    Ok(stored.unwrap_or_else(|| unknown(tracking_id, &eido::tracking_number(tracking_id))))
}

/// A snapshot of nothing.
fn unknown(tracking_id: &str, number: &str) -> Kept {
    Kept { tracking_id: tracking_id.into(), snapshot: Snapshot::new(number), rev: 0 }
}
