//! How much duty or work an officer's events are set against: decayed as the events are, so that a rate is a rate.
use jiff::ToSpan;
use jiff::civil::Date;

use crate::department::Department;
use crate::event::Amounts;
use crate::input::{Input, Officer};
use crate::micro::{from_nano, nano};
use crate::ruleset::{Ruleset, Unit};

/// Days of a month, as in the measured set-up behind the shipped weights.
pub const MONTH: f64 = 30.4;

/// Decayed months of `months` of constant duty up to now, at a half-life in days:
/// `E = H / ln 2 * (1 - 2^(-m / H))`, H in months of 30.4 days.
pub fn constant_duty(months: f64, half_life_days: f64) -> f64 {
    duty_between(months, 0.0, half_life_days / MONTH)
}

/// The same for duty that began `from` months ago and ended `to` months ago.
fn duty_between(from: f64, to: f64, half_life: f64) -> f64 {
    half_life / core::f64::consts::LN_2 * (libm::exp2(-to / half_life) - libm::exp2(-from / half_life))
}

/// Days from `date` to `as_of`; negative for the future.
pub(crate) fn age(as_of: Date, date: Date) -> i64 {
    as_of.duration_since(date).as_secs() / 86_400
}

/// How time is counted for one measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Clock {
    /// Decayed at a half-life in days, over a window in days.
    Decayed { half_life: u32, window: u32 },
    /// Plain, over a window in days.
    Plain { window: u32 },
}

/// What each day of a clock's window weighs, found once: five years have fewer days than events.
pub(crate) struct Weights(Vec<f64>);

impl Weights {
    pub(crate) fn new(clock: Clock) -> Self {
        Self((0..clock.window()).map(|age| clock.weight(age)).collect())
    }

    /// Weight of a day `age` days ago; 0 outside `(T - L, T]`.
    pub(crate) fn of(&self, age: i64) -> f64 {
        usize::try_from(age).ok().and_then(|age| self.0.get(age)).copied().unwrap_or(0.0)
    }
}

impl Clock {
    fn window(self) -> u32 {
        match self {
            Self::Decayed { window, .. } | Self::Plain { window } => window,
        }
    }

    fn weight(self, age: u32) -> f64 {
        match self {
            Self::Decayed { half_life, .. } => libm::exp2(-f64::from(age) / f64::from(half_life)),
            Self::Plain { .. } => 1.0,
        }
    }

    /// Months between two ages in days, weighted.
    fn months(self, from: f64, to: f64) -> f64 {
        match self {
            Self::Decayed { half_life, .. } => {
                duty_between(from / MONTH, to / MONTH, f64::from(half_life) / MONTH)
            }
            Self::Plain { .. } => (from - to) / MONTH,
        }
    }

    /// Whole months that fit the window: five years are 60, two are 24.
    fn most_days(self) -> f64 {
        (f64::from(self.window()) / MONTH).floor() * MONTH
    }

    /// The least duty that anybody is taken to have.
    fn floor(self, rules: &Ruleset) -> f64 {
        match self {
            Self::Decayed { half_life, .. } => constant_duty(rules.floor_months, f64::from(half_life)),
            Self::Plain { .. } => rules.floor_months,
        }
    }
}

/// The first day that counts: hire, or the beginning of complete records if that is later.
pub(crate) fn begin(officer: &Officer, rules: &Ruleset) -> Date {
    rules.history_from.map_or(officer.hired_on, |from| from.max(officer.hired_on))
}

/// Months on duty by post held, before the floor.
pub(crate) fn duty(officer: &Officer, as_of: Date, rules: &Ruleset, clock: Clock) -> Vec<f64> {
    let start = age(as_of, begin(officer, rules)) as f64;
    let bounds = officer.postings.iter().enumerate().map(|(index, posting)| {
        let from = if index == 0 { start } else { age(as_of, posting.from) as f64 };
        let to = officer.postings.get(index + 1).map_or(0.0, |next| age(as_of, next.from) as f64);
        let from = from.min(start).min(clock.most_days());
        if posting.active && from > to { clock.months(from, to) } else { 0.0 }
    });
    bounds.collect()
}

/// One stream of work of all officers, in the order of their ids, read once for all clocks: post held, age of the
/// record in days, amount.
pub(crate) struct Stream(Vec<(usize, i64, f64)>);

impl Stream {
    pub(crate) fn new(department: &Department, unit: Unit) -> Self {
        let mut records = Vec::new();
        for (officer, posts) in department.with_posts() {
            for (date, amounts) in officer.exposure.range(begin(officer, department.rules)..) {
                if let Some(amount) = unit.of(amounts) {
                    let age = age(department.input.as_of, *date);
                    records.push((posts.start + officer.posting_on(*date), age, amount));
                }
            }
        }
        Self(records)
    }

    /// Weighted sums by post.
    fn sums(&self, posts: usize, weights: &Weights) -> Vec<f64> {
        let mut sums = vec![0_i64; posts];
        for (post, age, amount) in &self.0 {
            sums[*post] += nano(amount * weights.of(*age));
        }
        sums.into_iter().map(from_nano).collect()
    }
}

impl Unit {
    fn of(self, amounts: &Amounts) -> Option<f64> {
        match self {
            Self::Arrests => amounts.arrests,
            Self::Calls => amounts.calls,
            Self::Hours => amounts.hours,
            Self::Stops => amounts.stops,
            Self::Miles => amounts.miles,
            Self::Months => None,
        }
    }
}

/// Exposure by post, floor applied: nobody has less than `floor_months` of constant duty, or what the department
/// does in that time. `duty` is in months under the same clock; without a stream it is the exposure.
pub(crate) fn measure(
    department: &Department,
    clock: Clock,
    weights: &Weights,
    duty: &[f64],
    stream: Option<&Stream>,
) -> Vec<f64> {
    let least = clock.floor(department.rules);
    let (mut amounts, floor) = match stream {
        None => (duty.to_vec(), least),
        Some(stream) => {
            let sums = stream.sums(duty.len(), weights);
            let (done, months): (f64, f64) = (sums.iter().sum(), duty.iter().sum());
            (sums, if months > 0.0 { least * done / months } else { 0.0 })
        }
    };
    for (_, posts) in department.with_posts() {
        let row = &mut amounts[posts];
        let sum: f64 = row.iter().sum();
        if sum < floor
            && let Some(current) = row.last_mut()
        {
            *current += floor - sum;
        }
    }
    amounts
}

/// Measures of work that are recorded, in the order of [`Coverage`].
const STREAMS: [Unit; 5] = [Unit::Arrests, Unit::Calls, Unit::Hours, Unit::Stops, Unit::Miles];

/// Share of the department's duty months, over the window, for which each measure of work was recorded.
pub(crate) struct Coverage([f64; STREAMS.len()]);

impl Coverage {
    pub(crate) fn new(input: &Input, rules: &Ruleset) -> Self {
        let (mut covered, mut months) = ([0_u32; STREAMS.len()], 0_u32);
        let current = input.as_of.first_of_month();
        let window = input.as_of.saturating_sub(i64::from(rules.window_days).days());
        for officer in input.officers.values() {
            let oldest = begin(officer, rules);
            let mut first = oldest.first_of_month().max(window.first_of_month());
            let mut records = officer.exposure.range(first..).peekable();
            while first < current {
                let next = first.last_of_month().tomorrow().unwrap_or(Date::MAX);
                let mut recorded = [false; STREAMS.len()];
                while let Some((_, amounts)) = records.next_if(|(date, _)| **date < next) {
                    for (recorded, unit) in recorded.iter_mut().zip(STREAMS) {
                        *recorded |= unit.of(amounts).is_some();
                    }
                }
                let on_duty = officer.postings[officer.posting_on(first.max(oldest))].active;
                if on_duty && next > window {
                    months += 1;
                    for (covered, recorded) in covered.iter_mut().zip(recorded) {
                        *covered += u32::from(recorded);
                    }
                }
                first = next;
            }
        }
        Self(covered.map(|covered| if months == 0 { 0.0 } else { f64::from(covered) / f64::from(months) }))
    }

    /// The share of `unit`; months on duty come from the roster and cover all.
    pub(crate) fn of(&self, unit: Unit) -> f64 {
        STREAMS.iter().position(|known| *known == unit).map_or(1.0, |index| self.0[index])
    }
}
