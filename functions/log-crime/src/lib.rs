//! Reads the incident stream and writes one fact per version for the crime log: what, when, where, and nothing
//! about people.
//!
//! A record is a hint: the call and its case are read again, without the key to their people. Objects are named
//! by the record's position in the stream, so that a repeated record overwrites its own objects.
#![warn(missing_docs)]

mod facts;

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use aws_lambda_events::event::dynamodb::{Event as StreamEvent, EventRecord};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::primitives::ByteStream;
use hotspot::{CrimeFact, Settings};
use incident::call::Facts;
use incident::case::CaseFacts;
use jiff::Timestamp;
use startup::Runtime;
use startup::agency::Folder;
use table::subject_facts::{SubjectFacts, from_image};
use table::{Store, StoreError};

use crate::facts::{Event, call_time, case_time, claimed_case, earlier_days, fact};

/// Every environment variable the function reads.
pub const VARIABLES: &[&str] = &["INCIDENTS_TABLE", "INTERNAL_BUCKET", "AGENCY_DIR"];

/// What the function works with.
#[derive(Clone, Debug)]
pub struct Context {
    subjects: SubjectFacts,
    s3: aws_sdk_s3::Client,
    bucket: String,
    settings: Arc<Settings>,
}

/// Which subject a record is about.
enum Subject {
    Incident(String),
    Case(String),
}

impl Context {
    /// Reads variables and the map's settings.
    pub fn new(runtime: &Runtime) -> Result<Self> {
        let variables = &runtime.variables;
        let incidents = Store::new(
            aws_sdk_dynamodb::Client::new(&runtime.sdk),
            variables.required("INCIDENTS_TABLE")?,
            runtime.entropy.clone(),
        );
        let folder = Folder::new(variables.optional("AGENCY_DIR").unwrap_or_else(|| "agency".into()));
        let settings = Settings::from_toml(&folder.text("hotspots.toml")?)
            .map_err(|error| anyhow!("agency folder: hotspots.toml: {error}"))?;
        let s3 = aws_sdk_s3::config::Builder::from(&runtime.sdk)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        Ok(Self {
            subjects: SubjectFacts::new(incidents),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            bucket: variables.required("INTERNAL_BUCKET")?,
            settings: Arc::new(settings),
        })
    }
}

/// Writes the facts of each record. The first record that cannot be written is reported; Lambda comes back to it
/// and to all after it.
pub async fn handle(context: &Context, event: StreamEvent) -> Result<DynamoDbEventResponse> {
    for record in &event.records {
        if let Err(error) = log(context, record).await {
            let number = record.change.sequence_number.clone().unwrap_or_default();
            tracing::error!(
                stream.sequence_number = number,
                error = format!("{error:#}"),
                "fact could not be logged"
            );
            #[cfg(feature = "mutants")]
            let number = last_of(&event, number);
            return Ok(startup::batch::stream_failures([number]));
        }
    }
    Ok(startup::batch::stream_failures([]))
}

async fn log(context: &Context, record: &EventRecord) -> Result<()> {
    let Some(subject) = subject_of(record) else { return Ok(()) };
    let facts = match facts_of(context, record, &subject).await {
        Ok(facts) => facts,
        // Nothing that comes back later: an item written in another form must not stop the stream.
        Err(error @ StoreError::Malformed { .. }) => {
            tracing::error!(error = %error, "a subject cannot be read; the crime log goes without this version");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let number = record.change.sequence_number.as_deref().context("a stream record without a position")?;
    for (index, fact) in facts.iter().enumerate() {
        let key = format!("crime/facts/{number}-{index}.json");
        let call = context.s3.put_object().bucket(&context.bucket).key(&key).content_type("application/json");
        let sent = call.body(ByteStream::from(serde_json::to_vec(fact)?)).send().await;
        sent.map_err(|error| {
            anyhow!("cannot write {key}: {}", aws_sdk_s3::error::DisplayErrorContext(error))
        })?;
    }
    Ok(())
}

/// The facts of a subject as it stands: one, and one more for each day that it may have stood under before.
async fn facts_of(
    context: &Context,
    record: &EventRecord,
    subject: &Subject,
) -> Result<Vec<CrimeFact>, StoreError> {
    let subjects = &context.subjects;
    let (incident, number) = match subject {
        Subject::Incident(id) => (Some(id.clone()), None),
        Subject::Case(number) => {
            let file = subjects.case(number).await?;
            (file.and_then(|file| file.facts.incident_id().map(str::to_owned)), Some(number.clone()))
        }
    };
    let call = match &incident {
        Some(id) => subjects.incident(id).await?,
        None => None,
    };
    let number = call.as_ref().and_then(|call| call.facts.case_number().map(str::to_owned)).or(number);
    let file = match &number {
        Some(number) => subjects.case(number).await?,
        None => None,
    };
    let event = Event {
        incident: incident.as_deref(),
        case: number.as_deref(),
        call: call.as_ref(),
        file: file.as_ref(),
    };
    let before = Before::read(record, subject);
    let mut facts = Vec::new();
    if let Some(fact) = fact(event, &context.settings) {
        let earlier = earlier_days(event, before.time(), fact.day()).into_iter();
        let moves = earlier.map(|day| CrimeFact { previous_day: Some(day), ..fact.clone() });
        let moves: Vec<CrimeFact> = moves.collect();
        facts.extend(if moves.is_empty() { vec![fact] } else { moves });
    }
    facts.extend(claimed_case(event, before.case.as_ref()));
    Ok(facts)
}

/// The subject in the record's old image.
struct Before {
    call: Option<Facts>,
    case: Option<CaseFacts>,
}

impl Before {
    fn read(record: &EventRecord, subject: &Subject) -> Self {
        let image = &record.change.old_image;
        match subject {
            Subject::Incident(_) => Self { call: from_image(image), case: None },
            Subject::Case(_) => Self { call: None, case: from_image(image) },
        }
    }

    fn time(&self) -> Option<Timestamp> {
        self.call.as_ref().and_then(call_time).or_else(|| self.case.as_ref().and_then(case_time))
    }
}

/// The subject of a record; the table's own housekeeping and other items are none.
fn subject_of(record: &EventRecord) -> Option<Subject> {
    let key = table::keys::from_stream(&record.change.keys)?;
    if key.sk != "STATE" || record.event_name == "REMOVE" {
        return None;
    }
    let incident = key.pk.strip_prefix("INC#").map(|id| Subject::Incident(id.to_owned()));
    incident.or_else(|| key.pk.strip_prefix("CASE#").map(|number| Subject::Case(number.to_owned())))
}

/// The number of the last record, where that is the mistake of this thread.
#[cfg(feature = "mutants")]
fn last_of(event: &StreamEvent, number: String) -> String {
    let last = event.records.last().and_then(|record| record.change.sequence_number.clone());
    let mistaken = startup::mutant::is(startup::mutant::Mutant::LastFailure);
    last.filter(|_| mistaken).unwrap_or(number)
}
