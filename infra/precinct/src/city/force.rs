//! The department's 150 people: ranks, units, shifts, and who answers to whom.
use jiff::Span;
use jiff::civil::Date;

use super::City;
use super::random::Random;

/// Planted: complaints and force rise over the last year and a half, beyond anything duty explains.
pub const ESCALATOR: &str = "E-1053";
/// Planted: half as much again of work, and events to match; ordinary for it.
pub const BUSY: &str = "E-1094";
/// Planted: four months of service and one complaint; nothing can be said yet.
pub const ROOKIE: &str = "E-1113";
/// Planted: one month's hours typed as 1,640 instead of 164.0.
pub const MISTYPED: &str = "E-1085";

/// Squads of patrol: one for each beat and shift.
const BEATS: usize = 4;
pub(super) const SHIFTS: [&str; 3] = ["days", "evenings", "nights"];
/// Officers of a squad besides its sergeant.
const SQUAD: usize = 9;

/// One person of the department.
#[derive(Clone, Debug)]
pub struct Officer {
    /// Employee id, e.g. `E-1053`.
    pub id: String,
    /// An invented name.
    pub name: String,
    /// e.g. `officer`, `sergeant`.
    pub rank: &'static str,
    /// e.g. `patrol-2`, the second beat.
    pub unit: String,
    /// `days`, `evenings` or `nights`.
    pub shift: &'static str,
    /// Id of the person this one answers to; none for the chief.
    pub supervisor: Option<String>,
    /// First day of service.
    pub hired_on: Date,
    /// Work relative to the ordinary amount.
    pub activity: f64,
}

pub(super) const FIRST: [&str; 15] = [
    "Ada", "Ben", "Cora", "Dale", "Edie", "Finn", "Gail", "Hugo", "Iris", "Jude", "Kaye", "Liam", "Mona",
    "Ned", "Opal",
];
pub(super) const LAST: [&str; 10] =
    ["Marsh", "Brook", "Fields", "Rivers", "Stone", "Hill", "Banks", "Woods", "Lake", "Heath"];

/// A post of the department before somebody fills it.
struct Post {
    rank: &'static str,
    unit: String,
    shift: &'static str,
    /// Index of the supervisor's post.
    under: Option<usize>,
}

pub(super) fn officers(city: &City) -> Vec<Officer> {
    let mut random = Random::new(city.seed, "force");
    let posts = posts();
    let id = |index: usize| format!("E-{}", 1001 + index);
    posts
        .iter()
        .enumerate()
        .map(|(index, post)| Officer {
            id: id(index),
            name: format!("{} {}", FIRST[index % FIRST.len()], LAST[index / FIRST.len() % LAST.len()]),
            rank: post.rank,
            unit: post.unit.clone(),
            shift: post.shift,
            supervisor: post.under.map(id),
            hired_on: hired(city.last_day, post.rank, &id(index), &mut random),
            activity: activity(&id(index), &mut random),
        })
        .collect()
}

/// The chart, chief first: a person's supervisor always stands before the person.
fn posts() -> Vec<Post> {
    let mut posts = Vec::new();
    let mut add = |rank, unit: &str, shift, under| {
        posts.push(Post { rank, unit: unit.to_owned(), shift, under });
        posts.len() - 1
    };
    let chief = add("chief", "command", "days", None);
    let patrol = add("captain", "command", "days", Some(chief));
    let cases = add("captain", "command", "days", Some(chief));
    add("lieutenant", "standards", "days", Some(chief));
    add("sergeant", "training", "days", Some(chief));
    for shift in SHIFTS {
        let watch = add("lieutenant", "patrol", shift, Some(patrol));
        for beat in 1..=BEATS {
            let unit = format!("patrol-{beat}");
            let sergeant = add("sergeant", &unit, shift, Some(watch));
            for _ in 0..SQUAD {
                add("officer", &unit, shift, Some(sergeant));
            }
        }
    }
    let bureau = add("lieutenant", "investigations", "days", Some(cases));
    for shift in ["days", "evenings"] {
        let sergeant = add("sergeant", "investigations", shift, Some(bureau));
        for _ in 0..6 {
            add("detective", "investigations", shift, Some(sergeant));
        }
    }
    let traffic = add("sergeant", "traffic", "days", Some(patrol));
    for _ in 0..6 {
        add("officer", "traffic", "days", Some(traffic));
    }
    posts
}

fn hired(last_day: Date, rank: &str, id: &str, random: &mut Random) -> Date {
    let years = match rank {
        "chief" | "captain" => random.between(20.0, 30.0),
        "lieutenant" => random.between(14.0, 25.0),
        "sergeant" => random.between(9.0, 22.0),
        "detective" => random.between(6.0, 20.0),
        // One officer in twelve is in the first two years.
        _ if random.chance(0.08) => random.between(0.3, 2.0),
        _ => random.between(2.0, 18.0),
    };
    let years = match id {
        ESCALATOR => 6.5,
        BUSY => 9.0,
        MISTYPED => 4.0,
        ROOKIE => 0.35,
        _ => years,
    };
    last_day.saturating_sub(Span::new().days((years * 365.25) as i64))
}

fn activity(id: &str, random: &mut Random) -> f64 {
    let ordinary = random.between(0.8, 1.2);
    if id == BUSY { 1.6 } else { ordinary }
}
