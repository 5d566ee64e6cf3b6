//! `precinct run`: one scheduled function on a data folder, without a server to talk to.
use std::path::PathBuf;

use jiff::Timestamp;

use crate::stack::{Options, Stack};

/// Runs `function` for `time` and prints its report as JSON.
pub async fn run(
    function: &str,
    time: Option<Timestamp>,
    data: Option<PathBuf>,
    agency: PathBuf,
) -> anyhow::Result<()> {
    let stack = Stack::start(Options { data, agency, ..Options::default() }).await?;
    if stack.is_temporary() {
        remark!("precinct: no --data given: running on an empty folder that is removed at the end");
    }
    let report = stack.run(function, time).await?;
    tell!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
