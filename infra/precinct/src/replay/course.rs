//! The course of a replay: facts merge, plans are made at each event and whenever the clock makes something due, and
//! what would go out is taken as sent.
use std::collections::{BTreeMap, BTreeSet};

use incident::{Case, Event, Incident};
use jiff::Timestamp;
use updates::gates::Contacts;
use updates::needs::Past;
use updates::policy::Channels;
use updates::{Channel, ContactState, Kind, Outcome, Planned, Reason, Scope, Subject, TaskKind, needs, plan};

use super::rules::Rules;

/// Calls merged into one another in a row; a longer chain is a loop in the data.
const LONGEST_CHAIN: usize = 8;

/// Everything that became of one subject.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Call types it had.
    pub call_types: BTreeSet<String>,
    /// Entries in the order of time.
    pub entries: Vec<Entry>,
    /// What a person would have had to do.
    pub tasks: BTreeMap<TaskKind, Task>,
}

/// A task that would have been raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// When it was first wanted.
    pub at: Timestamp,
    /// What it covers, without personal data.
    pub covers: BTreeSet<String>,
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
    /// Which one of its kind.
    pub ordinal: String,
    /// By which way.
    pub channel: Channel,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an update at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Sent, in a language and these words.
    Sent {
        /// Folder of the texts.
        language: String,
        /// The text, or the body of the e-mail.
        words: String,
    },
    /// Not now; `None`: when somebody releases it.
    Waits(Option<Timestamp>),
    /// Not, for this reason.
    Withheld(Reason),
    /// Not, something later made it pointless.
    Superseded,
    /// Not, it is too old.
    Expired,
}

impl Fate {
    /// The word under which it is counted.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Waits(Some(_)) => "deferred",
            Self::Waits(None) => "held until released",
            Self::Withheld(reason) => reason.word(),
            Self::Superseded => "superseded",
            Self::Expired => "expired",
        }
    }
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
    outcomes: BTreeMap<String, BTreeMap<Key, &'static str>>,
    past: BTreeMap<String, Past>,
    told: BTreeMap<String, Told>,
}

impl<'a> Course<'a> {
    /// A course of which nothing has happened yet; `stopped` are normalised addresses that had opted out before.
    pub fn new(rules: &'a Rules, stopped: &BTreeSet<String>) -> Self {
        let opted_out = |address: &String| {
            let state = ContactState::default();
            let state = state.opted_out(Scope::All, Timestamp::UNIX_EPOCH, "replay").unwrap_or(state);
            (address.clone(), state)
        };
        Self {
            rules,
            incidents: BTreeMap::new(),
            cases: BTreeMap::new(),
            contacts: stopped.iter().map(opted_out).collect(),
            due: BTreeSet::new(),
            outcomes: BTreeMap::new(),
            past: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    /// Lets the clock run up to the event and takes it. Events come in order of time.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Incident(stamp, kind, data) => {
                self.run_until(stamp.at);
                let id = &data.incident.id;
                let incident = self.incidents.entry(id.clone()).or_insert_with(|| Incident::new(id));
                incident.apply(*stamp, *kind, data, false);
                for id in self.with_survivors(id) {
                    self.plan_call(&id, stamp.at);
                }
            }
            Event::Case(stamp, kind, data) => {
                self.run_until(stamp.at);
                let number = &data.case.number;
                let case = self.cases.entry(number.clone()).or_insert_with(|| Case::new(number));
                case.apply(*stamp, *kind, data, false);
                self.plan(&Subject::case_key(number), stamp.at);
            }
        }
    }

    /// Lets the clock run until nothing is due any more; everything by subject.
    pub fn finish(mut self) -> BTreeMap<String, Told> {
        self.run_until(Timestamp::MAX);
        self.told
    }

    /// The call and every call that took its place, directly or in turn: its people go on there.
    fn with_survivors(&mut self, id: &str) -> Vec<String> {
        let mut calls = vec![id.to_owned()];
        let mut next = 0;
        while next < calls.len() && calls.len() < LONGEST_CHAIN {
            let merged = self.incidents.get(&calls[next]).filter(|call| call.facts.is_merged()).cloned();
            let Some(merged) = merged else {
                next += 1;
                continue;
            };
            for into in merged.facts.merged_into() {
                if calls.iter().all(|call| call != into) {
                    let survivor = self.incidents.entry(into.to_owned());
                    survivor.or_insert_with(|| Incident::new(into)).absorb(&merged);
                    calls.push(into.to_owned());
                }
            }
            next += 1;
        }
        calls
    }

    /// Plans a call and the case that came of it: what makes a call unsafe makes its case so too.
    fn plan_call(&mut self, id: &str, now: Timestamp) {
        self.plan(&Subject::incident_key(id), now);
        let case = self.incidents.get(id).and_then(|call| call.facts.case_number()).map(Subject::case_key);
        if let Some(case) = case {
            self.plan(&case, now);
        }
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
        let mut plan = plan(&subject, &self.contacts, &self.rules.policy, now);
        let mut due: Vec<Timestamp> = plan.wake.into_iter().collect();
        for update in &mut plan.updates {
            if let Outcome::Deferred(Some(until)) = update.outcome {
                due.push(until);
            }
            let Some(entry) = self.entry(key, update, &subject, now) else { continue };
            match entry.fate {
                Fate::Sent { .. } => {
                    let about = (entry.person.clone(), entry.kind, entry.ordinal.clone());
                    self.past.entry(key.to_owned()).or_default().reached.insert(about);
                }
                // The words themselves may refuse what was to go out.
                Fate::Withheld(reason) => update.outcome = Outcome::Suppressed(reason),
                _ => {}
            }
            self.told.entry(key.to_owned()).or_default().entries.push(entry);
        }
        let told = self.told.entry(key.to_owned()).or_default();
        if let Subject::Incident(incident) = &subject {
            told.call_types.clone_from(incident.facts.call_types());
        }
        let past = self.past.entry(key.to_owned()).or_default();
        for need in needs(&subject, &plan, past, &self.rules.policy, now) {
            let task = Task { at: now, covers: BTreeSet::new() };
            told.tasks.entry(need.kind).or_insert(task).covers.extend(need.covers);
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

    /// What is new about an update, if anything: sent once, and each other outcome when it changes.
    fn entry(
        &mut self,
        subject_key: &str,
        update: &Planned,
        subject: &Subject,
        now: Timestamp,
    ) -> Option<Entry> {
        let Planned { person, kind, ordinal, channel, address, outcome, .. } = update;
        let key = |whom: &str| (whom.to_owned(), *kind, ordinal.clone(), *channel);
        let by_person = key(person);
        let by_address = address.as_ref().map(|address| key(&address.0));
        let known = self.outcomes.get(subject_key);
        let was = |key: &Key| known.and_then(|known| known.get(key)).copied();
        let before = was(&by_person);
        // What goes one way only is not told again when another way becomes known.
        let one_way = self.rules.policy.channels(*kind) == Channels::First;
        let by_another = [Channel::Text, Channel::Email]
            .map(|channel| was(&(person.clone(), *kind, ordinal.clone(), channel)) == Some("sent"));
        if one_way && by_another.contains(&true) {
            return None;
        }
        if before == Some("sent") || by_address.as_ref().and_then(was) == Some("sent") {
            return None;
        }
        let asked = address.as_ref().and_then(|address| self.contacts.get(&address.0)?.language.as_deref());
        let fate = match outcome {
            Outcome::Pending => match self.rules.words.word(subject, person, *kind, ordinal, *channel, asked)
            {
                Ok(worded) => Fate::Sent { language: worded.language, words: worded.words.body },
                Err(reason) => Fate::Withheld(reason),
            },
            Outcome::Deferred(until) => Fate::Waits(*until),
            Outcome::Suppressed(reason) => Fate::Withheld(*reason),
            Outcome::Superseded => Fate::Superseded,
            Outcome::Expired => Fate::Expired,
        };
        let word = fate.word();
        // Known under the address and under the person: a gate that closes later has no address to find it by.
        let outcomes = self.outcomes.entry(subject_key.to_owned()).or_default();
        outcomes.extend(by_address.into_iter().chain([by_person]).map(|key| (key, word)));
        if before == Some(word) {
            return None;
        }
        if let (Kind::Survey, "sent", Some(address)) = (kind, word, address) {
            self.contacts.entry(address.0.clone()).or_default().survey_at = Some(now);
        }
        let (person, ordinal) = (person.clone(), ordinal.clone());
        Some(Entry { at: now, person, kind: *kind, ordinal, channel: *channel, fate })
    }
}
