//! What the figures must show before anybody relies on the score; printed with what was found.
use super::figures::{Figures, Gate};

/// The demands; those on levels hold for the set-up that they were measured with, the comparisons for any history.
pub(super) fn gates(figures: &Figures) -> Vec<Gate> {
    let (Some(score), Some(complaints), Some(sustained)) = (
        figures.methods.get("score"),
        figures.methods.get("complaints_24m"),
        figures.methods.get("sustained_5y"),
    ) else {
        return Vec::new();
    };
    let p5 = score.precision_at.pct5;
    let mut gates = vec![
        at_least("AUC of the score", score.auc, 0.69),
        at_least("precision among the first 5 %", p5, 0.335),
        at_least("lift over the base rate at 5 %", score.lift_at_5pct, 3.1),
        at_least("precision at 5 % over rank by complaints", p5 - complaints.precision_at.pct5, 0.015),
    ];
    // The first rule of the history is the one that departments use most.
    let typical = figures.thresholds.iter().find(|(name, _)| name.starts_with("3 complaints in 180 days"));
    if let Some((name, rule)) = typical
        && let (Some(theirs), Some(ours)) = (rule.precision, rule.score_same_k)
    {
        gates.push(at_least(&format!("precision over \"{name}\" at equal flags"), ours - theirs, 0.05));
    }
    let churn = figures.monthly.headline_churn;
    gates.push(Gate {
        what: "new names a month on the list of the first 5 % at most .06".into(),
        found: format!("{churn:.4}"),
        met: churn <= 0.06,
    });
    gates.push(Gate {
        what: "sustained complaints alone clearly worse".into(),
        found: format!("AUC {:.3}, precision {:.3}", sustained.auc, sustained.precision_at.pct5),
        met: sustained.auc < score.auc - 0.05 && sustained.precision_at.pct5 < p5 - 0.05,
    });
    gates
}

fn at_least(what: &str, found: f64, least: f64) -> Gate {
    let bound = format!("{least:.3}");
    Gate {
        what: format!(
            "{what} at least {}",
            bound.trim_start_matches('0').trim_end_matches('0').trim_end_matches('.')
        ),
        found: format!("{found:.4}"),
        met: found >= least,
    }
}
