//! The course of a replay: facts merge, plans are made at each event and whenever the clock makes something due, and
//! what would go out is taken as sent.
use std::collections::{BTreeMap, BTreeSet};

use incident::{Case, Event, Incident};
use jiff::Timestamp;
use updates::gates::Contacts;
use updates::render::{render, values};
use updates::{Channel, Kind, Outcome, Planned, Subject, plan};

use super::Rules;

/// Everything that became of one subject.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Call types it had.
    pub call_types: BTreeSet<String>,
    /// Entries in the order of time.
    pub entries: Vec<Entry>,
}

/// One update at one moment: sent, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Sender's id of the person.
    pub person: String,
    /// What.
    pub kind: Kind,
    /// By which way.
    pub channel: Channel,
    /// `sent`, or the word of the reason.
    pub outcome: String,
    /// The words, where they were sent.
    pub words: Option<String>,
}

/// An update of one subject: person or address, kind, ordinal, channel.
type Key = (String, Kind, String, Channel);

/// Facts, contacts and outbox of a replay.
#[derive(Debug)]
pub struct Course<'a> {
    rules: &'a Rules,
    incidents: BTreeMap<String, Incident>,
    cases: BTreeMap<String, Case>,
    contacts: Contacts,
    due: BTreeSet<(Timestamp, String)>,
    outcomes: BTreeMap<String, BTreeMap<Key, String>>,
    told: BTreeMap<String, Told>,
}

impl<'a> Course<'a> {
    /// A course of which nothing has happened yet.
    pub fn new(rules: &'a Rules) -> Self {
        Self {
            rules,
            incidents: BTreeMap::new(),
            cases: BTreeMap::new(),
            contacts: Contacts::new(),
            due: BTreeSet::new(),
            outcomes: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    /// Lets the clock run up to the event and takes it. Events come in order of time.
    pub fn take(&mut self, event: &Event) {
        let (key, at) = match event {
            Event::Incident(stamp, kind, data) => {
                self.run_until(stamp.at);
                let id = &data.incident.id;
                let incident = self.incidents.entry(id.clone()).or_insert_with(|| Incident::new(id));
                incident.apply(*stamp, *kind, data, false);
                (Subject::incident_key(id), stamp.at)
            }
            Event::Case(stamp, kind, data) => {
                self.run_until(stamp.at);
                let number = &data.case.number;
                let case = self.cases.entry(number.clone()).or_insert_with(|| Case::new(number));
                case.apply(*stamp, *kind, data, false);
                (Subject::case_key(number), stamp.at)
            }
        };
        self.plan(&key, at);
    }

    /// Lets the clock run until nothing is due any more; everything by subject.
    pub fn finish(mut self) -> BTreeMap<String, Told> {
        self.run_until(Timestamp::MAX);
        self.told
    }

    fn run_until(&mut self, end: Timestamp) {
        while let Some((at, key)) = self.due.first().cloned()
            && at <= end
        {
            self.due.pop_first();
            self.plan(&key, at);
        }
    }

    fn subject(&self, key: &str) -> Option<Subject> {
        if let Some(id) = key.strip_prefix("INC#") {
            return Some(Subject::Incident(Box::new(self.incidents.get(id)?.clone())));
        }
        let case = self.cases.get(key.strip_prefix("CASE#")?)?;
        let call = case.facts.incident_id().and_then(|id| self.incidents.get(id));
        Some(Subject::Case(Box::new(case.clone()), call.map(|call| Box::new(call.clone()))))
    }

    fn plan(&mut self, key: &str, now: Timestamp) {
        let Some(subject) = self.subject(key) else { return };
        self.latch(&subject, now);
        let plan = plan(&subject, &self.contacts, &self.rules.policy, now);
        let told = self.told.entry(key.to_owned()).or_default();
        if let Subject::Incident(incident) = &subject {
            told.call_types.clone_from(incident.facts.call_types());
        }
        let outcomes = self.outcomes.entry(key.to_owned()).or_default();
        let mut due: Vec<Timestamp> = plan.wake.into_iter().collect();
        for update in &plan.updates {
            if let Outcome::Deferred(Some(until)) = update.outcome {
                due.push(until);
            }
            if let Some(entry) = entry(update, &subject, self.rules, now, outcomes) {
                told.entries.push(entry);
            }
        }
        self.due.extend(due.into_iter().filter(|at| *at > now).map(|at| (at, key.to_owned())));
    }

    fn latch(&mut self, subject: &Subject, now: Timestamp) {
        if !subject.latches(&self.rules.policy) {
            return;
        }
        let until = now + self.rules.policy.latch();
        for address in subject.addresses() {
            let state = self.contacts.entry(address).or_default();
            if let Some(latched) = state.latched(until) {
                *state = latched;
            }
        }
    }
}

/// What is new about an update, if anything: sent once, and each other outcome when it changes.
fn entry(
    update: &Planned,
    subject: &Subject,
    rules: &Rules,
    now: Timestamp,
    outcomes: &mut BTreeMap<Key, String>,
) -> Option<Entry> {
    let whom = update.address.as_ref().map_or_else(|| update.person.clone(), |address| address.0.clone());
    let key = (whom, update.kind, update.ordinal.clone(), update.channel);
    let person = (update.person.clone(), update.kind, update.ordinal.clone(), update.channel);
    let was_sent = |key: &Key| outcomes.get(key).is_some_and(|outcome| outcome == "sent");
    if was_sent(&key) || was_sent(&person) {
        return None;
    }
    let mut words = None;
    let outcome = match update.outcome {
        Outcome::Pending => {
            let values = values(subject, update.kind, &update.ordinal, &rules.agency, &rules.texts);
            match render(update.kind, update.channel, &rules.texts, &values) {
                Ok(rendered) => {
                    words = Some(rendered.body);
                    "sent".to_owned()
                }
                Err(_) => "render_refused".to_owned(),
            }
        }
        Outcome::Deferred(Some(_)) => "deferred".into(),
        Outcome::Deferred(None) => "held until released".into(),
        Outcome::Suppressed(reason) => reason.to_string(),
        Outcome::Superseded => "superseded".into(),
        Outcome::Expired => "expired".into(),
    };
    let changed = outcomes.get(&person) != Some(&outcome);
    // Known under the address and under the person: a gate that closes later has no address to find it by.
    outcomes.insert(key, outcome.clone());
    outcomes.insert(person, outcome.clone());
    if !changed {
        return None;
    }
    let Planned { person, kind, channel, .. } = update.clone();
    Some(Entry { at: now, person, kind, channel, outcome, words })
}
