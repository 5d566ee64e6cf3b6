//! What a campaign has shown, to be printed or given on as JSON.
use std::collections::BTreeMap;

use serde::Serialize;

/// What a campaign has shown.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tally {
    /// Runs with one fault, of how many there are.
    pub single_faults: Progress,
    /// Runs with two faults, of how many there are.
    pub pairs: Progress,
    /// Random seeds.
    pub seeds: u64,
    /// Of these, told in two orders and compared.
    pub permutations: u64,
    /// Storms.
    pub storms: u64,
    /// Calls and cases played.
    pub lifecycles: u64,
    /// Calls of services.
    pub effects: u64,
    /// Texts and e-mails that reached people.
    pub told: u64,
    /// Faults that happened, by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// What must not happen and did, smallest case first.
    pub violations: Vec<Found>,
    /// Seconds it took.
    pub seconds: f64,
    /// Lifecycles in a second.
    pub rate: f64,
}

/// How far an enumeration has come.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Progress {
    /// Played.
    pub done: u64,
    /// To be played.
    pub of: u64,
}

/// A violation with the smallest case that shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The invariant.
    pub invariant: &'static str,
    /// What happened.
    pub what: String,
    /// The case, to be kept as a regression.
    pub case: String,
}
