//! Alerts: at most one open per officer, held by a conditional item. New triggers join it.
use std::collections::BTreeSet;

use eis::alert::Trigger;
use eis::{Level, micro::Micro};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Personnel, officer_pk};
use crate::error::StoreError;
use crate::keys::Key;
use crate::schema::OPEN_ALERTS;
use crate::store::{key_of, rev_condition, s};

/// Value of the sparse index attribute while an alert is open.
const OPEN: &str = "open";

/// An alert as stored.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Alert {
    /// `{officer}.{date}`: an officer has one open alert, and one run a night.
    pub alert_id: String,
    /// Whose.
    pub officer_id: String,
    /// Revision.
    pub rev: u64,
    /// Always review: watch opens nothing.
    pub level: Level,
    /// Life-cycle state; `Detected` when opened.
    pub state: String,
    /// Time of the run that opened it.
    pub opened_at: Timestamp,
    /// Score and percentile at the last joined run.
    pub s: Micro,
    /// Percentile at the last joined run.
    pub pct: f64,
    /// What raised it, each with the run it came from.
    pub triggers: Vec<Raised>,
    /// Other officers at the scenes behind it: never shown to them.
    pub parties: BTreeSet<String>,
    /// Present while open: the sparse index lists it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_alert: Option<String>,
}

/// A trigger and the run that raised it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Raised {
    /// The rule, and the indicator where one stands out.
    pub trigger: Trigger,
    /// Date of the run.
    pub date: Date,
    /// The run.
    pub run_id: String,
}

/// What became of a night's triggers of one officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raising {
    /// A new alert.
    Opened,
    /// New triggers joined the open alert.
    Joined,
    /// The open alert holds them already, or this night's alert was closed since.
    Known,
}

#[derive(Deserialize, Serialize)]
struct Guard {
    alert_id: String,
}

fn alert_key(officer_id: &str, alert_id: &str) -> Key {
    Key::new(officer_pk(officer_id), format!("ALERT#{alert_id}"))
}

fn guard_key(officer_id: &str) -> Key {
    Key::new(officer_pk(officer_id), "OPENALERT")
}

impl Alert {
    /// A new alert of `officer_id`.
    pub fn new(officer_id: &str, opened_at: Timestamp, date: Date, s: Micro, pct: f64) -> Self {
        Self {
            alert_id: format!("{officer_id}.{date}"),
            officer_id: officer_id.into(),
            rev: 1,
            level: Level::Review,
            state: "Detected".into(),
            opened_at,
            s,
            pct,
            triggers: Vec::new(),
            parties: BTreeSet::new(),
            open_alert: Some(OPEN.into()),
        }
    }

    fn join(&self, news: &Self) -> Option<Self> {
        let known = |raised: &Raised| self.triggers.iter().any(|other| other.trigger == raised.trigger);
        let fresh: Vec<Raised> = news.triggers.iter().filter(|raised| !known(raised)).cloned().collect();
        if fresh.is_empty() {
            return None;
        }
        let mut joined = Self { rev: self.rev + 1, s: news.s, pct: news.pct, ..self.clone() };
        joined.triggers.extend(fresh);
        joined.parties.extend(news.parties.iter().cloned());
        Some(joined)
    }
}

impl Personnel {
    /// Opens `alert`, or lets its triggers join the one that is open.
    pub async fn raise(&self, alert: &Alert) -> Result<Raising, StoreError> {
        loop {
            let Some(open) = self.open_alert(&alert.officer_id).await? else {
                match self.open_new(alert).await {
                    Err(error) if error.is_condition() => {
                        // Somebody opened one meanwhile, or this very alert was opened before and closed since.
                        if self.open_alert(&alert.officer_id).await?.is_none() {
                            return Ok(Raising::Known);
                        }
                        continue;
                    }
                    result => return result.map(|()| Raising::Opened),
                }
            };
            let Some(joined) = open.join(alert) else { return Ok(Raising::Known) };
            let key = alert_key(&open.officer_id, &open.alert_id);
            match self.store.put_at_rev("alert", &key, &joined, open.rev).await {
                Ok(()) => return Ok(Raising::Joined),
                Err(error) if error.is_condition() => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn open_new(&self, alert: &Alert) -> Result<(), StoreError> {
        let guard = Guard { alert_id: alert.alert_id.clone() };
        let writes = vec![
            self.put("open alert", &guard_key(&alert.officer_id), &guard, Some(rev_condition(0)))?,
            self.put("alert", &alert_key(&alert.officer_id, &alert.alert_id), alert, Some(rev_condition(0)))?,
        ];
        Box::pin(self.store.transact("alert", writes)).await
    }

    /// An officer's open alert.
    pub async fn open_alert(&self, officer_id: &str) -> Result<Option<Alert>, StoreError> {
        let Some(guard) = self.store.read::<Guard>("open alert", &guard_key(officer_id)).await? else {
            return Ok(None);
        };
        self.store.read("alert", &alert_key(officer_id, &guard.alert_id)).await
    }

    /// Open alerts in the order of their ids: those of up to `limit` after the alert `after`, and the id to go on
    /// after if there may be more.
    pub async fn open_alerts(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Alert>, Option<String>), StoreError> {
        let bound = after.map_or_else(|| "ALERT#".to_owned(), |id| format!("ALERT#{id}"));
        let call = self.store.client.query().table_name(self.store.name()).index_name(OPEN_ALERTS.name);
        let call = call
            .key_condition_expression("#p = :p AND #s > :bound")
            .expression_attribute_names("#p", OPEN_ALERTS.pk)
            .expression_attribute_names("#s", OPEN_ALERTS.sk)
            .expression_attribute_values(":p", s(OPEN))
            .expression_attribute_values(":bound", s(bound));
        let page = Box::pin(call.limit(i32::try_from(limit).unwrap_or(i32::MAX)).send()).await;
        let page = page.map_err(|error| StoreError::from_sdk(OPEN_ALERTS.name, &error))?;
        let keys: Vec<Key> = page.items.unwrap_or_default().iter().filter_map(key_of).collect();
        let last = keys.last().and_then(|key| key.sk.strip_prefix("ALERT#")).map(String::from);
        let next = last.filter(|_| page.last_evaluated_key.is_some());
        let mut alerts = Vec::new();
        for key in &keys {
            alerts.extend(self.store.read::<Alert>("alert", key).await?);
        }
        Ok((alerts, next))
    }
}
