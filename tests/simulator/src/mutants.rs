//! Whether the checker is worth anything: each mistake of `startup::mutant` is made in turn, and seeds are played until
//! an invariant breaks. That seed is played once more without the mistake: only where nothing breaks then was it the mistake.
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;

use anyhow::Context as _;
use startup::mutant::{Mutant, set};

use crate::campaign::CALLS;
use crate::case::{Case, Told};
use crate::checker::Violation;

/// What became of one mistake.
#[derive(Clone, Debug)]
pub struct Killed {
    /// The mistake.
    pub mutant: Mutant,
    /// Seeds played until it showed, of each search; `None` where it never did.
    pub seeds: Vec<Option<u64>>,
    /// The invariants that broke.
    pub by: Vec<String>,
    /// What broke without the mistake too: a case and what happened. It counts for nothing, and the hunt has failed.
    pub anyway: Vec<String>,
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
                    let killed = search(mutant, patience, |case, mistake| {
                        set(mistake);
                        let report = case.play(agency);
                        set(None);
                        Ok(report?.violations.into_iter().next())
                    });
                    found.lock().unwrap_or_else(PoisonError::into_inner).push(killed);
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|killed| Mutant::ALL.iter().position(|mutant| *mutant == killed.mutant));
    found
}

/// Plays seeds with the mistake until one breaks an invariant that holds without it. `play` gives the first that broke, with
/// the mistake or without.
fn search(
    mutant: Mutant,
    patience: Patience,
    mut play: impl FnMut(&Case, Option<Mutant>) -> anyhow::Result<Option<Violation>>,
) -> Killed {
    let mut killed = Killed { mutant, seeds: Vec::new(), by: Vec::new(), anyway: Vec::new(), lifecycles: 0 };
    for search in 0..patience.searches {
        let first = 1 + search * 1_000_000;
        let mut taken = None;
        for seed in first..first + patience.most {
            killed.lifecycles += u64::from(CALLS);
            let case = Case { told: Told::City(seed, CALLS), faults: None };
            let Ok(Some(violation)) = play(&case, Some(mutant)) else { continue };
            killed.lifecycles += u64::from(CALLS);
            match play(&case, None) {
                Ok(None) => {
                    taken = Some(seed - first + 1);
                    let broken = format!("{} {}", violation.invariant, generic(&violation.what));
                    if !killed.by.contains(&broken) {
                        killed.by.push(broken);
                    }
                    break;
                }
                Ok(Some(also)) => {
                    killed.anyway.push(format!("{case}: {} {}", also.invariant, also.what));
                }
                Err(error) => killed.anyway.push(format!("{case}: {error:#}")),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A search in which the mistake shows from the seeds of `with` on, and something breaks in those of `without` anyway.
    fn searched(with: std::ops::RangeFrom<u64>, without: &[u64]) -> Killed {
        let patience = Patience { searches: 1, most: 5 };
        search(Mutant::NoSweep, patience, |case, mistake| {
            let Told::City(seed, _) = case.told else { panic!("a city") };
            let is_broken = without.contains(&seed) || mistake.is_some() && with.contains(&seed);
            let what = format!("INC#26-{seed} is open");
            Ok(is_broken.then(|| Violation { invariant: "I3", what, at: jiff::Timestamp::UNIX_EPOCH }))
        })
    }

    #[test]
    fn a_seed_counts_where_nothing_breaks_without_the_mistake() {
        let found = searched(3.., &[]);
        assert_eq!((found.median(), found.by.as_slice()), (Some(3), ["I3 is open".to_owned()].as_slice()));
        assert_eq!(found.anyway, Vec::<String>::new());
        assert_eq!(found.lifecycles, 4 * u64::from(CALLS));
    }

    #[test]
    fn what_breaks_without_the_mistake_counts_for_nothing_and_is_told() {
        let found = searched(3.., &[2, 3]);
        assert_eq!(found.median(), Some(4));
        assert_eq!(
            found.anyway,
            ["city 2 32 drawn: I3 INC#26-2 is open", "city 3 32 drawn: I3 INC#26-3 is open"]
        );
        assert_eq!(searched(9.., &[]).median(), None);
    }
}
