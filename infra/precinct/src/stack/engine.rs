//! What moves the stack: streams and queues worked off, schedules run as the clock reaches them. One at a time, so
//! that a run, a drain and the background never work on the same record at once.
use std::sync::Arc;

use anyhow::Context as _;
use embedded::tables;
use jiff::Timestamp;
use serde_json::Value;

use super::Shared;
use super::queue::Queues;
use super::schedule::{Schedule, next_due};
use super::stream::Streams;

/// Streams and queues with how far each has come.
pub(crate) struct Engine {
    pub(crate) streams: Streams,
    pub(crate) queues: Queues,
}

impl Engine {
    /// Delivers until nothing waits.
    async fn drain(&mut self, shared: &Shared) -> anyhow::Result<()> {
        while self.step(shared).await? {}
        Ok(())
    }

    async fn step(&mut self, shared: &Shared) -> anyhow::Result<bool> {
        let queues = self.queues.step(&shared.functions, shared.clock.now()).await?;
        let streams = self.streams.step(shared).await?;
        Ok(queues || streams)
    }

    /// Runs what falls due up to `to`, the clock at each due moment in turn.
    async fn reach(&mut self, shared: &Shared, to: Timestamp) -> anyhow::Result<()> {
        loop {
            let work = tables::earliest_due(&shared.tables)?;
            let next = next_due(shared.clock.done_until(), work, &shared.zone).filter(|(due, _)| *due <= to);
            let Some((due, schedules)) = next else { break };
            shared.clock.reach(due)?;
            for schedule in schedules {
                self.start(shared, schedule, due).await?;
            }
            shared.clock.set_done_until(due)?;
        }
        Ok(())
    }

    /// A scheduled run that fails is logged, as it would be in the cloud; the next one finds what is left.
    async fn start(&mut self, shared: &Shared, schedule: Schedule, due: Timestamp) -> anyhow::Result<()> {
        if !schedule.is_fresh(due, shared.clock.now()) {
            return Ok(());
        }
        if let Err(error) = shared.functions.run(schedule.function(), due).await {
            tracing::error!(
                function.name = schedule.function(),
                error = format!("{error:#}"),
                "scheduled run failed"
            );
        }
        self.drain(shared).await
    }
}

/// Works off all streams and queues.
pub(crate) async fn drain(shared: &Arc<Shared>) -> anyhow::Result<()> {
    shared.engine.lock().await.drain(shared).await
}

/// Moves the clock to `to`. On the way there everything that falls due runs in order; the way back runs nothing.
pub(crate) async fn set(shared: &Arc<Shared>, to: Timestamp) -> anyhow::Result<()> {
    let mut engine = shared.engine.lock().await;
    if to < shared.clock.now() {
        shared.clock.move_to(to)?;
        return shared.clock.set_done_until(to);
    }
    engine.drain(shared).await?;
    engine.reach(shared, to).await?;
    shared.clock.reach(to)?;
    engine.drain(shared).await
}

/// Runs a scheduled function once, for `time` or for now; its report.
pub(crate) async fn run(
    shared: &Arc<Shared>,
    function: &str,
    time: Option<Timestamp>,
) -> anyhow::Result<Value> {
    let _alone = shared.engine.lock().await;
    let time = time.unwrap_or_else(|| shared.clock.now());
    shared.functions.run(function, time).await.with_context(|| format!("{function} failed"))
}

/// One round of the background: whatever waits and whatever has fallen due.
pub(crate) async fn tick(shared: &Arc<Shared>) -> anyhow::Result<()> {
    let mut engine = shared.engine.lock().await;
    engine.drain(shared).await?;
    engine.reach(shared, shared.clock.now()).await
}
