//! What a night can say about its own fairness without knowing anybody's protected traits: on which units, ranks,
//! shifts and years of service reviews fall, how steady they are, and of whom too little is known.
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::accuracy::concentration;
use crate::alert::Level;
use crate::exposure::age;
use crate::input::{Input, Officer};
use crate::micro::nine_digits;
use crate::ruleset::Ruleset;
use crate::summary::{Outline, Summary};

/// Days of a year of service.
const YEAR: f64 = 365.25;
/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The report of one night.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FairnessReport {
    /// As-of date.
    pub as_of: Date,
    /// Rules that made it.
    pub ruleset_sha256: String,
    /// Officers scored.
    pub officers: usize,
    /// Officers at Review, of all.
    pub review: Rate,
    /// Officers of whom too little is known for a score to say anything, of all.
    pub insufficient_history: Rate,
    /// Officers at Review who were not in the run before, of those at Review; `None` without a run before.
    pub new_at_review: Option<Rate>,
    /// Officers at Review in the run before who are no longer, of those who were.
    pub left_review: Option<Rate>,
    /// Share of reviews in the five units with most of them.
    pub top_five_units: Option<f64>,
    /// Reviews by unit, rank class, shift and years of service.
    pub groups: BTreeMap<String, BTreeMap<String, Rate>>,
}

/// So many of so many, with the 95 % interval of the share (Wilson 1927), which holds for small groups too.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// So many.
    pub count: usize,
    /// Of so many.
    pub of: usize,
    /// The share.
    pub rate: f64,
    /// Lower end of the interval.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

impl Rate {
    /// `count` of `of`; `None` of nobody.
    pub fn new(count: usize, of: usize) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let (n, rate) = (of as f64, count as f64 / of as f64);
        let scale = 1.0 + Z * Z / n;
        let middle = (rate + Z * Z / (2.0 * n)) / scale;
        let half = Z / scale * libm::sqrt(rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n));
        let bound = |value: f64| nine_digits(value.clamp(0.0, 1.0));
        Some(Self { count, of, rate: nine_digits(rate), lo: bound(middle - half), hi: bound(middle + half) })
    }
}

/// The report of a run that made the scores in `summary` of `input`; the run before stands in `input.previous`. `None` where nobody
/// was scored.
pub fn fairness(input: &Input, summary: &Summary, rules: &Ruleset) -> Option<FairnessReport> {
    let scores = summary.outlines();
    let count = |holds: &dyn Fn(&Outline) -> bool| scores.iter().filter(|score| holds(score)).count();
    let reviewed: Vec<&Outline> = scores.iter().filter(|score| at_review(score)).collect();
    let before = |id: &str| input.previous.get(id) == Some(&Level::Review);
    let earlier = input.previous.values().filter(|level| **level == Level::Review).count();
    let stayed = reviewed.iter().filter(|score| before(&score.officer_id)).count();
    let known = |rate: Option<Rate>| rate.filter(|_| !input.previous.is_empty());
    let unit = |score: &Outline| {
        let posting = input.officers.get(&score.officer_id)?.postings.last()?;
        Some((posting.unit.as_str(), f64::from(u8::from(at_review(score)))))
    };
    Some(FairnessReport {
        as_of: input.as_of,
        ruleset_sha256: rules.sha256(),
        officers: scores.len(),
        review: Rate::new(reviewed.len(), scores.len())?,
        insufficient_history: Rate::new(count(&|score| score.insufficient_history), scores.len())?,
        new_at_review: known(Rate::new(reviewed.len() - stayed, reviewed.len())),
        left_review: known(Rate::new(earlier - stayed, earlier)),
        top_five_units: concentration(scores.iter().filter_map(unit), 5).map(nine_digits),
        groups: groups(input, summary, rules),
    })
}

fn at_review(score: &Outline) -> bool {
    score.level == Level::Review
}

fn groups(input: &Input, summary: &Summary, rules: &Ruleset) -> BTreeMap<String, BTreeMap<String, Rate>> {
    let by = |group: &dyn Fn(&Officer) -> Option<String>| {
        let known = summary.outlines().iter().filter_map(|score| {
            Some((score.officer_id.clone(), group(input.officers.get(&score.officer_id)?)?))
        });
        review_rates(summary, &known.collect())
    };
    BTreeMap::from([
        ("unit".to_owned(), by(&|officer| Some(officer.postings.last()?.unit.clone()))),
        ("shift".to_owned(), by(&|officer| Some(officer.postings.last()?.shift.clone()))),
        (
            "rank class".to_owned(),
            by(&|officer| Some(rules.rank_class(&officer.postings.last()?.rank).to_owned())),
        ),
        ("service".to_owned(), by(&|officer| Some(service(age(input.as_of, officer.hired_on)).to_owned()))),
    ])
}

/// Bands of service; below three years the score says next to nothing.
fn service(days: i64) -> &'static str {
    match days as f64 / YEAR {
        years if years < 3.0 => "under 3 years",
        years if years < 5.0 => "3 to 5 years",
        years if years < 10.0 => "5 to 10 years",
        years if years < 20.0 => "10 to 20 years",
        _ => "20 years and more",
    }
}

/// Reviews by group, the group of each officer given by `groups`; officers without one are "not recorded". For an
/// audit by traits that the score must never see: the map comes from outside, after the run, and is not kept.
pub fn review_rates(summary: &Summary, groups: &BTreeMap<String, String>) -> BTreeMap<String, Rate> {
    let mut sums: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for score in summary.outlines() {
        let group = groups.get(&score.officer_id).map_or("not recorded", String::as_str);
        let sum = sums.entry(group).or_default();
        sum.0 += usize::from(at_review(score));
        sum.1 += 1;
    }
    sums.into_iter()
        .filter_map(|(group, (count, of))| Some((group.to_owned(), Rate::new(count, of)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::event::Finding;
    use crate::input::{Incident, Posting};

    const TODAY: Date = Date::constant(2026, 7, 4);

    fn rules() -> Ruleset {
        Ruleset::parse(include_str!("../../../infra/agency/eis.toml")).unwrap()
    }

    /// 120 officers in four units; complaints only in the first.
    fn input() -> Input {
        let officer = |index: i64| {
            let hired_on = TODAY.saturating_sub((index % 30 + 1).years());
            let posting = Posting {
                from: hired_on,
                unit: format!("patrol-{}", index % 4),
                rank: "officer".into(),
                shift: "days".into(),
                active: true,
            };
            let event = |event: i64| {
                let incident = Incident {
                    indicator: "complaint".into(),
                    occurred_on: TODAY.saturating_sub((event * 30).days()),
                    severity: None,
                    finding: Finding::Pending,
                    scene_id: None,
                };
                (format!("c-{index}-{event}"), incident)
            };
            let count = if index % 4 == 0 { index % 9 } else { 0 };
            let events = (0..count).map(event).collect();
            Officer { hired_on, postings: vec![posting], exposure: BTreeMap::new(), events }
        };
        let officers = (0..120).map(|index| (format!("O-{index:03}"), officer(index))).collect();
        Input { as_of: TODAY, officers, previous: BTreeMap::new() }
    }

    #[test]
    fn wilsons_interval_of_a_published_example() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263 and 0 of 20.
        let of = |count, of| Rate::new(count, of).map(|rate| format!("{:.4} {:.4}", rate.lo, rate.hi));
        assert_eq!(of(81, 263).as_deref(), Some("0.2553 0.3662"));
        assert_eq!(of(0, 20).as_deref(), Some("0.0000 0.1611"));
        assert_eq!(of(0, 0), None);
    }

    #[test]
    fn reviews_are_counted_where_they_fall() {
        let (input, rules) = (input(), rules());
        let output = crate::score(&input, &rules);
        let report = fairness(&input, &output.summary(), &rules).unwrap();
        assert!(report.review.count > 0);
        assert_eq!(report.top_five_units, Some(1.0));
        assert_eq!(report.groups["unit"]["patrol-0"].count, report.review.count);
        assert_eq!(report.groups["unit"]["patrol-1"].rate, 0.0);
        for rates in report.groups.values() {
            assert_eq!(rates.values().map(|rate| rate.of).sum::<usize>(), 120);
            assert_eq!(rates.values().map(|rate| rate.count).sum::<usize>(), report.review.count);
        }
        assert_eq!((report.new_at_review, report.left_review), (None, None));
    }

    #[test]
    fn against_the_run_before_nobody_is_new_and_who_left_is_counted() {
        let (mut input, rules) = (input(), rules());
        input.previous = crate::score(&input, &rules).standing();
        input.previous.insert("O-001".into(), Level::Review);
        let report = fairness(&input, &crate::score(&input, &rules).summary(), &rules).unwrap();
        assert_eq!(report.new_at_review.unwrap().count, 0);
        assert_eq!(report.left_review.unwrap().count, 1);
    }

    #[test]
    fn no_field_of_the_report_is_protected() {
        let (input, rules) = (input(), rules());
        let report = fairness(&input, &crate::score(&input, &rules).summary(), &rules).unwrap();
        assert_eq!(crate::protected::find("", &serde_json::to_value(report).unwrap()), None);
    }
}
