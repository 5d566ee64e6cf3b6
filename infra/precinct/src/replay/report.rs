//! A replay in words: each person's story, and the counts that a chief asks for.
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use updates::{Reason, TaskKind};

use super::course::{Entry, Fate, Told};

/// The story of every subject, line by line; people are named by the sender's ids, addresses are not shown.
pub fn story(told: &BTreeMap<String, Told>, zone: &TimeZone) -> String {
    let mut out = String::new();
    for (key, subject) in told {
        let (kind, id) = key.split_once('#').unwrap_or(("", key));
        let name = if kind == "INC" { "call" } else { "case" };
        let _ = writeln!(out, "{name} {id}");
        let quiet = Fate::Withheld(Reason::RoleNotNotified);
        for entry in subject.entries.iter().filter(|entry| entry.fate != quiet) {
            let _ = writeln!(out, "  {}", line(entry, zone));
        }
        for (kind, task) in &subject.tasks {
            let covers = task.covers.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "  {}  task for {}: {kind} ({covers})", local(task.at, zone), kind.owner());
        }
    }
    out
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn line(entry: &Entry, zone: &TimeZone) -> String {
    let Entry { at, person, kind, channel, fate, .. } = entry;
    let at = local(*at, zone);
    match fate {
        Fate::Sent { language, words } => {
            let words = words.trim().replace('\n', "\n      ");
            format!("{at}  {channel} to {person} in {language}: {kind}\n      {words}")
        }
        Fate::Waits(Some(until)) => {
            format!("{at}  waits until {}: {kind} to {person} by {channel}", local(*until, zone))
        }
        Fate::Waits(None) => {
            format!("{at}  waits until it is released: {kind} to {person} by {channel}")
        }
        Fate::Withheld(reason) => {
            format!("{at}  not sent to {person} by {channel}: {kind} [{reason}] {}", reason.rule())
        }
        Fate::Superseded | Fate::Expired => {
            format!("{at}  not sent to {person} by {channel}: {kind} [{}]", fate.word())
        }
    }
}

/// How many updates of one kind, or about one call type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    calls: usize,
    sent: usize,
    withheld: usize,
    pointless: usize,
    waiting: usize,
}

impl Tally {
    fn add(&mut self, fate: &Fate) {
        match fate {
            Fate::Sent { .. } => self.sent += 1,
            Fate::Withheld(_) => self.withheld += 1,
            Fate::Superseded | Fate::Expired => self.pointless += 1,
            Fate::Waits(_) => self.waiting += 1,
        }
    }
}

/// How many of what, each update counted once, by what became of it in the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    events: usize,
    subjects: usize,
    kinds: BTreeMap<String, Tally>,
    outcomes: BTreeMap<&'static str, usize>,
    call_types: BTreeMap<String, Tally>,
    languages: BTreeMap<String, usize>,
    tasks: BTreeMap<TaskKind, usize>,
}

impl Counts {
    /// Counts a replay of `events` events.
    pub fn of(told: &BTreeMap<String, Told>, events: usize) -> Self {
        let mut counts = Self { events, subjects: told.len(), ..Self::default() };
        for subject in told.values() {
            let mut last: BTreeMap<_, &Fate> = BTreeMap::new();
            for entry in &subject.entries {
                let Entry { person, kind, ordinal, channel, fate, .. } = entry;
                last.insert((person, *kind, ordinal, *channel), fate);
            }
            let mut tally = Tally { calls: 1, ..Tally::default() };
            for ((_, kind, ..), fate) in last {
                *counts.outcomes.entry(fate.word()).or_default() += 1;
                if let Fate::Sent { language, .. } = fate {
                    *counts.languages.entry(language.clone()).or_default() += 1;
                }
                // Whoever a kind does not go to at all is no news withheld.
                if *fate != Fate::Withheld(Reason::RoleNotNotified) {
                    counts.kinds.entry(kind.to_string()).or_default().add(fate);
                    tally.add(fate);
                }
            }
            for kind in subject.tasks.keys() {
                *counts.tasks.entry(*kind).or_default() += 1;
            }
            for call_type in &subject.call_types {
                let sum = counts.call_types.entry(call_type.clone()).or_default();
                let Tally { calls, sent, withheld, pointless, waiting } = *sum;
                *sum = Tally {
                    calls: calls + tally.calls,
                    sent: sent + tally.sent,
                    withheld: withheld + tally.withheld,
                    pointless: pointless + tally.pointless,
                    waiting: waiting + tally.waiting,
                };
            }
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{} events about {} calls and cases", self.events, self.subjects)?;
        writeln!(f, "\nUpdates by kind{:16}sent  withheld  pointless  waiting", "")?;
        for (kind, tally) in &self.kinds {
            let Tally { sent, withheld, pointless, waiting, .. } = tally;
            writeln!(f, "  {kind:24}{sent:>9}{withheld:>10}{pointless:>11}{waiting:>9}")?;
        }
        writeln!(f, "\nWhat became of each")?;
        for (outcome, count) in &self.outcomes {
            let rule = Reason::from_word(outcome).map_or("", Reason::rule);
            writeln!(f, "  {count:>9}  {}", format!("{outcome:24}  {rule}").trim_end())?;
        }
        writeln!(f, "\nSent by language")?;
        for (language, count) in &self.languages {
            writeln!(f, "  {count:>9}  {language}")?;
        }
        if !self.tasks.is_empty() {
            writeln!(f, "\nTasks for people")?;
        }
        for (kind, count) in &self.tasks {
            writeln!(f, "  {count:>9}  {kind}, {}", kind.owner())?;
        }
        writeln!(f, "\nBy call type{:15}calls     sent  withheld  pointless  waiting", "")?;
        for (call_type, tally) in &self.call_types {
            let Tally { calls, sent, withheld, pointless, waiting } = tally;
            writeln!(f, "  {call_type:20}{calls:>10}{sent:>9}{withheld:>10}{pointless:>11}{waiting:>9}")?;
        }
        Ok(())
    }
}
