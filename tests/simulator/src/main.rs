//! The simulator's command.
#![expect(clippy::print_stdout, reason = "a command talks on the terminal")]
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use simulator::campaign::{Campaign, Part, prepare};
use simulator::case::Case;
use simulator::log;
use simulator::order::compare;
use simulator::tally::Tally;

/// A run is a hundred million short allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plays calls and cases through the real functions with every fault that the services may have, and checks the
/// invariants of docs/simulator.md. Exit code 1 where one is broken.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// How long.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many single faults or pairs of this seed were played before: these are passed over.
    #[arg(long, default_value_t = 0)]
    skip: u64,
    /// Threads, each with runs of its own.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// One part alone.
    #[arg(long)]
    only: Option<Part>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum What {
    /// Plays one case as a violation names it, e.g. `plain 0 12:crash-after`, or `orders 272 32` for a city told in two orders.
    Replay {
        /// The words of the case.
        case: Vec<String>,
        /// With this mistake, as the table of docs/simulator.md calls it.
        #[cfg(feature = "mutants")]
        #[arg(long)]
        mistake: Option<String>,
    },
    /// Makes every mistake of `startup::mutant` in turn and counts the seeds until it shows.
    #[cfg(feature = "mutants")]
    Mutants {
        /// Searches for each, from seeds far apart.
        #[arg(long, default_value_t = 5)]
        searches: u64,
        /// Most seeds of one search.
        #[arg(long, default_value_t = 300)]
        most: u64,
        /// Only mistakes whose name contains this.
        #[arg(long, default_value = "")]
        only: String,
    },
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    log::catch();
    if cfg!(panic = "abort") {
        simulator::case::name_on_panic();
    }
    let prepared = prepare()?;
    let agency = prepared.agency();
    let failed = match arguments.what {
        #[cfg(not(feature = "mutants"))]
        Some(What::Replay { case }) => replay(&case.join(" "), &agency)?,
        #[cfg(feature = "mutants")]
        Some(What::Replay { case, mistake }) => {
            simulator::mutants::make(mistake.as_deref())?;
            replay(&case.join(" "), &agency)?
        }
        #[cfg(feature = "mutants")]
        Some(What::Mutants { searches, most, only }) => {
            let patience = simulator::mutants::Patience { searches, most };
            print_mutants(&agency, patience, &only, arguments.threads)
        }
        None => {
            let time = Duration::from_secs(arguments.seconds);
            let parts = arguments.only.map_or_else(|| Part::ALL.to_vec(), |only| vec![only]);
            let (seed, skip, threads) = (arguments.seed, arguments.skip, arguments.threads);
            let campaign = Campaign { time, seed, skip, threads, until_first: false, parts };
            let tally = campaign.play(&agency)?;
            if arguments.json {
                println!("{}", serde_json::to_string(&tally)?);
            } else {
                print(&tally);
            }
            !tally.violations.is_empty()
        }
    };
    drop(prepared);
    if failed {
        std::process::exit(1);
    }
    Ok(())
}

fn replay(case: &str, agency: &std::path::Path) -> anyhow::Result<bool> {
    if let Some(city) = case.strip_prefix("orders ") {
        return replay_orders(city, agency);
    }
    let case: Case = case.parse().map_err(anyhow::Error::msg)?;
    let report = case.play(agency)?;
    println!(
        "{case}: {} effects, {} messages, trace {:016x}",
        report.effects,
        report.told.len(),
        report.trace
    );
    for ((function, service), actions) in &report.calls {
        for (action, count) in actions {
            println!("  {function:<16} {service:?} {action:<20} {count}");
        }
    }
    for (effect, fault) in &report.faults {
        println!("  {effect} {fault}");
    }
    for violation in &report.violations {
        println!("  {} at {}: {}", violation.invariant, violation.at, violation.what);
    }
    Ok(!report.violations.is_empty())
}

/// Prints what reached whom in one order alone.
fn replay_orders(city: &str, agency: &std::path::Path) -> anyhow::Result<bool> {
    let numbers = city.split_once(' ').context("orders of which city? `orders SEED CALLS`")?;
    let (_, differing) = compare(numbers.0.parse()?, numbers.1.parse()?, agency)?;
    for what in &differing {
        println!("  {what}");
    }
    println!("{} differences", differing.len());
    Ok(!differing.is_empty())
}

fn print(tally: &Tally) {
    println!("single faults   {} of {}", tally.single_faults.done, tally.single_faults.of);
    println!("pairs           {} of {}", tally.pairs.done, tally.pairs.of);
    println!("cities          {}, of which {} told in two orders", tally.seeds, tally.permutations);
    println!("storms          {}", tally.storms);
    println!("lifecycles      {} ({:.0} a second)", tally.lifecycles, tally.rate);
    println!("service calls   {}", tally.effects);
    println!("messages taken  {}", tally.told);
    println!("records given up {}, {} items handed out again for them", tally.given_up, tally.redriven);
    println!("faults injected {}", tally.faults.values().sum::<u64>());
    for (kind, count) in &tally.faults {
        println!("  {kind:<15} {count}");
    }
    println!("violations      {}", tally.violations.len());
    for found in &tally.violations {
        println!("  {} {}\n    simulator replay {}\n", found.invariant, found.what, found.case);
        println!("{}", found.test);
    }
}

#[cfg(feature = "mutants")]
fn print_mutants(
    agency: &std::path::Path,
    patience: simulator::mutants::Patience,
    only: &str,
    threads: usize,
) -> bool {
    let begun = std::time::Instant::now();
    let found = simulator::mutants::hunt(agency, patience, only, threads);
    let seconds = begun.elapsed().as_secs_f64();
    println!("| mistake | median seeds | broken |\n|---|---|---|");
    for killed in &found {
        let median = killed.median().map_or_else(|| "**survived**".to_owned(), |seeds| seeds.to_string());
        println!("| {:?} | {median} | {} |", killed.mutant, killed.by.join("; "));
    }
    let survived = found.iter().filter(|killed| killed.median().is_none()).count();
    println!("{} of {} found", found.len() - survived, found.len());
    let lifecycles: u64 = found.iter().map(|killed| killed.lifecycles).sum();
    println!(
        "{lifecycles} lifecycles in {seconds:.0} s, {:.0} a second",
        lifecycles as f64 / seconds.max(0.001)
    );
    let anyway: Vec<&String> = found.iter().flat_map(|killed| &killed.anyway).collect();
    for case in &anyway {
        println!("broken without any mistake: simulator replay {case}");
    }
    survived > 0 || !anyway.is_empty()
}
