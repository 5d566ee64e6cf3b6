//! One run by name: a story, a seed and, where it is no random one, its faults. It is written as one line, so that a
//! run that found something can be kept as a regression test.
use std::cell::RefCell;
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::str::FromStr;

use crate::fault::{Fault, Faults};
use crate::report::Report;
use crate::story::Story;
use crate::world::Setting;

thread_local! {
    /// The case that this thread plays.
    static PLAYED: RefCell<Option<Case>> = const { RefCell::new(None) };
}

/// In the place of faults: those that the seed draws.
const DRAWN: &str = "drawn";
/// How often a case is played at most to make it smaller: a city takes a second.
const PLAYS: u32 = 80;

/// What is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The story.
    pub told: Told,
    /// Faults and no others; none: drawn from the seed.
    pub faults: Option<Faults>,
}

/// Which story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// One plain call, told once and in order, on calm days.
    Plain(usize),
    /// A city of a seed with so many calls.
    City(u64, u32),
    /// The same city, told once and in order, on calm days.
    InOrder(u64, u32),
    /// The storm of a seed with so many short calls.
    Storm(u64, u32),
}

impl Case {
    /// Plays it.
    pub fn play(&self, agency: &Path) -> anyhow::Result<Report> {
        let (story, seed, calm) = match self.told {
            Told::Plain(scenario) => (Story::plain(scenario), 0, true),
            Told::City(seed, calls) => (Story::of(seed, calls), seed, false),
            Told::InOrder(seed, calls) => (Story::in_order(seed, calls), seed, true),
            Told::Storm(seed, calls) => (Story::storm(seed, calls), seed, false),
        };
        let setting = Setting { seed, faults: self.faults.clone(), calm, agency: agency.to_owned() };
        self.played(|| crate::play(story, setting))
    }

    /// What `play` gives, while this thread knows that it plays this case.
    fn played<T>(&self, play: impl FnOnce() -> T) -> T {
        PLAYED.set(Some(self.clone()));
        let given = play();
        PLAYED.set(None);
        given
    }

    /// The same with exactly the faults of `report`.
    pub fn with(&self, faults: Faults) -> Self {
        Self { faults: Some(faults), ..self.clone() }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.told {
            Told::Plain(scenario) => write!(f, "plain {scenario}")?,
            Told::City(seed, calls) => write!(f, "city {seed} {calls}")?,
            Told::InOrder(seed, calls) => write!(f, "in-order {seed} {calls}")?,
            Told::Storm(seed, calls) => write!(f, "storm {seed} {calls}")?,
        }
        let Some(faults) = &self.faults else { return write!(f, " {DRAWN}") };
        for (effect, fault) in faults {
            write!(f, " {effect}:{fault}")?;
        }
        Ok(())
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let mut words = line.split_whitespace();
        let number = |words: &mut std::str::SplitWhitespace<'_>| {
            let word = words.next().ok_or("a number is missing")?;
            word.parse::<u64>().map_err(|_| format!("{word} is no number"))
        };
        let told = match words.next() {
            Some("plain") => Told::Plain(usize::try_from(number(&mut words)?).unwrap_or_default()),
            Some(word @ ("city" | "in-order" | "storm")) => {
                let seed = number(&mut words)?;
                let calls = u32::try_from(number(&mut words)?).unwrap_or_default();
                match word {
                    "city" => Told::City(seed, calls),
                    "storm" => Told::Storm(seed, calls),
                    _ => Told::InOrder(seed, calls),
                }
            }
            _ => return Err("a case begins with plain, city, in-order or storm".into()),
        };
        let mut faults = Faults::new();
        for word in words {
            if word == DRAWN {
                return Ok(Self { told, faults: None });
            }
            let (effect, fault) = word.split_once(':').ok_or_else(|| format!("{word} is no effect:fault"))?;
            let effect = effect.parse().map_err(|_| format!("{effect} is no number"))?;
            faults.insert(effect, fault.parse::<Fault>()?);
        }
        Ok(Self { told, faults: Some(faults) })
    }
}

/// Has a panic name the case that its thread plays: where a build aborts on panic, as that of `--release` does, a handler's
/// panic ends the whole run before anything can be reported.
pub fn name_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        before(panic);
        if let Some(last_words) = last_words() {
            // Where nothing can be written nothing more can be done.
            let _ = std::io::stderr().write_all(last_words.as_bytes());
        }
    }));
}

/// What is said of a panic in the case that this thread plays, if it plays one.
fn last_words() -> Option<String> {
    let said = |case: &Case| format!("I10 a handler panicked\n    simulator replay {case}\n");
    PLAYED.with_borrow(|case| case.as_ref().map(said))
}

/// A small list of faults that still breaks an invariant, as long as the plays last; the case as it is where `faults` alone
/// break none.
pub fn shrink(case: &Case, faults: &Faults, agency: &Path) -> anyhow::Result<Case> {
    let breaks = |faults: &Faults| anyhow::Ok(!case.with(faults.clone()).play(agency)?.violations.is_empty());
    Ok(least(faults, breaks)?.map_or_else(|| case.clone(), |least| case.with(least)))
}

/// As few of `faults` as still break something: halves, then smaller parts, then single faults are left out one by one, these
/// for as long as one can be left out. None where all of them break nothing.
fn least(
    faults: &Faults,
    mut breaks: impl FnMut(&Faults) -> anyhow::Result<bool>,
) -> anyhow::Result<Option<Faults>> {
    if !breaks(faults)? {
        return Ok(None);
    }
    let mut least = faults.clone();
    let mut size = least.len().div_ceil(2);
    let mut plays = 1;
    while size > 0 {
        let before = least.len();
        let list: Vec<u64> = least.keys().copied().collect();
        for part in list.chunks(size) {
            let mut fewer = least.clone();
            fewer.retain(|effect, _| !part.contains(effect));
            if plays == PLAYS {
                return Ok(Some(least));
            }
            plays += 1;
            if breaks(&fewer)? {
                least = fewer;
            }
        }
        if size > 1 || least.len() == before {
            size /= 2;
        }
    }
    Ok(Some(least))
}

/// A test for `tests/simulator.rs` that plays the case of a violation, to be kept under a name that says what was wrong.
pub fn regression(case: &str, what: &str) -> String {
    let words = case.split(' ').take_while(|word| !word.contains(':'));
    let name = words.collect::<Vec<_>>().join("_").replace('-', "_");
    let play = match case.strip_prefix("orders ") {
        Some(city) => {
            let numbers = city.replace(' ', ", ");
            format!("assert_eq!(compare({numbers}, &prepared.agency()).unwrap().1, Vec::<String>::new());")
        }
        None => format!(
            "let report = case(\"{case}\").play(&prepared.agency()).unwrap();\n    assert_eq!(report.violations, []);"
        ),
    };
    format!("/// {what}\n#[test]\nfn {name}() {{\n    let prepared = prepared();\n    {play}\n}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twenty() -> Faults {
        (1..=20).map(|effect| (effect * 3, Fault::ALL[effect as usize % Fault::ALL.len()])).collect()
    }

    /// Shrinks twenty faults of which `needed` together break something; how many plays it took.
    #[track_caller]
    fn check(needed: &[u64]) -> u32 {
        let (all, mut plays) = (twenty(), 0);
        let expected: Faults =
            all.clone().into_iter().filter(|(effect, _)| needed.contains(effect)).collect();
        assert_eq!(expected.len(), needed.len());
        let found = least(&all, |faults| {
            plays += 1;
            Ok(needed.iter().all(|effect| faults.contains_key(effect)))
        });
        assert_eq!(found.unwrap(), Some(expected));
        plays
    }

    #[test]
    fn what_is_left_of_a_list_of_faults_is_exactly_what_is_needed() {
        for needed in [&[3][..], &[60], &[6, 57], &[3, 6], &[9, 30, 33], &[]] {
            let plays = check(needed);
            assert!(plays <= PLAYS, "{needed:?} took {plays}");
        }
    }

    #[test]
    fn single_faults_are_tried_again_after_others_are_gone() {
        // Fault 3 is needed as long as 60 is there, and comes before it.
        let breaks = |faults: &Faults| {
            let has = |effect: u64| faults.contains_key(&effect);
            Ok(has(6) && has(30) && (has(3) || !has(60)))
        };
        let all = twenty().into_iter().filter(|(effect, _)| [3, 6, 30, 60].contains(effect)).collect();
        let found = least(&all, breaks).unwrap().unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), [&6, &30]);
    }

    #[test]
    fn shrinking_ends_after_so_many_plays_and_gives_nothing_where_nothing_breaks() {
        let many: Faults = (0..500).map(|effect| (effect, Fault::Error)).collect();
        let mut plays = 0;
        let found = least(&many, |faults| {
            plays += 1;
            Ok(faults.len() > 400)
        });
        assert!(found.unwrap().unwrap().len() > 400);
        assert_eq!(plays, PLAYS);
        assert_eq!(least(&many, |_| Ok(false)).unwrap(), None);
    }

    #[test]
    fn a_panic_is_told_with_the_case_that_its_thread_plays() {
        let case: Case = "city 7 32 drawn".parse().unwrap();
        let elsewhere = || std::thread::spawn(last_words).join().unwrap();
        let (here, there) = case.played(|| (last_words(), elsewhere()));
        assert_eq!(here.as_deref(), Some("I10 a handler panicked\n    simulator replay city 7 32 drawn\n"));
        assert_eq!((there, last_words()), (None, None));
    }

    #[test]
    fn a_case_of_a_violation_is_printed_as_a_test_that_this_crate_compiles() {
        let tests = include_str!("../tests/simulator.rs");
        for (case, what) in [
            (
                "plain 0 12:timeout-applied 19:crash-before",
                "As a violation prints it: two faults of the plain story.",
            ),
            ("orders 8 3", "As a violation prints it: a city told in two orders."),
        ] {
            let printed = regression(case, what);
            assert!(tests.contains(&printed), "{printed}");
        }
    }
}
