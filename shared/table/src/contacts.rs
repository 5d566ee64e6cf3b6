//! Contacts: what is known of each address, under its blind index.
use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem};
use incident::address;
use serde::{Deserialize, Serialize};
use updates::ContactState;

use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::contact;
use crate::schema::{PK, SK};
use crate::store::{Store, rev_condition, s, to_item};

/// The Contacts table with its key ring, which also holds the blind-index key.
#[derive(Clone, Debug)]
pub struct Contacts {
    store: Store,
    ring: KeyRing,
}

/// States by normalised address, and the index of each.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// State of each address; one that was never written has revision 0.
    pub states: BTreeMap<String, ContactState>,
    /// Blind index of each address.
    pub indexes: BTreeMap<String, String>,
}

impl Known {
    /// The language that was asked for from the address with this index.
    pub fn language(&self, index: &str) -> Option<&str> {
        let (address, _) = self.indexes.iter().find(|(_, known)| *known == index)?;
        self.states.get(address)?.language.as_deref()
    }
}

#[derive(Deserialize, Serialize)]
pub(crate) struct ContactItem {
    #[serde(flatten)]
    pub(crate) state: ContactState,
    /// Kept so that it can be indexed anew: losing the index key must not lose a STOP.
    pub(crate) address: String,
}

impl Contacts {
    /// The table behind `store`.
    pub fn new(store: Store, ring: KeyRing) -> Self {
        Self { store, ring }
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

    /// What is known of `addresses`.
    pub async fn known<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a String>,
    ) -> Result<Known, StoreError> {
        let mut known = Known::default();
        for address in addresses {
            let index = self.index(address).await?;
            let item: Option<ContactItem> = self.store.read("contact", &contact(&index)).await?;
            known.states.insert(address.clone(), item.map(|item| item.state).unwrap_or_default());
            known.indexes.insert(address.clone(), index);
        }
        Ok(known)
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

    /// The same as part of a transaction.
    pub async fn put(&self, address: &str, state: &ContactState) -> Result<Put, StoreError> {
        let index = self.index(address).await?;
        let key = contact(&index);
        let address = self.ring.seal(&format!("{}|address", key.pk), address.as_bytes()).await?;
        let (condition, values) = rev_condition(state.rev.saturating_sub(1));
        let item = to_item("contact", &key, &ContactItem { state: state.clone(), address })?;
        let put =
            Put::builder().table_name(self.store.name()).set_item(Some(item)).condition_expression(condition);
        Ok(put
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .expect("table and item are set"))
    }

    /// Condition of a claim: the address is as it was when it was decided.
    pub fn unchanged(&self, index: &str, rev: u64) -> ConditionCheck {
        let (condition, values) = rev_condition(rev);
        let key = contact(index);
        ConditionCheck::builder()
            .table_name(self.store.name())
            .key(PK, s(key.pk))
            .key(SK, s(key.sk))
            .condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .expect("table, key and condition are set")
    }
}
