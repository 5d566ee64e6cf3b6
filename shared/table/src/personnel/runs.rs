//! Nightly runs and their scores. A score is one item with its full explanation, as the canonical JSON that the
//! run's output hash covers.
use aws_sdk_dynamodb::types::AttributeValue;
use eis::explanation::Explanation;
use eis::run::{Identity, Run};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Personnel, officer_pk};
use crate::error::StoreError;
use crate::keys::Key;
use crate::schema::{PK, SK};
use crate::store::{from_item, s};

/// Partition that holds the valid run of each date.
const RUNS: &str = "RUNS";

/// A score as stored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ScoreItem {
    /// The run that made it.
    pub run_id: String,
    /// The explanation, as hashed.
    pub explanation: String,
}

/// Something beside a run.
#[derive(Deserialize, Serialize)]
struct Beside {
    json: String,
}

fn beside_key(run: &Run, name: &str) -> Key {
    Key::new(format!("RUN#{}", run.run_id), name)
}

fn run_key(date: Date) -> Key {
    Key::new(RUNS, date.to_string())
}

fn score_key(officer_id: &str, date: Date, run_id: &str) -> Key {
    Key::new(officer_pk(officer_id), format!("SCORE#{date}#{run_id}"))
}

impl Personnel {
    /// The valid run of `date`: the last that was stored for it.
    pub async fn run(&self, date: Date) -> Result<Option<Run>, StoreError> {
        self.store.read("run", &run_key(date)).await
    }

    /// The valid run of the latest date before `date`, if any.
    pub async fn run_before(&self, date: Date) -> Result<Option<Run>, StoreError> {
        self.latest_run("#sk < :bound", &date.to_string()).await
    }

    /// The valid run of the latest date of all.
    pub async fn last_run(&self) -> Result<Option<Run>, StoreError> {
        self.latest_run("#sk <= :bound", "9999-12-31").await
    }

    /// The valid runs of the last `limit` dates, newest first.
    pub async fn recent_runs(&self, limit: usize) -> Result<Vec<Run>, StoreError> {
        let call = self.store.client.query().table_name(self.store.name()).consistent_read(true);
        let call = call
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", s(RUNS));
        let call = call.scan_index_forward(false).limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let page = Box::pin(call.send()).await.map_err(|error| StoreError::from_sdk("run", &error))?;
        page.items.unwrap_or_default().into_iter().map(|item| from_item("run", item)).collect()
    }

    async fn latest_run(&self, condition: &str, bound: &str) -> Result<Option<Run>, StoreError> {
        let call = self.store.client.query().table_name(self.store.name()).consistent_read(true);
        let call = call
            .key_condition_expression(format!("#pk = :pk AND {condition}"))
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", s(RUNS))
            .expression_attribute_values(":bound", s(bound));
        let page = Box::pin(call.scan_index_forward(false).limit(1).send()).await;
        let page = page.map_err(|error| StoreError::from_sdk("run", &error))?;
        page.items.unwrap_or_default().into_iter().next().map(|item| from_item("run", item)).transpose()
    }

    /// Makes `run` the valid one of its date, and keeps it under its own id as well. Scores come first, so that
    /// nobody is pointed to a score that is not there.
    pub async fn put_run(&self, run: &Run) -> Result<(), StoreError> {
        self.store.put("run", &Key::new(format!("RUN#{}", run.run_id), "RUN"), run).await?;
        self.store.put("run", &run_key(run.date), run).await
    }

    /// Stores what was computed beside a run, as canonical JSON under `name`.
    pub async fn put_beside(&self, run: &Run, name: &str, json: String) -> Result<(), StoreError> {
        self.store.put("run", &beside_key(run, name), &Beside { json }).await
    }

    /// What was computed beside a run under `name`, if anything.
    pub async fn beside<T: serde::de::DeserializeOwned>(
        &self,
        run: &Run,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        let found: Option<Beside> = self.store.read("run", &beside_key(run, name)).await?;
        let read = |found: Beside| serde_json::from_str(&found.json);
        found
            .map(read)
            .transpose()
            .map_err(|error| StoreError::malformed("run", format!("{:?}", error.classify())))
    }

    /// Stores one officer's score.
    pub async fn put_score(&self, run: &Identity, score: &Explanation) -> Result<(), StoreError> {
        let item = ScoreItem { run_id: run.run_id.clone(), explanation: score.to_json() };
        self.store.put("score", &score_key(&score.officer_id, run.date, &run.run_id), &item).await
    }

    /// An officer's score of the run `run_id` of `date`.
    pub async fn score(
        &self,
        date: Date,
        run_id: &str,
        officer_id: &str,
    ) -> Result<Option<Explanation>, StoreError> {
        let item: Option<ScoreItem> = self.store.read("score", &score_key(officer_id, date, run_id)).await?;
        let read = |item: ScoreItem| serde_json::from_str(&item.explanation);
        item.map(read)
            .transpose()
            .map_err(|error| StoreError::malformed("score", format!("{:?}", error.classify())))
    }

    /// Every attribute of a stored score, for comparing the bytes of two runs.
    pub async fn score_item(
        &self,
        run: &Run,
        officer_id: &str,
    ) -> Result<Option<std::collections::BTreeMap<String, AttributeValue>>, StoreError> {
        let item = self.store.get("score", &score_key(officer_id, run.date, &run.run_id)).await?;
        Ok(item.map(|item| item.into_iter().collect()))
    }
}
