//! `precinct go-live`: what would change for the public, what a person has still to approve, and the switch itself.
mod mode;
mod standing;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use jiff::civil::Date;
use startup::Clock;
use startup::agency::Folder;

pub use standing::Part;
pub(crate) use standing::{Missing, standing};

/// Arguments of the command.
#[derive(Args, Debug)]
pub struct GoLive {
    /// What is to go live.
    part: Part,
    /// Agency folder.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// A language that may stay unapproved: whoever reads it is written to in the default language.
    #[arg(long, value_name = "LANGUAGE")]
    without: Vec<String>,
    /// Change the mode in agency.toml, where nothing is missing.
    #[arg(long)]
    apply: bool,
}

/// Prints where the part stands and, where asked to, switches it on; `true` where nothing is missing.
pub fn run(arguments: &GoLive) -> anyhow::Result<bool> {
    let GoLive { part, agency, without, apply } = arguments;
    let zone = Folder::new(agency).agency()?.zone()?;
    let today = Clock::wall().now().to_zoned_datetime(zone).date();
    let (told, ready) = tell(agency, *part, without, today)?;
    show!("{told}");
    if !ready {
        return Ok(false);
    }
    if *apply {
        switch_on(agency, *part)?;
        tell!("\nagency.toml now says so. It takes effect once you build and deploy:");
        tell!("  .venv/bin/sam build --config-env prod && .venv/bin/sam deploy --config-env prod");
    } else {
        tell!("\nNothing is missing. --apply changes the one line in agency.toml.");
    }
    Ok(true)
}

/// Where the part stands in words, and whether it may go live.
pub(crate) fn tell(
    path: &Path,
    part: Part,
    without: &[String],
    today: Date,
) -> anyhow::Result<(String, bool)> {
    let folder = Folder::new(path);
    let agency = folder.agency()?;
    let standing = standing(&folder, part, without, today)?;
    let (key, now, on) = (part.key(), part.mode(&agency), part.on());
    let mut told = String::new();
    if now == on {
        writeln!(told, "{key}: {on} already")?;
    } else {
        writeln!(told, "{key}: {now} now, {on} then")?;
    }
    for fact in &standing.facts {
        writeln!(told, "  {fact}")?;
    }
    writeln!(told, "\nHashes")?;
    let width = standing.hashes.iter().map(|(file, _)| file.len()).max().unwrap_or(0);
    for (file, hash) in &standing.hashes {
        writeln!(told, "  {file:width$}  {hash}")?;
    }
    for missing in &standing.optional {
        writeln!(
            told,
            "\nNot needed: {}; to approve it, {}:\n\n{}",
            missing.what,
            missing.advice,
            missing.lines.trim_end()
        )?;
    }
    // A mode that is on already makes an approval that is missing a fault of the folder: said once, here.
    let faults: Vec<String> = crate::check::inspect(path).faults_beside_approvals();
    for missing in &standing.missing {
        writeln!(told, "\nMissing: {}; {}:\n\n{}", missing.what, missing.advice, missing.lines.trim_end())?;
    }
    if !standing.missing.is_empty() {
        writeln!(told, "\nA person signs by name, having read what the hash is of.")?;
    }
    if !faults.is_empty() {
        writeln!(told, "\nThe folder is not sound:")?;
    }
    for fault in &faults {
        writeln!(told, "  {fault}")?;
    }
    Ok((told, standing.missing.is_empty() && faults.is_empty()))
}

/// Writes the mode beside the file and puts it in its place, so that a crash leaves the one or the other.
pub(crate) fn switch_on(path: &Path, part: Part) -> anyhow::Result<()> {
    let file = path.join("agency.toml");
    let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let text = mode::switched_on(&text, part).map_err(anyhow::Error::msg)?;
    let beside = path.join("agency.toml.new");
    fs::write(&beside, text).with_context(|| format!("{} cannot be written", beside.display()))?;
    fs::rename(&beside, &file).with_context(|| format!("{} cannot be replaced", file.display()))
}
