//! What stands behind a score, for people: each contribution in words, the events, and how scores lie among peers.
use std::collections::{BTreeMap, BTreeSet};

use eis::micro::Micro;
use eis::record::RecordedEvent;
use eis::spread::Spread;
use eis::{Explanation, Run};
use serde::Serialize;

use crate::{Context, record};

/// The group of everybody.
const DEPARTMENT: &str = "department";

/// Beside a score, never instead of its terms.
#[derive(Default, Serialize)]
pub(crate) struct Reasons {
    /// Each indicator, the one that adds most first; with 1 they sum to the score.
    contributions: Vec<Contribution>,
    /// The events behind score and rules, as they stand now.
    events: Vec<RecordedEvent>,
    /// Scores of the same night in the groups compared with and in the department; groups of few are left out.
    spread: Vec<GroupSpread>,
}

#[derive(Serialize)]
struct Contribution {
    indicator: String,
    name: String,
    c: Micro,
    weight: f64,
    /// Plain count in the window of plain counts.
    n: u32,
    sentence: String,
}

#[derive(Serialize)]
struct GroupSpread {
    group: String,
    #[serde(flatten)]
    spread: Spread,
}

/// What stands behind `score` of `run`.
pub(crate) async fn reasons(
    context: &Context,
    run: Option<&Run>,
    score: &Explanation,
) -> anyhow::Result<Reasons> {
    Ok(Reasons {
        contributions: contributions(score),
        events: events(context, score).await?,
        spread: spread(context, run, score).await?,
    })
}

fn contributions(score: &Explanation) -> Vec<Contribution> {
    let mut terms: Vec<_> = score.terms.iter().collect();
    terms.sort_by(|a, b| b.c.cmp(&a.c).then_with(|| a.indicator.cmp(&b.indicator)));
    let shown = terms.into_iter().map(|term| Contribution {
        indicator: term.indicator.clone(),
        name: term.name.clone(),
        c: term.c,
        weight: term.weight,
        n: term.n,
        sentence: term.sentence(score.plain_days),
    });
    shown.collect()
}

async fn events(context: &Context, score: &Explanation) -> anyhow::Result<Vec<RecordedEvent>> {
    let by_score = score.terms.iter().flat_map(|term| &term.events).map(|event| &event.event_id);
    let ids: BTreeSet<&String> =
        by_score.chain(score.thresholds.iter().flat_map(|met| &met.events)).collect();
    let ledger = record::ledger(context, &score.officer_id).await?;
    let held = ledger.record(&score.officer_id, context.today().1, context.policy.zone());
    let events = held.into_iter().flat_map(|record| record.events);
    Ok(events.filter(|event| ids.contains(&event.event_id)).collect())
}

/// The groups that the terms compare with, and the department. A run of before there were spreads has none.
async fn spread(
    context: &Context,
    run: Option<&Run>,
    score: &Explanation,
) -> anyhow::Result<Vec<GroupSpread>> {
    let Some(run) = run else { return Ok(Vec::new()) };
    let found: Option<BTreeMap<String, Spread>> = context.personnel.beside(run, "SPREADS").await?;
    let mut groups: Vec<&str> = Vec::new();
    for term in &score.terms {
        let own = term.peers.first().map(|peers| peers.key.as_str());
        groups.extend(own.filter(|group| *group != DEPARTMENT && !groups.contains(group)));
    }
    groups.push(DEPARTMENT);
    let known = found.unwrap_or_default();
    let shown = groups
        .into_iter()
        .filter_map(|group| Some(GroupSpread { group: group.to_owned(), spread: *known.get(group)? }));
    Ok(shown.collect())
}
