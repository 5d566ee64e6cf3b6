//! Snapshot before against EIDO now: the events in between.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::read::{Eido, IncidentComponent};
use super::snapshot::{Mark, Seen, Snapshot, short};
use super::{location, person, units};
use crate::event::{Event, IncidentData, IncidentEvent, IncidentFields, PersonFields};
use crate::register::Stamp;

/// Facts have one rank, whatever event told them, so that a value wins by its stamp alone.
const FACT: u8 = IncidentEvent::Updated as u8;
/// What is only to accumulate stands below the fact of the same stamp.
const BESIDE: u8 = IncidentEvent::Opened as u8;
/// Dispositions (APCO 1.111.2-2018) that say that nothing came of it: cancelled, duplicate, cancelled before arrival.
const CANCELLING: [&str; 3] = ["10", "22", "32"];

/// What one EIDO tells that the one before did not.
#[derive(Debug)]
pub struct Change {
    /// Events of this incident, by stamp. Facts come with every EIDO; applying them again changes nothing.
    pub events: Vec<Event>,
    /// The snapshot to keep, once the events are stored.
    pub snapshot: Snapshot,
    /// The tracking identifiers of the incidents that took this one's place, with the stamp.
    pub replaced_by: Vec<(Timestamp, String)>,
    /// The tracking identifiers of those whose place it took and that do not know it yet.
    pub replacing: Vec<(Timestamp, String)>,
}

/// Events under one incident number, being gathered.
pub(super) struct Events<'a> {
    number: &'a str,
    list: Vec<(Stamp, IncidentEvent, IncidentData)>,
}

impl Events<'_> {
    pub(super) fn happened(&mut self, at: Timestamp, event: IncidentEvent, data: IncidentData) {
        self.add(Stamp { at, rank: event as u8 }, event, data);
    }

    pub(super) fn fact(&mut self, at: Timestamp, data: IncidentData) {
        self.add(Stamp { at, rank: FACT }, IncidentEvent::Updated, data);
    }

    fn beside(&mut self, at: Timestamp, data: IncidentData) {
        self.add(Stamp { at, rank: BESIDE }, IncidentEvent::Updated, data);
    }

    fn add(&mut self, stamp: Stamp, event: IncidentEvent, mut data: IncidentData) {
        self.number.clone_into(&mut data.incident.id);
        self.list.push((stamp, event, data));
    }

    fn into_sorted(mut self) -> Vec<Event> {
        self.list.sort_by_key(|(stamp, ..)| *stamp);
        self.list
            .into_iter()
            .map(|(stamp, event, data)| Event::Incident(stamp, event, Box::new(data)))
            .collect()
    }
}

/// The events between `known` and `eido`, and what to know next.
pub fn difference(eido: &Eido, known: &Snapshot) -> Change {
    let mut snapshot = known.clone();
    let mut events = Events { number: known.number(), list: Vec::new() };
    people(eido, &mut events);
    if let Some(incident) = eido.incident() {
        incident_facts(eido, incident, &mut events);
        course(eido, incident, &mut snapshot, &mut events);
    }
    units::course(eido, &mut snapshot, &mut events);
    let (replaced_by, mut replacing) = merges(eido);
    replacing.retain(|(_, other)| !known.replaced.contains(&short(other)));
    Change { events: events.into_sorted(), snapshot, replaced_by, replacing }
}

/// The event that says that `number` was replaced by `by`.
pub fn merged(number: &str, at: Timestamp, by: &str) -> Event {
    let incident = IncidentFields { id: number.into(), ..IncidentFields::default() };
    let data = IncidentData { incident, merged_into: Some(by.into()), ..IncidentData::default() };
    let event = IncidentEvent::Merged;
    Event::Incident(Stamp { at, rank: event as u8 }, event, Box::new(data))
}

fn people(eido: &Eido, events: &mut Events) {
    let of = |person: PersonFields| IncidentData { people: vec![person], ..IncidentData::default() };
    for component in &eido.persons.0 {
        let Some(at) = component.at else { continue };
        events.fact(at, of(person::person(component, at)));
        let Some(number) = person::number(eido, component) else { continue };
        events.fact(number.at, of(number.fields));
        number.others.into_iter().for_each(|other| events.beside(number.at, of(other)));
    }
}

/// Everything about the incident that is a value. The stamp is that of its component; a location may be younger.
fn incident_facts(eido: &Eido, incident: &IncidentComponent, events: &mut Events) {
    let Some(at) = incident.at else { return };
    let types = call_types(incident);
    let mut data = IncidentData::default();
    data.incident.call_type = types.first().cloned().map(Some);
    data.incident.priority = priority(incident).map(Some);
    data.incident.place.beat = incident.beat_or_dispatch_group_text.first().map(|beat| Some(beat.to_owned()));
    data.disposition = dispositions(incident).into_iter().next().map(Some);
    data.case_number = case_number(incident).map(Some);
    events.fact(at, data);
    for other in types.into_iter().skip(1) {
        let mut data = IncidentData::default();
        data.incident.call_type = Some(Some(other));
        events.beside(at, data);
    }
    if let Some((touched, location)) = location::of_incident(eido, incident) {
        let mut data = IncidentData::default();
        data.incident.place.location = Some(Some(location));
        events.fact(touched.max(at), data);
    }
}

/// The registry's codes in capitals; the agency's own only where there is none.
fn call_types(incident: &IncidentComponent) -> Vec<String> {
    let common: Vec<String> =
        incident.incident_type_common_registry_text.iter().map(str::to_ascii_uppercase).collect();
    if common.is_empty() {
        incident.incident_type_internal_code.iter().map(String::from).collect()
    } else {
        common
    }
}

/// Theirs runs from 0 to 10, 10 the most urgent; of ours 1 is the most urgent.
fn priority(incident: &IncidentComponent) -> Option<u8> {
    let theirs: u8 = incident.incident_common_priority_number.first()?.parse().ok()?;
    11u8.checked_sub(theirs).filter(|ours| *ours > 0)
}

/// The number of a report newly taken. What could not be said in a text is none.
fn case_number(incident: &IncidentComponent) -> Option<String> {
    let is_new = incident.report_number_type.iter().any(|kind| person::letters(kind) == "new");
    let mut numbers = incident.document_identification.iter().filter(|_| is_new);
    numbers.find(|number| super::read::serves_as_number(number)).map(String::from)
}

/// Disposition codes with two digits, the primary ones first.
fn dispositions(incident: &IncidentComponent) -> Vec<String> {
    let mut found = Vec::new();
    for component in &incident.disposition_component.0 {
        let is_primary = component.disposition_primary_indicator.first() == Some("true");
        let codes = component.disposition_common_registry_code.iter();
        found.extend(
            codes.map(|code| (!is_primary, if code.len() == 1 { format!("0{code}") } else { code.into() })),
        );
    }
    found.sort_by_key(|(is_secondary, _)| *is_secondary);
    found.into_iter().map(|(_, code)| code).collect()
}

/// Steps of the incident itself: what its statuses newly say. An older version than the one known says nothing.
fn course(eido: &Eido, incident: &IncidentComponent, snapshot: &mut Snapshot, events: &mut Events) {
    let Some(at) = incident.at else { return };
    let before = snapshot.incident.as_ref().map(|known| known.marks.clone()).unwrap_or_default();
    let seen = Seen::new(at, marks(incident, &before));
    if snapshot.incident.as_ref().is_some_and(|known| known.version >= seen.version) {
        begin(eido, at, snapshot, events);
        return;
    }
    let marks = seen.marks.clone();
    snapshot.incident = Some(seen);
    begin(eido, at, snapshot, events);
    reclassify(incident, at, snapshot, events);
    let is_any = |of: &BTreeSet<Mark>, marks: &[Mark]| marks.iter().any(|mark| of.contains(mark));
    let mut steps: BTreeSet<Mark> = marks.difference(&before).copied().collect();
    if is_any(&before, &OVER) && !is_any(&marks, &OVER) && is_any(&marks, &LIVE) {
        steps.insert(Mark::Reopened);
    }
    if is_any(&marks, &[Mark::Cancelled, Mark::Voided]) {
        steps.remove(&Mark::Closed);
    }
    for event in steps.into_iter().filter_map(Mark::event) {
        events.happened(at, event, IncidentData::default());
    }
}

/// What its statuses and dispositions say. Absence clears nothing: without a status that we know the last ones stand,
/// without a disposition the last one does.
fn marks(incident: &IncidentComponent, before: &BTreeSet<Mark>) -> BTreeSet<Mark> {
    let told = incident.incident_status_common_registry_text.iter();
    let mut marks: BTreeSet<Mark> = told.filter_map(mark).collect();
    if marks.is_empty() {
        marks.extend(before.iter().filter(|mark| **mark != Mark::Voided));
    }
    // Several agencies each give their own; one that did something keeps the incident from being cancelled.
    let dispositions = dispositions(incident);
    let cancelling = dispositions.iter().all(|code| CANCELLING.contains(&code.as_str()));
    let is_voided = if dispositions.is_empty() { before.contains(&Mark::Voided) } else { cancelling };
    marks.extend(is_voided.then_some(Mark::Voided));
    marks
}

fn mark(word: &str) -> Option<Mark> {
    Some(match person::letters(word).as_str() {
        "active" => Mark::Active,
        "resourcesassigned" => Mark::Assigned,
        "resourcesenroute" => Mark::Enroute,
        "resourcesonscene" => Mark::Arrived,
        "closed" => Mark::Closed,
        "cancelled" | "canceled" => Mark::Cancelled,
        "reopened" => Mark::Reopened,
        _ => return None,
    })
}

/// Statuses of an incident that is over.
const OVER: [Mark; 3] = [Mark::Closed, Mark::Cancelled, Mark::Voided];
/// Statuses of an incident that is being worked.
const LIVE: [Mark; 4] = [Mark::Active, Mark::Assigned, Mark::Enroute, Mark::Arrived];

/// Opens the incident, once; again only to say that it began earlier than it was told.
fn begin(eido: &Eido, at: Timestamp, snapshot: &mut Snapshot, events: &mut Events) {
    let over = snapshot.incident.as_ref().is_some_and(|seen| seen.has(&OVER));
    let called = eido.calls.0.iter().filter_map(|call| call.call_start_timestamp).min();
    let started = [snapshot.started, called].into_iter().flatten().min();
    let is_first = !std::mem::replace(&mut snapshot.opened, true);
    if is_first && !over {
        let started = started.unwrap_or(at);
        snapshot.started = Some(started);
        events.happened(started, IncidentEvent::Opened, IncidentData::default());
    } else if let (Some(earlier), Some(known)) = (started, snapshot.started)
        && earlier < known
    {
        snapshot.started = Some(earlier);
        events.happened(earlier, IncidentEvent::Opened, IncidentData::default());
    }
}

fn reclassify(incident: &IncidentComponent, at: Timestamp, snapshot: &mut Snapshot, events: &mut Events) {
    let Some(call_type) = call_types(incident).into_iter().next() else { return };
    let before = snapshot.call_type.replace(call_type.clone());
    if before.is_some_and(|before| before != call_type) {
        events.happened(at, IncidentEvent::Reclassified, IncidentData::default());
    }
}

/// An incident and the stamp at which it was merged.
type Others = Vec<(Timestamp, String)>;

/// Who replaced this incident, and whom it replaced, each once. A split makes a new incident with its own EIDO.
fn merges(eido: &Eido) -> (Others, Others) {
    let towards = |direction: &str| {
        let mut others: BTreeMap<&str, Timestamp> = BTreeMap::new();
        for merge in &eido.merges.0 {
            let (Some(at), Some(other)) = (merge.at, merge.incident_tracking_identifier.first()) else {
                continue;
            };
            let code = merge.incident_merge_direction_code.first().map(person::letters);
            if code.as_deref() == Some(direction) && other != eido.tracking_id() {
                others.entry(other).and_modify(|first| *first = at.min(*first)).or_insert(at);
            }
        }
        others.into_iter().map(|(other, at)| (at, other.to_owned())).collect()
    };
    (towards("replaced"), towards("replacing"))
}
