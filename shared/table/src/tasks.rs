//! Tasks: one row each, known by why and about what, so that the same need raised twice is one task. Raising one
//! writes the notices to its owner in the same transaction.
use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use updates::{Need, Owner, TaskKind};

use crate::error::StoreError;
use crate::keys::{Key, due_shard, task};
use crate::messages::Messages;
use crate::notices::{Carrier, Notice, Told};
use crate::schema::{DUE, OPEN_TASKS};
use crate::store::{rev_condition, to_item};

/// How long the notices of a task are tried.
const NOTICE_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How often a task is read again when somebody else writes it at the same time.
const ROUNDS: u32 = 8;
/// Shard of the `due` index that lists tasks that are done, by when.
const DONE_SHARD: &str = "DONE";
/// Most of them read at once: a day's.
const MOST_DONE: usize = 1_000;

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// See [`Need::id`].
    pub id: String,
    /// Revision.
    pub rev: u64,
    /// Why.
    pub kind: TaskKind,
    /// Whose.
    pub owner: Owner,
    /// Key of the call, case or reply it is about.
    pub subject: String,
    /// What it covers, without personal data.
    pub covers: BTreeSet<String>,
    /// When it was last opened.
    pub created_at: Timestamp,
    /// By when it is to be done.
    pub done_by: Timestamp,
    /// When it was escalated, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<Timestamp>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<Done>,
    /// Index attributes: only an open task has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_shard: Option<String>,
}

/// The end of a task.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// By whom (token subject).
    pub by: String,
    /// One of the words that the staff API takes, e.g. `told_in_person`.
    pub outcome: String,
}

// Who did it, and in what words.
impl std::fmt::Debug for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Done").field("at", &self.at).finish_non_exhaustive()
    }
}

impl Task {
    fn new(need: &Need, now: Timestamp, zone: &TimeZone) -> Self {
        let (id, owner) = (need.id(), need.kind.owner());
        let done_by = need.kind.due(now, zone);
        let task = Self {
            id,
            rev: 1,
            kind: need.kind,
            owner,
            subject: need.subject.clone(),
            covers: need.covers.clone(),
            created_at: now,
            done_by,
            escalated_at: None,
            done: None,
            task_role: None,
            due_at: None,
            due_shard: None,
        };
        task.open(Some(done_by))
    }

    /// Open, and looked at by the sweep at `due_at` if given.
    fn open(self, due_at: Option<Timestamp>) -> Self {
        let pk = task(&self.id).pk;
        Self {
            task_role: Some(self.owner.to_string()),
            // The index of open tasks sorts by it: without a date to look at, the date to be done stays.
            due_at: due_at.or(Some(self.done_by)),
            due_shard: due_at.map(|_| due_shard(&pk)),
            ..self
        }
    }

    /// Whether it still has to be done.
    pub fn is_open(&self) -> bool {
        self.done.is_none()
    }

    /// The task after `need` came up (again), or `None` where it covers it already.
    fn with(&self, need: &Need, now: Timestamp, zone: &TimeZone) -> Option<Self> {
        if need.covers.is_subset(&self.covers) {
            return None;
        }
        let covers = self.covers.union(&need.covers).cloned().collect();
        if self.is_open() {
            return Some(Self { rev: self.rev + 1, covers, ..self.clone() });
        }
        Some(Self { rev: self.rev + 1, covers, ..Self::new(need, now, zone) })
    }

    /// The two notices of a task that was opened or escalated at `now`.
    fn notices(&self, now: Timestamp, owner: Owner, escalated: bool) -> [Notice; 2] {
        let told = Told::Task { kind: self.kind, owner, due_at: self.done_by, escalated };
        let pk = task(&self.id).pk;
        [(Carrier::Email, "email"), (Carrier::Webhook, "webhook")].map(|(carrier, name)| {
            let name = format!("{name}.{}", now.as_millisecond());
            Notice::new(&pk, &name, carrier, told.clone(), now, now + NOTICE_FOR)
        })
    }
}

impl Messages {
    /// Raises a task unless one covers it already; whether anything new came of it.
    pub async fn raise(&self, need: &Need, now: Timestamp, zone: &TimeZone) -> Result<bool, StoreError> {
        let mut round = 0;
        loop {
            let writes = self.raise_writes(need, now, zone).await?;
            if writes.is_empty() {
                return Ok(false);
            }
            match self.store().transact("task", writes).await {
                Err(error) if error.is_condition() && round < ROUNDS => round += 1,
                result => return result.map(|()| true),
            }
        }
    }

    /// What raising a task writes, as part of a transaction; nothing where one covers it already.
    pub(crate) async fn raise_writes(
        &self,
        need: &Need,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let present = self.task(&need.id()).await?;
        let next = match &present {
            None => Task::new(need, now, zone),
            Some(present) => match present.with(need, now, zone) {
                Some(next) => next,
                None => return Ok(Vec::new()),
            },
        };
        let opened = present.is_none_or(|present| !present.is_open());
        let notices = if opened { next.notices(now, next.owner, false).to_vec() } else { Vec::new() };
        self.task_writes(&next, &notices)
    }

    /// The task `id`.
    pub async fn task(&self, id: &str) -> Result<Option<Task>, StoreError> {
        self.store().read("task", &task(id)).await
    }

    /// The task at `key`, e.g. one that is overdue.
    pub async fn task_at(&self, key: &Key) -> Result<Option<Task>, StoreError> {
        self.store().read("task", key).await
    }

    /// Open tasks of a role, the most urgent first.
    pub async fn open_tasks(&self, owner: Owner, limit: usize) -> Result<Vec<Task>, StoreError> {
        let mut tasks = Vec::new();
        for key in self.store().index_keys(OPEN_TASKS, owner.word(), None, limit).await? {
            // The index may lag behind: a task done meanwhile is left out.
            tasks.extend(self.task_at(&key).await?.filter(Task::is_open));
        }
        Ok(tasks)
    }

    /// Ends a task. `Condition` means that somebody else wrote it first: read it again.
    pub async fn finish_task(&self, present: &Task, done: Done) -> Result<(), StoreError> {
        let next = Task {
            rev: present.rev + 1,
            task_role: None,
            // Listed as done, in a shard of its own that no sweep reads.
            due_at: Some(done.at),
            due_shard: Some(DONE_SHARD.into()),
            done: Some(done),
            ..present.clone()
        };
        self.write_task(&next, &[]).await
    }

    /// Tasks that ended from `from` until `to`, and were not opened again since.
    pub async fn tasks_done(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Task>, StoreError> {
        let window = (&*from.to_string(), &*to.to_string());
        let all = |_: &Key| true;
        let (rows, _) = self.store().index_window(DUE, DONE_SHARD, window, (MOST_DONE, &all)).await?;
        let mut tasks = Vec::new();
        for (_, key) in rows {
            tasks.extend(self.task_at(&key).await?.filter(|task| !task.is_open()));
        }
        Ok(tasks)
    }

    /// Notes that an overdue task was escalated at `now`, and tells its owner again and `above`.
    pub async fn escalate_task(
        &self,
        present: &Task,
        above: Owner,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let next = Task { rev: present.rev + 1, escalated_at: Some(now), ..present.clone() }.open(None);
        let mut notices = present.notices(now, above, true).to_vec();
        if above != present.owner {
            let again = present.notices(now + SignedDuration::from_millis(1), present.owner, true);
            notices.extend(again.into_iter().take(1));
        }
        self.write_task(&next, &notices).await
    }

    async fn write_task(&self, next: &Task, notices: &[Notice]) -> Result<(), StoreError> {
        self.store().transact("task", self.task_writes(next, notices)?).await
    }

    fn task_writes(&self, next: &Task, notices: &[Notice]) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (condition, values) = rev_condition(next.rev - 1);
        let put = Put::builder()
            .table_name(self.store().name())
            .set_item(Some(to_item("task", &task(&next.id), next)?))
            .condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .build()
            .expect("table and item are set");
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        for notice in notices {
            writes.push(TransactWriteItem::builder().put(self.put_notice(notice)?).build());
        }
        Ok(writes)
    }
}
