//! `precinct bridge`: tails the exports of a CAD that cannot post webhooks, maps their rows, and posts them signed, in
//! batches. The position moves only after the answer and lies in a state file, so nothing is skipped; ids of events are
//! functions of the row, so what is posted twice after a crash counts as duplicate and nobody is told twice.
//!
//! ```text
//! file or folder --records--> rows --profile--> events --post--> answer --> rejected rows, then the state
//! ```
mod feed;
pub(crate) mod records;
mod state;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use incident::profile::{Format, MappedEvent, Profile, RowFault};
use serde_json::Value;

use crate::post::{ATTEMPTS, BATCH, BATCH_BYTES, Poster, Receipt, Rejected};
use crate::replay;
use feed::{Feed, Piece};
use records::{Kind, Record, object};
use state::{RejectedRow, State, StateFile};

/// Arguments of the command.
#[derive(Args, Clone, Debug)]
#[command(group = clap::ArgGroup::new("input").required(true))]
pub struct Bridge {
    /// CSV file with a header, or a folder of such; needs a profile.
    #[arg(long, group = "input", requires = "profile")]
    pub csv: Option<PathBuf>,
    /// File of JSON lines, or a folder of such; without a profile each line is an event of the webhook contract.
    #[arg(long, group = "input")]
    pub jsonl: Option<PathBuf>,
    /// Name of the profile that maps the rows, in profiles/ of the agency folder.
    #[arg(long)]
    pub profile: Option<String>,
    /// Where to post, e.g. http://127.0.0.1:8911/v1/cad/events.
    #[arg(long)]
    pub url: String,
    /// State file; else beside the file or folder, with the ending .bridge.
    #[arg(long)]
    pub state: Option<PathBuf>,
    /// Send what is there and end, instead of waiting for more.
    #[arg(long)]
    pub once: bool,
    /// Store without ever sending a message for what is already past: for the first run over old files.
    #[arg(long)]
    pub baseline: bool,
    /// Seconds between two looks.
    #[arg(long, default_value_t = 2)]
    pub every: u64,
    /// Agency folder that holds the profile.
    #[arg(long, default_value = "infra/agency")]
    pub agency: PathBuf,
}

/// Everything one run works with.
struct Run {
    poster: Poster,
    profile: Option<Profile>,
    kind: Kind,
    store: StateFile,
    state: State,
}

/// A batch of rows on its way.
#[derive(Default)]
struct Batch {
    rows: Vec<Record>,
    /// Events with the row each came of.
    events: Vec<(usize, Value)>,
    /// Rows that give no event, and why.
    faults: Vec<(usize, Rejected)>,
    bytes: usize,
}

impl Bridge {
    /// Sends what is there, and without `once` whatever comes, until the process ends. Whether every row was taken.
    pub async fn run(&self) -> anyhow::Result<bool> {
        let input = self.csv.as_ref().or(self.jsonl.as_ref()).context("give --csv or --jsonl")?;
        if !input.exists() {
            bail!("{} is not there", input.display());
        }
        let profile = self.profile.as_deref().map(|name| replay::profile(&self.agency, name)).transpose()?;
        let kind = kind(self.csv.is_some(), profile.as_ref())?;
        let state_path = self.state.clone().unwrap_or_else(|| state::beside(input, "bridge"));
        let store = StateFile::open(&state_path)?;
        let state = store.load(&self.url)?;
        let poster = Poster::new(&self.url, self.baseline, self.once.then_some(ATTEMPTS)).await?;
        let mut run = Run { poster, profile, kind, store, state };
        let mut feed = Feed::new(input);
        loop {
            run.pass(&mut feed).await?;
            if self.once {
                break;
            }
            tokio::time::sleep(Duration::from_secs(self.every.max(1))).await;
        }
        let State { accepted, duplicates, rejected, .. } = &run.state;
        tell!(
            "{accepted} accepted, {duplicates} duplicates, {rejected} rejected since {}",
            state_path.display()
        );
        if *rejected > 0 {
            tell!("rejected rows are in {}", run.store.rejected().display());
        }
        Ok(*rejected == 0)
    }
}

/// What the files are, which the profile must agree with.
fn kind(is_csv: bool, profile: Option<&Profile>) -> anyhow::Result<Kind> {
    match (is_csv, profile) {
        (true, Some(profile)) if profile.format == Format::Csv => {
            Ok(Kind::Csv { delimiter: profile.delimiter })
        }
        (true, Some(profile)) => {
            bail!("profile {} does not read CSV: set format = \"csv\" in it", profile.name)
        }
        (true, None) => bail!("--csv needs --profile: a row says nothing by itself"),
        (false, Some(profile)) if profile.format == Format::Csv => {
            bail!("profile {} reads CSV: give --csv, or set format = \"json\" in it", profile.name)
        }
        (false, _) => Ok(Kind::Jsonl),
    }
}

impl Run {
    /// Sends everything that is whole by now.
    async fn pass(&mut self, feed: &mut Feed) -> anyhow::Result<()> {
        while let Some(mut piece) = feed.next(&mut self.state, self.kind)? {
            let mut batch = Batch::default();
            for row in std::mem::take(&mut piece.records) {
                let outcome = self.outcome(&row, &piece);
                if !batch.has_room(&outcome) && !self.send(std::mem::take(&mut batch), &mut piece).await? {
                    break;
                }
                batch.add(row, outcome);
            }
            self.send(batch, &mut piece).await?;
        }
        Ok(())
    }

    /// What a row gives: events, or what is wrong with it.
    fn outcome(&self, row: &Record, piece: &Piece) -> Result<Vec<Value>, Rejected> {
        if row.is_blank() || piece.is_header(row) {
            return Ok(Vec::new());
        }
        let fault = |code: &str, detail: &str| Rejected {
            index: 0,
            pointer: String::new(),
            code: code.into(),
            detail: detail.into(),
        };
        let row = object(&row.text, self.kind, &piece.header).map_err(|detail| fault("invalid", &detail))?;
        let Some(profile) = &self.profile else { return within_a_post(vec![row]) };
        let of_profile =
            |wrong: RowFault| Rejected { pointer: wrong.pointer, ..fault(wrong.code, &wrong.detail) };
        let mut events = Vec::new();
        for row in profile.rows(row).map_err(of_profile)? {
            events.extend(profile.map(&row).map_err(of_profile)?.events.iter().map(MappedEvent::json));
        }
        within_a_post(events)
    }

    /// Posts a batch, keeps what was not taken, and only then moves the position. False where the file was changed
    /// meanwhile and must be looked at again; nothing is posted then.
    async fn send(&mut self, batch: Batch, piece: &mut Piece) -> anyhow::Result<bool> {
        let (Some(first), Some(last)) = (batch.rows.first(), batch.rows.last()) else { return Ok(true) };
        let lines = format!("{}: lines {} to {}", piece.name, first.line, last.line);
        let Some(position) = piece.position_after(&batch.rows)? else { return Ok(false) };
        let mut receipt = Receipt::default();
        if !batch.events.is_empty() {
            let events: Vec<&Value> = batch.events.iter().map(|(_, event)| event).collect();
            let posted = self.poster.post(&events).await;
            receipt = posted.with_context(|| format!("{lines} were not taken; call again to go on there"))?;
        }
        let row_of = |fault: &Rejected| batch.events.get(fault.index).map_or(0, |(row, _)| *row);
        let mut rejected: Vec<(usize, &Rejected)> =
            batch.faults.iter().map(|(row, fault)| (*row, fault)).collect();
        rejected.extend(receipt.rejected.iter().map(|fault| (row_of(fault), fault)));
        rejected.sort_by_key(|(row, _)| *row);
        self.keep_rejected(&batch, piece, &rejected)?;
        self.state.accepted += receipt.accepted;
        self.state.duplicates += receipt.duplicates;
        self.state.rejected += rejected.len() as u64;
        self.state.files.insert(piece.name.clone(), position.clone());
        piece.start = position;
        self.store.save(&self.state)?;
        if !batch.events.is_empty() || !rejected.is_empty() {
            let Receipt { accepted, duplicates, .. } = receipt;
            tell!("{lines}: {accepted} accepted, {duplicates} duplicates, {} rejected", rejected.len());
        }
        Ok(true)
    }

    fn keep_rejected(
        &self,
        batch: &Batch,
        piece: &Piece,
        rejected: &[(usize, &Rejected)],
    ) -> anyhow::Result<()> {
        let rows: Vec<RejectedRow<'_>> = rejected
            .iter()
            .map(|(row, fault)| RejectedRow {
                file: &piece.name,
                line: batch.rows[*row].line,
                pointer: &fault.pointer,
                code: &fault.code,
                detail: &fault.detail,
                row: &batch.rows[*row].text,
            })
            .collect();
        self.store.keep_rejected(&rows)
    }
}

impl Batch {
    /// Whether a row fits that gives this.
    fn has_room(&self, outcome: &Result<Vec<Value>, Rejected>) -> bool {
        let events = outcome.as_deref().unwrap_or_default();
        self.events.len() + events.len() <= BATCH && self.bytes + size(events) <= BATCH_BYTES
    }

    fn add(&mut self, row: Record, outcome: Result<Vec<Value>, Rejected>) {
        let index = self.rows.len();
        self.rows.push(row);
        match outcome {
            Ok(events) => {
                self.bytes += size(&events);
                self.events.extend(events.into_iter().map(|event| (index, event)));
            }
            Err(fault) => self.faults.push((index, fault)),
        }
    }
}

/// Bytes that events take in a post.
fn size(events: &[Value]) -> usize {
    events.iter().map(|event| event.to_string().len() + 1).sum()
}

/// The events of one row, which must go out together.
fn within_a_post(events: Vec<Value>) -> Result<Vec<Value>, Rejected> {
    if events.len() <= BATCH && size(&events) <= BATCH_BYTES {
        return Ok(events);
    }
    let detail = "the row gives more than one post may hold".into();
    Err(Rejected { index: 0, pointer: String::new(), code: "too_large".into(), detail })
}

#[cfg(test)]
mod tests;
