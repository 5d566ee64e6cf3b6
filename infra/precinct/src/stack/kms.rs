//! KMS on the wire: data keys really encrypted under a master key in the data folder, bound to key and context.
use std::collections::BTreeMap;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::data::read_or_make;
use super::server::{Reply, plain};

/// The receiver.
pub(crate) struct Kms {
    master: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Call {
    #[serde(default)]
    key_id: Option<String>,
    #[serde(default)]
    ciphertext_blob: Option<String>,
    #[serde(default)]
    encryption_context: BTreeMap<String, String>,
}

impl Kms {
    /// The receiver with its master key in `file`.
    pub(crate) fn open(file: &Path) -> anyhow::Result<Self> {
        Ok(Self { master: read_or_make(file, || Ok(random_key()))? })
    }

    /// Answers `action`.
    pub(crate) fn answer(&self, action: &str, body: &[u8]) -> Reply {
        let Ok(call) = serde_json::from_slice::<Call>(body) else { return refuse("ValidationException") };
        match action {
            "GenerateDataKey" => self.generate(&call),
            "Decrypt" => self.decrypt(&call),
            _ => refuse("UnknownOperationException"),
        }
    }

    fn generate(&self, call: &Call) -> Reply {
        let Some(key_id) = &call.key_id else { return refuse("ValidationException") };
        let plain_key = random_key();
        let mut sealed = plain_key.clone();
        let bound = Aad::from(bound(key_id, &call.encryption_context));
        let Ok(nonce) = self.cipher().seal_in_place_append_tag(bound, &mut sealed) else {
            return refuse("KMSInternalException");
        };
        let Ok(length) = u8::try_from(key_id.len()) else { return refuse("ValidationException") };
        let blob = [&[length], key_id.as_bytes(), nonce.as_ref().as_slice(), &sealed].concat();
        accept(&json!({
            "KeyId": key_id,
            "Plaintext": STANDARD.encode(plain_key),
            "CiphertextBlob": STANDARD.encode(blob),
        }))
    }

    fn decrypt(&self, call: &Call) -> Reply {
        match self.open_blob(call) {
            Some((key_id, _)) if call.key_id.as_ref().is_some_and(|asked| *asked != key_id) => {
                refuse("IncorrectKeyException")
            }
            Some((key_id, key)) => accept(&json!({"KeyId": key_id, "Plaintext": STANDARD.encode(key)})),
            None => refuse("InvalidCiphertextException"),
        }
    }

    fn open_blob(&self, call: &Call) -> Option<(String, Vec<u8>)> {
        let blob = STANDARD.decode(call.ciphertext_blob.as_ref()?).ok()?;
        let (length, rest) = blob.split_first()?;
        let (key_id, rest) = rest.split_at_checked(usize::from(*length))?;
        let key_id = std::str::from_utf8(key_id).ok()?;
        let (nonce, sealed) = rest.split_at_checked(12)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let bound = Aad::from(bound(key_id, &call.encryption_context));
        let key = self.cipher().open_in_place(nonce, bound, &mut sealed).ok()?;
        Some((key_id.to_owned(), key.to_vec()))
    }

    fn cipher(&self) -> RandomizedNonceKey {
        RandomizedNonceKey::new(&AES_256_GCM, &self.master).expect("the master key has 32 bytes")
    }
}

/// Key and context in one order, so that a blob opens with exactly the context it was made with.
fn bound(key_id: &str, context: &BTreeMap<String, String>) -> Vec<u8> {
    json!([key_id, context]).to_string().into_bytes()
}

fn random_key() -> Vec<u8> {
    let mut key = vec![0; 32];
    vault::random::fill_from_system(&mut key);
    key
}

fn accept(value: &serde_json::Value) -> Reply {
    plain(StatusCode::OK, "application/x-amz-json-1.1", value.to_string())
}

fn refuse(code: &str) -> Reply {
    plain(StatusCode::BAD_REQUEST, "application/x-amz-json-1.1", json!({"__type": code}).to_string())
}
