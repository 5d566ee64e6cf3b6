//! Reads the message stream and sends: claim, send, mark. Never twice, whatever happens in between.
//!
//! ```text
//! pending ──plan once more──▶ claimed ──provider──▶ accepted | failed | deferred (throttled) | unknown
//! ```
//!
//! Notices (news of tasks, answers to texts) pass the same way with nothing to plan.
use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use startup::{Clock, Entropy, Runtime, agency};
use table::Planning;
use table::planning::policy;
use table::wording::Words;
use updates::Policy;

mod email;
mod limit;
mod notice;
mod provider;
mod reach;
mod send;
mod webhook;

use email::Emails;
use limit::Limiter;
use provider::Provider;
use webhook::Webhook;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &[
    "INCIDENTS_TABLE",
    "MESSAGES_TABLE",
    "CONTACTS_TABLE",
    "UPDATES_KEY_ID",
    "CONTACTS_KEY_ID",
    "AGENCY_DIR",
    "SMS_ORIGINATION_NUMBER",
    "TASK_WEBHOOK_SECRET_ID",
    "SES_CONFIGURATION_SET",
    "PUBLIC_API_URL",
];

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    planning: Planning,
    policy: Arc<Policy>,
    words: Arc<Words>,
    provider: Provider,
    webhook: Webhook,
    mailboxes: Arc<BTreeMap<String, String>>,
    emails: Emails,
    limiter: Limiter,
    clock: Clock,
    entropy: Entropy,
}

impl Context {
    /// Reads the variables, the rules and every text.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        let agency = folder.agency()?;
        let policy = Arc::new(policy(&folder)?);
        Ok(Self {
            planning: Planning::open(runtime, &dynamo, &kms)?,
            words: Arc::new(Words::load(&folder, &agency, &policy)?),
            policy,
            provider: Provider::new(runtime, &agency),
            emails: Emails::new(runtime, &agency),
            webhook: Webhook::new(runtime, &agency)?,
            mailboxes: Arc::new(agency.mailboxes),
            limiter: Limiter::default(),
            clock: runtime.clock.clone(),
            entropy: runtime.entropy.clone(),
        })
    }
}

/// Sends what a batch names. A record fails only while nothing has been handed to a provider for it.
pub async fn handle(context: &Context, event: Event) -> anyhow::Result<DynamoDbEventResponse> {
    let mut failed = Vec::new();
    for record in &event.records {
        let Some(key) = table::keys::from_stream(&record.change.keys) else { continue };
        if record.event_name == "REMOVE" {
            continue;
        }
        let mut sent = match key.sk.split('#').next() {
            Some("MSG") => send::send(context, &key).await,
            Some("NOTE") => notice::send(context, &key).await,
            _ => Ok(()),
        };
        if let Err(error) = &sent {
            tracing::error!(error = %error, "message could not be sent");
            if error.is_unreadable() {
                // Trying again would keep the shard waiting for nothing: it is a person's now.
                let now = context.clock.now();
                sent = context.planning.report_unreadable(&key.pk, &context.policy, now).await;
            }
        }
        if sent.is_err() {
            failed.extend(record.change.sequence_number.clone());
        }
    }
    Ok(startup::batch::stream_failures(failed))
}
