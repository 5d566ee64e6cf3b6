//! Who posted this: signatures over the raw bytes (or, for senders that cannot sign, a key), checked before anything
//! is parsed. <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lambda_events::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

mod scheme;

use crate::http::Answer;
use scheme::decode_secret;
pub use scheme::{Scheme, sign_ticketscad};

/// How far the sender's clock may be off, either way.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Largest body taken, in bytes.
pub const BODY_LIMIT: usize = 256 * 1024;
/// How long secrets are kept in memory.
const CACHE: SignedDuration = SignedDuration::from_mins(5);

/// The senders, by name, as stored in Secrets Manager:
/// `{"cad": {"secrets": ["whsec_…", "whsec_…"], "paths": ["/v1/cad/events"]}}`, with `"scheme"` where it is not
/// Standard Webhooks.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Sources(BTreeMap<String, Source>);

/// One sender: how it proves who it is, up to two secrets that are valid at once, so that one can be rotated, and
/// where it may post.
#[derive(Clone, Deserialize)]
pub struct Source {
    #[serde(default)]
    scheme: Scheme,
    secrets: Vec<String>,
    paths: Vec<String>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("scheme", &self.scheme)
            .field("paths", &self.paths)
            .finish_non_exhaustive()
    }
}

impl Sources {
    /// Reads the JSON form.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The name of the source that sent these bytes by one of `schemes` and may post to `path`.
    /// The answer to a failure is the same for every cause, so that nothing can be learnt from it.
    pub fn authenticate(
        &self,
        path: &str,
        schemes: &[Scheme],
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<String, Answer> {
        let mut found = None;
        for (name, source) in &self.0 {
            // Every source is tried, so that the time taken does not tell which one is known.
            if source.sent(headers, body, now)
                && schemes.contains(&source.scheme)
                && source.paths.iter().any(|allowed| allowed == path)
            {
                found = Some(name.clone());
            }
        }
        found.ok_or_else(unauthorised)
    }
}

impl Source {
    fn sent(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
        let Some(proof) = self.scheme.proof(headers, now) else { return false };
        self.secrets.iter().any(|secret| proof.shows(secret, body))
    }
}

/// The signature header for a body, for senders of our own: the bridge, the demo, tests.
pub fn sign(secret: &str, id: &str, at: Timestamp, body: &[u8]) -> Option<String> {
    let stamp = at.as_second().to_string();
    let signed = [id.as_bytes(), b".", stamp.as_bytes(), b".", body].concat();
    let tag = vault::mac::tag(&decode_secret(secret)?, &signed);
    Some(format!("v1,{}", STANDARD.encode(tag)))
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
                "webhook secrets are not JSON of the form {{\"source\": {{\"secrets\", \"paths\", \"scheme\"}}}}"
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

    const TICKET: &[u8] =
        br#"{"event_type":"incident.created","timestamp":"2026-03-01T12:00:00Z","data":{"ticket_id":42}}"#;
    const TICKET_SIGNATURE: &str = "sha256=9d3e5a091f9dc9d43e00425ac82e660353d26cfb2140db6abb573719bc559c15";
    const SOURCES: &str = r#"{
        "cad": {"secrets": ["whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="], "paths": ["/v1/cad/events"]},
        "tickets": {"scheme": "ticketscad_v2", "secrets": ["precinct-test-secret"], "paths": ["/v1/cad/ticketscad"]},
        "resgrid": {"scheme": "api_key", "secrets": ["0123456789abcdef01234567", "short"], "paths": ["/v1/cad/events"]}
    }"#;
    const ALL: &[Scheme] = &[Scheme::StandardWebhooks, Scheme::TicketscadV2, Scheme::ApiKey];

    #[track_caller]
    fn check_headers(
        path: &str,
        schemes: &[Scheme],
        pairs: &[(&str, &str)],
        skew: i64,
        body: &[u8],
        expected: Option<&str>,
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(
                aws_lambda_events::http::HeaderName::try_from(*name).unwrap(),
                value.parse().unwrap(),
            );
        }
        let now = Timestamp::from_second(1_772_366_400 + skew).unwrap();
        let found = Sources::parse(SOURCES).unwrap().authenticate(path, schemes, &headers, body, now);
        assert_eq!(found.ok().as_deref(), expected);
    }

    #[track_caller]
    fn check(path: &str, signature: &str, skew: i64, body: &[u8], expected: Option<&str>) {
        let stamp = ("webhook-timestamp", "1772366400");
        check_headers(
            path,
            ALL,
            &[("webhook-id", "evt_0001"), stamp, ("webhook-signature", signature)],
            skew,
            body,
            expected,
        );
    }

    #[track_caller]
    fn check_ticket(header: &str, signature: &str, skew: i64, body: &[u8], expected: Option<&str>) {
        let pairs = [("x-webhook-timestamp", "1772366400"), (header, signature)];
        check_headers("/v1/cad/ticketscad", ALL, &pairs, skew, body, expected);
    }

    #[test]
    fn ticketscad_vector_is_accepted_and_made() {
        check_ticket("x-webhook-signature-v2", TICKET_SIGNATURE, 0, TICKET, Some("tickets"));
        check_ticket("x-webhook-signature-v2", TICKET_SIGNATURE, 300, TICKET, Some("tickets"));
        let at = Timestamp::from_second(1_772_366_400).unwrap();
        assert_eq!(sign_ticketscad("precinct-test-secret", at, TICKET), TICKET_SIGNATURE);
    }

    #[test]
    fn ticketscad_older_signature_other_time_or_body_is_refused() {
        let body_only = hex::encode(vault::mac::tag(b"precinct-test-secret", TICKET));
        let older = format!("sha256={body_only}");
        check_ticket("x-webhook-signature", TICKET_SIGNATURE, 0, TICKET, None);
        check_ticket("x-webhook-signature", &older, 0, TICKET, None);
        check_ticket("x-webhook-signature-v2", &older, 0, TICKET, None);
        check_ticket("x-webhook-signature-v2", TICKET_SIGNATURE, 301, TICKET, None);
        check_ticket("x-webhook-signature-v2", TICKET_SIGNATURE, 0, b"{}", None);
        check_ticket(
            "x-webhook-signature-v2",
            TICKET_SIGNATURE.strip_prefix("sha256=").unwrap(),
            0,
            TICKET,
            None,
        );
    }

    #[test]
    fn an_api_key_is_compared_whole_and_must_be_long() {
        let check_key = |key: &str, schemes: &[Scheme], expected: Option<&str>| {
            check_headers("/v1/cad/events", schemes, &[("x-api-key", key)], 0, b"{}", expected);
        };
        check_key("0123456789abcdef01234567", ALL, Some("resgrid"));
        check_key("0123456789abcdef01234568", ALL, None);
        check_key("0123456789abcdef0123456", ALL, None);
        check_key("short", ALL, None);
        check_key("", ALL, None);
        check_key("0123456789abcdef01234567", &[Scheme::StandardWebhooks], None);
    }

    #[test]
    fn a_secret_proves_nothing_in_another_scheme() {
        check_headers("/v1/cad/events", ALL, &[("x-api-key", SECRET)], 0, b"{}", None);
        let at = Timestamp::from_second(1_772_366_400).unwrap();
        let signature = sign_ticketscad(SECRET, at, TICKET);
        check_ticket("x-webhook-signature-v2", &signature, 0, TICKET, None);
        let stamp = ("x-webhook-timestamp", "1772366400");
        let pairs = [stamp, ("x-webhook-signature-v2", TICKET_SIGNATURE)];
        check_headers("/v1/cad/ticketscad", &[Scheme::StandardWebhooks], &pairs, 0, TICKET, None);
        check_headers("/v1/cad/events", ALL, &pairs, 0, TICKET, None);
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
