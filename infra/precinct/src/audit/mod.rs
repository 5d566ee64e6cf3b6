//! `precinct audit`: checks the trail of the staff API, in a data folder or in a deployed bucket. It reads and changes
//! nothing there; only the file of heads, where one is named, is written.
mod source;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use audit::{Heads, Report, Verifier};
use clap::{Args, Subcommand};
use startup::Runtime;

use crate::stack::data::write_json;

/// What is done with the trail.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that no record is missing, altered, put between or exchanged.
    Verify(Verify),
}

/// Arguments of the check.
#[derive(Args, Debug)]
pub struct Verify {
    /// Data folder of a local stack.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Name of the audit bucket of a deployed stack; the credentials of the AWS command line are used.
    #[arg(long, conflicts_with = "data", required_unless_present = "data")]
    bucket: Option<String>,
    /// File that keeps where each writer stood: compared where it exists, written where the trail is whole. It shows
    /// what is cut off an end later, so keep it where nobody with the bucket's keys can write.
    #[arg(long, value_name = "FILE")]
    heads: Option<PathBuf>,
}

impl Audit {
    /// Does it; the code says whether the trail is whole.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Verify(verify) = self;
        let (told, whole) = verify.check().await?;
        show!("{told}");
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Verify {
    /// The check of a data folder.
    pub fn of_folder(data: PathBuf, heads: Option<PathBuf>) -> Self {
        Self { data: Some(data), bucket: None, heads }
    }

    /// What was found, in words, and whether the trail is whole.
    pub async fn check(&self) -> anyhow::Result<(String, bool)> {
        let seen = self.heads.as_deref().map(read).transpose()?.flatten();
        let mut verifier = Verifier::default();
        let mut told = String::new();
        if let Some(bucket) = &self.bucket {
            let s3 = map_hotspots::s3(&Runtime::start().await);
            writeln!(told, "{}", source::lock(&s3, bucket).await?)?;
            source::bucket(&s3, bucket, &mut verifier).await?;
        } else if let Some(data) = &self.data {
            source::folder(&data.join("s3").join("audit"), &mut verifier)?;
        }
        let report = verifier.report(seen.as_ref().unwrap_or(&Heads::new()));
        tell(&mut told, &report)?;
        let whole = report.breaks.is_empty();
        if let Some(file) = &self.heads {
            if whole {
                write_json(file, &report.heads())?;
            }
            tell_heads(&mut told, file, seen.as_ref(), whole)?;
        }
        Ok((told, whole))
    }
}

/// The heads of an earlier check; none before the first.
fn read(file: &Path) -> anyhow::Result<Option<Heads>> {
    let name = file.display();
    match std::fs::read(file) {
        Ok(bytes) => {
            let heads = serde_json::from_slice(&bytes);
            heads
                .map(Some)
                .with_context(|| format!("{name} is no file of heads: give another name or mend it"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{name} cannot be read")),
    }
}

fn tell(told: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(told, "{:<32}  {:>7}  {:<20}  last", "writer", "records", "first")?;
    for (name, writer) in &report.writers {
        let (first, last) = (format!("{:.0}", writer.first), format!("{:.0}", writer.last));
        writeln!(told, "{name:<32}  {:>7}  {first:<20}  {last}", writer.records)?;
    }
    let records: u64 = report.writers.values().map(|writer| writer.records).sum();
    writeln!(told, "{records} records of {} writers", report.writers.len())?;
    let Some(first) = report.breaks.first() else {
        return writeln!(told, "whole: no record is missing, altered, put between or exchanged");
    };
    writeln!(told, "BROKEN in {} places, first:\n  {first}", report.breaks.len())?;
    for other in report.breaks.iter().skip(1) {
        writeln!(told, "  {other}")?;
    }
    Ok(())
}

fn tell_heads(told: &mut String, file: &Path, seen: Option<&Heads>, whole: bool) -> std::fmt::Result {
    let name = file.display();
    match (seen, whole) {
        (Some(seen), true) => {
            writeln!(told, "nothing is cut off since {name} ({} writers); written anew", seen.len())
        }
        (None, true) => writeln!(told, "{name} written: name it again at the next check"),
        (_, false) => writeln!(told, "{name} left as it was"),
    }
}
