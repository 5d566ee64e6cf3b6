//! One origin T: who is scored, what was known then, and what came in the window after it.
use std::collections::{BTreeMap, BTreeSet};

use eis::event::Finding;
use eis::exposure::MONTH;
use eis::input::{Incident, Input, Officer, Posting};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::history::{History, Label, Population};
use super::records::{Past, Records, Service};

/// Where somebody without a unit on record serves.
const NO_UNIT: &str = "none";

/// A history seen from one day.
pub(super) struct Origin<'a> {
    pub history: &'a History,
    pub records: &'a Records,
    pub t: Date,
}

/// How complete the outcomes of one window are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Censoring {
    /// Outcomes in the window.
    pub outcomes: usize,
    /// Of these, decided only after the end of the window.
    pub decided_after: usize,
    /// Days of the window beyond the last complete day.
    pub days_missing: i64,
}

impl Origin<'_> {
    /// Officers scored at T, with the rank they hold.
    fn population(&self) -> BTreeMap<&str, &str> {
        match &self.history.population {
            Some(population) => self.paid(population),
            None => self.on_roster(),
        }
    }

    fn paid(&self, population: &Population) -> BTreeMap<&str, &str> {
        let year = |year: i16| self.records.years.get(&year);
        let (Some(before), Some(now)) = (year(self.t.year() - 1), year(self.t.year())) else {
            return BTreeMap::new();
        };
        let scored = |rank: &String| population.ranks.is_empty() || population.ranks.contains(rank);
        let both = now.iter().filter(|(officer, rank)| before.contains_key(*officer) && scored(rank));
        both.map(|(officer, rank)| (officer.as_str(), rank.as_str())).collect()
    }

    fn on_roster(&self) -> BTreeMap<&str, &str> {
        let serving = |service: &Service| {
            service.hired.is_none_or(|hired| hired < self.t)
                && service.separated.is_none_or(|separated| separated >= self.t)
        };
        let officers = self.records.service.iter().filter(|(_, service)| serving(service));
        officers.map(|(officer, service)| (officer.as_str(), service.rank.as_str())).collect()
    }

    /// What the score may look at. `present_only`: all history counts towards the unit held at T.
    pub(super) fn input(&self, present_only: bool) -> Input {
        let officers = self.population().into_iter();
        let officers = officers.map(|(id, rank)| (id.to_owned(), self.officer(id, rank, present_only)));
        Input { as_of: self.t, officers: officers.collect(), previous: BTreeMap::new() }
    }

    fn officer(&self, id: &str, rank: &str, present_only: bool) -> Officer {
        let events =
            self.known(id).map(|past| (format!("{}/{}", past.indicator, past.scene), self.incident(past)));
        Officer {
            hired_on: self.hired_on(id),
            postings: self.postings(id, rank, present_only),
            exposure: BTreeMap::new(),
            events: events.collect(),
        }
    }

    fn hired_on(&self, id: &str) -> Date {
        let hired = self.records.service.get(id).and_then(|service| service.hired);
        hired.filter(|hired| *hired <= self.t).unwrap_or_else(|| {
            self.t.saturating_sub(i64::from(self.history.roster.unknown_service_years).years())
        })
    }

    fn postings(&self, id: &str, rank: &str, present_only: bool) -> Vec<Posting> {
        let post = |from: Date, unit: &str| Posting {
            from,
            unit: if unit.is_empty() { NO_UNIT } else { unit }.to_owned(),
            rank: rank.to_owned(),
            shift: "any".to_owned(),
            active: true,
        };
        let hired = self.hired_on(id);
        let mut posts: Vec<Posting> = Vec::new();
        for stay in self.records.stays.get(id).into_iter().flatten() {
            let present = stay.to.is_none_or(|to| to >= self.t);
            if stay.from < self.t && (present || !present_only) {
                posts.retain(|post| post.from != stay.from.max(hired));
                posts.push(post(stay.from.max(hired), &stay.unit));
            }
        }
        if present_only {
            posts.drain(..posts.len().saturating_sub(1));
        }
        if posts.is_empty() {
            let unit = self.records.service.get(id).map_or("", |service| service.unit.as_str());
            posts.push(post(hired, unit));
        }
        posts
    }

    /// Unit held at T.
    pub(super) fn unit(&self, id: &str) -> String {
        self.postings(id, "", true).pop().map_or_else(String::new, |post| post.unit)
    }

    /// Whoever supervises the officer, where the roster says; else the unit.
    pub(super) fn led_by(&self, id: &str) -> String {
        let supervisor = self.records.service.get(id).map_or("", |service| service.supervisor.as_str());
        if supervisor.is_empty() { self.unit(id) } else { supervisor.to_owned() }
    }

    /// Months of service at T; `None` where no day of hire is known.
    pub(super) fn service_months(&self, id: &str) -> Option<f64> {
        let hired = self.records.service.get(id)?.hired?;
        Some(f64::from((self.t - hired).get_days()) / MONTH)
    }

    /// Events of an officer that were known before T.
    fn known(&self, id: &str) -> impl Iterator<Item = &Past> {
        let events = self.records.events.get(id).into_iter().flat_map(BTreeMap::values);
        events.filter(|past| past.known < self.t && past.dated < self.t)
    }

    /// The finding as it stood at T.
    fn finding(&self, past: &Past) -> Finding {
        if past.closed.is_some_and(|closed| closed < self.t) { past.finding } else { Finding::Pending }
    }

    fn incident(&self, past: &Past) -> Incident {
        Incident {
            indicator: past.indicator.clone(),
            occurred_on: past.dated,
            severity: past.severity.clone(),
            finding: self.finding(past),
            scene_id: Some(past.scene.clone()),
        }
    }

    /// Events of `indicator` in the last `days` before T, whatever became of them.
    pub(super) fn count(&self, id: &str, indicator: &str, days: i64) -> usize {
        let from = self.t.saturating_sub(days.days());
        self.known(id).filter(|past| past.indicator == indicator && past.dated >= from).count()
    }

    /// Sustained events of `indicator` in the last `days` before T, as far as known then.
    pub(super) fn sustained(&self, id: &str, indicator: &str, days: i64) -> usize {
        let from = self.t.saturating_sub(days.days());
        let sustained = |past: &&Past| {
            past.indicator == indicator && past.dated >= from && self.finding(past) == Finding::Sustained
        };
        self.known(id).filter(sustained).count()
    }

    /// Whether an event of `indicator` is dated in the `months` after T.
    pub(super) fn again(&self, id: &str, indicator: &str, months: u32) -> bool {
        let end = self.t.saturating_add(i64::from(months).months());
        let events = self.records.events.get(id).into_iter().flat_map(BTreeMap::values);
        events.into_iter().any(|past| past.indicator == indicator && self.t <= past.dated && past.dated < end)
    }

    /// Officers whom an outcome of `label` befell in the `months` from T on, and how complete that is.
    pub(super) fn outcomes(&self, label: &Label, months: u32) -> (BTreeSet<&str>, Censoring) {
        let end = self.t.saturating_add(i64::from(months).months());
        let beyond = (end - self.history.complete_until).get_days() - 1;
        let mut censoring = Censoring { days_missing: i64::from(beyond.max(0)), ..Censoring::default() };
        let mut officers = BTreeSet::new();
        let names: Vec<&str> = if label.any.is_empty() {
            vec![&label.name]
        } else {
            label.any.iter().map(String::as_str).collect()
        };
        for (officer, outcomes) in names.iter().filter_map(|name| self.records.outcomes.get(*name)).flatten()
        {
            for outcome in outcomes.iter().filter(|outcome| self.t <= outcome.on && outcome.on < end) {
                officers.insert(officer.as_str());
                censoring.outcomes += 1;
                censoring.decided_after += usize::from(outcome.decided.is_some_and(|day| day >= end));
            }
        }
        (officers, censoring)
    }
}
