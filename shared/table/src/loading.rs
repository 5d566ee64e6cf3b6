//! Reads what a plan depends on. First what was written because of the facts, then the facts, last the addresses: whatever
//! somebody else writes in between, no message and no decision is held against facts older than those it came from.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use updates::Subject;

use crate::contacts::Known;
use crate::error::StoreError;
use crate::keys::Key;
use crate::messages::{Decision, Message, State};
use crate::planning::Planning;
use crate::store::Item;

/// A subject with everything its plan depends on.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The facts.
    pub subject: Subject,
    /// Its revision.
    pub rev: u64,
    /// When it is to be looked at by the clock.
    pub due_at: Option<Timestamp>,
    /// Its own safety hash, and that of the linked call: conditions of each claim.
    pub safety: Vec<(String, String)>,
    /// What is known of each address.
    pub known: Known,
    /// Its messages as the plan left them; none before it was planned.
    pub rows: Vec<Message>,
}

impl Loaded {
    /// The message at `key`, where it is to be sent.
    pub fn pending(&self, key: &Key) -> Option<&Message> {
        self.rows.iter().find(|row| row.state == State::Pending && row.key() == *key)
    }
}

/// The messages of a subject and its decisions, oldest first.
pub(crate) type Record = (Vec<Message>, Vec<Decision>);

/// A subject to be planned.
pub(crate) struct Read {
    pub(crate) loaded: Loaded,
    pub(crate) record: Record,
}

impl Planning {
    /// The subject of `key` with its people, linked call and addresses.
    pub async fn load(&self, key: &str) -> Result<Option<Loaded>, StoreError> {
        Ok(Box::pin(self.load_all(&[key.to_owned()])).await?.pop().map(|(_, loaded)| loaded))
    }

    /// The subject of `key` with its people and linked call, for readers who tell nobody anything.
    pub async fn subject(&self, key: &str) -> Result<Option<Subject>, StoreError> {
        match self.incidents.items(&[key.to_owned()]).await?.remove(key) {
            Some(item) => Ok(Some(self.facts(key, item).await?.subject)),
            None => Ok(None),
        }
    }

    /// The subject of `key` with everything that its plan depends on.
    pub(crate) async fn read_anew(&self, key: &str) -> Result<Option<Read>, StoreError> {
        Ok(self.read_together(&[key.to_owned()]).await?.remove(key))
    }

    /// The same for several, by key; what is not stored is not among them. One that cannot be read fails all.
    pub(crate) async fn read_together(&self, keys: &[String]) -> Result<BTreeMap<String, Read>, StoreError> {
        let mut records = BTreeMap::new();
        for key in keys {
            records.insert(key.clone(), self.messages.record(key).await?);
        }
        let loaded = self.load_all(keys).await?.into_iter();
        let read = loaded.map(|(key, loaded)| {
            let record = records.remove(&key).unwrap_or_default();
            (key, Read { loaded, record })
        });
        Ok(read.collect())
    }

    /// The subjects of `keys` that are stored: all facts in one read, all addresses in another.
    async fn load_all(&self, keys: &[String]) -> Result<Vec<(String, Loaded)>, StoreError> {
        let mut all = Vec::new();
        for (key, item) in self.incidents.items(keys).await? {
            let loaded = self.facts(&key, item).await?;
            all.push((key, loaded));
        }
        let addresses = all.iter().flat_map(|(_, loaded)| loaded.subject.addresses());
        let known = self.contacts.known(&addresses.collect::<BTreeSet<_>>()).await?;
        for (_, loaded) in &mut all {
            loaded.known = known.of(&loaded.subject.addresses());
            loaded.known.keep_untold(&loaded.subject);
        }
        Ok(all)
    }

    /// The subject of `key` in its item; nothing is known of its addresses yet.
    async fn facts(&self, key: &str, item: Item) -> Result<Loaded, StoreError> {
        let (subject, rev, due_at, safety) = if let Some(id) = key.strip_prefix("INC#") {
            let stored = self.incidents.incident_in(id, item).await?;
            let safety = vec![(key.to_owned(), stored.safety)];
            (Subject::Incident(Box::new(stored.value)), stored.rev, stored.due_at, safety)
        } else {
            let number = key.strip_prefix("CASE#").unwrap_or(key);
            let stored = self.incidents.case_in(number, item).await?;
            let mut safety = vec![(key.to_owned(), stored.safety)];
            let mut call = None;
            if let Some(id) = stored.value.facts.incident_id()
                && let Some(found) = self.incidents.incident(id).await?
            {
                safety.push((Subject::incident_key(id), found.safety));
                call = Some(Box::new(found.value));
            }
            (Subject::Case(Box::new(stored.value), call), stored.rev, stored.due_at, safety)
        };
        Ok(Loaded { subject, rev, due_at, safety, known: Known::default(), rows: Vec::new() })
    }
}
