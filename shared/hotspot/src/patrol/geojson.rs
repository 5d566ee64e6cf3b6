//! The plan as GeoJSON (RFC 7946): one feature a shift and cell, sorted by id, every one with the same keys; the same
//! plan gives the same bytes. Cells held out are not in it.
use std::fmt::Write;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::plan::{BeatPlan, Plan, ShiftPlan, Stop};
use crate::geojson::degrees;

#[derive(Serialize)]
struct Properties<'a> {
    geohash: &'a str,
    date: Date,
    shift: &'a str,
    shift_starts: String,
    shift_ends: String,
    beat: &'a str,
    order: u8,
    rank: u8,
    place: &'a str,
    dwell_minutes: u16,
    revisit_minutes: u16,
    visits_planned: u16,
    kind: &'a str,
    reports_364_days: u32,
    reports_84_days: u32,
    score: f64,
    nights_in_a_row: u16,
    override_reason: Option<&'a str>,
    reason: &'a str,
}

/// The text of `patrol/{date}.geojson`. Besides the members of the format it has `plan`: date, settings, overrides.
pub fn collection(plan: &Plan) -> String {
    let mut features: Vec<(String, String)> = Vec::new();
    let mut bounds: Option<[i64; 4]> = None;
    for shift in &plan.shifts {
        for (beat, stop) in
            shift.beats.iter().flat_map(|beat| beat.stops.iter().map(move |stop| (beat, stop)))
        {
            features.push(feature(plan, shift, beat, stop));
            let [w, s, e, n] = stop.cell.corners_e7();
            let [west, south, east, north] = bounds.unwrap_or([w, s, e, n]);
            bounds = Some([w.min(west), s.min(south), e.max(east), n.max(north)]);
        }
    }
    features.sort();
    let mut text = String::from("{\"type\":\"FeatureCollection\"");
    if let Some([west, south, east, north]) = bounds.map(|bounds| bounds.map(degrees)) {
        // Writing to a String cannot fail.
        let _ = write!(text, ",\"bbox\":[{west},{south},{east},{north}]");
    }
    let _ = write!(text, ",\"plan\":{},\"features\":[", head(plan));
    for (i, (_, feature)) in features.iter().enumerate() {
        text.push_str(if i == 0 { "\n" } else { ",\n" });
        text.push_str(feature);
    }
    text.push_str("\n]}\n");
    text
}

fn head(plan: &Plan) -> serde_json::Value {
    let stops = plan.shifts.iter().flat_map(|shift| &shift.beats).flat_map(|beat| &beat.stops);
    let overrides = stops.filter_map(|stop| Some((stop.cell.name(), stop.overridden.as_deref()?)));
    let overrides: std::collections::BTreeMap<String, &str> = overrides.collect();
    serde_json::json!({
        "date": plan.date,
        "settings": plan.settings,
        "overrides": overrides,
        "scored_cells_outside_beats": plan.outside_beats,
    })
}

fn feature(plan: &Plan, shift: &ShiftPlan, beat: &BeatPlan, stop: &Stop) -> (String, String) {
    let geohash = stop.cell.name();
    let local = |at: &jiff::ZonedDateTime| at.timestamp().display_with_offset(at.offset()).to_string();
    let properties = Properties {
        geohash: &geohash,
        date: plan.date,
        shift: &shift.name,
        shift_starts: local(&shift.starts),
        shift_ends: local(&shift.ends),
        beat: &beat.name,
        order: stop.order,
        rank: stop.rank,
        place: &stop.place,
        dwell_minutes: plan.settings.dwell_minutes,
        revisit_minutes: plan.settings.revisit_minutes,
        visits_planned: shift.visits_planned,
        kind: stop.kind.word(),
        reports_364_days: stop.course.reports,
        reports_84_days: stop.course.recent,
        score: stop.score,
        nights_in_a_row: stop.nights,
        override_reason: stop.overridden.as_deref(),
        reason: &stop.reason,
    };
    let properties = serde_json::to_string(&properties).expect("strings, numbers and nulls are always JSON");
    let [west, south, east, north] = stop.cell.corners_e7().map(degrees);
    let id = format!("{}-{geohash}", shift.name);
    let text = format!(
        "{{\"type\":\"Feature\",\"id\":\"{id}\",\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":\
         [[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}},\
         \"properties\":{properties}}}"
    );
    (id, text)
}

/// What a visit has to fit, read back from the text of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// The cell.
    pub geohash: String,
    /// The shift.
    pub shift: String,
    /// Start of the shift.
    pub shift_starts: jiff::Timestamp,
    /// Its end.
    pub shift_ends: jiff::Timestamp,
}

/// The cells that a plan lists, from its text.
pub fn listed(text: &[u8]) -> Result<Vec<Listed>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Collection {
        features: Vec<Feature>,
    }
    #[derive(Deserialize)]
    struct Feature {
        properties: Listed,
    }
    let collection: Collection = serde_json::from_slice(text)?;
    Ok(collection.features.into_iter().map(|feature| feature.properties).collect())
}
