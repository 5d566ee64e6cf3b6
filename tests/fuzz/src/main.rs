//! `fuzz-webhooks`: how many inputs, from which seed; prints what was answered how often, and every fault with its input.
#![expect(clippy::print_stdout, reason = "a command talks on the terminal")]
use std::process::ExitCode;

use clap::Parser;
use fuzz::Tally;
use fuzz::overheard::{self, Overheard};

/// Inputs after which a long run says how it stands; each round draws from a seed of its own.
const ROUND: u64 = 100_000;

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
    let overheard = Overheard::start(overheard::FILTER)?;
    let mut tally = Tally::default();
    for round in 0..inputs.div_ceil(ROUND) {
        let wanted = ROUND.min(inputs - round * ROUND);
        let found = fuzz::handlers(&overheard, seed ^ round << 32, wanted)?;
        for (input, fault) in found.faults.iter().take(50) {
            println!("input {input} of round {round}: {fault}");
        }
        found.answers.into_iter().for_each(|(what, count)| *tally.answers.entry(what).or_default() += count);
        tally.faults.extend(found.faults);
        println!("{} inputs, {} faults", round * ROUND + wanted, tally.faults.len());
    }
    for ((what, status), count) in &tally.answers {
        println!("{count:>9}  {status}  {what}");
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
