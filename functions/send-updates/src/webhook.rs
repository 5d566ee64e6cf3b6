//! The outward webhook: news of a task to the department's own paging or CAD, signed by Standard Webhooks. One attempt
//! a call; redirects are not followed, and an answer's body is not read.
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use startup::agency::Agency;
use startup::{Reach, Runtime};
use table::notices::{Notice, Told};
use tower_service::Service;
use updates::{Owner, TaskKind};

use crate::reach::{Resolver, allows};

/// For connection, handshake and answer together. Short, because texts wait behind it in the same stream.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long the secret is kept in memory.
const CACHE: SignedDuration = SignedDuration::from_mins(5);

/// What became of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// Answered 2xx.
    Taken,
    /// Answered 410: the receiver wants no more.
    Gone,
    /// Anything else, or no answer: to be posted again, not before the seconds that the receiver asked for.
    Again(&'static str, Option<u32>),
}

/// Client and settings of the webhook.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    receiver: Option<Receiver>,
    secrets: aws_sdk_secretsmanager::Client,
    secret_id: String,
    kept: Arc<Mutex<Option<Kept>>>,
}

/// Where it goes, and the way there. Made only where there is one: it reads the machine's certificates.
#[derive(Clone, Debug)]
struct Receiver {
    url: Uri,
    connector: HttpsConnector<HttpConnector<Resolver>>,
}

/// `{"secrets": ["whsec_…", "whsec_…"]}`: up to two, so that one can be rotated; every one of them signs.
#[derive(Deserialize)]
struct Secrets {
    secrets: Vec<String>,
}

/// Secrets and when they were read. They do not print.
#[derive(Clone)]
struct Kept(Timestamp, Vec<String>);

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Kept").field(&self.0).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    id: &'a str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    task_id: &'a str,
    kind: TaskKind,
    owner: Owner,
    due_at: Timestamp,
}

impl Webhook {
    /// The webhook of the agency folder. A url that may not be posted to is an error that names its key.
    pub(crate) fn new(runtime: &Runtime, agency: &Agency) -> anyhow::Result<Self> {
        let url = agency.task_webhook.url.as_deref();
        Ok(Self {
            receiver: url.map(|url| Receiver::new(url, runtime.reach)).transpose()?,
            secrets: aws_sdk_secretsmanager::Client::new(&runtime.sdk),
            secret_id: runtime.variables.required("TASK_WEBHOOK_SECRET_ID")?,
            kept: Arc::default(),
        })
    }

    /// Whether the agency folder names one.
    pub(crate) fn is_on(&self) -> bool {
        self.receiver.is_some()
    }

    /// Posts a notice of a task once.
    pub(crate) async fn post(&self, notice: &Notice, now: Timestamp) -> Posted {
        let Some(Receiver { url, connector }) = &self.receiver else { return Posted::Gone };
        let Some(secrets) = self.signing_secrets(now).await else {
            return Posted::Again("the secret of the task webhook is not set or cannot be read", None);
        };
        let Some(request) = signed(url, &secrets, notice, now) else {
            return Posted::Again("a secret of the task webhook is not whsec_ and 24 to 64 bytes", None);
        };
        let exchange = tokio::time::timeout(TIMEOUT, exchange(connector.clone(), url.clone(), request));
        exchange.await.unwrap_or(Posted::Again("no answer in time", None))
    }

    async fn signing_secrets(&self, now: Timestamp) -> Option<Vec<String>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(Kept(at, secrets)) = kept
            && now.duration_since(at).abs() < CACHE
        {
            return Some(secrets);
        }
        let value = self.secrets.get_secret_value().secret_id(&self.secret_id).send().await.ok()?;
        let read: Secrets = serde_json::from_str(value.secret_string()?).ok()?;
        let secrets = Some(read.secrets).filter(|secrets| !secrets.is_empty())?;
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept(now, secrets.clone()));
        Some(secrets)
    }
}

impl Receiver {
    fn new(url: &str, reach: Reach) -> anyhow::Result<Self> {
        let url: Uri = url.parse()?;
        anyhow::ensure!(
            allows(reach, &url),
            "agency.toml: task_webhook.url must be an https address on the public internet"
        );
        let mut http = HttpConnector::new_with_resolver(Resolver(reach));
        http.enforce_http(false);
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let builder = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider)?;
        let builder = if reach == Reach::Public { builder.https_only() } else { builder.https_or_http() };
        Ok(Self { url, connector: builder.enable_http1().wrap_connector(http) })
    }
}

/// The request for a notice; the same notice has the same id and body each time, so that its receiver knows it again.
fn signed(url: &Uri, secrets: &[String], notice: &Notice, now: Timestamp) -> Option<Request<Full<Bytes>>> {
    let Told::Task { kind, owner, due_at, escalated } = notice.told else { return None };
    let id = notice.id();
    let kind_of_news = if escalated { "task.escalated" } else { "task.opened" };
    let data = Data { task_id: notice.task_id(), kind, owner, due_at };
    let body = Body { r#type: kind_of_news, id: &id, timestamp: notice.at, data };
    let body = serde_json::to_vec(&body).ok()?;
    let signatures: Option<Vec<String>> =
        secrets.iter().map(|secret| startup::webhook::sign(secret, &id, now, &body)).collect();
    Request::post(url.path_and_query().map_or("/", |path| path.as_str()))
        .header("host", url.authority()?.as_str())
        .header("content-type", "application/json")
        .header("connection", "close")
        .header("webhook-id", &id)
        .header("webhook-timestamp", now.as_second().to_string())
        .header("webhook-signature", signatures?.join(" "))
        .body(Full::new(body.into()))
        .ok()
}

/// One connection, one request, one answer.
async fn exchange(
    mut connector: HttpsConnector<HttpConnector<Resolver>>,
    url: Uri,
    request: Request<Full<Bytes>>,
) -> Posted {
    let unreachable = Posted::Again("the receiver cannot be reached", None);
    let Ok(stream) = connector.call(url).await else { return unreachable };
    let Ok((mut sender, connection)) = http1::handshake(stream).await else { return unreachable };
    let answer = match select(pin!(sender.send_request(request)), pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        // The connection ended first; the answer may have come in before.
        Either::Right((_, asking)) => asking.await,
    };
    let Ok(answer) = answer else { return unreachable };
    let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    match answer.status().as_u16() {
        200..=299 => Posted::Taken,
        410 => Posted::Gone,
        300..=399 => Posted::Again("a redirect, which is not followed", None),
        _ => Posted::Again("refused", wait),
    }
}
