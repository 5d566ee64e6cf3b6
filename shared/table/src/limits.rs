//! What the limits need stored: one row of counters that all senders lease from, the open circuit breaker among the
//! pauses, and how many messages an address got before.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use updates::limits::Counters;

use crate::error::StoreError;
use crate::indexed::seconds;
use crate::keys::Key;
use crate::messages::{Message, Messages, Pause};
use crate::schema::RECIPIENT;
use crate::store::{Item, key_of};

/// Scope of the pause that stands for the open breaker.
pub const BREAKER: &str = "breaker";
/// Rows of the index looked at beyond a cap: those that came about in the same second.
const SAME_SECOND: usize = 16;

#[derive(Default, Deserialize, Serialize)]
struct CountersItem {
    rev: u64,
    #[serde(flatten)]
    counters: Counters,
}

fn counters_key() -> Key {
    Key::new("LIMITS", "COUNTERS")
}

impl Pause {
    /// The breaker, opened at `now` until `until`.
    pub fn breaker(now: Timestamp, until: Timestamp, reason: String) -> Self {
        Self { scope: BREAKER.into(), by: "limits".into(), since: now, reason, until: Some(until) }
    }

    /// Whether it is the breaker, and still open at `now`. It closes by itself.
    pub fn is_open_breaker(&self, now: Timestamp) -> bool {
        self.scope == BREAKER && self.until.is_none_or(|until| now < until)
    }
}

impl Messages {
    /// The counters with their revision, read consistently; all zero where nothing was leased yet.
    pub async fn counters(&self) -> Result<(Counters, u64), StoreError> {
        let found: Option<CountersItem> = self.store().read("limits", &counters_key()).await?;
        Ok(found.map(|item| (item.counters, item.rev)).unwrap_or_default())
    }

    /// Stores the counters after a lease: one write. `Condition` means that another sender was first.
    pub async fn lease(&self, counters: &Counters, rev: u64) -> Result<(), StoreError> {
        let item = CountersItem { rev: rev + 1, counters: counters.clone() };
        self.store().put_at_rev("limits", &counters_key(), &item, rev).await
    }

    /// How many messages to the same address came about from `since` on and before `message`, at most `enough`.
    ///
    /// Counted from the `recipient` index without a write. What was withheld or overtaken counts too, so the number is
    /// rather too high; the index may lag by seconds, so a burst within them may go uncounted.
    pub async fn earlier(
        &self,
        message: &Message,
        since: Timestamp,
        enough: usize,
    ) -> Result<usize, StoreError> {
        let (first, last) = seconds(since, message.created_at);
        let call = self.store().between(RECIPIENT, &message.recipient, &first, &last);
        let limit = i32::try_from(enough + SAME_SECOND).unwrap_or(i32::MAX);
        let output = Box::pin(call.limit(limit).send()).await;
        let output = output.map_err(|error| StoreError::from_sdk("recipient index", &error))?;
        let own = (message.created_at, message.key());
        let found = output.items.unwrap_or_default();
        let earlier = found.iter().filter_map(moment).filter(|other| *other < own && other.0 >= since);
        Ok(earlier.count().min(enough))
    }
}

/// When a row of the recipient index came about, and its key.
fn moment(item: &Item) -> Option<(Timestamp, Key)> {
    let at = item.get(RECIPIENT.sk)?.as_s().ok()?.parse().ok()?;
    Some((at, key_of(item)?))
}
