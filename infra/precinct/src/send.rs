//! `precinct send`: signs and posts the events of a file of JSON lines, in batches, to this or a deployed stack. How
//! far it came is kept beside the file, so that a second call goes on where the first one ended.
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use clap::Args;
use hyper::{Request, Uri};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use startup::{Clock, Entropy};

use crate::stack::DEFAULT_SECRET;
use crate::stack::client::{Answer, Http};

/// Most events in one post, and most bytes, both as the contract of the API has them.
const BATCH: usize = 100;
const BATCH_BYTES: usize = 240 * 1024;
/// Posts of one batch before the command gives up for now.
const ATTEMPTS: u32 = 6;

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

/// What the API says about one post.
#[derive(Deserialize)]
struct Receipt {
    #[serde(default)]
    accepted: u64,
    #[serde(default)]
    duplicates: u64,
    #[serde(default, alias = "errors")]
    rejected: Vec<Rejected>,
}

#[derive(Deserialize)]
struct Rejected {
    #[serde(default)]
    index: usize,
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
}

impl Send {
    /// Sends the file; whether every event was taken.
    pub async fn run(&self) -> anyhow::Result<bool> {
        let text = fs::read_to_string(&self.file)
            .with_context(|| format!("{} cannot be read", self.file.display()))?;
        let lines: Vec<&str> = text.lines().collect();
        let secret = std::env::var("PRECINCT_WEBHOOK_SECRET").unwrap_or_else(|_| DEFAULT_SECRET.into());
        let beside = beside(&self.file);
        let mut state = self.state(&beside, &lines)?;
        if state.lines > 0 {
            println!("going on after line {}; --restart begins anew", state.lines);
        }
        let http = Http::new()?;
        let clock = clock(&http, &self.url).await;
        while let Some(batch) = next_batch(&lines, state.lines, self.batch.clamp(1, BATCH))? {
            let answer = self.post(&http, &clock, &secret, &batch).await?;
            take(&mut state, &batch, &answer)?;
            state.lines = batch.end;
            state.digest = digest(&lines[..state.lines]);
            crate::stack::write_json(&beside, &state)?;
        }
        println!(
            "{} lines: {} accepted, {} duplicates, {} rejected",
            state.lines, state.accepted, state.duplicates, state.rejected
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

    /// Posts a batch, again and again while the server is busy or away: repeated events count as duplicates.
    async fn post(&self, http: &Http, clock: &Clock, secret: &str, batch: &Batch) -> anyhow::Result<Answer> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let id = Entropy::system().token();
            let body = batch.body().into();
            let posted = http.post_signed(&self.url, secret, &id, clock.now(), body, self.baseline).await;
            let wait = match &posted {
                Ok(answer) if answer.status.as_u16() == 429 || answer.status.is_server_error() => {
                    answer.retry_after.unwrap_or(1 << attempt)
                }
                Ok(_) => return posted,
                Err(_) => 1 << attempt,
            };
            if attempt >= ATTEMPTS {
                bail!(
                    "no answer for lines {} to {} after {ATTEMPTS} tries; call again to go on there",
                    batch.start + 1,
                    batch.end
                );
            }
            tokio::time::sleep(Duration::from_secs(wait.min(60))).await;
        }
    }
}

/// The clock by which posts are signed: a local stack has its own, which may be far from that of the machine.
async fn clock(http: &Http, url: &str) -> Clock {
    let wall = Clock::wall();
    let Some(offset) = local_offset(http, url, wall.now()).await else { return wall };
    Clock::new(move || wall.now().saturating_add(offset).unwrap_or(Timestamp::MAX))
}

async fn local_offset(http: &Http, url: &str, now: Timestamp) -> Option<SignedDuration> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority().filter(|place| matches!(place.host(), "127.0.0.1" | "localhost"))?;
    let ask = Request::get(format!("http://{authority}/_local/clock")).body(Bytes::new()).ok()?;
    let answer = http.send(ask).await.ok()?;
    let shown: Value = serde_json::from_slice(&answer.body).ok()?;
    let shown: Timestamp = shown["now"].as_str()?.parse().ok()?;
    Some(shown.duration_since(now))
}

/// Lines `start..end`, blank ones left out.
struct Batch {
    start: usize,
    end: usize,
    events: Vec<(usize, Value)>,
}

impl Batch {
    fn body(&self) -> Vec<u8> {
        let events: Vec<&Value> = self.events.iter().map(|(_, event)| event).collect();
        serde_json::to_vec(&events).expect("JSON values can be written")
    }
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

/// Counts what the answer says; an answer that is about the post as a whole ends the command.
fn take(state: &mut State, batch: &Batch, answer: &Answer) -> anyhow::Result<()> {
    let receipt: Option<Receipt> = serde_json::from_slice(&answer.body).ok();
    let (202 | 422, Some(receipt)) = (answer.status.as_u16(), receipt) else {
        bail!(
            "the server answers {} to lines {} to {}: {}",
            answer.status,
            batch.start + 1,
            batch.end,
            String::from_utf8_lossy(&answer.body)
        );
    };
    state.accepted += receipt.accepted;
    state.duplicates += receipt.duplicates;
    state.rejected += receipt.rejected.len() as u64;
    for rejected in receipt.rejected {
        let line = batch.events.get(rejected.index).map_or(batch.start, |(line, _)| *line) + 1;
        println!("line {line} rejected: {} ({})", rejected.detail, rejected.code);
    }
    Ok(())
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
