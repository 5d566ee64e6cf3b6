//! Wiring for `score-officers`.
fn main() {}
