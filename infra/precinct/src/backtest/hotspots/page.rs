//! `report.html` of the hot spots: one page that needs nothing else, with maps, plots and the tables behind them.
use anyhow::{Context as _, Result};
use minijinja::{AutoEscape, Environment, Value, context};

use super::city::words;
use super::play::{METHODS, Played};
use super::{plots, print};

/// The page.
pub(super) fn page(played: &[Played]) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page", include_str!("page.html")).context("the page's template")?;
    let cities: Vec<Value> = played.iter().map(city).collect::<Result<_>>()?;
    let page = environment.get_template("page")?.render(context! { cities, methods => METHODS });
    page.context("filling the page")
}

fn city(played: &Played) -> Result<Value> {
    let settings: Vec<Value> = (0..played.settings.len()).map(|setting| table(played, setting)).collect();
    let groups: Vec<Value> = played.groups.iter().map(|tried| group(played, tried)).collect::<Result<_>>()?;
    let gains: Vec<(&str, String)> = (1..METHODS.len())
        .map(|method| (METHODS[method], format!("{:+.1} %", 100.0 * played.mean_gain(method))))
        .collect();
    let (first, last) = (played.origins[0], played.origins[played.origins.len() - 1]);
    Ok(context! {
        title => played.city.title.clone(),
        origins => format!("{} origins, {first} to {last}", played.origins.len()),
        chosen_on => print::chosen_on(played),
        cells => print::cells(played),
        notes => print::notes(played),
        rows => print::reasons(&played.rows),
        first => words(&played.settings[0]),
        last => last.to_string(),
        settings, groups, gains,
    })
}

/// The figures of all groups at a setting, as text.
fn table(played: &Played, setting: usize) -> Value {
    let beside = |group: usize| played.city.beside(group).filter(|_| setting == 0);
    let row = |group: usize| {
        let of = |method| played.metrics(group, method, setting);
        let figures = (0..METHODS.len()).map(|method| {
            let mean = of(method);
            [format!("{:.2}", mean.pai), format!("{:.3}", mean.pei), format!("{:.3}", mean.hit_rate)]
        });
        let figures: Vec<[String; 3]> = figures.collect();
        context! {
            name => played.groups[group].name.clone(),
            events => format!("{:.0}", of(0).events),
            most => format!("{:.1}", of(0).pai_max),
            figures,
            beside => beside(group).map(|(_, pai)| format!("{pai:.2}")),
        }
    };
    let mean = played.metrics(0, 0, setting);
    context! {
        words => words(&played.settings[setting]),
        k => format!("{:.0}", mean.k),
        area => format!("{:.2}", mean.area_km2),
        share => format!("{:.2}", 100.0 * mean.area_share),
        label => beside(0).map(|(label, _)| label),
        rows => (0..played.groups.len()).map(row).collect::<Vec<_>>(),
    }
}

fn group(played: &Played, tried: &super::play::Tried) -> Result<Value> {
    let choice = &tried.choice;
    Ok(context! {
        name => tried.name.clone(),
        champion => choice.champion.name.clone(),
        changed => choice.changed,
        stood => format!("{:.2}", choice.stood),
        challenger => format!("{:.2}", choice.challenger),
        plot => plots::origins(played, tried)?,
        map => plots::map(&played.lattice, tried),
    })
}
