//! Officers whose file was deleted: what is left is that nothing recorded up to then is taken again, so that an old post
//! does not bring somebody back into the nightly scores.
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Personnel, officer_pk};
use crate::error::StoreError;
use crate::holds::InForce;
use crate::keys::Key;
use crate::schema::{PK, SK};
use crate::store::{Item, s, to_item};

/// What is left of an officer's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Departed {
    /// Events up to here are not taken; [`Timestamp::MAX`] where the file was erased by order.
    pub until: Timestamp,
    /// When the file was deleted.
    pub deleted_at: Timestamp,
}

pub(crate) fn departed_key(officer_id: &str) -> Key {
    Key::new(officer_pk(officer_id), "DEPARTED")
}

impl Personnel {
    /// What is left of the file of an officer, if it was deleted.
    pub async fn departed(&self, officer_id: &str) -> Result<Option<Departed>, StoreError> {
        self.store.read("departed officer", &departed_key(officer_id)).await
    }

    /// The check that an officer's file was not deleted since `known` was read.
    pub(super) fn still_departed(&self, officer_id: &str, known: Option<&Departed>) -> TransactWriteItem {
        let key = departed_key(officer_id);
        let check =
            ConditionCheck::builder().table_name(self.store.name()).key(PK, s(key.pk)).key(SK, s(key.sk));
        let check = match known {
            Some(departed) => check
                .condition_expression("#until = :until")
                .expression_attribute_names("#until", "until")
                .expression_attribute_values(":until", s(departed.until.to_string())),
            None => check.condition_expression("attribute_not_exists(pk)"),
        };
        TransactWriteItem::builder()
            .condition_check(check.build().expect("table, key and condition are set"))
            .build()
    }

    /// Deletes an officer's file: first it is noted that nothing comes back, then the officer leaves the roster, then the
    /// rows go one by one, the profile last, so that a run that was killed finds the file again. How many rows went.
    pub async fn delete_file(
        &self,
        officer_id: &str,
        departed: Departed,
        held: &InForce,
    ) -> Result<u64, StoreError> {
        let key = departed_key(officer_id);
        let next = to_item("departed officer", &key, &departed)?;
        match self.store.get("departed officer", &key).await? {
            None => self.store.put("departed officer", &key, &departed).await?,
            Some(read) => self.store.replace("departed officer", &read, next, held).await?,
        }
        let mut rows = self.file_of(officer_id).await?;
        rows.sort_by_key(|row| row.get(SK).and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == "PROFILE"));
        let mut removed = 0;
        for row in rows {
            match self.store.remove("officer's file", &row, held).await {
                // Gone already, or just written: the row is looked for again when the file is.
                Err(error) if !error.is_condition() => return Err(error),
                Err(error) if self.has_changed(held).await? => return Err(error),
                Err(_) => {}
                Ok(()) => removed += 1,
            }
        }
        Ok(removed)
    }

    async fn has_changed(&self, held: &InForce) -> Result<bool, StoreError> {
        let now = crate::holds::Holds::new(self.store.clone()).in_force().await?;
        Ok(now.holds != held.holds)
    }

    /// Every row of an officer's file: the place in the roster and the tie of the sign-in first, then the file itself.
    pub async fn file_of(&self, officer_id: &str) -> Result<Vec<Item>, StoreError> {
        let mut rows: Vec<Item> = Vec::new();
        rows.extend(self.store.get("roster", &super::roster::roster_key(officer_id)).await?);
        if let Some(profile) = self.profile(officer_id).await?
            && let Some(key) = profile.tie()
        {
            rows.extend(self.store.get("token subject", &key).await?);
        }
        let file = self.store.query("officer's file", &officer_pk(officer_id), "").await?;
        let is_left =
            |row: &Item| row.get(SK).and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == "DEPARTED");
        rows.extend(file.into_iter().filter(|row| !is_left(row)));
        Ok(rows)
    }
}
