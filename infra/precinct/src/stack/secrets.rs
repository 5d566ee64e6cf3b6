//! Secrets Manager on the wire: one secret, the webhook sources, with one local source allowed on every path.
use hyper::StatusCode;
use serde_json::{Value, json};

use super::server::{Reply, plain};

/// Name of the secret, as the functions get it.
pub(crate) const WEBHOOK_SECRET_ID: &str = "webhook-sources";

/// Signs posts where `PRECINCT_WEBHOOK_SECRET` is not set. It guards nothing but a stack on loopback.
pub const DEFAULT_SECRET: &str = "whsec_cHJlY2luY3QtbG9jYWwtc3RhY2stc2VjcmV0LTAwMDE=";

/// Every path that takes signed posts.
const PATHS: [&str; 4] = ["/v1/cad/events", "/v1/cad/eido", "/v1/cases/events", "/v1/personnel/events"];

/// The secret in force: the environment's, else the default.
pub(crate) fn from_environment() -> String {
    std::env::var("PRECINCT_WEBHOOK_SECRET")
        .ok()
        .filter(|secret| !secret.is_empty())
        .unwrap_or_else(|| DEFAULT_SECRET.into())
}

/// Answers `action`.
pub(crate) fn answer(secret: &str, action: &str, body: &[u8]) -> Reply {
    let call: Value = serde_json::from_slice(body).unwrap_or_default();
    if action != "GetSecretValue" || call["SecretId"] != WEBHOOK_SECRET_ID {
        let refusal = json!({"__type": "ResourceNotFoundException"});
        return plain(StatusCode::BAD_REQUEST, "application/x-amz-json-1.1", refusal.to_string());
    }
    let sources = json!({"local": {"secrets": [secret], "paths": PATHS}});
    let value = json!({
        "ARN": format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{WEBHOOK_SECRET_ID}"),
        "Name": WEBHOOK_SECRET_ID,
        "VersionId": "00000000-0000-0000-0000-000000000001",
        "SecretString": sources.to_string(),
    });
    plain(StatusCode::OK, "application/x-amz-json-1.1", value.to_string())
}
