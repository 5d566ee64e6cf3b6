//! Posts batches of events to an intake, signed; again and again while the server is busy or away, since a repeated
//! event counts as duplicate. `precinct send` and `precinct bridge` both post through this.
use std::time::Duration;

use bytes::Bytes;
use hyper::{Request, Uri};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use startup::{Clock, Entropy};

use crate::stack::DEFAULT_SECRET;
use crate::stack::client::{Answer, Http};

/// Most events in one post, and most bytes, both as the contract of the API has them.
pub(crate) const BATCH: usize = 100;
pub(crate) const BATCH_BYTES: usize = 240 * 1024;
/// Posts of one batch before a command that should end gives up for now.
pub(crate) const ATTEMPTS: u32 = 6;
/// Longest wait between two tries.
const LONGEST: u64 = 60;

/// Where to post and how.
pub(crate) struct Poster {
    http: Http,
    clock: Clock,
    secret: String,
    url: String,
    baseline: bool,
    /// Tries of one batch; none: until it is answered.
    attempts: Option<u32>,
}

/// What the API says about one post.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Receipt {
    #[serde(default)]
    pub(crate) accepted: u64,
    #[serde(default)]
    pub(crate) duplicates: u64,
    #[serde(default, alias = "errors")]
    pub(crate) rejected: Vec<Rejected>,
}

/// An event that was not stored, and why.
#[derive(Debug, Deserialize)]
pub(crate) struct Rejected {
    #[serde(default)]
    pub(crate) index: usize,
    #[serde(default)]
    pub(crate) pointer: String,
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) detail: String,
}

/// A batch was not answered for: nothing of it counts as done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    /// No answer, or only that the server is busy.
    #[error("no answer after {0} tries")]
    Away(u32),
    /// An answer about the post as a whole: address, secret or size must be put right first.
    #[error("the server answers {status}: {body}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Problem document.
        body: String,
    },
    /// The request could not be made.
    #[error("{0:#}")]
    Unsendable(anyhow::Error),
}

impl Poster {
    /// Posts to `url` under the secret of `PRECINCT_WEBHOOK_SECRET`, else that of a local stack.
    pub(crate) async fn new(url: &str, baseline: bool, attempts: Option<u32>) -> anyhow::Result<Self> {
        let secret = std::env::var("PRECINCT_WEBHOOK_SECRET").ok().filter(|secret| !secret.is_empty());
        let secret = secret.unwrap_or_else(|| DEFAULT_SECRET.into());
        // A secret that cannot sign is found before anything is read.
        anyhow::ensure!(
            startup::webhook::sign(&secret, "id", Timestamp::UNIX_EPOCH, b"").is_some(),
            "PRECINCT_WEBHOOK_SECRET must be whsec_ and 24 to 64 bytes in base64"
        );
        let http = Http::new()?;
        let clock = clock(&http, url).await;
        Ok(Self { http, clock, secret, url: url.to_owned(), baseline, attempts })
    }

    /// Posts one batch until it is answered.
    pub(crate) async fn post(&self, events: &[&Value]) -> Result<Receipt, Unanswered> {
        let body = Bytes::from(serde_json::to_vec(events).expect("JSON values can be written"));
        let mut attempt = 0;
        loop {
            attempt += 1;
            let id = Entropy::system().token();
            let posted = self.http.post_signed(
                &self.url,
                &self.secret,
                &id,
                self.clock.now(),
                body.clone(),
                self.baseline,
            );
            let wait = match posted.await {
                Ok(answer) if answer.status.as_u16() == 429 || answer.status.is_server_error() => {
                    answer.retry_after.unwrap_or(backoff(attempt))
                }
                Ok(answer) => return receipt(&answer),
                Err(error) if error.is::<hyper::http::Error>() => return Err(Unanswered::Unsendable(error)),
                Err(_) => backoff(attempt),
            };
            if self.attempts.is_some_and(|most| attempt >= most) {
                return Err(Unanswered::Away(attempt));
            }
            tokio::time::sleep(Duration::from_secs(wait.min(LONGEST))).await;
        }
    }
}

/// Seconds before the next try: 2, 4, 8 and so on up to a minute.
fn backoff(attempt: u32) -> u64 {
    1_u64.checked_shl(attempt).unwrap_or(LONGEST).min(LONGEST)
}

fn receipt(answer: &Answer) -> Result<Receipt, Unanswered> {
    let status = answer.status.as_u16();
    let receipt: Option<Receipt> = serde_json::from_slice(&answer.body).ok();
    match (status, receipt) {
        (202, Some(receipt)) => Ok(receipt),
        // 422 without a list is about the post as a whole.
        (422, Some(receipt)) if !receipt.rejected.is_empty() => Ok(receipt),
        _ => Err(Unanswered::Refused { status, body: String::from_utf8_lossy(&answer.body).into_owned() }),
    }
}

/// The clock by which posts are signed: a local stack has its own, which may be far from that of the machine.
async fn clock(http: &Http, url: &str) -> Clock {
    let wall = Clock::wall();
    let Some(offset) = local_offset(http, url, wall.now()).await else { return wall };
    Clock::new(move || wall.now().saturating_add(offset).unwrap_or(Timestamp::MAX))
}

async fn local_offset(http: &Http, url: &str, now: Timestamp) -> Option<SignedDuration> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority().filter(|place| matches!(place.host(), "127.0.0.1" | "localhost"))?;
    let ask = Request::get(format!("http://{authority}/_local/clock")).body(Bytes::new()).ok()?;
    let answer = http.send(ask).await.ok()?;
    let shown: Value = serde_json::from_slice(&answer.body).ok()?;
    let shown: Timestamp = shown["now"].as_str()?.parse().ok()?;
    Some(shown.duration_since(now))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use hyper::StatusCode;
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;
    use crate::stack::server::{Ask, Lost, Reply, plain, serve};

    /// A server that gives these answers in turn, and how often it was asked.
    async fn scripted(answers: Vec<(u16, Value)>) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/v1/cad/events", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let (answers, count) = (Arc::new(answers), Arc::clone(&asked));
        let answer = move |ask: Ask| {
            let (answers, count) = (Arc::clone(&answers), Arc::clone(&count));
            async move {
                if ask.uri().path() != "/v1/cad/events" {
                    return Ok::<Reply, Lost>(plain(StatusCode::NOT_FOUND, "text/plain", ""));
                }
                let (status, body) =
                    answers[count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)].clone();
                let mut reply =
                    plain(StatusCode::from_u16(status).unwrap(), "application/json", body.to_string());
                reply.headers_mut().insert("retry-after", "0".parse().unwrap());
                Ok(reply)
            }
        };
        tokio::spawn(async move { serve(listener, usize::MAX, answer).await });
        (url, asked)
    }

    async fn check(answers: Vec<(u16, Value)>, tries: usize, expected: &str) {
        let (url, asked) = scripted(answers).await;
        let poster = Poster::new(&url, false, Some(3)).await.unwrap();
        let posted = poster.post(&[&json!({"id": "1"})]).await;
        let shown = match posted {
            Ok(receipt) => format!("{} accepted, {} rejected", receipt.accepted, receipt.rejected.len()),
            Err(unanswered) => unanswered.to_string(),
        };
        assert_eq!((shown.as_str(), asked.load(Ordering::SeqCst)), (expected, tries));
    }

    #[tokio::test]
    async fn a_busy_server_is_asked_again_and_a_refusal_ends_it() {
        let taken = json!({"accepted": 1, "duplicates": 0, "rejected": []});
        check(vec![(503, json!({})), (429, json!({})), (202, taken.clone())], 3, "1 accepted, 0 rejected")
            .await;
        check(vec![(503, json!({}))], 3, "no answer after 3 tries").await;
        check(
            vec![(401, json!({"title": "x"})), (202, taken)],
            1,
            "the server answers 401: {\"title\":\"x\"}",
        )
        .await;
        let fault = json!({"errors": [{"index": 0, "pointer": "/id", "code": "invalid", "detail": "x"}]});
        check(vec![(422, fault)], 1, "0 accepted, 1 rejected").await;
        check(vec![(422, json!({"title": "x"}))], 1, "the server answers 422: {\"title\":\"x\"}").await;
    }

    #[test]
    fn waits_double_up_to_a_minute() {
        assert_eq!([1, 2, 3, 6, 7, 90].map(backoff), [2, 4, 8, 60, 60, 60]);
    }
}
