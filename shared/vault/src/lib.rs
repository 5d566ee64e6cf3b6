//! Keeps personal data unreadable at rest: envelope encryption under KMS, blind indexes for look-up, message
//! authentication.
//!
//! No key is stored here: `table` keeps the wrapped data keys, KMS unwraps them.
#![warn(missing_docs)]

pub mod cipher;
pub mod index;
pub mod kms;
pub mod mac;
pub mod random;

pub use cipher::{DataKey, OpenError};
pub use index::IndexKey;
pub use kms::Kms;
