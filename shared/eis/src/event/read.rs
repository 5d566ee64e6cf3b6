//! From posted JSON to an [`Event`], or to the one fault that names field and form.
use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::fields::{Fields, invalid};
use super::{
    Amounts, CommendationRecorded, EmployeeType, Event, EventFinding, EventReported, EventVoided,
    ExposureRecorded, Finding, Identity, Invalid, NoticeDelayed, OfficerUpserted, TrainingCompleted,
    TrainingRequired,
};
use crate::protected;

/// Indicators that the contract names; a ruleset may declare more.
pub const CONTRACT_INDICATORS: [&str; 10] = [
    "complaint",
    "use_of_force",
    "force_injury",
    "collision",
    "pursuit",
    "lawsuit",
    "sick_leave",
    "firearm_discharge",
    "policy_violation",
    "missed_court",
];

/// Reads the `data` of an event of type `kind`. `indicators` are those the ruleset declares, `day` is the event's
/// own day in the agency's zone, taken where a date may be left out. Fields that the contract does not name are
/// ignored and never stored, but for protected attributes: those are refused wherever they stand.
pub fn read(
    kind: &str,
    data: &Map<String, Value>,
    day: Date,
    indicators: &BTreeSet<String>,
) -> Result<(Event, Identity), Invalid> {
    refuse_protected(data)?;
    let fields = Fields(data);
    let mut identity = Identity::default();
    let event = match kind {
        "officer.upserted" => {
            identity = read_identity(&fields)?;
            Event::OfficerUpserted(officer(&fields)?)
        }
        "exposure.recorded" => Event::ExposureRecorded(exposure(&fields)?),
        "event.reported" => Event::EventReported(reported(&fields, indicators)?),
        "event.finding" => Event::EventFinding(finding(&fields)?),
        "event.voided" => Event::EventVoided(EventVoided { event_id: fields.text("event_id")? }),
        "commendation.recorded" => Event::CommendationRecorded(CommendationRecorded {
            officer_id: fields.required_officer()?,
            date: fields.optional_date("date")?.unwrap_or(day),
            kind: fields.optional("kind")?,
        }),
        "training.required" => Event::TrainingRequired(TrainingRequired {
            officer_id: fields.required_officer()?,
            course: fields.text("course")?,
            due_on: fields.date("due_on")?,
        }),
        "training.completed" => Event::TrainingCompleted(completed(&fields, day)?),
        "notice.delayed" => Event::NoticeDelayed(NoticeDelayed {
            officer_id: fields.required_officer()?,
            authority: fields.text("authority")?,
            until: fields.date("until")?,
        }),
        _ => return Err(unknown_type()),
    };
    Ok((event, identity))
}

fn refuse_protected(data: &Map<String, Value>) -> Result<(), Invalid> {
    let Some(pointer) = protected::find("/data", &Value::Object(data.clone())) else { return Ok(()) };
    Err(Invalid {
        pointer,
        code: "protected_attribute",
        detail: "protected attributes are not accepted; remove the field and post the event again".into(),
    })
}

fn unknown_type() -> Invalid {
    Invalid {
        pointer: "/type".into(),
        code: "unknown_type",
        detail:
            "type must be officer.upserted, exposure.recorded, event.reported, event.finding, event.voided, \
                 commendation.recorded, training.required, training.completed or notice.delayed"
                .into(),
    }
}

fn officer(fields: &Fields) -> Result<OfficerUpserted, Invalid> {
    let officer_id = fields.required_officer()?;
    let supervisor_id = fields.officer("supervisor_id")?;
    if supervisor_id.as_ref() == Some(&officer_id) {
        return Err(invalid("supervisor_id", "nobody answers to themselves; null means no supervisor"));
    }
    let employee_type = match fields.optional("employee_type")?.as_deref() {
        None | Some("sworn") => EmployeeType::Sworn,
        Some("civilian") => EmployeeType::Civilian,
        Some(_) => return Err(invalid("employee_type", "employee_type must be sworn or civilian")),
    };
    Ok(OfficerUpserted {
        officer_id,
        hired_on: fields.date("hired_on")?,
        rank: fields.text("rank")?,
        unit: fields.text("unit")?,
        shift: fields.text("shift")?,
        supervisor_id,
        active: fields.flag("active")?,
        employee_type,
    })
}

fn read_identity(fields: &Fields) -> Result<Identity, Invalid> {
    Ok(Identity {
        subject: fields.change("subject")?,
        name: fields.change("name")?,
        email: fields.change("email")?,
    })
}

fn exposure(fields: &Fields) -> Result<ExposureRecorded, Invalid> {
    let amounts = Amounts {
        hours: fields.amount("hours")?,
        calls: fields.amount("calls")?,
        arrests: fields.amount("arrests")?,
        stops: fields.amount("stops")?,
        miles: fields.amount("miles")?,
    };
    if amounts == Amounts::default() {
        return Err(invalid("", "give at least one of hours, calls, arrests, stops and miles"));
    }
    Ok(ExposureRecorded { officer_id: fields.required_officer()?, date: fields.date("date")?, amounts })
}

fn reported(fields: &Fields, indicators: &BTreeSet<String>) -> Result<EventReported, Invalid> {
    let indicator = fields.text("indicator")?;
    if !CONTRACT_INDICATORS.contains(&indicator.as_str()) && !indicators.contains(&indicator) {
        let detail = "indicator must be one of the contract's or be declared in eis.toml".into();
        return Err(Invalid { code: "unknown_indicator", ..invalid("indicator", String::new()) }.with(detail));
    }
    let (occurred_on, reported_on) = (fields.date("occurred_on")?, fields.date("reported_on")?);
    if reported_on < occurred_on {
        return Err(invalid("reported_on", "reported_on must not lie before occurred_on"));
    }
    Ok(EventReported {
        event_id: fields.text("event_id")?,
        officer_id: fields.required_officer()?,
        indicator,
        occurred_on,
        reported_on,
        severity: fields.severity("severity")?,
        scene_id: fields.optional("scene_id")?,
        summary_ref: fields.optional("summary_ref")?,
        confidential_until: fields.optional_date("confidential_until")?,
    })
}

fn finding(fields: &Fields) -> Result<EventFinding, Invalid> {
    let word = fields.text("finding")?;
    let finding =
        serde_json::from_value(Value::String(word)).ok().filter(|finding| *finding != Finding::Pending);
    let finding = finding.ok_or_else(|| {
        invalid(
            "finding",
            "finding must be sustained, not_sustained, unfounded, exonerated, preventable, not_preventable, \
             within_policy, outside_policy or withdrawn",
        )
    })?;
    Ok(EventFinding { event_id: fields.text("event_id")?, finding, closed_on: fields.date("closed_on")? })
}

fn completed(fields: &Fields, day: Date) -> Result<TrainingCompleted, Invalid> {
    Ok(TrainingCompleted {
        officer_id: fields.required_officer()?,
        course: fields.text("course")?,
        completed_on: fields.optional_date("completed_on")?.unwrap_or(day),
        hours: fields.amount("hours")?.ok_or_else(|| invalid("hours", "hours is required"))?,
        result: fields.text("result")?,
        expires_on: fields.optional_date("expires_on")?,
    })
}

impl Invalid {
    fn with(self, detail: String) -> Self {
        Self { detail, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Change;
    use serde_json::json;

    fn parse(kind: &str, data: Value) -> Result<(Event, Identity), Invalid> {
        let Value::Object(data) = data else { panic!("data is an object") };
        read(kind, &data, "2026-07-04".parse().unwrap(), &BTreeSet::from(["k9_bite".to_owned()]))
    }

    #[track_caller]
    fn refused(kind: &str, data: Value, pointer: &str, code: &str) {
        let fault = parse(kind, data).unwrap_err();
        assert_eq!((fault.pointer.as_str(), fault.code), (pointer, code));
    }

    #[track_caller]
    fn accepted(kind: &str, data: Value) {
        let (event, _) = parse(kind, data).unwrap();
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "what is stored reads back");
    }

    fn report() -> Value {
        json!({"event_id": "ia-1", "officer_id": "E-1", "indicator": "complaint", "occurred_on": "2026-07-01",
            "reported_on": "2026-07-02"})
    }

    fn with(mut data: Value, name: &str, value: Value) -> Value {
        data[name] = value;
        data
    }

    #[test]
    fn every_type_of_the_contract_is_read() {
        accepted(
            "officer.upserted",
            json!({"officer_id": "E-1", "subject": "s", "name": "Ada Marsh", "email": "ada@example.gov",
                "hired_on": "2019-05-01", "rank": "officer", "unit": "patrol-1", "shift": "days",
                "supervisor_id": null, "active": true, "employee_type": "civilian"}),
        );
        accepted(
            "exposure.recorded",
            json!({"officer_id": "E-1", "date": "2026-07-01", "hours": 8.5, "arrests": 1}),
        );
        accepted("event.reported", with(report(), "severity", json!(3)));
        accepted("event.reported", with(report(), "indicator", json!("k9_bite")));
        accepted(
            "event.finding",
            json!({"event_id": "ia-1", "finding": "unfounded", "closed_on": "2026-09-01"}),
        );
        accepted("event.voided", json!({"event_id": "ia-1"}));
        accepted("commendation.recorded", json!({"officer_id": "E-1"}));
        accepted("training.required", json!({"officer_id": "E-1", "course": "cit", "due_on": "2026-12-31"}));
        accepted(
            "training.completed",
            json!({"officer_id": "E-1", "course": "cit", "hours": 8, "result": "passed"}),
        );
        accepted(
            "notice.delayed",
            json!({"officer_id": "E-1", "authority": "County prosecutor", "until": "2026-10-01"}),
        );
    }

    #[test]
    fn faults_name_field_and_code() {
        refused("officer.promoted", json!({}), "/type", "unknown_type");
        refused(
            "event.reported",
            with(report(), "indicator", json!("grumpiness")),
            "/data/indicator",
            "unknown_indicator",
        );
        refused(
            "event.reported",
            with(report(), "occurred_on", json!("07/01/2026")),
            "/data/occurred_on",
            "invalid",
        );
        refused(
            "event.reported",
            with(report(), "reported_on", json!("2026-06-30")),
            "/data/reported_on",
            "invalid",
        );
        refused("event.reported", with(report(), "officer_id", json!("E/1")), "/data/officer_id", "invalid");
        refused(
            "event.finding",
            json!({"event_id": "x", "finding": "pending", "closed_on": "2026-09-01"}),
            "/data/finding",
            "invalid",
        );
        refused("exposure.recorded", json!({"officer_id": "E-1", "date": "2026-07-01"}), "/data/", "invalid");
        refused(
            "exposure.recorded",
            json!({"officer_id": "E-1", "date": "2026-07-01", "hours": -1}),
            "/data/hours",
            "invalid",
        );
        refused(
            "exposure.recorded",
            json!({"officer_id": "E-1", "date": "2026-07-01", "hours": 1e-320}),
            "/data/hours",
            "invalid",
        );
    }

    #[test]
    fn protected_attributes_are_refused_before_anything_else() {
        refused("event.reported", with(report(), "race", json!("x")), "/data/race", "protected_attribute");
        refused(
            "event.reported",
            with(report(), "context", json!({"age": 30})),
            "/data/context/age",
            "protected_attribute",
        );
    }

    #[test]
    fn what_names_a_person_stays_out_of_the_event() {
        let data = json!({"officer_id": "E-1", "name": "Ada Marsh", "email": null, "hired_on": "2019-05-01",
            "rank": "officer", "unit": "patrol-1", "shift": "days", "supervisor_id": "E-9", "active": true});
        let (event, identity) = parse("officer.upserted", data).unwrap();
        assert!(!serde_json::to_string(&event).unwrap().contains("Marsh"));
        assert_eq!(identity.name, Change::Set("Ada Marsh".into()));
        assert_eq!((&identity.email, &identity.subject), (&Change::Clear, &Change::Keep));
        assert!(!format!("{identity:?}").contains("Ada"));
    }
}
