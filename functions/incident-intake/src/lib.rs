//! Takes CAD and records-system webhooks: checks who posted, merges each event into its call or case, stores it in
//! one transaction together with the latches it causes.
//!
//! A 2xx means stored. Anything else means that nothing is visible and the same post may come again.
use std::sync::Arc;

use aws_lambda_events::event::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use startup::http::Answer;
use startup::intake::{Post, receive, store_each};
use startup::webhook::{Scheme, SourceCache};
use startup::{Clock, Runtime, agency};
use table::contacts::Contacts;
use table::incidents::Incidents;
use table::planning::{open_contacts, open_incidents, policy};
use updates::Policy;

use profiles::Profiles;

mod eido;
mod merge;
mod profiles;

/// Every environment variable this function reads.
pub const VARIABLES: &[&str] = &[
    "INCIDENTS_TABLE",
    "CONTACTS_TABLE",
    "UPDATES_KEY_ID",
    "CONTACTS_KEY_ID",
    "WEBHOOK_SECRET_ID",
    "AGENCY_DIR",
];

/// What the function works with, made once per start.
#[derive(Clone, Debug)]
pub struct Context {
    incidents: Incidents,
    contacts: Contacts,
    sources: SourceCache,
    policy: Arc<Policy>,
    profiles: Arc<Profiles>,
    clock: Clock,
}

impl Context {
    /// Reads the variables and the rules; intake needs no texts, so a bad text cannot stop it.
    pub fn new(runtime: &Runtime) -> anyhow::Result<Self> {
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let kms = aws_sdk_kms::Client::new(&runtime.sdk);
        let secrets = aws_sdk_secretsmanager::Client::new(&runtime.sdk);
        let folder = agency::Folder::new(runtime.variables.required("AGENCY_DIR")?);
        Ok(Self {
            incidents: open_incidents(runtime, &dynamo, &kms)?,
            contacts: open_contacts(runtime, &dynamo, &kms)?,
            sources: SourceCache::new(secrets, runtime.variables.required("WEBHOOK_SECRET_ID")?),
            policy: Arc::new(policy(&folder)?),
            profiles: Arc::new(Profiles::load(&folder)?),
            clock: runtime.clock.clone(),
        })
    }
}

/// Answers one post: the contract's own events on their paths, a vendor's on those that profiles declare.
pub async fn handle(
    context: &Context,
    request: ApiGatewayProxyRequest,
) -> anyhow::Result<ApiGatewayProxyResponse> {
    let posted = match request.path.as_deref().unwrap_or_default() {
        // A CAD that cannot sign may have a key; a records system must sign.
        "/v1/cad/events" => own(context, &request, &[Scheme::StandardWebhooks, Scheme::ApiKey]).await,
        eido::PATH => return Ok(eido::answer(context, &request).await.into_rest()),
        "/v1/cases/events" => own(context, &request, &[Scheme::StandardWebhooks]).await,
        _ => profiles::receive(context, &request).await,
    };
    let answer = match posted {
        Err(refusal) => refusal,
        Ok(post) => store_each(&post, async |event| merge::store(context, &post, event).await).await,
    };
    Ok(answer.into_rest())
}

async fn own(
    context: &Context,
    request: &ApiGatewayProxyRequest,
    schemes: &[Scheme],
) -> Result<Post, Answer> {
    receive(request, &context.sources, context.clock.now(), schemes).await
}
