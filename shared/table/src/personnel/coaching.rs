//! Coaching and goals: with or without an alert, entered by those above an officer. What was written is sealed.
use eis::case::Actor;
use eis::coaching::{Goal, Session};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Personnel, officer_pk};
use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::Key;
use crate::store::{from_item, rev_condition};

/// A coaching session or a goal as stored: what was written in it sealed, the rest for reports.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Sealed<T> {
    rev: u64,
    at: Timestamp,
    by: Actor,
    entry: T,
    words: String,
}

/// An entry with what was written.
#[derive(Clone, PartialEq, Serialize)]
pub struct Written<T> {
    /// Revision.
    #[serde(skip)]
    pub rev: u64,
    /// Its id.
    pub id: String,
    /// When it was last written.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub entry: T,
    /// In words.
    pub words: String,
}

impl<T> std::fmt::Debug for Written<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Written").field("id", &self.id).finish_non_exhaustive()
    }
}

fn key(officer_id: &str, kind: &str, id: &str) -> Key {
    Key::new(officer_pk(officer_id), format!("{kind}#{id}"))
}

const SESSION: &str = "COACHING";
const GOAL: &str = "GOAL";

impl Personnel {
    /// Stores a coaching session; `Condition` if one of this id is there.
    pub async fn add_session(
        &self,
        ring: &KeyRing,
        officer_id: &str,
        written: &Written<Session>,
    ) -> Result<(), StoreError> {
        self.write(ring, officer_id, SESSION, written).await
    }

    /// Stores a goal, new or with further progress; `Condition` if its revision is not the one read.
    pub async fn put_goal(
        &self,
        ring: &KeyRing,
        officer_id: &str,
        written: &Written<Goal>,
    ) -> Result<(), StoreError> {
        self.write(ring, officer_id, GOAL, written).await
    }

    async fn write<T: Clone + Serialize>(
        &self,
        ring: &KeyRing,
        officer_id: &str,
        kind: &str,
        written: &Written<T>,
    ) -> Result<(), StoreError> {
        let key = key(officer_id, kind, &written.id);
        let place = format!("{}|{}|words", key.pk, key.sk);
        let sealed = Sealed {
            rev: written.rev + 1,
            at: written.at,
            by: written.by.clone(),
            entry: written.entry.clone(),
            words: ring.seal(&place, written.words.as_bytes()).await?,
        };
        let put = self.put("coaching", &key, &sealed, Some(rev_condition(written.rev)))?;
        Box::pin(self.store.transact("coaching", vec![put])).await
    }

    /// Coaching sessions of an officer, by id.
    pub async fn sessions(
        &self,
        ring: &KeyRing,
        officer_id: &str,
    ) -> Result<Vec<Written<Session>>, StoreError> {
        self.written(ring, officer_id, SESSION).await
    }

    /// Goals of an officer, by id.
    pub async fn goals(&self, ring: &KeyRing, officer_id: &str) -> Result<Vec<Written<Goal>>, StoreError> {
        self.written(ring, officer_id, GOAL).await
    }

    async fn written<T: for<'de> Deserialize<'de>>(
        &self,
        ring: &KeyRing,
        officer_id: &str,
        kind: &str,
    ) -> Result<Vec<Written<T>>, StoreError> {
        let mut found = Vec::new();
        for item in self.store.query("coaching", &officer_pk(officer_id), &format!("{kind}#")).await? {
            let Some(key) = crate::store::key_of(&item) else { continue };
            let sealed: Sealed<T> = from_item("coaching", item)?;
            let words = ring.open(&format!("{}|{}|words", key.pk, key.sk), &sealed.words).await?;
            found.push(Written {
                rev: sealed.rev,
                id: key.sk.split_once('#').map(|(_, id)| id.to_owned()).unwrap_or_default(),
                at: sealed.at,
                by: sealed.by,
                entry: sealed.entry,
                words: String::from_utf8(words).unwrap_or_default(),
            });
        }
        Ok(found)
    }
}
