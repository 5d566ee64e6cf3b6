//! Blind index: finds an address without storing it. HMAC-SHA256 under a key of its own, 16 bytes.
use crate::mac;

/// One version of the index key. Look-ups try all versions, writes use the newest.
#[derive(Clone)]
pub struct IndexKey {
    version: u32,
    key: Vec<u8>,
}

impl std::fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexKey").field("version", &self.version).finish_non_exhaustive()
    }
}

impl IndexKey {
    /// The key of `version`.
    pub fn new(version: u32, key: Vec<u8>) -> Self {
        Self { version, key }
    }

    /// The index of a normalised address (E.164 number or lower-case e-mail): version, dot, 32 hexadecimal digits.
    pub fn index(&self, address: &str) -> String {
        let tag = mac::tag(&self.key, address.as_bytes());
        format!("{}.{}", self.version, hex::encode(&tag[..16]))
    }
}
