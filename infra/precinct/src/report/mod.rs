//! `precinct report`: what the nights wrote into the internal bucket of a data folder, printed for people.
mod days;
mod effect;
mod standing;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use jiff::civil::Date;

/// What is reported.
#[derive(Debug, Subcommand)]
pub enum Report {
    /// Whether telling people kept them from calling again: repeat calls within an hour, by call type.
    Effect(Span),
    /// What became of the updates, and which tasks came up.
    Summary(Span),
    /// Revocations that are not in force yet, against their ten business days, and how the others were honoured.
    Revocations(Span),
    /// What came of the month's surveys, by call type and language.
    Surveys(Span),
}

/// Which days of which data folder.
#[derive(Debug, clap::Args)]
pub struct Span {
    /// Data folder of a local stack.
    #[arg(long)]
    data: PathBuf,
    /// First day; else the last one that was summarised.
    #[arg(long)]
    from: Option<Date>,
    /// Last day; else the last one that was summarised.
    #[arg(long)]
    to: Option<Date>,
}

/// Prints the report.
pub fn run(report: &Report) -> anyhow::Result<ExitCode> {
    match report {
        Report::Effect(span) => show!("{}", effect::table(&days::sum(span)?)),
        Report::Summary(span) => show!("{}", summary::table(&days::sum(span)?)),
        Report::Revocations(span) => show!("{}", standing::revocations(&days::sum(span)?)),
        Report::Surveys(span) => show!("{}", standing::surveys(&days::sum(span)?)),
    }
    Ok(ExitCode::SUCCESS)
}
