//! EIDOs in, our events out: sequences of our own, one incident each.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod mapping;
mod order;
mod reading;
mod sample;
mod sequence;
