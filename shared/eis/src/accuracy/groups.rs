//! Whether flags fall on some groups more than on others, and whether they are as often right there. The group is
//! named by whoever asks: nothing here can reach the score, which was computed before.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bootstrap::{Interval, bootstrap};

/// One officer at one origin: how much of a flag, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked<'a> {
    /// Whose; the officers are what a bootstrap draws, with all their origins.
    pub officer: &'a str,
    /// Group.
    pub group: &'a str,
    /// 1 flagged, 0 not, between them by chance where scores tie at the cut.
    pub flag: f64,
    /// Whether the outcome came.
    pub hit: bool,
}

/// A rate with its 95 % interval; `None` where nothing was there to measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The rate.
    pub rate: Option<f64>,
    /// Its bootstrap interval over officers.
    pub interval: Option<Interval>,
}

/// One group's figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRates {
    /// Officers at all origins together.
    pub size: usize,
    /// Share flagged.
    pub flag_rate: Audit,
    /// Share of the flags after which the outcome came.
    pub precision: Audit,
    /// Share of those not flagged for whom it came all the same.
    pub false_omission: Audit,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    size: f64,
    flags: f64,
    right: f64,
    hits: f64,
}

impl Sums {
    fn add(&mut self, other: &Self, times: f64) {
        self.size += times * other.size;
        self.flags += times * other.flags;
        self.right += times * other.right;
        self.hits += times * other.hits;
    }

    fn rates(&self) -> [Option<f64>; 3] {
        let share = |part: f64, whole: f64| (whole > 1e-9).then(|| part / whole);
        [
            share(self.flags, self.size),
            share(self.right, self.flags),
            share(self.hits - self.right, self.size - self.flags),
        ]
    }
}

/// Flag rate, precision and false-omission rate of every group, with intervals from `rounds` draws of officers.
pub fn by_group(rows: &[Marked], rounds: usize, seed: u64) -> BTreeMap<String, GroupRates> {
    let mut groups: BTreeMap<&str, BTreeMap<&str, Sums>> = BTreeMap::new();
    for row in rows {
        let sums = groups.entry(row.group).or_default().entry(row.officer).or_default();
        let hit = f64::from(u8::from(row.hit));
        sums.add(&Sums { size: 1.0, flags: row.flag, right: row.flag * hit, hits: hit }, 1.0);
    }
    groups.into_iter().map(|(name, officers)| (name.to_owned(), rates(&officers, rounds, seed))).collect()
}

fn rates(officers: &BTreeMap<&str, Sums>, rounds: usize, seed: u64) -> GroupRates {
    let officers: Vec<&Sums> = officers.values().collect();
    let sum = |times: &dyn Fn(usize) -> f64| {
        let mut sum = Sums::default();
        for (index, sums) in officers.iter().enumerate() {
            sum.add(sums, times(index));
        }
        sum
    };
    let all = sum(&|_| 1.0);
    let intervals =
        bootstrap(officers.len(), rounds, seed, |drawn| sum(&|index| f64::from(drawn[index])).rates());
    let [flag_rate, precision, false_omission] =
        std::array::from_fn(|index| Audit { rate: all.rates()[index], interval: intervals[index] });
    GroupRates { size: all.size as usize, flag_rate, precision, false_omission }
}

/// Share of all flags that the `first` units with most flags hold; `None` without a flag.
pub fn concentration<'a>(flags: impl IntoIterator<Item = (&'a str, f64)>, first: usize) -> Option<f64> {
    let mut units: BTreeMap<&str, f64> = BTreeMap::new();
    for (unit, flag) in flags {
        *units.entry(unit).or_default() += flag;
    }
    let mut sums: Vec<f64> = units.into_values().collect();
    sums.sort_by(|a, b| b.total_cmp(a));
    let all: f64 = sums.iter().sum();
    (all > 0.0).then(|| sums.iter().take(first).sum::<f64>() / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked<'a>(officer: &'a str, group: &'a str, flag: f64, hit: bool) -> Marked<'a> {
        Marked { officer, group, flag, hit }
    }

    #[test]
    fn rates_of_a_group_by_hand() {
        let rows = [
            marked("1", "north", 1.0, true),
            marked("2", "north", 1.0, false),
            marked("3", "north", 0.0, true),
            marked("4", "north", 0.0, false),
            marked("5", "south", 0.5, true),
        ];
        let found = by_group(&rows, 200, 1);
        let north = &found["north"];
        assert_eq!(
            (north.flag_rate.rate, north.precision.rate, north.false_omission.rate),
            (Some(0.5), Some(0.5), Some(0.5))
        );
        let interval = north.flag_rate.interval.unwrap();
        assert!(interval.lo < 0.5 && interval.hi > 0.5);
        assert_eq!(found["south"].precision.rate, Some(1.0));
    }

    #[test]
    fn the_order_of_the_rows_changes_nothing() {
        let mut rows =
            vec![marked("1", "a", 1.0, true), marked("2", "a", 0.3, false), marked("3", "a", 0.0, true)];
        let found = by_group(&rows, 50, 9);
        rows.reverse();
        assert_eq!(by_group(&rows, 50, 9), found);
    }

    #[test]
    fn units_with_most_flags_come_first() {
        let flags = [("a", 1.0), ("b", 3.0), ("a", 1.0), ("c", 1.0)];
        assert_eq!(concentration(flags, 1), Some(0.5));
        assert_eq!(concentration(flags, 9), Some(1.0));
        assert_eq!(concentration([("a", 0.0)], 1), None);
    }
}
