//! EIDO, the Emergency Incident Data Object of NENA-STA-021.1: an EIDO says how an incident stands, our events say what
//! happened to it. Facts are handed on as they stand, each at the stamp of its component: the registers of the
//! incident order them, so a late or repeated EIDO changes nothing but what only accumulates (call types, suspects,
//! numbers). Steps of the course are the difference to the snapshot kept of the EIDO before.
//!
//! ```text
//! posted JSON --read--> Eido --difference(Snapshot)--> events for Incident::apply, the next Snapshot
//! ```
mod difference;
mod location;
mod person;
mod read;
mod snapshot;
mod units;
mod words;

pub use difference::{Change, difference, merged};
pub use read::{Eido, read, tracking_number, without_notes};
pub use snapshot::{Snapshot, digest};
