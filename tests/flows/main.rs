//! Flows.

mod events;
mod house;
mod template;
