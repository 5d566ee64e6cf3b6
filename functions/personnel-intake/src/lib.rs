//! Takes personnel webhooks: complaints, force, exposure, posts. Checks who posted, refuses protected attributes by
//! name, and appends each event to the ledger with the time it was recorded.
//!
//! A 2xx means stored. Anything else means that nothing is visible and the same post may come again.
use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context as _;
use aws_lambda_events::event::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use eis::{Ruleset, event};
use jiff::tz::TimeZone;
use startup::http::Fault;
use startup::intake::{self, Outcome, Unreadable, receive, store_each};
use startup::webhook::{Scheme, SourceCache};
use startup::{Clock, Runtime, agency};
use table::personnel::Personnel;
use table::received::{Received, Written};
use table::{KeyRing, StoreError};

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &["PERSONNEL_TABLE", "PERSONNEL_KEY_ID", "WEBHOOK_SECRET_ID", "AGENCY_DIR"];

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    personnel: Personnel,
    ring: KeyRing,
    sources: SourceCache,
    indicators: Arc<BTreeSet<String>>,
    zone: TimeZone,
    clock: Clock,
}

impl Context {
    /// Reads the variables, the agency's zone and the declared indicators.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let secrets = aws_sdk_secretsmanager::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        let rules = Ruleset::parse(&folder.text("eis.toml")?).context("agency folder: eis.toml")?;
        let personnel = Personnel::open(runtime, &dynamo)?;
        Ok(Self {
            ring: personnel.ring(runtime, &kms)?,
            personnel,
            sources: SourceCache::new(secrets, runtime.variables.required("WEBHOOK_SECRET_ID")?),
            indicators: Arc::new(rules.names()),
            zone: folder.agency()?.zone()?,
            clock: runtime.clock.clone(),
        })
    }
}

/// Answers one post.
pub async fn handle(
    context: &Context,
    request: ApiGatewayProxyRequest,
) -> anyhow::Result<ApiGatewayProxyResponse> {
    let schemes = &[Scheme::StandardWebhooks];
    let posted = receive(&request, &context.sources, context.clock.now(), schemes).await;
    let answer = match posted {
        Err(refusal) => refusal,
        Ok(post) => store_each(&post, async |event| store(context, &post.source, event).await).await,
    };
    Ok(answer.into_rest())
}

/// Stores one event or says why not. An error is transient.
async fn store(context: &Context, source: &str, event: &intake::Event) -> Result<Outcome, StoreError> {
    let now = context.clock.now();
    let envelope = match event {
        Ok(envelope) => envelope,
        Err(unreadable) => {
            let Unreadable { fault, body, digest } = &**unreadable;
            let received = Received { source, id: digest, digest, at: now };
            context.personnel.quarantine(&context.ring, &received, fault.code, body.as_bytes()).await?;
            return Ok(Outcome::Rejected(fault.clone()));
        }
    };
    let received = Received { source, id: &envelope.id, digest: &envelope.digest, at: now };
    let reject = |pointer: String, code: &'static str, detail: String| {
        Outcome::Rejected(Fault { index: Some(envelope.index), pointer, code, detail })
    };
    let empty = serde_json::Map::new();
    let data = envelope.data.as_object().unwrap_or(&empty);
    let day = envelope.timestamp.to_zoned_datetime(context.zone.clone()).date();
    let (event, identity) = match event::read(&envelope.kind, data, day, &context.indicators) {
        Ok(read) => read,
        Err(event::Invalid { pointer, code, detail }) => {
            // What must not be here is not kept either, not even sealed.
            if code != "protected_attribute" {
                let body = envelope.data.to_string();
                context.personnel.quarantine(&context.ring, &received, code, body.as_bytes()).await?;
            }
            return Ok(reject(pointer, code, detail));
        }
    };
    let recorded =
        context.personnel.record(&context.ring, &received, envelope.timestamp, &event, &identity).await;
    if let Err(StoreError::Full { .. }) = recorded {
        let body = envelope.data.to_string();
        context.personnel.quarantine(&context.ring, &received, "too_many", body.as_bytes()).await?;
        let detail = "too much waits for the report of this event; post the report first".into();
        return Ok(reject("/data/event_id".into(), "too_many", detail));
    }
    Ok(match recorded? {
        Written::Stored => Outcome::Accepted,
        Written::Duplicate => Outcome::Duplicate,
        Written::IdReused => {
            let detail = "another event with this id was stored before; give each event its own id".into();
            reject("/id".into(), "id_reused", detail)
        }
    })
}
