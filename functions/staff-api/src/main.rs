//! Wiring for `staff-api`.
fn main() {}
