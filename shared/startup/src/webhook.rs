//! Who posted this: Standard Webhooks 1.0 signatures over the raw bytes, checked before anything is parsed.
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lambda_events::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::http::Answer;

/// How far the sender's clock may be off, either way.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Largest body taken, in bytes.
pub const BODY_LIMIT: usize = 256 * 1024;
/// How long secrets are kept in memory.
const CACHE: SignedDuration = SignedDuration::from_mins(5);

/// The senders, by name, as stored in Secrets Manager:
/// `{"cad": {"secrets": ["whsec_…", "whsec_…"], "paths": ["/v1/cad/events"]}}`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Sources(BTreeMap<String, Source>);

/// One sender: up to two secrets that are valid at once, so that one can be rotated, and where it may post.
#[derive(Clone, Deserialize)]
pub struct Source {
    secrets: Vec<String>,
    paths: Vec<String>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("paths", &self.paths).finish_non_exhaustive()
    }
}

impl Sources {
    /// Reads the JSON form.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The name of the source whose secret signed these bytes and that may post to `path`.
    /// The answer to a failure is the same for every cause, so that nothing can be learnt from it.
    pub fn authenticate(
        &self,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<String, Answer> {
        self.signer(path, headers, body, now).ok_or_else(unauthorised)
    }

    fn signer(&self, path: &str, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Option<String> {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let (id, stamp) = (header("webhook-id")?, header("webhook-timestamp")?);
        let sent = Timestamp::from_second(stamp.parse().ok()?).ok()?;
        if now.duration_since(sent).abs() > TOLERANCE {
            return None;
        }
        let signatures = header("webhook-signature")?;
        let mut found = None;
        for (name, source) in &self.0 {
            // Every source is tried, so that the time taken does not tell which one is known.
            if source.signed(id, stamp, body, signatures)
                && source.paths.iter().any(|allowed| allowed == path)
            {
                found = Some(name.clone());
            }
        }
        found
    }
}

impl Source {
    fn signed(&self, id: &str, stamp: &str, body: &[u8], signatures: &str) -> bool {
        self.secrets.iter().any(|secret| {
            let Some(key) = decode_secret(secret) else { return false };
            signatures
                .split(' ')
                .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
                .any(|tag| vault::mac::verify(&key, &signed_parts(id, stamp, body), &tag))
        })
    }
}

/// The signature header for a body, for senders of our own: the bridge, the demo, tests.
pub fn sign(secret: &str, id: &str, at: Timestamp, body: &[u8]) -> Option<String> {
    let stamp = at.as_second().to_string();
    let tag = vault::mac::tag(&decode_secret(secret)?, &signed_parts(id, &stamp, body));
    Some(format!("v1,{}", STANDARD.encode(tag)))
}

fn signed_parts(id: &str, stamp: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), b".", stamp.as_bytes(), b".", body].concat()
}

/// Standard Webhooks secrets are `whsec_` and 24 to 64 bytes of base64; shorter ones are refused.
fn decode_secret(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    (24..=64).contains(&key.len()).then_some(key)
}

fn unauthorised() -> Answer {
    Answer::problem(
        401,
        "Not authenticated",
        "the request is not signed by a known source for this path",
        &[],
    )
}

/// Sources, and when they were read.
type Kept = (Timestamp, Arc<Sources>);

/// The sources from Secrets Manager, kept for five minutes.
#[derive(Clone, Debug)]
pub struct SourceCache {
    client: aws_sdk_secretsmanager::Client,
    secret_id: String,
    kept: Arc<Mutex<Option<Kept>>>,
}

impl SourceCache {
    /// Sources in the secret named `secret_id`.
    pub fn new(client: aws_sdk_secretsmanager::Client, secret_id: String) -> Self {
        Self { client, secret_id, kept: Arc::default() }
    }

    /// The sources as of at most five minutes ago.
    pub async fn sources(&self, now: Timestamp) -> anyhow::Result<Arc<Sources>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, sources)) = kept
            && now.duration_since(at).abs() < CACHE
        {
            return Ok(sources);
        }
        let value = self.client.get_secret_value().secret_id(&self.secret_id).send().await;
        let value =
            value.map_err(|_| anyhow::anyhow!("webhook secrets cannot be read from Secrets Manager"))?;
        let sources = Sources::parse(value.secret_string().unwrap_or_default()).map_err(|_| {
            anyhow::anyhow!(
                "webhook secrets are not JSON of the form {{\"source\": {{\"secrets\", \"paths\"}}}}"
            )
        })?;
        let sources = Arc::new(sources);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&sources)));
        Ok(sources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const BODY: &[u8] =
        br#"{"type":"unit.enroute","timestamp":"2026-03-01T12:00:00Z","data":{"incident":"26-1234"}}"#;
    const SIGNATURE: &str = "v1,v6aqzPcBj8DuRLtlGeT37ZjfG6GURUaa4cSLJkhDrdo=";

    #[track_caller]
    fn check(path: &str, signature: &str, skew: i64, body: &[u8], expected: Option<&str>) {
        let sources = format!(r#"{{"cad": {{"secrets": ["{SECRET}"], "paths": ["/v1/cad/events"]}}}}"#);
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", "evt_0001".parse().unwrap());
        headers.insert("webhook-timestamp", "1772366400".parse().unwrap());
        headers.insert("webhook-signature", signature.parse().unwrap());
        let now = Timestamp::from_second(1_772_366_400 + skew).unwrap();
        let found = Sources::parse(&sources).unwrap().authenticate(path, &headers, body, now);
        assert_eq!(found.ok().as_deref(), expected);
    }

    #[test]
    fn published_vector_is_accepted() {
        check("/v1/cad/events", SIGNATURE, 0, BODY, Some("cad"));
    }

    #[test]
    fn signing_gives_the_published_vector() {
        let at = Timestamp::from_second(1_772_366_400).unwrap();
        assert_eq!(sign(SECRET, "evt_0001", at, BODY).as_deref(), Some(SIGNATURE));
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        check("/v1/cad/events", &format!("v1,AAAA {SIGNATURE}"), 0, BODY, Some("cad"));
    }

    #[test]
    fn other_body_path_or_time_is_refused() {
        check("/v1/cad/events", SIGNATURE, 0, b"{}", None);
        check("/v1/personnel/events", SIGNATURE, 0, BODY, None);
        check("/v1/cad/events", SIGNATURE, 301, BODY, None);
        check("/v1/cad/events", SIGNATURE, -301, BODY, None);
        check("/v1/cad/events", SIGNATURE, 300, BODY, Some("cad"));
    }

    #[test]
    fn older_and_unknown_signature_versions_are_refused() {
        check("/v1/cad/events", SIGNATURE.strip_prefix("v1,").unwrap(), 0, BODY, None);
        check("/v1/cad/events", "v2,AAAA", 0, BODY, None);
    }
}
