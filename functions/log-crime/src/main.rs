//! Wiring for `log-crime`.
fn main() {}
