//! The explanation of one score: every figure of every term, the events behind it, and one plain sentence.
//! A score is never shown without it.
use std::cmp::Ordering;
use std::fmt::Write;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::alert::{Level, Trigger};
use crate::micro::Micro;
use crate::ruleset::{Basis, Unit};
use crate::scene::SameScene;
use crate::threshold::{Met, Severity};

/// One officer's score of one run, as stored and as shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Version of the formulas.
    pub version: String,
    /// Whose.
    pub officer_id: String,
    /// As-of date T.
    pub as_of: Date,
    /// SHA-256 of the ruleset.
    pub ruleset_sha256: String,
    /// The composite S: 1 is the department's rate, and `s = 1 + sum of c` to the last digit.
    pub s: Micro,
    /// Mid-rank percentile of S among the officers scored.
    pub pct: f64,
    /// Officers scored.
    pub population: usize,
    /// Months on duty in the window.
    pub duty_months: f64,
    /// Window of the plain counts, in days.
    pub plain_days: u32,
    /// True where there is too little to say: never to be read as a low score.
    pub insufficient_history: bool,
    /// Review, watch or none, by the score.
    pub level: Level,
    /// Why Review.
    pub triggers: Vec<Trigger>,
    /// Threshold rules that the record meets, beside the score and apart from it.
    pub thresholds: Vec<Met>,
    /// The terms, by indicator.
    pub terms: Vec<Term>,
    /// Indicators with a weight for which nothing was ever reported: left out, the other weights scaled up.
    pub missing_feeds: Vec<String>,
    /// The score in words.
    pub sentence: String,
    /// Against the others at the same scenes, where there are enough of them; beside the score, never inside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_scene: Option<SameScene>,
}

/// One indicator's part in a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Indicator.
    pub indicator: String,
    /// In plain words, plural.
    pub name: String,
    /// Weight as a share of all weights in use.
    pub weight: f64,
    /// Whether the weight was measured or is judgement.
    pub weight_basis: Basis,
    /// Contribution `c = w (R_dept - 1)`: what this indicator adds to 1 or takes from it.
    pub c: Micro,
    /// Decayed count.
    pub y: f64,
    /// Decayed exposure, in `exposure_unit`.
    pub e: f64,
    /// What exposure is measured in.
    pub exposure_unit: Unit,
    /// Better measures passed over, with the share of duty months they cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exposure_passed_over: Vec<(Unit, f64)>,
    /// Department's rate.
    pub mu: f64,
    /// Peers' rate, weighted by exposure over the posts held.
    pub m_g: f64,
    /// Shape of the prior on decayed counts.
    pub a: f64,
    /// Shrunk rate.
    pub lambda: f64,
    /// `lambda / mu`.
    pub r_dept: f64,
    /// `lambda / m_g`.
    pub r_peer: f64,
    /// Plain count in the window of plain counts.
    pub n: u32,
    /// Plain exposure in it.
    pub e_plain: f64,
    /// Shape of the prior on plain counts.
    pub a_plain: f64,
    /// Exceedance: `P(lambda > 2 m_g)` by plain counts.
    pub x: f64,
    /// Lower end of the 90 % interval of `R_peer`.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
    /// The p-value that the ruleset names.
    pub p: f64,
    /// Whether it survives false-discovery control over the whole department.
    pub unlikely_to_be_chance: bool,
    /// Peer groups compared with, the present one first.
    pub peers: Vec<PeerGroup>,
    /// Events behind `y`, by id.
    pub events: Vec<CountedEvent>,
}

/// A peer group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerGroup {
    /// e.g. `patrol-2, officer`.
    pub key: String,
    /// Officers in it at T.
    pub size: usize,
    /// Share of the officer's exposure spent there.
    pub share: f64,
}

/// An event behind a term.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountedEvent {
    /// Its id.
    pub event_id: String,
    /// What it still weighs.
    pub weight: f64,
}

impl Default for Term {
    fn default() -> Self {
        Self {
            indicator: String::new(),
            name: String::new(),
            weight: 0.0,
            weight_basis: Basis::Judgement,
            c: Micro(0),
            y: 0.0,
            e: 0.0,
            exposure_unit: Unit::Months,
            exposure_passed_over: Vec::new(),
            mu: 0.0,
            m_g: 0.0,
            a: 1.0,
            lambda: 0.0,
            r_dept: 1.0,
            r_peer: 1.0,
            n: 0,
            e_plain: 0.0,
            a_plain: 1.0,
            x: 0.0,
            lo: 0.0,
            hi: 0.0,
            p: 1.0,
            unlikely_to_be_chance: false,
            peers: Vec::new(),
            events: Vec::new(),
        }
    }
}

impl Explanation {
    /// One line of canonical JSON: what is stored and hashed.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("finite numbers and text always serialise")
    }

    /// What asks for a review: the score's triggers, and the threshold rules met at that severity.
    pub fn reasons(&self) -> Vec<Trigger> {
        let by_score = self.triggers.iter().filter(|_| self.level == Level::Review).cloned();
        let met = self.thresholds.iter().filter(|met| met.severity == Severity::Review);
        by_score.chain(met.map(|met| Trigger::of_threshold(&met.rule))).collect()
    }

    /// Whether it belongs on the supervisor's own list and on no other: watch, or a threshold's warning.
    pub fn is_watched(&self) -> bool {
        self.reasons().is_empty() && (self.level == Level::Watch || !self.thresholds.is_empty())
    }

    /// The explanation in words. It names group and size, what is missing and what is judgement, and promises
    /// nothing about anybody's future.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::new();
        if self.insufficient_history {
            text.push_str("Insufficient history: too little duty, or no event, to say anything; this is not a low score. ");
        }
        let _ = write!(
            text,
            "Score {:.2}, where 1 is the department's rate for the same duty; percentile {:.1} of {} officers.",
            self.s.value(),
            self.pct,
            self.population
        );
        let mut terms: Vec<&Term> = self.terms.iter().filter(|term| term.c > Micro(0)).collect();
        terms.sort_by(|a, b| b.c.cmp(&a.c).then_with(|| a.indicator.cmp(&b.indicator)));
        for term in &terms {
            let _ = write!(text, " {}", term.describe(self.plain_days));
        }
        if terms.is_empty() {
            text.push_str(" No indicator lies above the department's rate.");
        }
        let below: Micro = self.terms.iter().map(|term| term.c).filter(|c| *c < Micro(0)).sum();
        if below < Micro(0) {
            let _ = write!(text, " The other indicators lie below it and take {:.2} away.", -below.value());
        }
        for met in &self.thresholds {
            let _ = write!(text, " {}", met.sentence);
        }
        self.describe_limits(&mut text);
        text
    }

    fn describe_limits(&self, text: &mut String) {
        if !self.missing_feeds.is_empty() {
            let _ = write!(text, " No data for: {}.", self.missing_feeds.join(", "));
        }
        let judged =
            self.terms.iter().filter(|term| term.weight > 0.0 && term.weight_basis == Basis::Judgement);
        let judged: Vec<&str> = judged.map(|term| term.name.as_str()).collect();
        if !judged.is_empty() {
            let _ = write!(text, " Weights of {} are judgement, not measurement.", judged.join(", "));
        }
        let _ = write!(
            text,
            " As of {}, ruleset {}.",
            self.as_of,
            self.ruleset_sha256.get(..12).unwrap_or_default()
        );
    }
}

impl Term {
    /// What the indicator adds to the score or takes from it, in words.
    pub fn sentence(&self, plain_days: u32) -> String {
        let name = capital(&self.name);
        match self.c.cmp(&Micro(0)) {
            Ordering::Greater => self.describe(plain_days),
            Ordering::Equal => format!("{name} add nothing: the department's rate."),
            Ordering::Less => {
                format!("{name} take {:.2} away: below the department's rate.", -self.c.value())
            }
        }
    }

    fn describe(&self, plain_days: u32) -> String {
        let peers = self.peers.first();
        let (key, size) = peers.map_or(("department", 0), |peers| (peers.key.as_str(), peers.size));
        let counted = self.events.len();
        let events = if counted == 1 { "1 event".to_owned() } else { format!("{counted} events") };
        let mut text = format!(
            "{} add {:.2}: {events}, {:.1} times the rate of peers with the same exposure ({key}, {size} officers); \
             counted plainly over {plain_days} days ({}), the rate is {:.1} to {:.1} times theirs (90 % interval)",
            capital(&self.name),
            self.c.value(),
            self.r_peer,
            self.n,
            self.lo,
            self.hi
        );
        text.push_str(if self.unlikely_to_be_chance { ", unlikely to be chance." } else { "." });
        text
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
