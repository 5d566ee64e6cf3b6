//! How much duty or work an officer's events are set against: decayed as the events are, so that a rate is a rate.
use jiff::civil::Date;

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
    (as_of - date).get_days().into()
}

/// How time is counted for one measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// Decayed at a half-life in days, over a window in days.
    Decayed { half_life: f64, window: u32 },
    /// Plain, over a window in days.
    Plain { window: u32 },
}

impl Clock {
    fn window(self) -> u32 {
        match self {
            Self::Decayed { window, .. } | Self::Plain { window } => window,
        }
    }

    /// Weight of a day `age` days ago; 0 outside `(T - L, T]`.
    pub(crate) fn weight(self, age: i64) -> f64 {
        if age < 0 || age >= i64::from(self.window()) {
            return 0.0;
        }
        match self {
            Self::Decayed { half_life, .. } => libm::exp2(-(age as f64) / half_life),
            Self::Plain { .. } => 1.0,
        }
    }

    /// Months between two ages in days, weighted.
    fn months(self, from: f64, to: f64) -> f64 {
        match self {
            Self::Decayed { half_life, .. } => duty_between(from / MONTH, to / MONTH, half_life / MONTH),
            Self::Plain { .. } => (from - to) / MONTH,
        }
    }

    /// Whole months that fit the window: five years are 60, two are 24.
    fn most_days(self) -> f64 {
        (f64::from(self.window()) / MONTH).floor() * MONTH
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

/// Work in `unit` by post held, before the floor.
fn work(officer: &Officer, as_of: Date, rules: &Ruleset, clock: Clock, unit: Unit) -> Vec<f64> {
    let begin = begin(officer, rules);
    let mut sums = vec![0_i64; officer.postings.len()];
    for (date, amounts) in officer.exposure.range(begin..) {
        let weight = clock.weight(age(as_of, *date));
        sums[officer.posting_on(*date)] += nano(unit.of(amounts).unwrap_or(0.0) * weight);
    }
    sums.into_iter().map(from_nano).collect()
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

/// Exposure of every officer, in the order of their ids, by post held, floor applied: nobody has less than
/// `floor_months` of constant duty, or what the department does in that time.
pub(crate) fn measure(input: &Input, rules: &Ruleset, clock: Clock, unit: Unit) -> Vec<Vec<f64>> {
    let duty: Vec<_> =
        input.officers.values().map(|officer| duty(officer, input.as_of, rules, clock)).collect();
    let least = match clock {
        Clock::Decayed { half_life, .. } => constant_duty(rules.floor_months, half_life),
        Clock::Plain { .. } => rules.floor_months,
    };
    let (mut rows, floor) = if unit == Unit::Months {
        (duty, least)
    } else {
        let rows: Vec<_> =
            input.officers.values().map(|officer| work(officer, input.as_of, rules, clock, unit)).collect();
        let (done, months) = (total(&rows), total(&duty));
        (rows, if months > 0.0 { least * done / months } else { 0.0 })
    };
    for row in &mut rows {
        let sum: f64 = row.iter().sum();
        if sum < floor
            && let Some(current) = row.last_mut()
        {
            *current += floor - sum;
        }
    }
    rows
}

fn total(rows: &[Vec<f64>]) -> f64 {
    rows.iter().flatten().sum()
}

/// Share of the department's duty months, over the window, for which `unit` was recorded.
pub(crate) fn coverage(input: &Input, rules: &Ruleset, unit: Unit) -> f64 {
    let (mut covered, mut months) = (0_u32, 0_u32);
    for officer in input.officers.values() {
        let oldest = begin(officer, rules);
        let mut first = oldest.first_of_month();
        while first < input.as_of.first_of_month() {
            let next = first.last_of_month().tomorrow().unwrap_or(Date::MAX);
            let on_duty = officer.postings[officer.posting_on(first.max(oldest))].active;
            if on_duty && age(input.as_of, next) < i64::from(rules.window_days) {
                months += 1;
                let recorded =
                    officer.exposure.range(first..next).any(|(_, amounts)| unit.of(amounts).is_some());
                covered += u32::from(recorded);
            }
            first = next;
        }
    }
    if months == 0 { 0.0 } else { f64::from(covered) / f64::from(months) }
}
