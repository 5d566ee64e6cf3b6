//! `precinct doctor`: looks at a deployed stack and at what the account says of texts and e-mails, and names what would keep
//! an update from arriving, a reply from being read or a failure from being noticed, each with what it means and what to do.
//! It changes nothing. docs/doctor.md says what each check stands for.
//!
//! ```text
//! AWS ─▶ read (clients, the only part that talks) ─▶ Facts ─▶ findings (pure) ─▶ Report ─▶ text or JSON
//! ```
pub mod facts;
mod findings;
mod read;

use std::path::PathBuf;

use crate::access::Access;

pub use findings::{CHECKS, Finding, Level, Report, examine};

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Doctor {
    #[command(flatten)]
    access: Access,
    /// The agency folder that ought to be deployed.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// Ask the issuer of staff tokens for its discovery document as well; the one call that leaves AWS.
    #[arg(long)]
    issuer: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Prints the report; whether nothing is wrong.
    pub async fn run(self) -> anyhow::Result<bool> {
        let facts = read::facts(&self.access, &self.agency, self.issuer).await?;
        let report = examine(&facts);
        if self.json {
            tell!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            show!("{report}");
        }
        Ok(report.is_well())
    }
}
