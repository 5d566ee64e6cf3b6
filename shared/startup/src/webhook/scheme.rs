//! The ways in which senders prove who they are. Each secret belongs to one of them and proves nothing in another.
use aws_lambda_events::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;

use super::TOLERANCE;

/// Shortest secret of TicketsCAD and shortest API key taken, in bytes: shorter ones can be guessed.
const SHORTEST_SECRET: usize = 16;
const SHORTEST_KEY: usize = 24;

/// How a sender proves who it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Standard Webhooks 1.0: headers `webhook-id`, `webhook-timestamp`, `webhook-signature`; secret `whsec_…`.
    #[default]
    StandardWebhooks,
    /// TicketsCAD: headers `X-Webhook-Timestamp`, `X-Webhook-Signature-V2`; the secret is any text. Its older
    /// signature covers the body alone, so that a post could be played again for ever: it is not looked at.
    TicketscadV2,
    /// Header `X-Api-Key`, for senders that cannot sign. A key that is read on the way can be used by whoever read it.
    ApiKey,
}

/// What a request offers as proof under one scheme.
pub(super) enum Proof<'h> {
    Standard { id: &'h str, stamp: &'h str, signatures: &'h str },
    Ticketscad { stamp: &'h str, tag: Vec<u8> },
    Key(&'h str),
}

impl Scheme {
    /// The proof in the headers; none where one is missing, malformed or stale.
    pub(super) fn proof(self, headers: &HeaderMap, now: Timestamp) -> Option<Proof<'_>> {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        Some(match self {
            Self::StandardWebhooks => {
                let stamp = fresh(header("webhook-timestamp")?, now)?;
                Proof::Standard { id: header("webhook-id")?, stamp, signatures: header("webhook-signature")? }
            }
            Self::TicketscadV2 => {
                let stamp = fresh(header("x-webhook-timestamp")?, now)?;
                let tag = hex::decode(header("x-webhook-signature-v2")?.strip_prefix("sha256=")?).ok()?;
                Proof::Ticketscad { stamp, tag }
            }
            Self::ApiKey => Proof::Key(header("x-api-key")?),
        })
    }
}

fn fresh(stamp: &str, now: Timestamp) -> Option<&str> {
    let sent = Timestamp::from_second(stamp.parse().ok()?).ok()?;
    (now.duration_since(sent).abs() <= TOLERANCE).then_some(stamp)
}

impl Proof<'_> {
    /// Whether whoever made this proof for these bytes knew `secret`; in constant time.
    pub(super) fn shows(&self, secret: &str, body: &[u8]) -> bool {
        match self {
            Self::Standard { id, stamp, signatures } => {
                let Some(key) = decode_secret(secret) else { return false };
                let signed = [id.as_bytes(), b".", stamp.as_bytes(), b".", body].concat();
                signatures
                    .split(' ')
                    .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
                    .any(|tag| vault::mac::verify(&key, &signed, &tag))
            }
            Self::Ticketscad { stamp, tag } => {
                let signed = [stamp.as_bytes(), b".", body].concat();
                secret.len() >= SHORTEST_SECRET && vault::mac::verify(secret.as_bytes(), &signed, tag)
            }
            // Tags are compared in place of the keys: neither content nor length shows in the time taken.
            Self::Key(key) => {
                let tag = vault::mac::tag(key.as_bytes(), b"api key");
                secret.len() >= SHORTEST_KEY && vault::mac::verify(secret.as_bytes(), b"api key", &tag)
            }
        }
    }
}

/// Standard Webhooks secrets are `whsec_` and 24 to 64 bytes of base64; shorter ones are refused.
pub(super) fn decode_secret(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    (24..=64).contains(&key.len()).then_some(key)
}

/// TicketsCAD's signature header for a body, for senders of our own: the local stack and tests.
pub fn sign_ticketscad(secret: &str, at: Timestamp, body: &[u8]) -> String {
    let signed = [at.as_second().to_string().as_bytes(), b".", body].concat();
    format!("sha256={}", hex::encode(vault::mac::tag(secret.as_bytes(), &signed)))
}
