//! The real handlers, one context each, with the settings that the template would give them.
use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Context as _, anyhow, bail};
use aws_lambda_events::event::apigw::{
    ApiGatewayProxyRequest, ApiGatewayProxyResponse, ApiGatewayV2httpRequest, ApiGatewayV2httpResponse,
};
use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use jiff::Timestamp;
use serde_json::{Value, json};
use startup::{Runtime, Scheduled, Variables};

use super::queue::QueueReader;
use super::secrets::{TASK_WEBHOOK_SECRET_ID, WEBHOOK_SECRET_ID};

/// Number that texts come from and go to.
pub(crate) const ORIGINATION_NUMBER: &str = "+12185550190";

/// A context, made on first use: a function that cannot start must not keep the others from starting.
struct Lazy<C>(OnceLock<Result<C, String>>);

impl<C: Clone> Lazy<C> {
    const fn new() -> Self {
        Self(OnceLock::new())
    }

    fn get(&self, runtime: &Runtime, make: fn(&Runtime) -> anyhow::Result<C>) -> anyhow::Result<C> {
        let made = self.0.get_or_init(|| make(runtime).map_err(|error| format!("{error:#}")));
        made.clone().map_err(|error| anyhow!("the function cannot start: {error}"))
    }
}

/// Every function. Each call runs on a thread of its own, as each Lambda has its own machine: a long one keeps nobody waiting.
pub(crate) struct Functions {
    runtime: Runtime,
    incident_intake: Lazy<incident_intake::Context>,
    plan_updates: Lazy<plan_updates::Context>,
    send_updates: Lazy<send_updates::Context>,
    summarise_updates: Lazy<summarise_updates::Context>,
    notify_reviews: Lazy<notify_reviews::Context>,
    sweep_updates: Lazy<sweep_updates::Context>,
    replies: Lazy<replies::Context>,
    receipts: Lazy<receipts::Context>,
    log_crime: Lazy<log_crime::Context>,
    map_hotspots: Lazy<map_hotspots::Context>,
    personnel_intake: Lazy<personnel_intake::Context>,
    score_officers: Lazy<score_officers::Context>,
    staff_api: Lazy<staff_api::Context>,
    unsubscribe: Lazy<unsubscribe::Context>,
    retain_records: Lazy<retain_records::Context>,
}

/// A function that reads a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamReader {
    PlanUpdates,
    LogCrime,
    SendUpdates,
}

/// A function that a REST path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intake {
    Incident,
    Personnel,
}

impl Functions {
    /// The functions over `runtime`, whose variables are replaced.
    pub(crate) fn new(runtime: &Runtime, agency: &Path, url: &str) -> Self {
        Self {
            runtime: runtime.with_variables(variables(agency, url)),
            incident_intake: Lazy::new(),
            plan_updates: Lazy::new(),
            send_updates: Lazy::new(),
            summarise_updates: Lazy::new(),
            notify_reviews: Lazy::new(),
            sweep_updates: Lazy::new(),
            replies: Lazy::new(),
            receipts: Lazy::new(),
            log_crime: Lazy::new(),
            map_hotspots: Lazy::new(),
            personnel_intake: Lazy::new(),
            score_officers: Lazy::new(),
            staff_api: Lazy::new(),
            unsubscribe: Lazy::new(),
            retain_records: Lazy::new(),
        }
    }

    /// What every function runs on.
    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Calls an intake.
    pub(crate) async fn intake(
        &self,
        intake: Intake,
        request: ApiGatewayProxyRequest,
    ) -> anyhow::Result<ApiGatewayProxyResponse> {
        match intake {
            Intake::Incident => {
                let context = self.incident_intake.get(&self.runtime, incident_intake::Context::new)?;
                aside(async move || incident_intake::handle(&context, request).await).await
            }
            Intake::Personnel => {
                let context = self.personnel_intake.get(&self.runtime, personnel_intake::Context::new)?;
                aside(async move || personnel_intake::handle(&context, request).await).await
            }
        }
    }

    /// Calls the staff API.
    pub(crate) async fn staff(
        &self,
        request: ApiGatewayV2httpRequest,
    ) -> anyhow::Result<ApiGatewayV2httpResponse> {
        let context = self.staff_api.get(&self.runtime, staff_api::Context::new)?;
        aside(async move || staff_api::handle(&context, request).await).await
    }

    /// Calls the function behind the link that stops e-mails.
    pub(crate) async fn unsubscribe(
        &self,
        request: ApiGatewayV2httpRequest,
    ) -> anyhow::Result<ApiGatewayV2httpResponse> {
        let context = self.unsubscribe.get(&self.runtime, unsubscribe::Context::new)?;
        aside(async move || unsubscribe::handle(&context, request).await).await
    }

    /// Hands a batch of a stream to its reader.
    pub(crate) async fn read_stream(
        &self,
        reader: StreamReader,
        batch: Event,
    ) -> anyhow::Result<DynamoDbEventResponse> {
        match reader {
            StreamReader::PlanUpdates => {
                let context = self.plan_updates.get(&self.runtime, plan_updates::Context::new)?;
                aside(async move || plan_updates::handle(&context, batch).await).await
            }
            StreamReader::LogCrime => {
                let context = self.log_crime.get(&self.runtime, log_crime::Context::new)?;
                aside(async move || log_crime::handle(&context, batch).await).await
            }
            StreamReader::SendUpdates => {
                let context = self.send_updates.get(&self.runtime, send_updates::Context::new)?;
                aside(async move || send_updates::handle(&context, batch).await).await
            }
        }
    }

    /// Hands a batch of a queue to its reader.
    pub(crate) async fn read_queue(
        &self,
        reader: QueueReader,
        batch: Value,
    ) -> anyhow::Result<SqsBatchResponse> {
        match reader {
            QueueReader::Replies => {
                let batch: SqsEvent = serde_json::from_value(batch)?;
                let context = self.replies.get(&self.runtime, replies::Context::new)?;
                aside(async move || replies::handle(&context, batch).await).await
            }
            QueueReader::Receipts | QueueReader::TextLog => {
                let context = self.receipts.get(&self.runtime, receipts::Context::new)?;
                aside(async move || receipts::handle(&context, batch).await).await
            }
        }
    }

    /// Runs a scheduled function for the moment `time`; its report as JSON.
    pub(crate) async fn run(&self, function: &str, time: Timestamp) -> anyhow::Result<Value> {
        let event = Scheduled { time };
        match function {
            "sweep-updates" => {
                let context = self.sweep_updates.get(&self.runtime, sweep_updates::Context::new)?;
                aside(async move || sweep_updates::handle(&context, json!({"time": time})).await).await?;
                Ok(Value::Null)
            }
            "summarise-updates" => {
                let context = self.summarise_updates.get(&self.runtime, summarise_updates::Context::new)?;
                let summarise = async move || summarise_updates::handle(&context, event).await;
                aside(async move || Ok(serde_json::to_value(summarise().await?)?)).await
            }
            "map-hotspots" => {
                let context = self.map_hotspots.get(&self.runtime, map_hotspots::Context::new)?;
                aside(async move || Ok(serde_json::to_value(map_hotspots::handle(&context, event).await?)?))
                    .await
            }
            "notify-reviews" => {
                let context = self.notify_reviews.get(&self.runtime, notify_reviews::Context::new)?;
                aside(async move || Ok(serde_json::to_value(notify_reviews::handle(&context, event).await?)?))
                    .await
            }
            "score-officers" => {
                let context = self.score_officers.get(&self.runtime, score_officers::Context::new)?;
                aside(async move || Ok(serde_json::to_value(score_officers::handle(&context, event).await?)?))
                    .await
            }
            "retain-records" => {
                let context = self.retain_records.get(&self.runtime, retain_records::Context::new)?;
                aside(async move || Ok(serde_json::to_value(retain_records::handle(&context, event).await?)?))
                    .await
            }
            other => bail!(
                "{other} is not a function that can be run by hand; choose sweep-updates, summarise-updates, map-hotspots, score-officers, notify-reviews or retain-records"
            ),
        }
    }
}

/// Runs a handler on a thread of its own until it ends or the caller is dropped, which kills it where it stands.
async fn aside<A: Send + 'static>(
    handler: impl AsyncFnOnce() -> anyhow::Result<A> + Send + 'static,
) -> anyhow::Result<A> {
    let runtime = tokio::runtime::Handle::current();
    // Whoever listens to the caller's thread hears the handler too.
    let listening = tracing::dispatcher::get_default(Clone::clone);
    let (alive, killed) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::task::spawn_blocking(move || {
        let _listening = tracing::dispatcher::set_default(&listening);
        runtime.block_on(async {
            tokio::select! {
                answer = handler() => answer,
                _ = killed => bail!("the function was killed"),
            }
        })
    });
    let answer = running.await.context("the function panicked")?;
    drop(alive);
    answer
}

impl StreamReader {
    /// Name of the function.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PlanUpdates => "plan-updates",
            Self::LogCrime => "log-crime",
            Self::SendUpdates => "send-updates",
        }
    }
}

/// What the template sets; tables and buckets are deployed under their logical names here.
fn variables(agency: &Path, url: &str) -> Variables {
    [
        ("INCIDENTS_TABLE", "Incidents"),
        ("MESSAGES_TABLE", "Messages"),
        ("CONTACTS_TABLE", "Contacts"),
        ("PERSONNEL_TABLE", "Personnel"),
        ("UPDATES_KEY_ID", "UpdatesKey"),
        ("CONTACTS_KEY_ID", "ContactsKey"),
        ("PERSONNEL_KEY_ID", "PersonnelKey"),
        ("INTERNAL_BUCKET", "internal"),
        ("PUBLIC_BUCKET", "public"),
        ("AUDIT_BUCKET", "audit"),
        ("WEBHOOK_SECRET_ID", WEBHOOK_SECRET_ID),
        ("TASK_WEBHOOK_SECRET_ID", TASK_WEBHOOK_SECRET_ID),
        ("SMS_ORIGINATION_NUMBER", ORIGINATION_NUMBER),
        ("SES_CONFIGURATION_SET", "updates"),
        ("PUBLIC_API_URL", url),
        ("AGENCY_DIR", &agency.to_string_lossy()),
        // The one variable that a path in the settings of a test city may name; deployed functions have none.
        ("PRECINCT_DATA", &std::env::var("PRECINCT_DATA").unwrap_or_default()),
    ]
    .into_iter()
    .collect()
}
