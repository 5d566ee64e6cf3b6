//! Who officers are: post and supervisor as last known, names sealed, and the tie between a sign-in token's subject
//! and an officer, found by blind index.
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use eis::event::{Change, Event, Identity, OfficerUpserted};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Personnel, officer_pk};
use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::Key;
use crate::schema::{PK, SK};
use crate::store::{key_of, rev_condition, s};

/// Partition that lists every officer.
const ROSTER: &str = "ROSTER";

/// An officer as last known, names apart.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Profile {
    /// Revision.
    pub rev: u64,
    /// When the post took effect, by the sender.
    pub at: Timestamp,
    /// Post and supervisor.
    pub post: OfficerUpserted,
    /// Blind index of the token subject tied to this officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject_index: Option<String>,
    /// Sealed names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

/// One fact about a person with the time it was said, so that a late message cannot undo a newer one.
#[derive(Clone, Default, Deserialize, Serialize)]
struct Fact {
    at: Option<Timestamp>,
    value: Option<String>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
struct Names {
    subject: Fact,
    name: Fact,
    email: Fact,
}

/// Name and e-mail of an officer, opened.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OfficerName {
    /// Name.
    pub name: Option<String>,
    /// Work e-mail.
    pub email: Option<String>,
}

impl std::fmt::Debug for OfficerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OfficerName([private])")
    }
}

#[derive(Deserialize, Serialize)]
struct Tie {
    officer_id: String,
}

#[derive(Serialize)]
struct Listed {}

pub(super) fn roster_key(officer_id: &str) -> Key {
    Key::new(ROSTER, officer_id)
}

fn profile_key(officer_id: &str) -> Key {
    Key::new(officer_pk(officer_id), "PROFILE")
}

fn tie_key(index: &str) -> Key {
    Key::new(format!("SUBJ#{index}"), "OFFICER")
}

fn names_place(officer_id: &str) -> String {
    format!("{}|PROFILE|names", officer_pk(officer_id))
}

impl Profile {
    /// Where the officer's sign-in is tied to the file, if it is.
    pub(super) fn tie(&self) -> Option<Key> {
        self.subject_index.as_deref().map(tie_key)
    }
}

impl Fact {
    fn apply(&mut self, change: &Change, at: Timestamp) {
        let value = match change {
            Change::Keep => return,
            Change::Clear => None,
            Change::Set(value) => Some(value.clone()),
        };
        if (self.at, &self.value) <= (Some(at), &value) {
            *self = Self { at: Some(at), value };
        }
    }
}

impl Personnel {
    /// An officer as last known.
    pub async fn profile(&self, officer_id: &str) -> Result<Option<Profile>, StoreError> {
        self.store.read("officer", &profile_key(officer_id)).await
    }

    /// Ids of all officers ever mentioned, sorted.
    pub async fn officers(&self) -> Result<Vec<String>, StoreError> {
        let items = self.store.query("roster", ROSTER, "").await?;
        Ok(items.iter().filter_map(key_of).map(|key| key.sk).collect())
    }

    /// Lists an officer of whom something is recorded before any post is: the nightly run then reads that ledger too
    /// and can say that the officer is unknown.
    pub(super) async fn listing(
        &self,
        officer_id: &str,
        event: &Event,
    ) -> Result<Option<TransactWriteItem>, StoreError> {
        if matches!(event, Event::OfficerUpserted(_)) || self.profile(officer_id).await?.is_some() {
            return Ok(None);
        }
        self.put("roster", &Key::new(ROSTER, officer_id), &Listed {}, None).map(Some)
    }

    /// Name and e-mail of an officer.
    pub async fn names(&self, ring: &KeyRing, profile: &Profile) -> Result<OfficerName, StoreError> {
        let names = self.open_names(ring, Some(profile)).await?;
        Ok(OfficerName { name: names.name.value, email: names.email.value })
    }

    /// The officer whom a sign-in token belongs to, on duty or not.
    pub async fn officer_of(&self, ring: &KeyRing, subject: &str) -> Result<Option<Profile>, StoreError> {
        let Some(key) = ring.index_key_if_any().await? else { return Ok(None) };
        let tie: Option<Tie> = self.store.read("token subject", &tie_key(&key.index(subject))).await?;
        let Some(tie) = tie else { return Ok(None) };
        self.profile(&tie.officer_id).await
    }

    async fn open_names(&self, ring: &KeyRing, profile: Option<&Profile>) -> Result<Names, StoreError> {
        match profile.and_then(|profile| Some((&profile.post.officer_id, profile.sealed.as_ref()?))) {
            Some((id, sealed)) => ring.open_json(&names_place(id), sealed).await,
            None => Ok(Names::default()),
        }
    }

    /// What an `officer.upserted` changes besides the ledger: roster, profile, tie.
    pub(super) async fn roster_writes(
        &self,
        ring: &KeyRing,
        at: Timestamp,
        post: &OfficerUpserted,
        identity: &Identity,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let id = &post.officer_id;
        let stored = self.profile(id).await?;
        let rev = stored.as_ref().map_or(0, |profile| profile.rev);
        let mut names = self.open_names(ring, stored.as_ref()).await?;
        names.subject.apply(&identity.subject, at);
        names.name.apply(&identity.name, at);
        names.email.apply(&identity.email, at);
        let subject_index = match &names.subject.value {
            Some(subject) => Some(ring.index_key().await?.index(subject)),
            None => None,
        };
        let former = stored.as_ref().and_then(|profile| profile.subject_index.clone());
        let newest = stored.filter(|profile| !supersedes(at, post, profile));
        let profile = Profile {
            rev: rev + 1,
            at: newest.as_ref().map_or(at, |profile| profile.at),
            post: newest.map_or_else(|| post.clone(), |profile| profile.post),
            subject_index: subject_index.clone(),
            sealed: Some(ring.seal_json(&names_place(id), &names).await?),
        };
        let mut writes = vec![self.put("officer", &profile_key(id), &profile, Some(rev_condition(rev)))?];
        if rev == 0 {
            writes.push(self.put("roster", &Key::new(ROSTER, id), &Listed {}, None)?);
        }
        writes.extend(self.tie_writes(id, former, subject_index).await?);
        Ok(writes)
    }

    async fn tie_writes(
        &self,
        officer_id: &str,
        former: Option<String>,
        present: Option<String>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::new();
        if former == present {
            return Ok(writes);
        }
        if let Some(index) = former {
            let tie: Option<Tie> = self.store.read("token subject", &tie_key(&index)).await?;
            if tie.is_some_and(|tie| tie.officer_id == officer_id) {
                writes.push(self.untie(officer_id, &tie_key(&index)));
            }
        }
        if let Some(index) = present {
            let tie = Tie { officer_id: officer_id.into() };
            writes.push(self.put("token subject", &tie_key(&index), &tie, None)?);
        }
        Ok(writes)
    }

    /// Removes a tie that still is this officer's.
    fn untie(&self, officer_id: &str, key: &Key) -> TransactWriteItem {
        let delete = Delete::builder()
            .table_name(self.store.name())
            .key(PK, s(&key.pk))
            .key(SK, s(&key.sk))
            .condition_expression("officer_id = :id")
            .expression_attribute_values(":id", s(officer_id))
            .build()
            .expect("table and key are set");
        TransactWriteItem::builder().delete(delete).build()
    }
}

/// Whether a post is newer than the stored one; of two at the same instant the greater text stands, as in the ledger.
fn supersedes(at: Timestamp, post: &OfficerUpserted, stored: &Profile) -> bool {
    let text = |post: &OfficerUpserted| serde_json::to_string(post).unwrap_or_default();
    (at, text(post)) >= (stored.at, text(&stored.post))
}
