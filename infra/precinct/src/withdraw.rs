//! `precinct withdraw`: takes an edition of the public map back, on a data folder or in a deployed bucket.
use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use map_hotspots::bucket::Bucket;
use map_hotspots::{Withdrawn, withdraw};
use startup::Runtime;
use startup::agency::Folder;

use crate::stack::{Options, Stack};

/// Arguments of the command.
#[derive(Args, Debug)]
pub struct Withdraw {
    /// The edition to take back, by its date.
    date: Date,
    /// Data folder of a local stack.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Name of the public bucket of a deployed stack; the credentials of the AWS command line are used.
    #[arg(long, conflicts_with = "data", required_unless_present = "data")]
    bucket: Option<String>,
    /// Agency folder that the stack was built with.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
}

impl Withdraw {
    /// Withdraws and prints what was done.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { date, data, bucket, agency } = self;
        let withdrawn = if let Some(bucket) = bucket {
            from(&Runtime::start().await, bucket, agency, date).await?
        } else {
            let stack = Stack::start(Options { data, agency: agency.clone(), ..Options::default() }).await?;
            let bucket = stack.runtime().variables.required("PUBLIC_BUCKET")?;
            from(stack.runtime(), bucket, agency, date).await?
        };
        tell!("{withdrawn}");
        Ok(())
    }
}

/// Withdraws the edition of `date` from the bucket that `runtime` reaches.
pub async fn from(
    runtime: &Runtime,
    bucket: String,
    agency: PathBuf,
    date: Date,
) -> anyhow::Result<Withdrawn> {
    let bucket = Bucket::new(map_hotspots::s3(runtime), bucket);
    withdraw(&bucket, &Folder::new(agency), &runtime.variables, date).await
}
