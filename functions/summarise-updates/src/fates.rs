//! What became of each update of a call or case that came about on the day: the message's state where there is one, else
//! the last decision. Two decisions about one update are one update.
use std::collections::BTreeMap;

use table::messages::{Decision, Message};
use updates::summary::Fate;
use updates::{Channel, Kind};

use crate::Day;

type About<'a> = (&'a str, Kind, &'a str, Channel);

/// The fates. `decisions` come oldest first.
pub(crate) fn of(messages: &[Message], decisions: &[Decision], day: Day) -> Vec<Fate> {
    let mut fates: BTreeMap<About<'_>, (jiff::Timestamp, Fate)> = BTreeMap::new();
    for decision in decisions {
        let about = (&*decision.person, decision.kind, &*decision.ordinal, decision.channel);
        let fate = Fate {
            kind: decision.kind,
            channel: decision.channel,
            state: decision.state.word().into(),
            reason: decision.reason,
            language: None,
        };
        let since = fates.get(&about).map_or(decision.decided_at, |(since, _)| *since);
        fates.insert(about, (since, fate));
    }
    for message in messages {
        let about = (&*message.person, message.kind, &*message.ordinal, message.channel);
        let fate = Fate {
            kind: message.kind,
            channel: message.channel,
            state: message.state.word().into(),
            reason: message.reason,
            language: message.language.clone(),
        };
        fates.insert(about, (message.created_at, fate));
    }
    fates.into_values().filter(|(since, _)| day.holds(*since)).map(|(_, fate)| fate).collect()
}
