//! Secrets Manager on the wire: the webhook sources and what signs the webhooks of tasks. The local source may post to
//! every path; two more take the same secret in TicketsCAD's scheme and as an API key, so that there is one to know on
//! this machine.
use hyper::StatusCode;
use serde_json::{Value, json};

use super::server::{Reply, plain};

/// Name of the secret, as the functions get it.
pub(crate) const WEBHOOK_SECRET_ID: &str = "webhook-sources";

/// Name of the secret that signs the webhooks of tasks.
pub(crate) const TASK_WEBHOOK_SECRET_ID: &str = "task-webhook";

/// Signs posts where `PRECINCT_WEBHOOK_SECRET` is not set. It guards nothing but a stack on loopback.
pub const DEFAULT_SECRET: &str = "whsec_cHJlY2luY3QtbG9jYWwtc3RhY2stc2VjcmV0LTAwMDE=";

/// Every path that takes signed posts, beside those of profiles.
const PATHS: [&str; 5] =
    ["/v1/cad/events", "/v1/cad/eido", "/v1/cad/ticketscad", "/v1/cases/events", "/v1/personnel/events"];

/// The secret in force: the environment's, else the default.
pub(crate) fn from_environment() -> String {
    std::env::var("PRECINCT_WEBHOOK_SECRET")
        .ok()
        .filter(|secret| !secret.is_empty())
        .unwrap_or_else(|| DEFAULT_SECRET.into())
}

/// The senders that may post: `secret` in each scheme, on every path and on those of `profiles`.
pub(crate) fn senders(secret: &str, profiles: &[String]) -> String {
    let of_profile = |file: &String| {
        let name = file.trim_end_matches(".toml");
        [format!("/v1/cad/profiles/{name}"), format!("/v1/cases/profiles/{name}")]
    };
    let paths: Vec<String> =
        PATHS.iter().map(|path| (*path).to_owned()).chain(profiles.iter().flat_map(of_profile)).collect();
    json!({
        "local": {"secrets": [secret], "paths": paths},
        "local-ticketscad": {"scheme": "ticketscad_v2", "secrets": [secret], "paths": paths},
        "local-api-key": {"scheme": "api_key", "secrets": [secret], "paths": paths},
    })
    .to_string()
}

/// What Secrets Manager holds.
pub(crate) struct Secrets {
    /// The senders that may post.
    pub(crate) senders: String,
    /// The secret in force.
    pub(crate) secret: String,
}

/// Answers `action`.
pub(crate) fn answer(held: &Secrets, action: &str, body: &[u8]) -> Reply {
    let call: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = call["SecretId"].as_str().filter(|_| action == "GetSecretValue").unwrap_or_default();
    let value = match name {
        WEBHOOK_SECRET_ID => held.senders.clone(),
        // The same one: whoever tries the stack out knows it already.
        TASK_WEBHOOK_SECRET_ID => json!({"secrets": [held.secret]}).to_string(),
        _ => {
            let refusal = json!({"__type": "ResourceNotFoundException"});
            return plain(StatusCode::BAD_REQUEST, "application/x-amz-json-1.1", refusal.to_string());
        }
    };
    let answer = json!({
        "ARN": format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}"),
        "Name": name,
        "VersionId": "00000000-0000-0000-0000-000000000001",
        "SecretString": value,
    });
    plain(StatusCode::OK, "application/x-amz-json-1.1", answer.to_string())
}
