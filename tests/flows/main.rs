//! Flows.

mod house;
mod template;
