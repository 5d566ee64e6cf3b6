//! The law of order: whatever senders do to the order, the repetition and the timing of what they tell, the same people
//! are told the same, or the record says why less.
use std::path::Path;

use crate::case::{Case, Told};
use crate::fault::Faults;
use crate::world::Report;

/// Plays the city of `seed` twice, in order and as its senders tell it, both without faults; what differs unexplained.
pub fn compare(seed: u64, calls: u32, agency: &Path) -> anyhow::Result<(u64, Vec<String>)> {
    let no_faults = Some(Faults::new());
    let told = |told| Case { told, faults: no_faults.clone() };
    let plain = told(Told::InOrder(seed, calls)).play(agency)?;
    let muddled = told(Told::City(seed, calls)).play(agency)?;
    let mut differing: Vec<String> =
        [&plain, &muddled].iter().flat_map(|run| &run.violations).map(|broken| broken.what.clone()).collect();
    differing.extend(unexplained(&plain, &muddled).map(|facts| format!("only in order: {facts}")));
    differing.extend(unexplained(&muddled, &plain).map(|facts| format!("only muddled: {facts}")));
    Ok((plain.lifecycles + muddled.lifecycles, differing))
}

/// What reached a person in `one` and neither did in `other` nor was decided otherwise there.
fn unexplained<'a>(one: &'a Report, other: &'a Report) -> impl Iterator<Item = &'a String> {
    let went_out = |state: &str| matches!(state, "accepted" | "delivered" | "failed");
    let sent = one.fates.iter().filter(move |(_, state)| went_out(state)).map(|(facts, _)| facts);
    sent.filter(move |facts| match other.fates.get(*facts) {
        Some(state) => !went_out(state) && !is_excused(state),
        None => !other.decisions.get(*facts).is_some_and(|state| is_excused(state)),
    })
}

/// Decided on purpose: overtaken, too old, or withheld for a reason that stands in the record.
fn is_excused(state: &str) -> bool {
    matches!(state, "superseded" | "expired" | "suppressed")
}
