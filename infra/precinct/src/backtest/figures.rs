//! What a backtest finds: the types behind metrics.json, the terminal table and the page.
use std::collections::BTreeMap;

use eis::accuracy::{Band, GroupRates, Interval, Ranked, share_of};
use jiff::civil::Date;
use serde::Serialize;

use super::origin::Censoring;

/// Figures of one method, at one origin or as means over origins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Measured {
    pub auc: f64,
    pub average_precision: f64,
    pub precision_at: Cuts,
    pub recall_at: Cuts,
    pub lift_at_5pct: f64,
}

/// Values at shares of the force and at numbers of officers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Cuts {
    #[serde(rename = "1pct")]
    pub pct1: f64,
    #[serde(rename = "2pct")]
    pub pct2: f64,
    #[serde(rename = "5pct")]
    pub pct5: f64,
    #[serde(rename = "10pct")]
    pub pct10: f64,
    #[serde(rename = "50")]
    pub first50: f64,
    #[serde(rename = "100")]
    pub first100: f64,
}

/// One origin.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AtOrigin {
    pub officers: usize,
    pub base: f64,
    pub censoring: Censoring,
    pub methods: BTreeMap<String, Measured>,
}

/// A threshold rule, and as many names from the top of two rankings; origins pooled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Rule {
    pub flagged: usize,
    pub precision: Option<f64>,
    pub score_same_k: Option<f64>,
    pub complaints_same_k: Option<f64>,
}

/// How steady the lists are from month to month, and how much work they make.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Months {
    /// Year of the monthly snapshots.
    pub years: Vec<i16>,
    /// Share of the names of a month that are new on the list, by list.
    pub churn: BTreeMap<String, f64>,
    /// The same of the first 5 %, by year.
    pub churn_by_year: BTreeMap<i16, f64>,
    /// The same over the years that the history names for it.
    pub headline_churn: f64,
    /// Different names on the list in one year, by list.
    pub names_a_year: BTreeMap<String, f64>,
    /// Officers standing at Review, as a share of the force.
    pub review_standing: f64,
    /// Officers new at Review in a month, as a share of the force.
    pub review_new: f64,
    /// Share of those at Review with the outcome in the window from that month on.
    pub review_precision: Option<f64>,
    /// Whether the history names supervisors; else alerts are counted by unit.
    pub by_supervisor: bool,
    /// New alerts a month: mean over all who lead, and the most that anybody got in a month.
    pub alerts_mean: f64,
    pub alerts_most: usize,
}

/// A figure with a chance of being seen, before and after recalibration.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Calibration {
    /// What is foretold.
    pub outcome: String,
    /// Ten bands by the model's own probability; empty where the score is none.
    pub raw: Vec<Band>,
    /// Ten bands by the isotonic curve of earlier origins.
    pub recalibrated: Vec<Band>,
    pub brier_raw: Option<f64>,
    pub brier_recalibrated: Option<f64>,
    /// Of the share in the whole department, for everybody.
    pub brier_constant: Option<f64>,
}

/// What a finding's weight costs.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cost {
    pub what: String,
    pub auc: f64,
    pub precision_at_5pct: f64,
}

/// Officers with short service, and the others.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Service {
    pub officers: usize,
    pub base: Option<f64>,
    pub auc: Option<f64>,
    pub precision_at_5pct: Option<f64>,
    /// Share of them among the first 5 % of the whole force.
    pub flag_rate: f64,
}

/// One method less another, with the 95 % interval over officers.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Difference {
    pub what: String,
    pub auc: f64,
    pub auc_interval: Option<Interval>,
    pub precision_at_5pct: f64,
    pub precision_interval: Option<Interval>,
}

/// A demand on the figures.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Gate {
    pub what: String,
    pub found: String,
    pub met: bool,
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figures {
    pub history: String,
    pub label: String,
    pub months: u32,
    pub ruleset_sha256: String,
    pub shipped_sha256: String,
    /// Means over origins.
    pub methods: BTreeMap<String, Measured>,
    pub thresholds: BTreeMap<String, Rule>,
    pub per_origin: BTreeMap<Date, AtOrigin>,
    pub differences: Vec<Difference>,
    pub monthly: Months,
    pub calibration: Vec<Calibration>,
    pub costs: Vec<Cost>,
    /// Share of the first 5 % that the five units with most of them hold, by method.
    pub top_five_units: BTreeMap<String, f64>,
    pub service: BTreeMap<String, Service>,
    /// Precision among the first so many per cent, by method, for the plot.
    pub curves: BTreeMap<String, Vec<(f64, f64)>>,
    /// By attribute and group; only from a file read after everything was scored.
    pub groups: BTreeMap<String, BTreeMap<String, GroupRates>>,
    pub controls: Vec<Gate>,
    pub gates: Vec<Gate>,
    pub dirt: Vec<(String, String, u64)>,
    pub rows: BTreeMap<String, usize>,
}

impl Measured {
    /// Measures a ranking; a figure that is not defined is 0.
    pub(super) fn of(ranked: &Ranked) -> Self {
        let share = |share: f64| share_of(share, ranked.size);
        let cuts = |at: &dyn Fn(f64) -> Option<f64>| {
            let at = |k: f64| at(k).unwrap_or(0.0);
            Cuts {
                pct1: at(share(0.01)),
                pct2: at(share(0.02)),
                pct5: at(share(0.05)),
                pct10: at(share(0.10)),
                first50: at(50.0),
                first100: at(100.0),
            }
        };
        Self {
            auc: ranked.auc().unwrap_or(0.0),
            average_precision: ranked.average_precision().unwrap_or(0.0),
            precision_at: cuts(&|k| ranked.precision_at(k)),
            recall_at: cuts(&|k| ranked.recall_at(k)),
            lift_at_5pct: ranked.lift_at(share(0.05)).unwrap_or(0.0),
        }
    }

    /// The mean of several.
    pub(super) fn mean(all: &[Self]) -> Self {
        let mean = |of: &dyn Fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        let cuts = |of: &dyn Fn(&Self) -> Cuts| Cuts {
            pct1: mean(&|one| of(one).pct1),
            pct2: mean(&|one| of(one).pct2),
            pct5: mean(&|one| of(one).pct5),
            pct10: mean(&|one| of(one).pct10),
            first50: mean(&|one| of(one).first50),
            first100: mean(&|one| of(one).first100),
        };
        Self {
            auc: mean(&|one| one.auc),
            average_precision: mean(&|one| one.average_precision),
            precision_at: cuts(&|one| one.precision_at),
            recall_at: cuts(&|one| one.recall_at),
            lift_at_5pct: mean(&|one| one.lift_at_5pct),
        }
    }
}

impl Figures {
    /// `metrics.json`: the four methods, the thresholds and churn by their names, and everything else beside them.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let mut json = serde_json::Map::new();
        let mut others = serde_json::Map::new();
        for (name, measured) in &self.methods {
            let place = if MAIN.contains(&name.as_str()) { &mut json } else { &mut others };
            place.insert(name.clone(), serde_json::json!(measured));
        }
        json.insert("thresholds".into(), serde_json::json!(self.thresholds));
        json.insert("churn_per_month".into(), serde_json::json!(self.monthly.headline_churn));
        json.insert("per_origin".into(), serde_json::json!(self.per_origin));
        json.insert("more_methods".into(), serde_json::Value::Object(others));
        let detail = serde_json::json!({
            "history": self.history, "label": self.label, "months": self.months,
            "ruleset_sha256": self.ruleset_sha256, "shipped_sha256": self.shipped_sha256,
            "differences": self.differences, "monthly": self.monthly, "calibration": self.calibration,
            "finding_weights": self.costs, "top_five_units": self.top_five_units, "service": self.service,
            "groups": self.groups, "controls": self.controls, "gates": self.gates,
            "rows": self.rows, "left_out": self.dirt,
        });
        json.insert("detail".into(), detail);
        serde_json::Value::Object(json)
    }
}

/// Methods that metrics.json names at its top.
pub(super) const MAIN: [&str; 4] = ["score", "score_peer", "complaints_24m", "sustained_5y"];
/// The list whose churn is `churn_per_month`.
pub(super) const TOP_FIVE: &str = "first 5 %, plain";
