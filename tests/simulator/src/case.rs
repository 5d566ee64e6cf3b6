//! One run by name: a story, a seed and, where it is no random one, its faults. It is written as one line, so that a
//! run that found something can be kept as a regression test.
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::fault::{Fault, Faults};
use crate::story::Story;
use crate::world::{Report, Setting};

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
        crate::play(story, Setting { seed, faults: self.faults.clone(), calm, agency: agency.to_owned() })
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

/// A small list of faults that still breaks an invariant: halves, then single faults, are left out one by one, as long as
/// the plays last.
pub fn shrink(case: &Case, faults: &Faults, agency: &Path) -> anyhow::Result<Case> {
    let fails = |faults: &Faults| anyhow::Ok(!case.with(faults.clone()).play(agency)?.violations.is_empty());
    let mut least = faults.clone();
    if !fails(&least)? {
        return Ok(case.clone());
    }
    let mut size = least.len().div_ceil(2);
    let mut plays = 0;
    while size > 0 && plays < PLAYS {
        let list: Vec<(u64, Fault)> = least.iter().map(|(effect, fault)| (*effect, *fault)).collect();
        for part in list.chunks(size) {
            let fewer: Faults = least
                .iter()
                .filter(|(effect, fault)| !part.contains(&(**effect, **fault)))
                .map(|(effect, fault)| (*effect, *fault))
                .collect();
            plays += 1;
            if plays < PLAYS && fewer.len() < least.len() && fails(&fewer)? {
                least = fewer;
            }
        }
        size /= 2;
    }
    Ok(case.with(least))
}
