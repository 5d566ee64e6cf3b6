//! Steps of the units sent to an incident: what each newly does, and who is left.
use std::collections::BTreeSet;

use super::difference::Events;
use super::person::letters;
use super::read::{Eido, ResourceComponent, hashed};
use super::snapshot::{Mark, Seen, Snapshot, short};
use crate::event::{IncidentData, UnitFields, UnitStatus};
use crate::limits::is_reckonable;

/// A unit that stays in the call.
const AT_WORK: [Mark; 3] = [Mark::Assigned, Mark::Enroute, Mark::Arrived];
/// A unit that has left it.
const GONE: [Mark; 2] = [Mark::Cleared, Mark::Diverted];

/// Compares every unit with its known version; an older one says nothing.
pub(super) fn course(eido: &Eido, snapshot: &mut Snapshot, events: &mut Events) {
    let mut news = Vec::new();
    for unit in &eido.resources.0 {
        let (Some(id), Some(at)) = (unit.id.first(), unit.at) else { continue };
        let key = short(id);
        let known = snapshot.units.get(&key);
        let Some(marks) = present(eido, unit, known) else { continue };
        let seen = Seen::new(at, marks);
        if known.is_some_and(|known| known.version >= seen.version) {
            continue;
        }
        let before = known.map(|known| known.marks.clone()).unwrap_or_default();
        let mut gained: BTreeSet<Mark> = seen.marks.difference(&before).copied().collect();
        // Going back is news too: no longer delayed, assigned again instead of on the way.
        gained.extend(seen.marks.last().filter(|last| before.last() != Some(last)));
        snapshot.units.insert(key, seen);
        news.push((unit, gained));
    }
    // Only now is it known who remains.
    let remain = snapshot.units.values().any(|seen| seen.has(&AT_WORK) && !seen.has(&GONE));
    for (unit, gained) in news {
        tell(unit, gained, remain, events);
    }
}

/// What the unit does for this incident. `None` where it is not, and never was, of this incident.
fn present(eido: &Eido, unit: &ResourceComponent, known: Option<&Seen>) -> Option<BTreeSet<Mark>> {
    let before = known.map(|known| known.marks.clone()).unwrap_or_default();
    if !is_here(eido, unit) {
        return known.map(|known| left(known, before));
    }
    let told: BTreeSet<Mark> = unit.secondary_unit_status_registry_text.iter().filter_map(mark).collect();
    let is_available =
        unit.primary_unit_status_registry_text.first().map(letters).as_deref() == Some("available");
    Some(match known {
        _ if !told.is_empty() => told,
        Some(known) if is_available => left(known, before),
        // Nothing said of the status is not a new status.
        _ => before,
    })
}

fn mark(word: &str) -> Option<Mark> {
    Some(match letters(word).as_str() {
        "assigned" | "dispatched" => Mark::Assigned,
        "enroute" => Mark::Enroute,
        "delayed" => Mark::Delayed,
        "assignmentcancelled" | "assignmentcanceled" => Mark::Diverted,
        "onscene" | "arrived" => Mark::Arrived,
        "cleared" => Mark::Cleared,
        _ => return None,
    })
}

/// A unit that leaves after it was there is done; one that leaves before was diverted.
fn left(known: &Seen, before: BTreeSet<Mark>) -> BTreeSet<Mark> {
    if known.has(&GONE) {
        before
    } else if known.has(&[Mark::Arrived]) {
        BTreeSet::from([Mark::Cleared])
    } else {
        BTreeSet::from([Mark::Diverted])
    }
}

/// What the unit itself names as its incident decides, then what was dispatched; a bare list is of this incident.
fn is_here(eido: &Eido, unit: &ResourceComponent) -> bool {
    if !unit.active_on_incident_id.is_empty() {
        return unit.active_on_incident_id.iter().any(|id| id == eido.tracking_id());
    }
    let mut dispatched =
        eido.dispatches.0.iter().flat_map(|dispatch| dispatch.emergency_resource_reference.iter()).peekable();
    dispatched.peek().is_none() || dispatched.any(|id| Some(id) == unit.id.first())
}

fn tell(unit: &ResourceComponent, gained: BTreeSet<Mark>, others_remain: bool, events: &mut Events) {
    let (Some(id), Some(at)) = (unit.id.first(), unit.at) else { return };
    let id = if id.len() <= 64 { id.to_owned() } else { hashed("unit-", id) };
    let eta = unit.eta.first().and_then(|eta| eta.parse().ok());
    let eta = eta.filter(|eta| *eta > at && is_reckonable(*eta)).map(Some);
    let with = |status| IncidentData {
        units: vec![UnitFields { id: id.clone(), status, eta }],
        ..IncidentData::default()
    };
    if eta.is_some() {
        events.fact(at, with(None));
    }
    for mark in gained {
        // Somebody else still comes: this one is merely gone.
        let mark = if mark == Mark::Diverted && others_remain { Mark::Cleared } else { mark };
        if let Some(event) = mark.event() {
            events.happened(at, event, with(status(mark)));
        }
    }
}

fn status(mark: Mark) -> Option<UnitStatus> {
    Some(match mark {
        Mark::Assigned => UnitStatus::Assigned,
        Mark::Enroute => UnitStatus::Enroute,
        Mark::Delayed => UnitStatus::Delayed,
        Mark::Diverted => UnitStatus::Diverted,
        Mark::Arrived => UnitStatus::Arrived,
        Mark::Cleared => UnitStatus::Cleared,
        Mark::Active | Mark::Closed | Mark::Cancelled | Mark::Voided | Mark::Reopened => return None,
    })
}
