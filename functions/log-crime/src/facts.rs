//! From a call and its case to the fact that the crime log keeps. Pure: what counts, once, under which day.
use hotspot::fact::{LIVE, utc_day};
use hotspot::{Cell, CrimeFact, Origin, Settings};
use incident::call::{Facts, Place, Status};
use incident::case::{CaseFacts, CaseMoment};
use jiff::Timestamp;
use jiff::civil::Date;
use table::subject_facts::Revised;

/// Version of the tombstone of a case that a call has claimed: greater than any revision, so that the case
/// never counts by itself again.
const CLAIMED: u64 = 1 << 62;

/// A call with its case, or a case alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event<'a> {
    /// Number of the call, where there is one.
    pub(crate) incident: Option<&'a str>,
    /// Number of the case, where there is one.
    pub(crate) case: Option<&'a str>,
    /// What is known of the call.
    pub(crate) call: Option<&'a Revised<Facts>>,
    /// What is known of the case.
    pub(crate) file: Option<&'a Revised<CaseFacts>>,
}

/// The fact of an event as it stands now. An event of unknown time stands nowhere yet.
pub(crate) fn fact(event: Event, settings: &Settings) -> Option<CrimeFact> {
    let call = event.call.map(|call| &call.facts);
    let file = event.file.map(|file| &file.facts);
    let places: Vec<&Place> =
        [file.map(|file| &file.place), call.map(|call| &call.place)].into_iter().flatten().collect();
    let first = |of: &dyn Fn(&Place) -> Option<String>| places.iter().find_map(|place| of(place));
    let offence =
        first(&|place| place.offence().map(str::to_owned)).or_else(|| call?.call_type().map(str::to_owned));
    let offence = offence.unwrap_or_default();
    let position = places.iter().find_map(|place| place.position());
    let initiated =
        places.iter().find_map(|place| place.origin()) == Some(incident::event::Origin::OfficerInitiated);
    Some(CrimeFact {
        incident: event.name()?,
        version: LIVE + event.call.map_or(0, |call| call.rev) + event.file.map_or(0, |file| file.rev),
        occurred_from: file.and_then(case_time).or_else(|| call.and_then(call_time))?,
        occurred_to: places.iter().find_map(|place| place.occurred_to()),
        category: settings.category(&offence).to_owned(),
        offence,
        origin: if initiated { Origin::OfficerInitiated } else { Origin::Reported },
        geohash: position
            .and_then(|(latitude, longitude)| Cell::at(longitude, latitude, 8))
            .map(|cell| cell.name()),
        previous_day: None,
        deleted: has_left(call, file),
    })
}

/// The tombstone of a case as an event of its own, where a call has claimed it.
pub(crate) fn claimed_case(event: Event) -> Option<CrimeFact> {
    let (Some(_), Some(number), Some(file)) = (event.incident, event.case, event.file) else { return None };
    Some(CrimeFact {
        incident: case_name(number),
        version: CLAIMED,
        occurred_from: case_time(&file.facts)?,
        occurred_to: None,
        offence: String::new(),
        category: String::new(),
        origin: Origin::Reported,
        geohash: None,
        previous_day: None,
        deleted: true,
    })
}

/// Days under which the event may have stood before: by its call alone, by its case alone, and by the record's
/// old image.
pub(crate) fn earlier_days(event: Event, old: Option<Timestamp>, now: Date) -> Vec<Date> {
    let call = event.call.and_then(|call| call_time(&call.facts));
    let file = event.file.and_then(|file| case_time(&file.facts));
    let mut days: Vec<Date> =
        [call, file, old].into_iter().flatten().map(utc_day).filter(|day| *day != now).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// When a call happened: as told, else when it came in.
pub(crate) fn call_time(facts: &Facts) -> Option<Timestamp> {
    facts.place.occurred_from().or_else(|| facts.opened_at())
}

/// When a case happened: as told, else when it was opened, if it has no call that knows better.
pub(crate) fn case_time(facts: &CaseFacts) -> Option<Timestamp> {
    let opened = || facts.first(CaseMoment::Opened).filter(|_| facts.incident_id().is_none());
    facts.place.occurred_from().or_else(opened)
}

impl Event<'_> {
    /// What it is called in the log: by its call, so that a call and its case are one.
    fn name(&self) -> Option<String> {
        self.incident.map(str::to_owned).or_else(|| self.case.map(case_name))
    }
}

fn case_name(number: &str) -> String {
    format!("CASE#{number}")
}

/// Merged, expunged, sealed and unfounded ones leave; a cancelled call leaves unless a case came of it.
fn has_left(call: Option<&Facts>, file: Option<&CaseFacts>) -> bool {
    let by_call = call.is_some_and(|call| {
        let cancelled = call.status() == Some(Status::Cancelled) && file.is_none();
        call.is_merged() || call.is_expunged() || cancelled
    });
    by_call || file.is_some_and(|file| file.is_sealed() || file.status() == Some("unfounded"))
}
