//! A restore to a point in time, by the runbook: the outbox is put back as it was some minutes ago, the fence is set and
//! what it holds is closed, and only then the functions run again. Meanwhile senders are told to try again.
use std::path::Path;

use anyhow::Result;
use aws_sdk_dynamodb::Client;
use jiff::{SignedDuration, Timestamp};
use startup::Runtime;
use table::handout::Handout;
use table::restore::Restore;

use crate::functions::{Functions, Input};
use crate::tables::Copy;
use crate::work::{Work, variables};
use crate::world::{Moment, World};

/// How long after the beginning the outbox is lost; agency folders with this fence are prepared for each day.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(7);
/// How old the copy is that comes back.
const AGE: SignedDuration = SignedDuration::from_mins(4);
/// How often the operator's own machine fails in the middle of a command: no sandbox, it does not do so every hundred calls for days.
pub(crate) const MOST_INTERRUPTED: u32 = 3;

/// When the outbox is lost in a run that starts at `start`.
fn lost_at(start: Timestamp) -> Timestamp {
    start + LOST_AFTER
}

/// Writes an agency folder like `agency` with the fence of `start` beside it.
pub(crate) fn prepare(agency: &Path, start: Timestamp) -> Result<()> {
    let fenced = folder(agency, start);
    embedded::agency::copy(agency, &fenced, true, None)?;
    let file = fenced.join("updates.toml");
    let rules = std::fs::read_to_string(&file)?;
    std::fs::write(&file, format!("nothing_before = \"{}\"\n{rules}", lost_at(start)))?;
    Ok(())
}

fn folder(agency: &Path, start: Timestamp) -> std::path::PathBuf {
    agency.with_file_name(format!("fenced-{}", start.as_second()))
}

impl World {
    /// Puts copy and loss of the outbox on the calendar, in some of the runs.
    pub(crate) fn plan_restore(&mut self) {
        let lost = lost_at(self.story.day);
        if self.weather.u8(..5) == 0 && self.now() < lost - AGE {
            self.at(lost - AGE, Moment::Copy);
            self.at(lost, Moment::Restore);
        }
    }

    pub(crate) fn copy(&mut self) {
        self.copied = Some(self.tables.copy("Messages"));
    }

    /// The outbox comes back as it was; nothing runs until it is closed.
    pub(crate) fn restore(&mut self) {
        let Some(copy) = self.copied.take() else { return };
        self.note("restored");
        for task in self.running() {
            self.kill(task);
        }
        self.put_back(copy);
        #[cfg(feature = "mutants")]
        if startup::mutant::is(startup::mutant::Mutant::RestoreWithoutFence) {
            return;
        }
        self.close();
    }

    /// The operator runs the commands; everything else stands still until they have come to their end.
    pub(crate) fn close(&mut self) {
        self.held_back = false;
        self.start(Work::Fence, Input::Fence(self.runtime.clone(), lost_at(self.story.day) - AGE));
        self.held_back = true;
    }

    fn put_back(&mut self, copy: Copy) {
        let now = self.now();
        for change in self.tables.put_back("Messages", copy, now) {
            self.sweeps.changed(&change);
            self.checker.restored(&change);
        }
        self.plan_sweep();
    }

    /// The fence is set: the functions start anew with it. What failed is begun once more a minute later.
    pub(crate) fn fenced(&mut self, is_done: bool) {
        if !is_done {
            self.interrupted += 1;
            self.later(SignedDuration::from_mins(1), Moment::Close);
            return;
        }
        self.held_back = false;
        let agency = folder(&self.setting.agency, self.story.day);
        self.functions = Functions::new(self.runtime.with_variables(variables(&agency)));
        let now = self.now();
        let mappings = self.mappings.iter().flat_map(|one| one.shards().map(|shard| (one.reader, shard)));
        for (reader, shard) in mappings.collect::<Vec<_>>() {
            self.at(now, Moment::Poll(reader, shard));
        }
    }
}

/// Closes in place what a restored outbox holds open, and has what changed `since` planned once more.
pub(crate) async fn close(runtime: Runtime, since: Timestamp) -> Result<()> {
    let client = Client::new(&runtime.sdk);
    let restore = Restore::new(&client, "Messages".into(), "Messages".into());
    let mut start = None;
    loop {
        let page = restore.page(start).await?;
        for item in page.items {
            restore.row(item, runtime.clock.now(), true).await?;
        }
        start = page.next;
        if start.is_none() {
            break;
        }
    }
    let handout = Handout::new(&client, "Incidents".into(), "Messages".into());
    for key in handout.changed(since).await? {
        handout.hand_out(&key, runtime.clock.now()).await?;
    }
    Ok(())
}
