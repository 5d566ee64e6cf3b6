//! What was received, in order of time: the sweep plans the subjects of a minute ago once more, since a stream may lose
//! a record, and notes when each sender was last heard; the nightly summary lists the subjects of a day.
use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::incidents::{Incidents, PLAN_WITHIN};
use crate::indexed::sorted;
use crate::keys::{DUE_SHARDS, Key, swept};
use crate::received::EventItem;
use crate::schema::DUE;
use crate::store::Store;

/// Indexes lag behind their table: what fell due so long before a mark is looked for once more, but not by a sweep that is
/// behind, which would find the same events for ever.
const LAG: SignedDuration = SignedDuration::from_mins(1);
/// How far back a sweep looks that finds no mark of an earlier one.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(24);

/// Most calls and cases that wait beside the mark: they come with one look, which must end within the sweep's time, however slow
/// everything is.
const MOST_AGAIN: usize = 100;

/// How far the sweep has come, kept in one row.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Mark {
    until: Timestamp,
    /// Whether there was more than one look holds.
    #[serde(default)]
    is_behind: bool,
    /// Events that the next sweep finds in the index again, and has not to look after again.
    #[serde(default)]
    seen: BTreeSet<String>,
    /// When each source was last heard.
    #[serde(default)]
    heard: BTreeMap<String, Timestamp>,
    /// Calls and cases that could not be looked after: they come with the next look, and hold up nothing else.
    #[serde(default)]
    again: BTreeSet<String>,
}

/// What a sweep has to look after.
#[derive(Clone, Debug)]
pub struct Unswept {
    /// Keys of the calls and cases that were told of, or could not be looked after earlier, each once.
    pub subjects: BTreeSet<String>,
    next: Mark,
    is_news: bool,
    /// Those that could not be looked after earlier.
    earlier: BTreeSet<String>,
    /// Of events that fall due later.
    heard_since: BTreeMap<String, Timestamp>,
}

impl Mark {
    /// No sweep was here yet.
    fn first(now: Timestamp) -> Self {
        let until = now - FIRST_LOOK;
        Self { until, ..Self::default() }
    }

    /// From when on events are looked for.
    fn from(&self) -> Timestamp {
        if self.is_behind { self.until } else { self.until - LAG }
    }
}

impl Unswept {
    /// Whether this is not all of it: there was too much for one look.
    pub fn is_behind(&self) -> bool {
        self.next.is_behind
    }

    /// When the last event of `source` came, as far as the sweeps have noted it.
    pub fn last_heard(&self, source: &str) -> Option<Timestamp> {
        let noted = self.next.heard.get(source);
        noted.max(self.heard_since.get(source)).copied()
    }
}

/// Subjects of received events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrivals {
    /// Their keys, each once.
    pub subjects: BTreeSet<String>,
    /// Up to when this is all of them: earlier than asked where there were too many for one look.
    pub until: Timestamp,
}

impl Incidents {
    /// What fell due to be looked after since the last mark and until `now`, at most `limit` events of each shard.
    pub async fn unswept(&self, now: Timestamp, limit: usize) -> Result<Unswept, StoreError> {
        let mark: Option<Mark> = self.store().read("sweep mark", &swept()).await?;
        let mark = mark.unwrap_or_else(|| Mark::first(now));
        let is_news = |key: &Key| !mark.seen.contains(&key.pk);
        // Events of the last minute are not due yet; that they came is known all the same.
        let window = (mark.from(), mark.until.max(now) + PLAN_WITHIN);
        let listed = listed(self.store(), window, (limit, &is_news)).await?;
        let until = mark.until.max(now).min(listed.until);
        let due = listed.events.partition_point(|(at, _)| *at <= until);
        let (due, later) = listed.events.split_at(due);
        let news: Vec<Key> = due.iter().map(|(_, key)| key).filter(|key| is_news(key)).cloned().collect();
        let heard = mark.heard.clone();
        let mut next = Mark { until, is_behind: until < now, heard, ..Mark::default() };
        let from = next.from();
        next.seen = due.iter().filter(|(at, _)| *at >= from).map(|(_, key)| key.pk.clone()).collect();
        note_heard(&mut next.heard, due);
        let mut heard_since = BTreeMap::new();
        note_heard(&mut heard_since, later);
        let mut subjects = subjects(self.store(), &news).await?;
        subjects.extend(mark.again.iter().cloned());
        Ok(Unswept { subjects, is_news: !news.is_empty(), earlier: mark.again, next, heard_since })
    }

    /// Notes that everything of `unswept` was looked after but what has `failed`, which comes again. `false`: too much failed, so
    /// nothing is noted, and all of it comes again.
    pub async fn swept(&self, unswept: &Unswept, failed: &BTreeSet<String>) -> Result<bool, StoreError> {
        if failed.len() > MOST_AGAIN {
            return Ok(false);
        }
        if unswept.is_news || unswept.earlier != *failed {
            let mark = Mark { again: failed.clone(), ..unswept.next.clone() };
            self.store().put("sweep mark", &swept(), &mark).await?;
        }
        Ok(true)
    }

    /// Subjects whose events fell due to be looked after from `from` until `to`, i.e. came a minute earlier; at most
    /// `limit` events of each shard.
    pub async fn arrivals(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Arrivals, StoreError> {
        arrivals(self.store(), from, to, limit).await
    }
}

/// The same for readers of the table that hold no key.
pub(crate) async fn arrivals(
    store: &Store,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Arrivals, StoreError> {
    let listed = listed(store, (from, to), (limit, &|_| true)).await?;
    let keys: Vec<Key> = listed.events.into_iter().map(|(_, key)| key).collect();
    Ok(Arrivals { subjects: subjects(store, &keys).await?, until: listed.until })
}

/// Received events by the moment at which they are looked after.
struct Listed {
    /// In order of time.
    events: Vec<(Timestamp, Key)>,
    /// Up to when this is all of them.
    until: Timestamp,
}

async fn listed(
    store: &Store,
    (from, to): (Timestamp, Timestamp),
    limit: (usize, &dyn Fn(&Key) -> bool),
) -> Result<Listed, StoreError> {
    let (window, mut until) = ((sorted(from), sorted(to)), to);
    let mut events = Vec::new();
    for shard in 0..DUE_SHARDS {
        let window = (&*window.0, &*window.1);
        let (rows, is_cut) = store.index_window(DUE, &format!("E{shard}"), window, limit).await?;
        let moments = rows.into_iter().map(|(at, key)| (at.parse().unwrap_or(from), key));
        let before = events.len();
        events.extend(moments);
        if is_cut && let Some((last, _)) = events[before..].last() {
            until = until.min(*last);
        }
    }
    events.sort();
    Ok(Listed { events, until })
}

/// The calls and cases that events told of.
async fn subjects(store: &Store, events: &[Key]) -> Result<BTreeSet<String>, StoreError> {
    let events: BTreeMap<Key, EventItem> = store.read_many("event", events).await?;
    Ok(events.into_values().filter_map(|event| event.subject).collect())
}

/// Notes when the source of each event was heard: a minute before the event is looked after.
fn note_heard(heard: &mut BTreeMap<String, Timestamp>, events: &[(Timestamp, Key)]) {
    for (due, key) in events {
        let Some(source) = key.pk.split('#').nth(1) else { continue };
        let (last, at) = (heard.entry(source.to_owned()).or_insert(Timestamp::MIN), *due - PLAN_WITHIN);
        *last = at.max(*last);
    }
}
