//! Wiring for `map-hotspots`.
fn main() {}
