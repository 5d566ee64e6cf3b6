//! What must not matter: permuted outcomes must be found by chance alone, events after the origin and the order of
//! the rows must change nothing.
use anyhow::Result;
use eis::accuracy::{Lot, Ranked};
use eis::event::Finding;
use eis::{Output, score};
use jiff::ToSpan as _;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::figures::Gate;
use super::history::History;
use super::measures::SEED;
use super::origin::Origin;
use super::records::{Past, Records};
use super::snapshot::{Rules, Snapshot};

/// Mean AUC of the score where the outcomes are dealt out again by lot.
pub(super) fn permuted(snapshots: &[Snapshot]) -> Gate {
    let mut lot = Lot::new(SEED);
    let auc = |snapshot: &Snapshot| {
        let mut hits = snapshot.hits.clone();
        lot.shuffle(&mut hits);
        Ranked::new(snapshot.of("score"), &hits).auc().unwrap_or(0.5)
    };
    let mean = snapshots.iter().map(auc).sum::<f64>() / snapshots.len() as f64;
    Gate {
        what: "permuted outcomes give an AUC of .50 ± .02".into(),
        found: format!("{mean:.4}"),
        met: (mean - 0.5).abs() <= 0.02,
    }
}

/// Whether the scores at `t` stay the same to the byte when every officer has an event of each indicator on that day.
pub(super) fn future(history: &History, records: &Records, rules: &Rules, t: Date) -> Gate {
    let mut later = records.clone();
    for (id, events) in &mut later.events {
        for indicator in rules.score.indicators.keys() {
            let event = Past {
                dated: t,
                known: t,
                indicator: indicator.clone(),
                finding: Finding::Sustained,
                closed: Some(t),
                severity: None,
                scene: format!("later-{id}"),
            };
            events.insert(format!("{indicator}/later"), event);
        }
    }
    let next = Origin { history, records: &later, t: t.saturating_add(1.day()) };
    let bites = digest(&next, rules) != digest(&Origin { history, records, t: next.t }, rules);
    let same = digest(&Origin { history, records: &later, t }, rules)
        == digest(&Origin { history, records, t }, rules);
    Gate {
        what: "events dated on the origin change nothing at it, and do the day after".into(),
        found: format!("same bytes: {same}; changed the day after: {bites}"),
        met: same && bites,
    }
}

/// Whether files read in another order give the same scores to the byte.
pub(super) fn shuffled(
    history: &History,
    records: &Records,
    rules: &Rules,
    t: Date,
    load: impl FnOnce(Lot) -> Result<Records>,
) -> Result<Gate> {
    let other = load(Lot::new(SEED))?;
    let same = digest(&Origin { history, records: &other, t }, rules)
        == digest(&Origin { history, records, t }, rules);
    Ok(Gate {
        what: "rows in another order give the same bytes".into(),
        found: format!("same bytes: {same}"),
        met: same,
    })
}

/// SHA-256 over all explanations.
pub(super) fn digest(origin: &Origin, rules: &Rules) -> String {
    let present_only = origin.history.units.as_ref().is_some_and(|units| units.present_only);
    let output: Output = score(&origin.input(present_only), &rules.score);
    let mut lines = Sha256::new();
    for score in &output.scores {
        lines.update(score.to_json());
        lines.update("\n");
    }
    hex::encode(lines.finalize())
}
