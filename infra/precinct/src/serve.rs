//! `precinct serve`: the stack on a known port until Ctrl-C, with everything needed to talk to it printed first.
use std::path::PathBuf;

use jiff::Timestamp;

use crate::stack::{DEFAULT_SECRET, Options, Stack};

/// Serves until interrupted.
pub async fn serve(
    port: u16,
    data: Option<PathBuf>,
    agency: PathBuf,
    now: Option<Timestamp>,
) -> anyhow::Result<()> {
    let shown = agency.display().to_string();
    let options = Options { data, agency, now, port: Some(port), background: true, ..Options::default() };
    let stack = Stack::start(options).await?;
    println!("precinct: serving at {}", stack.url());
    println!("  clock   {}", stack.now());
    println!("  desk    {}/desk/", stack.url());
    println!("  map     {}/public/index.html", stack.url());
    if stack.is_temporary() {
        println!(
            "  data    {} (temporary: removed at the end; keep it with --data DIR)",
            stack.data().display()
        );
    } else {
        println!("  data    {}", stack.data().display());
    }
    println!("  agency  copied from {shown} with updates live, every text approved, alerts and map on:");
    println!("          nothing leaves this machine; the folder itself is unchanged");
    if stack.secret() == DEFAULT_SECRET {
        println!("  secret  {DEFAULT_SECRET} (default; set PRECINCT_WEBHOOK_SECRET for another)");
    } else {
        println!("  secret  from PRECINCT_WEBHOOK_SECRET");
    }
    println!("  texts   GET /_local/texts    e-mails  GET /_local/emails    clock  POST /_local/clock");
    println!("  token   GET /_local/token?sub=me&groups=dispatch,admin      all paths: docs/local-stack.md");
    interrupted().await?;
    println!("precinct: stopped");
    Ok(())
}

/// Ends at Ctrl-C, or when asked to terminate, so that a temporary folder is removed either way.
async fn interrupted() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}
