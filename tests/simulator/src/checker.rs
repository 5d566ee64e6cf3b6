//! The invariants, checked while the run goes on: at each write, each acceptance by a provider, each answer to a
//! sender and each line of a log; and once more when everything has come to rest.
use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use incident::call::Facts;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use updates::Policy;

use crate::caps::Caps;
use crate::providers::Accepted;
use crate::quiet::Quiet;
use crate::services::Objects;
use crate::story::Story;
use crate::tables::{Change, Item, Place, Tables};
use table::schema::{PK, SK};

/// How long a repeated event must be known as one.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// No message is moved so often for a reason: two steps a minute for two hours.
const MOST_MOVES: u64 = 240;

/// Something that must never happen, happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant, `I1` to `I10`.
    pub invariant: &'static str,
    /// What happened.
    pub what: String,
    /// When.
    pub at: Timestamp,
}

/// What is known of a run so far.
pub(crate) struct Checker {
    pub(crate) violations: Vec<Violation>,
    /// Claims of each invocation that were not sent yet.
    claims: BTreeMap<u64, Vec<(Place, Timestamp)>>,
    /// Acceptances by row.
    accepted: BTreeMap<Place, u32>,
    /// Acceptances by person and call, then words.
    told: BTreeMap<(String, String), BTreeMap<String, u32>>,
    caps: Caps,
    quiet: Quiet,
    /// Since when nobody may write to an address, and why.
    forbidden: BTreeMap<String, (Timestamp, &'static str)>,
    /// Events acknowledged, by id.
    acknowledged: BTreeMap<String, Timestamp>,
    /// Calls of which a sender was told that they are stored.
    stored: BTreeSet<String>,
    /// What each invocation has claimed and not yet marked.
    held: BTreeMap<u64, BTreeSet<Place>>,
    /// Rows of which the sender cannot know whether they were taken: something went wrong between claim and mark.
    ambiguous: BTreeSet<Place>,
    /// Whether an older outbox was put back: acceptances after the copy are not in it.
    is_restored: bool,
    canaries: AhoCorasick,
    /// The last words that were looked through and held nothing: most addresses of requests are the same.
    clean: String,
    never: BTreeSet<String>,
    /// Whether a row is written for ever: the run is over, or it takes hours and all memory.
    pub(crate) is_restless: bool,
}

impl Checker {
    pub(crate) fn new(story: &Story, policy: &Policy) -> Self {
        Self {
            violations: Vec::new(),
            claims: BTreeMap::new(),
            accepted: BTreeMap::new(),
            told: BTreeMap::new(),
            caps: Caps::new(policy),
            quiet: Quiet::new(policy),
            forbidden: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
            stored: BTreeSet::new(),
            held: BTreeMap::new(),
            ambiguous: BTreeSet::new(),
            is_restored: false,
            canaries: AhoCorasick::new(&story.canaries).expect("canaries are few and short"),
            clean: String::new(),
            never: story.never.clone(),
            is_restless: false,
        }
    }

    pub(crate) fn violate(&mut self, invariant: &'static str, what: impl Into<String>, at: Timestamp) {
        self.violations.push(Violation { invariant, what: what.into(), at });
    }

    /// A write has committed.
    pub(crate) fn changed(&mut self, task: u64, change: &Change, now: Timestamp) {
        let place = &change.place;
        let is_message =
            place.table == "Messages" && (place.sk.starts_with("MSG#") || place.sk.starts_with("NOTE#"));
        if !is_message {
            return;
        }
        self.caps.written(place, now);
        let rev = change.new.as_deref().and_then(|item| item["rev"]["N"].as_str()?.parse::<u64>().ok());
        if rev.is_some_and(|rev| rev > MOST_MOVES) && !self.is_restless {
            self.is_restless = true;
            self.violate("I10", format!("{} {} is written for ever", place.pk, kind_of(place)), now);
        }
        let (old, new) = (state(change.old.as_deref()), state(change.new.as_deref()));
        if new == Some("claimed") && old != Some("claimed") {
            self.claims.entry(task).or_default().push((place.clone(), now));
            self.held.entry(task).or_default().insert(place.clone());
        } else if new != Some("claimed")
            && let Some(held) = self.held.get_mut(&task)
        {
            held.remove(place);
        }
        if let (Some(old), Some(new)) = (old, new)
            && !moves_forward(old, new)
        {
            self.violate("I5", format!("{} {} went from {old} to {new}", place.pk, kind_of(place)), now);
        }
    }

    /// A restore has put a row back: what a provider took is not in it any more, and what it holds is not counted.
    pub(crate) fn restored(&mut self, change: &Change) {
        self.is_restored = true;
        self.ambiguous.insert(change.place.clone());
        self.caps.forget(&change.place);
    }

    /// A provider has taken a message from `task`.
    pub(crate) fn accepted(&mut self, task: u64, taken: &Accepted, tables: &Tables, now: Timestamp) {
        let claim = self.claims.get_mut(&task).and_then(Vec::pop);
        let Some((place, claimed_at)) = claim else {
            self.violate("I2", "a message was sent that nobody had claimed", now);
            return;
        };
        let times = self.accepted.entry(place.clone()).or_default();
        *times += 1;
        let times = *times;
        if times > 1 {
            self.violate("I1", format!("{} {} was taken {times} times", place.pk, kind_of(&place)), now);
        }
        let is_answer = place.pk.starts_with("REPLY#");
        if is_answer || place.pk.starts_with("TASK#") {
            return;
        }
        if self.never.contains(&taken.to) {
            self.violate("I2", format!("{} reached somebody who may never be told", kind_of(&place)), now);
        }
        if let Some((since, why)) = self.forbidden.get(&taken.to)
            && *since < claimed_at
        {
            self.violate("I2", format!("{} was claimed after {why}", kind_of(&place)), now);
        }
        if self.quiet.forbids(kind_of(&place), claimed_at) {
            self.violate("I2", format!("{} was claimed in quiet hours", kind_of(&place)), now);
        }
        self.check_repetition(taken, &place.pk, now);
        if let Some(row) = tables.at(&place)
            && let Some(what) = self.caps.taken((&place, &row), claimed_at, taken)
        {
            self.violate("I7", what, now);
        }
    }

    /// The same words about the same call to the same person: only a delay is told twice.
    fn check_repetition(&mut self, taken: &Accepted, call: &str, now: Timestamp) {
        let told = self.told.entry((taken.to.clone(), call.to_owned())).or_default();
        let times = told.entry(taken.body.clone()).or_default();
        *times += 1;
        let most = if taken.body.contains("delayed") { 2 } else { 1 };
        let times = *times;
        if times > most {
            self.violate("I1", format!("the same words reached the same person {times} times"), now);
        }
    }

    /// Something went wrong for an invocation: what it holds claimed may now be unclear.
    pub(crate) fn troubled(&mut self, task: u64) {
        if let Some(held) = self.held.get(&task) {
            self.ambiguous.extend(held.iter().cloned());
        }
    }

    /// An invocation is over: what it claimed and did not mark stays with the sweep.
    pub(crate) fn ended(&mut self, task: u64, killed: bool) {
        if killed {
            self.troubled(task);
        }
        self.claims.remove(&task);
        self.held.remove(&task);
    }

    /// A sender got a 2xx for an event.
    pub(crate) fn acknowledged(
        &mut self,
        event: &Value,
        forbids: &[String],
        answer: &str,
        (begun, now): (Timestamp, Timestamp),
        tables: &Tables,
    ) {
        let id = event["id"].as_str().unwrap_or_default().to_owned();
        let key = table::keys::received("dispatch", &id);
        let place = Place { table: "Incidents", pk: key.pk, sk: key.sk };
        if tables.at(&place).is_none() {
            self.violate("I4", "an acknowledged event is not stored", now);
        }
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        if let Some(first) = self.acknowledged.get(&id)
            && *first < begun
            && now.duration_since(*first) < REMEMBERED
            && answer["accepted"] != 0
        {
            self.violate("I4", "a repeated event was taken for a new one", now);
        }
        self.acknowledged.entry(id).or_insert(now);
        self.stored.extend(event["data"]["incident"]["id"].as_str().map(str::to_owned));
        for address in forbids {
            self.forbidden.entry(address.clone()).or_insert((now, "a fact that forbids it was acknowledged"));
        }
    }

    /// A text that asks to stop was recorded.
    pub(crate) fn stopped(&mut self, number: &str, now: Timestamp) {
        self.forbidden.entry(number.to_owned()).or_insert((now, "the person's STOP was recorded"));
    }

    /// The carrier's or mail server's word that nothing reaches an address was recorded: that of one which news went to, by an outbox
    /// that still knows it.
    pub(crate) fn unreachable(&mut self, address: &str, now: Timestamp) {
        let from = (address.to_owned(), String::new());
        let is_told = self.told.range(from..).next().is_some_and(|((to, _), _)| to == address);
        if is_told && !self.is_restored {
            let why = "the provider said that nothing reaches it";
            self.forbidden.entry(address.to_owned()).or_insert((now, why));
        }
    }

    /// Words that left the stack other than as a message.
    pub(crate) fn leaked(&mut self, place: &str, words: &str, now: Timestamp) {
        if words == self.clean {
            return;
        }
        match self.canaries.find(words) {
            Some(canary) => {
                let what = format!("{place} holds personal data ({} bytes of a canary)", canary.len());
                self.violate("I8", what, now);
            }
            None => words.clone_into(&mut self.clean),
        }
    }

    /// Everything has come to rest.
    pub(crate) fn finish(&mut self, story: &Story, tables: &Tables, accepted: &[Accepted], now: Timestamp) {
        let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
        let mut open = Vec::new();
        for (place, item) in tables.all("Messages") {
            if !place.sk.starts_with("MSG#") && !place.sk.starts_with("NOTE#") {
                continue;
            }
            let state = state(Some(item)).unwrap_or_default();
            *rows.entry(state).or_default() += 1;
            if state == "unknown" && !self.ambiguous.contains(place) {
                open.push(format!("{} {} is unknown though nothing went wrong", place.pk, kind_of(place)));
            }
            if matches!(state, "pending" | "claimed" | "deferred") {
                open.push(format!("{} {} is still {state}", place.pk, kind_of(place)));
            }
        }
        for what in open {
            self.violate("I3", what, now);
        }
        let count = |state: &str| rows.get(state).copied().unwrap_or_default();
        let taken = accepted.len() as u64;
        let known = count("accepted") + count("delivered");
        if known > taken {
            self.violate("I6", format!("{known} rows say accepted, providers took {taken}"), now);
        }
        let unacknowledged = accepted.iter().filter(|one| !one.acknowledged).count() as u64;
        if !self.is_restored && taken > known + count("failed") + count("unknown") + unacknowledged {
            self.violate("I6", format!("providers took {taken}, rows know of {known}"), now);
        }
        self.check_decisions(story, tables, now);
    }

    /// What was acknowledged is there for good, and the crime log knows it as it stands, but for the `unmended`: calls whose
    /// record is lost for good.
    pub(crate) fn check_stored(
        &mut self,
        tables: &Tables,
        objects: &Objects,
        unmended: &BTreeSet<String>,
        now: Timestamp,
    ) {
        for id in std::mem::take(&mut self.stored) {
            let key = table::keys::subject(&format!("INC#{id}"));
            let Some(item) = tables.at(&Place { table: "Incidents", pk: key.pk, sk: key.sk }) else {
                self.violate("I4", format!("call {id} was acknowledged and is gone"), now);
                continue;
            };
            let revision: u64 =
                item["rev"]["N"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
            let version = objects.logged.get(&id).copied().unwrap_or_default();
            if version < hotspot::fact::LIVE + revision && !unmended.contains(&format!("INC#{id}")) {
                self.violate("I3", format!("the crime log does not know call {id} as it stands"), now);
            }
        }
    }

    /// The crime log's reader has called `records` done: each call that they are about is logged, as it stood or later.
    pub(crate) fn logged<'a>(
        &mut self,
        records: impl Iterator<Item = &'a Value>,
        objects: &Objects,
        now: Timestamp,
    ) {
        for record in records.filter(|record| record["eventName"] != "REMOVE") {
            let image = &record["dynamodb"]["NewImage"];
            let id = image[PK]["S"].as_str().and_then(|pk| pk.strip_prefix("INC#"));
            let (Some(id), Some("STATE")) = (id, image[SK]["S"].as_str()) else { continue };
            // A call of unknown time, told of before it was opened, stands nowhere in the log yet.
            let item = serde_json::from_value(image.clone()).unwrap_or_default();
            let facts = table::subject_facts::from_image::<Facts>(&item);
            if facts.and_then(|facts| facts.place.occurred_from().or_else(|| facts.opened_at())).is_none() {
                continue;
            }
            let revision: Option<u64> = image["rev"]["N"].as_str().and_then(|text| text.parse().ok());
            let version = objects.logged.get(id).copied().unwrap_or_default();
            if version < hotspot::fact::LIVE + revision.unwrap_or_default() {
                self.violate(
                    "I3",
                    format!("a record of call {id} was called done and is not in the crime log"),
                    now,
                );
            }
        }
    }

    /// Whoever called about something that may be told has a decision, whatever it is.
    fn check_decisions(&mut self, story: &Story, tables: &Tables, now: Timestamp) {
        let decided: BTreeSet<&str> = tables
            .all("Messages")
            .filter(|(place, _)| place.sk.starts_with("DEC#"))
            .map(|(place, _)| place.pk.as_str())
            .collect();
        let opened = |id: &str| self.acknowledged.contains_key(&format!("{id}-1"));
        let missing: Vec<String> = story
            .told
            .keys()
            .filter(|id| opened(id) && !decided.contains(format!("INC#{id}").as_str()))
            .map(|id| format!("call {id} was acknowledged and nothing was ever decided about it"))
            .collect();
        for what in missing {
            self.violate("I3", what, now);
        }
    }
}

fn state(item: Option<&Item>) -> Option<&str> {
    item?["state"]["S"].as_str()
}

/// Kind of a message's row, which names nobody.
fn kind_of(place: &Place) -> &str {
    place.sk.split('#').nth(3).unwrap_or(&place.sk)
}

/// Whether a message may go from `old` to `new`: never back to being sendable once a provider may have it.
fn moves_forward(old: &str, new: &str) -> bool {
    match old {
        "pending" | "deferred" | "suppressed" => new != "accepted" && new != "delivered",
        "claimed" => {
            matches!(new, "accepted" | "failed" | "unknown" | "deferred" | "suppressed" | "delivered")
        }
        "unknown" => matches!(new, "unknown" | "accepted" | "delivered" | "failed"),
        "accepted" => matches!(new, "accepted" | "delivered" | "failed"),
        "delivered" | "failed" => matches!(new, "delivered" | "failed"),
        "superseded" | "expired" => new == old,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
