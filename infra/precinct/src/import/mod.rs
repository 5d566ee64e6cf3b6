//! `precinct import`: history from files, as other systems export them.
mod crime;
mod open;
pub mod personnel;

use anyhow::Result;

pub use crime::{Columns, Crime, Imported, Options, crime};

/// What can be imported.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// Incidents from a CSV file, as a records system or an open-data portal exports them.
    Crime(Crime),
    /// Officers, their work and what is on record of them: a folder with one CSV file for each kind of event.
    Personnel(personnel::Personnel),
}

/// Imports, and prints what came of it; whether all of it was taken.
pub async fn run(what: What) -> Result<bool> {
    match what {
        What::Crime(crime) => crime.run().await.map(|()| true),
        What::Personnel(personnel) => personnel.run().await,
    }
}
