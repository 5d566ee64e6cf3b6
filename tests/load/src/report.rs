//! The tables as they stand in docs/load.md.
use std::fmt::Write as _;

use crate::pause::Paused;
use crate::replay::Replayed;
use crate::step::Measured;

/// Heading of the table of steps.
pub const STEPS: &str = "\
| posts/s | calls | acknowledged | 429, 5xx | answer p50, p99 ms | text p50, p99 ms | texts/s | still to come at the end | lost | doubled | MiB |
|---|---|---|---|---|---|---|---|---|---|---|";

/// One row of it; `resident` where the server's process is known.
pub fn step(measured: &Measured, resident: Option<u64>) -> String {
    let Measured {
        rate, calls, acknowledged, answer_ms, text_ms, texts_per_second, backlog, verdict, ..
    } = measured;
    let refused = measured.refused.0 + measured.refused.2;
    let mut row = format!(
        "| {rate} | {calls} | {acknowledged} | {refused} | {:.0}, {:.0} | {:.0}, {:.0} | {texts_per_second:.1} | {backlog} | {} | {} |",
        answer_ms.0, answer_ms.1, text_ms.0, text_ms.1, verdict.lost, verdict.doubled
    );
    match resident {
        Some(resident) => _ = write!(row, " {resident} |"),
        None => row.push_str(" |"),
    }
    row
}

/// The replay of an hour in words.
pub fn replay(replayed: &Replayed) -> String {
    let samples: Vec<String> =
        replayed.resident.iter().map(|(calls, resident)| format!("{calls}: {resident}")).collect();
    format!(
        "{} calls, {} posts in {:.0} s, {} texts, lost {}, doubled {}; MiB by calls: {}",
        replayed.calls,
        replayed.posts,
        replayed.seconds,
        replayed.verdict.texts,
        replayed.verdict.lost,
        replayed.verdict.doubled,
        samples.join(", ")
    )
}

/// The pause under load in words.
pub fn pause(paused: &Paused) -> String {
    let Paused { acknowledged, order_ms, claims_after, under_way, held, verdict } = paused;
    format!(
        "{acknowledged} calls, order answered in {order_ms:.0} ms: {claims_after} claims after it ({under_way} texts were under way), \
         {held} held; lifted: {} texts, lost {}, doubled {}",
        verdict.texts, verdict.lost, verdict.doubled
    )
}
