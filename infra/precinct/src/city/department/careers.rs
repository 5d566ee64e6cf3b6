//! Careers: hire, transfers, leave and return, promotion, separation, second hire, each as a post from a day on.
use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::chart::{Chart, Seat};
use super::{Department, Truth};
use crate::city::force::{FIRST, LAST, SHIFTS};
use crate::city::random::Random;

/// Transfers of an officer in a year, over everybody.
const TRANSFERS: f64 = 0.145;
/// Absences and promotions in a year, judged.
const LEAVES: f64 = 0.03;
const PROMOTIONS: f64 = 0.005;
/// Share of the department that leaves for good in a year, judged.
const SEPARATIONS: f64 = 0.03;
/// Share of everybody by years of service: below 2, 2 to 5, 5 to 10 and so on by five.
const TENURE: [(f64, f64, f64); 7] = [
    (0.3, 2.0, 0.08),
    (2.0, 5.0, 0.13),
    (5.0, 10.0, 0.19),
    (10.0, 15.0, 0.19),
    (15.0, 20.0, 0.17),
    (20.0, 25.0, 0.13),
    (25.0, 32.0, 0.11),
];

/// Why somebody is in `truth.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::city) enum Plant {
    /// Complaints and force rise beyond anything duty explains.
    Escalator,
    /// Much more work than others, and events to match: ordinary.
    Busy,
    /// Some months of service and one complaint: nothing can be said.
    Rookie,
}

/// A post from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::city) struct Post {
    pub(in crate::city) from: Date,
    pub(in crate::city) unit: String,
    pub(in crate::city) shift: &'static str,
    pub(in crate::city) rank: &'static str,
    /// Place of the supervisor among the people.
    pub(in crate::city) supervisor: Option<usize>,
    pub(in crate::city) active: bool,
    pub(in crate::city) hired_on: Date,
}

/// A person with the posts held in the span.
#[derive(Clone, Debug)]
pub(in crate::city) struct Person {
    pub(in crate::city) id: String,
    pub(in crate::city) name: String,
    pub(in crate::city) sworn: bool,
    pub(in crate::city) posts: Vec<Post>,
    pub(in crate::city) plant: Option<Plant>,
    /// Work relative to the ordinary amount.
    pub(in crate::city) activity: f64,
}

impl Person {
    /// The post held on `day`, on duty or not.
    pub(in crate::city) fn post(&self, day: Date) -> Option<&Post> {
        self.posts.iter().rfind(|post| post.from <= day)
    }

    /// The post held on `day`, if on duty.
    pub(in crate::city) fn on_duty(&self, day: Date) -> Option<&Post> {
        self.post(day).filter(|post| post.active)
    }

    /// First day of service.
    pub(in crate::city) fn hired_on(&self) -> Date {
        self.posts[0].hired_on
    }
}

/// Everybody who served in the span: those of the chart, those who left, and some civilians.
pub(super) fn people(department: &Department, truth: &mut Vec<Truth>) -> Vec<Person> {
    let chart = Chart::new(department.officers);
    let mut random = department.random("careers");
    let left = (department.officers as f64 * SEPARATIONS * department.years as f64) as usize;
    let civilians = department.officers / 50;
    let (mut people, mut patrol) = (Vec::new(), 0);
    for number in 0..chart.seats.len() + left + civilians {
        let seat = chart.seats.get(number).cloned().unwrap_or_else(|| {
            let sergeant = chart.squads[random.below(chart.squads.len())];
            Seat { rank: "officer", under: Some(sergeant), ..chart.seats[sergeant].clone() }
        });
        let is_of_patrol =
            number < chart.seats.len() && seat.rank == "officer" && seat.unit.starts_with("patrol-");
        let plant = is_of_patrol.then(|| plant(patrol)).flatten();
        patrol += usize::from(is_of_patrol);
        let sworn = number < chart.seats.len() + left;
        let leaves = (chart.seats.len()..chart.seats.len() + left).contains(&number);
        let posts = if sworn {
            career(department, &chart, seat, (plant, leaves), &mut random)
        } else {
            let hired_on = back(department, random.between(1.0, 20.0));
            let from = hired_on.max(department.first_day());
            let seat = Seat { rank: "records clerk", unit: "records".into(), shift: "days", under: Some(0) };
            vec![post(&seat, from, hired_on)]
        };
        let activity = if plant == Some(Plant::Busy) { 1.7 } else { random.between(0.8, 1.2) };
        let id = format!("E-{}", 10_001 + number);
        if let Some(plant) = plant {
            truth.push(plant.truth(&id));
        }
        people.push(Person { id, name: name(number), sworn, posts, plant, activity });
    }
    people
}

impl Plant {
    fn truth(self, id: &str) -> Truth {
        let (kind, detail) = match self {
            Self::Escalator => ("escalator", "complaints and force rise over the last year and a half"),
            Self::Busy => ("busy_ordinary", "1.7 times the work of others, and events to match"),
            Self::Rookie => ("rookie", "a few months of service and one complaint"),
        };
        Truth { subject: id.into(), kind, detail: detail.into() }
    }
}

/// One in 110 officers of patrol escalates, two are busy and two rookies; `number` counts officers of patrol.
fn plant(number: usize) -> Option<Plant> {
    match number % 110 {
        20 => Some(Plant::Escalator),
        10 | 60 => Some(Plant::Busy),
        15 | 75 => Some(Plant::Rookie),
        _ => None,
    }
}

fn career(
    department: &Department,
    chart: &Chart,
    seat: Seat,
    (plant, leaves): (Option<Plant>, bool),
    random: &mut Random,
) -> Vec<Post> {
    let years = match (plant, seat.rank) {
        (Some(Plant::Rookie), _) => random.between(0.25, 0.45),
        (Some(Plant::Escalator), _) => random.between(4.0, 12.0),
        (Some(Plant::Busy), _) => random.between(6.0, 14.0),
        (_, "chief" | "captain") => random.between(18.0, 30.0),
        (_, "lieutenant") => random.between(12.0, 28.0),
        (_, "sergeant") => random.between(8.0, 27.0),
        _ => tenure(random),
    };
    let hired_on = back(department, years);
    let from = hired_on.max(department.first_day());
    let mut posts = vec![post(&seat, from, hired_on)];
    let is_planted = plant.is_some();
    let mut day = from;
    loop {
        let rates = rates(chart, &posts[posts.len() - 1], is_planted);
        let wait = random.exponential(365.25 / rates.iter().sum::<f64>().max(1e-3));
        day = day.saturating_add((1 + wait as i64).days());
        if day.saturating_add(1.day()) >= department.last_day {
            break;
        }
        let last = posts[posts.len() - 1].clone();
        match random.weighted(&rates) {
            0 => posts.push(transfer(chart, &last, day, random)),
            1 => {
                let end = day.saturating_add((30 + random.below(150) as i64).days());
                posts.push(Post { from: day, active: false, ..last.clone() });
                if end < department.last_day {
                    posts.push(Post { from: end, ..last });
                }
                day = end;
            }
            _ => posts.push(Post { from: day, rank: "sergeant", ..last }),
        }
    }
    if leaves {
        leave(department, &mut posts, random);
    }
    posts
}

/// Yearly rates of transfer, leave and promotion. Sergeants and command keep their seats.
fn rates(chart: &Chart, post: &Post, is_planted: bool) -> [f64; 3] {
    if is_planted {
        return [0.0; 3];
    }
    let moves = post.rank == "officer" && post.unit.starts_with("patrol-");
    // The mean over all officers is to be met by those who move at all.
    [if moves { TRANSFERS / chart.movable } else { 0.0 }, LEAVES, if moves { PROMOTIONS } else { 0.0 }]
}

/// To another district; half keep their shift.
fn transfer(chart: &Chart, last: &Post, day: Date, random: &mut Random) -> Post {
    let keeps_shift = random.chance(0.5);
    let shift = if keeps_shift { last.shift } else { SHIFTS[random.below(SHIFTS.len())] };
    let fits = |sergeant: &&usize| {
        let seat = &chart.seats[**sergeant];
        seat.unit != last.unit && seat.shift == shift
    };
    let open: Vec<&usize> = chart.squads.iter().filter(fits).collect();
    let Some(sergeant) = open.get(random.below(open.len())) else {
        return Post { from: day, ..last.clone() };
    };
    let seat = &chart.seats[**sergeant];
    Post {
        from: day,
        unit: seat.unit.clone(),
        shift: seat.shift,
        supervisor: Some(**sergeant),
        ..last.clone()
    }
}

/// The last post ends on some day of the span; one in ten is hired again, if there is time left.
fn leave(department: &Department, posts: &mut Vec<Post>, random: &mut Random) {
    let served = (department.last_day.duration_since(posts[0].from).as_hours() / 24).max(2) as usize;
    let day = posts[0].from.saturating_add((1 + random.below(served - 1) as i64).days());
    posts.retain(|post| post.from < day);
    let last = posts[posts.len() - 1].clone();
    posts.push(Post { from: day, active: false, ..last.clone() });
    let again = day.saturating_add((200 + random.below(200) as i64).days());
    if random.chance(0.1) && again < department.last_day {
        posts.push(Post { from: again, hired_on: again, active: true, ..last });
    }
}

fn post(seat: &Seat, from: Date, hired_on: Date) -> Post {
    let Seat { rank, unit, shift, under } = seat.clone();
    Post { from, unit, shift, rank, supervisor: under, active: true, hired_on }
}

fn tenure(random: &mut Random) -> f64 {
    let (from, to, _) = TENURE[random.weighted(&TENURE.map(|(_, _, share)| share))];
    random.between(from, to)
}

fn back(department: &Department, years: f64) -> Date {
    department.last_day.saturating_sub(Span::new().days((years * 365.25) as i64))
}

/// Invented, and unlike any other of the department.
fn name(number: usize) -> String {
    let initial = |number: usize| char::from(b'A' + (number % 26) as u8);
    let (first, last) = (FIRST[number % FIRST.len()], LAST[number / FIRST.len() % LAST.len()]);
    let rest = number / (FIRST.len() * LAST.len());
    format!("{first} {}. {}. {last}", initial(rest), initial(rest / 26))
}
