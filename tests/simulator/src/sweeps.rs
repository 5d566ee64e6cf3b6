//! When the sweep has work: the earliest moment in the due indexes, kept from the images of every write, so that the
//! 1,440 sweeps of a day that would find nothing need not be played.
use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use table::schema::DUE;

use crate::tables::{Change, Item, Place};

/// What is due when.
#[derive(Default)]
pub(crate) struct Sweeps {
    due: BTreeSet<(Timestamp, Place)>,
    of: BTreeMap<Place, Timestamp>,
    /// Received events, which stay in the index, and up to when the sweep has looked after them.
    received: BTreeSet<(Timestamp, Place)>,
    swept: Option<Timestamp>,
    /// Whether something could not be looked after.
    is_again: bool,
    /// The sweep that is planned already.
    pub(crate) planned: Option<Timestamp>,
}

impl Sweeps {
    /// Notes what a write changed.
    pub(crate) fn changed(&mut self, change: &Change) {
        let place = &change.place;
        let swept = table::keys::swept();
        if (place.pk.as_str(), place.sk.as_str()) == (swept.pk.as_str(), swept.sk.as_str()) {
            let until = change.new.as_ref().and_then(|item| item["until"]["S"].as_str()?.parse().ok());
            self.swept = until.or(self.swept);
            let again = change.new.as_ref().and_then(|item| item["again"]["L"].as_array());
            self.is_again = again.is_some_and(|list| !list.is_empty());
            return;
        }
        if let Some(before) = self.of.remove(place) {
            self.due.remove(&(before, place.clone()));
            self.received.remove(&(before, place.clone()));
        }
        let Some((at, is_received)) = change.new.as_deref().and_then(due_of) else { return };
        self.of.insert(place.clone(), at);
        let list = if is_received { &mut self.received } else { &mut self.due };
        list.insert((at, place.clone()));
    }

    /// The next full minute, not before `now`, at which a sweep finds something.
    pub(crate) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.due.first().map(|(at, _)| *at);
        let arrived = match self.swept {
            None => self.received.first(),
            Some(swept) => {
                let after = swept + SignedDuration::from_nanos(1);
                self.received
                    .range((after, Place { table: "", pk: String::new(), sk: String::new() })..)
                    .next()
            }
        };
        let again = self.swept.filter(|_| self.is_again);
        let first = due.into_iter().chain(arrived.map(|(at, _)| *at)).chain(again).min()?;
        let next = now.as_second().div_euclid(60) + 1;
        let found = first.as_second().saturating_add(59).div_euclid(60);
        Timestamp::from_second(next.max(found) * 60).ok()
    }
}

/// When an item is due, and whether it is a received event; lists in the same index are nothing that the sweep reads.
fn due_of(item: &Item) -> Option<(Timestamp, bool)> {
    let at = item[DUE.sk]["S"].as_str()?.parse().ok()?;
    let shard = item[DUE.pk]["S"].as_str()?;
    let (kind, number) = shard.split_at_checked(1)?;
    number.parse::<u8>().ok().map(|_| (at, kind == "E"))
}
