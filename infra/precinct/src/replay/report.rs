//! A replay in words: each person's story, and the counts that a chief asks for.
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use jiff::tz::TimeZone;

use super::course::Told;

/// The story of every subject, line by line; people are named by the sender's ids, addresses are not shown.
pub fn story(told: &BTreeMap<String, Told>, zone: &TimeZone) -> String {
    let mut out = String::new();
    for (key, subject) in told {
        let (kind, id) = key.split_once('#').unwrap_or(("", key));
        let name = if kind == "INC" { "call" } else { "case" };
        let _ = writeln!(out, "{name} {id}");
        for entry in subject.entries.iter().filter(|entry| entry.outcome != "role_not_notified") {
            let at = entry.at.to_zoned_datetime(zone.clone());
            let at = at.strftime("%Y-%m-%d %H:%M");
            match &entry.words {
                Some(words) => {
                    let words = words.trim().replace('\n', "\n      ");
                    let _ = writeln!(
                        out,
                        "  {at}  {} to {}: {}\n      {words}",
                        entry.channel, entry.person, entry.kind
                    );
                }
                None => {
                    let _ = writeln!(
                        out,
                        "  {at}  not sent to {} by {}: {} [{}]",
                        entry.person, entry.channel, entry.kind, entry.outcome
                    );
                }
            }
        }
    }
    out
}

/// How many of what.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    events: usize,
    subjects: usize,
    kinds: BTreeMap<String, BTreeMap<String, usize>>,
    call_types: BTreeMap<String, (usize, usize)>,
}

impl Counts {
    /// Counts a replay of `events` events.
    pub fn of(told: &BTreeMap<String, Told>, events: usize) -> Self {
        let mut counts = Self { events, subjects: told.len(), ..Self::default() };
        for subject in told.values() {
            let mut sent = 0;
            for entry in &subject.entries {
                let outcomes = counts.kinds.entry(entry.kind.to_string()).or_default();
                *outcomes.entry(entry.outcome.clone()).or_default() += 1;
                sent += usize::from(entry.outcome == "sent");
            }
            for call_type in &subject.call_types {
                let (calls, messages) = counts.call_types.entry(call_type.clone()).or_default();
                *calls += 1;
                *messages += sent;
            }
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{} events about {} calls and cases", self.events, self.subjects)?;
        for (kind, outcomes) in &self.kinds {
            writeln!(f, "  {kind}")?;
            for (outcome, count) in outcomes {
                writeln!(f, "    {count:>8}  {outcome}")?;
            }
        }
        writeln!(f, "  calls and messages by call type")?;
        for (call_type, (calls, messages)) in &self.call_types {
            writeln!(f, "    {calls:>8}  {messages:>8}  {call_type}")?;
        }
        Ok(())
    }
}
