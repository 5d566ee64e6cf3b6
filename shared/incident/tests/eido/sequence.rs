//! EIDOs to compare, and what came of comparing them. Stamps are minutes past noon.
use incident::eido::{self, Snapshot};
use incident::{Event, Incident, IncidentEvent};
use serde_json::{Value, json};

/// The incident of every sequence.
pub(crate) const ID: &str = "urn:emergency:uid:incidentid:a1b2c3d4:bcf.example.gov";

/// A stamp, as many minutes past noon.
pub(crate) fn at(minute: i64) -> String {
    format!("2026-07-07T12:{minute:02}:00-05:00")
}

/// An EIDO of a theft with these statuses.
pub(crate) fn incident(minute: i64, statuses: &[&str]) -> Value {
    with_incident(minute, statuses, json!({}))
}

/// The same with more fields of the incident.
pub(crate) fn with_incident(minute: i64, statuses: &[&str], fields: Value) -> Value {
    let mut incident = json!({
        "$id": "incident-1", "lastUpdateTimeStamp": at(minute), "internalIncidentId": "26-048213",
        "incidentTypeCommonRegistryText": "LARCENY", "incidentStatusCommonRegistryText": statuses,
    });
    incident.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({"$id": ID, "eidoVersion": "1.0", "lastUpdateTimeStamp": at(minute), "incidentComponent": incident})
}

/// An EIDO of the active theft with one component more.
pub(crate) fn with(minute: i64, kind: &str, component: Value) -> Value {
    let mut eido = incident(0, &["Active"]);
    eido["lastUpdateTimeStamp"] = json!(at(minute));
    eido[kind] = json!([component]);
    eido
}

/// The same with a unit.
pub(crate) fn unit(minute: i64, id: &str, statuses: &[&str]) -> Value {
    with(minute, "emergencyResourceComponent", resource(minute, id, statuses))
}

/// A unit, as a component.
pub(crate) fn resource(minute: i64, id: &str, statuses: &[&str]) -> Value {
    json!({"$id": id, "lastUpdateTimeStamp": at(minute), "primaryUnitStatusRegistryText": "NotAvailable",
        "secondaryUnitStatusRegistryText": statuses})
}

/// What came of a sequence.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) snapshot: Snapshot,
    pub(crate) incident: Incident,
    /// Steps told by the last EIDO.
    pub(crate) steps: Vec<String>,
}

/// Reads one EIDO after the other as intake does, under one number.
pub(crate) fn play(eidos: &[Value]) -> Told {
    let mut told = Told {
        snapshot: Snapshot::new("26-048213"),
        incident: Incident::new("26-048213"),
        ..Told::default()
    };
    for value in eidos {
        let change = eido::difference(&eido::read(value).unwrap(), &told.snapshot);
        told.steps = change.events.iter().filter_map(step).collect();
        for event in &change.events {
            if let Event::Incident(stamp, kind, data) = event {
                told.incident.apply(*stamp, *kind, data, false);
            }
        }
        told.snapshot = change.snapshot.taken_from(&eido::digest(value));
    }
    told
}

/// An event as `kind minute unit`; facts are none.
fn step(event: &Event) -> Option<String> {
    let Event::Incident(stamp, kind, data) = event else { return None };
    let minute = (stamp.at.as_second() - at(0).parse::<jiff::Timestamp>().unwrap().as_second()) / 60;
    let units: Vec<&str> = data.units.iter().map(|unit| unit.id.as_str()).collect();
    let line = format!("{kind:?} {minute} {}", units.join(" ")).to_lowercase();
    (*kind != IncidentEvent::Updated).then(|| line.trim().to_owned())
}
