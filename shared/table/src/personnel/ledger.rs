//! One transaction per posted event: its id, a revision in the ledger of the officer concerned, and whatever the
//! event changes besides. Revisions are never overwritten; their sort key is the time they were recorded.
use eis::event::{About, Event, EventReported, Identity};
use eis::ledger::Revision;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Personnel, officer_pk, sortable};
use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::Key;
use crate::received::{Received, Written};
use crate::schema::{PK, SK};
use crate::store::{Item, from_item, rev_condition, s};
use aws_sdk_dynamodb::types::TransactWriteItem;

/// How often a write that met another one is decided anew.
const ROUNDS: u32 = 8;
/// Most revisions that wait for one report: all of them go to the ledger in the transaction that brings it.
const MOST_WAITING: usize = 50;
/// Prefix of ledger rows.
const LOG: &str = "LOG#";

/// The officer whom an event names; a finding names an event.
fn officer_of(event: &Event) -> Option<&str> {
    match (event, event.about()) {
        (Event::EventReported(report), _) => Some(&report.officer_id),
        (_, About::Officer(id)) => Some(id),
        (_, About::Event(_)) => None,
    }
}

/// Where a reported event belongs, and revisions that came before its report did.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Place {
    rev: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    officer_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<Revision>,
}

fn place_key(event_id: &str) -> Key {
    Key::new(format!("PEV#{event_id}"), "PLACE")
}

fn log_key(officer_id: &str, revision: &Revision) -> Key {
    let recorded = sortable(revision.recorded_at);
    Key::new(officer_pk(officer_id), format!("{LOG}{recorded}#{}#{}", revision.source, revision.id))
}

impl Personnel {
    /// Records one event. An error is transient, and nothing of the event is then visible. What happened before an officer's
    /// file was deleted is taken and changes nothing.
    pub async fn record(
        &self,
        ring: &KeyRing,
        event: &Received<'_>,
        timestamp: Timestamp,
        data: &Event,
        identity: &Identity,
    ) -> Result<Written, StoreError> {
        let revision = Revision {
            source: event.source.into(),
            id: event.id.into(),
            timestamp,
            recorded_at: event.at,
            event: data.clone(),
        };
        let mut round = 0;
        loop {
            let mut writes = vec![TransactWriteItem::builder().put(event.put(&self.store, None)?).build()];
            if let Some(officer_id) = officer_of(data) {
                let departed = self.departed(officer_id).await?;
                if departed.is_some_and(|departed| timestamp <= departed.until) {
                    return Ok(Written::Stored);
                }
                writes.push(self.still_departed(officer_id, departed.as_ref()));
            }
            writes.extend(self.ledger_writes(&revision).await?);
            if let Event::OfficerUpserted(post) = data {
                writes.extend(self.roster_writes(ring, timestamp, post, identity).await?);
            }
            match Box::pin(self.store.transact("personnel event", writes)).await {
                Ok(()) => return Ok(Written::Stored),
                Err(error) if !error.is_condition() => return Err(error),
                Err(error) => {
                    if let Some(written) = event.repetition(&self.store).await? {
                        return Ok(written);
                    }
                    round += 1;
                    if round == ROUNDS {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// The revision itself, in the ledger of each officer it concerns.
    async fn ledger_writes(&self, revision: &Revision) -> Result<Vec<TransactWriteItem>, StoreError> {
        match (&revision.event, revision.event.about()) {
            (Event::EventReported(report), _) => self.report_writes(revision, report).await,
            (_, About::Officer(id)) => {
                let mut writes = vec![self.log_write(id, revision)?];
                writes.extend(self.listing(id, &revision.event).await?);
                Ok(writes)
            }
            (_, About::Event(id)) => self.follow_up_writes(id, revision).await,
        }
    }

    fn log_write(&self, officer_id: &str, revision: &Revision) -> Result<TransactWriteItem, StoreError> {
        self.put("revision", &log_key(officer_id, revision), revision, None)
    }

    fn place_write(&self, event_id: &str, place: &Place) -> Result<TransactWriteItem, StoreError> {
        let next = Place { rev: place.rev + 1, ..place.clone() };
        self.put("place of an event", &place_key(event_id), &next, Some(rev_condition(place.rev)))
    }

    /// A report goes to its officer, with whatever waited for it; a corrected one also to the officer it leaves.
    async fn report_writes(
        &self,
        revision: &Revision,
        report: &EventReported,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let key = place_key(&report.event_id);
        let mut place: Place = self.store.read("place of an event", &key).await?.unwrap_or_default();
        let mut writes = vec![self.log_write(&report.officer_id, revision)?];
        writes.extend(self.listing(&report.officer_id, &revision.event).await?);
        if let Some(former) = place.officer_id.as_ref().filter(|former| **former != report.officer_id) {
            writes.push(self.log_write(former, revision)?);
        }
        for waiting in std::mem::take(&mut place.waiting) {
            // One that came with the report's own id in the same instant: this transaction fails by the id, which the service
            // only gets to say where no two writes of it are about one row.
            if log_key(&report.officer_id, &waiting) != log_key(&report.officer_id, revision) {
                writes.push(self.log_write(&report.officer_id, &waiting)?);
            }
        }
        place.officer_id = Some(report.officer_id.clone());
        writes.push(self.place_write(&report.event_id, &place)?);
        Ok(writes)
    }

    /// A finding or a voiding goes where the report is; before the report it waits at the event's place.
    async fn follow_up_writes(
        &self,
        event_id: &str,
        revision: &Revision,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let key = place_key(event_id);
        let mut place: Place = self.store.read("place of an event", &key).await?.unwrap_or_default();
        let mut writes = Vec::new();
        if let Some(officer_id) = &place.officer_id {
            writes.push(self.log_write(officer_id, revision)?);
        } else {
            if place.waiting.len() == MOST_WAITING {
                return Err(StoreError::Full { what: "place of an event" });
            }
            place.waiting.push(revision.clone());
        }
        writes.push(self.place_write(event_id, &place)?);
        Ok(writes)
    }

    /// An officer's revisions recorded at or before `watermark`, in the order they were recorded.
    pub async fn revisions(
        &self,
        officer_id: &str,
        watermark: Timestamp,
    ) -> Result<Vec<Revision>, StoreError> {
        // Nothing sorts between a time's rows and this bound: keys go on with `#`.
        let until = format!("{LOG}{}$", sortable(watermark));
        let items = self.between("revision", &officer_pk(officer_id), LOG, &until).await?;
        items.into_iter().map(|item| from_item("revision", item)).collect()
    }

    /// Items of partition `pk` with a sort key from `from` to `to`, in order.
    pub(super) async fn between(
        &self,
        what: &'static str,
        pk: &str,
        from: &str,
        to: &str,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let call = self.store.client.query().table_name(self.store.name()).consistent_read(true);
            let call = call
                .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":pk", s(pk))
                .expression_attribute_values(":from", s(from))
                .expression_attribute_values(":to", s(to));
            let page = Box::pin(call.set_exclusive_start_key(start).send()).await;
            let page = page.map_err(|error| StoreError::from_sdk(what, &error))?;
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }

    /// Keeps a rejected event, sealed, for fourteen days.
    pub async fn quarantine(
        &self,
        ring: &KeyRing,
        event: &Received<'_>,
        code: &str,
        body: &[u8],
    ) -> Result<(), StoreError> {
        event.quarantine(&self.store, ring, code, body).await
    }
}
