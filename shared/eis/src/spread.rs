//! What a score is seen against: how the scores of a night lie in the department and in each group of peers. Quantiles of
//! ten officers at least, between neighbours: none of them is anybody's own score.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::accuracy::quantile;
use crate::input::Input;
use crate::micro::nine_digits;
use crate::peers::ladder;
use crate::ruleset::Ruleset;
use crate::summary::Summary;

/// Fewer officers are shown no spread of.
pub const FEWEST: usize = 10;

/// How the scores of a group lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Officers scored in it.
    pub officers: usize,
    /// A tenth of them lie below.
    pub p10: f64,
    /// A quarter.
    pub p25: f64,
    /// Half.
    pub p50: f64,
    /// Three quarters.
    pub p75: f64,
    /// Nine tenths.
    pub p90: f64,
}

impl Spread {
    /// The spread of `scores`; `None` of fewer than [`FEWEST`].
    fn of(mut scores: Vec<f64>) -> Option<Self> {
        if scores.len() < FEWEST {
            return None;
        }
        scores.sort_by(f64::total_cmp);
        let at = |share: f64| quantile(&scores, share).map(nine_digits);
        Some(Self {
            officers: scores.len(),
            p10: at(0.1)?,
            p25: at(0.25)?,
            p50: at(0.5)?,
            p75: at(0.75)?,
            p90: at(0.9)?,
        })
    }
}

/// The spread of each group of peers by its name, narrow and wide, by the posts held on the night.
pub fn spreads(input: &Input, summary: &Summary, rules: &Ruleset) -> BTreeMap<String, Spread> {
    let mut scores: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for outline in summary.outlines() {
        let officer = input.officers.get(&outline.officer_id);
        let Some(posting) = officer.and_then(|officer| officer.postings.last()) else { continue };
        for group in ladder(posting, rules) {
            scores.entry(group.to_string()).or_default().push(outline.s.value());
        }
    }
    scores.into_iter().filter_map(|(group, scores)| Some((group, Spread::of(scores)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scores: &[f64], expected: Option<(f64, f64, f64)>) {
        let spread = Spread::of(scores.to_vec());
        assert_eq!(spread.map(|spread| (spread.p10, spread.p50, spread.p90)), expected);
    }

    #[test]
    fn a_spread_is_of_ten_officers_at_least_whatever_their_order() {
        let eleven: Vec<f64> = (0..11).map(f64::from).collect();
        let backwards: Vec<f64> = eleven.iter().rev().copied().collect();
        check(&eleven, Some((1.0, 5.0, 9.0)));
        check(&backwards, Some((1.0, 5.0, 9.0)));
        check(&eleven[..10], Some((0.9, 4.5, 8.1)));
        check(&eleven[..9], None);
        check(&[], None);
    }
}
