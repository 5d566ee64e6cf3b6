//! All rankings of one origin, and what came after it. Scoring ends here; groups are looked at later, elsewhere.
use std::collections::BTreeMap;

use eis::event::Finding;
use eis::explanation::{Explanation, Term};
use eis::{Output, Ruleset, score};
use jiff::civil::Date;

use super::history::{Label, Threshold};
use super::origin::{Censoring, Origin};

/// The indicator that complaints are counted by.
pub(super) const COMPLAINT: &str = "complaint";
const FORCE: &str = "use_of_force";

/// Rules tried on a history.
pub(super) struct Rules {
    /// With the history's changes: the method `score`.
    pub score: Ruleset,
    /// As the agency has them.
    pub shipped: Ruleset,
}

/// One origin with its rankings.
pub(super) struct Snapshot {
    pub t: Date,
    pub officers: Vec<String>,
    pub units: Vec<String>,
    /// Under three years of service; officers without a day of hire are not.
    pub short: Vec<bool>,
    /// By method, in the order of the officers.
    pub methods: BTreeMap<String, Vec<f64>>,
    /// By what a finding is taken to weigh.
    pub variants: Vec<(String, Vec<f64>)>,
    /// Whether a threshold rule names the officer, by rule.
    pub named: Vec<Vec<bool>>,
    pub hits: Vec<bool>,
    pub censoring: Censoring,
    /// The model's chance of one complaint or more in 12 months, and whether one came.
    pub foretold: Vec<f64>,
    pub again: Vec<bool>,
}

impl Snapshot {
    /// Ranks everybody at `origin`.
    pub(super) fn take(origin: &Origin, rules: &Rules, label: &Label, months: u32) -> Self {
        let present_only = origin.history.units.as_ref().is_some_and(|units| units.present_only);
        let input = origin.input(present_only);
        let output = score(&input, &rules.score);
        let officers: Vec<String> = input.officers.keys().cloned().collect();
        let count = |indicator: &str, days: i64| -> Vec<f64> {
            officers.iter().map(|id| origin.count(id, indicator, days) as f64).collect()
        };
        let sustained = officers.iter().map(|id| origin.sustained(id, COMPLAINT, 1825) as f64).collect();
        let methods = BTreeMap::from([
            ("score".to_owned(), composite(&output)),
            ("score_peer".to_owned(), output.scores.iter().map(peer).collect()),
            ("score_shipped".to_owned(), composite(&score(&origin.input(false), &rules.shipped))),
            ("complaints_24m".to_owned(), count(COMPLAINT, 730)),
            ("complaints_12m".to_owned(), count(COMPLAINT, 365)),
            ("force_24m".to_owned(), count(FORCE, 730)),
            ("sustained_5y".to_owned(), sustained),
        ]);
        let variants = variants(&rules.score);
        let (adverse, censoring) = origin.outcomes(label, months);
        Self {
            t: origin.t,
            units: officers.iter().map(|id| origin.unit(id)).collect(),
            short: officers
                .iter()
                .map(|id| origin.service_months(id).is_some_and(|months| months < 36.0))
                .collect(),
            variants: variants
                .into_iter()
                .map(|(name, rules)| (name, composite(&score(&input, &rules))))
                .collect(),
            named: origin.history.thresholds.iter().map(|rule| named(origin, rule, &officers)).collect(),
            hits: officers.iter().map(|id| adverse.contains(id.as_str())).collect(),
            censoring,
            foretold: output.scores.iter().map(foretold).collect(),
            again: officers.iter().map(|id| origin.again(id, COMPLAINT, 12)).collect(),
            methods,
            officers,
        }
    }

    /// The scores of a method.
    pub(super) fn of(&self, method: &str) -> &[f64] {
        self.methods.get(method).map_or(&[], Vec::as_slice)
    }
}

/// S of everybody.
pub(super) fn composite(output: &Output) -> Vec<f64> {
    output.scores.iter().map(|score| score.s.value()).collect()
}

/// The same sum with each rate set against the peers' instead of the department's.
fn peer(score: &Explanation) -> f64 {
    score.terms.iter().map(|term| term.weight * term.r_peer).sum()
}

/// Chance of one complaint or more in 12 months by the model: `1 - (b / (b + 12))^(a + y)`, `b = a / m_g + E`.
fn foretold(score: &Explanation) -> f64 {
    let term = score.terms.iter().find(|term| term.indicator == COMPLAINT);
    let chance = |term: &Term| {
        let rate = term.a / term.m_g + term.e;
        1.0 - libm::pow(rate / (rate + 12.0), term.a + term.y)
    };
    term.filter(|term| term.m_g > 0.0).map_or(0.0, chance)
}

/// Whom a threshold rule names.
pub(super) fn named(origin: &Origin, rule: &Threshold, officers: &[String]) -> Vec<bool> {
    let met =
        |id: &String| rule.any.iter().any(|part| origin.count(id, &part.indicator, part.days) >= part.count);
    officers.iter().map(met).collect()
}

/// The score with other weights of findings.
fn variants(rules: &Ruleset) -> Vec<(String, Ruleset)> {
    let mut variants: Vec<(String, Ruleset)> = [1.0, 0.5, 0.25, 0.0]
        .into_iter()
        .map(|weight| {
            let mut rules = rules.clone();
            rules.findings.extend([(Finding::Unfounded, weight), (Finding::Exonerated, weight)]);
            (format!("unfounded and exonerated weigh {weight}"), rules)
        })
        .collect();
    let mut sustained = rules.clone();
    for (name, indicator) in &mut sustained.indicators {
        if name == COMPLAINT {
            indicator.only_findings.insert(Finding::Sustained);
        } else {
            indicator.weight = 0.0;
        }
    }
    variants.push(("sustained complaints alone".to_owned(), sustained));
    variants
}
