//! Wiring for `send-updates`.
fn main() {}
