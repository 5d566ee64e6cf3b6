//! What was received, in order of time: the sweep plans the subjects of a minute ago once more, since a stream may lose
//! a record; the nightly summary lists the subjects of a day.
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::incidents::{Incidents, PLAN_WITHIN};
use crate::keys::{DUE_SHARDS, swept};
use crate::received::EventItem;
use crate::schema::DUE;
use crate::store::Store;

/// Indexes lag behind their table: what was looked after already is looked at once more for so long.
const LAG: SignedDuration = SignedDuration::from_mins(1);
/// How far back a sweep looks that finds no mark of an earlier one.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(24);

#[derive(Deserialize, Serialize)]
struct Mark {
    until: Timestamp,
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
    /// Subjects whose events fell due to be looked after since the last mark and until `now`; `None` if there are none.
    pub async fn unswept(&self, now: Timestamp, limit: usize) -> Result<Option<Arrivals>, StoreError> {
        let mark: Option<Mark> = self.store().read("sweep mark", &swept()).await?;
        let from = mark.map_or(now - FIRST_LOOK, |mark| mark.until);
        if from >= now {
            return Ok(None);
        }
        let found = self.arrivals(from - LAG, now, limit).await?;
        Ok((!found.subjects.is_empty()).then_some(found))
    }

    /// Notes that everything until then was looked after.
    pub async fn swept(&self, until: Timestamp) -> Result<(), StoreError> {
        self.store().put("sweep mark", &swept(), &Mark { until }).await
    }

    /// When the last event of `source` came that is listed since `since`. Read newest first, eventually consistent.
    /// An event whose subject is looked at earlier than a minute after it is not listed by itself: the answer may be
    /// one event too early.
    pub async fn last_heard(
        &self,
        source: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (prefix, window) = (format!("EVT#{source}#"), (since + PLAN_WITHIN, now + PLAN_WITHIN));
        let mut last = None;
        for shard in 0..DUE_SHARDS {
            let found = self.store().newest_with(DUE, &format!("E{shard}"), window, &prefix).await?;
            last = last.max(found);
        }
        Ok(last.map(|due: Timestamp| due - PLAN_WITHIN))
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
    let (from, mut until) = (from.to_string(), to);
    let mut found = BTreeSet::new();
    for shard in 0..DUE_SHARDS {
        let window = (from.as_str(), &*to.to_string());
        let (keys, last) = store.index_window(DUE, &format!("E{shard}"), window, limit).await?;
        if keys.len() >= limit {
            until = until.min(last.and_then(|last| last.parse().ok()).unwrap_or(to));
        }
        for key in keys {
            let event: Option<EventItem> = store.read("event", &key).await?;
            found.extend(event.and_then(|event| event.subject));
        }
    }
    Ok(Arrivals { subjects: found, until })
}
