//! The case that comes of a call, as the records system posts it over the days that follow.
use serde_json::{Value, json};

use super::Course;

/// Hours in a day of minutes.
const DAY: f64 = 24.0 * 60.0;

/// Runs the case of a call whose people are `people`.
pub(super) fn run(course: &mut Course<'_>, people: &[Value], offence: Option<&str>) {
    let number = format!("C{}", course.id);
    let call = course.id.clone();
    let victim = victim(course, people);
    let event = |course: &mut Course<'_>, kind: &str, mut data: Value| {
        data["case"]["number"] = json!(number);
        course.add(kind, data);
    };
    course.wait(45.0);
    let opened = json!({"incident_id": call, "offence": offence});
    event(course, "case.opened", json!({"case": opened, "people": [victim]}));
    if course.random.chance(0.6) {
        course.wait(DAY);
        let detective = 1 + course.random.below(9);
        let investigator = json!({"name": format!("Det. Specimen {detective}"), "phone": format!("218-555-015{detective}"),
            "email": format!("det.specimen{detective}@example.gov")});
        event(course, "case.assigned", json!({"case": {"investigator": investigator}}));
    }
    if course.random.chance(0.4) {
        course.wait(2.0 * DAY);
        let statuses = ["open", "active", "suspended", "inactive", "cleared_exceptional", "pending-lab"];
        let status = statuses[course.random.below(statuses.len())];
        event(course, "case.status_changed", json!({"case": {"status": status}}));
    }
    if course.random.chance(0.06) {
        course.wait(DAY);
        event(course, "case.contact_requested", json!({}));
    }
    if course.random.chance(0.1) {
        course.wait(3.0 * DAY);
        held(course, "case.referred_to_prosecutor", &event);
    }
    if course.random.chance(0.08) {
        course.wait(2.0 * DAY);
        held(course, "case.charged", &event);
    }
    match course.random.weighted(&[60.0, 36.0, 2.0, 0.5]) {
        1 => {
            course.wait(4.0 * DAY);
            event(course, "case.closed", json!({"case": {"status": "closed"}}));
        }
        2 => event(course, "case.transferred", json!({})),
        3 => event(course, "case.sealed", json!({})),
        _ => {}
    }
}

/// News that somebody releases at a time, or that waits for its investigator.
fn held(course: &mut Course<'_>, kind: &str, event: &impl Fn(&mut Course<'_>, &str, Value)) {
    let release = course.now + jiff::SignedDuration::from_hours(course.random.below(30) as i64);
    let data = if course.random.chance(0.6) { json!({"release_at": release}) } else { json!({}) };
    event(course, kind, data);
}

/// The victim as the records system knows them: whoever was in the call, with the consent that a report asks for.
fn victim(course: &mut Course<'_>, people: &[Value]) -> Value {
    let is_victim =
        |person: &&Value| person["roles"].as_array().is_some_and(|roles| roles.contains(&json!("victim")));
    let mut victim = people.iter().find(is_victim).or(people.first()).cloned().unwrap_or_default();
    victim["id"] = json!("v1");
    victim["roles"] = json!(["victim"]);
    if course.random.chance(0.85) {
        victim["contact"] = json!("ok");
    }
    victim
}
