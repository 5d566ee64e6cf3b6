//! The flow tests: one binary, a module for each flow.

mod events;
mod house;
mod outbox;
mod personnel;
mod places;
mod staff;
mod template;
mod updates;
