//! Rows brought back from a restored copy of a table. A copy is old: what it calls ready was sent long ago, what it calls
//! claimed ended nobody knows how. So no row comes back in a state that is ever sent; where the live table has the row,
//! the live one stands; and what a person wished is only ever added to. Needs no key: nothing is opened.
use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Deserialize;
use startup::Entropy;
use updates::reply::{self, Meaning, Stop};
use updates::{ContactState, Reason, Scope};

use crate::contacts::{ContactItem, Contacts};
use crate::error::StoreError;
use crate::keys::Key;
use crate::messages::{Message, Messages, State};
use crate::notices::Notice;
use crate::replies::StoredReply;
use crate::schema::TTL;
use crate::store::{Item, Store, from_item, key_of, rev_condition, to_item};

/// From which table into which; the same twice fences a table that was restored under its own name.
#[derive(Clone, Debug)]
pub struct Restore {
    from: Store,
    into: Store,
}

/// What becomes of a row of the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was lost and comes back as it was.
    Copied,
    /// It was lost and comes back closed: `expired`, or `unknown` where it was claimed.
    Closed,
    /// The live table has it.
    Stands,
    /// Both have one, the live one made anew after the loss: the wishes of both hold.
    Merged,
    /// Both have one, the live one made anew after the loss, and they cannot be put together without a key: the live one
    /// stands until its sender posts again.
    MadeAnew,
    /// Technical, or past its time.
    LeftOut,
    /// It cannot be read, and stays away.
    Unreadable,
}

/// One page of the copy.
pub struct Page {
    /// Its rows.
    pub items: Vec<Item>,
    /// Where the next page begins, if there is one.
    pub next: Option<HashMap<String, AttributeValue>>,
}

#[derive(Deserialize)]
struct Revised {
    #[serde(default)]
    rev: u64,
}

impl Restore {
    /// Tables by their deployed names.
    pub fn new(client: &Client, from: String, into: String) -> Self {
        let store = |name| Store::new(client.clone(), name, Entropy::system());
        Self { from: store(from), into: store(into) }
    }

    /// Reads a page of the copy.
    pub async fn page(&self, start: Option<HashMap<String, AttributeValue>>) -> Result<Page, StoreError> {
        let call = self.from.client.scan().table_name(self.from.name()).consistent_read(true);
        let page = Box::pin(call.set_exclusive_start_key(start).send()).await;
        let page = page.map_err(|error| StoreError::from_sdk("row", &error))?;
        Ok(Page { items: page.items.unwrap_or_default(), next: page.last_evaluated_key })
    }

    /// Whether the live table has made the data key of this row anew since it lost it. What the copy holds was sealed, and
    /// addresses indexed, under the old key: under the new one no STOP of it would be found.
    pub async fn is_other_key(&self, item: &Item) -> Result<bool, StoreError> {
        let Some(key) = key_of(item).filter(is_data_key) else { return Ok(false) };
        Ok(self.into.get("data key", &key).await?.is_some_and(|live| live != *item))
    }

    /// Puts a data key of the copy in the place of one that was made anew; other rows are left alone.
    pub async fn put_key(&self, item: Item) -> Result<(), StoreError> {
        match key_of(&item).filter(is_data_key) {
            Some(_) => self.into.put_item("data key", item, None).await,
            None => Ok(()),
        }
    }

    /// Brings a row of the copy back at `now`, or, without `apply`, only tells what would become of it.
    pub async fn row(&self, item: Item, now: Timestamp, apply: bool) -> Result<Fate, StoreError> {
        let Some(key) = key_of(&item).filter(|key| is_worth_keeping(key, &item, now)) else {
            return Ok(Fate::LeftOut);
        };
        let closed = match closed(&key, item.clone(), now) {
            Ok(closed) => closed,
            Err(error) if error.is_unreadable() => return Ok(Fate::Unreadable),
            Err(error) => return Err(error),
        };
        if self.from.name() == self.into.name() {
            let Some(closed) = closed else { return Ok(Fate::Stands) };
            let rev = rev_of(&item)?;
            return self.write(closed, rev_condition(rev), apply, Fate::Closed).await;
        }
        if let Some(live) = self.into.get("row", &key).await? {
            return self.beside(&key, (item, live), apply).await;
        }
        let absent = ("attribute_not_exists(pk)", Item::new());
        match closed {
            Some(closed) => self.write(closed, absent, apply, Fate::Closed).await,
            None => self.write(item, absent, apply, Fate::Copied).await,
        }
    }

    /// What becomes of a row that the live table has too. A live revision that is not above the copy's was not made from
    /// it: the row was lost and somebody began it anew.
    async fn beside(&self, key: &Key, (old, live): (Item, Item), apply: bool) -> Result<Fate, StoreError> {
        let is_new = old != live && rev_of(&live)? <= rev_of(&old)?;
        match key.sk.as_str() {
            "CONTACT" if is_new => {
                let (old, live): (ContactItem, ContactItem) =
                    (from_item("contact", old)?, from_item("contact", live)?);
                let rev = live.state.rev;
                let merged = ContactItem {
                    state: both(&old.state, &live.state),
                    address: live.address,
                    changed_at: live.changed_at.max(old.changed_at),
                };
                self.write(to_item("contact", key, &merged)?, rev_condition(rev), apply, Fate::Merged).await
            }
            "STATE" if is_new => Ok(Fate::MadeAnew),
            _ => Ok(Fate::Stands),
        }
    }

    /// Writes a row unless somebody else was first: then the live one stands.
    async fn write(
        &self,
        item: Item,
        condition: (&'static str, Item),
        apply: bool,
        fate: Fate,
    ) -> Result<Fate, StoreError> {
        if apply {
            match self.into.put_item("row", item, Some(condition)).await {
                Err(error) if error.is_condition() => return Ok(Fate::Stands),
                written => written?,
            }
        }
        Ok(fate)
    }
}

/// Texts that came in since an instant, heard once more for what they say of opt-outs, in the order in which they came:
/// where Contacts lost rows, the outbox still holds who said STOP. Gives how many numbers changed, or would.
pub async fn hear_again(
    (messages, contacts): (&Messages, &Contacts),
    since: Timestamp,
    apply: bool,
) -> Result<usize, StoreError> {
    let mut replies = replies_since(messages.store(), since).await?;
    replies.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    let mut states: BTreeMap<String, (ContactState, ContactState)> = BTreeMap::new();
    for stored in replies {
        // Erased by order: then Contacts holds the opt-out alone.
        let Some(words) = messages.reply_words(&stored).await? else { continue };
        let Some((address, state)) = contacts.find(&words.from).await? else { continue };
        let (_, after) = states.entry(address).or_insert_with(|| (state.clone(), state));
        // Read again too: what sounds like an emergency may ask to stop all the same.
        let says_stop = matches!(reply::read(&words.text).stop, Stop::Yes { .. });
        let heard = match stored.meaning {
            Meaning::Start => after.opted_in_as_of(stored.at),
            meaning if meaning == Meaning::Stop || says_stop => {
                after.opted_out(Scope::All, stored.at, "text")
            }
            _ => None,
        };
        *after = heard.unwrap_or_else(|| after.clone());
    }
    let mut changed = 0;
    for (address, (before, after)) in states {
        if before.opt_outs == after.opt_outs {
            continue;
        }
        changed += 1;
        if apply {
            contacts.write(&address, &ContactState { rev: before.rev + 1, ..after }).await?;
        }
    }
    Ok(changed)
}

async fn replies_since(store: &Store, since: Timestamp) -> Result<Vec<StoredReply>, StoreError> {
    let (mut found, mut start) = (Vec::new(), None);
    loop {
        let call = store.client.scan().table_name(store.name()).consistent_read(true);
        let page = Box::pin(call.set_exclusive_start_key(start).send()).await;
        let page = page.map_err(|error| StoreError::from_sdk("reply", &error))?;
        for item in page.items.unwrap_or_default() {
            if key_of(&item).is_some_and(|key| key.sk == "REPLY") {
                let reply: StoredReply = from_item("reply", item)?;
                found.extend((reply.at >= since).then_some(reply));
            }
        }
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(found);
        }
    }
}

fn is_data_key(key: &Key) -> bool {
    key.sk == "KEY"
}

fn rev_of(item: &Item) -> Result<u64, StoreError> {
    Ok(from_item::<Revised>("row", item.clone())?.rev)
}

/// A lease belongs to a run that ended long ago, and what its time to live has passed is deleted late.
fn is_worth_keeping(key: &Key, item: &Item, now: Timestamp) -> bool {
    let ttl = item.get(TTL).and_then(|ttl| ttl.as_n().ok()?.parse::<i64>().ok());
    key.sk != "LEASE" && ttl.is_none_or(|ttl| ttl > now.as_second())
}

/// A row of the outbox in a state that nobody sends from; nothing where it is in one already.
fn closed(key: &Key, item: Item, now: Timestamp) -> Result<Option<Item>, StoreError> {
    match key.sk.split('#').next() {
        Some("MSG") => {
            let message: Message = from_item("message", item)?;
            let next = match message.state {
                State::Pending | State::Deferred => message.moved(State::Expired, None, None, now),
                State::Suppressed if !message.reason.is_some_and(Reason::is_final) => {
                    message.moved(State::Expired, None, None, now)
                }
                State::Claimed => message.lost(now),
                _ => return Ok(None),
            };
            to_item("message", key, &next).map(Some)
        }
        Some("NOTE") => {
            let notice: Notice = from_item("notice", item)?;
            let next = match notice.state {
                State::Pending | State::Deferred => notice.moved(State::Expired, None),
                State::Claimed => notice.moved(State::Unknown, None),
                _ => return Ok(None),
            };
            to_item("notice", key, &next).map(Some)
        }
        _ => Ok(None),
    }
}

/// What holds of an address when two rows of it came about apart: every opt-out, the longer latch, the wish; what staff
/// confirmed as safe only as the live row has it.
fn both(old: &ContactState, live: &ContactState) -> ContactState {
    let mut both = live.clone();
    both.rev = live.rev.max(old.rev) + 1;
    both.latch_until = live.latch_until.max(old.latch_until);
    let missing =
        old.opt_outs.iter().filter(|opt_out| live.opt_outs.iter().all(|one| one.scope != opt_out.scope));
    both.opt_outs.extend(missing.cloned());
    both.flag = live.flag.clone().or_else(|| old.flag.clone());
    both.undeliverable |= old.undeliverable;
    both.reach_at = live.reach_at.max(old.reach_at);
    both.language = live.language.clone().or_else(|| old.language.clone());
    both.survey_at = live.survey_at.max(old.survey_at);
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_783_000_000 + second).unwrap()
    }

    #[test]
    fn of_two_rows_the_more_careful_one_holds() {
        let old =
            ContactState::default().opted_out(Scope::All, at(0), "text").unwrap().latched(at(900)).unwrap();
        let live =
            ContactState { language: Some("es".into()), ..ContactState::default().latched(at(500)).unwrap() };
        let held = both(&old, &live);
        assert_eq!(held.rev, 3, "above both, so that no claim decided on either holds");
        assert_eq!((held.latch_until, held.opt_outs.len()), (Some(at(900)), 1));
        assert_eq!(held.language.as_deref(), Some("es"));
        assert_eq!(both(&live, &old).opt_outs, held.opt_outs);
    }

    #[test]
    fn a_confirmation_of_safety_is_not_brought_back() {
        let safe =
            updates::contact::ConfirmedSafe { channel: updates::Channel::Text, by: "s".into(), until: at(9) };
        let old = ContactState { confirmed_safe: vec![safe], rev: 4, ..ContactState::default() };
        let live = ContactState { rev: 1, ..ContactState::default() };
        assert_eq!(both(&old, &live).confirmed_safe, []);
    }
}
