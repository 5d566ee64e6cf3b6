//! Tasks of the day by kind: came up, ended, still open, overdue.
use std::collections::BTreeMap;

use jiff::Timestamp;
use table::StoreError;
use table::messages::Messages;
use updates::summary::Tasks;
use updates::{Owner, TaskKind};

use crate::Day;

/// Most open tasks of one role that are counted.
const LIMIT: usize = 1_000;

/// Counts them; what is open and overdue is so when the night runs.
pub(crate) async fn count(
    messages: &Messages,
    day: Day,
    now: Timestamp,
) -> Result<BTreeMap<TaskKind, Tasks>, StoreError> {
    let mut counts: BTreeMap<TaskKind, Tasks> = BTreeMap::new();
    for owner in Owner::ALL {
        for task in messages.open_tasks(*owner, LIMIT).await? {
            let count = counts.entry(task.kind).or_default();
            count.open += 1;
            count.overdue += u32::from(task.done_by <= now);
            count.opened += u32::from(day.holds(task.created_at));
        }
    }
    // One that ended after the day may have come up on it.
    for task in messages.tasks_done(day.from, now).await? {
        let count = counts.entry(task.kind).or_default();
        count.closed += u32::from(task.done.as_ref().is_some_and(|done| day.holds(done.at)));
        count.opened += u32::from(day.holds(task.created_at));
    }
    Ok(counts)
}
