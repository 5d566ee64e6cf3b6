//! Last night's officers to review, each with the sum that says why, as the staff API gives them.
use std::fmt::Write;

use eis::Level;
use eis::explanation::{Explanation, Term};
use eis::micro::Micro;
use eis::threshold::Severity;

use super::bubble::wrap;
use super::callers::WIDTH;

/// Who somebody is, for people who know them by name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    /// Name, if the staff API gave one.
    pub(crate) name: Option<String>,
    /// Rank, unit and shift.
    pub(crate) post: String,
}

/// How many there are, and what the numbers mean.
pub(crate) fn introduction(about: &str, count: usize) -> String {
    let officers = if count == 1 { "one officer".to_owned() } else { format!("{count} officers") };
    let words = format!(
        "{about} It found {officers} for a supervisor to sit down with: support, not discipline. Each score \
         is a sum, and each part of it can be checked."
    );
    wrap(&words, WIDTH).join("\n") + "\n\n"
}

/// The remaining ones, a line each with what asks for the review: the score, a threshold rule, or both.
pub(crate) fn others(rest: &[(Explanation, Person)]) -> String {
    let line = |(score, person): &(Explanation, Person)| {
        format!("  {} ({}): {}\n", score.officer_id, person.post, asking(score))
    };
    let lines: String = rest.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("  Also to review:\n{lines}") }
}

/// The engines that name the officer, each apart.
fn asking(score: &Explanation) -> String {
    let met = score.thresholds.iter().filter(|met| met.severity == Severity::Review);
    let rules: Vec<String> =
        met.map(|met| format!("{} ({} in {} days)", met.rule, met.count, met.days)).collect();
    let by_score = format!("score {:.2}, percentile {:.1}", score.s.value(), score.pct);
    match (score.level == Level::Review, rules.is_empty()) {
        (true, true) => by_score,
        (true, false) => format!("{by_score}; rules: {}", rules.join(", ")),
        (false, _) => format!("by rule alone: {}", rules.join(", ")),
    }
}

/// One officer: the terms and the score they add up to.
pub(crate) fn tell(score: &Explanation, person: &Person) -> String {
    let name = person.name.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    let mut told = format!("  {}{name} ({})\n", score.officer_id, person.post);
    let _ =
        writeln!(told, "    {:>10}   the department's own rate, for the same duty", figure(Micro::ONE, ""));
    let mut terms: Vec<&Term> = score.terms.iter().filter(|term| term.weight > 0.0).collect();
    terms.sort_by(|a, b| b.c.cmp(&a.c).then_with(|| a.indicator.cmp(&b.indicator)));
    for term in terms {
        let _ = writeln!(told, "    {:>10}   {}", figure(term.c, "+"), reason(term));
    }
    let _ = writeln!(
        told,
        "    {:>10}   score: percentile {:.1} of {} officers",
        figure(score.s, "= "),
        score.pct,
        score.population
    );
    told
}

/// The same in words, as stored with the score; the comparison at shared scenes apart from it, since it is no part of
/// the sum.
pub(crate) fn words(score: &Explanation) -> String {
    let scene = score.same_scene.as_ref().map(|scene| format!("Beside the score: {}", scene.sentence));
    let mut words = String::new();
    for text in std::iter::once(format!("In words: {}", score.sentence)).chain(scene) {
        let _ = writeln!(words, "    {}", wrap(&text, WIDTH - 4).join("\n    "));
    }
    words
}

/// An amount to the last digit kept, so that a reader can add the column up.
fn figure(amount: Micro, sign: &str) -> String {
    if amount < Micro(0) {
        format!("−{:.6}", -amount.value())
    } else {
        format!("{sign}{:.6}", amount.value())
    }
}

fn reason(term: &Term) -> String {
    match term.events.len() {
        0 => format!("{}: none", term.name),
        1 => format!("{}: 1 event", term.name),
        many => {
            format!("{}: {many} events, {:.1} times the rate of comparable officers", term.name, term.r_peer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Explanation {
        let term = |indicator: &str, name: &str, micro, events: usize| Term {
            indicator: indicator.into(),
            name: name.into(),
            weight: 0.5,
            c: Micro(micro),
            r_peer: 3.25,
            events: vec![eis::explanation::CountedEvent { event_id: "ia-1".into(), weight: 1.0 }; events],
            ..Term::default()
        };
        Explanation {
            version: "gp-1".into(),
            officer_id: "E-1053".into(),
            as_of: jiff::civil::date(2026, 7, 5),
            ruleset_sha256: "00".repeat(32),
            s: Micro(2_900_001),
            pct: 99.7,
            population: 150,
            plain_days: 730,
            duty_months: 24.0,
            insufficient_history: false,
            level: Level::Review,
            triggers: Vec::new(),
            thresholds: Vec::new(),
            terms: vec![
                term("collision", "preventable collisions", -100_000, 0),
                term("complaint", "complaints", 2_000_001, 9),
            ],
            missing_feeds: Vec::new(),
            sentence: "Complaints add 2.00: 9 events.".into(),
            same_scene: None,
        }
    }

    #[test]
    fn a_score_is_shown_as_the_sum_it_is() {
        let score = sample();
        let person = Person { name: Some("Cora Woods".into()), post: "officer, patrol-1, evenings".into() };
        insta::assert_snapshot!(tell(&score, &person), @r#"
        E-1053, Cora Woods (officer, patrol-1, evenings)
            1.000000   the department's own rate, for the same duty
           +2.000001   complaints: 9 events, 3.2 times the rate of comparable officers
           −0.100000   preventable collisions: none
          = 2.900001   score: percentile 99.7 of 150 officers
        "#);
    }

    #[test]
    fn the_comparison_at_shared_scenes_stands_beside_the_score() {
        let same_scene = eis::scene::SameScene {
            indicator: "use_of_force".into(),
            scenes: 7,
            effect: 0.41,
            z: 1.9,
            sentence: "At 7 shared scenes: no more than the others.".into(),
        };
        insta::assert_snapshot!(words(&Explanation { same_scene: Some(same_scene), ..sample() }), @r#"
        In words: Complaints add 2.00: 9 events.
        Beside the score: At 7 shared scenes: no more than the others.
        "#);
    }

    #[track_caller]
    fn check(level: Level, rules: &[&str], expected: &str) {
        let met = |rule: &&str| eis::threshold::Met {
            rule: (*rule).into(),
            severity: Severity::Review,
            count: 3,
            days: 180,
            events: Vec::new(),
            sentence: String::new(),
        };
        let thresholds = rules.iter().map(met).collect();
        assert_eq!(asking(&Explanation { level, thresholds, ..sample() }), expected);
    }

    #[test]
    fn whoever_is_named_by_a_rule_alone_is_shown_by_the_rule() {
        check(Level::Review, &[], "score 2.90, percentile 99.7");
        check(Level::Review, &["force"], "score 2.90, percentile 99.7; rules: force (3 in 180 days)");
        check(Level::None, &["force"], "by rule alone: force (3 in 180 days)");
    }
}
