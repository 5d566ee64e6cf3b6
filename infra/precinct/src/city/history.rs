//! Two years of personnel events in the order in which they became known: the roster, monthly duty, what was
//! reported (`conduct`), commendations and training.
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde_json::{Value, json};

use super::force::{MISTYPED, Officer};
use super::random::Random;
use super::{City, PERSONNEL_MONTHS, conduct};

/// Events by the day they became known. On one day the roster comes first and findings last; the id breaks
/// what ties remain, so that the order is one.
pub(super) struct Log {
    events: Vec<(Date, u8, String, Value)>,
    zone: jiff::tz::TimeZone,
    last_day: Date,
}

impl Log {
    /// Adds an event that became known on `day`; what would be known only after the last day is left out.
    pub(super) fn add(&mut self, day: Date, id: String, kind: &str, data: Value) {
        if day > self.last_day {
            return;
        }
        let Ok(at) = self.zone.to_zoned_datetime(day.at(17, 0, 0, 0)) else { return };
        let stamp = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let event = json!({"type": kind, "id": id, "timestamp": stamp, "data": data});
        let rank = match kind {
            "officer.upserted" => 0,
            "event.finding" => 2,
            _ => 1,
        };
        self.events.push((day, rank, id, event));
    }
}

pub(super) fn events(city: &City, officers: &[Officer]) -> Vec<Value> {
    let mut log = Log { events: Vec::new(), zone: city.zone.clone(), last_day: city.last_day };
    let start = first_day(city);
    roster(&mut log, officers, start);
    exposure(&mut log, city, officers);
    conduct::record(&mut log, city, officers);
    credit(&mut log, city, officers);
    log.events.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
    log.events.into_iter().map(|(_, _, _, event)| event).collect()
}

pub(super) fn first_day(city: &City) -> Date {
    city.last_day.saturating_sub(Span::new().months(PERSONNEL_MONTHS))
}

fn roster(log: &mut Log, officers: &[Officer], start: Date) {
    for officer in officers {
        let data = json!({
            "officer_id": officer.id,
            "subject": format!("{}@police.example.gov", officer.id.to_lowercase()),
            "name": officer.name,
            "email": format!("{}@police.example.gov", officer.id.to_lowercase()),
            "hired_on": officer.hired_on,
            "rank": officer.rank,
            "unit": officer.unit,
            "shift": officer.shift,
            "supervisor_id": officer.supervisor,
            "active": true,
        });
        log.add(start.max(officer.hired_on), format!("hr-officer-{}", officer.id), "officer.upserted", data);
    }
}

/// One event a month: hours, calls and arrests, recorded on the month's last day.
fn exposure(log: &mut Log, city: &City, officers: &[Officer]) {
    let mut random = Random::new(city.seed, "exposure");
    for officer in officers {
        let calls = if officer.unit.starts_with("patrol-") { 62.0 } else { 6.0 };
        let arrests = match officer.shift {
            _ if calls < 10.0 => 0.4,
            "days" => 1.8,
            "evenings" => 3.2,
            _ => 2.6,
        };
        for back in (0..PERSONNEL_MONTHS).rev() {
            let month_end =
                city.last_day.first_of_month().saturating_sub(Span::new().months(back)).yesterday();
            let Ok(day) = month_end else { continue };
            // More work brings some overtime with it.
            let hours = random.between(140.0, 172.0) * (0.5 + 0.5 * officer.activity);
            let (calls, arrests) =
                (random.poisson(calls * officer.activity), random.poisson(arrests * officer.activity));
            if officer.hired_on > day {
                continue;
            }
            // Tenths of an hour; the planted error has lost its decimal point.
            let mistyped = officer.id == MISTYPED && back == 7;
            let hours = if mistyped { 1640.0 } else { libm::round(hours * 10.0) / 10.0 };
            let id = format!("hr-duty-{}-{}", officer.id, day.strftime("%Y-%m"));
            let data = json!({"officer_id": officer.id, "date": day, "hours": hours, "calls": calls, "arrests": arrests});
            log.add(day, id, "exposure.recorded", data);
        }
    }
}

/// Commendations, and this year's course with its certificate.
fn credit(log: &mut Log, city: &City, officers: &[Officer]) {
    let mut random = Random::new(city.seed, "credit");
    let course = "crisis-intervention-2026";
    let due = city.last_day.saturating_sub(60.days());
    for officer in officers {
        let praised = random.chance(0.3);
        let day = any_day(city, &mut random);
        let trained = random.chance(0.9);
        let done = due.saturating_sub((random.below(120) as i64).days());
        if praised && officer.hired_on <= day {
            let id = format!("hr-commendation-{}", officer.id);
            let data = json!({"officer_id": officer.id, "date": day, "kind": "letter"});
            log.add(day, id, "commendation.recorded", data);
        }
        if !officer.unit.starts_with("patrol-") || officer.hired_on > due.saturating_sub(180.days()) {
            continue;
        }
        let id = format!("hr-course-{}", officer.id);
        let data = json!({"officer_id": officer.id, "course": course, "due_on": due});
        log.add(due.saturating_sub(180.days()), format!("{id}-due"), "training.required", data);
        if trained {
            let data = json!({"officer_id": officer.id, "course": course, "hours": 8, "result": "passed", "completed_on": done});
            log.add(done, format!("{id}-done"), "training.completed", data);
        }
    }
}

pub(super) fn any_day(city: &City, random: &mut Random) -> Date {
    let start = first_day(city);
    let days = city.last_day.duration_since(start).as_hours() / 24;
    start.saturating_add((random.below(days as usize) as i64).days())
}
