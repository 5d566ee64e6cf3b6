//! `precinct replay FILE`: what a file of past events would have told each person, and what not and why, under the
//! rules and texts of an agency folder. Nothing is stored and nothing is sent: the same pure rules, the clock of the
//! events themselves.
mod course;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use incident::{Event, event};
use startup::agency::Folder;
use startup::intake;
use updates::Policy;
use updates::render::AgencyWords;
use updates::texts::Texts;

pub use course::{Course, Entry, Told};
pub use report::{Counts, story};

/// Arguments of the command.
#[derive(Args, Debug)]
pub struct Replay {
    /// One event of the webhook contract on each line, calls and cases mixed, in any order.
    file: PathBuf,
    /// Agency folder whose rules and texts are tried.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// Only the counts, not each person's story.
    #[arg(long)]
    summary: bool,
}

/// The rules and words that are tried.
#[derive(Debug)]
pub struct Rules {
    /// `updates.toml`, as if live.
    pub policy: Policy,
    /// The default language's texts, approved or not.
    pub texts: Texts,
    /// What texts say about the agency.
    pub agency: AgencyWords,
}

impl Rules {
    /// Reads them from an agency folder.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let folder = Folder::new(folder);
        let agency = folder.agency()?;
        let language = agency.default_language.clone();
        let mut files = BTreeMap::new();
        for name in folder.list(&format!("texts/{language}"), "toml")? {
            let text = folder.text(&format!("texts/{language}/{name}"))?;
            files.insert(name, text);
        }
        let words = AgencyWords {
            name: agency.name.clone(),
            non_emergency_phone: agency.non_emergency_phone.clone(),
            text_to_911: agency.text_to_911,
            zone: agency.zone()?,
        };
        let policy = Policy::parse(&folder.text("updates.toml")?, agency.zone()?, true)?;
        Ok(Self { policy, texts: Texts::parse(&language, &files)?, agency: words })
    }
}

/// Events in order of time, and the lines that are none with what is wrong.
pub fn read(text: &str) -> (Vec<Event>, Vec<String>) {
    let (mut events, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match read_line(line) {
            Ok(found) => events.extend(found),
            Err(fault) => faults.push(format!("line {}: {fault}", index + 1)),
        }
    }
    events.sort_by_key(|event| match event {
        Event::Incident(stamp, ..) | Event::Case(stamp, ..) => *stamp,
    });
    (events, faults)
}

fn read_line(line: &str) -> Result<Vec<Event>, String> {
    let posted = intake::read(line.as_bytes()).map_err(|_| "is not JSON".to_owned())?;
    let one = |posted: intake::Event| {
        let envelope = posted
            .map_err(|unreadable| format!("{}: {}", unreadable.fault.pointer, unreadable.fault.detail))?;
        let takes_cases = envelope.kind.starts_with("case.");
        event::read(&envelope.kind, envelope.timestamp, &envelope.data, takes_cases)
            .map_err(|invalid| invalid.to_string())
    };
    posted.into_iter().map(one).collect()
}

/// Plays the file and prints what came of it. `true` where every line was an event.
pub fn run(arguments: &Replay) -> anyhow::Result<bool> {
    let text = std::fs::read_to_string(&arguments.file)
        .with_context(|| format!("{} cannot be read", arguments.file.display()))?;
    let rules = Rules::load(&arguments.agency)?;
    let (events, faults) = read(&text);
    let mut course = Course::new(&rules);
    for event in &events {
        course.take(event);
    }
    let told = course.finish();
    if !arguments.summary {
        print!("{}", story(&told, &rules.agency.zone));
    }
    print!("{}", Counts::of(&told, events.len()));
    for fault in &faults {
        println!("left out: {fault}");
    }
    Ok(faults.is_empty())
}
