//! What officers are said to have done. Each month the department's scenes are drawn and every scene among those on
//! duty, by propensity, work, tenure and district; several officers of a squad share one.
use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::careers::{Person, Plant, Post};
use super::{Department, Truth};
use crate::city::conduct::{
    COMPLAINTS_MEAN, ESCALATION, FINDINGS, FORCE_MEAN, INJURED, MONTHS, OTHERS, WEEKDAYS, by_tenure,
    days_to_close, days_to_report,
};
use crate::city::random::Random;

/// Shapes of the gammas that propensities are made of: a shared part and one of each indicator's own.
const SHARED: f64 = 0.45;
const COMPLAINTS_OWN: f64 = 0.60;
const FORCE_OWN: f64 = 0.12;
/// Shape of the gamma by which each year's complaints of an officer differ from the last: circumstances change.
const YEARLY: f64 = 8.0;
/// Power of the measured means by tenure: some of the difference is lost where scenes are shared.
const TENURE: f64 = 1.5;
/// Share of force scenes that bring a complaint about everybody there.
const COMPLAINED: f64 = 0.14;
/// Share of the other complaints, and of force scenes, with one, two, three, four officers.
const COMPLAINT_SIZES: [f64; 4] = [0.41, 0.29, 0.19, 0.11];
const FORCE_SIZES: [f64; 4] = [0.59, 0.29, 0.09, 0.03];
/// Means of districts against the department's: the quietest and the busiest.
const COMPLAINTS_RANGE: [f64; 2] = [0.50, 2.39];
const FORCE_RANGE: [f64; 2] = [0.46, 2.33];

/// Something reported of an officer.
#[derive(Clone, Debug)]
pub(in crate::city) struct Report {
    pub(in crate::city) id: String,
    pub(in crate::city) officer: String,
    pub(in crate::city) indicator: &'static str,
    pub(in crate::city) occurred: Date,
    pub(in crate::city) reported: Date,
    /// Level of force, 1 to 4.
    pub(in crate::city) severity: Option<u8>,
    pub(in crate::city) scene: Option<String>,
    /// How and when it is closed, perhaps after the span.
    pub(in crate::city) finding: Option<(&'static str, Date)>,
    pub(in crate::city) voided: Option<Date>,
}

impl Report {
    fn new(id: String, officer: &str, indicator: &'static str, occurred: Date) -> Self {
        let (reported, officer) = (occurred, officer.to_owned());
        Self {
            id,
            officer,
            indicator,
            occurred,
            reported,
            severity: None,
            scene: None,
            finding: None,
            voided: None,
        }
    }
}

/// What makes an officer's part in the department's scenes.
struct Leaning {
    complaints: f64,
    force: f64,
    /// How far the officer's level of force lies from the scene's.
    level: f64,
}

/// Everything of a month that scenes are drawn from.
struct Month<'a> {
    first: Date,
    people: &'a [Person],
    /// Places of those on duty.
    roster: Vec<usize>,
    /// By unit and shift, places in the roster.
    squads: BTreeMap<(&'a str, &'a str), Vec<usize>>,
}

/// Relative means of the districts.
struct Districts {
    complaints: BTreeMap<String, f64>,
    force: BTreeMap<String, f64>,
}

pub(super) fn reports(department: &Department, people: &[Person]) -> Vec<Report> {
    let leanings = leanings(department, people);
    let districts = Districts::new(department, people);
    let mut reports = Vec::new();
    let mut random = department.random("scenes");
    let mut yearly = department.random("years");
    let others_mean = COMPLAINTS_MEAN - COMPLAINED * FORCE_MEAN;
    let mut years: Vec<f64> = vec![1.0; people.len()];
    for (number, first) in department.months().enumerate() {
        if number % 12 == 0 {
            years.fill_with(|| yearly.gamma(YEARLY) / YEARLY);
        }
        let month = Month::new(first, people);
        let of = |lean: &dyn Fn(usize, &Post) -> f64| -> Vec<f64> {
            month
                .roster
                .iter()
                .map(|place| people[*place].on_duty(month.middle()).map_or(0.0, |post| lean(*place, post)))
                .collect()
        };
        let served =
            |place: usize| month.first.duration_since(people[place].hired_on()).as_hours() as f64 / 8766.0;
        let complaints = of(&|place, post| {
            leanings[place].complaints
                * years[place]
                * libm::pow(by_tenure(served(place)), TENURE)
                * street(post)
                * districts.complaints[&post.unit]
        });
        let force = of(&|place, post| {
            leanings[place].force
                * libm::sqrt(by_tenure(served(place)))
                * street(post)
                * districts.force[&post.unit]
        });
        let staff = month.roster.len() as f64;
        let count = random.poisson(staff * others_mean / 24.0 / mean_size(&COMPLAINT_SIZES));
        for _ in 0..count {
            let members = month.scene(&complaints, 0.5, &COMPLAINT_SIZES, &mut random);
            let day = month.first.saturating_add((random.below(28) as i64).days());
            complaint(&month, day, &members, &mut reports, &mut random);
        }
        let season = 12.0 * MONTHS[usize::from(first.month().unsigned_abs()) - 1];
        let count = random.poisson(staff * FORCE_MEAN * season / 24.0 / mean_size(&FORCE_SIZES));
        for _ in 0..count {
            let members = month.scene(&force, 1.0, &FORCE_SIZES, &mut random);
            force_scene(&month, &members, &leanings, &mut reports, &mut random);
        }
    }
    others(department, people, &leanings, &mut reports);
    reports.retain(|report| report.occurred >= department.first_day());
    reports
}

fn leanings(department: &Department, people: &[Person]) -> Vec<Leaning> {
    let mut random = department.random("propensity");
    let one = |person: &Person| {
        let shared = random.gamma(SHARED);
        let drawn = (shared + random.gamma(COMPLAINTS_OWN), shared + random.gamma(FORCE_OWN));
        let (complaints, force) = match person.plant {
            // What is planted is set by hand.
            Some(Plant::Escalator | Plant::Rookie) => (0.0, 0.0),
            Some(Plant::Busy) => (SHARED + COMPLAINTS_OWN, SHARED + FORCE_OWN),
            None => drawn,
        };
        Leaning {
            complaints: complaints * person.activity,
            force: force * person.activity,
            level: random.normal(),
        }
    };
    people.iter().map(one).collect()
}

/// How much of the work that leads to complaints and force a post brings.
pub(super) fn street(post: &Post) -> f64 {
    match (post.rank, post.unit.as_str(), post.shift) {
        ("chief" | "captain", _, _) | (_, "standards" | "training" | "records", _) => 0.02,
        ("lieutenant", _, _) => 0.1,
        ("sergeant", _, _) => 0.5,
        ("detective", _, _) => 0.4,
        (_, "traffic", _) | (_, _, "days") => 0.8,
        (_, _, "evenings") => 1.3,
        _ => 1.1,
    }
}

impl Districts {
    fn new(department: &Department, people: &[Person]) -> Self {
        let mut random = department.random("districts");
        let units: std::collections::BTreeSet<&str> =
            people.iter().flat_map(|person| &person.posts).map(|post| post.unit.as_str()).collect();
        let (beats, others): (Vec<&str>, Vec<&str>) =
            units.iter().partition(|unit| unit.starts_with("patrol-"));
        let steps = (beats.len().max(2) - 1) as f64;
        let between = |[low, high]: [f64; 2], step: usize| low * libm::pow(high / low, step as f64 / steps);
        let mut complaints: BTreeMap<String, f64> = beats
            .iter()
            .enumerate()
            .map(|(step, unit)| ((*unit).into(), between(COMPLAINTS_RANGE, step)))
            .collect();
        // Where complaints are many, force is as a rule.
        let mut order: Vec<(f64, &str)> = beats
            .iter()
            .enumerate()
            .map(|(step, unit)| (step as f64 / steps + 0.25 * random.unit(), *unit))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut force: BTreeMap<String, f64> = order
            .iter()
            .enumerate()
            .map(|(step, (_, unit))| ((*unit).into(), between(FORCE_RANGE, step)))
            .collect();
        for unit in others {
            complaints.insert(unit.into(), 1.0);
            force.insert(unit.into(), 1.0);
        }
        Self { complaints, force }
    }
}

impl<'a> Month<'a> {
    fn new(first: Date, people: &'a [Person]) -> Self {
        let mut month = Self { first, people, roster: Vec::new(), squads: BTreeMap::new() };
        for (place, person) in people.iter().enumerate().filter(|(_, person)| person.sworn) {
            if let Some(post) = person.on_duty(month.middle()) {
                month.squads.entry((&post.unit, post.shift)).or_default().push(month.roster.len());
                month.roster.push(place);
            }
        }
        month
    }

    fn middle(&self) -> Date {
        self.first.saturating_add(14.days())
    }

    /// A day of the month, by weekday.
    fn day(&self, random: &mut Random) -> Date {
        loop {
            let day = self.first.saturating_add(
                (random.below(usize::from(self.first.days_in_month().unsigned_abs())) as i64).days(),
            );
            let weekday = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
            if random.chance(WEEKDAYS[weekday] / 0.168) {
                return day;
            }
        }
    }

    /// The people of one scene: the first by weight, the others from the same squad by a power of it.
    fn scene(&self, weights: &[f64], power: f64, sizes: &[f64; 4], random: &mut Random) -> Vec<usize> {
        let size = random.weighted(sizes) + 1;
        let mut members = vec![random.weighted(weights)];
        let post = self.people[self.roster[members[0]]].on_duty(self.middle());
        let squad = post.and_then(|post| self.squads.get(&(post.unit.as_str(), post.shift)));
        while members.len() < size {
            let free: Vec<usize> =
                squad.into_iter().flatten().copied().filter(|place| !members.contains(place)).collect();
            let shares: Vec<f64> = free.iter().map(|place| libm::pow(weights[*place], power)).collect();
            if shares.iter().sum::<f64>() <= 0.0 {
                break;
            }
            members.push(free[random.weighted(&shares)]);
        }
        members.iter().map(|place| self.roster[*place]).collect()
    }
}

fn mean_size(sizes: &[f64; 4]) -> f64 {
    sizes.iter().zip(1..).map(|(share, size)| share * f64::from(size)).sum()
}

fn complaint(
    month: &Month,
    occurred: Date,
    members: &[usize],
    reports: &mut Vec<Report>,
    random: &mut Random,
) {
    let reported = occurred.saturating_add(days_to_report(random).days());
    let closed = reported.saturating_add(days_to_close(random).days());
    let scene = format!("ia-{}-{:05}", occurred.year(), reports.len());
    for member in members {
        let officer = &month.people[*member].id;
        let finding = FINDINGS[random.weighted(&FINDINGS.map(|(_, share)| share))].0;
        reports.push(Report {
            reported,
            scene: Some(scene.clone()),
            finding: Some((finding, closed)),
            ..Report::new(format!("{scene}-{officer}"), officer, "complaint", occurred)
        });
    }
}

fn force_scene(
    month: &Month,
    members: &[usize],
    leanings: &[Leaning],
    reports: &mut Vec<Report>,
    random: &mut Random,
) {
    let day = month.day(random);
    let scene = format!("uof-{}-{:05}", day.year(), reports.len());
    let (hurt, resistance) = (random.chance(INJURED), random.normal());
    for (number, member) in members.iter().enumerate() {
        let officer = &month.people[*member].id;
        let report = Report {
            scene: Some(scene.clone()),
            ..Report::new(format!("{scene}-{officer}"), officer, "use_of_force", day)
        };
        let severity = Some(level(resistance + leanings[*member].level * 0.5 + random.normal() * 0.5));
        reports.push(Report { severity, ..report.clone() });
        if hurt && number == 0 {
            reports.push(Report { id: format!("{}-injury", report.id), indicator: "force_injury", ..report });
        }
    }
    if random.chance(COMPLAINED) {
        complaint(month, day, members, reports, random);
    }
}

/// Levels 1 to 4; most scenes stay at the first two.
fn level(pressure: f64) -> u8 {
    match pressure {
        ..0.4 => 1,
        0.4..1.6 => 2,
        1.6..2.4 => 3,
        _ => 4,
    }
}

/// Indicators without a public source, each officer for himself.
fn others(department: &Department, people: &[Person], leanings: &[Leaning], reports: &mut Vec<Report>) {
    for (indicator, mean) in OTHERS {
        let mut random = department.random(indicator);
        for (person, leaning) in people.iter().zip(leanings).filter(|(person, _)| person.sworn) {
            let propensity =
                if indicator == "lawsuit" { leaning.complaints } else { random.gamma(1.5) / 1.5 };
            for first in department.months() {
                let month = Month { first, people, roster: Vec::new(), squads: BTreeMap::new() };
                let Some(post) = person.on_duty(month.middle()) else { continue };
                let on_the_street =
                    matches!(indicator, "collision" | "pursuit" | "firearm_discharge" | "missed_court");
                let factor = if on_the_street { street(post) * person.activity } else { 1.0 };
                for _ in 0..random.poisson(mean / 24.0 * factor * propensity) {
                    let day = month.day(&mut random);
                    let id = format!("hr-{indicator}-{:05}", reports.len());
                    let preventable = if random.chance(0.4) { "preventable" } else { "not_preventable" };
                    let finding =
                        (indicator == "collision").then(|| (preventable, day.saturating_add(21.days())));
                    reports.push(Report { finding, ..Report::new(id, &person.id, indicator, day) });
                }
            }
        }
    }
}

/// Escalators' and rookies' events, and errors as people make them.
pub(super) fn plant(
    department: &Department,
    people: &[Person],
    reports: &mut Vec<Report>,
    truth: &mut Vec<Truth>,
) {
    let mut random = department.random("plants");
    for person in people {
        match person.plant {
            Some(Plant::Escalator) => escalate(department, person, reports, &mut random),
            Some(Plant::Rookie) => {
                let day = department.last_day.saturating_sub((20 + random.below(40) as i64).days());
                reports.push(Report::new(format!("ia-{}-first", person.id), &person.id, "complaint", day));
            }
            Some(Plant::Busy) | None => {}
        }
    }
    let each = (department.officers / 300).max(1);
    let planted = reports.len();
    for number in 0..each {
        let mut draw = || reports[random.below(planted)].clone();
        let (strange, twice, early) = (draw(), draw(), draw());
        // The letter O for a zero: nobody has that number.
        let id = format!("ia-mistyped-{number}");
        truth.push(Truth {
            subject: id.clone(),
            kind: "mistyped_officer",
            detail: format!("of {}", strange.officer),
        });
        reports.push(Report { id, officer: strange.officer.replacen('0', "O", 1), voided: None, ..strange });
        let id = format!("{}-again", twice.id);
        truth.push(Truth {
            subject: id.clone(),
            kind: "entered_twice",
            detail: format!("the same as {}", twice.id),
        });
        let voided = twice.reported.saturating_add(40.days());
        reports.push(Report { id, voided: Some(voided), ..twice });
        let id = format!("ia-wrong-year-{number}");
        truth.push(Truth { subject: id.clone(), kind: "wrong_year", detail: "a year too early".into() });
        let occurred = early.occurred.saturating_sub(1.year());
        reports.push(Report { id, occurred, finding: None, ..early });
    }
}

fn escalate(department: &Department, person: &Person, reports: &mut Vec<Report>, random: &mut Random) {
    for (indicator, months) in ESCALATION {
        for (number, back) in months.iter().enumerate() {
            let back = (back * 30.4 * random.between(0.9, 1.1)) as i64;
            let day = department.last_day.saturating_sub(back.days());
            let id = format!("ia-{indicator}-{}-{:02}", person.id, number + 1);
            let severity = (indicator == "use_of_force").then(|| 2 + random.below(3) as u8);
            reports.push(Report { severity, ..Report::new(id, &person.id, indicator, day) });
        }
    }
}
