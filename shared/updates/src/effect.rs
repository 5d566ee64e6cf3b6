//! Does telling people help? Repeat calls about the same matter within an hour, with and without a message, per call
//! type; and the randomised comparison where some calls are held out.
//!
//! A **repeat call** follows a call within 60 minutes of its opening and comes from one of its callers' numbers: either
//! another call for service of the same call type, or one that was merged with it, or a further caller record on the
//! call itself. A call that is itself a repeat is not counted as a first one.
//!
//! **Told** is a call about which a provider took a message within ten minutes of its opening, whenever the repeat came:
//! a message that comes too late counts against messages, not for them. Told and not told differ in more than the
//! message (call types, hours, gates), so their comparison proves nothing; the held-out calls, drawn by lot from those
//! that would have been told, do. They are compared by intention to treat: every call drawn for telling counts, whether
//! its message arrived or not.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long after the opening a further call is a repeat.
pub const REPEAT_WITHIN: SignedDuration = SignedDuration::from_mins(60);
/// How soon after the opening a message counts.
pub const TOLD_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// Counts from 1 to below this are not shown, nor rates from them.
pub const SMALLEST_SHOWN: u32 = 5;
/// Two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A call, as far as its effect matters. Numbers are blind indexes, so none of it is personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its number.
    pub id: String,
    /// Present call type.
    pub call_type: String,
    /// When it began.
    pub opened_at: Timestamp,
    /// Blind indexes of its callers' phones.
    pub numbers: BTreeSet<String>,
    /// Calls it was merged into.
    pub merged_into: BTreeSet<String>,
    /// Further caller records with a number that had called before: when they came.
    pub called_again: Vec<Timestamp>,
    /// When a provider first took a message about it.
    pub told_at: Option<Timestamp>,
    /// Whether the lot decided: it would have been told, or was held out.
    pub drawn: bool,
    /// Whether it was held out.
    pub held_out: bool,
}

/// Calls and how many of them were followed by a repeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// First calls.
    pub calls: u32,
    /// Those with a repeat.
    pub repeats: u32,
}

/// The comparison for one call type, or for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arms {
    /// Told.
    pub told: Arm,
    /// Not told, for whatever reason.
    pub not_told: Arm,
    /// Drawn to be told.
    pub drawn_to_tell: Arm,
    /// Drawn to be held out.
    pub held_out: Arm,
}

/// Arms by call type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect(pub BTreeMap<String, Arms>);

/// Difference of two rates with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// First rate less second.
    pub difference: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl Effect {
    /// The effect over `calls`, counting as first calls those opened from `from` until before `to`. `calls` must hold
    /// everything that was opened from an hour before `from` until an hour after `to`.
    pub fn of(calls: &[Call], from: Timestamp, to: Timestamp) -> Self {
        let mut calls: Vec<&Call> = calls.iter().collect();
        calls.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
        let mut repeats: BTreeSet<&str> = BTreeSet::new();
        let mut by_type: BTreeMap<String, Arms> = BTreeMap::new();
        for (index, first) in calls.iter().enumerate() {
            if repeats.contains(first.id.as_str()) {
                continue;
            }
            let later = calls[index + 1..].iter();
            let within = later.take_while(|later| later.opened_at <= first.opened_at + REPEAT_WITHIN);
            let found: Vec<&str> =
                within.filter(|later| repeats_after(first, later)).map(|later| later.id.as_str()).collect();
            let repeated = !found.is_empty() || first.was_called_again();
            repeats.extend(found);
            if (from..to).contains(&first.opened_at) {
                by_type.entry(first.call_type.clone()).or_default().count(first, repeated);
            }
        }
        Self(by_type)
    }

    /// All call types together.
    pub fn total(&self) -> Arms {
        let mut total = Arms::default();
        for arms in self.0.values() {
            total += *arms;
        }
        total
    }
}

impl Call {
    fn was_called_again(&self) -> bool {
        let within = |at: &Timestamp| *at > self.opened_at && *at <= self.opened_at + REPEAT_WITHIN;
        self.called_again.iter().any(within)
    }

    fn is_told(&self) -> bool {
        self.told_at.is_some_and(|at| at <= self.opened_at + TOLD_WITHIN)
    }
}

/// Whether `later`, opened within the hour, repeats `first`.
fn repeats_after(first: &Call, later: &Call) -> bool {
    let merged = later.merged_into.contains(&first.id) || first.merged_into.contains(&later.id);
    !first.numbers.is_disjoint(&later.numbers) && (merged || later.call_type == first.call_type)
}

impl Arms {
    fn count(&mut self, call: &Call, repeated: bool) {
        let one = Arm { calls: 1, repeats: u32::from(repeated) };
        let arm = if call.is_told() { &mut self.told } else { &mut self.not_told };
        *arm += one;
        if call.held_out {
            self.held_out += one;
        } else if call.drawn {
            self.drawn_to_tell += one;
        }
    }
}

impl AddAssign for Arm {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.repeats += other.repeats;
    }
}

impl AddAssign for Arms {
    fn add_assign(&mut self, other: Self) {
        self.told += other.told;
        self.not_told += other.not_told;
        self.drawn_to_tell += other.drawn_to_tell;
        self.held_out += other.held_out;
    }
}

impl AddAssign<&Self> for Effect {
    fn add_assign(&mut self, other: &Self) {
        for (call_type, arms) in &other.0 {
            *self.0.entry(call_type.clone()).or_default() += *arms;
        }
    }
}

impl Arm {
    /// Whether its counts may be shown.
    pub fn is_shown(self) -> bool {
        self.calls >= SMALLEST_SHOWN && (self.repeats == 0 || self.repeats >= SMALLEST_SHOWN)
    }

    /// Share of calls with a repeat.
    pub fn rate(self) -> Option<f64> {
        (self.calls > 0).then(|| f64::from(self.repeats) / f64::from(self.calls))
    }

    /// Wilson's score interval of the rate (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927).
    fn wilson(self) -> (f64, f64) {
        let (n, x, z2) = (f64::from(self.calls), f64::from(self.repeats), Z * Z);
        let middle = 2.0 * x + z2;
        let spread = Z * (z2 + 4.0 * x * (n - x) / n).sqrt();
        let below = 2.0 * (n + z2);
        (((middle - spread) / below).max(0.0), ((middle + spread) / below).min(1.0))
    }
}

/// Rate of `one` less rate of `other`, with the interval that combines their score intervals (R. G. Newcombe, Statistics
/// in Medicine 17, 1998, pp. 873-890, method 10). `None` where an arm is empty.
pub fn difference(one: Arm, other: Arm) -> Option<Difference> {
    let (p, q) = (one.rate()?, other.rate()?);
    let ((l1, u1), (l2, u2)) = (one.wilson(), other.wilson());
    let difference = p - q;
    let lower = difference - ((p - l1).powi(2) + (u2 - q).powi(2)).sqrt();
    let upper = difference + ((u1 - p).powi(2) + (q - l2).powi(2)).sqrt();
    Some(Difference { difference, lower, upper })
}
