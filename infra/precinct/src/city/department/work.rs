//! Work month by month, praise, and courses: required, completed, overdue.
use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

use super::careers::Person;
use super::conduct::street;
use super::{Department, Truth};

/// A month's work of an officer, recorded on the month's last day.
pub(super) struct Duty {
    pub(super) officer: String,
    pub(super) day: Date,
    pub(super) hours: f64,
    pub(super) calls: u32,
    pub(super) arrests: u32,
    pub(super) stops: u32,
    pub(super) miles: u32,
}

pub(super) struct Praise {
    pub(super) officer: String,
    pub(super) day: Date,
    pub(super) kind: &'static str,
}

/// A course asked of an officer, and when it was taken.
pub(super) struct Course {
    pub(super) officer: String,
    pub(super) course: String,
    pub(super) required: Date,
    pub(super) due: Date,
    pub(super) hours: u32,
    pub(super) taken: Option<Date>,
}

pub(super) fn duty(department: &Department, people: &[Person]) -> Vec<Duty> {
    let mut random = department.random("duty");
    let mut rows = Vec::new();
    for person in people.iter().filter(|person| person.sworn) {
        for first in department.months() {
            let day = first.last_of_month();
            let Some(post) = person.on_duty(day).filter(|_| day <= department.last_day) else { continue };
            // Where there is more to do, there are more complaints as well.
            let pace = street(post) * person.activity;
            // More work brings some overtime with it.
            let hours = random.between(140.0, 172.0) * (0.5 + 0.5 * person.activity);
            rows.push(Duty {
                officer: person.id.clone(),
                day,
                hours: libm::round(hours * 10.0) / 10.0,
                calls: random.poisson(55.0 * pace),
                arrests: random.poisson(2.3 * pace),
                stops: random.poisson(16.0 * pace),
                miles: random.poisson(500.0 * pace),
            });
        }
    }
    rows
}

/// One month's hours of an officer in 150 have lost their decimal point.
pub(super) fn mistype(department: &Department, duty: &mut [Duty], people: &[Person], truth: &mut Vec<Truth>) {
    let mut random = department.random("mistyped");
    for _ in 0..(people.len() / 150).max(1) {
        let row = random.below(duty.len());
        let Some(row) = duty.get_mut(row) else { return };
        row.hours = libm::round(row.hours * 10.0);
        let detail = format!("ten times the hours in {}", row.day.strftime("%Y-%m"));
        truth.push(Truth { subject: row.officer.clone(), kind: "mistyped_hours", detail });
    }
}

pub(super) fn praise(department: &Department, people: &[Person]) -> Vec<Praise> {
    let mut random = department.random("praise");
    let days = 365 * department.years as usize;
    let mut rows = Vec::new();
    for person in people.iter().filter(|person| person.sworn) {
        for _ in 0..random.poisson(0.18 * department.years as f64 * person.activity) {
            let day = department.last_day.saturating_sub((random.below(days) as i64).days());
            let kind = ["letter", "unit_citation", "life_saving"][random.weighted(&[0.7, 0.25, 0.05])];
            if person.on_duty(day).is_some() {
                rows.push(Praise { officer: person.id.clone(), day, kind });
            }
        }
    }
    rows
}

/// Courses of every year: name, month in which they are due, hours, whether patrol alone takes them.
const COURSES: [(&str, i8, u32, bool); 2] = [("crisis-intervention", 5, 8, true), ("firearms", 10, 4, false)];
/// Share taken in time, and share taken late; the rest stays open.
const TAKEN: [f64; 3] = [0.88, 0.07, 0.05];

pub(super) fn courses(department: &Department, people: &[Person]) -> Vec<Course> {
    let mut random = department.random("courses");
    let mut rows = Vec::new();
    let years = department.first_day().year()..=department.last_day.year() + 1;
    for (year, (name, month, hours, patrol_alone)) in
        years.flat_map(|year| COURSES.map(|course| (year, course)))
    {
        let due = date(year, month, 1).last_of_month();
        let required = due.saturating_sub(Span::new().days(180));
        if required < department.first_day() || required > department.last_day {
            continue;
        }
        for person in people.iter().filter(|person| person.sworn) {
            let days = (random.below(150) as i64 + 1).days();
            let taken = match random.weighted(&TAKEN) {
                0 => Some(due.saturating_sub(days)),
                1 => Some(due.saturating_add(days)),
                _ => None,
            };
            let Some(post) = person.on_duty(required) else { continue };
            if patrol_alone && !post.unit.starts_with("patrol-") {
                continue;
            }
            let taken = taken.filter(|day| *day <= department.last_day && person.on_duty(*day).is_some());
            rows.push(Course {
                officer: person.id.clone(),
                course: format!("{name}-{year}"),
                required,
                due,
                hours,
                taken,
            });
        }
    }
    rows
}
