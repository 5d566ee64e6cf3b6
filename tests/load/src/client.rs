//! The sender's side of the wire: signs, posts, waits as it is told to, posts again. What a good webhook sender does.
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use startup::Clock;

/// Tries of one post before it counts as given up.
const TRIES: u32 = 12;
/// Longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(30);
/// Farthest the stack's clock may be from that of this machine: latencies are differences of the two.
const APART: SignedDuration = SignedDuration::from_millis(250);

/// A stack to post to.
#[derive(Clone)]
pub struct Target {
    http: Client<HttpConnector, Full<Bytes>>,
    base: String,
    secret: String,
    clock: Clock,
}

/// What became of one post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// Whether it was acknowledged in the end.
    pub acknowledged: bool,
    /// Answers 429 and 5xx on the way.
    pub refused: u32,
    /// Of these, how many did not say how long to wait.
    pub without_retry_after: u32,
    /// Connections that ended without an answer.
    pub broken: u32,
}

/// A text as `GET /_local/texts` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Text {
    /// Number.
    pub to: String,
    /// Words.
    pub body: String,
    /// When the provider took it.
    pub at: Timestamp,
}

#[derive(Deserialize)]
struct Shown {
    now: Timestamp,
}

impl Target {
    /// The local stack at `base`, which posts are signed for with `secret`.
    pub fn new(base: &str, secret: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self {
            http: Client::builder(TokioExecutor::new()).build(connector),
            base: base.trim_end_matches('/').to_owned(),
            secret: secret.to_owned(),
            clock: Clock::wall(),
        }
    }

    /// The present instant, by the clock of this machine.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Refuses a stack whose clock was moved: its stamps could not be compared with those of this machine.
    pub async fn check_clock(&self) -> anyhow::Result<()> {
        let shown: Shown = self.get("/_local/clock").await?;
        let apart = shown.now.duration_since(self.now()).abs();
        ensure!(
            apart <= APART,
            "the stack's clock is {apart:#} from that of this machine: serve without --now"
        );
        Ok(())
    }

    /// Posts one CAD event until it is acknowledged or given up.
    pub async fn post(&self, event: &Value) -> anyhow::Result<Posted> {
        let body = Bytes::from(serde_json::to_vec(event)?);
        let mut posted = Posted::default();
        for attempt in 0..TRIES {
            let wait = match self.once(&body).await {
                Ok((StatusCode::ACCEPTED, ..)) => {
                    posted.acknowledged = true;
                    return Ok(posted);
                }
                Ok((status, retry_after, _)) if status == 429 || status.is_server_error() => {
                    posted.refused += 1;
                    posted.without_retry_after += u32::from(retry_after.is_none());
                    retry_after.unwrap_or(backoff(attempt))
                }
                Ok((status, _, said)) => {
                    bail!("the stack answers {status}: {}", String::from_utf8_lossy(&said))
                }
                Err(_) => {
                    posted.broken += 1;
                    backoff(attempt)
                }
            };
            tokio::time::sleep(wait.min(LONGEST)).await;
        }
        Ok(posted)
    }

    async fn once(&self, body: &Bytes) -> anyhow::Result<(StatusCode, Option<Duration>, Bytes)> {
        let (id, at) = (startup::Entropy::system().token(), self.now());
        let signature = startup::webhook::sign(&self.secret, &id, at, body)
            .context("the secret must be whsec_ and 24 to 64 bytes in base64")?;
        let request = Request::post(format!("{}/v1/cad/events", self.base))
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at.as_second().to_string())
            .header("webhook-signature", signature);
        self.send(request.body(Full::new(body.clone()))?).await
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> anyhow::Result<(StatusCode, Option<Duration>, Bytes)> {
        let answer = self.http.request(request).await?;
        let header = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let wait = header.and_then(|value| value.parse().ok()).map(Duration::from_secs);
        let status = answer.status();
        Ok((status, wait, answer.into_body().collect().await?.to_bytes()))
    }

    /// Reads a path of the stack.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let request = Request::get(format!("{}{path}", self.base)).body(Full::default())?;
        let (status, _, body) = self.send(request).await?;
        ensure!(status == StatusCode::OK, "{path} answers {status}");
        serde_json::from_slice(&body).with_context(|| format!("the answer of {path} cannot be read"))
    }

    /// Reads or, with a body, posts to a path of the staff API.
    pub async fn staff(&self, path: &str, token: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let request = if body.is_some() {
            Request::post(self.base.clone() + path)
        } else {
            Request::get(self.base.clone() + path)
        };
        let request = request
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let bytes = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
        let (status, _, answer) = self.send(request.body(Full::new(bytes.into()))?).await?;
        ensure!(status == StatusCode::OK, "{path} answers {status}");
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Posts to a path of the local stack alone.
    pub async fn local(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = Request::post(format!("{}{path}", self.base));
        let (status, _, answer) =
            self.send(request.body(Full::new(serde_json::to_vec(body)?.into()))?).await?;
        ensure!(status == StatusCode::OK, "{path} answers {status}: {}", String::from_utf8_lossy(&answer));
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Every text so far.
    pub async fn texts(&self) -> anyhow::Result<Vec<Text>> {
        self.get("/_local/texts").await
    }
}

/// One second, two, four and so on.
fn backoff(attempt: u32) -> Duration {
    Duration::from_secs(1_u64.checked_shl(attempt).unwrap_or(u64::MAX)).min(LONGEST)
}
