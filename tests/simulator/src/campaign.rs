//! Many runs: every single fault at every effect of the plain stories, pairs of faults, random seeds that heal, stories
//! told in another order, and storms of short calls. Each thread plays its own runs; a run never knows of another.
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::case::{Case, Told, shrink};
use crate::fault::{Fault, Faults};
use crate::network::Service;
use crate::report::Report;
use crate::story::Story;
use crate::tally::{Found, Progress, Tally};

/// Calls in a city of a random run.
pub const CALLS: u32 = 32;
/// Calls in a storm: so many that sweeps, keys and secrets are shared by many calls, as on a busy day.
pub const STORM_CALLS: u32 = 1000;

/// A part of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Every single fault.
    Singles,
    /// Pairs of faults.
    Pairs,
    /// Cities of random seeds, some of them told in two orders.
    Cities,
    /// Storms of random seeds.
    Storms,
}

impl Part {
    /// Every part, in the order in which they are played.
    pub const ALL: [Self; 4] = [Self::Singles, Self::Pairs, Self::Cities, Self::Storms];

    /// Its share of the time: not more is taken, and what is left goes to those after it.
    fn weight(self) -> u32 {
        match self {
            Self::Singles => 8,
            Self::Pairs => 3,
            Self::Cities => 5,
            Self::Storms => 4,
        }
    }
}

/// How a campaign is made.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// How long it goes on.
    pub time: Duration,
    /// The first seed; the runs take those that follow.
    pub seed: u64,
    /// How many of a list of single faults or pairs were played before, and are passed over.
    pub skip: u64,
    /// Threads, each with runs of its own.
    pub threads: usize,
    /// Whether it ends at the first violation.
    pub until_first: bool,
    /// What is played, in this order.
    pub parts: Vec<Part>,
}

/// Agency folders for the runs, gone with the value.
#[derive(Debug)]
pub struct Prepared(PathBuf);

impl Prepared {
    /// The folder as shipped, with every mode on and every text approved.
    pub fn agency(&self) -> PathBuf {
        self.0.join("agency")
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // Nothing useful can be done where the system keeps a file of it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Folders prepared by this process so far.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Prepares the agency folders in a folder of this process.
pub fn prepare() -> anyhow::Result<Prepared> {
    let shipped = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/agency"));
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("precinct-simulator-{}-{number}", std::process::id());
    let prepared = Prepared(std::env::temp_dir().join(name));
    embedded::agency::copy(shipped, &prepared.agency(), true, None)?;
    for day in crate::story::DAYS {
        crate::restore::prepare(&prepared.agency(), day.parse()?)?;
    }
    Ok(prepared)
}

/// One fault at one effect: every one that fits, for the nominal run of each plain story, in an order of the `seed`: each
/// seed plays another part of them where there is no time for all.
pub fn single_faults(agency: &Path, seed: u64) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for scenario in 0..Story::PLAIN {
        for (effect, fault) in faults_of(scenario, agency)? {
            cases.push(Case { told: Told::Plain(scenario), faults: Some(Faults::from([(effect, fault)])) });
        }
    }
    fastrand::Rng::with_seed(seed).shuffle(&mut cases);
    Ok(cases)
}

/// Every fault that fits an effect of the nominal run.
fn faults_of(scenario: usize, agency: &Path) -> anyhow::Result<Vec<(u64, Fault)>> {
    let nominal = Case { told: Told::Plain(scenario), faults: Some(Faults::new()) }.play(agency)?;
    let all = nominal.actions.iter().enumerate().flat_map(|(place, asked)| {
        let fitting = Fault::ALL.into_iter().filter(|fault| fault.fits(asked));
        fitting.map(move |fault| (place as u64 + 1, fault)).collect::<Vec<_>>()
    });
    Ok(all.collect())
}

/// Two faults at two effects between the first post and the first text with its mark: the core of every plain story that has
/// one, in an order of the `seed`.
pub fn pairs(agency: &Path, seed: u64) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for scenario in 0..Story::PLAIN {
        let told = Told::Plain(scenario);
        let nominal = Case { told, faults: Some(Faults::new()) }.play(agency)?;
        let Some(sent) = nominal.actions.iter().position(|asked| asked.service == Service::Sns) else {
            continue;
        };
        let mut core = faults_of(scenario, agency)?;
        core.retain(|(effect, _)| *effect <= sent as u64 + 4);
        for (place, first) in core.iter().enumerate() {
            for second in core[place + 1..].iter().filter(|second| second.0 != first.0) {
                cases.push(Case { told, faults: Some(Faults::from([*first, *second])) });
            }
        }
    }
    fastrand::Rng::with_seed(seed).shuffle(&mut cases);
    Ok(cases)
}

impl Campaign {
    /// Plays each part for its share of the time that is left.
    pub fn play(&self, agency: &Path) -> anyhow::Result<Tally> {
        let begun = Instant::now();
        let deadline = begun + self.time;
        let tally = Mutex::new(Tally::default());
        for (place, part) in self.parts.iter().enumerate() {
            let to_come: u32 = self.parts[place..].iter().map(|part| part.weight()).sum();
            let left = deadline.saturating_duration_since(Instant::now());
            let until = Instant::now() + left * part.weight() / to_come;
            match part {
                Part::Singles => {
                    let played = self.list(&single_faults(agency, self.seed)?, until, &tally, agency);
                    hold(&tally).single_faults = played;
                }
                Part::Pairs => {
                    let played = self.list(&pairs(agency, self.seed)?, until, &tally, agency);
                    hold(&tally).pairs = played;
                }
                Part::Cities => self.cities(until, &tally, agency),
                Part::Storms => self.storms(until, &tally, agency),
            }
        }
        let mut tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        tally.seconds = begun.elapsed().as_secs_f64();
        tally.rate = tally.lifecycles as f64 / tally.seconds;
        Ok(tally)
    }

    /// Plays a list until `deadline`; how many of it.
    fn list(&self, cases: &[Case], deadline: Instant, tally: &Mutex<Tally>, agency: &Path) -> Progress {
        let next = AtomicU64::new(self.skip);
        let done = AtomicU64::new(0);
        self.on_threads(|| {
            while Instant::now() < deadline && !self.is_over(tally) {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(usize::try_from(place).unwrap_or(usize::MAX)) else { break };
                note(tally, case, case.play(agency), agency);
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
        Progress { done: done.into_inner(), of: cases.len() as u64 }
    }

    fn storms(&self, deadline: Instant, tally: &Mutex<Tally>, agency: &Path) {
        self.seeds(deadline, tally, |seed| {
            let case = Case { told: Told::Storm(seed, STORM_CALLS), faults: None };
            note(tally, &case, case.play(agency), agency);
            hold(tally).storms += 1;
        });
    }

    fn cities(&self, deadline: Instant, tally: &Mutex<Tally>, agency: &Path) {
        self.seeds(deadline, tally, |seed| {
            let case = Case { told: Told::City(seed, CALLS), faults: None };
            note(tally, &case, case.play(agency), agency);
            hold(tally).seeds += 1;
            if seed.is_multiple_of(8) {
                reorder(tally, seed, agency);
            }
        });
    }

    /// Plays seed after seed until `deadline`.
    fn seeds(&self, deadline: Instant, tally: &Mutex<Tally>, play: impl Fn(u64) + Sync) {
        let next = AtomicU64::new(self.seed);
        self.on_threads(|| {
            while Instant::now() < deadline && !self.is_over(tally) {
                play(next.fetch_add(1, Ordering::Relaxed));
            }
        });
    }

    fn is_over(&self, tally: &Mutex<Tally>) -> bool {
        self.until_first && !hold(tally).violations.is_empty()
    }

    fn on_threads(&self, work: impl Fn() + Sync) {
        std::thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                scope.spawn(&work);
            }
        });
    }
}

fn hold<T>(held: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells the city of `seed` in two orders.
fn reorder(tally: &Mutex<Tally>, seed: u64, agency: &Path) {
    let (lifecycles, differing) =
        crate::order::compare(seed, CALLS, agency).unwrap_or_else(|error| (0, vec![format!("{error:#}")]));
    let mut tally = hold(tally);
    tally.permutations += 1;
    tally.lifecycles += lifecycles;
    let case = format!("orders {seed} {CALLS}");
    tally.violations.extend(differing.into_iter().map(|what| Found::new("order", what, case.clone())));
}

/// Adds a run to the tally; one that broke an invariant is made small first.
fn note(tally: &Mutex<Tally>, case: &Case, report: anyhow::Result<Report>, agency: &Path) {
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            let found = Found::new("I10", format!("{error:#}"), case.to_string());
            return hold(tally).violations.push(found);
        }
    };
    let found = report.violations.first().map(|violation| {
        let least = shrink(case, &report.faults, agency).unwrap_or_else(|_| case.clone());
        Found::new(violation.invariant, violation.what.clone(), least.to_string())
    });
    let mut tally = hold(tally);
    tally.lifecycles += report.lifecycles;
    tally.effects += report.effects;
    tally.told += report.told.len() as u64;
    tally.given_up += report.given_up;
    tally.redriven += report.redriven;
    for fault in report.faults.values() {
        *tally.faults.entry(fault.word()).or_default() += 1;
    }
    tally.violations.extend(found);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Each list holds the same cases for every seed, in another order, and of so many stories.
    #[track_caller]
    fn check(list: impl Fn(u64) -> Vec<Case>, stories: usize) {
        let words = |seed| list(seed).iter().map(Case::to_string).collect::<Vec<_>>();
        let (first, second) = (words(1), words(2));
        assert_eq!(words(1), first);
        assert_ne!(second, first);
        let all: BTreeSet<&String> = first.iter().collect();
        assert_eq!(second.iter().collect::<BTreeSet<_>>(), all);
        assert_eq!(all.len(), first.len());
        // What a short campaign plays is no corner.
        let told: BTreeSet<&str> = first[..200].iter().filter_map(|case| case.get(..7)).collect();
        assert_eq!(told.len(), stories, "{told:?}");
    }

    #[test]
    fn a_list_goes_on_behind_what_was_played() {
        let prepared = prepare().unwrap();
        let agency = prepared.agency();
        let all = single_faults(&agency, 1).unwrap().len() as u64;
        let time = Duration::from_hours(1);
        let campaign = Campaign {
            time,
            seed: 1,
            skip: all - 2,
            threads: 1,
            until_first: false,
            parts: vec![Part::Singles],
        };
        let played = campaign.play(&agency).unwrap().single_faults;
        assert_eq!((played.done, played.of), (2, all));
    }

    #[test]
    fn each_seed_plays_single_faults_and_pairs_in_an_order_of_its_own() {
        let prepared = prepare().unwrap();
        let agency = prepared.agency();
        check(|seed| single_faults(&agency, seed).unwrap(), Story::PLAIN);
        // Two stories are of people who are never texted.
        check(|seed| pairs(&agency, seed).unwrap(), Story::PLAIN - 2);
    }
}
