//! The receiver of task webhooks, so that tests and people can see what would reach the department's paging.
use std::sync::Arc;

use hyper::StatusCode;
use serde_json::Value;
use startup::webhook::sign;

use super::Shared;
use super::captures::{Fault, Service, Webhook};
use super::server::{Ask, Reply, plain};

/// Takes a webhook, or answers as the operator asked: `throttle` 500, `reject` 410, `accept_then_lose` never in time.
pub(crate) async fn receive(shared: &Arc<Shared>, ask: &Ask) -> Reply {
    let (fault, hold) = shared.captures.fault(Service::Webhook);
    let status = match fault {
        Fault::Throttle => StatusCode::INTERNAL_SERVER_ERROR,
        Fault::Reject => StatusCode::GONE,
        Fault::Off | Fault::AcceptThenLose => StatusCode::NO_CONTENT,
    };
    let at = shared.clock.now();
    let header = |name: &str| ask.headers().get(name)?.to_str().ok();
    let id = header("webhook-id").unwrap_or_default().to_owned();
    let stamp = at.as_second().to_string();
    let signature = sign(&shared.secret, &id, at, ask.body());
    let signed = signature.is_some_and(|expected| {
        let given = header("webhook-signature").unwrap_or_default();
        header("webhook-timestamp") == Some(stamp.as_str()) && given.split(' ').any(|one| one == expected)
    });
    let body: Value = serde_json::from_slice(ask.body()).unwrap_or_default();
    let kept = Webhook { id, signed, body, status: status.as_u16(), at };
    if let Err(error) = shared.captures.add_webhook(&kept) {
        tracing::error!(error = format!("{error:#}"), "a webhook could not be kept");
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "");
    }
    if fault == Fault::AcceptThenLose {
        tokio::time::sleep(hold).await;
    }
    plain(status, "text/plain", "")
}
