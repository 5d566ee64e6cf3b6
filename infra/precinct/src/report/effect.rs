//! The effect of telling, as a table: rates of repeat calls by call type, differences with their intervals.
use std::fmt::Write as _;

use updates::effect::{Arm, Arms, difference};
use updates::summary::{Summary, shown};

/// The table of `summary`.
pub(super) fn table(summary: &Summary) -> String {
    let mut text = format!(
        "Repeat calls within 60 minutes, {} to {}\n\n{:12}  {:>19}  {:>19}  difference (95 %)\n",
        summary.from, summary.to, "call type", "told", "not told"
    );
    let total = summary.effect.total();
    let by_type = summary.effect.0.iter().map(|(call_type, arms)| (call_type.as_str(), *arms));
    for (call_type, Arms { told, not_told, .. }) in by_type.clone().chain([("all", total)]) {
        line(&mut text, call_type, told, not_told);
    }
    if total.held_out.calls > 0 {
        let _ = writeln!(text, "\n{:12}  {:>19}  {:>19}", "by lot", "drawn to tell", "held out");
        for (call_type, Arms { drawn_to_tell, held_out, .. }) in by_type.chain([("all", total)]) {
            line(&mut text, call_type, drawn_to_tell, held_out);
        }
    } else {
        text += "\nNothing was held out ([hold_out] in updates.toml): the difference above describes, it proves nothing.\n";
    }
    text += "Counts from 1 to 4, and rates from them, are not shown.\n";
    text
}

fn line(text: &mut String, call_type: &str, one: Arm, other: Arm) {
    let both = one.is_shown() && other.is_shown();
    let between = difference(one, other).filter(|_| both).map_or_else(String::new, |found| {
        let percent = |share: f64| format!("{:+.1}", share * 100.0);
        let (lower, upper) = (percent(found.lower), percent(found.upper));
        format!("{} points ({lower} to {upper})", percent(found.difference))
    });
    let row = format!("{call_type:12}  {:>19}  {:>19}  {between}", cell(one), cell(other));
    let _ = writeln!(text, "{}", row.trim_end());
}

/// `12 of 340 (3.5 %)`, as far as it may be shown.
fn cell(arm: Arm) -> String {
    let counts = format!("{} of {}", shown(arm.repeats), shown(arm.calls));
    match arm.rate().filter(|_| arm.is_shown()) {
        Some(rate) => format!("{counts} ({:.1} %)", rate * 100.0),
        None => counts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use updates::effect::Effect;

    #[test]
    fn rates_are_compared_and_small_counts_left_out() {
        let arm = |repeats, calls| Arm { calls, repeats };
        let arms =
            |told, not_told| Arms { told, not_told, drawn_to_tell: arm(20, 400), held_out: arm(16, 100) };
        let date = "2026-07-07".parse().unwrap();
        let summary = Summary {
            from: date,
            to: date,
            policy: String::new(),
            updates: Vec::new(),
            tasks: BTreeMap::new(),
            effect: Effect(BTreeMap::from([
                ("LARCENY".into(), arms(arm(12, 340), arm(30, 300))),
                ("NOISE".into(), arms(arm(3, 40), arm(0, 4))),
            ])),
            revocations: updates::standing::Revocations::default(),
            surveys: updates::standing::Surveys::default(),
        };
        insta::assert_snapshot!(table(&summary), @r"
        Repeat calls within 60 minutes, 2026-07-07 to 2026-07-07

        call type                    told             not told  difference (95 %)
        LARCENY         12 of 340 (3.5 %)   30 of 300 (10.0 %)  -6.5 points (-10.7 to -2.6)
        NOISE                    <5 of 40              0 of <5
        all             15 of 380 (3.9 %)    30 of 304 (9.9 %)  -5.9 points (-10.1 to -2.1)

        by lot              drawn to tell             held out
        LARCENY         20 of 400 (5.0 %)   16 of 100 (16.0 %)  -11.0 points (-19.6 to -4.5)
        NOISE           20 of 400 (5.0 %)   16 of 100 (16.0 %)  -11.0 points (-19.6 to -4.5)
        all             40 of 800 (5.0 %)   32 of 200 (16.0 %)  -11.0 points (-16.9 to -6.2)
        Counts from 1 to 4, and rates from them, are not shown.
        ");
    }
}
