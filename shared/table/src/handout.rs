//! What a stream lost, handed out once more: the row is the truth and the record was a hint, so the row is written again
//! with nothing in it changed that anybody decides on, and the stream carries it again. Needs no key: nothing is opened.
use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use incident::call::Facts;
use incident::case::CaseFacts;
use jiff::{SignedDuration, Timestamp};
use startup::Entropy;

use crate::arrivals::arrivals;
use crate::error::StoreError;
use crate::incidents::{PLAN_WITHIN, SubjectItem, read_facts};
use crate::keys::{Key, due_shard, subject};
use crate::messages::{Message, State};
use crate::notices::Notice;
use crate::schema::{PK, SK};
use crate::store::{Item, Store, key_of, n, s};

/// When the sweep looks at a message that was handed out again.
const SENT_WITHIN: SignedDuration = SignedDuration::from_mins(1);
/// How far around the arrival of a record, which is approximate, events are looked for.
const AROUND: SignedDuration = SignedDuration::from_mins(2);
/// Most events looked at in one shard of the list: more within a few minutes is a flood that a person looks at.
const MOST: usize = 10_000;
/// What is stored is planned within minutes, and a delay is told within the hour.
const FOLLOWS_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Rows read at a time where the whole table is looked through.
const PAGE: i32 = 500;
/// What is due for longer was missed by several sweeps.
const OVERDUE: SignedDuration = SignedDuration::from_mins(5);

/// Longest that something handed out again is left alone.
const AGAIN_AT_MOST: SignedDuration = SignedDuration::from_mins(15);

/// When to look again, at `now`, at what has waited for its stream since `since`: within a minute while it is fresh, then
/// after a quarter of the time it has waited, a quarter of an hour at most. A stream that stands still for hours is not fed
/// the same row every minute; one that goes on carries what it holds by itself.
pub fn look_again(since: Timestamp, now: Timestamp) -> Timestamp {
    let waited = now.duration_since(since) / 4;
    now + waited.clamp(SENT_WITHIN, AGAIN_AT_MOST)
}

/// How much the clock that tells the arrival of a record may differ from the one that hands out.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// What one run handed out: a hundred messages about the same minute would each have every row of that minute written
/// once more.
#[derive(Clone, Debug, Default)]
pub struct HandedOut(BTreeMap<Key, Timestamp>);

impl HandedOut {
    /// Whether the row at `key` needs not be looked at again for records that had arrived by `arrived`. What arrived later
    /// may be about what was handed out itself.
    pub fn covers(&self, key: &Key, arrived: Timestamp) -> bool {
        self.0.get(key).is_some_and(|at| arrived + CLOCKS < *at)
    }

    /// The row at `key` was looked at, and handed out if it was open, at `now`.
    pub fn note(&mut self, key: Key, now: Timestamp) {
        self.0.insert(key, now);
    }
}

/// The two tables whose streams are read.
#[derive(Clone, Debug)]
pub struct Handout {
    incidents: Store,
    messages: Store,
}

/// How a row stands whose record was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Something may still follow from it: it is handed out again.
    Open,
    /// It was dealt with meanwhile, or is none that a reader acts on.
    Settled,
    /// It waited too long: the sweep closes it, nothing is sent.
    Expired,
    /// It is not there any more.
    Missing,
    /// It cannot be read.
    Unreadable,
}

impl Handout {
    /// The tables under their deployed names.
    pub fn new(client: &Client, incidents: String, messages: String) -> Self {
        Self {
            incidents: Store::new(client.clone(), incidents, Entropy::system()),
            messages: Store::new(client.clone(), messages, Entropy::system()),
        }
    }

    /// How the row at `key` stands at `now`, and its revision.
    pub async fn standing(&self, key: &Key, now: Timestamp) -> Result<Standing, StoreError> {
        Ok(self.look(key, now).await?.0)
    }

    /// Hands the row at `key` out again if it is open; how it stood. A row that somebody else has moved meanwhile is
    /// settled: whoever moved it has the stream carry it.
    pub async fn hand_out(&self, key: &Key, now: Timestamp) -> Result<Standing, StoreError> {
        let (standing, rev) = self.look(key, now).await?;
        if standing != Standing::Open {
            return Ok(standing);
        }
        let written = match key.sk.as_str() {
            "STATE" => self.touch_subject(key, rev, now).await,
            _ => self.touch_message(key, rev, now).await,
        };
        match written {
            Err(error) if error.is_condition() => Ok(Standing::Settled),
            Err(error) => Err(error),
            Ok(()) => Ok(Standing::Open),
        }
    }

    /// Calls and cases of which something was received from `from` until `to`, for records that left their stream. An
    /// event about a call that the clock was to look at within a minute is not listed.
    pub async fn received(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Key>, StoreError> {
        let (from, to) = (from - AROUND + PLAN_WITHIN, to + AROUND + PLAN_WITHIN);
        let found = arrivals(&self.incidents, from, to, MOST).await?;
        Ok(found.subjects.iter().map(|pk| subject(pk)).collect())
    }

    /// Calls and cases of which something was stored since an hour before `since`, from the whole table: for an outbox that
    /// lost what came of them from then on.
    pub async fn changed(&self, since: Timestamp) -> Result<Vec<Key>, StoreError> {
        let since = since - FOLLOWS_WITHIN;
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let slice = self.incidents.slice(after.as_ref(), PAGE, true).await?;
            let changed = slice.items.iter().filter(|item| changed_at(item).is_some_and(|at| at >= since));
            found.extend(changed.filter_map(key_of));
            after = slice.last;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Whether something in the outbox has waited longer than the sweep lets anything wait: then the sweep stands still.
    pub async fn is_swept(&self, now: Timestamp) -> Result<bool, StoreError> {
        let overdue = now - OVERDUE;
        Ok(self.messages.due(&overdue.to_string(), 1).await?.is_empty())
    }

    async fn look(&self, key: &Key, now: Timestamp) -> Result<(Standing, u64), StoreError> {
        let looked =
            match key.sk.split('#').next().unwrap_or_default() {
                "STATE" => self.look_at_subject(key).await,
                "MSG" => self.messages.read::<Message>("message", key).await.map(|found| {
                    found.map(|message| (open(message.state, message.expires_at, now), message.rev))
                }),
                "NOTE" => self.messages.read::<Notice>("notice", key).await.map(|found| {
                    found.map(|notice| (open(notice.state, notice.expires_at, now), notice.rev))
                }),
                _ => Ok(Some((Standing::Settled, 0))),
            };
        match looked {
            Ok(found) => Ok(found.unwrap_or((Standing::Missing, 0))),
            Err(error) if error.is_unreadable() => Ok((Standing::Unreadable, 0)),
            Err(error) => Err(error),
        }
    }

    /// Planning and logging are functions of the facts, so that doing them once more does no harm: a subject is open.
    async fn look_at_subject(&self, key: &Key) -> Result<Option<(Standing, u64)>, StoreError> {
        let Some(item) = self.incidents.read::<SubjectItem>("subject", key).await? else { return Ok(None) };
        if key.pk.starts_with("CASE#") {
            read_facts::<CaseFacts>(&item)?;
        } else {
            read_facts::<Facts>(&item)?;
        }
        Ok(Some((Standing::Open, item.rev)))
    }

    /// The stream may lose or delay this record too: within a minute the sweep plans it by the clock. Where the clock was to look
    /// earlier, that is later by a minute at most.
    async fn touch_subject(&self, key: &Key, rev: u64, now: Timestamp) -> Result<(), StoreError> {
        let call = self.incidents.client.update_item().table_name(self.incidents.name());
        let call = call.key(PK, s(&key.pk)).key(SK, s(&key.sk)).condition_expression("rev = :rev");
        // The instant makes it a change: an update that changes nothing is carried by no stream.
        let call = call
            .update_expression(
                "SET unplanned = :rev, handed_out_at = :now, due_at = :due, due_shard = :shard",
            )
            .expression_attribute_values(":rev", n(rev))
            .expression_attribute_values(":now", s(now.to_string()))
            .expression_attribute_values(":due", s((now + PLAN_WITHIN).to_string()))
            .expression_attribute_values(":shard", s(due_shard(&key.pk)));
        self.incidents.update("subject", call).await
    }

    async fn touch_message(&self, key: &Key, rev: u64, now: Timestamp) -> Result<(), StoreError> {
        let call = self.messages.client.update_item().table_name(self.messages.name());
        let call = call
            .key(PK, s(&key.pk))
            .key(SK, s(&key.sk))
            .condition_expression("rev = :rev AND #state = :pending")
            .update_expression("SET rev = :next, due_at = :due, due_shard = :shard")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":rev", n(rev))
            .expression_attribute_values(":pending", s(State::Pending.word()))
            .expression_attribute_values(":next", n(rev + 1))
            .expression_attribute_values(":due", s((now + SENT_WITHIN).to_string()))
            .expression_attribute_values(":shard", s(due_shard(&key.pk)));
        self.messages.update("message", call).await
    }
}

/// When something about the call or case in this row was last stored; none for rows of other kinds.
fn changed_at(item: &Item) -> Option<Timestamp> {
    (item.get(SK)?.as_s().ok()? == "STATE").then(|| item.get("changed_at")?.as_s().ok()?.parse().ok())?
}

/// Only what is pending is handed out; the sweep looks after the rest by the clock.
fn open(state: State, expires_at: Timestamp, now: Timestamp) -> Standing {
    match state {
        State::Pending if expires_at < now => Standing::Expired,
        State::Pending => Standing::Open,
        _ => Standing::Settled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(waited: i64, again: i64) {
        let since: Timestamp = "2026-07-07T17:00:00Z".parse().unwrap();
        let now = since + SignedDuration::from_mins(waited);
        assert_eq!(look_again(since, now).duration_since(now).as_mins(), again);
    }

    #[test]
    fn what_waits_long_is_looked_at_seldom() {
        check(0, 1);
        check(4, 1);
        check(12, 3);
        check(60, 15);
        check(900, 15);
        // The clock of another sandbox may be a little ahead.
        check(-1, 1);
    }
}
