//! The envelope of every posted event, `{type, id, timestamp, data}`, one or up to a hundred at a time, and the
//! answer that names what was accepted, repeated and rejected.
use aws_lambda_events::event::apigw::ApiGatewayProxyRequest;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::http::{Answer, Fault, raw_body};
use crate::json::Broken;
use crate::webhook::{BODY_LIMIT, Scheme, SourceCache};

/// Most events in one post.
pub const EVENT_LIMIT: usize = 100;

/// One event as posted, its data not yet read.
#[derive(Clone, PartialEq)]
pub struct Envelope {
    /// Place in the posted array.
    pub index: usize,
    /// Sender's id of the event, unique within the source.
    pub id: String,
    /// Type, e.g. `incident.opened`.
    pub kind: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The facts.
    pub data: Value,
    /// SHA-256 of the event's canonical JSON: the same id with another digest is another event.
    pub digest: String,
}

impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The data may be personal.
        f.debug_struct("Envelope")
            .field("index", &self.index)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Stored.
    Accepted,
    /// Stored before, by this or an earlier post.
    Duplicate,
    /// It concerns nobody here: nothing to store, and no fault either.
    Ignored,
    /// Not stored, and why.
    Rejected(Fault),
}

/// An authenticated post.
#[derive(Debug)]
pub struct Post {
    /// Name of the source that signed it.
    pub source: String,
    /// Path it was posted to.
    pub path: String,
    /// Whether the header `precinct-mode: baseline` asks to store without ever sending for what is past.
    pub baseline: bool,
    /// The events, or why one of them is none.
    pub events: Vec<Event>,
    /// How many things were posted that concern nobody here: nothing to store, and no fault either.
    pub ignored: usize,
}

/// One posted event, or what was posted in its place.
pub type Event = Result<Envelope, Box<Unreadable>>;

/// Something posted as an event that has no envelope.
#[derive(Clone, PartialEq)]
pub struct Unreadable {
    /// What is wrong.
    pub fault: Fault,
    /// What was posted; it may be personal.
    pub body: String,
    /// SHA-256 of `body`.
    pub digest: String,
}

impl std::fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unreadable").field("fault", &self.fault).finish_non_exhaustive()
    }
}

/// An authenticated request whose body is not yet read.
pub struct Admitted {
    /// Name of the source that sent it.
    pub source: String,
    /// Path it was posted to.
    pub path: String,
    /// Whether the header `precinct-mode: baseline` asks to store without ever sending for what is past.
    pub baseline: bool,
    /// The bytes as sent; they may be personal.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Admitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admitted")
            .field("source", &self.source)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Checks media type, size and sender over the raw bytes. The error is the answer to give.
pub async fn admit(
    request: &ApiGatewayProxyRequest,
    sources: &SourceCache,
    now: Timestamp,
    media_types: &[&str],
    schemes: &[Scheme],
) -> Result<Admitted, Answer> {
    let header =
        |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !media_types.contains(&media_type.as_str()) {
        let detail = format!("post {}", media_types.join(" or "));
        return Err(Answer::problem(415, "Unsupported media type", &detail, &[]));
    }
    let body = raw_body(request.body.as_deref(), request.is_base64_encoded)?;
    if body.len() > BODY_LIMIT {
        return Err(Answer::problem(413, "Too large", "a post holds at most 256 KiB; split it", &[]));
    }
    let path = request.path.clone().unwrap_or_default();
    let sources = sources.sources(now).await.map_err(|_| unavailable())?;
    let source = sources.authenticate(&path, schemes, &request.headers, &body, now)?;
    Ok(Admitted { source, path, baseline: header("precinct-mode") == "baseline", body })
}

/// Admits a post of the contract's own events by one of `schemes` and reads the envelopes. The error is the answer
/// to give.
pub async fn receive(
    request: &ApiGatewayProxyRequest,
    sources: &SourceCache,
    now: Timestamp,
    schemes: &[Scheme],
) -> Result<Post, Answer> {
    let Admitted { source, path, baseline, body } =
        admit(request, sources, now, &["application/json"], schemes).await?;
    Ok(Post { source, path, baseline, events: read(&body)?, ignored: 0 })
}

/// The answer when the store could not be reached: nothing is lost, the sender posts the same again.
pub fn unavailable() -> Answer {
    Answer::problem(503, "Try again", "not everything could be stored; post the same again", &[])
        .header("retry-after", "5")
}

/// Reads one event or an array. The outer error is for a body that is not JSON or too long a list.
pub fn read(body: &[u8]) -> Result<Vec<Event>, Answer> {
    Ok(items(body)?.into_iter().enumerate().map(|(index, event)| read_one(index, event)).collect())
}

/// One JSON value or an array of them, as many as a post may hold.
pub fn items(body: &[u8]) -> Result<Vec<Value>, Answer> {
    let items = match json(body)? {
        Value::Array(items) => items,
        single => vec![single],
    };
    check_count(items.len())?;
    Ok(items)
}

/// The body as JSON, within the limits of [`crate::json`].
pub fn json(body: &[u8]) -> Result<Value, Answer> {
    crate::json::read(body).map_err(|broken| match broken {
        Broken::Syntax => {
            Answer::problem(400, "Not JSON", "the body must be one event or an array of events", &[])
        }
        Broken::Limit { pointer, code, detail } => {
            let fault = Fault { index: None, pointer, code, detail: detail.into() };
            Answer::problem(422, "Past a limit", "nothing of this post was stored; see errors", &[fault])
        }
    })
}

/// Refuses an empty list and one that is too long.
pub fn check_count(events: usize) -> Result<(), Answer> {
    if (1..=EVENT_LIMIT).contains(&events) {
        return Ok(());
    }
    Err(Answer::problem(422, "Wrong number of events", "post 1 to 100 events at a time", &[]))
}

/// Reads the envelope of one event, the one at `index` of the post.
pub fn read_one(index: usize, event: Value) -> Event {
    let body = event.to_string();
    let digest = hex::encode(Sha256::digest(&body));
    envelope(index, event, digest.clone()).map_err(|(pointer, detail)| {
        let fault =
            Fault { index: Some(index), pointer: pointer.into(), code: "invalid", detail: detail.into() };
        Box::new(Unreadable { fault, body, digest })
    })
}

/// Something posted that gives no event, and why.
pub fn unreadable(fault: Fault, body: &Value) -> Box<Unreadable> {
    let body = body.to_string();
    let digest = hex::encode(Sha256::digest(&body));
    Box::new(Unreadable { fault, body, digest })
}

/// The envelope of an event, or the pointer and the form of the field that has none.
fn envelope(index: usize, event: Value, digest: String) -> Result<Envelope, (&'static str, &'static str)> {
    let Value::Object(mut fields) = event else {
        return Err(("", "an event is an object with type, id, timestamp and data"));
    };
    let text = |name: &str| {
        let text = fields.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty() && text.len() <= 256).map(String::from)
    };
    let kind = text("type").ok_or(("/type", "type must be a text such as incident.opened"))?;
    let id = text("id").ok_or(("/id", "id must be a text of 1 to 256 bytes"))?;
    let timestamp = text("timestamp").and_then(|text| text.parse().ok());
    let form = "timestamp must be RFC 3339 with an offset, such as 2026-07-04T21:14:03-05:00";
    let timestamp = timestamp.ok_or(("/timestamp", form))?;
    let data = fields.remove("data").filter(Value::is_object).ok_or(("/data", "data must be an object"))?;
    Ok(Envelope { index, id, kind, timestamp, data, digest })
}

/// Hands event by event to `store` and answers for all of them.
pub async fn store_each<E: std::fmt::Display>(
    post: &Post,
    store: impl AsyncFn(&Event) -> Result<Outcome, E>,
) -> Answer {
    store_in_turn(&post.events, post.ignored, async |_, event| store(event).await).await
}

/// Hands item by item, with its place, to `store` and answers for all of them, and for those `ignored` before. The
/// first that cannot be stored ends the post with 503, and what was stored by then counts as duplicate when the sender
/// tries again.
pub async fn store_in_turn<T, E: std::fmt::Display>(
    items: &[T],
    ignored: usize,
    store: impl AsyncFn(usize, &T) -> Result<Outcome, E>,
) -> Answer {
    let mut outcomes = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match store(index, item).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => {
                tracing::error!(error = %error, event.index = index, "event could not be stored");
                return unavailable();
            }
        }
    }
    answer(outcomes, ignored)
}

#[derive(Serialize)]
struct Receipt {
    accepted: usize,
    duplicates: usize,
    rejected: Vec<Fault>,
    #[serde(skip_serializing_if = "is_zero")]
    ignored: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// 202 with the counts, or 422 where nothing in the post was acceptable.
fn answer(outcomes: Vec<Outcome>, ignored: usize) -> Answer {
    let mut receipt = Receipt { accepted: 0, duplicates: 0, rejected: Vec::new(), ignored };
    for outcome in outcomes {
        match outcome {
            Outcome::Accepted => receipt.accepted += 1,
            Outcome::Duplicate => receipt.duplicates += 1,
            Outcome::Ignored => receipt.ignored += 1,
            Outcome::Rejected(fault) => receipt.rejected.push(fault),
        }
    }
    if receipt.accepted + receipt.duplicates + receipt.ignored == 0 {
        return Answer::problem(
            422,
            "Nothing acceptable",
            "no event of this post could be stored; see errors",
            &receipt.rejected,
        );
    }
    Answer::json(202, &receipt)
}
