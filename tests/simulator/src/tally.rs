//! What a campaign has shown, to be printed or given on as JSON.
use std::collections::BTreeMap;

use serde::Serialize;

use crate::case::regression;

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
    /// Records of streams that Lambda gave up.
    pub given_up: u64,
    /// Items that the operator handed out again for them.
    pub redriven: u64,
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
    /// The case, for `replay`.
    pub case: String,
    /// The same as a test for `tests/simulator.rs`.
    pub test: String,
}

impl Found {
    /// A violation that `case` shows.
    pub fn new(invariant: &'static str, what: String, case: String) -> Self {
        let test = regression(&case, &format!("{invariant}: {what}."));
        Self { invariant, what, case, test }
    }
}
