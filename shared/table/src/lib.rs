//! The four tables: keys, items, queries. The only crate that writes an attribute name.
//!
//! Nothing here decides anything about policing; callers pass what is to be stored and on which condition.
#![warn(missing_docs)]

pub mod arrivals;
mod batches;
pub mod contacts;
pub mod decided;
pub mod erasure;
pub mod error;
pub mod handout;
pub mod holds;
pub mod incidents;
mod indexed;
pub mod keyring;
pub mod keys;
pub mod latching;
pub mod leases;
pub mod limits;
mod loading;
pub mod messages;
pub mod nights;
pub mod notices;
pub mod opened;
mod opening;
mod packed;
pub mod patrol;
pub mod personnel;
pub mod planning;
pub mod policy;
pub mod receipts;
pub mod received;
pub mod replies;
pub mod restore;
pub mod retention;
pub mod revocations;
pub mod rotation;
pub mod scan;
pub mod schema;
pub mod snapshots;
pub mod store;
pub mod subject_facts;
pub mod surveys;
pub mod tasks;
pub mod unsubscribe;
pub mod wording;

pub use error::StoreError;
pub use keyring::KeyRing;
pub use planning::Planning;
pub use store::Store;
