//! Wiring for `incident-intake`.
fn main() {}
