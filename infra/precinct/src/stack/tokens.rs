//! The identity provider of the stack: signs tokens for staff, and checks them as an HTTP API's JWT authorizer does, which
//! takes RSA alone. The signer exists here alone.
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::data::read_or_make;
use super::oidc::CLIENT;

/// Who issues the tokens that are asked for by name, and for whom.
const ISSUER: &str = "https://staff.precinct.example.com";
const AUDIENCE: &str = "precinct-staff";
/// The one algorithm of the key: the authorizer knows RS256, RS384 and RS512 and no other.
const ALGORITHM: &str = "RS256";
/// The key's name.
const KEY_ID: &str = "local-1";
/// A shift, in seconds.
const LIFETIME: i64 = 12 * 3600;

/// The signer with its key.
pub(crate) struct Tokens {
    pair: RsaKeyPair,
    /// The local provider's name; its tokens are for the desk.
    provider: String,
}

impl Tokens {
    /// The algorithm of the key, as a provider names it.
    pub(crate) const ALGORITHM: &str = ALGORITHM;

    /// The signer whose key lies in `file`; `provider` is whom the desk signs in at.
    pub(crate) fn open(file: &Path, provider: String) -> anyhow::Result<Self> {
        let make = || {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).context("no key could be made")?;
            let document: Pkcs8V1Der<'_> = pair.as_der().context("the key cannot be written down")?;
            Ok(document.as_ref().to_vec())
        };
        let pair = RsaKeyPair::from_pkcs8(&read_or_make(file, make)?);
        // Never made anew unasked: the file may be another's that was put there by mistake.
        let pair = pair.map_err(|error| {
            anyhow!(
                "{} holds no RSA key to sign with ({error}): it is damaged or of an older version; delete it, and the \
                 next start makes one",
                file.display()
            )
        })?;
        Ok(Self { pair, provider })
    }

    /// A token for `subject` in `groups`, valid for a shift from `now`.
    pub(crate) fn sign(&self, subject: &str, groups: &[&str], now: Timestamp) -> String {
        self.sign_parts(&Self::head(), &Self::claims(subject, groups, now))
    }

    /// The same from the local provider for the desk, with `more` claims, `exp` among them.
    pub(crate) fn sign_for_desk(
        &self,
        subject: &str,
        groups: &[&str],
        more: Value,
        now: Timestamp,
    ) -> String {
        let mut claims = Self::claims(subject, groups, now);
        claims["iss"] = self.provider.as_str().into();
        claims["aud"] = CLIENT.into();
        if let (Value::Object(claims), Value::Object(more)) = (&mut claims, more) {
            claims.extend(more);
        }
        self.sign_parts(&Self::head(), &claims)
    }

    /// The public key as a JSON Web Key Set.
    pub(crate) fn keys(&self) -> Value {
        let [n, e] = numbers(self.pair.public_key().as_ref()).expect("a public key has both its numbers");
        let [n, e] = [n, e].map(|number| URL_SAFE_NO_PAD.encode(number));
        let key = json!({"kty": "RSA", "n": n, "e": e, "use": "sig", "alg": ALGORITHM, "kid": KEY_ID});
        json!({"keys": [key]})
    }

    fn head() -> Value {
        json!({"alg": ALGORITHM, "typ": "JWT", "kid": KEY_ID})
    }

    fn claims(subject: &str, groups: &[&str], now: Timestamp) -> Value {
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": subject, "groups": groups,
            "iat": now.as_second(), "exp": now.as_second() + LIFETIME,
        })
    }

    fn sign_parts(&self, head: &Value, claims: &Value) -> String {
        let signed = [head, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let mut tag = vec![0; self.pair.public_modulus_len()];
        let signing = self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut tag);
        signing.expect("signing under a whole key cannot fail");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// The claims of a token that is ours, for us and in time, each as text: arrays become `[a b]`, as API
    /// Gateway passes them on. As its JWT authorizer does: the key by `kid`, the key's own algorithm and no other, `iss`,
    /// `aud` or else `client_id`, `exp`, and `nbf` and `iat` where they are given.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<BTreeMap<String, String>> {
        let (signed, tag) = token.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let part = |text: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        let head = part(head)?;
        // Before the signature is looked at: a token does not choose how it is checked, nor brings a key for it.
        if head["alg"] != ALGORITHM || head["kid"] != KEY_ID || !head["crit"].is_null() {
            return None;
        }
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref());
        public.verify(signed.as_bytes(), &tag).ok()?;
        let claims = part(claims)?;
        let audience = match claims["iss"].as_str() {
            Some(ISSUER) => AUDIENCE,
            Some(issuer) if issuer == self.provider => CLIENT,
            _ => return None,
        };
        let valid = is_for(audience, &claims) && is_in_time(&claims, now.as_second());
        valid.then(|| flatten(&claims))
    }
}

/// Whether the token is for `audience`: one, or one of several; a token without any names the application as `client_id`.
fn is_for(audience: &str, claims: &Value) -> bool {
    match &claims["aud"] {
        Value::Null => claims["client_id"] == audience,
        Value::Array(several) => several.iter().any(|one| one == audience),
        one => *one == audience,
    }
}

fn is_in_time(claims: &Value, now: i64) -> bool {
    let begun = |name: &str| match &claims[name] {
        Value::Null => true,
        at => at.as_i64().is_some_and(|at| at <= now),
    };
    claims["exp"].as_i64().is_some_and(|end| end > now) && begun("nbf") && begun("iat")
}

fn flatten(claims: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let flat = |value: &Value| match value {
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(" ")),
        other => text(other),
    };
    claims.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), flat(value))).collect()
}

/// Modulus and exponent of a public key as RFC 8017, appendix A.1.1, writes it: a sequence of two integers, in DER.
fn numbers(public: &[u8]) -> Option<[&[u8]; 2]> {
    const INTEGER: u8 = 2;
    const SEQUENCE: u8 = 0x30;
    let (both, _) = element(SEQUENCE, public)?;
    let (modulus, rest) = element(INTEGER, both)?;
    let (exponent, _) = element(INTEGER, rest)?;
    // A zero in front says that the number is not negative; a key set writes it without.
    Some([modulus, exponent].map(|number| number.strip_prefix(&[0]).unwrap_or(number)))
}

/// What the element `tag` at the start of `bytes` holds, and what follows it (X.690, 8.1).
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let ([found, first], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match usize::from(*first) {
        short @ ..128 => (short, rest),
        // The lower bits say in how many bytes the length is written.
        long => {
            let (length, rest) = rest.split_at_checked(long - 128)?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
    };
    if *found == tag { rest.split_at_checked(length) } else { None }
}

#[cfg(test)]
mod tests;
