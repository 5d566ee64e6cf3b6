//! From a call and its case to the fact that the crime log keeps. Pure: what counts, once, under which day.
use hotspot::fact::{Clearance, LIVE, utc_day};
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
    let forget = call.is_some_and(Facts::is_expunged) || file.is_some_and(CaseFacts::is_sealed);
    // What is told after the time of a call or case was over knows neither place nor type: the log keeps what it has.
    let was_deleted = call.is_some_and(|call| call.deleted_until().is_some())
        || file.is_some_and(|file| file.deleted_until().is_some());
    if was_deleted && !forget {
        return None;
    }
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
        version: version(event, forget),
        occurred_from: file.and_then(case_time).or_else(|| call.and_then(call_time))?,
        occurred_to: places.iter().find_map(|place| place.occurred_to()),
        category: settings.category(&offence).to_owned(),
        offence,
        origin: if initiated { Origin::OfficerInitiated } else { Origin::Reported },
        geohash: position
            .and_then(|(latitude, longitude)| Cell::at(longitude, latitude, 8))
            .map(|cell| cell.name()),
        cleared: file.and_then(cleared),
        previous_day: None,
        deleted: has_left(call, file),
        forget,
    })
}

/// Above every version that is a sum of revisions: when a case is erased its revisions leave the sum, and what was to be
/// forgotten would tie with what was known before, or lose to it.
const FORGOTTEN: u64 = 1_000_000_000;

fn version(event: Event, forget: bool) -> u64 {
    let revisions = event.call.map_or(0, |call| call.rev) + event.file.map_or(0, |file| file.rev);
    LIVE + revisions + if forget { FORGOTTEN } else { 0 }
}

/// The tombstone of a case as an event of its own, where a call has claimed it that it did not name itself, or
/// not from the start (`before`: the case in the record's old image).
pub(crate) fn claimed_case(event: Event, before: Option<&CaseFacts>) -> Option<CrimeFact> {
    let (Some(_), Some(number), Some(file)) = (event.incident, event.case, event.file) else { return None };
    if file.facts.incident_id().is_some() && before.is_none_or(|before| before.incident_id().is_some()) {
        return None;
    }
    let opened = || file.facts.first(CaseMoment::Opened);
    Some(CrimeFact {
        incident: case_name(number),
        version: CLAIMED,
        occurred_from: file.facts.place.occurred_from().or_else(opened)?,
        occurred_to: None,
        offence: String::new(),
        category: String::new(),
        origin: Origin::Reported,
        geohash: None,
        cleared: None,
        previous_day: None,
        deleted: true,
        forget: false,
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

/// How and when a case was cleared, as long as its status says so.
fn cleared(file: &CaseFacts) -> Option<(Clearance, Date)> {
    let status = file.status()?;
    let told = file.statuses().filter(|(_, told)| *told == status).map(|(at, _)| at).last();
    let told = told.or_else(|| file.first(CaseMoment::Opened))?;
    Some((Clearance::from_status(status)?, utc_day(told)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use incident::event::{self, read};
    use incident::{Case, Incident};
    use serde_json::{Value, json};

    fn settings() -> Settings {
        Settings::from_toml("boundary = \"b\"\n[offences]\nLARCENY = \"theft\"\n220 = \"burglary\"").unwrap()
    }

    fn at(second: usize) -> Timestamp {
        Timestamp::from_second(1_783_000_000 + second as i64).unwrap()
    }

    fn call(events: &[(&str, Value)]) -> Revised<Facts> {
        let mut incident = Incident::new("26-1");
        for (second, (kind, data)) in events.iter().enumerate() {
            let event = read(kind, at(second), data, false).unwrap();
            let event::Event::Incident(stamp, kind, data) = event else { panic!("a call event") };
            incident.apply(stamp, kind, &data, false);
        }
        Revised { facts: incident.facts, rev: events.len() as u64 }
    }

    fn case(fields: &Value) -> Revised<CaseFacts> {
        let mut case = Case::new("C-1");
        let event = read("case.opened", at(9), &json!({"case": fields}), true).unwrap();
        let event::Event::Case(stamp, kind, data) = event else { panic!("a case event") };
        case.apply(stamp, kind, &data, false);
        Revised { facts: case.facts, rev: 2 }
    }

    fn named(status: &str) -> Revised<CaseFacts> {
        case(&json!({"number": "C-1", "incident_id": "26-1", "offence": "220", "status": status}))
    }

    fn opened() -> (&'static str, Value) {
        let place = json!({"latitude": 46.7867, "longitude": -92.1005});
        let incident = json!({"id": "26-1", "call_type": "LARCENY", "opened_at": "2026-07-04T21:13:40-05:00", "location": place});
        ("incident.opened", json!({"incident": incident}))
    }

    #[track_caller]
    fn check(call: Option<&Revised<Facts>>, file: Option<&Revised<CaseFacts>>, expected: (&str, &str, bool)) {
        let event = Event { incident: Some("26-1"), case: file.map(|_| "C-1"), call, file };
        let fact = fact(event, &settings()).unwrap();
        assert_eq!((fact.offence.as_str(), fact.category.as_str(), fact.deleted), expected);
        assert_eq!(fact.incident, "26-1");
    }

    #[test]
    fn a_call_stands_by_its_call_type_until_a_case_names_the_offence() {
        let call = call(&[opened()]);
        check(Some(&call), None, ("LARCENY", "theft", false));
        check(Some(&call), Some(&named("open")), ("220", "burglary", false));
    }

    #[test]
    fn a_clearance_stands_with_its_day_as_long_as_the_status_says_so() {
        let of = |status: &str| {
            let file = named(status);
            let call = call(&[opened()]);
            let event =
                Event { incident: Some("26-1"), case: Some("C-1"), call: Some(&call), file: Some(&file) };
            fact(event, &settings()).and_then(|fact| fact.cleared)
        };
        assert_eq!(of("open"), None);
        assert_eq!(of("cleared_arrest"), Some((Clearance::Arrest, utc_day(at(9)))));
        assert_eq!(of("cleared_exceptional"), Some((Clearance::Exceptional, utc_day(at(9)))));
    }

    #[test]
    fn what_is_unfounded_merged_expunged_or_cancelled_leaves() {
        check(Some(&call(&[opened()])), Some(&named("unfounded")), ("220", "burglary", true));
        let id = json!({"incident": {"id": "26-1"}});
        check(Some(&call(&[opened(), ("incident.expunged", id.clone())])), None, ("LARCENY", "theft", true));
        let cancelled = call(&[opened(), ("incident.cancelled", id)]);
        check(Some(&cancelled), None, ("LARCENY", "theft", true));
        check(Some(&cancelled), Some(&named("open")), ("220", "burglary", false));
        let merged = json!({"incident": {"id": "26-1"}, "merged_into": "26-0"});
        check(Some(&call(&[opened(), ("incident.merged", merged)])), None, ("LARCENY", "theft", true));
    }

    #[test]
    fn a_fact_stands_under_the_day_it_happened_at_a_cell_not_an_address() {
        let event = Event { incident: Some("26-1"), case: None, call: Some(&call(&[opened()])), file: None };
        let fact = fact(event, &settings()).unwrap();
        assert_eq!(fact.day().to_string(), "2026-07-05");
        assert_eq!(fact.geohash.as_deref().map(str::len), Some(8));
        let old = "2026-07-03T12:00:00Z".parse().ok();
        assert_eq!(earlier_days(event, old, fact.day()), [Date::new(2026, 7, 3).unwrap()]);
    }

    #[test]
    fn a_case_that_a_call_claims_leaves_as_an_event_of_its_own() {
        let (call, named) = (call(&[opened()]), named("open"));
        let alone = case(&json!({"number": "C-1"}));
        let event =
            |file| Event { incident: Some("26-1"), case: Some("C-1"), call: Some(&call), file: Some(file) };
        assert_eq!(claimed_case(event(&named), None), None); // it named its call from the start
        let linked_later = claimed_case(event(&named), Some(&alone.facts)).unwrap();
        let linked_by_call = claimed_case(event(&alone), None).unwrap();
        for tombstone in [linked_later, linked_by_call] {
            assert_eq!(
                (tombstone.incident.as_str(), tombstone.version, tombstone.deleted),
                ("CASE#C-1", CLAIMED, true)
            );
        }
    }

    #[test]
    fn what_is_told_of_a_deleted_call_changes_nothing_but_an_order_to_expunge() {
        let mut gone = Incident { facts: call(&[opened()]).facts, ..Incident::new("26-1") };
        let of = |gone: &Incident| {
            let call = Revised { facts: gone.facts.clone(), rev: 2 };
            let event = Event { incident: Some("26-1"), case: None, call: Some(&call), file: None };
            fact(event, &settings()).map(|fact| (fact.forget, fact.day().to_string()))
        };
        gone.forget(at(9));
        assert_eq!(of(&gone), None);
        gone.expunge();
        assert_eq!(of(&gone), Some((true, "2026-07-05".to_owned())));
    }

    #[test]
    fn a_call_of_unknown_time_stands_nowhere_yet() {
        let unknown =
            call(&[("incident.updated", json!({"incident": {"id": "26-1", "call_type": "LARCENY"}}))]);
        let event = Event { incident: Some("26-1"), case: None, call: Some(&unknown), file: None };
        assert_eq!(fact(event, &settings()), None);
    }
}
