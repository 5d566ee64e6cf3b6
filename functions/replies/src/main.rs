//! Wiring for `replies`.
fn main() {}
