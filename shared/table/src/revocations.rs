//! The record of revocations: each with when it was received and since when it holds, so that the ten business days of
//! 47 CFR 64.1200(a)(10) can be shown to be kept. It holds no number and no words.
use aws_sdk_dynamodb::types::Put;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use updates::standing::OpenRevocation;
use updates::task::{REVOCATION_BUSINESS_DAYS, business_days_after};
use updates::{Owner, TaskKind};

use crate::error::StoreError;
use crate::keys::revocation;
use crate::messages::Messages;
use crate::store::{from_item, to_item};

/// Open revocations are looked for this many months back; older ones are long overdue and stand in the list of tasks.
const MONTHS: usize = 13;
/// Open tasks read at most.
const TASKS: usize = 1000;

/// A revocation that is known for certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Unique name without personal data: the id of the text, of the request or of the entry.
    pub id: String,
    /// When it was received, by whatever means.
    pub received_at: Timestamp,
    /// Since when nothing is sent against it; none while that still has to be brought about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<Timestamp>,
    /// How it came: `text`, `email`, `staff` or `provider`.
    pub by: String,
}

/// How revocations were honoured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HonouredRevocations {
    /// How many.
    pub count: u64,
    /// The longest time that one of them took.
    pub longest: SignedDuration,
}

impl Messages {
    /// Writes a revocation, whatever is there under its id: the same entry once it is effective replaces the open one.
    pub async fn note_revocation(&self, note: &Revocation) -> Result<(), StoreError> {
        self.store().put("revocation", &revocation(note.received_at, &note.id), note).await
    }

    /// The same as part of a transaction.
    pub(crate) fn put_revocation(&self, note: &Revocation) -> Result<Put, StoreError> {
        Ok(Put::builder()
            .table_name(self.store().name())
            .set_item(Some(to_item("revocation", &revocation(note.received_at, &note.id), note)?))
            .build()
            .expect("table and item are set"))
    }

    /// Every revocation that is not in force yet, the most urgent first: replies that a person has to read, and entries
    /// that are not effective.
    pub async fn open_revocations(
        &self,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<OpenRevocation>, StoreError> {
        let tasks = self.open_tasks(Owner::Records, TASKS).await?.into_iter();
        let tasks = tasks.filter(|task| task.kind == TaskKind::PossibleRevocation);
        let mut open: Vec<OpenRevocation> = tasks
            .map(|task| OpenRevocation {
                id: task.id,
                unclear: true,
                received_at: task.created_at,
                due_at: task.done_by,
                overdue: task.done_by <= now,
            })
            .collect();
        for month in months(now, MONTHS) {
            let entries = self.revocations_of(&month).await?.into_iter();
            open.extend(entries.filter(|entry| entry.effective_at.is_none()).map(|entry| {
                let due_at = business_days_after(entry.received_at, REVOCATION_BUSINESS_DAYS, zone);
                OpenRevocation {
                    id: entry.id,
                    unclear: false,
                    received_at: entry.received_at,
                    due_at,
                    overdue: due_at <= now,
                }
            }));
        }
        open.sort_by(|a, b| (a.due_at, &a.id).cmp(&(b.due_at, &b.id)));
        Ok(open)
    }

    /// How the revocations received in the `back` months up to `now` were honoured.
    pub async fn honoured_revocations(
        &self,
        now: Timestamp,
        back: usize,
    ) -> Result<HonouredRevocations, StoreError> {
        let mut honoured = HonouredRevocations::default();
        for month in months(now, back) {
            for entry in self.revocations_of(&month).await? {
                let Some(effective) = entry.effective_at else { continue };
                honoured.count += 1;
                honoured.longest = honoured.longest.max(effective.duration_since(entry.received_at));
            }
        }
        Ok(honoured)
    }

    async fn revocations_of(&self, month: &str) -> Result<Vec<Revocation>, StoreError> {
        let items = self.store().query("revocation", &format!("REVOKED#{month}"), "").await?;
        items.into_iter().map(|item| from_item("revocation", item)).collect()
    }
}

/// The months (`2026-07`, UTC) up to the one of `now`, the latest first.
fn months(now: Timestamp, count: usize) -> Vec<String> {
    let date = now.to_zoned_datetime(TimeZone::UTC).date().first_of_month();
    let back = |months: usize| date.checked_sub(jiff::Span::new().months(i64::try_from(months).ok()?)).ok();
    (0..count).filter_map(back).map(|date| date.strftime("%Y-%m").to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_back_over_the_year() {
        assert_eq!(months("2026-02-10T00:00:00Z".parse().unwrap(), 3), ["2026-02", "2026-01", "2025-12"]);
    }
}
