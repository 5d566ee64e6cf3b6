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
use super::oidc::CLIENT;

/// Who issues the tokens that are asked for by name, and for whom.
const ISSUER: &str = "https://staff.precinct.example.com";
const AUDIENCE: &str = "precinct-staff";
/// The one algorithm of the key.
const ALGORITHM: &str = "ES256";
/// The key's name.
const KEY_ID: &str = "local-1";
/// A shift, in seconds.
pub(crate) const LIFETIME: i64 = 12 * 3600;

/// The signer with its key.
pub(crate) struct Tokens {
    pair: EcdsaKeyPair,
    /// The local provider's name; its tokens are for the desk.
    provider: String,
}

impl Tokens {
    /// The algorithm of the key, as a provider names it.
    pub(crate) const ALGORITHM: &str = ALGORITHM;

    /// The signer whose key lies in `file`; `provider` is whom the desk signs in at.
    pub(crate) fn open(file: &Path, provider: String) -> anyhow::Result<Self> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let make = || {
            let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
            Ok(document.context("no key could be made")?.as_ref().to_vec())
        };
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, &read_or_make(file, make)?);
        let pair = pair.map_err(|error| anyhow!("{} holds no signing key: {error}", file.display()))?;
        Ok(Self { pair, provider })
    }

    /// A token for `subject` in `groups`, valid for a shift from `now`.
    pub(crate) fn sign(&self, subject: &str, groups: &[&str], now: Timestamp) -> String {
        self.sign_parts(&Self::head(), &Self::claims(subject, groups, now))
    }

    /// The same from the local provider for the desk, with `more` claims.
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
        // Uncompressed form: 4, then both coordinates.
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
        let key = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": ALGORITHM, "kid": KEY_ID});
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
        let tag = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let tag = tag.expect("signing under a whole key cannot fail");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
    }

    /// The claims of a token that is ours, for us and in time, each as text: arrays become `[a b]`, as API
    /// Gateway passes them on. As its JWT authorizer does: the key by `kid`, the key's own algorithm and no other, `iss`,
    /// `aud` or else `client_id`, `exp`, and `nbf` and `iat` where they are given.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<BTreeMap<String, String>> {
        let (signed, tag) = token.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let part = |text: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        let head = part(head)?;
        // Before the signature is looked at: a token does not choose how it is checked.
        if head["alg"] != ALGORITHM || head["kid"] != KEY_ID || !head["crit"].is_null() {
            return None;
        }
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.pair.public_key().as_ref());
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

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDER: &str = "http://127.0.0.1:8911/_local/oidc";

    fn tokens(name: &str) -> Tokens {
        let file = std::env::temp_dir().join(format!("precinct-token-{name}-{}", std::process::id()));
        let tokens = Tokens::open(&file, PROVIDER.into()).unwrap();
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

    /// Signed by the right key, with these parts replaced or, by null, taken out.
    #[track_caller]
    fn check(head: Value, claims: Value, expected: bool) {
        let tokens = tokens(&startup::Entropy::system().token());
        let (mut whole_head, mut whole) = (Tokens::head(), Tokens::claims("s-1", &["admin"], at(1000)));
        for (into, from) in [(&mut whole_head, head), (&mut whole, claims)] {
            for (name, value) in from.as_object().unwrap() {
                into[name] = value.clone();
            }
        }
        let token = tokens.sign_parts(&whole_head, &whole);
        assert_eq!(tokens.verify(&token, at(1000)).is_some(), expected, "{whole_head} {whole}");
    }

    #[test]
    fn issuer_audience_and_time_are_checked_as_the_authorizer_checks_them() {
        let claims = |claims: Value, expected| check(json!({}), claims, expected);
        claims(json!({}), true);
        claims(json!({"iss": "https://staff.precinct.example.com/"}), false);
        claims(json!({"iss": null}), false);
        claims(json!({"aud": "another-application"}), false);
        claims(json!({"aud": ["another-application", AUDIENCE]}), true);
        claims(json!({"aud": []}), false);
        claims(json!({"aud": null}), false);
        claims(json!({"aud": null, "client_id": AUDIENCE}), true);
        claims(json!({"aud": "another-application", "client_id": AUDIENCE}), false);
        claims(json!({"exp": 1000}), false);
        claims(json!({"exp": null}), false);
        claims(json!({"exp": "9999999999"}), false);
        claims(json!({"nbf": 1000}), true);
        claims(json!({"nbf": 1001}), false);
        claims(json!({"iat": 1001}), false);
        claims(json!({"iat": null}), true);
    }

    #[test]
    fn each_issuer_has_its_own_audience() {
        let tokens = tokens("desk");
        let token = tokens.sign_for_desk("s-1", &["dispatch"], json!({"nonce": "n"}), at(1000));
        let claims = tokens.verify(&token, at(1000)).unwrap();
        assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (PROVIDER, "desk"));
        assert_eq!((claims["groups"].as_str(), claims["nonce"].as_str()), ("[dispatch]", "n"));
        let claims = |claims: Value, expected| check(json!({}), claims, expected);
        claims(json!({"iss": PROVIDER, "aud": CLIENT}), true);
        claims(json!({"iss": PROVIDER}), false);
        claims(json!({"aud": CLIENT}), false);
        claims(json!({"iss": "http://127.0.0.1:8912/_local/oidc", "aud": CLIENT}), false);
    }

    #[test]
    fn the_published_key_checks_the_tokens() {
        let tokens = tokens("keys");
        let keys = tokens.keys();
        let part = |name: &str| URL_SAFE_NO_PAD.decode(keys["keys"][0][name].as_str().unwrap()).unwrap();
        let point = [vec![4], part("x"), part("y")].concat();
        let token = tokens.sign("s-1", &[], at(1000));
        let (signed, tag) = token.rsplit_once('.').unwrap();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(tag).unwrap()).unwrap();
    }

    #[test]
    fn a_token_does_not_choose_how_it_is_checked() {
        let head = |head: Value| check(head, json!({}), false);
        for algorithm in ["none", "None", "HS256", "RS256", "ES384", "es256", ""] {
            head(json!({"alg": algorithm}));
        }
        head(json!({"alg": null}));
        head(json!({"kid": "another"}));
        head(json!({"kid": null}));
        head(json!({"crit": ["exp"]}));
    }

    #[test]
    fn without_our_signature_no_token_is_ours() {
        let tokens = tokens("forged");
        let forge = |algorithm: &str, tag: &dyn Fn(&[u8]) -> Vec<u8>| {
            let head = json!({"alg": algorithm, "typ": "JWT", "kid": KEY_ID});
            let parts = [head, Tokens::claims("s-1", &["admin"], at(1000))];
            let signed = parts.map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag(signed.as_bytes())));
            assert!(tokens.verify(&token, at(1000)).is_none(), "{algorithm}");
        };
        let public = tokens.pair.public_key().as_ref().to_vec();
        forge("none", &|_| Vec::new());
        forge("ES256", &|_| Vec::new());
        forge("ES256", &|_| vec![0; 64]);
        // The public key is known to everybody: as a secret of HMAC it proves nothing.
        forge("HS256", &|signed| vault::mac::tag(&public, signed));
        forge("ES256", &|signed| vault::mac::tag(&public, signed));
        let token = tokens.sign("s-1", &["dispatch"], at(1000));
        let (signed, tag) = token.rsplit_once('.').unwrap();
        let tag = URL_SAFE_NO_PAD.decode(tag).unwrap();
        for bit in 0..tag.len() * 8 {
            let mut flipped = tag.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(flipped));
            assert!(tokens.verify(&token, at(1000)).is_none(), "bit {bit}");
        }
    }
}
