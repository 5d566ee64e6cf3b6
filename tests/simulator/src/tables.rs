//! DynamoDB: dynoxide does the work; around it stands what an embedded database has none of: before and after images
//! of every write (for streams, invariants and stale reads), indexes and eventually consistent reads that lag, and the
//! errors of a service under load.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dynoxide::Database;
use embedded::tables;
use jiff::Timestamp;
use serde_json::{Value, json};
use table::schema::{PK, SK, TABLES, TTL};

use crate::network::Answer;

/// An item as JSON of the wire; shared, since streams, history and invariants look at the same one.
pub(crate) type Image = Option<Arc<Value>>;

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
pub(crate) type Copy = BTreeMap<Place, Arc<Value>>;

/// The tables of one run.
pub(crate) struct Tables {
    database: Database,
    items: BTreeMap<Place, Versions>,
    /// Transactions carried out.
    tokens: BTreeSet<String>,
}

/// The present image of an item, and those before it with the moment at which each ended.
#[derive(Default)]
struct Versions {
    present: Image,
    past: Vec<(Timestamp, Image)>,
}

impl Tables {
    /// Empty tables.
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self { database: tables::memory()?, items: BTreeMap::new(), tokens: BTreeSet::new() })
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
            let put = json!({"TableName": table, "Item": *item});
            self.ask("PutItem", put.to_string().as_bytes());
            changes.extend(self.note(place, Written::Item((*item).clone()), now));
        }
        changes
    }

    /// Everything that lies in `table`, by key.
    pub(crate) fn all(&self, table: &'static str) -> impl Iterator<Item = (&Place, &Arc<Value>)> {
        let of_table = self.items.iter().filter(move |(place, _)| place.table == table);
        of_table.filter_map(|(place, versions)| Some((place, versions.present.as_ref()?)))
    }

    /// The present image at `place`.
    pub(crate) fn at(&self, place: &Place) -> Image {
        self.items.get(place).and_then(|versions| versions.present.clone())
    }

    /// Carries out `action`. Where reads may be stale, they are `lag` old.
    pub(crate) fn call(
        &mut self,
        action: &str,
        body: &[u8],
        now: Timestamp,
        lag: Option<jiff::SignedDuration>,
    ) -> Done {
        let read = matches!(action, "GetItem" | "Query");
        if read && lag.is_none() {
            return Done { answer: self.ask(action, body), changes: Vec::new() };
        }
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        if read {
            let since = now - lag.unwrap_or_default();
            return Done { answer: self.stale(action, &request, body, since), changes: Vec::new() };
        }
        let token = request["ClientRequestToken"].as_str().map(str::to_owned);
        let places = written(action, request);
        let answer = self.ask(action, body);
        if answer.status != 200 {
            return Done { answer, changes: Vec::new() };
        }
        // The same token once more: the service answers as it did and does nothing.
        if token.is_some_and(|token| !self.tokens.insert(token)) {
            return Done { answer, changes: Vec::new() };
        }
        let changes = places.into_iter().filter_map(|(place, new)| self.note(place, new, now)).collect();
        Done { answer, changes }
    }

    /// Keeps both images of a write; `None` where it changed nothing. What an update left is read back.
    fn note(&mut self, place: Place, new: Written, now: Timestamp) -> Option<Change> {
        let new = match new {
            Written::Item(item) => Some(Arc::new(item)),
            Written::Nothing => None,
            Written::Updated => {
                let key =
                    json!({"TableName": place.table, "Key": {PK: {"S": place.pk}, SK: {"S": place.sk}}});
                let answer = self.ask("GetItem", key.to_string().as_bytes());
                let mut answer: Value = serde_json::from_str(&answer.body).unwrap_or_default();
                answer.get_mut("Item").map(|item| Arc::new(item.take()))
            }
        };
        let versions = self.items.entry(place.clone()).or_default();
        let old = versions.present.clone();
        if old == new {
            return None;
        }
        versions.past.push((now, old.clone()));
        versions.present.clone_from(&new);
        Some(Change { place, old, new })
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
        let live =
            self.items.iter().filter_map(|(place, versions)| Some((place, versions.present.as_ref()?)));
        live.filter(|(_, item)| ended(item)).map(|(place, _)| place.clone()).collect()
    }

    /// Deletes one item as the service's housekeeping does.
    pub(crate) fn reap(&mut self, place: &Place, now: Timestamp) -> Option<Change> {
        let key = json!({"TableName": place.table, "Key": {PK: {"S": place.pk}, SK: {"S": place.sk}}});
        self.ask("DeleteItem", key.to_string().as_bytes());
        self.note(place.clone(), Written::Nothing, now)
    }

    /// The image at `place` as it was at `since`.
    fn image_at(&self, place: &Place, since: Timestamp) -> Image {
        let versions = self.items.get(place)?;
        let then = versions.past.iter().find(|(ended, _)| *ended > since);
        then.map_or_else(|| versions.present.clone(), |(_, image)| image.clone())
    }

    /// A read that may be stale and is. A consistent one never is.
    fn stale(&self, action: &str, request: &Value, body: &[u8], since: Timestamp) -> Answer {
        if request["ConsistentRead"] == json!(true) {
            return self.ask(action, body);
        }
        let Some(table) = table_named(request) else { return self.ask(action, body) };
        if action == "GetItem" {
            let place = place_of(table, &request["Key"]);
            let image = self.image_at(&place, since);
            return Answer::new(
                200,
                image.map_or_else(|| json!({}), |item| json!({"Item": *item})).to_string(),
            );
        }
        match request["IndexName"].as_str() {
            Some(_) => self.stale_index(table, request, since),
            None => self.ask(action, body),
        }
    }

    /// A page of an index as it was at `since`.
    fn stale_index(&self, table: &'static str, request: &Value, since: Timestamp) -> Answer {
        let names = &request["ExpressionAttributeNames"];
        let values = &request["ExpressionAttributeValues"];
        let (partition, sort) = (name(names, "#p"), name(names, "#s"));
        let wanted = values[":p"]["S"].as_str().unwrap_or_default();
        let bound = |low: bool| {
            let names = if low { [":after", ":since"] } else { [":until", ":until"] };
            names.iter().find_map(|name| values[*name]["S"].as_str())
        };
        let mut found: Vec<Value> = Vec::new();
        for place in self.items.keys().filter(|place| place.table == table) {
            let Some(item) = self.image_at(place, since) else { continue };
            let at = |name: &str| item[name]["S"].as_str();
            let fits = at(&partition) == Some(wanted)
                && bound(true).is_none_or(|low| at(&sort).is_some_and(|at| at >= low))
                && bound(false).is_none_or(|high| at(&sort).is_some_and(|at| at <= high));
            if fits {
                let mut entry =
                    json!({PK: item[PK], SK: item[SK], partition.as_str(): item[partition.as_str()]});
                if !sort.is_empty() {
                    entry[&sort] = item[&sort].clone();
                }
                found.push(entry);
            }
        }
        let by = |item: &Value| item[&sort]["S"].as_str().unwrap_or_default().to_owned();
        found.sort_by_key(by);
        if request["ScanIndexForward"] == json!(false) {
            found.reverse();
        }
        found.truncate(
            request["Limit"].as_u64().and_then(|limit| limit.try_into().ok()).unwrap_or(usize::MAX),
        );
        Answer::new(200, json!({"Count": found.len(), "Items": found}).to_string())
    }
}

fn name(names: &Value, short: &str) -> String {
    names[short].as_str().unwrap_or_default().to_owned()
}

fn table_named(request: &Value) -> Option<&'static str> {
    let asked = request["TableName"].as_str()?;
    TABLES.iter().map(|table| table.name).find(|name| *name == asked)
}

fn place_of(table: &'static str, item: &Value) -> Place {
    let part = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    Place { table, pk: part(PK), sk: part(SK) }
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
        let table = table_named(request)?;
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
