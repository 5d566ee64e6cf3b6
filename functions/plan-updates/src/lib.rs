//! Reads the incident stream and plans: who is told what, or why not.
//!
//! A record is a hint. The subject is read again, consistently, and planned as a whole, so that a lost, late or
//! repeated record changes nothing.
use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use startup::{Clock, Runtime, agency};
use table::planning::policy;
use table::{Planning, StoreError};
use updates::{Policy, Subject};

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &[
    "INCIDENTS_TABLE",
    "MESSAGES_TABLE",
    "CONTACTS_TABLE",
    "UPDATES_KEY_ID",
    "CONTACTS_KEY_ID",
    "AGENCY_DIR",
];

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

/// Plans every subject of a batch once. Only a table that cannot be reached fails a record.
pub async fn handle(context: &Context, event: Event) -> anyhow::Result<DynamoDbEventResponse> {
    let mut done: BTreeMap<String, bool> = BTreeMap::new();
    let mut failed = Vec::new();
    for record in &event.records {
        #[cfg(feature = "mutants")]
        removed(context, record).await?;
        let Some(key) = subject_of(record) else { continue };
        if !done.contains_key(&key) {
            let mut result = plan_subject(context, &key).await;
            if let Err(error) = &result {
                tracing::error!(error = %error, "subject could not be planned");
                if error.is_unreadable() {
                    // Trying again would keep the shard waiting for nothing: it is a person's now.
                    let now = context.clock.now();
                    result = context.planning.report_unreadable(&key, &context.policy, now).await;
                }
            }
            done.insert(key.clone(), result.is_ok());
        }
        if !done[&key] {
            failed.extend(record.change.sequence_number.clone());
        }
    }
    Ok(startup::batch::stream_failures(failed))
}

/// Plans a subject and, for a call, the case that came of it: what makes the call unsafe makes its case so too.
async fn plan_subject(context: &Context, key: &str) -> Result<(), StoreError> {
    let loaded = context.planning.replan(key, &context.policy, context.clock.now()).await?;
    if let Some(Subject::Incident(incident)) = loaded.map(|loaded| loaded.subject)
        && let Some(number) = incident.facts.case_number()
    {
        context.planning.replan(&Subject::case_key(number), &context.policy, context.clock.now()).await?;
    }
    Ok(())
}

/// The subject a record is about; removals by the table's own housekeeping and other items are none.
fn subject_of(record: &EventRecord) -> Option<String> {
    let key = table::keys::from_stream(&record.change.keys)?;
    let is_subject = key.sk == "STATE" && (key.pk.starts_with("INC#") || key.pk.starts_with("CASE#"));
    (is_subject && record.event_name != "REMOVE").then_some(key.pk)
}

/// Takes what the table's housekeeping removes as called off, where that is the mistake of this thread.
#[cfg(feature = "mutants")]
async fn removed(context: &Context, record: &EventRecord) -> Result<(), StoreError> {
    let subject = table::keys::subject_removed(&record.change.old_image);
    if let Some(subject) = subject
        && record.event_name == "REMOVE"
        && startup::mutant::is(startup::mutant::Mutant::RemovalCancels)
    {
        context.planning.incidents.forget(&subject).await?;
    }
    Ok(())
}
