//! `precinct send`: signs and posts the events of a file of JSON lines, in batches, to this or a deployed stack. How
//! far it came is kept beside the file, so that a second call goes on where the first one ended.
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::post::{ATTEMPTS, BATCH, BATCH_BYTES, Poster, Receipt};

/// Arguments of the command.
#[derive(Args, Debug)]
pub struct Send {
    /// One event of the webhook contract on each line.
    file: PathBuf,
    /// Where to post, e.g. http://127.0.0.1:8911/v1/cad/events.
    #[arg(long)]
    url: String,
    /// Events in one post, 100 at most.
    #[arg(long, default_value_t = BATCH)]
    batch: usize,
    /// Store without ever sending a message for what is already past.
    #[arg(long)]
    baseline: bool,
    /// Start from the first line, whatever an earlier call reached.
    #[arg(long)]
    restart: bool,
}

/// How far the file was sent.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// Where to, and a digest of what was sent: another file under the same name starts anew.
    url: String,
    digest: String,
    /// Lines done.
    lines: usize,
    accepted: u64,
    duplicates: u64,
    rejected: u64,
}

impl Send {
    /// Sends the file; whether every event was taken.
    pub async fn run(&self) -> anyhow::Result<bool> {
        let text = fs::read_to_string(&self.file)
            .with_context(|| format!("{} cannot be read", self.file.display()))?;
        let lines: Vec<&str> = text.lines().collect();
        let beside = beside(&self.file);
        let mut state = self.state(&beside, &lines)?;
        if state.lines > 0 {
            tell!("going on after line {}; --restart begins anew", state.lines);
        }
        let poster = Poster::new(&self.url, self.baseline, Some(ATTEMPTS)).await?;
        while let Some(batch) = next_batch(&lines, state.lines, self.batch.clamp(1, BATCH))? {
            let events: Vec<&Value> = batch.events.iter().map(|(_, event)| event).collect();
            let receipt = poster.post(&events).await.with_context(|| {
                format!(
                    "lines {} to {} were not taken; call again to go on there",
                    batch.start + 1,
                    batch.end
                )
            })?;
            take(&mut state, &batch, receipt);
            state.lines = batch.end;
            state.digest = digest(&lines[..state.lines]);
            crate::stack::write_json(&beside, &state)?;
        }
        tell!(
            "{} lines: {} accepted, {} duplicates, {} rejected",
            state.lines,
            state.accepted,
            state.duplicates,
            state.rejected
        );
        Ok(state.rejected == 0)
    }

    fn state(&self, beside: &Path, lines: &[&str]) -> anyhow::Result<State> {
        let new = State { url: self.url.clone(), ..State::default() };
        let Ok(bytes) = fs::read(beside) else { return Ok(new) };
        if self.restart {
            return Ok(new);
        }
        let state: State = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged; --restart begins anew", beside.display()))?;
        let same = state.url == self.url
            && lines.get(..state.lines).is_some_and(|done| digest(done) == state.digest);
        if same {
            return Ok(state);
        }
        bail!(
            "{} was sent elsewhere, or its first {} lines have changed; --restart begins anew",
            self.file.display(),
            state.lines
        );
    }
}

/// Lines `start..end`, blank ones left out.
struct Batch {
    start: usize,
    end: usize,
    events: Vec<(usize, Value)>,
}

fn next_batch(lines: &[&str], start: usize, most: usize) -> anyhow::Result<Option<Batch>> {
    let mut batch = Batch { start, end: start, events: Vec::new() };
    let mut bytes = 0;
    for (index, line) in lines.iter().enumerate().skip(start) {
        bytes += line.len() + 1;
        if batch.events.len() == most || (bytes > BATCH_BYTES && !batch.events.is_empty()) {
            break;
        }
        if !line.trim().is_empty() {
            let event =
                serde_json::from_str(line).with_context(|| format!("line {} is not JSON", index + 1))?;
            batch.events.push((index, event));
        }
        batch.end = index + 1;
    }
    Ok((batch.end > start && !batch.events.is_empty()).then_some(batch))
}

/// Counts what the answer says.
fn take(state: &mut State, batch: &Batch, receipt: Receipt) {
    state.accepted += receipt.accepted;
    state.duplicates += receipt.duplicates;
    state.rejected += receipt.rejected.len() as u64;
    for rejected in receipt.rejected {
        let line = batch.events.get(rejected.index).map_or(batch.start, |(line, _)| *line) + 1;
        tell!("line {line} rejected: {} ({})", rejected.detail, rejected.code);
    }
}

/// `events.jsonl` keeps its state in `events.jsonl.sent`.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sent");
    PathBuf::from(name)
}

fn digest(lines: &[&str]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line);
        hash.update("\n");
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], start: usize, most: usize, expected: Option<(usize, &[usize])>) {
        let batch = next_batch(lines, start, most).unwrap();
        let found =
            batch.map(|batch| (batch.end, batch.events.iter().map(|(line, _)| *line).collect::<Vec<_>>()));
        assert_eq!(found, expected.map(|(end, lines)| (end, lines.to_vec())));
    }

    #[test]
    fn batches_skip_blank_lines_and_go_on() {
        check(&["{}", "", "{}", "{}"], 0, 2, Some((3, &[0, 2])));
        check(&["{}", "", "{}", "{}"], 3, 2, Some((4, &[3])));
        check(&["{}", "", "{}", "{}"], 4, 2, None);
        check(&["{}", ""], 1, 2, None);
    }

    #[test]
    fn a_bad_line_is_named() {
        assert_eq!(next_batch(&["{}", "{"], 0, 9).err().unwrap().to_string(), "line 2 is not JSON");
    }
}
