//! The operator's command: reads the arguments and calls what they name.
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::Timestamp;
use tracing_subscriber::EnvFilter;

/// Runs, demonstrates, checks and feeds the system.
#[derive(Parser)]
#[command(name = "precinct", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play a day of the sample city on this machine and tell what happened; files go to ./target/demo.
    Demo {
        /// Agency folder; it is copied, never changed.
        #[arg(long, default_value = "infra/agency")]
        agency: PathBuf,
    },
    /// Keep the whole stack running on this machine until Ctrl-C: API, desk and map.
    Serve(precinct::serve::Serve),
    /// Run one scheduled function on a data folder, without a server, and print its report.
    Run {
        /// sweep-updates, summarise-updates, map-hotspots, score-officers, notify-reviews or retain-records.
        function: String,
        /// The moment the run is for, RFC 3339 with offset; else the time of the data folder's clock.
        #[arg(long)]
        time: Option<Timestamp>,
        /// Folder for everything that is stored.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Agency folder; it is copied, never changed.
        #[arg(long, default_value = "infra/agency")]
        agency: PathBuf,
    },
    /// Load history: crime, or personnel.
    Import {
        #[command(subcommand)]
        what: precinct::import::What,
    },
    /// Invent history to try rules on.
    Generate {
        #[command(subcommand)]
        what: precinct::generate::What,
    },
    /// Try the rules on an agency's own past, before anything goes live.
    Backtest {
        #[command(subcommand)]
        what: precinct::backtest::What,
    },
    /// Validate an agency folder, and count what a profile cannot map in a real export.
    Check {
        /// The folder.
        #[arg(default_value = "infra/agency")]
        agency: PathBuf,
        /// Export of a CAD (CSV or JSON lines) that is mapped and counted; nothing is sent.
        #[arg(long, requires = "profile")]
        sample: Option<PathBuf>,
        /// Name of the profile that maps the sample.
        #[arg(long, requires = "sample")]
        profile: Option<String>,
    },
    /// Tell what would change for the public, what is still to be approved, and switch it on.
    GoLive(precinct::go_live::GoLive),
    /// Write the public page "Is this text real?" in each language that somebody signed.
    Pages(precinct::pages::Pages),
    /// Stop everything at once, or one kind, source or incident; or let it go on.
    Pause(precinct::pause::Pause),
    /// Tell what a file of past events would have told each person, and what not and why; nothing is sent.
    Replay(precinct::replay::Replay),
    /// Follow the exports of a CAD that cannot post webhooks: map, sign and post their rows as they are written.
    Bridge(precinct::bridge::Bridge),
    /// Print what the nights wrote about updates.
    Report {
        #[command(subcommand)]
        what: precinct::report::Report,
    },
    /// Check the audit trail of the staff API.
    Audit {
        #[command(subcommand)]
        what: precinct::audit::Audit,
    },
    /// Place, lift and list legal holds: what is held is deleted by nothing and nobody.
    Hold {
        #[command(subcommand)]
        what: precinct::custodian::Hold,
    },
    /// Hand out a copy of everything held about a person, a call, a case or an officer, or of the audit trail.
    Export {
        #[command(subcommand)]
        what: precinct::custodian::ExportWhat,
    },
    /// Erase a person, a call, a case or an officer by order; without --apply only tell what would go.
    Erase(precinct::custodian::Erase),
    /// Take an edition of the public map back: its files become empty and say so.
    Withdraw(precinct::withdraw::Withdraw),
    /// Hand out again what stands in the failure queues, as the tables know it; tells what it would do unless --apply.
    Redrive(precinct::redrive::Redrive),
    /// Bring back what a table lost, nothing of it in a state that is ever sent; tells what it would do unless --apply.
    Restore {
        #[command(subcommand)]
        what: precinct::restore::Restore,
    },
    /// Give a key a successor: call it until it says that it is done.
    Rotate {
        #[command(subcommand)]
        what: precinct::rotate::What,
    },
    /// Look at a deployed stack and at the account: what is wrong, what it means, what to do.
    Doctor(precinct::doctor::Doctor),
    /// Send one marked test text through a deployed stack's own number.
    TestText(precinct::test_text::TestText),
    /// Sign and post the events of a file of JSON lines to a stack; a second call goes on where the first ended.
    Send(precinct::send::Send),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,dynoxide=error,s3s=error,s3s_fs=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            precinct::remark!("precinct: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo { agency } => precinct::demo::run(&agency).await?,
        Command::Serve(serve) => serve.run().await?,
        Command::Run { function, time, data, agency } => {
            precinct::run::run(&function, time, data, agency).await?;
        }
        Command::Import { what } => return Ok(exit_code(precinct::import::run(what).await?)),
        Command::Generate { what } => precinct::generate::run(&what)?,
        Command::Backtest { what } => return Ok(exit_code(precinct::backtest::run(&what)?)),
        Command::Check { agency, sample, profile } => {
            if let (Some(sample), Some(profile)) = (sample, profile) {
                precinct::show!("{}", precinct::check::Sample::read(&sample, &agency, &profile)?);
                return Ok(ExitCode::SUCCESS);
            }
            return Ok(exit_code(precinct::check::run(&agency)));
        }
        Command::GoLive(go_live) => return Ok(exit_code(precinct::go_live::run(&go_live)?)),
        Command::Pages(pages) => return Ok(exit_code(pages.run()?)),
        Command::Pause(pause) => pause.run().await?,
        Command::Replay(replay) => return Ok(exit_code(precinct::replay::run(&replay)?)),
        Command::Bridge(bridge) => return Ok(exit_code(bridge.run().await?)),
        Command::Report { what } => return precinct::report::run(&what),
        Command::Audit { what } => return what.run().await,
        Command::Hold { what } => what.run().await?,
        Command::Export { what } => what.run().await?,
        Command::Erase(erase) => return erase.run().await,
        Command::Withdraw(withdraw) => withdraw.run().await?,
        Command::Redrive(redrive) => return Ok(exit_code(redrive.run().await?)),
        Command::Restore { what } => what.run().await?,
        Command::Rotate { what } => precinct::rotate::run(what).await?,
        Command::Doctor(doctor) => return Ok(exit_code(doctor.run().await?)),
        Command::TestText(text) => text.run().await?,
        Command::Send(send) => return Ok(exit_code(send.run().await?)),
    }
    Ok(ExitCode::SUCCESS)
}

fn exit_code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
