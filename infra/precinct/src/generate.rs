//! `precinct generate`: invented history in the form of the webhook contract, to try rules on without anybody's data.
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use startup::agency::Folder;

use crate::city::{City, Department, SEED};

/// What is invented.
#[derive(Subcommand, Debug)]
pub enum What {
    /// A month of calls and the cases that come of them, as JSON lines on standard output, in the order of arrival.
    Calls(Calls),
    /// A department with years of personnel history: the folder that `import personnel` reads, and what was planted in
    /// it as truth.csv.
    Officers(Officers),
}

/// Arguments of `precinct generate officers`.
#[derive(Args, Debug)]
pub struct Officers {
    /// Folder to write; made if missing.
    #[arg(long)]
    out: PathBuf,
    /// How many sworn officers.
    #[arg(long, default_value_t = 150)]
    officers: usize,
    /// Years of history.
    #[arg(long, default_value_t = 5)]
    years: i64,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// The last day of history.
    #[arg(long, default_value = "2026-07-03")]
    until: Date,
}

/// Arguments of `precinct generate calls`.
#[derive(Args, Debug)]
pub struct Calls {
    /// How many calls.
    #[arg(long, default_value_t = 10_000)]
    incidents: usize,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// The last day of the month.
    #[arg(long, default_value = "2026-06-30")]
    until: Date,
    /// Agency folder, for its time zone.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
}

/// Writes what was asked for.
pub fn run(what: &What) -> anyhow::Result<()> {
    let calls = match what {
        What::Calls(calls) => calls,
        What::Officers(Officers { out, officers, years, seed, until }) => {
            let department = Department { seed: *seed, officers: *officers, years: *years, last_day: *until };
            let rows = department.write(out)?;
            tell!("{rows} rows in {}; what was planted is in truth.csv", out.display());
            return Ok(());
        }
    };
    let zone = Folder::new(&calls.agency).agency()?.zone()?;
    let city = City { seed: calls.seed, last_day: calls.until, zone };
    let mut out = BufWriter::new(io::stdout().lock());
    for event in city.calls(calls.incidents) {
        serde_json::to_writer(&mut out, &event)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}
