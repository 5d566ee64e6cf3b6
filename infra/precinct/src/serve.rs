//! `precinct serve`: the stack on a known port until Ctrl-C, with everything needed to talk to it printed first.
use std::path::PathBuf;

use jiff::Timestamp;

use crate::demo;
use crate::stack::{DEFAULT_SECRET, Options, Stack};

/// The arguments.
#[derive(Clone, Debug, clap::Args)]
pub struct Serve {
    /// Port on loopback.
    #[arg(long, default_value_t = 8911)]
    port: u16,
    /// Folder for everything that is stored; made if missing. Without it a temporary one is used and removed.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Agency folder; it is copied, never changed.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// Where the clock starts, RFC 3339 with offset; it runs on from there.
    #[arg(long)]
    now: Option<Timestamp>,
    /// Load the sample city first and play its day; the clock runs on from the morning after.
    #[arg(long, conflicts_with = "now")]
    demo: bool,
}

impl Serve {
    /// Serves until interrupted.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { port, data, agency, now, demo } = self;
        let shown = agency.display().to_string();
        let options = Options { data, agency, now, port: Some(port), ..Options::default() };
        let stack = if demo {
            demo::stand(options).await?
        } else {
            Stack::start(Options { background: true, ..options }).await?
        };
        print(&stack, &shown);
        interrupted().await?;
        tell!("precinct: stopped");
        Ok(())
    }
}

fn print(stack: &Stack, agency: &str) {
    tell!("precinct: serving at {}", stack.url());
    tell!("  clock   {}", stack.now());
    tell!("  desk    {}/desk/", stack.url());
    tell!("  map     {}/public/index.html", stack.url());
    let data = stack.data().display();
    if stack.is_temporary() {
        tell!("  data    {data} (temporary: removed at the end; keep it with --data DIR)");
    } else {
        tell!("  data    {data}");
    }
    tell!("  agency  copied from {agency} with updates live, every text approved, alerts and map on:");
    tell!("          nothing leaves this machine; the folder itself is unchanged");
    if stack.secret() == DEFAULT_SECRET {
        tell!("  secret  {DEFAULT_SECRET} (default; set PRECINCT_WEBHOOK_SECRET for another)");
    } else {
        tell!("  secret  from PRECINCT_WEBHOOK_SECRET");
    }
    tell!("  texts   GET /_local/texts    e-mails  GET /_local/emails    clock  POST /_local/clock");
    tell!("  token   GET /_local/token?sub=me&groups=dispatch,admin      all paths: docs/local-stack.md");
}

/// Ends at Ctrl-C, or when asked to terminate, so that a temporary folder is removed either way.
async fn interrupted() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}
