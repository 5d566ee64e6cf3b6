//! Flows.

mod template;
