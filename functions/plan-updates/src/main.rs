//! Wiring for `plan-updates`.
fn main() {}
