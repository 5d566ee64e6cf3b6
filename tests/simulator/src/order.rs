//! The law of order: whatever senders do to the order, the repetition and the timing of what they tell, the same people
//! are told the same, or the record says why less.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::case::{Case, Told};
use crate::fault::Faults;
use crate::report::Report;
use crate::story::Story;

/// Plays the city of `seed` twice, in order and as its senders tell it, both without faults; what differs unexplained.
pub fn compare(seed: u64, calls: u32, agency: &Path) -> anyhow::Result<(u64, Vec<String>)> {
    let no_faults = Some(Faults::new());
    let told = |told| Case { told, faults: no_faults.clone() };
    let plain = told(Told::InOrder(seed, calls)).play(agency)?;
    let muddled = told(Told::City(seed, calls)).play(agency)?;
    let mut differing: Vec<String> =
        [&plain, &muddled].iter().flat_map(|run| &run.violations).map(|broken| broken.what.clone()).collect();
    let late = told_late(seed, calls);
    // A delay is told by the clock: there is one where nobody has said yet that the officers came.
    let by_the_clock = |facts: &String| {
        let mut words = facts.split(' ');
        words.next().is_some_and(|call| late.contains(call)) && words.any(|word| word == "officers_delayed")
    };
    let silent = told_out_of_reach(seed, calls);
    // When the provider's word comes decides which of the two ways a message of such a caller takes.
    let by_mail_or_text = |other: &Report, facts: &String| {
        let call = facts.split(' ').next().is_some_and(|call| silent.contains(call));
        let is_answered = |facts: String| {
            let state = other.fates.get(&facts).or_else(|| other.decisions.get(&facts));
            state.is_some_and(|state| is_told(state) || is_excused(state))
        };
        call && other_way(facts).is_some_and(is_answered)
    };
    let in_order = unexplained(&plain, &muddled).filter(|facts| !by_the_clock(facts));
    let in_order = in_order.filter(|facts| !by_mail_or_text(&muddled, facts));
    differing.extend(in_order.map(|facts| format!("only in order: {facts}")));
    let out_of_order = unexplained(&muddled, &plain).filter(|facts| !by_the_clock(facts));
    let out_of_order = out_of_order.filter(|facts| !by_mail_or_text(&plain, facts));
    differing.extend(out_of_order.map(|facts| format!("only muddled: {facts}")));
    Ok((plain.lifecycles + muddled.lifecycles, differing))
}

/// Calls of which something is told at another time than it happens.
fn told_late(seed: u64, calls: u32) -> BTreeSet<String> {
    let first = |story: &Story| {
        let mut first = BTreeMap::new();
        for post in &story.posts {
            let id = post.event["id"].as_str().unwrap_or_default().to_owned();
            first.entry(id).or_insert((post.at, post.event["data"]["incident"]["id"].clone()));
        }
        first
    };
    let muddled = first(&Story::of(seed, calls));
    let differs = |(id, (at, _)): &(String, (jiff::Timestamp, serde_json::Value))| {
        muddled.get(id).is_none_or(|(told, _)| told != at)
    };
    let late = first(&Story::in_order(seed, calls)).into_iter().filter(differs);
    late.filter_map(|(_, (_, call))| Some(format!("INC#{}", call.as_str()?))).collect()
}

/// What reached a person in `one` and neither did in `other` nor was decided otherwise there.
fn unexplained<'a>(one: &'a Report, other: &'a Report) -> impl Iterator<Item = &'a String> {
    let sent = one.fates.iter().filter(|(_, state)| is_told(state)).map(|(facts, _)| facts);
    sent.filter(move |facts| match other.fates.get(*facts) {
        Some(state) => !is_told(state) && !is_excused(state),
        None => !other.decisions.get(*facts).is_some_and(|state| is_excused(state)),
    })
}

/// Calls whose caller has a phone or a mailbox that nothing reaches.
fn told_out_of_reach(seed: u64, calls: u32) -> BTreeSet<String> {
    let story = Story::in_order(seed, calls);
    let told = story.told.iter().filter(|(_, ways)| ways.iter().any(|way| story.unreachable.contains(way)));
    told.map(|(call, _)| format!("INC#{call}")).collect()
}

/// The same message by e-mail instead of text, or the other way round.
fn other_way(facts: &str) -> Option<String> {
    let (message, way) = facts.rsplit_once(' ')?;
    Some(format!("{message} {}", if way == "text" { "email" } else { "text" }))
}

/// A provider took it.
fn is_told(state: &str) -> bool {
    matches!(state, "accepted" | "delivered" | "failed")
}

/// Decided on purpose: overtaken, too old, or withheld for a reason that stands in the record.
fn is_excused(state: &str) -> bool {
    matches!(state, "superseded" | "expired" | "suppressed")
}
