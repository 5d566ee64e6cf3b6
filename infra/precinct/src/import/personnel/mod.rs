//! `precinct import personnel`: years of personnel history from a folder of CSV files, one for each kind of event.
//!
//! Everything is read and checked first, by the rules of intake; a fault anywhere loads nothing. Then the events are
//! posted in order, like anybody's. Their ids follow from their content, and how far posting came is kept: a call that
//! was cut short goes on where it ended, and one that is repeated stores nothing twice.
mod cell;
mod check;
mod columns;
mod faults;
mod load;
mod rows;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::open::progress;
use crate::stack::{self, Stack};
pub use check::Checked;
pub use load::Counts;

/// Path that personnel events are posted to.
const PATH: &str = "/v1/personnel/events";

/// Arguments of `precinct import personnel`.
#[derive(Args, Clone, Debug)]
pub struct Personnel {
    /// Folder with officers.csv, exposure.csv, events.csv, findings.csv, voided.csv, commendations.csv,
    /// training_required.csv, training_completed.csv; any may be missing, any may be packed (.gz).
    folder: PathBuf,
    /// Load into this data folder of a local stack; made if missing.
    #[arg(long, required_unless_present = "url", conflicts_with = "url")]
    data: Option<PathBuf>,
    /// Load by signed posts to this address, e.g. https://api.example.gov/v1/personnel/events.
    #[arg(long)]
    url: Option<String>,
    /// Agency folder, for its time zone and its indicators.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// Where faults are written, line by line; else import-errors.csv in the folder.
    #[arg(long)]
    errors: Option<PathBuf>,
    /// Load the rows that are right and leave out the others.
    #[arg(long)]
    skip_faulty: bool,
    /// Post from the first row on, whatever an earlier call reached.
    #[arg(long)]
    restart: bool,
}

/// What to load, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder of the files.
    pub folder: PathBuf,
    /// Agency folder.
    pub agency: PathBuf,
    /// Where faults are written.
    pub errors: PathBuf,
    /// Where it is kept how far posting came.
    pub state: PathBuf,
    /// Whether to begin anew, whatever is kept there.
    pub restart: bool,
}

impl Personnel {
    /// Imports; whether every row was taken.
    pub(super) async fn run(self) -> Result<bool> {
        let Self { folder, data, url, agency, errors, skip_faulty, restart } = self;
        let errors = errors.unwrap_or_else(|| folder.join("import-errors.csv"));
        // How far it came goes with what was loaded: on a new data folder it begins anew.
        let state = data.as_deref().unwrap_or(&folder).join("import-personnel.state");
        let options = Options { folder, agency, errors, state, restart };
        let mut checked = Checked::read(&options)?;
        checked.notes.iter().for_each(|note| remark!("note: {note}"));
        if checked.faulty() > 0 {
            let (faulty, errors) = (checked.faulty(), options.errors.display());
            tell!("{faulty} of {} rows cannot be loaded: see {errors}", checked.rows + faulty);
            if !skip_faulty {
                tell!("Nothing was loaded. Mend them, or leave them out with --skip-faulty.");
                return Ok(false);
            }
        }
        let counts = load(&mut checked, &options, data, url).await?;
        tell!("{counts}");
        if counts.rejected > 0 {
            tell!("Those refused in this call are in {}.", options.errors.display());
        }
        Ok(checked.faulty() == 0 && counts.rejected == 0)
    }
}

async fn load(
    checked: &mut Checked,
    options: &Options,
    data: Option<PathBuf>,
    url: Option<String>,
) -> Result<Counts> {
    let bar = progress(checked.rows, "loading {bar:30} {pos}/{len} rows, {eta} to go");
    let mut after_post = |counts: &Counts| {
        bar.set_position(counts.rows);
        Ok(())
    };
    let counts = if let Some(url) = url {
        checked.load(options, (&url, &url), &mut after_post).await?
    } else {
        let agency = options.agency.clone();
        let stack = Stack::start(stack::Options { data, agency, ..stack::Options::default() }).await?;
        let url = format!("{}{PATH}", stack.url());
        let counts = checked.load(options, (&url, "data folder"), &mut after_post).await?;
        stack.drain().await?;
        counts
    };
    bar.finish_and_clear();
    Ok(counts)
}

#[cfg(test)]
mod tests;
