//! Wiring for `sweep-updates`.
fn main() {}
