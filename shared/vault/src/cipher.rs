//! AES-256-GCM under a data key, bound to the place it is stored at.
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// A plaintext data key with the id under which `table` keeps its wrapped form.
#[derive(Clone)]
pub struct DataKey {
    id: String,
    key: Vec<u8>,
}

/// Sealed text could not be opened: another key, another place, or damage.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed data does not open under key {key_id}; it was moved, damaged or sealed under another key")]
pub struct OpenError {
    /// The key tried.
    pub key_id: String,
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl DataKey {
    /// The key `key` (32 bytes) known as `id`.
    pub fn new(id: String, key: Vec<u8>) -> Self {
        Self { id, key }
    }

    /// The id that sealed text carries in front.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A key for another use, derived from this one by HMAC, so that one wrapped key serves one named use.
    pub fn derive(&self, label: &str) -> Vec<u8> {
        crate::mac::tag(&self.key, label.as_bytes())
    }

    /// `plain` sealed for `place` (table, key and attribute, joined by the caller): `key id:base64`.
    pub fn seal(&self, place: &str, plain: &[u8]) -> String {
        let mut bytes = plain.to_vec();
        let nonce = self.cipher().seal_in_place_append_tag(Aad::from(self.bound(place)), &mut bytes);
        let nonce = nonce.expect("sealing under a key of the right length cannot fail");
        let sealed = [nonce.as_ref().as_slice(), &bytes].concat();
        format!("{}:{}", self.id, STANDARD_NO_PAD.encode(sealed))
    }

    /// What was sealed for `place`.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, OpenError> {
        self.try_open(place, sealed).ok_or_else(|| OpenError { key_id: self.id.clone() })
    }

    fn try_open(&self, place: &str, sealed: &str) -> Option<Vec<u8>> {
        let (_, text) = sealed.rsplit_once(':')?;
        let bytes = STANDARD_NO_PAD.decode(text).ok()?;
        let (nonce, body) = bytes.split_at_checked(12)?;
        let mut body = body.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.cipher().open_in_place(nonce, Aad::from(self.bound(place)), &mut body).ok()?;
        Some(plain.to_vec())
    }

    fn bound(&self, place: &str) -> String {
        format!("{place}|{}", self.id)
    }

    fn cipher(&self) -> RandomizedNonceKey {
        RandomizedNonceKey::new(&AES_256_GCM, &self.key).expect("data keys have 32 bytes")
    }
}

/// The id of the key that sealed `text`.
pub fn key_id(sealed: &str) -> Option<&str> {
    sealed.rsplit_once(':').map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> DataKey {
        DataKey::new(format!("2026-11-24.{byte}"), vec![byte; 32])
    }

    #[test]
    fn what_is_sealed_opens_at_its_place_only() {
        let sealed = key(1).seal("Contacts|pk|address", b"+12185550123");
        assert!(!sealed.contains("5550123"));
        assert_eq!(key_id(&sealed), Some("2026-11-24.1"));
        assert_eq!(key(1).open("Contacts|pk|address", &sealed).unwrap(), b"+12185550123");
        assert!(key(1).open("Contacts|other|address", &sealed).is_err());
        assert!(key(2).open("Contacts|pk|address", &sealed).is_err());
        assert!(key(1).open("Contacts|pk|address", "garbage").is_err());
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        assert_ne!(key(1).seal("p", b"x"), key(1).seal("p", b"x"));
    }
}
