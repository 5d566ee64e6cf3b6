//! What a run has shown when everything has come to rest.
use std::collections::BTreeMap;
use std::hash::Hasher;

use crate::checker::Violation;
use crate::fault::{Asked, Faults};
use crate::network::Service;
use crate::world::World;

/// Calls of services by function and service, then by action.
pub type Calls = BTreeMap<(&'static str, Service), BTreeMap<String, u64>>;

/// What a run has shown.
#[derive(Clone, Debug)]
pub struct Report {
    /// What must not happen and did.
    pub violations: Vec<Violation>,
    /// The faults that happened, by effect.
    pub faults: Faults,
    /// How many effects there were.
    pub effects: u64,
    /// How often each function asked for each action of a service.
    pub calls: Calls,
    /// What each effect was, for single faults and pairs.
    pub actions: Vec<Asked>,
    /// Hash of everything that happened, in order.
    pub trace: u64,
    /// Calls and cases played.
    pub lifecycles: u64,
    /// Records of streams that Lambda gave up, and those of them that were handed out again.
    pub given_up: u64,
    /// See `given_up`.
    pub redriven: u64,
    /// Words that reached people: address, words.
    pub told: Vec<(String, String)>,
    /// State of each message at the end, by its facts.
    pub fates: BTreeMap<String, String>,
    /// What was decided about updates, by the same facts; the last decision counts.
    pub decisions: BTreeMap<String, String>,
}

impl World {
    /// What is left to check when everything has come to rest, and what the run has shown.
    pub(crate) fn report(mut self) -> Report {
        let now = self.now();
        self.checker.finish(&self.story, &self.tables, &self.providers.accepted, now);
        let unmended = self.unmended();
        self.checker.check_stored(&self.tables, &self.objects, &unmended, now);
        self.search_objects();
        if let Some(differing) = self.tables.differing.take() {
            self.checker.violate("images", differing, now);
        }
        self.shown()
    }

    fn shown(self) -> Report {
        let told = self.providers.accepted.iter().map(|one| (one.to.clone(), one.body.clone())).collect();
        let rows = |prefix: &'static str| {
            let rows = self.tables.all("Messages").filter(move |(place, _)| place.sk.starts_with(prefix));
            rows.map(|(place, item)| {
                let word = |name: &str| item[name]["S"].as_str().unwrap_or_default();
                let facts = ["person", "kind", "ordinal", "channel"].map(word).join(" ");
                (format!("{} {facts}", place.pk), word("state").to_owned())
            })
        };
        Report {
            fates: rows("MSG#").collect(),
            decisions: rows("DEC#").collect(),
            violations: self.checker.violations,
            faults: self.plan.used,
            effects: self.effects,
            calls: self.calls,
            actions: self.actions,
            trace: self.trace.finish(),
            lifecycles: self.story.lifecycles,
            given_up: self.failures.given_up,
            redriven: self.failures.redriven,
            told,
        }
    }

    /// Nothing of a person in the name or the bytes of an object, nor in the id of a dead letter.
    fn search_objects(&mut self) {
        let now = self.now();
        for (path, bytes) in &self.objects.held {
            self.checker.leaked("a public or internal object's name", path, now);
            self.checker.leaked("an object", &String::from_utf8_lossy(bytes), now);
        }
        for dead in self.replies.dead.iter().chain(&self.receipts.dead) {
            // These two queues hold numbers by design; they are told apart from every other place.
            self.checker.leaked("a dead letter's id", &dead.id, now);
        }
    }
}
