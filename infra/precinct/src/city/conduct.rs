//! What officers are said to have done: complaints, force, collisions and the rest, with their findings.
//! Rates and shapes follow what was measured on Chicago 2008-2013 data (gamma propensities, seasons, lags,
//! findings); collisions, pursuits, sick leave and the like have no public source by officer and are judged.
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

use super::City;
use super::force::{BUSY, ESCALATOR, Officer, ROOKIE};
use super::history::{Log, any_day};
use super::random::Random;

/// Shape of the gamma that officers' propensities share, and what each indicator adds: together .95 for
/// complaints and .55 for force, with a rank correlation near .45.
const SHARED: f64 = 0.35;
const COMPLAINTS_OWN: f64 = 0.60;
const FORCE_OWN: f64 = 0.20;
/// Means per officer in 24 months.
pub(super) const COMPLAINTS_MEAN: f64 = 1.06;
pub(super) const FORCE_MEAN: f64 = 0.94;
/// Share of scenes or complaints with one, two, three, four officers; means 1.9 and 1.57.
const COMPLAINT_SIZES: [f64; 4] = [0.45, 0.30, 0.15, 0.10];
const SCENE_SIZES: [f64; 4] = [0.59, 0.28, 0.10, 0.03];
/// Force by month, January first, and by weekday, Monday first.
pub(super) const MONTHS: [f64; 12] =
    [0.075, 0.064, 0.083, 0.082, 0.094, 0.097, 0.100, 0.094, 0.086, 0.082, 0.075, 0.068];
pub(super) const WEEKDAYS: [f64; 7] = [0.132, 0.133, 0.134, 0.129, 0.138, 0.166, 0.168];
/// Share of force at levels 1 to 4.
const LEVELS: [f64; 4] = [0.62, 0.31, 0.05, 0.02];
/// Share of force after which somebody was hurt.
pub(super) const INJURED: f64 = 0.26;
/// Share of closed complaints: sustained 5.7 % as measured, the others judged.
pub(super) const FINDINGS: [(&str, f64); 4] =
    [("sustained", 0.057), ("not_sustained", 0.513), ("unfounded", 0.28), ("exonerated", 0.15)];
/// Indicators without a public source: mean per officer in 24 months, judged.
pub(super) const OTHERS: [(&str, f64); 7] = [
    ("collision", 0.25),
    ("pursuit", 0.20),
    ("sick_leave", 1.20),
    ("lawsuit", 0.04),
    ("policy_violation", 0.15),
    ("missed_court", 0.08),
    ("firearm_discharge", 0.01),
];
/// Months before the last day on which the planted escalator's events fall: ever closer together.
pub(super) const ESCALATION: [(&str, &[f64]); 4] = [
    ("complaint", &[17.0, 12.5, 9.0, 6.4, 4.6, 3.2, 2.1, 1.2, 0.4]),
    ("use_of_force", &[15.0, 10.5, 7.0, 4.5, 2.6, 1.3, 0.6]),
    ("force_injury", &[4.5, 1.3]),
    ("pursuit", &[5.1, 1.9]),
];

pub(super) fn record(log: &mut Log, city: &City, officers: &[Officer]) {
    group_events(log, city, officers);
    other_events(log, city, officers);
    planted(log, city);
}

/// Complaints and force: the city's total is drawn by scene, each scene among officers by propensity, so that
/// several officers of a squad share one.
fn group_events(log: &mut Log, city: &City, officers: &[Officer]) {
    let mut random = Random::new(city.seed, "propensity");
    let (mut complaints, mut force) = (Vec::new(), Vec::new());
    for officer in officers {
        let shared = random.gamma(SHARED);
        let duty = duty(officer) * officer.activity;
        complaints.push((shared + random.gamma(COMPLAINTS_OWN)) * duty * tenure(officer, city.last_day));
        force.push((shared + random.gamma(FORCE_OWN)) * duty);
    }
    let total = officers.len() as f64;
    let mut random = Random::new(city.seed, "complaints");
    let count = (total * COMPLAINTS_MEAN / mean_size(&COMPLAINT_SIZES)) as usize;
    for number in 0..count {
        let members = scene(officers, &complaints, &COMPLAINT_SIZES, &mut random);
        complaint(log, city, officers, &members, number, &mut random);
    }
    let mut random = Random::new(city.seed, "force-scenes");
    let count = (total * FORCE_MEAN / mean_size(&SCENE_SIZES)) as usize;
    for number in 0..count {
        let members = scene(officers, &force, &SCENE_SIZES, &mut random);
        force_scene(log, city, officers, &members, number, &mut random);
    }
}

/// How much of the work that leads to complaints and force a post brings.
fn duty(officer: &Officer) -> f64 {
    // What is planted is set by hand.
    if [ESCALATOR, BUSY, ROOKIE].contains(&officer.id.as_str()) {
        return 0.0;
    }
    match (officer.rank, officer.unit.as_str(), officer.shift) {
        ("chief" | "captain", _, _) | (_, "standards" | "training", _) => 0.02,
        ("lieutenant", _, _) => 0.1,
        ("sergeant", _, _) => 0.5,
        ("detective", _, _) => 0.4,
        (_, "traffic", _) | (_, _, "days") => 0.8,
        (_, _, "evenings") => 1.4,
        _ => 1.2,
    }
}

/// Complaints by years of service: few before two, most from two to ten.
fn tenure(officer: &Officer, last_day: Date) -> f64 {
    by_tenure(years(officer, last_day))
}

/// Complaints in 24 months after so many years of service.
pub(super) fn by_tenure(years: f64) -> f64 {
    match years {
        ..2.0 => 0.4,
        2.0..5.0 => 1.95,
        5.0..10.0 => 1.82,
        10.0..15.0 => 1.02,
        15.0..20.0 => 0.82,
        20.0..25.0 => 0.61,
        _ => 0.50,
    }
}

fn years(officer: &Officer, last_day: Date) -> f64 {
    last_day.duration_since(officer.hired_on).as_hours() as f64 / (24.0 * 365.25)
}

fn mean_size(sizes: &[f64; 4]) -> f64 {
    sizes.iter().zip(1..).map(|(share, size)| share * f64::from(size)).sum()
}

/// Indices of the officers of one scene: the first by propensity, the others from the same squad.
fn scene(officers: &[Officer], weights: &[f64], sizes: &[f64; 4], random: &mut Random) -> Vec<usize> {
    let size = random.weighted(sizes) + 1;
    let mut members = vec![random.weighted(weights)];
    while members.len() < size {
        let first = &officers[members[0]];
        let squad =
            |index: &usize| officers[*index].unit == first.unit && officers[*index].shift == first.shift;
        let free: Vec<usize> = (0..officers.len()).filter(|i| squad(i) && !members.contains(i)).collect();
        let shares: Vec<f64> = free.iter().map(|index| weights[*index]).collect();
        if shares.iter().sum::<f64>() <= 0.0 {
            break;
        }
        members.push(free[random.weighted(&shares)]);
    }
    members
}

fn complaint(
    log: &mut Log,
    city: &City,
    officers: &[Officer],
    members: &[usize],
    number: usize,
    random: &mut Random,
) {
    let occurred = any_day(city, random);
    let reported = occurred.saturating_add(days_to_report(random).days());
    let open = days_to_close(random);
    let shares = FINDINGS.map(|(_, share)| share);
    for member in members {
        let officer = &officers[*member].id;
        let id = format!("ia-c{:04}-{officer}", number + 1);
        let finding = FINDINGS[random.weighted(&shares)].0;
        if officers[*member].hired_on > occurred {
            continue;
        }
        let scene = Scene { id: Some(format!("ia-c{:04}", number + 1)), level: None };
        report(log, &id, officer, "complaint", occurred, reported, &scene);
        close(log, &id, finding, reported.saturating_add(open.days()));
    }
}

/// Half are known within a day, the rest trail: median 1 day, 90th percentile 58.
pub(super) fn days_to_report(random: &mut Random) -> i64 {
    if random.chance(0.5) { random.below(2) as i64 } else { 1 + random.exponential(36.0) as i64 }
}

/// Log-normal: median 146 days, 90th percentile 847.
pub(super) fn days_to_close(random: &mut Random) -> i64 {
    (libm::exp(libm::log(146.0) + 1.372 * random.normal()) as i64).min(3000)
}

fn force_scene(
    log: &mut Log,
    city: &City,
    officers: &[Officer],
    members: &[usize],
    number: usize,
    random: &mut Random,
) {
    let day = seasonal_day(city, random);
    let hurt = random.chance(INJURED);
    for (place, member) in members.iter().enumerate() {
        let officer = &officers[*member].id;
        if officers[*member].hired_on > day {
            continue;
        }
        let id = format!("uof-{:04}-{officer}", number + 1);
        // A stream of its own, so that levels move nothing else.
        let level = Some(1 + Random::new(city.seed, &id).weighted(&LEVELS));
        let scene = Scene { id: Some(format!("uof-{:04}", number + 1)), level };
        report(log, &id, officer, "use_of_force", day, day, &scene);
        if hurt && place == 0 {
            let scene = Scene { level: None, ..scene };
            report(log, &format!("{id}-injury"), officer, "force_injury", day, day, &scene);
        }
    }
}

fn other_events(log: &mut Log, city: &City, officers: &[Officer]) {
    for (indicator, mean) in OTHERS {
        let mut random = Random::new(city.seed, indicator);
        for officer in officers {
            let on_the_street =
                matches!(indicator, "collision" | "pursuit" | "firearm_discharge" | "missed_court");
            let factor = if on_the_street { duty(officer) } else { 1.0 };
            let propensity = random.gamma(1.5) / 1.5;
            for number in 0..random.poisson(mean * factor * propensity) {
                let day = any_day(city, &mut random);
                let id = format!("hr-{indicator}-{}-{}", officer.id, number + 1);
                let preventable = if random.chance(0.4) { "preventable" } else { "not_preventable" };
                if officer.hired_on > day {
                    continue;
                }
                report(log, &id, &officer.id, indicator, day, day, &Scene::default());
                if indicator == "collision" {
                    close(log, &id, preventable, day.saturating_add(21.days()));
                }
            }
        }
    }
}

fn planted(log: &mut Log, city: &City) {
    for (indicator, months) in ESCALATION {
        for (number, back) in months.iter().enumerate() {
            let day = city.last_day.saturating_sub(((back * 30.4) as i64).days());
            let id = format!("ia-{indicator}-{ESCALATOR}-{:02}", number + 1);
            let scene = Scene { id: None, level: (*indicator == *"use_of_force").then_some(2 + number % 3) };
            report(log, &id, ESCALATOR, indicator, day, day, &scene);
        }
    }
    let day = city.last_day.saturating_sub(40.days());
    report(log, &format!("ia-complaint-{ROOKIE}-01"), ROOKIE, "complaint", day, day, &Scene::default());
    for (indicator, back) in
        [("complaint", 640_i64), ("use_of_force", 500), ("complaint", 330), ("use_of_force", 150)]
    {
        let day = city.last_day.saturating_sub(back.days());
        report(log, &format!("ia-{indicator}-{BUSY}-{back}"), BUSY, indicator, day, day, &Scene::default());
    }
}

/// What several officers share, and the level of one officer's force there.
#[derive(Default)]
struct Scene {
    id: Option<String>,
    level: Option<usize>,
}

fn report(
    log: &mut Log,
    id: &str,
    officer: &str,
    indicator: &str,
    occurred: Date,
    reported: Date,
    scene: &Scene,
) {
    let mut data = json!({"event_id": id, "officer_id": officer, "indicator": indicator,
        "occurred_on": occurred, "reported_on": reported});
    if let Some(scene) = &scene.id {
        data["scene_id"] = json!(scene);
    }
    if let Some(level) = scene.level {
        data["severity"] = json!(level);
    }
    log.add(reported, format!("{id}-reported"), "event.reported", data);
}

/// A finding, if the case closed before history ends; its report is then in the log as well.
fn close(log: &mut Log, id: &str, finding: &str, closed_on: Date) {
    let data = json!({"event_id": id, "finding": finding, "closed_on": closed_on});
    log.add(closed_on, format!("{id}-closed"), "event.finding", data);
}

/// A day by month and weekday, by rejection.
fn seasonal_day(city: &City, random: &mut Random) -> Date {
    loop {
        let day = any_day(city, random);
        let month = MONTHS[usize::from(day.month().unsigned_abs()) - 1];
        let weekday = WEEKDAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
        if random.chance(month * weekday / (0.100 * 0.168)) {
            return day;
        }
    }
}
