//! Calls for service, cases and the people in them, as facts that merge: any order and any repetition of the same
//! events leaves the same state. Pure: no clock, no I/O.
//!
//! ```text
//! vendor's row --profile--> posted JSON --event::read--> Event --Incident::apply / Case::apply--> registers, sets, flags
//! ```
#![warn(missing_docs)]

pub mod address;
pub mod call;
pub mod case;
mod deletion;
pub mod eido;
pub mod event;
pub mod limits;
mod merged;
pub mod person;
pub mod profile;
pub mod register;
pub mod staff;

pub use call::Incident;
pub use case::Case;
pub use event::{CaseEvent, Event, IncidentEvent, Invalid};
pub use person::{Contact, Person, Role};
pub use register::{Register, Stamp};
pub use staff::{StaffEntry, StaffMessage};
