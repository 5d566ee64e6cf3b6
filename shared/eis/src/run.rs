//! The identity of a nightly run: as-of time, ruleset and input name it, and the hash of its output proves that a
//! repetition gave the same bytes.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::alert::Level;
use crate::input::Input;
use crate::ledger::SETTLING;
use crate::ruleset::Ruleset;
use crate::summary::{Outline, Summary};

/// What names a run before anything is computed: its scores are stored under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The first 32 hexadecimal digits of SHA-256 over as-of time, ruleset hash and input hash.
    pub run_id: String,
    /// The date of its scores.
    pub date: Date,
    as_of: Timestamp,
    version: String,
    ruleset_sha256: String,
    input_sha256: String,
}

/// One run, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The first 32 hexadecimal digits of SHA-256 over as-of time, ruleset hash and input hash.
    pub run_id: String,
    /// The time it is for.
    pub as_of: Timestamp,
    /// The same as a date of the agency: the date in the address of its scores.
    pub date: Date,
    /// It read what was recorded up to here.
    pub watermark: Timestamp,
    /// Version of the formulas.
    pub version: String,
    /// Name of the rules.
    pub ruleset_sha256: String,
    /// Name of the input.
    pub input_sha256: String,
    /// SHA-256 over all explanations, one line each, in the order of officers' ids.
    pub output_sha256: String,
    /// Officers scored.
    pub officers_scored: usize,
    /// Weighted indicators without data.
    pub missing_feeds: Vec<String>,
    /// Officers above level none by the score.
    pub standing: BTreeMap<String, Level>,
    /// Officers on the supervisors' own lists, by the score or a threshold's warning, and not for review.
    #[serde(default)]
    pub watched: BTreeSet<String>,
    /// Officers scored from the 90th percentile to watch, and neither watched nor for review: the ones that outcomes
    /// of those who were are compared with.
    #[serde(default)]
    pub similar: BTreeSet<String>,
}

/// Percentile from which officers who were not flagged are like those who were.
const SIMILAR_FROM: f64 = 90.0;

fn ids(summary: &Summary, is_one: impl Fn(&Outline) -> bool) -> BTreeSet<String> {
    summary.outlines().iter().filter(|one| is_one(one)).map(|one| one.officer_id.clone()).collect()
}

/// Until when a run for `as_of` reads what was recorded.
pub fn watermark(as_of: Timestamp) -> Timestamp {
    as_of.saturating_sub(SETTLING).expect("a span without calendar units can always be taken away")
}

impl Identity {
    /// The name of the run for `as_of` by `rules` over `input`.
    pub fn new(as_of: Timestamp, rules: &Ruleset, input: &Input) -> Self {
        let (ruleset_sha256, input_sha256) = (rules.sha256(), input.sha256());
        let identity = Sha256::digest(format!("{as_of}\n{ruleset_sha256}\n{input_sha256}"));
        Self {
            run_id: hex::encode(&identity[..16]),
            date: input.as_of,
            as_of,
            version: rules.version.clone(),
            ruleset_sha256,
            input_sha256,
        }
    }
}

impl Run {
    /// The run called `identity`, whose scores are summed up in `summary`.
    pub fn new(identity: Identity, missing_feeds: &[String], summary: &Summary) -> Self {
        let above_none = summary.outlines().iter().filter(|one| one.level != Level::None);
        Self {
            run_id: identity.run_id,
            as_of: identity.as_of,
            date: identity.date,
            watermark: watermark(identity.as_of),
            version: identity.version,
            ruleset_sha256: identity.ruleset_sha256,
            input_sha256: identity.input_sha256,
            output_sha256: summary.sha256(),
            officers_scored: summary.outlines().len(),
            missing_feeds: missing_feeds.to_vec(),
            standing: above_none.map(|one| (one.officer_id.clone(), one.level)).collect(),
            watched: ids(summary, |one| one.watched),
            similar: ids(summary, |one| {
                one.pct >= SIMILAR_FROM && one.level == Level::None && !one.for_review && !one.watched
            }),
        }
    }
}
