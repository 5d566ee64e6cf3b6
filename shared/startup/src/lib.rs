//! What every function does before and around its own work: settings, clients, clock, logs, HTTP answers,
//! webhook signatures, batch results. One home, so that fifteen functions start in one way.
//!
//! Nothing here knows calls, officers or cells.
#![warn(missing_docs)]

pub mod agency;
pub mod batch;
pub mod clock;
pub mod http;
pub mod intake;
pub mod json;
pub mod logging;
#[cfg(feature = "mutants")]
pub mod mutant;
pub mod runtime;
pub mod schedule;
pub mod variables;
pub mod webhook;

pub use clock::{Clock, Entropy};
pub use logging::logging;
pub use runtime::{Reach, Runtime};
pub use schedule::Scheduled;
pub use variables::{VariableError, Variables};
