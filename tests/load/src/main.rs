//! Measures a stack under load and prints the tables of docs/load.md.
#![expect(clippy::print_stdout, reason = "a command talks on the terminal")]
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Parser;
use load::server::Server;
use load::{Plan, Target, memory, pause, replay, report, run, traffic};

/// Posts signed webhooks at rising rates and judges what was told.
#[derive(Parser)]
struct Arguments {
    /// A running local stack; without it one is started, from the `precinct` beside this program.
    #[arg(long)]
    base_url: Option<String>,
    /// Agency folder; its limits are raised in a copy.
    #[arg(long, default_value = "infra/agency")]
    agency: PathBuf,
    /// Posts a second, one step after the other.
    #[arg(long, value_delimiter = ',', default_value = "5,10,20,40,80,160")]
    rates: Vec<f64>,
    /// How long each step posts.
    #[arg(long, default_value_t = 20)]
    seconds: u32,
    /// Calls of the replay; 0 leaves it out.
    #[arg(long, default_value_t = 10_000)]
    replay: u32,
    /// Posts a second of the replay: below the knee.
    #[arg(long, default_value_t = 30.0)]
    replay_rate: f64,
    /// Posts a second under which everything is paused; 0 leaves it out.
    #[arg(long, default_value_t = 40.0)]
    pause_rate: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let (server, target) = if let Some(url) = &arguments.base_url {
        let secret = std::env::var("PRECINCT_WEBHOOK_SECRET").context(
            "PRECINCT_WEBHOOK_SECRET must hold the secret that `precinct serve` tells at its start",
        )?;
        (None, Target::new(url, &secret))
    } else {
        let program = std::env::current_exe()?.with_file_name("precinct");
        let server = Server::start(&program, &arguments.agency)
            .context("build it with the same profile: -p precinct")?;
        let target = Target::new(&server.url, &server.secret);
        (Some(server), target)
    };
    target.check_clock().await?;
    let clean = measure(&arguments, &target, server.as_ref()).await?;
    ensure!(clean, "something was lost, doubled or claimed after a pause, or memory grew with the calls");
    Ok(())
}

/// Every step, the replay, the pause; whether nothing was lost or doubled anywhere and memory stayed.
async fn measure(arguments: &Arguments, target: &Target, server: Option<&Server>) -> anyhow::Result<bool> {
    let name = format!("L{}", target.now().as_second());
    let (mut first, mut clean) = (0, true);
    let mut take = |calls: u32| -> anyhow::Result<u32> {
        let from = first;
        first += calls;
        ensure!(first <= traffic::most_calls(), "more calls than there are fictional numbers");
        Ok(from)
    };
    println!("{}", report::STEPS);
    for rate in &arguments.rates {
        let calls = (rate * f64::from(arguments.seconds)).ceil() as u32;
        let plan = Plan { run: name.clone(), rate: *rate, calls, first: take(calls)? };
        let measured = run(target, &plan).await?;
        let resident = server.map(|server| memory::resident(server.pid())).transpose()?;
        println!("{}", report::step(&measured, resident));
        clean &=
            measured.acknowledged == calls && (measured.verdict.lost, measured.verdict.doubled) == (0, 0);
    }
    if arguments.replay > 0 {
        let (from, what) = (take(arguments.replay)?, (arguments.replay, arguments.replay_rate));
        let replayed = replay::run(target, &name, from, what, server.map(Server::pid)).await?;
        println!("\nreplay: {}", report::replay(&replayed));
        clean &= (replayed.verdict.lost, replayed.verdict.doubled) == (0, 0);
        clean &= memory::is_flat(&replayed.resident);
    }
    if arguments.pause_rate > 0.0 {
        let calls = (arguments.pause_rate * f64::from(arguments.seconds)).ceil() as u32;
        let paused = pause::run(target, &name, take(calls)?, (calls, arguments.pause_rate)).await?;
        println!("\npause: {}", report::pause(&paused));
        clean &= paused.claims_after == 0 && (paused.verdict.lost, paused.verdict.doubled) == (0, 0);
    }
    Ok(clean)
}
