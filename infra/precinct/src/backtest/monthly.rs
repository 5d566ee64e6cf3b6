//! The same rules month by month: how many names on a list are new, and how many alerts land on one desk.
use std::collections::{BTreeMap, BTreeSet};

use eis::{Level, score};
use jiff::civil::Date;

use super::figures::{Months, TOP_FIVE};
use super::history::{History, Label};
use super::origin::Origin;
use super::records::Records;
use super::snapshot::{Rules, named};

const STEADY: &str = "enter at 95, leave below 93";
const REVIEW: &str = "review rule";

/// Lists of one month.
struct Month {
    officers: usize,
    /// Supervisors, or units where none are known.
    desks: usize,
    lists: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Default)]
struct Sums {
    churn: BTreeMap<String, Vec<f64>>,
    by_year: BTreeMap<i16, Vec<f64>>,
    names: BTreeMap<String, Vec<f64>>,
    standing: Vec<f64>,
    new: Vec<f64>,
    right: (f64, f64),
    /// New alerts by month and desk.
    alerts: BTreeMap<(Date, String), usize>,
    desks: Vec<usize>,
}

/// Plays the twelve months of each year.
pub(super) fn play(
    history: &History,
    records: &Records,
    rules: &Rules,
    label: &Label,
    months: u32,
    years: &[i16],
    tick: &dyn Fn(),
) -> Months {
    let mut sums = Sums::default();
    for year in years {
        let mut year_of_lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut before: Option<Month> = None;
        let mut previous = BTreeMap::new();
        for month in 1..=12 {
            let origin = Origin { history, records, t: Date::constant(*year, month, 1) };
            let steady = before.as_ref().and_then(|month| month.lists.get(STEADY));
            let (now, standing) = one_month(&origin, rules, previous, steady);
            sums.add(&origin, &now, before.as_ref());
            sums.judge(&origin, &now, label, months);
            for (name, list) in &now.lists {
                year_of_lists.entry(name.clone()).or_default().extend(list.iter().cloned());
            }
            (previous, before) = (standing, Some(now));
            tick();
        }
        for (name, list) in year_of_lists {
            sums.names.entry(name).or_default().push(list.len() as f64);
        }
    }
    sums.figures(history, years, records)
}

fn one_month(
    origin: &Origin,
    rules: &Rules,
    previous: BTreeMap<String, Level>,
    steady: Option<&BTreeSet<String>>,
) -> (Month, BTreeMap<String, Level>) {
    let present_only = origin.history.units.as_ref().is_some_and(|units| units.present_only);
    let mut input = origin.input(present_only);
    input.previous = previous;
    let output = score(&input, &rules.score);
    let ids: Vec<String> = input.officers.keys().cloned().collect();
    let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut list = |name: &str, on: &dyn Fn(usize) -> bool| {
        let officers = ids.iter().enumerate().filter(|(index, _)| on(*index));
        lists.insert(name.to_owned(), officers.map(|(_, id)| id.clone()).collect());
    };
    list(TOP_FIVE, &|index| output.scores[index].pct >= 95.0);
    list(STEADY, &|index| {
        let pct = output.scores[index].pct;
        pct >= 95.0 || (pct >= 93.0 && steady.is_some_and(|steady| steady.contains(&ids[index])))
    });
    list(REVIEW, &|index| output.scores[index].level == Level::Review);
    for rule in &origin.history.thresholds {
        let named = named(origin, rule, &ids);
        list(&rule.name, &|index| named[index]);
    }
    let desks: BTreeSet<String> = ids.iter().map(|id| origin.led_by(id)).collect();
    (Month { officers: ids.len(), desks: desks.len(), lists }, output.standing())
}

impl Sums {
    fn add(&mut self, origin: &Origin, now: &Month, before: Option<&Month>) {
        let review = &now.lists[REVIEW];
        self.standing.push(review.len() as f64 / now.officers.max(1) as f64);
        let Some(before) = before else { return };
        for (name, list) in &now.lists {
            let new = list.difference(&before.lists[name]).count();
            if !list.is_empty() {
                self.churn.entry(name.clone()).or_default().push(new as f64 / list.len() as f64);
            }
        }
        if let Some(last) = self.churn.get(TOP_FIVE).and_then(|values| values.last()) {
            self.by_year.entry(origin.t.year()).or_default().push(*last);
        }
        let new: Vec<&String> = review.difference(&before.lists[REVIEW]).collect();
        self.new.push(new.len() as f64 / now.officers.max(1) as f64);
        for id in new {
            *self.alerts.entry((origin.t, origin.led_by(id))).or_default() += 1;
        }
        self.desks.push(now.desks);
    }

    /// Whether those at Review had the outcome, in months whose whole window is known.
    fn judge(&mut self, origin: &Origin, now: &Month, label: &Label, months: u32) {
        let (adverse, censoring) = origin.outcomes(label, months);
        if censoring.days_missing == 0 {
            let review = &now.lists[REVIEW];
            self.right.0 += review.iter().filter(|id| adverse.contains(id.as_str())).count() as f64;
            self.right.1 += review.len() as f64;
        }
    }

    fn figures(self, history: &History, years: &[i16], records: &Records) -> Months {
        let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let means = |lists: &BTreeMap<String, Vec<f64>>| {
            lists.iter().map(|(name, values)| (name.clone(), mean(values))).collect()
        };
        let desk_months: usize = self.desks.iter().sum();
        let alerts: usize = self.alerts.values().sum();
        let by_year: BTreeMap<i16, f64> =
            self.by_year.iter().map(|(year, values)| (*year, mean(values))).collect();
        let named = by_year.iter().filter(|(year, _)| history.churn_years.contains(year));
        let mut headline: Vec<f64> = named.map(|(_, churn)| *churn).collect();
        if headline.is_empty() {
            headline.extend(by_year.values());
        }
        Months {
            headline_churn: mean(&headline),
            churn_by_year: by_year,
            years: years.to_vec(),
            churn: means(&self.churn),
            names_a_year: means(&self.names),
            review_standing: mean(&self.standing),
            review_new: mean(&self.new),
            review_precision: (self.right.1 > 0.0).then(|| self.right.0 / self.right.1),
            by_supervisor: records.service.values().any(|service| !service.supervisor.is_empty()),
            alerts_mean: alerts as f64 / desk_months.max(1) as f64,
            alerts_most: self.alerts.values().copied().max().unwrap_or(0),
        }
    }
}
