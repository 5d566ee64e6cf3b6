//! Incidents: calls and cases with their people, and the ids of received events.
use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem};
use incident::call::{Facts, Private};
use incident::case::CaseFacts;
use incident::{Case, Incident};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use updates::Subject;

use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::{due_shard, subject};
use crate::packed::Packed;
use crate::received::{Received, Written};
use crate::schema::{PK, SK};
use crate::store::{Item, Store, from_item, n, rev_condition, s, to_item};

/// Largest facts and personal data of a call or case, sealed; a row holds 400 KB with everything else in it.
const LARGEST: usize = 350 * 1024;
/// A received event is looked after by then: its stream record may be lost or late.
pub(crate) const PLAN_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// The Incidents table with its key ring.
#[derive(Clone, Debug)]
pub struct Incidents {
    pub(crate) store: Store,
    pub(crate) ring: KeyRing,
}

/// A subject as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<T> {
    /// The facts.
    pub value: T,
    /// Revision; 0 means that nothing is stored yet.
    pub rev: u64,
    /// Keyed hash of what decides whether someone may be contacted.
    pub safety: String,
    /// When it is looked at by the clock; never later than the clock may change its plan.
    pub due_at: Option<Timestamp>,
}

/// A subject as an event leaves it.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Facts and people.
    pub subject: Subject,
    /// Revision that was read; 0 where it is new.
    pub rev: u64,
    /// When it was to be looked at by the clock.
    pub due_at: Option<Timestamp>,
    /// When the clock alone may next change its plan.
    pub wake: Option<Timestamp>,
    /// Keyed hash of what decides whether someone may be contacted.
    pub safety: String,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct SubjectItem {
    pub(crate) rev: u64,
    /// Packed JSON without personal data.
    pub(crate) facts: Packed,
    /// Sealed packed JSON.
    private: String,
    safety: String,
    /// Set by whoever changes the facts; the stream's filters look for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unplanned: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    /// When something about it was last stored: the days of retention count from here.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) changed_at: Option<Timestamp>,
}

impl Incidents {
    /// The table behind `store`.
    pub fn new(store: Store, ring: KeyRing) -> Self {
        Self { store, ring }
    }

    /// A call with its people.
    pub async fn incident(&self, id: &str) -> Result<Option<Stored<Incident>>, StoreError> {
        match self.store.get("subject", &subject(&Subject::incident_key(id))).await? {
            Some(item) => self.incident_in(id, item).await.map(Some),
            None => Ok(None),
        }
    }

    /// A case with its people.
    pub async fn case(&self, number: &str) -> Result<Option<Stored<Case>>, StoreError> {
        match self.store.get("subject", &subject(&Subject::case_key(number))).await? {
            Some(item) => self.case_in(number, item).await.map(Some),
            None => Ok(None),
        }
    }

    /// The items of several subjects by the subjects' keys, in one read; what is not stored is not among them.
    pub(crate) async fn items(&self, keys: &[String]) -> Result<BTreeMap<String, Item>, StoreError> {
        let places: Vec<_> = keys.iter().map(|key| subject(key)).collect();
        let items = self.store.get_many("subject", &places).await?;
        Ok(items.into_iter().map(|(place, item)| (place.pk, item)).collect())
    }

    /// The call `id` in its item.
    pub(crate) async fn incident_in(&self, id: &str, item: Item) -> Result<Stored<Incident>, StoreError> {
        let (stored, private) = self.open::<Facts>(&Subject::incident_key(id), item).await?;
        Ok(stored.map(|facts| Incident { id: id.into(), facts, private }))
    }

    /// The case `number` in its item.
    pub(crate) async fn case_in(&self, number: &str, item: Item) -> Result<Stored<Case>, StoreError> {
        let (stored, private) = self.open::<CaseFacts>(&Subject::case_key(number), item).await?;
        Ok(stored.map(|facts| Case { number: number.into(), facts, private }))
    }

    async fn open<T: DeserializeOwned>(
        &self,
        key: &str,
        item: Item,
    ) -> Result<(Stored<T>, Private), StoreError> {
        let item: SubjectItem = from_item("subject", item)?;
        let private = self.ring.open_json(&place(key), &item.private).await?;
        Ok((stored(&item)?, private))
    }

    /// Stores an event's effect in one transaction: the event's id, the subjects it changes, and `with` (latches).
    /// `Condition` means that somebody else wrote first: read and merge again.
    ///
    /// One index entry an event, and none moved without need, since each costs a write unit: the event's own row is
    /// what the sweep finds in case the stream loses the record. Only where the clock has to look earlier than it would,
    /// the subject's own entry moves, and then it serves for both.
    pub async fn store_event(
        &self,
        event: &Received<'_>,
        changed: &[Changed],
        with: Vec<Put>,
    ) -> Result<Written, StoreError> {
        #[cfg(feature = "mutants")]
        if startup::mutant::is(startup::mutant::Mutant::StaleDeduplication)
            && let Some(known) = event.repetition(&self.store.eventually()).await?
        {
            return Ok(known);
        }
        let soon = event.at + PLAN_WITHIN;
        let mut watched = None;
        let mut writes = Vec::new();
        for one in changed {
            let key = one.subject.key();
            let due_at = match (one.due_at, one.wake) {
                (Some(due), Some(wake)) if wake < due => Some(wake.min(soon)),
                (due, wake) => {
                    watched.get_or_insert((key.clone(), soon));
                    due.or(wake)
                }
            };
            let item = self.subject_item(one, due_at, event.at, true).await?;
            let condition = rev_condition(one.rev);
            #[cfg(feature = "mutants")]
            let condition = if startup::mutant::is(startup::mutant::Mutant::ClockWins) {
                ("attribute_not_exists(nothing)", Item::new())
            } else {
                condition
            };
            writes.push(put(&self.store, item, condition));
        }
        writes.push(event.put(&self.store, watched.as_ref().map(|(key, at)| (key.as_str(), *at)))?);
        writes.extend(with);
        let writes = writes.into_iter().map(|put| TransactWriteItem::builder().put(put).build()).collect();
        match self.store.transact("event", writes).await {
            Ok(()) => Ok(Written::Stored),
            Err(error) if error.is_condition() => event.repetition(&self.store).await?.ok_or(error),
            Err(error) => Err(error),
        }
    }

    /// `unplanned`: whether the streams are to carry it to whoever plans and counts.
    pub(crate) async fn subject_item(
        &self,
        changed: &Changed,
        due_at: Option<Timestamp>,
        changed_at: Timestamp,
        unplanned: bool,
    ) -> Result<Item, StoreError> {
        let key = changed.subject.key();
        let (facts, private) = match &changed.subject {
            Subject::Incident(incident) => (Packed::new("subject", &incident.facts), &incident.private),
            Subject::Case(case, _) => (Packed::new("subject", &case.facts), &case.private),
        };
        let next = changed.rev + 1;
        let (facts, private) = (facts?, self.ring.seal_json(&place(&key), private).await?);
        if facts.len() + private.len() > LARGEST {
            return Err(StoreError::Full { what: "subject" });
        }
        let item = SubjectItem {
            rev: next,
            facts,
            private,
            safety: changed.safety.clone(),
            unplanned: unplanned.then_some(next),
            due_shard: due_at.map(|_| due_shard(&key)),
            due_at,
            changed_at: Some(changed_at),
        };
        to_item("subject", &subject(&key), &item)
    }

    /// Notes when revision `rev` is to be looked at again. A newer revision keeps its own time.
    pub async fn look_again(&self, key: &str, rev: u64, wake: Option<Timestamp>) -> Result<(), StoreError> {
        let place = subject(key);
        let call = self.store.client.update_item().table_name(self.store.name());
        let call = call.key(PK, s(place.pk)).key(SK, s(place.sk)).condition_expression("rev = :rev");
        let call = call.expression_attribute_values(":rev", n(rev));
        let call = match wake {
            Some(wake) => call
                .update_expression("SET due_at = :wake, due_shard = :shard REMOVE unplanned")
                .expression_attribute_values(":wake", s(wake.to_string()))
                .expression_attribute_values(":shard", s(due_shard(key))),
            None => call.update_expression("REMOVE unplanned, due_at, due_shard"),
        };
        match self.store.update("next look", call).await {
            Err(error) if !error.is_condition() => Err(error),
            _ => Ok(()),
        }
    }

    /// Lets held news of a case go at `at`, without opening anything sealed. `false` where the case is unknown;
    /// `Condition` means that somebody else wrote first: try again.
    pub async fn release(&self, number: &str, at: Timestamp) -> Result<bool, StoreError> {
        let place = subject(&Subject::case_key(number));
        let Some(item) = self.store.read::<SubjectItem>("subject", &place).await? else { return Ok(false) };
        let mut facts: CaseFacts = read_facts(&item)?;
        facts.release(at);
        let facts = serde_dynamo::to_attribute_value(Packed::new("subject", &facts)?)
            .map_err(|error| StoreError::malformed("subject", error))?;
        let call = self.store.client.update_item().table_name(self.store.name());
        let shard = due_shard(&place.pk);
        let call = call.key(PK, s(place.pk)).key(SK, s(place.sk)).condition_expression("rev = :rev");
        let call = call
            .update_expression(
                "SET facts = :facts, rev = :next, unplanned = :next, due_at = :due, due_shard = :shard, changed_at = :at",
            )
            .expression_attribute_values(":at", s(at.to_string()))
            .expression_attribute_values(":rev", n(item.rev))
            .expression_attribute_values(":next", n(item.rev + 1))
            .expression_attribute_values(":facts", facts)
            .expression_attribute_values(":due", s((at + PLAN_WITHIN).to_string()))
            .expression_attribute_values(":shard", s(shard));
        Box::pin(call.send()).await.map_err(|error| StoreError::from_sdk("release", &error))?;
        Ok(true)
    }

    /// Forgets a subject.
    #[cfg(feature = "mutants")]
    pub async fn forget(&self, key: &str) -> Result<(), StoreError> {
        self.store.delete("subject", &subject(key)).await
    }

    /// The store itself, for what is kept beside the subjects.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Keys of subjects to be planned at or before `now`.
    pub async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<String>, StoreError> {
        let keys = self.store.due(&now.to_string(), limit).await?;
        Ok(keys.into_iter().map(|key| key.pk).collect())
    }

    /// Condition of a claim: nothing has changed that decides whether someone may be contacted.
    pub fn unchanged(&self, key: &str, safety: &str) -> ConditionCheck {
        let place = subject(key);
        ConditionCheck::builder()
            .table_name(self.store.name())
            .key(PK, s(place.pk))
            .key(SK, s(place.sk))
            .condition_expression("safety = :safety")
            .expression_attribute_values(":safety", s(safety))
            .build()
            .expect("table, key and condition are set")
    }

    /// Keeps a rejected event, sealed, for fourteen days.
    pub async fn quarantine(&self, event: &Received<'_>, code: &str, body: &[u8]) -> Result<(), StoreError> {
        event.quarantine(&self.store, &self.ring, code, body).await
    }
}

impl<T> Stored<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Stored<U> {
        Stored { value: change(self.value), rev: self.rev, safety: self.safety, due_at: self.due_at }
    }
}

pub(crate) fn stored<T: DeserializeOwned>(item: &SubjectItem) -> Result<Stored<T>, StoreError> {
    let SubjectItem { rev, safety, due_at, .. } = item;
    Ok(Stored { value: read_facts(item)?, rev: *rev, safety: safety.clone(), due_at: *due_at })
}

pub(crate) fn read_facts<T: DeserializeOwned>(item: &SubjectItem) -> Result<T, StoreError> {
    item.facts.read("subject")
}

fn place(key: &str) -> String {
    format!("{key}|private")
}

pub(crate) fn put(store: &Store, item: Item, (condition, values): (&str, Item)) -> Put {
    Put::builder()
        .table_name(store.name())
        .set_item(Some(item))
        .condition_expression(condition)
        .set_expression_attribute_values((!values.is_empty()).then_some(values))
        .build()
        .expect("table and item are set")
}
