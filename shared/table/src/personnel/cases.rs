//! Cases: at most one open per officer, held by a pointer to the last one; each act is one transaction of the case as
//! it now stands and a new entry of its log. What people wrote stands sealed in the entry, never in the case.
use eis::case::{Act, Actor};
use eis::case::{Case, Disposition, Entry, News, Raising, Step, raise};
use eis::ruleset::Workflow;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Personnel, officer_pk};
use crate::error::StoreError;
use crate::keyring::KeyRing;
use crate::keys::Key;
use crate::schema::OPEN_ALERTS;
use crate::store::{from_item, key_of, rev_condition, s};

/// Value of the index attribute while a case is open; closed ones stand under the month they were closed in.
const OPEN: &str = "open";
/// Months of closed cases that are looked through at most.
const MONTHS: usize = 25;
/// Cases read from the index at a time.
const PAGE: usize = 200;
/// How often a write that met another one is decided anew.
const ROUNDS: u32 = 8;

/// A case as stored.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Filed {
    /// Revision.
    pub rev: u64,
    /// The case.
    pub case: Case,
    /// `open`, or the month in which it was closed: the index lists it.
    open_alert: String,
}

/// An entry of a case's log as stored.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Logged {
    /// Who did what.
    #[serde(flatten)]
    pub entry: Entry,
    /// What was written, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

/// A referral to internal affairs: a record of its own. It names no score, no alert and no event; evidence is gathered
/// anew.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Referral {
    /// Its id.
    pub referral_id: String,
    /// Whom it is about.
    pub officer_id: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why, sealed.
    words: String,
}

/// What became of a night's reasons of one officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// A new case.
    Opened,
    /// New reasons joined the open one.
    Joined,
    /// Nothing new.
    Known,
    /// Closed lately, with these reasons.
    Quiet,
    /// Suppressed.
    Suppressed,
}

/// Where an officer's last case is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Last {
    rev: u64,
    alert_id: String,
}

fn case_key(officer_id: &str, alert_id: &str) -> Key {
    Key::new(officer_pk(officer_id), format!("ALERT#{alert_id}"))
}

fn entry_key(officer_id: &str, alert_id: &str, seq: u32) -> Key {
    Key::new(officer_pk(officer_id), format!("CASE#{alert_id}#{seq:05}"))
}

fn last_key(officer_id: &str) -> Key {
    Key::new(officer_pk(officer_id), "LASTALERT")
}

fn place(key: &Key) -> String {
    format!("{}|{}|words", key.pk, key.sk)
}

/// The officer in the id of an alert, `{officer}.{date}`.
pub fn officer_of(alert_id: &str) -> Option<&str> {
    let (officer, date) = alert_id.rsplit_once('.')?;
    (!officer.is_empty() && date.parse::<Date>().is_ok()).then_some(officer)
}

impl Filed {
    fn new(case: Case, rev: u64) -> Self {
        let closed = case.closed_on.map(|day| format!("closed-{}", day.strftime("%Y-%m")));
        Self { rev, open_alert: closed.unwrap_or_else(|| OPEN.into()), case }
    }
}

impl Personnel {
    /// Opens a case for `news`, lets it join the open one, or leaves it, by the rules of [`raise`].
    pub async fn raise(&self, news: &News, flow: &Workflow) -> Result<Raised, StoreError> {
        let mut round = 0;
        loop {
            let last: Last =
                self.store.read("last alert", &last_key(&news.officer_id)).await?.unwrap_or_default();
            let filed: Option<Filed> = match last.rev {
                0 => None,
                _ => self.store.read("alert", &case_key(&news.officer_id, &last.alert_id)).await?,
            };
            let (written, raised) = match raise(filed.as_ref().map(|filed| &filed.case), news, flow) {
                Raising::Open(case) => (self.open_case(case, last.rev).await, Raised::Opened),
                Raising::Join(case, act) => {
                    let Some(filed) = filed else { return Ok(Raised::Known) };
                    let entry = by_system(&case, &filed.case, act, news.at);
                    (self.file(filed.rev, case, &entry, None).await, Raised::Joined)
                }
                Raising::Known => return Ok(Raised::Known),
                Raising::Quiet => return Ok(Raised::Quiet),
                Raising::Suppressed => return Ok(Raised::Suppressed),
            };
            match written {
                Err(error) if error.is_condition() && round < ROUNDS => round += 1,
                result => return result.map(|()| raised),
            }
        }
    }

    /// What the night of `date` did about an officer: opened a case, or put new reasons into the open one; `Known` where it
    /// did neither.
    pub async fn raised_on(&self, officer_id: &str, date: Date) -> Result<Raised, StoreError> {
        let cases = self.cases_of(officer_id).await?;
        let has_reason_of = |case: &Case| case.triggers.iter().any(|raised| raised.date == date);
        Ok(if cases.iter().any(|filed| filed.case.opened_on == date) {
            Raised::Opened
        } else if cases.iter().any(|filed| has_reason_of(&filed.case)) {
            Raised::Joined
        } else {
            Raised::Known
        })
    }

    async fn open_case(&self, case: Case, last_rev: u64) -> Result<(), StoreError> {
        let last = Last { rev: last_rev + 1, alert_id: case.alert_id.clone() };
        let entry = by_system(&case, &case, Act::Opened, case.opened_at);
        let key = case_key(&case.officer_id, &case.alert_id);
        let writes = vec![
            self.put("last alert", &last_key(&case.officer_id), &last, Some(rev_condition(last_rev)))?,
            self.entry_put(&case, &Logged { entry, words: None })?,
            self.put("alert", &key, &Filed::new(case, 1), Some(rev_condition(0)))?,
        ];
        Box::pin(self.store.transact("alert", writes)).await
    }

    fn entry_put(
        &self,
        case: &Case,
        logged: &Logged,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, StoreError> {
        let key = entry_key(&case.officer_id, &case.alert_id, logged.entry.seq);
        self.put("entry of an alert", &key, logged, Some(rev_condition(0)))
    }

    /// Stores `case` in place of its revision `rev`, with the entry of what was done and what was written.
    /// `Condition` says that somebody else was faster.
    pub async fn file(
        &self,
        rev: u64,
        case: Case,
        entry: &Entry,
        words: Option<(&KeyRing, &str)>,
    ) -> Result<(), StoreError> {
        let (officer, alert) = (case.officer_id.clone(), case.alert_id.clone());
        let sealed = match words {
            Some((ring, words)) => {
                Some(ring.seal(&place(&entry_key(&officer, &alert, entry.seq)), words.as_bytes()).await?)
            }
            None => None,
        };
        let mut writes = vec![self.entry_put(&case, &Logged { entry: entry.clone(), words: sealed })?];
        if let (Some(words), true) = (words, refers(entry)) {
            writes.push(self.referral_put(&officer, entry, words).await?);
        }
        let filed = Filed::new(case, rev + 1);
        writes.push(self.put("alert", &case_key(&officer, &alert), &filed, Some(rev_condition(rev)))?);
        Box::pin(self.store.transact("alert", writes)).await
    }

    async fn referral_put(
        &self,
        officer_id: &str,
        entry: &Entry,
        (ring, words): (&KeyRing, &str),
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, StoreError> {
        let referral_id = format!("ref-{officer_id}-{}", entry.at.as_millisecond());
        let key = Key::new(officer_pk(officer_id), format!("REFERRAL#{referral_id}"));
        let words = ring.seal(&place(&key), words.as_bytes()).await?;
        let (at, by) = (entry.at, entry.by.clone());
        let referral = Referral { referral_id, officer_id: officer_id.into(), at, by, words };
        self.put("referral", &key, &referral, Some(rev_condition(0)))
    }

    /// The case `alert_id`.
    pub async fn case(&self, alert_id: &str) -> Result<Option<Filed>, StoreError> {
        let Some(officer) = officer_of(alert_id) else { return Ok(None) };
        self.store.read("alert", &case_key(officer, alert_id)).await
    }

    /// An officer's last case, open or closed.
    pub async fn last_case(&self, officer_id: &str) -> Result<Option<Filed>, StoreError> {
        let last: Option<Last> = self.store.read("last alert", &last_key(officer_id)).await?;
        let Some(last) = last else { return Ok(None) };
        self.store.read("alert", &case_key(officer_id, &last.alert_id)).await
    }

    /// All cases of an officer, oldest first.
    pub async fn cases_of(&self, officer_id: &str) -> Result<Vec<Filed>, StoreError> {
        let items = self.store.query("alert", &officer_pk(officer_id), "ALERT#").await?;
        items.into_iter().map(|item| from_item("alert", item)).collect()
    }

    /// What was done in a case, in order.
    pub async fn log_of(&self, case: &Case) -> Result<Vec<Logged>, StoreError> {
        let prefix = format!("CASE#{}#", case.alert_id);
        let items = self.store.query("entry of an alert", &officer_pk(&case.officer_id), &prefix).await?;
        items.into_iter().map(|item| from_item("entry of an alert", item)).collect()
    }

    /// What was written with an entry.
    pub async fn words_of(
        &self,
        ring: &KeyRing,
        case: &Case,
        logged: &Logged,
    ) -> Result<Option<String>, StoreError> {
        let Some(sealed) = &logged.words else { return Ok(None) };
        let key = entry_key(&case.officer_id, &case.alert_id, logged.entry.seq);
        Ok(String::from_utf8(ring.open(&place(&key), sealed).await?).ok())
    }

    /// Referrals of an officer with what was written, oldest first.
    pub async fn referrals(
        &self,
        ring: &KeyRing,
        officer_id: &str,
    ) -> Result<Vec<(Referral, String)>, StoreError> {
        let mut found = Vec::new();
        for item in self.store.query("referral", &officer_pk(officer_id), "REFERRAL#").await? {
            let key = key_of(&item).unwrap_or_else(|| Key::new("", ""));
            let referral: Referral = from_item("referral", item)?;
            let words = ring.open(&place(&key), &referral.words).await?;
            found.push((referral, String::from_utf8(words).unwrap_or_default()));
        }
        Ok(found)
    }

    /// Open cases in the order of their ids: those of up to `limit` after the alert `after`, and the id to go on
    /// after if there may be more.
    pub async fn open_cases(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Filed>, Option<String>), StoreError> {
        self.listed(OPEN, after, limit).await
    }

    /// Open cases, and those closed in the month of `since` or later.
    pub async fn cases_since(&self, since: Date) -> Result<Vec<Filed>, StoreError> {
        let mut found = self.all_listed(OPEN).await?;
        let mut month = since.first_of_month();
        // Nobody closes a case in a month to come; a handful of empty look-ups is all that an early stop would save.
        for _ in 0..MONTHS {
            found.extend(self.all_listed(&format!("closed-{}", month.strftime("%Y-%m"))).await?);
            month = month.saturating_add(1.month());
        }
        Ok(found)
    }

    async fn all_listed(&self, value: &str) -> Result<Vec<Filed>, StoreError> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let (cases, next) = self.listed(value, after.as_deref(), PAGE).await?;
            found.extend(cases);
            after = next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    async fn listed(
        &self,
        value: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Filed>, Option<String>), StoreError> {
        let bound = after.map_or_else(|| "ALERT#".to_owned(), |id| format!("ALERT#{id}"));
        let call = self.store.client.query().table_name(self.store.name()).index_name(OPEN_ALERTS.name);
        let call = call
            .key_condition_expression("#p = :p AND #s > :bound")
            .expression_attribute_names("#p", OPEN_ALERTS.pk)
            .expression_attribute_names("#s", OPEN_ALERTS.sk)
            .expression_attribute_values(":p", s(value))
            .expression_attribute_values(":bound", s(bound));
        let page = Box::pin(call.limit(i32::try_from(limit).unwrap_or(i32::MAX)).send()).await;
        let page = page.map_err(|error| StoreError::from_sdk(OPEN_ALERTS.name, &error))?;
        let keys: Vec<Key> = page.items.unwrap_or_default().iter().filter_map(key_of).collect();
        let last = keys.last().and_then(|key| key.sk.strip_prefix("ALERT#")).map(String::from);
        let next = last.filter(|_| page.last_evaluated_key.is_some());
        let mut found = Vec::new();
        for key in &keys {
            // The index may lag behind; the case itself says where it stands.
            let filed = self.store.read::<Filed>("alert", key).await?;
            found.extend(filed.filter(|filed| filed.open_alert == value));
        }
        Ok((found, next))
    }
}

/// An entry of the nightly functions.
fn by_system(case: &Case, before: &Case, act: Act, at: Timestamp) -> Entry {
    Entry { seq: case.entries, at, by: Actor::system(), from: before.state, state: case.state, act }
}

/// Whether an entry refers the officer to internal affairs.
fn refers(entry: &Entry) -> bool {
    let Act::Step { step: Step::Disposition { disposition, .. } } = &entry.act else { return false };
    *disposition == Disposition::ReferIA
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_an_alert_names_its_officer() {
        assert_eq!(officer_of("E-7.2026-07-05"), Some("E-7"));
        assert_eq!(officer_of("E.7.2026-07-05"), Some("E.7"));
        assert_eq!(officer_of("E-7"), None);
        assert_eq!(officer_of(".2026-07-05"), None);
    }
}
