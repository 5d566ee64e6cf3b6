//! A table from one end to the other, a slice at a time: what looks after every row, slowly, and can go on tomorrow where
//! it stopped today. An index by age would cost every event a write; a slice a night costs a read.
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::keys::Key;
use crate::messages::Messages;
use crate::schema::{PK, SK};
use crate::store::{Item, Store, key_of, s};

/// Some rows, and the last key if there are more behind it.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// The rows.
    pub items: Vec<Item>,
    /// Where to go on.
    pub last: Option<Key>,
}

/// How far a pass over a table has come.
#[derive(Deserialize, Serialize)]
struct Cursor {
    last_pk: String,
    last_sk: String,
}

impl Store {
    /// The next rows behind `after`, at most `limit`. `consistent`: nothing written before this call is missed.
    pub async fn slice(
        &self,
        after: Option<&Key>,
        limit: i32,
        consistent: bool,
    ) -> Result<Slice, StoreError> {
        let start = after.map(|key| Item::from([(PK.into(), s(&key.pk)), (SK.into(), s(&key.sk))]));
        let call = self.client.scan().table_name(self.name()).limit(limit).consistent_read(consistent);
        let page = Box::pin(call.set_exclusive_start_key(start).send()).await;
        let page = page.map_err(|error| StoreError::from_sdk("slice of a table", &error))?;
        let last = page.last_evaluated_key.as_ref().and_then(key_of);
        Ok(Slice { items: page.items.unwrap_or_default(), last })
    }

    /// Every row, read consistently.
    pub async fn all(&self) -> Result<Vec<Item>, StoreError> {
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let slice = self.slice(after.as_ref(), 1_000, true).await?;
            items.extend(slice.items);
            after = slice.last;
            if after.is_none() {
                return Ok(items);
            }
        }
    }
}

fn cursor_key(pass: &str) -> Key {
    Key::new("PASS", pass)
}

impl Messages {
    /// Where the pass called `pass` goes on; none: at the beginning.
    pub async fn pass_at(&self, pass: &str) -> Result<Option<Key>, StoreError> {
        let cursor: Option<Cursor> = self.store().read("pass", &cursor_key(pass)).await?;
        Ok(cursor.map(|cursor| Key::new(cursor.last_pk, cursor.last_sk)))
    }

    /// Notes that everything up to `last` was looked after; none: all of it.
    pub async fn note_pass(&self, pass: &str, last: Option<&Key>) -> Result<(), StoreError> {
        match last {
            Some(key) => {
                let cursor = Cursor { last_pk: key.pk.clone(), last_sk: key.sk.clone() };
                self.store().put("pass", &cursor_key(pass), &cursor).await
            }
            None => self.store().delete("pass", &cursor_key(pass)).await,
        }
    }
}
