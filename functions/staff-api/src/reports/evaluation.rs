//! The yearly evaluation of early intervention as accreditation asks for it: what it raised and why, what was decided,
//! how long it took, how it went, and how the work was spread. Counts of cases, never of a person's score.
use std::collections::BTreeMap;

use eis::alert::Engine;
use eis::case::{Case, Ruling};
use eis::outcome::Effect;
use jiff::civil::Date;
use serde::Serialize;

use crate::Context;

/// One figure.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Row {
    measure: String,
    of: String,
    value: f64,
}

/// The figures of `year`, with those of the last night where they tell how it stands.
pub(super) async fn rows(context: &Context, year: i16) -> anyhow::Result<Vec<Row>> {
    let first = Date::new(year, 1, 1)?;
    let filed = context.personnel.cases_since(first).await?;
    let cases: Vec<Case> = filed.into_iter().map(|filed| filed.case).collect();
    let mut counts = Counts::default();
    for case in &cases {
        counts.case(case, year, context.today().1);
    }
    for case in cases.iter().filter(|case| case.opened_on.year() == year) {
        let profile = context.personnel.profile(&case.officer_id).await?;
        let post = profile.map(|profile| profile.post);
        counts.add("opened by unit", post.as_ref().map_or("", |post| &post.unit), 1.0);
        let supervisor = post.and_then(|post| post.supervisor_id).unwrap_or_default();
        counts.add("opened by supervisor", &supervisor, 1.0);
    }
    counts.days_to_decision(&cases, year);
    if let Some(run) = context.personnel.last_run().await? {
        counts.add("officers scored, last night", "", run.officers_scored as f64);
        for feed in &run.missing_feeds {
            counts.add("no data for, last night", feed, 1.0);
        }
        let effects: Vec<Effect> = context.personnel.beside(&run, "EFFECTS").await?.unwrap_or_default();
        for effect in effects {
            counts.effect(&effect)?;
        }
    }
    Ok(counts.rows())
}

#[derive(Default)]
struct Counts(BTreeMap<(String, String), f64>);

impl Counts {
    fn add(&mut self, measure: &str, of: &str, value: f64) {
        *self.0.entry((measure.into(), of.into())).or_default() += value;
    }

    fn case(&mut self, case: &Case, year: i16, on: Date) {
        if case.opened_on.year() == year {
            self.add("opened", "", 1.0);
            let engine = |engine| case.triggers.iter().any(|raised| raised.trigger.engine == engine);
            let by = match (engine(Engine::Model), engine(Engine::Threshold)) {
                (true, true) => "both",
                (true, false) => "score alone",
                _ => "threshold rules alone",
            };
            self.add("opened by engine", by, 1.0);
            for raised in &case.triggers {
                let trigger = &raised.trigger;
                let of = [Some(&trigger.rule), trigger.indicator.as_ref()];
                let of: Vec<&str> = of.into_iter().flatten().map(String::as_str).collect();
                self.add("reason", &of.join(" "), 1.0);
            }
        }
        if let Some(decision) = case.decision.as_ref().filter(|decision| decision.on.year() == year) {
            self.add("disposition", &format!("{:?}", decision.disposition), 1.0);
            if decision.suppress_until.is_some_and(|until| until > on) {
                self.add("suppressed now", "", 1.0);
            }
        }
        if let Some(contest) = case.contest.as_ref().filter(|contest| contest.on.year() == year) {
            let ruling = match contest.ruling {
                None => "waiting",
                Some(Ruling::Correct) => "corrected",
                Some(Ruling::Uphold) => "upheld",
            };
            self.add("contested", ruling, 1.0);
        }
        for one in case.interventions.iter().filter(|one| one.planned_on.year() == year) {
            let kind = serde_json::to_value(one.kind).unwrap_or_default();
            let of = format!("{} {}", kind.as_str().unwrap_or_default(), one.progress.word());
            self.add("intervention", &of, 1.0);
        }
        if case.closed_on.is_some_and(|day| day.year() == year) {
            self.add(
                "closed",
                &case.outcome.map_or("nothing to do".into(), |outcome| format!("{outcome:?}")),
                1.0,
            );
        }
        if !case.is_closed() {
            self.add("open now", &format!("{:?}", case.state), 1.0);
            if case.is_overdue(on) {
                self.add("overdue now", &format!("{:?}", case.state), 1.0);
            }
        }
    }

    /// The median of days from the night a case was opened to its decision.
    fn days_to_decision(&mut self, cases: &[Case], year: i16) {
        let decided = cases.iter().filter_map(|case| Some((case, case.decision.as_ref()?.on)));
        let mut days: Vec<i32> = decided
            .filter(|(_, on)| on.year() == year)
            .map(|(case, on)| (on - case.opened_on).get_days())
            .collect();
        days.sort_unstable();
        if let Some(median) = days.get(days.len() / 2) {
            self.add("days to decision", "median", f64::from(*median));
        }
    }

    fn effect(&mut self, effect: &Effect) -> anyhow::Result<()> {
        let kind = serde_json::to_value(effect.kind)?;
        let kind = kind.as_str().unwrap_or_default();
        let figures = [
            ("interventions", effect.interventions as f64),
            ("events a month before", effect.before),
            ("events a month after", effect.after),
            ("events a month expected without", effect.expected),
        ];
        for (what, value) in figures {
            self.add(&format!("after 180 days: {kind}"), what, value);
        }
        Ok(())
    }

    fn rows(self) -> Vec<Row> {
        self.0.into_iter().map(|((measure, of), value)| Row { measure, of, value }).collect()
    }
}
