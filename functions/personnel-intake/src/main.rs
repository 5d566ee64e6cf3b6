//! Wiring for `personnel-intake`.
fn main() {}
