//! Records management: how long each class of data is kept, what a legal hold covers, what is taken out of a copy that
//! leaves the department. Pure: no clock, no I/O.
#![warn(missing_docs)]

pub mod hold;
pub mod redact;
pub mod retention;

pub use hold::{Hold, Scope};
pub use redact::{Marks, Redaction};
pub use retention::{Class, Retention};
