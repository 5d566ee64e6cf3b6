//! What is known of an address goes once its time is over; its opt-outs are kept for ever.
use records::Class;

use super::{Done, Fate, Keeper, Of};
use crate::contacts::ContactItem;
use crate::error::StoreError;
use crate::keys::Key;
use crate::store::{Item, from_item, to_item};

impl Keeper<'_> {
    pub(super) async fn contact(&mut self, pk: &str, item: &Item) -> Done {
        self.address(pk, item).await.of(Class::Contacts)
    }

    async fn address(&mut self, pk: &str, item: &Item) -> Result<Option<(Class, Fate)>, StoreError> {
        let Some(index) = pk.strip_prefix("ADDR#") else { return Ok(None) };
        let row: ContactItem = from_item("contact", item.clone())?;
        let is_over = row.changed_at.is_some_and(|changed| self.is_over(Class::Contacts, changed));
        let alone = row.state.opt_outs_alone();
        let has_more = updates::ContactState { rev: alone.rev, ..row.state.clone() } != alone;
        if !is_over || !has_more && !alone.opt_outs.is_empty() {
            return Ok(None);
        }
        if self.held.address(index) {
            return Ok(Some((Class::Contacts, Fate::Held)));
        }
        if row.state.is_in_force(self.now) {
            return Ok(Some((Class::Contacts, Fate::Open)));
        }
        let (store, held) = (self.planning.contacts.store(), &self.held.in_force);
        if alone.opt_outs.is_empty() {
            store.remove("contact", item, held).await?;
            return Ok(Some((Class::Contacts, Fate::Removed)));
        }
        let next = ContactItem { state: alone, changed_at: Some(self.now), ..row };
        let next = to_item("contact", &Key::new(pk, "CONTACT"), &next)?;
        store.replace("contact", item, next, held).await?;
        Ok(Some((Class::Contacts, Fate::Emptied)))
    }
}
