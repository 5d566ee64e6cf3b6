//! `report.html`: one page that needs nothing else, with the plots and the tables behind them.
use anyhow::{Context as _, Result};
use eis::accuracy::Audit;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};

use super::figures::Figures;
use super::plots;

/// The page.
pub(super) fn page(figures: &Figures) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("share", |value: Option<f64>| number(value, 3));
    environment.add_filter("fine", |value: Option<f64>| number(value, 4));
    environment.add_filter("percent", |value: f64| format!("{:.2} %", 100.0 * value));
    environment.add_filter("words", |name: String| plots::words(&name).to_owned());
    environment.add_template("page", include_str!("page.html")).context("the page's template")?;
    let calibration: Vec<Value> = figures
        .calibration
        .iter()
        .map(|calibration| {
            let plot = plots::calibration(calibration)?;
            Ok(context! { plot, of => Value::from(Serde(calibration)) })
        })
        .collect::<Result<_>>()?;
    let page = environment.get_template("page")?.render(context! {
        figures => Value::from(Serde(figures)),
        rules => Value::from(Serde(&figures.thresholds)),
        churn => Value::from(Serde(&figures.monthly.churn)),
        precision_plot => plots::precision(figures)?,
        origins_plot => plots::origins(figures)?,
        calibration,
        groups => groups(figures),
    });
    page.context("filling the page")
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

/// Attribute, group, rows, and three rates with intervals, as text.
fn groups(figures: &Figures) -> Vec<(String, Vec<Vec<String>>)> {
    let cell = |audit: &Audit| match (audit.rate, audit.interval) {
        (Some(rate), Some(interval)) => format!("{rate:.3} [{:.3}, {:.3}]", interval.lo, interval.hi),
        (Some(rate), None) => format!("{rate:.3}"),
        (None, _) => "–".to_owned(),
    };
    let attribute = |(name, groups): (&String, &std::collections::BTreeMap<_, eis::accuracy::GroupRates>)| {
        let row = |(group, rates): (&String, &eis::accuracy::GroupRates)| {
            let rates_in_words = [&rates.flag_rate, &rates.precision, &rates.false_omission].map(cell);
            [vec![group.clone(), rates.size.to_string()], rates_in_words.to_vec()].concat()
        };
        (name.clone(), groups.iter().map(row).collect())
    };
    figures.groups.iter().map(attribute).collect()
}
