//! `fuzz-webhooks`: how many inputs, from which seed; prints what was answered how often, and every fault with its input.
#![expect(clippy::print_stdout, reason = "a command talks on the terminal")]
use std::process::ExitCode;

use clap::Parser;
use fuzz::overheard::{self, Overheard};

/// An input is some thousand short allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Feeds handlers and readers damaged input, and judges each answer.
#[derive(Parser)]
struct Arguments {
    /// Inputs for whole handlers.
    #[arg(long, default_value_t = 20_000)]
    inputs: u64,
    /// Inputs for the readers alone.
    #[arg(long, default_value_t = 200_000)]
    reads: u64,
    /// Seed of all inputs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> anyhow::Result<ExitCode> {
    let Arguments { inputs, reads, seed } = Arguments::parse();
    let tally = fuzz::handlers(&Overheard::start(overheard::FILTER)?, seed, inputs)?;
    for ((what, status), count) in &tally.answers {
        println!("{count:>9}  {status}  {what}");
    }
    for (input, fault) in tally.faults.iter().take(50) {
        println!("input {input}: {fault}");
    }
    let unread = fuzz::readers(seed, reads)?;
    unread.iter().take(20).for_each(|fault| println!("{fault}"));
    println!(
        "seed {seed}: {inputs} inputs through handlers, {} faults; {reads} through readers, {} faults",
        tally.faults.len(),
        unread.len()
    );
    Ok(if tally.faults.is_empty() && unread.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
