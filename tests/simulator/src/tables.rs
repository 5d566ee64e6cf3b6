//! DynamoDB: dynoxide judges every write; around it stands what an embedded database has none of: before and after images
//! of every write (for streams, invariants and reads), indexes and eventually consistent reads that lag, and the errors of a
//! service under load. Reads are answered from the images, which takes a fraction of the time.
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use dynoxide::Database;
use embedded::tables;
use jiff::Timestamp;
use serde_json::{Value, json};
use table::schema::{PK, SK, TTL};

use crate::images::{Images, place_of, table_named};
use crate::network::Answer;
use crate::tokens::{Asked, Tokens};

/// An item as JSON of the wire; shared, since streams, history and invariants look at the same one.
pub(crate) type Image = Option<Arc<Item>>;

/// An item and, once somebody has read it, its text.
#[derive(Debug)]
pub(crate) struct Item {
    value: Value,
    text: OnceLock<String>,
}

impl Item {
    pub(crate) fn new(value: Value) -> Self {
        Self { value, text: OnceLock::new() }
    }

    /// As it goes over the wire.
    pub(crate) fn text(&self) -> &str {
        self.text.get_or_init(|| self.value.to_string())
    }
}

impl Deref for Item {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// Where an item lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// One item before and after one write.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) place: Place,
    pub(crate) old: Image,
    pub(crate) new: Image,
}

/// What a call did.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    /// Items written by it.
    pub(crate) changes: Vec<Change>,
}

/// A copy of one table.
pub(crate) type Copy = BTreeMap<Place, Arc<Item>>;

/// The actions that write nothing.
pub(crate) const READS: [&str; 3] = ["GetItem", "BatchGetItem", "Query"];

/// Whether a read may be answered from a moment ago: a consistent one never lags, nor does a batch that asks for it.
pub(crate) fn may_lag(action: &str, body: &[u8]) -> bool {
    const CONSISTENT: &[u8] = b"\"ConsistentRead\":true";
    READS.contains(&action) && !body.windows(CONSISTENT.len()).any(|part| part == CONSISTENT)
}

/// The tables of one run.
pub(crate) struct Tables {
    database: Database,
    images: Images,
    tokens: Tokens,
    /// The first read that the database answers otherwise; it is asked too in a debug build, as tests are.
    pub(crate) differing: Option<String>,
}

impl Tables {
    /// Empty tables; with the database's own indexes only where its reads are compared.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let (images, tokens) = (Images::default(), Tokens::default());
        let database =
            if cfg!(debug_assertions) { tables::memory()? } else { tables::memory_without_indexes()? };
        Ok(Self { database, images, tokens, differing: None })
    }

    /// A copy of `table`, as a backup to a point in time holds it.
    pub(crate) fn copy(&self, table: &'static str) -> Copy {
        self.all(table).map(|(place, item)| (place.clone(), Arc::clone(item))).collect()
    }

    /// Makes `table` what it was when `copy` was made; what that changed.
    pub(crate) fn put_back(&mut self, table: &'static str, mut copy: Copy, now: Timestamp) -> Vec<Change> {
        let present: Vec<Place> = self.all(table).map(|(place, _)| place.clone()).collect();
        let mut changes = Vec::new();
        for place in present.into_iter().filter(|place| !copy.contains_key(place)) {
            changes.extend(self.reap(&place, now));
        }
        copy.retain(|place, item| self.at(place).as_ref() != Some(item));
        for (place, item) in copy {
            let put = json!({"TableName": table, "Item": **item});
            self.ask("PutItem", put.to_string().as_bytes());
            changes.extend(self.note(place, Written::Item((**item).clone()), now));
        }
        changes
    }

    /// Everything that lies in `table`, by key.
    pub(crate) fn all(&self, table: &'static str) -> impl Iterator<Item = (&Place, &Arc<Item>)> {
        self.images.all(table)
    }

    /// The present image at `place`.
    pub(crate) fn at(&self, place: &Place) -> Image {
        self.images.at(place, None)
    }

    /// Carries out `action`. Where reads may be stale, they are `lag` old.
    pub(crate) fn call(
        &mut self,
        action: &str,
        body: &[u8],
        now: Timestamp,
        lag: Option<jiff::SignedDuration>,
    ) -> Done {
        if READS.contains(&action) {
            let lag = lag.filter(|_| may_lag(action, body));
            let answer = self.read(action, body, lag.map(|lag| now - lag));
            return Done { answer, changes: Vec::new() };
        }
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let asked = Asked::of(&request);
        if let Some(answer) = asked.as_ref().and_then(|asked| self.tokens.answer(asked, now)) {
            return Done { answer, changes: Vec::new() };
        }
        let cut = asked.as_ref().and_then(|asked| asked.cut_from(body));
        let places = written(action, request);
        let answer = self.ask(action, cut.as_deref().unwrap_or(body));
        if answer.status != 200 {
            return Done { answer, changes: Vec::new() };
        }
        if let Some(asked) = asked {
            self.tokens.done(asked, &answer, now);
        }
        let changes = places.into_iter().filter_map(|(place, new)| self.note(place, new, now)).collect();
        Done { answer, changes }
    }

    /// A `BatchGetItem` under load: half of it is answered, the rest is left for another call.
    pub(crate) fn some_of(&mut self, body: &[u8]) -> Answer {
        let mut request: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut left = json!({});
        for (name, wanted) in request["RequestItems"].as_object_mut().into_iter().flatten() {
            if let Some(keys) = wanted["Keys"].as_array_mut() {
                let rest = keys.split_off(keys.len() / 2);
                left[name.as_str()] = json!({"Keys": rest, "ConsistentRead": true});
            }
        }
        let answer = self.images.of_keys(&request).unwrap_or_default();
        let mut answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        answer["UnprocessedKeys"] = left;
        Answer::new(200, answer.to_string())
    }

    /// Keeps both images of a write; `None` where it changed nothing. What an update left is read back.
    fn note(&mut self, place: Place, new: Written, now: Timestamp) -> Option<Change> {
        let new = match new {
            Written::Item(item) => Some(Arc::new(Item::new(item))),
            Written::Nothing => None,
            Written::Updated => {
                let key =
                    json!({"TableName": place.table, "Key": {PK: {"S": place.pk}, SK: {"S": place.sk}}});
                let answer = self.ask("GetItem", key.to_string().as_bytes());
                let mut answer: Value = serde_json::from_str(&answer.body).unwrap_or_default();
                answer.get_mut("Item").map(|item| Arc::new(Item::new(item.take())))
            }
        };
        let old = self.images.change(&place, &new, now)?;
        Some(Change { place, old, new })
    }

    /// A read, of the present or of a moment ago.
    fn read(&mut self, action: &str, body: &[u8], at: Option<Timestamp>) -> Answer {
        let Some(answer) = self.images.answer(action, body, at) else {
            let request: Value = serde_json::from_slice(body).unwrap_or_default();
            if request.get("IndexName").is_some() {
                self.differing = Some(format!("{action} {request}: nothing here answers it"));
            }
            return self.ask(action, body);
        };
        if cfg!(debug_assertions) && at.is_none() && self.differing.is_none() {
            let items = |answer: &str| {
                let answer: Value = serde_json::from_str(answer).unwrap_or_default();
                let together = answer["Responses"].as_object().and_then(|tables| tables.values().next());
                let mut together = together.and_then(Value::as_array).cloned().unwrap_or_default();
                together.sort_by_key(Value::to_string);
                (answer["Item"].clone(), answer["Items"].clone(), together)
            };
            let asked = self.ask(action, body).body;
            if items(&asked) != items(&answer) {
                let request = String::from_utf8_lossy(body);
                self.differing = Some(format!("{action} {request}: {asked} is {answer} here"));
            }
        }
        Answer::new(200, answer)
    }

    fn ask(&self, action: &str, body: &[u8]) -> Answer {
        match tables::call(&self.database, action, body) {
            Ok(body) => Answer::new(200, body),
            Err(error) => Answer::new(error.status_code(), error.to_json()),
        }
    }

    /// Items whose time to live ended before `now`, as the service deletes them when it likes.
    pub(crate) fn outlived(&self, now: Timestamp) -> Vec<Place> {
        let ended = |item: &Value| {
            let ttl = item[TTL]["N"].as_str().and_then(|text| text.parse::<i64>().ok());
            ttl.is_some_and(|ttl| ttl < now.as_second())
        };
        self.images.present().filter(|(_, item)| ended(item)).map(|(place, _)| place.clone()).collect()
    }

    /// Deletes one item as the service's housekeeping does.
    pub(crate) fn reap(&mut self, place: &Place, now: Timestamp) -> Option<Change> {
        let key = json!({"TableName": place.table, "Key": {PK: {"S": place.pk}, SK: {"S": place.sk}}});
        self.ask("DeleteItem", key.to_string().as_bytes());
        self.note(place.clone(), Written::Nothing, now)
    }
}

/// What a write leaves.
pub(crate) enum Written {
    /// This item.
    Item(Value),
    /// Nothing.
    Nothing,
    /// What the update made of it.
    Updated,
}

/// The items that a write is about.
fn written(action: &str, mut request: Value) -> Vec<(Place, Written)> {
    let one = |request: &mut Value, kind: &str| {
        let table = table_named(request)?.name;
        Some(match kind {
            "Put" | "PutItem" => {
                let item = request["Item"].take();
                (place_of(table, &item), Written::Item(item))
            }
            "Delete" | "DeleteItem" => (place_of(table, &request["Key"]), Written::Nothing),
            _ => (place_of(table, &request["Key"]), Written::Updated),
        })
    };
    if action != "TransactWriteItems" {
        return one(&mut request, action).into_iter().collect();
    }
    let mut places = Vec::new();
    for step in request["TransactItems"].as_array_mut().into_iter().flatten() {
        for kind in ["Put", "Update", "Delete"] {
            if let Some(write) = step.get_mut(kind) {
                places.extend(one(write, kind));
            }
        }
    }
    places
}
