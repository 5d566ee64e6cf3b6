//! `patrol/{date}.html`: one sheet a shift for roll call, which needs nothing else.
use anyhow::{Context as _, Result};
use hotspot::patrol::kind::Kind;
use hotspot::patrol::plan::{ShiftPlan, Stop};
use hotspot::patrol::{Beats, Plan, sketch};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

#[derive(Serialize)]
struct Sheet<'a> {
    shift: &'a str,
    day: String,
    starts: String,
    ends: String,
    visits: u16,
    beats: Vec<BeatSheet<'a>>,
}

#[derive(Serialize)]
struct BeatSheet<'a> {
    name: &'a str,
    /// SVG, marked as safe in the template.
    map: String,
    stops: Vec<Row<'a>>,
    resting: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    order: u8,
    rank: u8,
    place: &'a str,
    geohash: String,
    kind: &'static str,
    temporary: bool,
    reason: &'a str,
    nights: u16,
}

/// The page of a plan.
pub(super) fn page(plan: &Plan, beats: &Beats, agency: &str) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page", include_str!("page.html")).context("the page's template")?;
    let sheets: Vec<Sheet> = plan.shifts.iter().map(|shift| sheet(shift, beats)).collect();
    let page = environment.get_template("page")?.render(context! {
        agency,
        date => plan.date.to_string(),
        settings => Value::from(Serde(&plan.settings)),
        sheets => Value::from(Serde(&sheets)),
    });
    page.context("filling the page")
}

fn sheet<'a>(shift: &'a ShiftPlan, beats: &Beats) -> Sheet<'a> {
    let sheets = shift.beats.iter().enumerate().map(|(index, beat)| BeatSheet {
        name: &beat.name,
        map: sketch::svg(beats, index, &beat.stops),
        stops: beat.stops.iter().map(row).collect(),
        resting: beat.resting.len(),
    });
    Sheet {
        shift: &shift.name,
        day: shift.starts.strftime("%A, %-d %B %Y").to_string(),
        starts: shift.starts.strftime("%H:%M").to_string(),
        ends: shift.ends.strftime("%H:%M").to_string(),
        visits: shift.visits_planned,
        beats: sheets.collect(),
    }
}

fn row(stop: &Stop) -> Row<'_> {
    Row {
        order: stop.order,
        rank: stop.rank,
        place: &stop.place,
        geohash: stop.cell.name(),
        kind: stop.kind.word(),
        temporary: stop.kind == Kind::Temporary,
        reason: &stop.reason,
        nights: stop.nights,
    }
}
