//! Every item as it is and as it was, and what the indexes made of it: reads are answered from here, at the present or at a
//! moment ago, and the database is left to judge the writes. `agrees` holds one against the other.
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use table::schema::{PK, SK, TABLES, Table};

use crate::reads::Read;
use crate::tables::{Image, Item, Place};

/// A read never lags further behind.
const LAG: SignedDuration = SignedDuration::from_secs(10);
/// A page of the service ends at a megabyte. What comes near it is left to the database, which has no indexes here.
const PAGE: usize = 900_000;

/// One partition of an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Partition {
    table: &'static str,
    index: &'static str,
    value: String,
}

/// From when until when an entry was in an index.
struct Life {
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Life {
    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| until > at)
    }
}

/// Sort key, and the item.
type Entry = (String, Place);

/// All items of a run.
#[derive(Default)]
pub(crate) struct Images {
    items: BTreeMap<Place, Versions>,
    indexes: BTreeMap<Partition, BTreeMap<Entry, Vec<Life>>>,
    /// Entries that ended, oldest first, until no read can lag so far behind.
    ended: VecDeque<(Timestamp, Partition, Entry)>,
}

/// The present image of an item, and those before it with the moment at which each ended.
#[derive(Default)]
struct Versions {
    present: Image,
    past: Vec<(Timestamp, Image)>,
}

impl Versions {
    fn at(&self, at: Option<Timestamp>) -> &Image {
        let Some(at) = at else { return &self.present };
        let then = self.past.partition_point(|(ended, _)| *ended <= at);
        self.past.get(then).map_or(&self.present, |(_, image)| image)
    }
}

impl Images {
    /// Everything that lies in `table`, by key.
    pub(crate) fn all(&self, table: &'static str) -> impl Iterator<Item = (&Place, &Arc<Item>)> {
        self.present().filter(move |(place, _)| place.table == table)
    }

    /// Everything there is.
    pub(crate) fn present(&self) -> impl Iterator<Item = (&Place, &Arc<Item>)> {
        self.items.iter().filter_map(|(place, versions)| Some((place, versions.present.as_ref()?)))
    }

    /// The image at `place`, now or as it was.
    pub(crate) fn at(&self, place: &Place, at: Option<Timestamp>) -> Image {
        self.items.get(place).and_then(|versions| versions.at(at).clone())
    }

    /// Notes that `new` lies at `place` since `now`; what lay there before, if that was something else.
    pub(crate) fn change(&mut self, place: &Place, new: &Image, now: Timestamp) -> Option<Image> {
        let versions = self.items.entry(place.clone()).or_default();
        if versions.present == *new {
            return None;
        }
        let old = std::mem::replace(&mut versions.present, new.clone());
        // What ended so long ago that no read can see it.
        versions.past.retain(|(ended, _)| *ended + LAG >= now);
        versions.past.push((now, old.clone()));
        let table = TABLES.iter().find(|table| table.name == place.table)?;
        self.index(table, place, (old.as_deref(), new.as_deref()), now);
        Some(old)
    }

    fn index(
        &mut self,
        table: &'static Table,
        place: &Place,
        (old, new): (Option<&Item>, Option<&Item>),
        now: Timestamp,
    ) {
        for index in table.indexes {
            let entry = |item: &Item| {
                let value = item[index.pk]["S"].as_str()?.to_owned();
                Some((
                    Partition { table: table.name, index: index.name, value },
                    item[index.sk]["S"].as_str()?.to_owned(),
                ))
            };
            let (was, is) = (old.and_then(entry), new.and_then(entry));
            if was == is {
                continue;
            }
            if let Some((partition, sort)) = was {
                let entry = (sort, place.clone());
                let lives = self.indexes.get_mut(&partition).and_then(|entries| entries.get_mut(&entry));
                if let Some(life) = lives.and_then(|lives| lives.last_mut()) {
                    life.until = Some(now);
                }
                self.ended.push_back((now, partition, entry));
            }
            if let Some((partition, sort)) = is {
                let entries = self.indexes.entry(partition).or_default();
                entries.entry((sort, place.clone())).or_default().push(Life { from: now, until: None });
            }
        }
        self.forget(now);
    }

    /// Drops what ended so long ago that no read can see it.
    fn forget(&mut self, now: Timestamp) {
        while self.ended.front().is_some_and(|(at, ..)| *at + LAG < now) {
            let Some((at, partition, entry)) = self.ended.pop_front() else { return };
            let Some(entries) = self.indexes.get_mut(&partition) else { continue };
            if let Some(lives) = entries.get_mut(&entry) {
                lives.retain(|life| life.until.is_none_or(|until| until > at));
                if lives.is_empty() {
                    entries.remove(&entry);
                }
            }
        }
    }

    /// The answer to a read, now or as of a moment ago; `None` where the database has to be asked.
    pub(crate) fn answer(&self, action: &str, body: &[u8], at: Option<Timestamp>) -> Option<String> {
        if action == "BatchGetItem" {
            return self.of_keys(&serde_json::from_slice(body).ok()?);
        }
        let read = Read::of(body)?;
        let table = read.table()?;
        if action == "GetItem" {
            let item = self.items.get(&read.place(table)?).and_then(|versions| versions.at(at).as_ref());
            return Some(item.map_or_else(|| "{}".into(), |item| format!("{{\"Item\":{}}}", item.text())));
        }
        match read.index_name {
            Some(name) => self.of_index(table, name, &read, at),
            // The second page of a partition of more than a megabyte.
            None if read.goes_on() => None,
            None => self.of_table(table, &read, at),
        }
    }

    /// What lies at several keys of one table, now.
    pub(crate) fn of_keys(&self, request: &Value) -> Option<String> {
        let (name, wanted) = request["RequestItems"].as_object()?.iter().next()?;
        let table = TABLES.iter().find(|table| table.name == name)?;
        let keys = wanted["Keys"].as_array()?.iter();
        let items = keys.filter_map(|key| self.at(&place_of(table.name, key), None));
        let items: Vec<Arc<Item>> = items.collect();
        let texts = joined(items.iter().map(|item| item.text()));
        Some(format!("{{\"Responses\":{{\"{name}\":[{texts}]}},\"UnprocessedKeys\":{{}}}}"))
    }

    /// A page of a table's partition.
    fn of_table(&self, table: &Table, read: &Read<'_>, at: Option<Timestamp>) -> Option<String> {
        let value = |name| read.value(name);
        let (first, last, prefix) = match read.condition {
            "pk = :pk" => ("", None, ""),
            "pk = :pk AND begins_with(sk, :prefix)" => (value(":prefix")?, None, value(":prefix")?),
            "pk = :pk AND sk BETWEEN :first AND :last" => (value(":first")?, Some(value(":last")?), ""),
            _ => return None,
        };
        let pk = value(":pk")?;
        let in_reach = self.items.range(Place { table: table.name, pk: pk.into(), sk: first.into() }..);
        let of_partition = in_reach.take_while(|(place, _)| {
            let within = place.sk.starts_with(prefix) && last.is_none_or(|last| &*place.sk <= last);
            place.table == table.name && place.pk == pk && within
        });
        let items = of_partition.filter_map(|(_, versions)| versions.at(at).as_deref());
        page(items.collect(), &[PK, SK], read)
    }

    /// A page of an index: keys alone.
    fn of_index(
        &self,
        table: &'static Table,
        name: &str,
        read: &Read<'_>,
        at: Option<Timestamp>,
    ) -> Option<String> {
        let index = table.indexes.iter().find(|index| index.name == name)?;
        let value = |name| read.value(name).map(str::to_owned);
        let (low, high) = match read.condition {
            "#p = :p" => (None, None),
            "#p = :p AND #s <= :until" => (None, Some(value(":until")?)),
            "#p = :p AND #s BETWEEN :first AND :last" => (Some(value(":first")?), Some(value(":last")?)),
            _ => return None,
        };
        let sorted = read.name("#s").is_none_or(|name| name == index.sk);
        if read.name("#p") != Some(index.pk) || !sorted {
            return None;
        }
        let partition = Partition { table: table.name, index: index.name, value: value(":p")? };
        let start = read.start(table, index.sk);
        let mut items = Vec::new();
        let entries = self.indexes.get(&partition).map(|of| from(of, low, start)).into_iter().flatten();
        for ((sort, place), lives) in entries {
            let is_full = read.is_forward && read.limit.is_some_and(|limit| items.len() > limit);
            if is_full || high.as_ref().is_some_and(|high| sort > high) {
                break;
            }
            let holds = at.map_or_else(
                || lives.last().is_some_and(|life| life.until.is_none()),
                |at| lives.iter().any(|life| life.holds(at)),
            );
            if holds {
                items.push(Item::new(json!({PK: {"S": place.pk}, SK: {"S": place.sk},
                                            index.pk: {"S": partition.value}, index.sk: {"S": sort}})));
            }
        }
        page(items.iter().collect(), &[PK, SK, index.pk, index.sk], read)
    }
}

/// The entries from `low` on, or those after `start`.
fn from(
    entries: &BTreeMap<Entry, Vec<Life>>,
    low: Option<String>,
    start: Option<Entry>,
) -> impl Iterator<Item = (&Entry, &Vec<Life>)> {
    let first = match (start, low) {
        (Some(start), _) => Bound::Excluded(start),
        (None, Some(low)) => {
            Bound::Included((low, Place { table: "", pk: String::new(), sk: String::new() }))
        }
        (None, None) => Bound::Unbounded,
    };
    entries.range((first, Bound::Unbounded))
}

/// One page of what was found; `None` where it would be more than a page. Where a limit cuts it, `keys` of its last item say
/// where the next begins.
fn page(mut found: Vec<&Item>, keys: &[&str], read: &Read<'_>) -> Option<String> {
    if !read.is_forward {
        found.reverse();
    }
    let mut last = String::new();
    if let Some(limit) = read.limit.filter(|limit| found.len() > *limit) {
        found.truncate(limit);
        let item = found.last()?;
        let key: serde_json::Map<_, _> =
            keys.iter().map(|name| ((*name).to_owned(), item[*name].clone())).collect();
        last = format!(",\"LastEvaluatedKey\":{}", Value::Object(key));
    }
    let items = joined(found.iter().map(|item| item.text()));
    let count = found.len();
    (items.len() < PAGE)
        .then(|| format!("{{\"Count\":{count},\"ScannedCount\":{count},\"Items\":[{items}]{last}}}"))
}

/// Texts with commas between them.
fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for text in texts {
        if !joined.is_empty() {
            joined.push(',');
        }
        joined.push_str(text);
    }
    joined
}

/// The table that a request is about.
pub(crate) fn table_named(request: &Value) -> Option<&'static Table> {
    let asked = request["TableName"].as_str()?;
    TABLES.iter().find(|table| table.name == asked)
}

/// The place that a key or an item names.
pub(crate) fn place_of(table: &'static str, item: &Value) -> Place {
    let part = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    Place { table, pk: part(PK), sk: part(SK) }
}
