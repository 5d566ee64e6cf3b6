//! A small HTTP server on loopback: whole bodies in, whole bodies out, and the means to lose an answer.
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The connection ends without an answer.
#[derive(Debug)]
pub(crate) struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer was lost on purpose")
    }
}

impl std::error::Error for Lost {}

/// A request with its body.
pub(crate) type Ask = Request<Bytes>;
/// An answer with its body.
pub(crate) type Reply = Response<Bytes>;

/// Serves `listener` until dropped; connections end with it. Bodies over `limit` bytes are answered with 413.
pub(crate) async fn serve<F, Fut>(listener: TcpListener, limit: usize, answer: F) -> Infallible
where
    F: Fn(Ask) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Reply, Lost>> + Send + 'static,
{
    let answer = Arc::new(answer);
    let mut connections = JoinSet::new();
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        // Small answers must not wait for the acknowledgement of earlier ones.
        let _ = socket.set_nodelay(true);
        while connections.try_join_next().is_some() {}
        let answer = Arc::clone(&answer);
        connections.spawn(async move {
            let service = service_fn(move |request| one(request, limit, Arc::clone(&answer)));
            // A client that goes away, and an answer lost on purpose, both end here.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(socket), service)
                .await;
        });
    }
}

async fn one<F, Fut>(
    request: Request<Incoming>,
    limit: usize,
    answer: Arc<F>,
) -> Result<Response<Full<Bytes>>, Lost>
where
    F: Fn(Ask) -> Fut,
    Fut: Future<Output = Result<Reply, Lost>>,
{
    let (head, body) = request.into_parts();
    let reply = match Limited::new(body, limit).collect().await {
        Ok(body) => answer(Request::from_parts(head, body.to_bytes())).await?,
        Err(_) => plain(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "Request too long"),
    };
    Ok(reply.map(Full::new))
}

/// An answer of one media type.
pub(crate) fn plain(status: StatusCode, media_type: &str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    if let Ok(value) = media_type.parse() {
        reply.headers_mut().insert("content-type", value);
    }
    reply
}

/// `value` as JSON.
pub(crate) fn json(status: StatusCode, value: &impl serde::Serialize) -> Reply {
    let body = serde_json::to_vec(value).unwrap_or_else(|_| b"{}".to_vec());
    plain(status, "application/json", body)
}
