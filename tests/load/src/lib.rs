//! Load: signed webhooks at a given rate against a running stack, and the proof that each acknowledged call was told
//! exactly once. The rate is held whatever the stack answers (an open loop), and every time is counted from the moment
//! at which a post was due, so that a slow stack cannot slow the measurement down with it.
#![warn(missing_docs)]

pub mod client;
pub mod judge;
pub mod memory;
pub mod pause;
pub mod replay;
pub mod report;
pub mod server;
pub mod step;
pub mod traffic;

pub use client::Target;
pub use step::{Measured, Plan, run};
