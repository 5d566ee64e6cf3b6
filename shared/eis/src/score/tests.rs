//! The score through its public face: monotone, free of units and of order, exact ties, sums that add up.
use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::event::{Amounts, Finding};
use crate::input::{Incident, Posting};

fn rules() -> Ruleset {
    Ruleset::parse(include_str!("../../../../infra/agency/eis.toml")).unwrap()
}

const fn today() -> Date {
    Date::constant(2026, 7, 4)
}

fn officer(years: i64, unit: &str) -> Officer {
    let hired_on = today().saturating_sub(years.years());
    let posting = Posting {
        from: hired_on,
        unit: unit.into(),
        rank: "officer".into(),
        shift: "days".into(),
        active: true,
    };
    Officer { hired_on, postings: vec![posting], exposure: BTreeMap::new(), events: BTreeMap::new() }
}

fn add(officer: &mut Officer, id: &str, indicator: &str, days_ago: i64) {
    let event = Incident {
        indicator: indicator.into(),
        occurred_on: today().saturating_sub(days_ago.days()),
        severity: None,
        finding: Finding::Pending,
        scene_id: None,
    };
    officer.events.insert(id.into(), event);
}

/// A department with complaints and force spread over it: the officer `O-007` stands out.
fn department(size: usize) -> Input {
    let mut officers = BTreeMap::new();
    for index in 0..size {
        let mut record = officer(1 + (index % 12) as i64, &format!("patrol-{}", index % 4));
        for event in 0..(index * 7 % 4) {
            add(
                &mut record,
                &format!("c-{index}-{event}"),
                "complaint",
                (index * 37 + event * 211) as i64 % 1700,
            );
        }
        for event in 0..(index * 5 % 3) {
            add(
                &mut record,
                &format!("f-{index}-{event}"),
                "use_of_force",
                (index * 53 + event * 97) as i64 % 1700,
            );
        }
        officers.insert(format!("O-{index:03}"), record);
    }
    for event in 0..7 {
        add(officers.get_mut("O-007").unwrap(), &format!("x-{event}"), "complaint", 20 + event * 40);
    }
    Input { as_of: today(), officers, previous: BTreeMap::new() }
}

fn of<'a>(output: &'a Output, id: &str) -> &'a Explanation {
    output.scores.iter().find(|score| score.officer_id == id).unwrap()
}

fn bytes(output: &Output) -> Vec<String> {
    output.scores.iter().map(Explanation::to_json).collect()
}

#[test]
fn contributions_add_up_to_the_score_to_the_last_digit() {
    for score in score(&department(150), &rules()).scores {
        let sum: i64 = score.terms.iter().map(|term| term.c.0).sum();
        assert_eq!(score.s.0, 1_000_000 + sum);
        // What is printed adds up too, by somebody who reads the JSON.
        let printed: f64 = score.terms.iter().map(|term| term.c.value()).sum();
        assert!((score.s.value() - 1.0 - printed).abs() < 1e-9);
    }
}

#[test]
fn every_line_can_be_recomputed_from_what_is_shown() {
    for score in score(&department(150), &rules()).scores {
        for term in &score.terms {
            let y: f64 = term.events.iter().map(|event| event.weight).sum();
            let lambda = (term.a + y) / (term.a / term.m_g + term.e);
            assert!((y - term.y).abs() < 1e-8);
            assert!((lambda / term.lambda - 1.0).abs() < 1e-6);
            assert!((lambda / term.mu - term.r_dept).abs() < 1e-6);
            assert!((lambda / term.m_g - term.r_peer).abs() < 1e-6);
            assert!((term.weight * (term.r_dept - 1.0) - term.c.value()).abs() < 2e-6);
        }
    }
}

#[test]
fn the_one_who_stands_out_comes_first_with_the_events_behind_it() {
    let output = score(&department(150), &rules());
    let first = output.scores.iter().max_by_key(|score| score.s).unwrap();
    assert_eq!(first.officer_id, "O-007");
    assert_eq!(first.level, Level::Review);
    let complaints = first.terms.iter().find(|term| term.indicator == "complaint").unwrap();
    assert!(complaints.unlikely_to_be_chance && complaints.x > 0.8);
    assert!(complaints.events.iter().any(|event| event.event_id == "x-3"));
    // The name of the ruleset changes with every number in it.
    let sentence = first.sentence.replace(&first.ruleset_sha256[..12], "[ruleset]");
    insta::assert_snapshot!(sentence, @r#"Score 1.62, where 1 is the department's rate for the same duty; percentile 99.7 of 150 officers. Complaints add 0.59: 8 events, 2.0 times the rate of peers with the same exposure (patrol-3, officer, days, 37 officers); counted plainly over 730 days (8), the rate is 2.3 to 7.0 times theirs (90 % interval), unlikely to be chance. Uses of force add 0.03: 2 events, 1.1 times the rate of peers with the same exposure (patrol-3, officer, days, 37 officers); counted plainly over 730 days (2), the rate is 0.6 to 2.4 times theirs (90 % interval). Rule "complaints": 4 in 180 days (from 3 on). Rule "several indicators together": 8 in 365 days (from 3 on). Rule "twice the officer's own year before": 8 in 365 days (from 4 on), at least 2 times as many as in the 365 days before. Rule "three times the peers": 10 in 730 days (from 4 on), at least 3 times what peers with the same exposure show. No data for: preventable collisions, uses of force with injury, lawsuits, policy violations, pursuits, sick-leave episodes. As of 2026-07-04, ruleset [ruleset]."#);
}

#[test]
fn equal_records_tie_exactly_whatever_their_ids() {
    let mut input = department(150);
    let (mut one, mut two) = (officer(8, "patrol-1"), officer(8, "patrol-1"));
    for (event, days) in [13, 377, 900, 1201].into_iter().enumerate() {
        add(&mut one, &format!("a-{event}"), "complaint", days);
        add(&mut two, &format!("z-{}", 9 - event), "complaint", days);
    }
    input.officers.insert("A".into(), one);
    input.officers.insert("Z".into(), two);
    let output = score(&input, &rules());
    assert_eq!(of(&output, "A").s, of(&output, "Z").s);
    assert_eq!(of(&output, "A").pct, of(&output, "Z").pct);
}

#[test]
fn percentiles_are_mid_ranks() {
    let scores: Vec<Micro> = [10, 20, 20, 40].map(Micro).to_vec();
    assert_eq!(percentiles(&scores), [12.5, 50.0, 50.0, 87.5]);
}

#[test]
fn the_future_and_cleared_events_change_nothing_of_the_count() {
    let before = score(&department(150), &rules());
    let mut input = department(150);
    let record = input.officers.get_mut("O-020").unwrap();
    add(record, "future", "complaint", -1);
    add(record, "cleared", "complaint", 30);
    record.events.get_mut("cleared").unwrap().finding = Finding::Exonerated;
    add(record, "ancient", "complaint", 1825);
    assert_eq!(bytes(&score(&input, &rules())), bytes(&before));
}

#[test]
fn a_collision_counts_once_found_preventable() {
    let mut input = department(150);
    add(input.officers.get_mut("O-020").unwrap(), "car", "collision", 30);
    let y = |input: &Input| {
        let output = score(input, &rules());
        of(&output, "O-020").terms.iter().find(|term| term.indicator == "collision").unwrap().y
    };
    assert_eq!(y(&input), 0.0);
    input.officers.get_mut("O-020").unwrap().events.get_mut("car").unwrap().finding = Finding::Preventable;
    assert!(y(&input) > 0.9);
}

#[test]
fn weights_of_missing_feeds_are_shared_out_and_named() {
    let output = score(&department(150), &rules());
    let score = of(&output, "O-007");
    let weights: Vec<(&str, f64)> =
        score.terms.iter().map(|term| (term.indicator.as_str(), term.weight)).collect();
    assert_eq!(weights, [("complaint", 0.692307692), ("use_of_force", 0.307692308)]);
    assert!(score.missing_feeds.contains(&"lawsuits".to_owned()));
    assert!(score.sentence.contains("No data for: preventable collisions"));
}

#[test]
fn a_rookie_is_never_called_low() {
    let mut input = department(150);
    let mut rookie = officer(0, "patrol-1");
    rookie.hired_on = today().saturating_sub(90.days());
    rookie.postings[0].from = rookie.hired_on;
    add(&mut rookie, "first", "complaint", 10);
    input.officers.insert("R".into(), rookie);
    input.officers.insert("Q".into(), officer(9, "patrol-2"));
    let output = score(&input, &rules());
    for id in ["R", "Q"] {
        assert!(of(&output, id).insufficient_history);
        assert!(of(&output, id).sentence.starts_with("Insufficient history"));
    }
    assert!(!of(&output, "O-007").insufficient_history);
}

#[test]
fn small_peer_groups_back_off_and_are_named_with_their_size() {
    let mut input = department(150);
    input.officers.get_mut("O-007").unwrap().postings[0].unit = "harbour".into();
    let output = score(&input, &rules());
    let peers = |id: &str| of(&output, id).terms[0].peers.clone();
    assert_eq!((peers("O-007")[0].key.as_str(), peers("O-007")[0].size), ("officer", 150));
    assert_eq!((peers("O-001")[0].key.as_str(), peers("O-001")[0].size), ("patrol-1, officer, days", 38));
}

#[test]
fn events_and_duty_stay_with_the_post_held_on_their_day() {
    let mut input = department(150);
    let record = input.officers.get_mut("O-011").unwrap();
    let first = record.postings[0].clone();
    let from = today().saturating_sub(200.days());
    record.postings.push(Posting { from, unit: "patrol-2".into(), ..first });
    let output = score(&input, &rules());
    let peers = &of(&output, "O-011").terms[0].peers;
    let keys: Vec<&str> = peers.iter().map(|peers| peers.key.as_str()).collect();
    assert_eq!(keys, ["patrol-2, officer, days", "patrol-3, officer, days"]);
    assert!(peers[1].share > peers[0].share);
    assert!((peers[0].share + peers[1].share - 1.0).abs() < 1e-8);
}

/// The same department with hours fed for every month of duty.
fn with_hours(factor: f64) -> Input {
    let mut input = department(120);
    for (index, record) in input.officers.values_mut().enumerate() {
        let mut day = record.hired_on;
        while day <= today() {
            let hours = (140 + index % 30) as f64 * factor;
            record.exposure.insert(day, Amounts { hours: Some(hours), ..Amounts::default() });
            day = day.saturating_add(1.month());
        }
    }
    input
}

#[test]
fn the_unit_of_exposure_does_not_matter() {
    let (hours, minutes) = (score(&with_hours(1.0), &rules()), score(&with_hours(60.0), &rules()));
    for (one, other) in hours.scores.iter().zip(&minutes.scores) {
        assert_eq!(one.terms[0].exposure_unit, crate::ruleset::Unit::Hours);
        assert!((one.s.0 - other.s.0).abs() <= 2, "{} is not {}", one.s, other.s);
        assert!((one.terms[0].lambda / 60.0 - other.terms[0].lambda).abs() < 1e-9);
    }
}

#[test]
fn exposure_falls_back_until_a_measure_covers_enough() {
    let mut input = with_hours(1.0);
    for record in input.officers.values_mut().take(40) {
        record.exposure.clear();
    }
    let output = score(&input, &rules());
    let term = &output.scores[0].terms[0];
    assert_eq!(term.exposure_unit, crate::ruleset::Unit::Months);
    let passed: Vec<crate::ruleset::Unit> = term.exposure_passed_over.iter().map(|(unit, _)| *unit).collect();
    assert_eq!(
        passed,
        [crate::ruleset::Unit::Arrests, crate::ruleset::Unit::Calls, crate::ruleset::Unit::Hours]
    );
}

#[test]
fn leave_is_taken_out_of_duty() {
    let mut input = department(150);
    let record = input.officers.get_mut("O-011").unwrap();
    let first = record.postings[0].clone();
    let (away, back) = (today().saturating_sub(400.days()), today().saturating_sub(100.days()));
    record.postings.push(Posting { from: away, active: false, ..first.clone() });
    record.postings.push(Posting { from: back, ..first });
    let (with, without) = (score(&input, &rules()), score(&department(150), &rules()));
    let months = of(&without, "O-011").duty_months - of(&with, "O-011").duty_months;
    assert!((months - 300.0 / 30.4).abs() < 1e-6);
    assert!(of(&with, "O-011").terms[0].e < of(&without, "O-011").terms[0].e);
}

#[test]
fn a_department_without_events_scores_one() {
    let mut input = department(20);
    for record in input.officers.values_mut() {
        record.events.clear();
    }
    let output = score(&input, &rules());
    assert!(output.scores.iter().all(|score| score.s == Micro::ONE && score.insufficient_history));
    assert_eq!(score(&Input { officers: BTreeMap::new(), ..input }, &rules()).scores, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// One more adverse event never lowers the officer's own rate against fixed means, and the group mean, which
    /// includes the officer, takes back less than the event adds.
    #[test]
    fn one_more_event_never_lowers_the_officers_own_score(index in 0_usize..60, days in 0_i64..1800, force: bool) {
        let mut rules = rules();
        // Fixed shapes, so that the one event does not change how much rates are believed to differ.
        rules.prior.fixed_below = 1000;
        let id = format!("O-{index:03}");
        let before = score(&department(60), &rules);
        let mut input = department(60);
        let indicator = if force { "use_of_force" } else { "complaint" };
        add(input.officers.get_mut(&id).unwrap(), "one-more", indicator, days);
        let after = score(&input, &rules);
        prop_assert!(of(&after, &id).s >= of(&before, &id).s);
    }

    /// At fixed a, mu and m_g the rate rises with the count.
    #[test]
    fn shrinkage_is_monotone(y in 0.0_f64..50.0, more in 0.0_f64..5.0, e in 0.1_f64..500.0, mu in 0.001_f64..1.0, a in 0.2_f64..5.0) {
        let m_g = mu * 1.3;
        let (one, two) = (crate::rate::shrink(y, e, mu, m_g, a), crate::rate::shrink(y + more, e, mu, m_g, a));
        prop_assert!(two.dept >= one.dept && two.peer >= one.peer);
    }
}

/// Twelve scenes of two officers: `O-001` always a level above `O-002`.
fn with_scenes() -> Input {
    let mut input = department(150);
    for scene in 0..12_i64 {
        for (id, level) in [("O-001", "3"), ("O-002", "2")] {
            let officer = input.officers.get_mut(id).unwrap();
            let event = Incident {
                indicator: "use_of_force".into(),
                occurred_on: today().saturating_sub((scene * 40).days()),
                severity: Some(level.into()),
                finding: Finding::WithinPolicy,
                scene_id: Some(format!("scene-{scene}")),
            };
            officer.events.insert(format!("{id}-{scene}"), event);
        }
    }
    input
}

#[test]
fn the_same_scene_index_stands_beside_the_score_and_moves_nothing() {
    let (rules, input) = (rules(), with_scenes());
    let shown = score(&input, &rules);
    let index = of(&shown, "O-001").same_scene.as_ref().unwrap();
    assert_eq!((index.scenes, index.effect > 0.0), (12, true));
    assert!(of(&shown, "O-002").same_scene.as_ref().unwrap().effect < 0.0);
    assert_eq!(of(&shown, "O-003").same_scene, None);
    let mut hidden = rules.clone();
    hidden.same_scene.min_scenes = 13;
    for (with, without) in shown.scores.iter().zip(score(&input, &hidden).scores) {
        assert_eq!(without.same_scene, None);
        assert_eq!((with.s, &with.terms, with.level), (without.s, &without.terms, without.level));
    }
}
