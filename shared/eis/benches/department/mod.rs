//! A generated department of any size for benches, the scale example and the pinned output: transfers, leave, streams
//! of exposure with gaps, findings, severities and shared scenes. The same size and seed give the same input anywhere.

use std::collections::BTreeMap;
use std::fmt::Write;

use eis::event::{Amounts, Finding};
use eis::input::{Incident, Input, Officer, Posting};
use eis::{Level, Ruleset};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// The as-of date.
const TODAY: Date = date(2026, 7, 4);
const DAYS: u64 = 5 * 365;
/// Indicators in use: the ten of the contract and as many of the agency's own.
const INDICATORS: usize = 20;
const CONTRACT: [&str; 10] = [
    "complaint",
    "use_of_force",
    "force_injury",
    "collision",
    "pursuit",
    "lawsuit",
    "sick_leave",
    "policy_violation",
    "firearm_discharge",
    "missed_court",
];
const RANKS: [&str; 8] =
    ["officer", "officer", "senior officer", "officer", "detective", "officer", "sergeant", "lieutenant"];
const SHIFTS: [&str; 3] = ["days", "evenings", "nights"];

/// How much of everything.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) officers: usize,
    /// Mean number of events of an officer in five years.
    pub(crate) events: usize,
    /// Whether hours, calls, arrests and miles are recorded each month.
    pub(crate) streams: bool,
}

/// The shipped ruleset with ten indicators of the agency's own.
pub(crate) fn rules() -> Ruleset {
    let mut text = include_str!("../../../../infra/agency/eis.toml").to_owned();
    for number in CONTRACT.len()..INDICATORS {
        writeln!(
            text,
            "\n[indicators.{}]\nname = \"own matters {number}\"\nweight = 0.01\nbasis = \"judgement\"\n\
             half_life_days = {}\nshape = 0.8\nplain_shape = 0.55",
            indicator(number),
            365 + 73 * number
        )
        .expect("writing to a String cannot fail");
    }
    text.push_str("\n[severities]\n2 = 1.5\n3 = 2\n4 = 3\n");
    Ruleset::parse(&text).expect("the shipped ruleset with further indicators is valid")
}

fn indicator(number: usize) -> String {
    CONTRACT.get(number).map_or_else(|| format!("own_{number}"), |name| (*name).to_owned())
}

/// The department.
pub(crate) fn department(size: Size) -> Input {
    let mut random = SplitMix(20260704);
    let mut officers = BTreeMap::new();
    for number in 0..size.officers {
        officers.insert(format!("E-{number:06}"), officer(number, size, &mut random));
    }
    let standing = officers.keys().step_by(29).map(|id| (id.clone(), Level::Watch));
    Input { as_of: TODAY, previous: standing.collect(), officers }
}

fn officer(number: usize, size: Size, random: &mut SplitMix) -> Officer {
    let hired_on = back(random.below(25 * 365));
    let mut postings = vec![post(number, size, hired_on, random)];
    let mut day = hired_on.max(back(DAYS));
    loop {
        day = day.saturating_add((1 + random.below(2_000) as i64).days());
        if day >= TODAY.saturating_sub(60.days()) {
            break;
        }
        if random.below(4) == 0 {
            let last = postings[postings.len() - 1].clone();
            let end = day.saturating_add(45.days());
            postings.push(Posting { from: day, active: false, ..last.clone() });
            postings.push(Posting { from: end, ..last });
            day = end;
        } else {
            postings.push(post(number + 7, size, day, random));
        }
    }
    let exposure = if size.streams { exposure(number, hired_on, random) } else { BTreeMap::new() };
    Officer { hired_on, postings, exposure, events: events(number, size, random) }
}

fn post(number: usize, size: Size, from: Date, random: &mut SplitMix) -> Posting {
    // Forty to a unit, so that some groups of unit, rank and shift are large enough and others back off.
    let units = (size.officers / 40).max(3) as u64;
    Posting {
        from,
        unit: format!("patrol-{}", random.below(units)),
        rank: RANKS[number % RANKS.len()].into(),
        shift: SHIFTS[random.below(3) as usize].into(),
        active: true,
    }
}

/// Hours of nearly everybody, calls of most, arrests and miles of half.
fn exposure(number: usize, hired_on: Date, random: &mut SplitMix) -> BTreeMap<Date, Amounts> {
    let mut months = Vec::new();
    let mut end = TODAY.first_of_month().saturating_sub(1.day());
    while end > back(DAYS) && end >= hired_on {
        let amounts = Amounts {
            hours: (!number.is_multiple_of(40)).then(|| 120.0 + random.below(600) as f64 / 10.0),
            calls: (!number.is_multiple_of(8)).then(|| random.below(90) as f64),
            arrests: number.is_multiple_of(2).then(|| random.below(9) as f64),
            stops: None,
            miles: number.is_multiple_of(2).then(|| random.below(9_000) as f64 / 10.0),
        };
        months.push((end, amounts));
        end = end.first_of_month().saturating_sub(1.day());
    }
    months.into_iter().collect()
}

fn events(number: usize, size: Size, random: &mut SplitMix) -> BTreeMap<String, Incident> {
    // From a tenth of the mean to about three times it, most below.
    let propensity = (random.below(1_000) as f64 / 1_000.0).powi(2) * 2.7 + 0.1;
    let count = (size.events as f64 * propensity) as usize;
    let event = |serial: usize, random: &mut SplitMix| {
        let kind = random.below(INDICATORS as u64) as usize;
        let occurred_on = back(random.below(DAYS + 30));
        let is_shared = kind < 3 && random.below(3) == 0;
        let incident = Incident {
            indicator: indicator(kind),
            occurred_on,
            severity: (kind == 1).then(|| (1 + random.below(4)).to_string()),
            finding: finding(kind, random),
            scene_id: is_shared.then(|| format!("scene-{occurred_on}-{}", random.below(9))),
        };
        (format!("ia-{number:06}-{serial:04}"), incident)
    };
    (0..count).map(|serial| event(serial, random)).collect()
}

fn finding(kind: usize, random: &mut SplitMix) -> Finding {
    let of_collision =
        [Finding::Pending, Finding::Preventable, Finding::NotPreventable, Finding::Preventable];
    let of_others = [
        Finding::Pending,
        Finding::Sustained,
        Finding::NotSustained,
        Finding::Unfounded,
        Finding::Exonerated,
    ];
    if kind == 3 { of_collision[random.below(4) as usize] } else { of_others[random.below(5) as usize] }
}

fn back(days: u64) -> Date {
    TODAY.saturating_sub((days as i64).days())
}

/// Steele, Lea and Flood's SplitMix64: small, and the same on every platform.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
