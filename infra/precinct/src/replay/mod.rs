//! `precinct replay FILE`: what a file of past events would have told each person, and what not and why, under the
//! rules and texts of an agency folder. Nothing is stored and nothing is sent: the same pure rules, the clock of the
//! events themselves.
mod course;
mod input;
mod report;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;

pub use course::{Course, Entry, Fate, Task, Told};
pub use input::{Input, profile, read, read_mapped, read_stopped};
pub use report::{Counts, story};
pub use rules::Rules;

/// Arguments of the command.
#[derive(Args, Debug)]
pub struct Replay {
    /// One event of the webhook contract on each line, calls and cases mixed, in any order; with --profile a vendor's
    /// rows, as JSON lines or CSV.
    file: PathBuf,
    /// Profile of the agency folder that maps the file's rows, e.g. example-csv.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Agency folder whose rules and texts are tried.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// Telephone numbers and e-mail addresses that had opted out before, one to a line.
    #[arg(long, value_name = "FILE")]
    stopped: Option<PathBuf>,
    /// Withhold what nobody approved; else every text counts as approved.
    #[arg(long)]
    approved_only: bool,
    /// Only the counts, not each person's story.
    #[arg(long)]
    summary: bool,
}

/// Plays the file and prints what came of it. `true` where every line was an event.
pub fn run(arguments: &Replay) -> anyhow::Result<bool> {
    let started = Instant::now();
    let text = |path: &PathBuf| {
        std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
    };
    let rules = Rules::load(&arguments.agency, arguments.approved_only)?;
    let stopped = match &arguments.stopped {
        Some(path) => {
            read_stopped(&text(path)?).map_err(|fault| anyhow::anyhow!("{}: {fault}", path.display()))?
        }
        None => BTreeSet::new(),
    };
    let file = text(&arguments.file)?;
    let input = match &arguments.profile {
        Some(name) => read_mapped(&file, &profile(&arguments.agency, name)?)?,
        None => read(&file),
    };
    let Input { events, repeated, unmapped, faults, .. } = input;
    let mut course = Course::new(&rules, &stopped);
    for event in &events {
        course.take(event);
    }
    let told = course.finish();
    if !arguments.summary {
        show!("{}", story(&told, &rules.zone));
    }
    show!("{}", Counts::of(&told, events.len()));
    if repeated > 0 {
        tell!("\n{repeated} events came more than once");
    }
    for ((table, code), count) in &unmapped {
        tell!("{count} times {code} came, which {table} of the profile does not know");
    }
    for fault in &faults {
        tell!("left out: {fault}");
    }
    remark!("{:.1} s", started.elapsed().as_secs_f64());
    Ok(faults.is_empty())
}
