//! The figures as a table for the terminal.
use std::fmt::Write as _;

use eis::accuracy::{Audit, Interval};

use super::figures::{Figures, Gate, Measured};

/// The whole table.
pub(super) fn table(figures: &Figures) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, figures);
    text
}

fn write(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(text, "{}: {} within {} months", figures.history, figures.label, figures.months)?;
    writeln!(
        text,
        "ruleset {}, as shipped {}\n",
        short(&figures.ruleset_sha256),
        short(&figures.shipped_sha256)
    )?;
    rows_read(text, figures)?;
    origins(text, figures)?;
    methods(text, figures)?;
    differences(text, figures)?;
    thresholds(text, figures)?;
    months(text, figures)?;
    calibration(text, figures)?;
    costs(text, figures)?;
    service(text, figures)?;
    groups(text, figures)?;
    gates(text, "Controls", &figures.controls)?;
    gates(text, "Gates", &figures.gates)
}

fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

fn rows_read(text: &mut String, figures: &Figures) -> std::fmt::Result {
    for (file, rows) in &figures.rows {
        writeln!(text, "{rows:>9} rows  {file}")?;
        for (_, reason, count) in figures.dirt.iter().filter(|(name, ..)| name == file) {
            writeln!(text, "{count:>9}         {reason}")?;
        }
    }
    writeln!(text)
}

fn origins(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "{:<11}{:>9}{:>7}{:>7}{:>7}{:>7}{:>8}{:>10}{:>9}{:>10}",
        "origin", "officers", "base", "AUC", "P@5%", "P@100", "P@5%", "outcomes", "decided", "days"
    )?;
    writeln!(
        text,
        "{:<11}{:>9}{:>7}{:>7}{:>7}{:>7}{:>8}{:>10}{:>9}{:>10}",
        "", "", "", "", "", "", "compl.", "", "later", "unseen"
    )?;
    for (day, at) in &figures.per_origin {
        let (score, complaints) = (&at.methods["score"], &at.methods["complaints_24m"]);
        writeln!(
            text,
            "{:<11}{:>9}{:>7.4}{:>7.4}{:>7.3}{:>7.2}{:>8.3}{:>10}{:>9}{:>10}",
            day.to_string(),
            at.officers,
            at.base,
            score.auc,
            score.precision_at.pct5,
            score.precision_at.first100,
            complaints.precision_at.pct5,
            at.censoring.outcomes,
            at.censoring.decided_after,
            at.censoring.days_missing
        )?;
    }
    writeln!(text)
}

fn methods(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "{:<16}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>9}",
        "method", "AUC", "AP", "P@1%", "P@2%", "P@5%", "P@10%", "P@50", "P@100", "R@5%", "lift", "5 units"
    )?;
    let line = |name: &str, measured: &Measured| {
        let precision = &measured.precision_at;
        format!(
            "{name:<16}{:>7.4}{:>7.4}{:>7.3}{:>7.3}{:>7.3}{:>7.3}{:>7.3}{:>7.3}{:>7.3}{:>7.2}{:>9.2}",
            measured.auc,
            measured.average_precision,
            precision.pct1,
            precision.pct2,
            precision.pct5,
            precision.pct10,
            precision.first50,
            precision.first100,
            measured.recall_at.pct5,
            measured.lift_at_5pct,
            figures.top_five_units.get(name).copied().unwrap_or(0.0)
        )
    };
    for (name, measured) in &figures.methods {
        writeln!(text, "{}", line(name, measured))?;
    }
    writeln!(
        text,
        "Means over origins; 5 units: share of the first 5 % in the five units with most of them.\n"
    )
}

fn differences(text: &mut String, figures: &Figures) -> std::fmt::Result {
    for difference in &figures.differences {
        writeln!(
            text,
            "{:<28} P@5% {:+.3} {}  AUC {:+.3} {}",
            difference.what,
            difference.precision_at_5pct,
            interval(difference.precision_interval),
            difference.auc,
            interval(difference.auc_interval)
        )?;
    }
    writeln!(text)
}

fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |interval| format!("[{:.3}, {:.3}]", interval.lo, interval.hi))
}

fn thresholds(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "{:<48}{:>8}{:>8}{:>8}{:>8}{:>8}",
        "rule, all origins", "flagged", "rule", "score", "compl.", "churn"
    )?;
    for (name, rule) in &figures.thresholds {
        let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.3}"));
        writeln!(
            text,
            "{name:<48}{:>8}{:>8}{:>8}{:>8}{:>8}",
            rule.flagged,
            share(rule.precision),
            share(rule.score_same_k),
            share(rule.complaints_same_k),
            share(figures.monthly.churn.get(name).copied())
        )?;
    }
    writeln!(text, "Precision at the same number of names; churn: new names a month.\n")
}

fn months(text: &mut String, figures: &Figures) -> std::fmt::Result {
    let monthly = &figures.monthly;
    writeln!(text, "{:<32}{:>10}{:>14}", "list, monthly", "new names", "names a year")?;
    let lists = monthly.churn.iter().filter(|(name, _)| !figures.thresholds.contains_key(*name));
    for (name, churn) in lists {
        let names = monthly.names_a_year.get(name).copied().unwrap_or(0.0);
        writeln!(text, "{name:<32}{churn:>10.4}{names:>14.0}")?;
    }
    for (year, churn) in &monthly.churn_by_year {
        writeln!(text, "  first 5 %, plain, in {year:<11}{churn:>10.4}")?;
    }
    let desk = if monthly.by_supervisor { "supervisor" } else { "unit (no supervisors in the history)" };
    writeln!(
        text,
        "Review: {:.2} % of officers stand, {:.2} % new a month, precision {}; alerts a month per {desk}: mean {:.2}, most {}.\n",
        100.0 * monthly.review_standing,
        100.0 * monthly.review_new,
        monthly.review_precision.map_or("-".into(), |precision| format!("{precision:.3}")),
        monthly.alerts_mean,
        monthly.alerts_most
    )
}

fn calibration(text: &mut String, figures: &Figures) -> std::fmt::Result {
    for calibration in &figures.calibration {
        let brier = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.4}"));
        writeln!(
            text,
            "Calibration, {}: Brier {} raw, {} recalibrated on earlier origins, {} constant",
            calibration.outcome,
            brier(calibration.brier_raw),
            brier(calibration.brier_recalibrated),
            brier(calibration.brier_constant)
        )?;
        for (name, bands) in [("raw", &calibration.raw), ("recalibrated", &calibration.recalibrated)] {
            if let (Some(low), Some(top)) = (bands.first(), bands.last()) {
                writeln!(
                    text,
                    "  {name:<13} lowest tenth {:.3}, seen {:.3}; top tenth {:.3}, seen {:.3}",
                    low.predicted, low.seen, top.predicted, top.seen
                )?;
            }
        }
    }
    writeln!(text)
}

fn costs(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(text, "{:<40}{:>7}{:>7}", "weight of findings", "AUC", "P@5%")?;
    for cost in &figures.costs {
        writeln!(text, "{:<40}{:>7.4}{:>7.3}", cost.what, cost.auc, cost.precision_at_5pct)?;
    }
    writeln!(text)
}

fn service(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "{:<24}{:>10}{:>7}{:>7}{:>7}{:>10}",
        "service", "officers", "base", "AUC", "P@5%", "flagged"
    )?;
    for (name, service) in &figures.service {
        let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.3}"));
        writeln!(
            text,
            "{name:<24}{:>10}{:>7}{:>7}{:>7}{:>10.3}",
            service.officers,
            share(service.base),
            share(service.auc),
            share(service.precision_at_5pct),
            service.flag_rate
        )?;
    }
    writeln!(text, "A score says next to nothing of officers under three years.\n")
}

fn groups(text: &mut String, figures: &Figures) -> std::fmt::Result {
    for (attribute, groups) in &figures.groups {
        writeln!(
            text,
            "{attribute:<28}{:>9}{:>24}{:>24}{:>24}",
            "rows", "flagged", "precision", "false omission"
        )?;
        for (name, rates) in groups {
            let cell = |audit: &Audit| match audit.rate {
                Some(rate) => format!("{rate:.3} {}", interval(audit.interval)),
                None => "-".to_owned(),
            };
            writeln!(
                text,
                "{name:<28}{:>9}{:>24}{:>24}{:>24}",
                rates.size,
                cell(&rates.flag_rate),
                cell(&rates.precision),
                cell(&rates.false_omission)
            )?;
        }
        writeln!(text)?;
    }
    Ok(())
}

fn gates(text: &mut String, title: &str, gates: &[Gate]) -> std::fmt::Result {
    writeln!(text, "{title}")?;
    for gate in gates {
        let word = if gate.met { "met" } else { "NOT met" };
        writeln!(text, "  {word:<8}{:<70} {}", gate.what, gate.found)?;
    }
    writeln!(text)
}
