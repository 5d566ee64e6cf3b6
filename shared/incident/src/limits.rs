//! How much one event may say: lengths, numbers of people and units, times that can be reckoned with. Without limits one
//! sender's bug could grow a call until nobody can read it any more, or name a time whose next hour does not exist.
use jiff::Timestamp;

use crate::event::{CaseData, IncidentData, Invalid, PersonFields, PlaceFields, invalid, required};

/// Longest code, name, number or address, in bytes.
pub const LONGEST: usize = 256;
/// Longest explanation, in bytes.
pub const LONGEST_REASON: usize = 2_000;
/// Most people in one event.
pub const PEOPLE: usize = 50;
/// Most units in one event.
pub const UNITS: usize = 100;
/// Most people of one call or case, over all its events.
pub const PEOPLE_IN_ALL: usize = 400;

/// 1970-01-01 and 2200-01-01: before and after it nothing happened that is told here.
const EARLIEST: i64 = 0;
const LATEST: i64 = 7_258_118_400;

/// Whether an instant can be reckoned with.
pub fn is_reckonable(at: Timestamp) -> bool {
    (EARLIEST..LATEST).contains(&at.as_second())
}

/// Checks an event about a call.
pub(crate) fn of_incident(data: &IncidentData) -> Result<(), Invalid> {
    let incident = &data.incident;
    text(incident.call_type.iter().flatten(), "/data/incident/call_type")?;
    time(incident.opened_at.iter().flatten(), "/data/incident/opened_at")?;
    place(&incident.place, "/data/incident")?;
    text(data.disposition.iter().flatten(), "/data/disposition")?;
    text(data.case_number.iter().flatten(), "/data/case_number")?;
    data.merged_into.iter().try_for_each(|id| required(id, "/data/merged_into"))?;
    if let Some(agency) = &data.agency {
        text([&agency.name], "/data/agency/name")?;
        text([&agency.phone], "/data/agency/phone")?;
    }
    people(&data.people)?;
    count(data.units.len(), UNITS, "/data/units")?;
    data.units.iter().enumerate().try_for_each(|(index, unit)| {
        text([&unit.id], &format!("/data/units/{index}/id"))?;
        time(unit.eta.iter().flatten(), &format!("/data/units/{index}/eta"))
    })
}

/// Checks an event about a case.
pub(crate) fn of_case(data: &CaseData) -> Result<(), Invalid> {
    let case = &data.case;
    case.incident_id.iter().flatten().try_for_each(|id| required(id, "/data/case/incident_id"))?;
    text(case.status.iter().flatten(), "/data/case/status")?;
    no_longer(case.reason.iter().flatten(), LONGEST_REASON, "/data/case/reason")?;
    time(case.release_at.iter().flatten(), "/data/case/release_at")?;
    time(data.release_at.iter().flatten(), "/data/release_at")?;
    for investigator in case.investigator.iter().flatten() {
        text(&investigator.name, "/data/case/investigator/name")?;
        text(&investigator.phone, "/data/case/investigator/phone")?;
        text(&investigator.email, "/data/case/investigator/email")?;
    }
    place(&case.place, "/data/case")?;
    people(&data.people)
}

fn people(people: &[PersonFields]) -> Result<(), Invalid> {
    count(people.len(), PEOPLE, "/data/people")?;
    people.iter().enumerate().try_for_each(|(index, person)| {
        let at = |field: &str| format!("/data/people/{index}/{field}");
        required(&person.id, &at("id"))?;
        text(person.name.iter().flatten(), &at("name"))?;
        text(person.phone.iter().flatten(), &at("phone"))?;
        text(person.email.iter().flatten(), &at("email"))?;
        text(person.language.iter().flatten(), &at("language"))
    })
}

fn place(place: &PlaceFields, base: &str) -> Result<(), Invalid> {
    text(place.beat.iter().flatten(), &format!("{base}/beat"))?;
    text(place.offence.iter().flatten(), &format!("{base}/offence"))?;
    time(place.occurred_from.iter().flatten(), &format!("{base}/occurred_from"))?;
    time(place.occurred_to.iter().flatten(), &format!("{base}/occurred_to"))?;
    let address = place.location.iter().flatten().filter_map(|location| location.address.as_ref());
    text(address, &format!("{base}/location/address"))
}

fn text<'a>(texts: impl IntoIterator<Item = &'a String>, pointer: &str) -> Result<(), Invalid> {
    no_longer(texts, LONGEST, pointer)
}

fn no_longer<'a>(
    texts: impl IntoIterator<Item = &'a String>,
    most: usize,
    pointer: &str,
) -> Result<(), Invalid> {
    match texts.into_iter().find(|text| text.len() > most) {
        Some(_) => {
            Err(Invalid { code: "too_long", ..invalid(pointer, &format!("holds at most {most} bytes")) })
        }
        None => Ok(()),
    }
}

fn time<'a>(times: impl IntoIterator<Item = &'a Timestamp>, pointer: &str) -> Result<(), Invalid> {
    match times.into_iter().find(|at| !is_reckonable(**at)) {
        Some(_) => Err(Invalid { code: "out_of_range", ..invalid(pointer, "lies between 1970 and 2200") }),
        None => Ok(()),
    }
}

fn count(things: usize, most: usize, pointer: &str) -> Result<(), Invalid> {
    if things <= most {
        return Ok(());
    }
    Err(Invalid {
        code: "too_many",
        ..invalid(pointer, &format!("one event holds at most {most}; send several"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(kind: &str, data: Value, expected: Option<(&str, &str)>) {
        let at = "2026-07-04T14:00:00Z".parse().unwrap();
        let fault = crate::event::read(kind, at, &data, kind.starts_with("case")).err();
        let fault = fault.as_ref().map(|fault| (fault.pointer.as_str(), fault.code));
        assert_eq!(fault, expected);
    }

    fn call(with: Value) -> Value {
        let mut data = json!({"incident": {"id": "26-1"}});
        for (name, value) in with.as_object().unwrap() {
            if let (Some(into), Some(from)) = (data[name].as_object_mut(), value.as_object()) {
                into.extend(from.clone());
            } else {
                data[name] = value.clone();
            }
        }
        data
    }

    #[test]
    fn lengths_counts_and_times_past_a_limit_name_their_field() {
        let long = "x".repeat(LONGEST + 1);
        let opened = |with: Value, expected| check("incident.opened", call(with), expected);
        opened(json!({}), None);
        opened(json!({"incident": {"call_type": long}}), Some(("/data/incident/call_type", "too_long")));
        opened(json!({"incident": {"call_type": "x".repeat(LONGEST)}}), None);
        opened(json!({"people": [{"id": "p", "name": long}]}), Some(("/data/people/0/name", "too_long")));
        opened(json!({"people": vec![json!({"id": "p"}); PEOPLE + 1]}), Some(("/data/people", "too_many")));
        opened(json!({"units": vec![json!({"id": "u"}); UNITS + 1]}), Some(("/data/units", "too_many")));
        opened(
            json!({"incident": {"opened_at": "9999-12-30T21:59:59Z"}}),
            Some(("/data/incident/opened_at", "out_of_range")),
        );
        opened(
            json!({"units": [{"id": "u", "eta": "-009999-01-02T02:00:00Z"}]}),
            Some(("/data/units/0/eta", "out_of_range")),
        );
        opened(
            json!({"incident": {"location": {"address": long}}}),
            Some(("/data/incident/location/address", "too_long")),
        );
    }

    #[test]
    fn an_id_that_becomes_a_key_has_the_form_of_one() {
        let merged =
            |into: &str, expected| check("incident.merged", call(json!({"merged_into": into})), expected);
        merged("26-2", None);
        merged("", Some(("/data/merged_into", "invalid")));
        merged("INC#26-2", Some(("/data/merged_into", "invalid")));
        let case = |id: &str| json!({"case": {"number": "26-9", "incident_id": id}});
        check("case.opened", case("26-1"), None);
        check("case.opened", case(&"9".repeat(65)), Some(("/data/case/incident_id", "invalid")));
        let reason = json!({"case": {"number": "26-9", "reason": "x".repeat(LONGEST_REASON + 1)}});
        check("case.opened", reason, Some(("/data/case/reason", "too_long")));
    }

    #[test]
    fn a_time_without_a_next_hour_is_no_time_of_an_event() {
        let data = json!({"incident": {"id": "26-1"}});
        for at in [Timestamp::MAX, Timestamp::MIN] {
            let fault = crate::event::read("incident.opened", at, &data, false).unwrap_err();
            assert_eq!((fault.pointer.as_str(), fault.code), ("/timestamp", "out_of_range"));
        }
    }
}
