//! Whether the checker is worth anything: each mistake of `startup::mutant` is made in turn, and seeds are played until
//! an invariant breaks.
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;

use anyhow::Context as _;
use startup::mutant::{Mutant, set};

use crate::campaign::CALLS;
use crate::case::{Case, Told};

/// What became of one mistake.
#[derive(Clone, Debug)]
pub struct Killed {
    /// The mistake.
    pub mutant: Mutant,
    /// Seeds played until it showed, of each search; `None` where it never did.
    pub seeds: Vec<Option<u64>>,
    /// The invariants that broke.
    pub by: Vec<String>,
    /// Calls of all seeds that were played.
    pub lifecycles: u64,
}

/// How long a mistake is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Searches, each from a seed of its own.
    pub searches: u64,
    /// Most seeds of one search.
    pub most: u64,
}

impl Killed {
    /// The median of the seeds that it took; `None` where a search found nothing.
    pub fn median(&self) -> Option<u64> {
        let mut seeds: Vec<u64> = self.seeds.iter().copied().collect::<Option<_>>()?;
        seeds.sort_unstable();
        seeds.get(seeds.len() / 2).copied()
    }
}

/// Makes the mistake of this name from now on, in this thread.
pub fn make(name: Option<&str>) -> anyhow::Result<()> {
    let Some(name) = name else { return Ok(()) };
    let found = Mutant::ALL.into_iter().find(|mutant| format!("{mutant:?}") == name);
    set(Some(found.with_context(|| format!("no mistake is called {name}"))?));
    Ok(())
}

/// Plays every mistake whose name contains `only`, with `patience`, on `threads` threads.
pub fn hunt(agency: &Path, patience: Patience, only: &str, threads: usize) -> Vec<Killed> {
    let named = Mutant::ALL.into_iter().filter(|mutant| format!("{mutant:?}").contains(only));
    let waiting = Mutex::new(named.collect::<Vec<_>>());
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
                    let Some(mutant) = next else { break };
                    set(Some(mutant));
                    let killed = search(mutant, agency, patience);
                    set(None);
                    found.lock().unwrap_or_else(PoisonError::into_inner).push(killed);
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|killed| Mutant::ALL.iter().position(|mutant| *mutant == killed.mutant));
    found
}

fn search(mutant: Mutant, agency: &Path, patience: Patience) -> Killed {
    let mut killed = Killed { mutant, seeds: Vec::new(), by: Vec::new(), lifecycles: 0 };
    for search in 0..patience.searches {
        let first = 1 + search * 1_000_000;
        let mut taken = None;
        for seed in first..first + patience.most {
            killed.lifecycles += u64::from(CALLS);
            let case = Case { told: Told::City(seed, CALLS), faults: None };
            let Ok(report) = case.play(agency) else { continue };
            if let Some(violation) = report.violations.first() {
                taken = Some(seed - first + 1);
                let broken = format!("{} {}", violation.invariant, generic(&violation.what));
                if !killed.by.contains(&broken) {
                    killed.by.push(broken);
                }
                break;
            }
        }
        killed.seeds.push(taken);
        if taken.is_none() {
            break;
        }
    }
    killed
}

/// What happened, without the names of the run.
fn generic(what: &str) -> String {
    let words = what.split_whitespace().filter(|word| !word.chars().any(|letter| letter.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}
