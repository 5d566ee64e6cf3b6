//! Which tokens are ours: whose key, which algorithm, for whom and when; and what is none, however it is signed.
use std::path::PathBuf;
use std::sync::LazyLock;

use aws_lc_rs::encoding::PublicKeyX509Der;
use aws_lc_rs::hmac::{self, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RsaEncoding, RsaPublicKeyComponents,
};
use base64::engine::general_purpose::STANDARD;

use super::*;

const PROVIDER: &str = "http://127.0.0.1:8911/_local/oidc";

/// Ours, and another provider's: a key takes some tenths of a second to make.
static OURS: LazyLock<Tokens> = LazyLock::new(|| made("ours"));
static THEIRS: LazyLock<Tokens> = LazyLock::new(|| made("theirs"));

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("precinct-token-{name}-{}", std::process::id()))
}

fn made(name: &str) -> Tokens {
    let file = file(name);
    let tokens = Tokens::open(&file, PROVIDER.into()).unwrap();
    std::fs::remove_file(file).unwrap();
    tokens
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn own_tokens_are_accepted_for_a_shift() {
    let token = OURS.sign("s-1", &["dispatch", "records"], at(1000));
    let claims = OURS.verify(&token, at(1000)).unwrap();
    assert_eq!((claims["sub"].as_str(), claims["groups"].as_str()), ("s-1", "[dispatch records]"));
    assert!(OURS.verify(&token, at(1000 + LIFETIME - 1)).is_some());
    assert!(OURS.verify(&token, at(1000 + LIFETIME)).is_none());
}

#[test]
fn other_keys_and_changed_claims_are_refused() {
    let foreign = THEIRS.sign("s-1", &["admin"], at(1000));
    assert!(OURS.verify(&foreign, at(1000)).is_none());
    let token = OURS.sign("s-1", &["dispatch"], at(1000));
    let forged = URL_SAFE_NO_PAD.encode(r#"{"sub":"s-1","groups":["admin"]}"#);
    let mut parts: Vec<&str> = token.split('.').collect();
    parts[1] = &forged;
    assert!(OURS.verify(&parts.join("."), at(1000)).is_none());
    assert!(OURS.verify("a.b", at(1000)).is_none());
}

/// Signed by the right key, with these parts replaced or, by null, taken out.
#[track_caller]
fn check(head: Value, claims: Value, expected: bool) {
    let (mut whole_head, mut whole) = (Tokens::head(), Tokens::claims("s-1", &["admin"], at(1000)));
    for (into, from) in [(&mut whole_head, head), (&mut whole, claims)] {
        for (name, value) in from.as_object().unwrap() {
            into[name] = value.clone();
        }
    }
    let token = OURS.sign_parts(&whole_head, &whole);
    assert_eq!(OURS.verify(&token, at(1000)).is_some(), expected, "{whole_head} {whole}");
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
    let token = OURS.sign_for_desk("s-1", &["dispatch"], json!({"nonce": "n"}), at(1000));
    let claims = OURS.verify(&token, at(1000)).unwrap();
    assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (PROVIDER, "desk"));
    assert_eq!((claims["groups"].as_str(), claims["nonce"].as_str()), ("[dispatch]", "n"));
    let claims = |claims: Value, expected| check(json!({}), claims, expected);
    claims(json!({"iss": PROVIDER, "aud": CLIENT}), true);
    claims(json!({"iss": PROVIDER}), false);
    claims(json!({"aud": CLIENT}), false);
    claims(json!({"iss": "http://127.0.0.1:8912/_local/oidc", "aud": CLIENT}), false);
}

/// The numbers of the published key.
fn published() -> [Vec<u8>; 2] {
    let keys = OURS.keys();
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["alg"]), (&json!("RSA"), &json!("RS256")));
    ["n", "e"].map(|name| URL_SAFE_NO_PAD.decode(keys["keys"][0][name].as_str().unwrap()).unwrap())
}

#[test]
fn the_published_key_checks_the_tokens() {
    let [n, e] = published();
    assert_eq!((n.len(), e.as_slice()), (256, [1, 0, 1].as_slice()));
    let token = OURS.sign("s-1", &[], at(1000));
    let (signed, tag) = token.rsplit_once('.').unwrap();
    let key = RsaPublicKeyComponents { n, e };
    let tag = URL_SAFE_NO_PAD.decode(tag).unwrap();
    key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &tag).unwrap();
}

#[test]
fn a_key_is_kept_and_one_that_is_not_rsa_is_refused_and_left() {
    let kept = file("kept");
    let keys = || Tokens::open(&kept, PROVIDER.into()).unwrap().keys();
    assert_eq!(keys(), keys());
    let elliptic = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    for wrong in [elliptic.unwrap().as_ref(), b"", b"no key"] {
        std::fs::write(&kept, wrong).unwrap();
        let error = Tokens::open(&kept, PROVIDER.into()).err().unwrap().to_string();
        assert!(error.contains(&*kept.to_string_lossy()) && error.contains("delete it"), "{error}");
        assert_eq!(std::fs::read(&kept).unwrap(), wrong);
    }
    std::fs::remove_file(kept).unwrap();
}

#[test]
fn a_token_does_not_choose_how_it_is_checked() {
    let head = |head: Value| check(head, json!({}), false);
    for algorithm in
        ["none", "None", "HS256", "HS384", "HS512", "RS384", "RS512", "PS256", "ES256", "rs256", ""]
    {
        head(json!({"alg": algorithm}));
    }
    head(json!({"alg": null}));
    head(json!({"alg": ["RS256"]}));
    head(json!({"kid": "another"}));
    head(json!({"kid": null}));
    head(json!({"crit": ["exp"]}));
}

/// A token of an admin, its head ours but for `head`, under whatever `tag` makes of it.
#[track_caller]
fn forge(head: &Value, tag: &dyn Fn(&[u8]) -> Vec<u8>) {
    let mut whole = Tokens::head();
    for (name, value) in head.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let parts = [whole, Tokens::claims("s-1", &["admin"], at(1000))];
    let signed = parts.map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag(signed.as_bytes())));
    assert!(OURS.verify(&token, at(1000)).is_none(), "{head}");
}

#[test]
fn what_everybody_knows_of_our_key_is_no_secret() {
    let public = OURS.pair.public_key();
    let info: PublicKeyX509Der<'_> = public.as_der().unwrap();
    let lines: Vec<String> = STANDARD
        .encode(info.as_ref())
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into())
        .collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
    let with_newline = format!("{pem}\n");
    let [modulus, _] = published();
    let set = OURS.keys().to_string();
    let secrets: [&[u8]; 7] = [
        info.as_ref(),
        pem.as_bytes(),
        with_newline.as_bytes(),
        public.as_ref(),
        &modulus,
        set.as_bytes(),
        b"",
    ];
    for secret in secrets {
        for (algorithm, hash) in [("HS256", HMAC_SHA256), ("HS384", HMAC_SHA384), ("HS512", HMAC_SHA512)] {
            let tag = |signed: &[u8]| hmac::sign(&hmac::Key::new(hash, secret), signed).as_ref().to_vec();
            forge(&json!({"alg": algorithm}), &tag);
            forge(&json!({}), &tag);
        }
    }
}

/// What `key` makes of `signed` by another way to sign.
fn signed_as(key: &Tokens, how: &'static dyn RsaEncoding, signed: &[u8]) -> Vec<u8> {
    let mut tag = vec![0; key.pair.public_modulus_len()];
    key.pair.sign(how, &SystemRandom::new(), signed, &mut tag).unwrap();
    tag
}

#[test]
fn our_key_signs_in_one_way() {
    let elliptic = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let under = |algorithm: &str, tag: &dyn Fn(&[u8]) -> Vec<u8>| {
        forge(&json!({"alg": algorithm}), tag);
        // And under a head that says what ours says.
        forge(&json!({}), tag);
    };
    under("none", &|_| Vec::new());
    under("none", &|_| vec![0; 256]);
    under("RS384", &|signed| signed_as(&OURS, &RSA_PKCS1_SHA384, signed));
    under("RS512", &|signed| signed_as(&OURS, &RSA_PKCS1_SHA512, signed));
    under("PS256", &|signed| signed_as(&OURS, &RSA_PSS_SHA256, signed));
    under("ES256", &|signed| elliptic.sign(&SystemRandom::new(), signed).unwrap().as_ref().to_vec());
    // The right signature under a head that says another.
    forge(&json!({"alg": "RS384"}), &|signed| signed_as(&OURS, &RSA_PKCS1_SHA256, signed));
    forge(&json!({"alg": "PS256"}), &|signed| signed_as(&OURS, &RSA_PKCS1_SHA256, signed));
}

#[test]
fn a_key_that_a_token_brings_along_is_not_looked_at() {
    let theirs = THEIRS.keys()["keys"][0].clone();
    let info: PublicKeyX509Der<'_> = THEIRS.pair.public_key().as_der().unwrap();
    for brought in [
        json!({"jwk": theirs}),
        json!({"jku": "https://attacker.example.com/jwks"}),
        json!({"x5u": "https://attacker.example.com/chain.pem"}),
        json!({"x5c": [STANDARD.encode(info.as_ref())]}),
    ] {
        forge(&brought, &|signed| signed_as(&THEIRS, &RSA_PKCS1_SHA256, signed));
        // Beside our own signature it changes nothing.
        check(brought, json!({}), true);
    }
    forge(&json!({"jwk": theirs, "kid": "theirs"}), &|signed| signed_as(&THEIRS, &RSA_PKCS1_SHA256, signed));
}

#[test]
fn without_our_whole_signature_no_token_is_ours() {
    forge(&json!({}), &|_| Vec::new());
    forge(&json!({}), &|_| vec![0; 256]);
    forge(&json!({}), &|_| vec![1; 256]);
    let token = OURS.sign("s-1", &["dispatch"], at(1000));
    let (signed, tag) = token.rsplit_once('.').unwrap();
    let tag = URL_SAFE_NO_PAD.decode(tag).unwrap();
    let is_ours = |tag: &[u8]| {
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
        OURS.verify(&token, at(1000)).is_some()
    };
    assert!(is_ours(&tag));
    for bit in 0..tag.len() * 8 {
        let mut flipped = tag.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!is_ours(&flipped), "bit {bit}");
    }
    assert!(!is_ours(&tag[1..]) && !is_ours(&tag[..255]) && !is_ours(&[&[0], tag.as_slice()].concat()));
}
