//! Last night's officers to review, each with the sum that says why, as the staff API gives them.
use std::fmt::Write;

use eis::explanation::{Explanation, Term};
use eis::micro::Micro;

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

/// The remaining ones, a line each.
pub(crate) fn others(rest: &[(Explanation, Person)]) -> String {
    let line = |(score, person): &(Explanation, Person)| {
        format!(
            "  {} ({}): score {:.2}, percentile {:.1}\n",
            score.officer_id,
            person.post,
            score.s.value(),
            score.pct
        )
    };
    let lines: String = rest.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("  Also to review:\n{lines}") }
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

/// The same in words, as stored with the score.
pub(crate) fn words(score: &Explanation) -> String {
    let lines = wrap(&format!("In words: {}", score.sentence), WIDTH - 4);
    format!("    {}\n", lines.join("\n    "))
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

    #[test]
    fn a_score_is_shown_as_the_sum_it_is() {
        let term = |indicator: &str, name: &str, micro, events: usize| Term {
            indicator: indicator.into(),
            name: name.into(),
            weight: 0.5,
            c: Micro(micro),
            r_peer: 3.25,
            events: vec![eis::explanation::CountedEvent { event_id: "ia-1".into(), weight: 1.0 }; events],
            ..Term::default()
        };
        let score = Explanation {
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
            level: eis::Level::Review,
            triggers: Vec::new(),
            thresholds: Vec::new(),
            terms: vec![
                term("collision", "preventable collisions", -100_000, 0),
                term("complaint", "complaints", 2_000_001, 9),
            ],
            missing_feeds: Vec::new(),
            sentence: "Complaints add 2.00: 9 events.".into(),
            same_scene: None,
        };
        let person = Person { name: Some("Cora Woods".into()), post: "officer, patrol-1, evenings".into() };
        insta::assert_snapshot!(tell(&score, &person), @r#"
        E-1053, Cora Woods (officer, patrol-1, evenings)
            1.000000   the department's own rate, for the same duty
           +2.000001   complaints: 9 events, 3.2 times the rate of comparable officers
           −0.100000   preventable collisions: none
          = 2.900001   score: percentile 99.7 of 150 officers
        "#);
    }
}
