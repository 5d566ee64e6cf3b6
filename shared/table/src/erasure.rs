//! Erasure by order: a person, a call, a case, an officer. The subject goes first, so that nothing more is sent and nothing
//! posted again is taken; then the rows about it, one conditional write each, so that a command that was killed is simply
//! given again.
use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use updates::Subject;

use crate::contacts::ContactItem;
use crate::error::StoreError;
use crate::holds::InForce;
use crate::incidents::Changed;
use crate::keys::Key;
use crate::messages::{Message, Messages, State};
use crate::notices::Notice;
use crate::personnel::Personnel;
use crate::planning::{Loaded, Planning};
use crate::replies::StoredReply;
use crate::retention::Part;
use crate::schema::SK;
use crate::store::{Item, from_item, key_of, to_item};

/// What erasing a row comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Erasing {
    /// Nothing of it is left to erase.
    Done,
    /// The personal data goes, the key stays.
    Empty,
    /// The whole row goes.
    Remove,
    /// It is being sent at this moment: in a minute it can go.
    Busy,
}

/// The record of an erasure: by whose order, why, how far. It names nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its id.
    pub id: String,
    /// `person`, `incident`, `case` or `officer`.
    pub scope: String,
    /// Number of the call or case, id of the officer, blind indexes of the person's addresses.
    pub about: BTreeSet<String>,
    /// Who gave the order to the command.
    pub by: String,
    /// Why, e.g. the number of the court order.
    pub reason: String,
    /// When it began.
    pub at: Timestamp,
    /// When it was complete; none while something is left.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub complete_at: Option<Timestamp>,
}

// What it is about may be blind indexes, the reason is anybody's words.
impl std::fmt::Debug for Erasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Erasure");
        shown.field("id", &self.id).field("scope", &self.scope).field("at", &self.at);
        shown.field("complete_at", &self.complete_at).finish_non_exhaustive()
    }
}

fn erasure_key(id: &str) -> Key {
    Key::new("ERASURE", id)
}

impl Messages {
    /// Writes the record of an erasure.
    pub async fn note_erasure(&self, erasure: &Erasure) -> Result<(), StoreError> {
        self.store().put("erasure", &erasure_key(&erasure.id), erasure).await
    }

    /// Every erasure, in the order of ids.
    pub async fn erasures(&self) -> Result<Vec<Erasure>, StoreError> {
        let items = self.store().query("erasure", "ERASURE", "").await?;
        items.into_iter().map(|item| from_item("erasure", item)).collect()
    }
}

impl Planning {
    /// Erases a call or a case; false where nothing is left to erase. The streams carry it: what waits is called off, and
    /// the crime log forgets.
    pub async fn expunge(&self, key: &str, now: Timestamp, held: &InForce) -> Result<bool, StoreError> {
        self.change(key, now, held, |subject| match subject {
            Subject::Incident(call) => call.expunge(),
            Subject::Case(case, _) => case.expunge(),
        })
        .await
    }

    /// Erases people of a call or a case by their ids; false where nothing is left of them.
    pub async fn erase_people(
        &self,
        key: &str,
        people: &BTreeSet<String>,
        now: Timestamp,
        held: &InForce,
    ) -> Result<bool, StoreError> {
        self.change(key, now, held, |subject| {
            let private = match subject {
                Subject::Incident(call) => &mut call.private,
                Subject::Case(case, _) => &mut case.private,
            };
            let present: Vec<&String> = people.iter().filter(|id| private.people.contains_key(*id)).collect();
            for id in present {
                private.erase(id);
            }
        })
        .await
    }

    /// Takes the people of the erased call `gone` out of the call `survivor`, in which it went on.
    pub async fn expunge_merged(
        &self,
        survivor: &str,
        gone: &str,
        now: Timestamp,
        held: &InForce,
    ) -> Result<bool, StoreError> {
        let Some(Loaded { subject: Subject::Incident(gone), .. }) = self.load(gone).await? else {
            return Ok(false);
        };
        self.change(survivor, now, held, |subject| {
            if let Subject::Incident(call) = subject {
                call.absorb(&gone);
            }
        })
        .await
    }

    async fn change(
        &self,
        key: &str,
        now: Timestamp,
        held: &InForce,
        change: impl FnOnce(&mut Subject),
    ) -> Result<bool, StoreError> {
        let incidents = &self.incidents;
        let Some(read) = incidents.store().get("subject", &crate::keys::subject(key)).await? else {
            return Ok(false);
        };
        let Some(Loaded { mut subject, rev, due_at, .. }) = self.load(key).await? else { return Ok(false) };
        let before = subject.clone();
        change(&mut subject);
        if subject == before {
            return Ok(false);
        }
        let safety = match &subject {
            Subject::Incident(call) => call.safety_text(),
            Subject::Case(case, _) => case.safety_text(),
        };
        let safety = self.contacts.keyed_hash(&safety).await?;
        let changed = Changed { subject, rev, due_at, wake: None, safety };
        let next = incidents.subject_item(&changed, due_at, now, true).await?;
        incidents.store().replace("subject", &read, next, held).await?;
        Ok(true)
    }

    /// What erasing a row would come to: `whole` rows go with the call or case they are about, others keep their key.
    pub fn erasing(item: &Item, whole: bool) -> Result<Erasing, StoreError> {
        let Some(Key { pk, sk }) = key_of(item) else { return Ok(Erasing::Done) };
        let emptied = |is_empty: bool| if is_empty { Erasing::Done } else { Erasing::Empty };
        Ok(match sk.split('#').next().unwrap_or_default() {
            "MSG" => {
                let message: Message = from_item("message", item.clone())?;
                match (message.state, whole) {
                    (State::Claimed, _) => Erasing::Busy,
                    (_, true) => Erasing::Remove,
                    _ => emptied(message.emptied_at.is_some()),
                }
            }
            "NOTE" => {
                let notice: Notice = from_item("notice", item.clone())?;
                match (notice.state, whole) {
                    (State::Claimed, _) => Erasing::Busy,
                    (_, true) => Erasing::Remove,
                    _ => emptied(notice.address.is_none() && notice.letter.is_none()),
                }
            }
            "REPLY" if pk.starts_with("REPLY#") && !whole => {
                emptied(from_item::<StoredReply>("reply", item.clone())?.sealed.is_none())
            }
            "CONTACT" => {
                let row: ContactItem = from_item("contact", item.clone())?;
                if row.state.opt_outs.is_empty() { Erasing::Remove } else { emptied(row.address.is_none()) }
            }
            "TALK" => Erasing::Remove,
            _ if whole => Erasing::Remove,
            _ => Erasing::Done,
        })
    }

    /// Erases one row of Messages or Contacts.
    pub async fn erase_row(
        &self,
        part: Part,
        item: &Item,
        whole: bool,
        now: Timestamp,
        held: &InForce,
    ) -> Result<Erasing, StoreError> {
        let store = match part {
            Part::Contacts => self.contacts.store(),
            _ => self.messages.store(),
        };
        let erasing = Self::erasing(item, whole)?;
        match erasing {
            Erasing::Done | Erasing::Busy => {}
            Erasing::Remove => store.remove("erased row", item, held).await?,
            Erasing::Empty => store.replace("erased row", item, emptied(item, now)?, held).await?,
        }
        Ok(erasing)
    }
}

fn emptied(item: &Item, now: Timestamp) -> Result<Item, StoreError> {
    let key = key_of(item).ok_or_else(|| StoreError::malformed("row", "it has no key"))?;
    match key.sk.split('#').next().unwrap_or_default() {
        "MSG" => to_item("message", &key, &from_item::<Message>("message", item.clone())?.emptied(now)),
        "NOTE" => to_item("notice", &key, &from_item::<Notice>("notice", item.clone())?.emptied()),
        "CONTACT" => {
            let row: ContactItem = from_item("contact", item.clone())?;
            let next =
                ContactItem { state: row.state.opt_outs_alone(), address: None, changed_at: Some(now) };
            to_item("contact", &key, &next)
        }
        _ => to_item("reply", &key, &from_item::<StoredReply>("reply", item.clone())?.emptied(now)),
    }
}

impl Personnel {
    /// Takes an officer out of the lists of a nightly run; false where the officer is not in them.
    pub async fn erase_from_run(
        &self,
        item: &Item,
        officer_id: &str,
        held: &InForce,
    ) -> Result<bool, StoreError> {
        let mut next = item.clone();
        for value in next.values_mut() {
            match value {
                AttributeValue::M(fields) => drop(fields.remove(officer_id)),
                AttributeValue::L(values) => {
                    values.retain(|value| value.as_s().is_ok_and(|id| id != officer_id) || !value.is_s());
                }
                AttributeValue::Ss(values) => values.retain(|id| id != officer_id),
                _ => {}
            }
        }
        if next == *item {
            return Ok(false);
        }
        self.store().replace("run", item, next, held).await?;
        Ok(true)
    }

    /// Removes the place of an event, once its officer's file is erased.
    pub async fn erase_place(&self, item: &Item, held: &InForce) -> Result<(), StoreError> {
        debug_assert!(item.get(SK).is_some(), "a row has a key");
        self.store().remove("place of an event", item, held).await
    }
}
