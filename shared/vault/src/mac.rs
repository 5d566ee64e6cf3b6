//! HMAC-SHA256, checked in constant time.
use aws_lc_rs::hmac;

/// The tag of `message` under `key`.
pub fn tag(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// Whether `tag` is that of `message` under `key`.
pub fn verify(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key), message, tag).is_ok()
}
