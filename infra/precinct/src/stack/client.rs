//! A plain HTTP client, for posts to this stack and to a deployed one.
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;

/// The client; clones share connections.
#[derive(Clone)]
pub(crate) struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// An answer.
pub(crate) struct Answer {
    /// Status.
    pub(crate) status: StatusCode,
    /// Headers.
    pub(crate) headers: HeaderMap,
    /// Seconds to wait before the next try, where the server says so.
    pub(crate) retry_after: Option<u64>,
    /// Body.
    pub(crate) body: Bytes,
}

impl Http {
    /// A client that trusts the authorities this machine trusts.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let connector = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider)?;
        let connector = connector.https_or_http().enable_http1().build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> anyhow::Result<Answer> {
        let answer = self.0.request(request.map(Full::new)).await?;
        let headers = answer.headers().clone();
        let header = headers.get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after = header.and_then(|value| value.parse().ok());
        let status = answer.status();
        Ok(Answer { status, headers, retry_after, body: answer.into_body().collect().await?.to_bytes() })
    }

    /// Posts `body`, signed with `secret` at `at` under the delivery id `id`; `baseline` asks to store without sending.
    pub(crate) async fn post_signed(
        &self,
        url: &str,
        secret: &str,
        id: &str,
        at: Timestamp,
        body: Bytes,
        baseline: bool,
    ) -> anyhow::Result<Answer> {
        let signature = startup::webhook::sign(secret, id, at, &body).ok_or_else(|| {
            anyhow::anyhow!("the webhook secret must be whsec_ and 24 to 64 bytes in base64")
        })?;
        let request = Request::post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at.as_second().to_string())
            .header("webhook-signature", signature);
        let request = if baseline { request.header("precinct-mode", "baseline") } else { request };
        self.send(request.body(body)?).await
    }
}
