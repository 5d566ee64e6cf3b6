//! Posts the rows of a checked folder in their order, and keeps how far it came.
use std::fmt;
use std::fs;
use std::iter::Peekable;
use std::pin::pin;

use anyhow::{Context as _, Result};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Options;
use super::check::{Checked, Seen};
use super::rows::{Fault, Read, Row};
use crate::post::{ATTEMPTS, BATCH, BATCH_BYTES, Poster, Receipt};

/// How far a folder was posted, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows posted and answered.
    pub rows: u64,
    /// Stored.
    pub accepted: u64,
    /// Stored before.
    pub duplicates: u64,
    /// Refused by the server.
    pub rejected: u64,
}

/// What is kept between calls.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// Where to.
    to: String,
    /// Digest over the rows done: a folder that has changed there begins anew.
    digest: String,
    counts: Counts,
}

/// Posts under way at one time. What the ledger makes of events does not depend on the order in which they come.
const IN_FLIGHT: usize = 4;

/// A row to be posted, with its place.
type Placed = (String, u64, Read);

impl Checked {
    /// Posts to `url` what was not yet posted to `to`, which names the place in the kept state. `after_post` hears of
    /// every answer before it is written down; its error ends the load there, as losing power would.
    pub async fn load(
        &mut self,
        options: &Options,
        (url, to): (&str, &str),
        after_post: &mut (dyn FnMut(&Counts) -> Result<()> + Send),
    ) -> Result<Counts> {
        let poster = Poster::new(url, false, Some(ATTEMPTS)).await?;
        let mut state = self.resume(options, to)?;
        let mut refused = Vec::new();
        {
            let mut rows = self.loadable().skip(state.counts.rows as usize).peekable();
            let batches = std::iter::from_fn(|| next_batch(&mut rows).transpose());
            let mut answered =
                pin!(stream::iter(batches).map(|batch| post(&poster, batch)).buffered(IN_FLIGHT));
            while let Some((batch, receipt)) = answered.try_next().await? {
                let digest =
                    batch.iter().fold(state.digest, |digest, (_, _, read)| chain(&digest, &read.name));
                let mut counts = state.counts;
                counts.rows += batch.len() as u64;
                take(&mut counts, &batch, receipt, &mut refused);
                after_post(&counts)?;
                state = State { to: to.into(), digest, counts };
                crate::stack::write_json(&options.state, &state)?;
            }
        }
        for (file, line, fault) in &refused {
            self.faults.add(file, *line, fault)?;
        }
        self.faults.finish()?;
        Ok(state.counts)
    }

    /// Where an earlier call ended; the beginning where the folder or the place is another one.
    fn resume(&self, options: &Options, to: &str) -> Result<State> {
        let new = State { to: to.into(), ..State::default() };
        let Some(bytes) = fs::read(&options.state).ok().filter(|_| !options.restart) else { return Ok(new) };
        let state: State = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged; --restart begins anew", options.state.display()))?;
        let mut digest = String::new();
        for row in self.loadable().take(state.counts.rows as usize) {
            digest = chain(&digest, &row?.2.name);
        }
        Ok(if state.to == to && state.digest == digest { state } else { new })
    }

    /// The events of those rows.
    #[cfg(test)]
    pub(crate) fn events(&self) -> impl Iterator<Item = Result<Value>> {
        self.loadable().map(|row| Ok(row?.2.event))
    }

    /// The rows that can be loaded, in order.
    pub(super) fn loadable(&self) -> impl Iterator<Item = Result<Placed>> {
        let mut seen = Seen::default();
        self.sheets.iter().flat_map(|sheet| sheet.rows(&self.rules)).filter_map(move |row| match row {
            Err(error) => Some(Err(error)),
            Ok(Row { file, line, event }) => {
                let read = event.ok()?;
                seen.admit(&read).ok()?;
                Some(Ok((file, line, read)))
            }
        })
    }
}

/// As many rows as one post may hold; nothing at the end.
fn next_batch(rows: &mut Peekable<impl Iterator<Item = Result<Placed>>>) -> Result<Option<Vec<Placed>>> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < BATCH {
        let fits = |row: &Result<Placed>| {
            bytes += row.as_ref().map_or(0, |(_, _, read)| read.event.to_string().len() + 1);
            batch.is_empty() || bytes <= BATCH_BYTES
        };
        match rows.next_if(fits) {
            Some(row) => batch.push(row?),
            None => break,
        }
    }
    Ok((!batch.is_empty()).then_some(batch))
}

/// Posts a batch until it is answered.
async fn post(poster: &Poster, batch: Result<Vec<Placed>>) -> Result<(Vec<Placed>, Receipt)> {
    let batch = batch?;
    let events: Vec<&Value> = batch.iter().map(|(_, _, read)| &read.event).collect();
    let receipt = poster.post(&events).await.with_context(|| {
        let (first, last) = (&batch[0], &batch[batch.len() - 1]);
        let places = format!("{} line {} to {} line {}", first.0, first.1, last.0, last.1);
        format!("{places}: not taken; call again to go on there")
    })?;
    Ok((batch, receipt))
}

/// Counts what the answer says.
fn take(counts: &mut Counts, batch: &[Placed], receipt: Receipt, refused: &mut Vec<(String, u64, Fault)>) {
    counts.accepted += receipt.accepted;
    counts.duplicates += receipt.duplicates;
    counts.rejected += receipt.rejected.len() as u64;
    for rejected in receipt.rejected {
        let Some((file, line, _)) = batch.get(rejected.index) else { continue };
        let column = rejected.pointer.rsplit('/').next().unwrap_or_default().to_owned();
        let fault = Fault { column, code: rejected.code.into(), advice: rejected.detail };
        refused.push((file.clone(), *line, fault));
    }
}

fn chain(digest: &str, name: &[u8; 16]) -> String {
    hex::encode(Sha256::new().chain_update(digest).chain_update(name).finalize())
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, accepted, duplicates, rejected } = self;
        write!(f, "{rows} rows posted: {accepted} stored, {duplicates} stored before, {rejected} refused")
    }
}
