//! Contacts: what is known of each address, under its blind index.
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem};
use incident::{Contact, address};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use updates::contact::Flag;
use updates::{ContactState, Subject};

use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::{Key, contact};
use crate::schema::{PK, SK};
use crate::store::{Store, rev_condition, s, to_item};

/// The Contacts table with its key ring, which also holds the blind-index key.
#[derive(Clone, Debug)]
pub struct Contacts {
    store: Store,
    ring: KeyRing,
}

/// States by normalised address, and the index of each.
#[derive(Clone, Default)]
pub struct Known {
    /// State of each address; one that was never written has revision 0.
    pub states: BTreeMap<String, ContactState>,
    /// Blind index of each address: the recipient of its messages, which stays when the key of Contacts is rotated.
    pub indexes: BTreeMap<String, String>,
    /// Every place where each address may stand in Contacts, and the revision there.
    places: BTreeMap<String, Vec<(Key, u64)>>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known([private])")
    }
}

impl Known {
    /// What is known of `addresses` alone.
    pub(crate) fn of(&self, addresses: &BTreeSet<String>) -> Self {
        fn some<T: Clone>(all: &BTreeMap<String, T>, addresses: &BTreeSet<String>) -> BTreeMap<String, T> {
            let one = |address: &String| Some((address.clone(), all.get(address)?.clone()));
            addresses.iter().filter_map(one).collect()
        }
        Self {
            states: some(&self.states, addresses),
            indexes: some(&self.indexes, addresses),
            places: some(&self.places, addresses),
        }
    }

    /// The language that was asked for from the address with this index.
    pub fn language(&self, index: &str) -> Option<&str> {
        let (address, _) = self.indexes.iter().find(|(_, known)| *known == index)?;
        self.states.get(address)?.language.as_deref()
    }
}

impl Known {
    /// Whoever was a suspect, a minor or said never in what was deleted of `subject` is told nothing at that address.
    pub(crate) fn keep_untold(&mut self, subject: &Subject) {
        let call = match subject {
            Subject::Case(_, Some(call)) => Some(&call.private.never_told),
            _ => None,
        };
        let never: Vec<&String> =
            subject.private().never_told.iter().chain(call.into_iter().flatten()).collect();
        let indexes = self.indexes.iter().filter(|(_, index)| never.contains(index));
        for (address, _) in indexes {
            if let Some(state) = self.states.get_mut(address) {
                state.flag = Some(Flag { wish: Contact::Never, until: Timestamp::MAX });
            }
        }
    }
}

/// Where an address may stand, first the place for what is new, and what stands there.
type Places = Vec<(Key, Option<ContactState>)>;

/// An address as stored.
#[derive(Deserialize, Serialize)]
pub(crate) struct ContactItem {
    #[serde(flatten)]
    pub(crate) state: ContactState,
    /// Kept so that it can be indexed anew: losing the index key must not lose a STOP. None where the person was erased
    /// by order: then the index alone holds the opt-out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) address: Option<String>,
    /// When it was last written: the days of retention count from here.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) changed_at: Option<Timestamp>,
}

impl Contacts {
    /// The table behind `store`.
    pub fn new(store: Store, ring: KeyRing) -> Self {
        Self { store, ring }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// The blind index of a normalised address.
    pub async fn index(&self, address: &str) -> Result<String, StoreError> {
        Ok(self.ring.index_key().await?.index(address))
    }

    /// A keyed hash of a canonical text, e.g. of what decides whether someone may be contacted.
    pub async fn keyed_hash(&self, text: &str) -> Result<String, StoreError> {
        self.index(text).await
    }

    /// What is known of `addresses`, wherever it stands: under each version of the index key.
    pub async fn known<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a String>,
    ) -> Result<Known, StoreError> {
        let mut known = Known::default();
        for (address, places) in self.places_of(addresses.into_iter().map(String::as_str)).await? {
            known.states.insert(address.clone(), joined(&places));
            let revs =
                places.iter().map(|(key, found)| (key.clone(), found.as_ref().map_or(0, |state| state.rev)));
            known.places.insert(address.clone(), revs.collect());
            known.indexes.insert(address.clone(), self.index(&address).await?);
        }
        Ok(known)
    }

    /// Every place where an address may stand.
    async fn places(&self, address: &str) -> Result<Places, StoreError> {
        Ok(self.places_of([address]).await?.remove(address).unwrap_or_default())
    }

    /// The same for several addresses, in one read.
    async fn places_of<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a str>,
    ) -> Result<BTreeMap<String, Places>, StoreError> {
        let mut keys: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for address in addresses {
            let standing = self.ring.contact_keys().await?;
            let standing = standing.iter().map(|key| contact(&key.index(address)));
            keys.insert(address.to_owned(), standing.collect());
        }
        let all: Vec<Key> = keys.values().flatten().cloned().collect();
        let found: BTreeMap<Key, ContactItem> = self.store.read_many("contact", &all).await?;
        let place = |key: Key| {
            let state = found.get(&key).map(|item| item.state.clone());
            (key, state)
        };
        let places = |keys: Vec<Key>| keys.into_iter().map(place).collect();
        Ok(keys.into_iter().map(|(address, keys)| (address, places(keys))).collect())
    }

    /// What is known of one address as a person would write it; `None` where it is no address.
    pub async fn find(&self, text: &str) -> Result<Option<(String, ContactState)>, StoreError> {
        let normalised = if text.contains('@') { address::email(text) } else { address::phone(text) };
        let Ok(address) = normalised else { return Ok(None) };
        let state = self.known([&address]).await?.states.remove(&address).unwrap_or_default();
        Ok(Some((address, state)))
    }

    /// Writes `state`, whose revision must be one above what is stored.
    pub async fn write(&self, address: &str, state: &ContactState) -> Result<(), StoreError> {
        let put = self.put(address, state).await?;
        self.store.transact("contact", vec![TransactWriteItem::builder().put(put).build()]).await
    }

    /// Writes several states in one transaction.
    pub(crate) async fn write_all(&self, puts: Vec<Put>) -> Result<(), StoreError> {
        let writes = puts.into_iter().map(|put| TransactWriteItem::builder().put(put).build());
        self.store.transact("contacts", writes.collect()).await
    }

    /// The same as part of a transaction.
    pub async fn put(&self, address: &str, state: &ContactState) -> Result<Put, StoreError> {
        let keys = self.ring.contact_keys().await?;
        // Where it stands, it stays, until the rotation moves it.
        let place = if let [only] = keys.as_slice() {
            contact(&only.index(address))
        } else {
            let places = self.places(address).await?;
            let standing = places.iter().position(|(_, found)| found.is_some()).unwrap_or(0);
            places[standing].0.clone()
        };
        self.put_at(&place, address, state).await
    }

    /// Writes `state` at `key`; its revision must be one above what is stored there.
    pub(crate) async fn put_at(
        &self,
        key: &Key,
        address: &str,
        state: &ContactState,
    ) -> Result<Put, StoreError> {
        let address = self.ring.seal(&format!("{}|address", key.pk), address.as_bytes()).await?;
        let (condition, values) = rev_condition(state.rev.saturating_sub(1));
        let changed_at = Some(self.ring.now());
        let item = ContactItem { state: state.clone(), address: Some(address), changed_at };
        let item = to_item("contact", key, &item)?;
        let put =
            Put::builder().table_name(self.store.name()).set_item(Some(item)).condition_expression(condition);
        Ok(put
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .expect("table and item are set"))
    }

    /// Conditions of a claim: the address is as it was when it was decided, in every place where it may stand.
    pub fn unchanged(&self, known: &Known, address: &str) -> Vec<ConditionCheck> {
        let places = known.places.get(address).into_iter().flatten();
        places.map(|(key, rev)| self.stands_at(key, *rev)).collect()
    }

    /// The same without the place where the address stands, or would: for a transaction that writes there.
    pub(crate) fn unchanged_elsewhere(&self, known: &Known, address: &str) -> Vec<ConditionCheck> {
        let places = known.places.get(address).map(Vec::as_slice).unwrap_or_default();
        let standing = places.iter().position(|(_, rev)| *rev > 0).unwrap_or(0);
        let others = places.iter().enumerate().filter(|(place, _)| *place != standing);
        others.map(|(_, (key, rev))| self.stands_at(key, *rev)).collect()
    }

    /// Condition that revision `rev` stands at `key`, or nothing for 0.
    pub(crate) fn stands_at(&self, key: &Key, rev: u64) -> ConditionCheck {
        let (condition, values) = rev_condition(rev);
        ConditionCheck::builder()
            .table_name(self.store.name())
            .key(PK, s(&key.pk))
            .key(SK, s(&key.sk))
            .condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .expect("table, key and condition are set")
    }
}

/// One state of what stands in several places; the revision is that of the first, where it is written again.
fn joined(places: &[(Key, Option<ContactState>)]) -> ContactState {
    let mut found = places.iter().filter_map(|(_, state)| state.as_ref());
    let Some(first) = found.next() else { return ContactState::default() };
    found.fold(first.clone(), |joined, other| joined.joined(other))
}
