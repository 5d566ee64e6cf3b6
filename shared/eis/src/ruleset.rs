//! The agency's rules for the score, read from `eis.toml`: indicators, weights, windows, numbers of the alert rule.
//! A ruleset is named by the SHA-256 of its canonical form, so that comments and spacing change nothing.
mod check;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::chance::PValue;
use crate::event::Finding;
use crate::scene::SceneRules;
use crate::threshold::Threshold;

/// The one version of the score's formulas that this crate computes.
pub const VERSION: &str = "gp-1";

/// `eis.toml`. Every number of the score stands here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruleset {
    /// Version of the formulas; `gp-1`.
    pub version: String,
    /// Window L in days: older events and duty count nothing.
    pub window_days: u32,
    /// Half-life H in days, unless an indicator has its own.
    pub half_life_days: u32,
    /// Window in days of the plain counts behind interval and exceedance.
    pub plain_days: u32,
    /// Least duty in months that anybody is taken to have.
    pub floor_months: f64,
    /// Below this many months of duty the page says "insufficient history".
    pub history_months: f64,
    /// First day from which records are complete; events and duty before it are left out.
    #[serde(default)]
    pub history_from: Option<Date>,
    /// Share of duty months that a stream of exposure must cover to be used.
    pub exposure_coverage: f64,
    /// Order of preference among the measures of exposure, unless an indicator has its own.
    pub exposure: Vec<Unit>,
    /// Peer groups.
    pub peers: PeerRules,
    /// Shapes of the prior.
    pub prior: PriorRules,
    /// False-discovery control behind the badge "unlikely to be chance".
    pub chance: ChanceRules,
    /// Weight of an event by its finding, `pending` until there is one.
    pub findings: BTreeMap<Finding, f64>,
    /// Weight by severity, as posted; a severity that is not listed weighs 1.
    #[serde(default)]
    pub severities: BTreeMap<String, f64>,
    /// The indicators.
    pub indicators: BTreeMap<String, Indicator>,
    /// The model's alert rule.
    pub alerts: AlertRules,
    /// Threshold rules, in the order in which they are shown.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
    /// How an alert is worked.
    pub workflow: Workflow,
    /// When the department says thank you.
    pub recognition: Recognition,
    /// The index shown beside the score. Left out of the ruleset's name while it is as shipped, since it moves no score.
    #[serde(default, skip_serializing_if = "SceneRules::is_shipped")]
    pub same_scene: SceneRules,
}

/// A measure of exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the contract's own")]
pub enum Unit {
    Arrests,
    Calls,
    Hours,
    Stops,
    Miles,
    /// Months on duty, from the roster: always there.
    Months,
}

/// Who is compared with whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerRules {
    /// Smaller groups back off to a wider one.
    pub min_officers: usize,
    /// So do groups with less decayed duty in months.
    pub min_months: f64,
    /// K = strength * a / mu: how strongly a group's mean is drawn to the department's.
    pub strength: f64,
    /// Rank class by rank; a rank that is not listed is a class of its own.
    #[serde(default)]
    pub rank_classes: BTreeMap<String, String>,
}

/// Shapes of the gamma prior.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorRules {
    /// With fewer officers than this the shapes of the indicators are used; from it on, moments.
    pub fixed_below: usize,
    /// Least shape by moments.
    pub lowest: f64,
    /// Greatest shape by moments.
    pub highest: f64,
}

/// The badge "unlikely to be chance".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChanceRules {
    /// Which p-value.
    pub p_value: PValue,
    /// False-discovery rate q of Benjamini and Hochberg.
    pub q: f64,
}

/// Whether more of it speaks for a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More of it speaks for a review.
    Risk,
    /// Kept on the timeline only.
    None,
}

/// Where a number comes from; shown beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Tried on public data.
    Measured,
    /// Somebody's judgement.
    Judgement,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// In plain words, plural, for the explanation.
    pub name: String,
    /// Weight w in the composite.
    pub weight: f64,
    /// Where the weight comes from.
    pub basis: Basis,
    /// Whether more of it speaks for a review.
    #[serde(default = "risk")]
    pub direction: Direction,
    /// Half-life of its own, in days.
    #[serde(default)]
    pub half_life_days: Option<u32>,
    /// Order of exposure measures of its own.
    #[serde(default)]
    pub exposure: Option<Vec<Unit>>,
    /// Only these findings count, each with its weight in `findings`; empty means all.
    #[serde(default)]
    pub only_findings: BTreeSet<Finding>,
    /// Shape of the prior on decayed counts, for small agencies.
    pub shape: f64,
    /// Shape on plain counts; never the same, since decayed counts vary less.
    pub plain_shape: f64,
}

/// The model's alert rule: Review opens an alert, Watch is the supervisor's own list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRules {
    /// Percentile from which Review needs nothing else.
    pub review_pct: f64,
    /// Percentile of Watch, and of Review where one indicator stands out.
    pub watch_pct: f64,
    /// Below this percentile a standing level ends.
    pub leave_pct: f64,
    /// Exceedance at which an indicator stands out.
    pub exceedance: f64,
    /// Plain events that an indicator needs to stand out.
    pub min_events: u32,
    /// With fewer officers the small-agency condition applies as well.
    pub small_below: usize,
    /// Small agency: least `R_dept` of some indicator with `min_events`.
    pub small_ratio: f64,
}

/// How much praise in which time the page points out. It subtracts nothing from the score, or praise would buy silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// Commendations.
    pub commendations: u16,
    /// In so many days.
    pub days: u16,
}

/// How an alert is worked: days for each step, and how long a closed one stays quiet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// Days in which the supervisor takes the case up and decides.
    pub review_days: u16,
    /// Days in which the officer may answer before anything is decided.
    pub response_days: u16,
    /// Days for the second reviewer.
    pub second_review_days: u16,
    /// Days in which what was agreed is planned, and begun.
    pub plan_days: u16,
    /// Days after the last intervention on which somebody looks how it went.
    pub follow_up_days: Vec<u16>,
    /// Days between one rank and the next when nothing happens after the due day.
    pub escalate_days: u16,
    /// Days after closing in which only a new reason opens another alert.
    pub quiet_days: u16,
    /// Longest time in days for which alerts about one officer may be suppressed.
    pub longest_suppression_days: u16,
    /// Longest time in days for which the notice to the officer may be delayed.
    pub longest_notice_delay_days: u16,
}

/// A ruleset says something impossible.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct RulesetError {
    /// The key in `eis.toml`.
    pub key: String,
    /// What would be right.
    pub reason: String,
}

fn risk() -> Direction {
    Direction::Risk
}

impl Ruleset {
    /// Reads and checks the text of `eis.toml`.
    pub fn parse(text: &str) -> Result<Self, RulesetError> {
        let rules: Self = toml::from_str(text)
            .map_err(|error| RulesetError { key: "eis.toml".into(), reason: error.to_string() })?;
        rules.check()?;
        Ok(rules)
    }

    /// SHA-256 of the canonical form: JSON with fields in fixed order and tables in key order.
    pub fn sha256(&self) -> String {
        let json = serde_json::to_vec(self).expect("a checked ruleset has text keys and finite numbers");
        hex::encode(Sha256::digest(json))
    }

    /// Names of the declared indicators.
    pub fn names(&self) -> BTreeSet<String> {
        self.indicators.keys().cloned().collect()
    }

    /// Rank class of a rank.
    pub fn rank_class<'a>(&'a self, rank: &'a str) -> &'a str {
        self.peers.rank_classes.get(rank).map_or(rank, String::as_str)
    }

    /// Weight of one event of `indicator`.
    pub(crate) fn event_weight(
        &self,
        indicator: &Indicator,
        finding: Finding,
        severity: Option<&str>,
    ) -> f64 {
        if !indicator.only_findings.is_empty() && !indicator.only_findings.contains(&finding) {
            return 0.0;
        }
        let by_finding = self.findings.get(&finding).copied().unwrap_or(1.0);
        by_finding * severity.and_then(|word| self.severities.get(word)).copied().unwrap_or(1.0)
    }
}
