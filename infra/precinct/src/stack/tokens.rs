//! The identity provider of the stack: signs tokens for staff, and checks them as an HTTP API's JWT authorizer does.
//! The signer exists here alone.
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::data::read_or_make;

/// Who issues the tokens, and for whom.
const ISSUER: &str = "https://staff.precinct.example.com";
const AUDIENCE: &str = "precinct-staff";
/// A shift, in seconds.
const LIFETIME: i64 = 12 * 3600;

/// The signer with its key.
pub(crate) struct Tokens(EcdsaKeyPair);

impl Tokens {
    /// The signer whose key lies in `file`.
    pub(crate) fn open(file: &Path) -> anyhow::Result<Self> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let make = || {
            let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
            Ok(document.context("no key could be made")?.as_ref().to_vec())
        };
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, &read_or_make(file, make)?);
        Ok(Self(pair.map_err(|error| anyhow!("{} holds no signing key: {error}", file.display()))?))
    }

    /// A token for `subject` in `groups`, valid for a shift from `now`.
    pub(crate) fn sign(&self, subject: &str, groups: &[&str], now: Timestamp) -> String {
        let head = json!({"alg": "ES256", "typ": "JWT"});
        let claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": subject, "groups": groups,
            "iat": now.as_second(), "exp": now.as_second() + LIFETIME,
        });
        let signed = [head, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let tag = self.0.sign(&SystemRandom::new(), signed.as_bytes());
        let tag = tag.expect("signing under a whole key cannot fail");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
    }

    /// The claims of a token that is ours, for us and in time, each as text: arrays become `[a b]`, as API
    /// Gateway passes them on.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<BTreeMap<String, String>> {
        let (signed, tag) = token.rsplit_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.0.public_key().as_ref());
        public.verify(signed.as_bytes(), &tag).ok()?;
        let (head, claims) = signed.split_once('.')?;
        let part = |text: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        let claims = part(claims)?;
        let valid = part(head)?["alg"] == "ES256"
            && claims["iss"] == ISSUER
            && claims["aud"] == AUDIENCE
            && claims["exp"].as_i64()? > now.as_second()
            && claims["iat"].as_i64()? <= now.as_second();
        valid.then(|| flatten(&claims))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(name: &str) -> Tokens {
        let file = std::env::temp_dir().join(format!("precinct-token-{name}-{}", std::process::id()));
        let tokens = Tokens::open(&file).unwrap();
        std::fs::remove_file(file).unwrap();
        tokens
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn own_tokens_are_accepted_for_a_shift() {
        let tokens = tokens("own");
        let token = tokens.sign("s-1", &["dispatch", "records"], at(1000));
        let claims = tokens.verify(&token, at(1000)).unwrap();
        assert_eq!((claims["sub"].as_str(), claims["groups"].as_str()), ("s-1", "[dispatch records]"));
        assert!(tokens.verify(&token, at(1000 + LIFETIME - 1)).is_some());
        assert!(tokens.verify(&token, at(1000 + LIFETIME)).is_none());
    }

    #[test]
    fn other_keys_and_changed_claims_are_refused() {
        let tokens = tokens("mine");
        let foreign = self::tokens("theirs").sign("s-1", &["admin"], at(1000));
        assert!(tokens.verify(&foreign, at(1000)).is_none());
        let token = tokens.sign("s-1", &["dispatch"], at(1000));
        let forged = URL_SAFE_NO_PAD.encode(r#"{"sub":"s-1","groups":["admin"]}"#);
        let mut parts: Vec<&str> = token.split('.').collect();
        parts[1] = &forged;
        assert!(tokens.verify(&parts.join("."), at(1000)).is_none());
        assert!(tokens.verify("a.b", at(1000)).is_none());
    }
}
