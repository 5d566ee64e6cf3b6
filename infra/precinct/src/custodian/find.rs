//! Every row about somebody or something. The same rows are handed out and erased, so that nothing is erased of which no
//! copy could be had, and nothing is handed out that an erasure would forget.
//!
//! A person is looked for in every call and case, opened one by one: no index leads to somebody to whom nothing was ever
//! sent, a suspect for one.
use std::collections::{BTreeMap, BTreeSet};

use incident::call::Private;
use serde_json::Value;
use table::StoreError;
use table::opened::is_technical;
use table::retention::{Part, store};
use table::store::Item;
use updates::Subject;

use super::place::Place;
use super::target::{Kind, Target, normalised};

/// A row with what it says.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) part: Part,
    pub(super) item: Item,
    pub(super) view: Value,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) rows: Vec<Row>,
    /// Ids of the person in each call and case.
    pub(super) people: BTreeMap<String, BTreeSet<String>>,
    /// Ids of whoever was erased there: what an erasure that was killed left of them still goes.
    erased: BTreeMap<String, BTreeSet<String>>,
    /// Blind indexes of the person's addresses.
    pub(super) indexes: BTreeSet<String>,
    /// Further addresses in the person's records, which were not named.
    pub(super) further: BTreeSet<String>,
}

/// A table with every row opened. What cannot be read is an error: a copy with gaps would be taken for whole.
async fn opened(place: &Place, part: Part) -> Result<Vec<Row>, StoreError> {
    let opener = &place.opener;
    let mut rows = Vec::new();
    for item in store(part, &opener.planning, &opener.personnel).all().await? {
        if !is_technical(&item) {
            let view = opener.open(part, &item).await?;
            rows.push(Row { part, item, view });
        }
    }
    Ok(rows)
}

/// Every row about `names` of the target's kind. `left_over`: also what a killed erasure left of people whom nothing else
/// names any more.
pub(super) async fn find(
    place: &Place,
    target: &Target,
    names: &BTreeSet<String>,
    left_over: bool,
) -> Result<Found, StoreError> {
    match target.kind {
        Kind::Person => person(place, names, left_over).await,
        Kind::Incident | Kind::Case => {
            let keys: BTreeSet<String> = names.iter().filter_map(|name| target.subject(name)).collect();
            subject(place, &keys).await
        }
        Kind::Officer => {
            let mut found = Found::default();
            for id in names {
                found.rows.extend(officer(place, id).await?);
            }
            Ok(found)
        }
    }
}

async fn person(place: &Place, addresses: &BTreeSet<String>, left_over: bool) -> Result<Found, StoreError> {
    let mut found = Found::default();
    for address in addresses {
        found.indexes.insert(place.opener.planning.contacts.index(address).await?);
    }
    let incidents = opened(place, Part::Incidents).await?;
    let mut links = Vec::new();
    for row in incidents {
        let (pk, sk) = key(&row.view);
        if sk != "STATE" {
            continue;
        }
        let key = pk.to_owned();
        if let Some(call) = row.view["facts"]["incident_id"]["v"].as_str() {
            links.push((key.clone(), Subject::incident_key(call)));
        }
        let private: Private = serde_json::from_value(row.view["private"].clone()).unwrap_or_default();
        let is_meant =
            |address: &str| normalised(address).is_some_and(|address| addresses.contains(&address));
        let ids: BTreeSet<String> = private.people_at(is_meant).into_iter().collect();
        if left_over {
            let erased = private.people.iter().filter(|(_, person)| person.is_erased());
            found.erased.insert(key.clone(), erased.map(|(id, _)| id.clone()).collect());
        }
        if !ids.is_empty() {
            let all = ids.iter().flat_map(|id| private.people[id].addresses()).filter_map(normalised);
            found.further.extend(all.filter(|address| !addresses.contains(address)));
            found.people.insert(key.clone(), ids);
            found.rows.push(row);
        }
    }
    // In its case, a person of the linked call goes under the call's mark.
    for people in [&mut found.people, &mut found.erased] {
        for (case, call) in &links {
            let of_call: Vec<String> =
                people.get(call).into_iter().flatten().map(|id| format!("call.{id}")).collect();
            if !of_call.is_empty() {
                people.entry(case.clone()).or_default().extend(of_call);
            }
        }
    }
    theirs(place, &mut found).await?;
    Ok(found)
}

/// What went to the person, what they wrote, and what is known of their addresses.
async fn theirs(place: &Place, found: &mut Found) -> Result<(), StoreError> {
    let messages = opened(place, Part::Messages).await?;
    let replies: BTreeSet<String> = messages
        .iter()
        .filter(|row| row.view["sender"].as_str().is_some_and(|sender| found.indexes.contains(sender)))
        .map(|row| key(&row.view).0.to_owned())
        .collect();
    let is_theirs = |row: &Row| {
        let (pk, sk) = key(&row.view);
        let by_person = row.view["person"].as_str().is_some_and(|id| {
            [&found.people, &found.erased]
                .iter()
                .any(|people| people.get(pk).is_some_and(|ids| ids.contains(id)))
        });
        let by_address = row.view["recipient"].as_str().is_some_and(|index| found.indexes.contains(index));
        let talk = pk.strip_prefix("TALK#").is_some_and(|index| found.indexes.contains(index));
        let task =
            row.view["subject"].as_str().is_some_and(|subject| replies.contains(subject)) && sk == "TASK";
        by_person || by_address || talk || task || replies.contains(pk)
    };
    let theirs: Vec<Row> = messages.into_iter().filter(is_theirs).collect();
    found.rows.extend(theirs);
    for row in opened(place, Part::Contacts).await? {
        let index = key(&row.view).0.strip_prefix("ADDR#").unwrap_or_default();
        if found.indexes.contains(index) {
            found.rows.push(row);
        }
    }
    Ok(())
}

async fn subject(place: &Place, keys: &BTreeSet<String>) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let incidents = opened(place, Part::Incidents).await?;
    found.rows.extend(incidents.into_iter().filter(|row| keys.contains(key(&row.view).0)));
    let messages = opened(place, Part::Messages).await?;
    // What is about it, what is about that (a task about a reply), and the notices of those.
    let mut about = keys.clone();
    for _ in 0..2 {
        let more: Vec<String> = messages
            .iter()
            .filter(|row| row.view["subject"].as_str().is_some_and(|subject| about.contains(subject)))
            .map(|row| key(&row.view).0.to_owned())
            .collect();
        about.extend(more);
    }
    found.rows.extend(messages.into_iter().filter(|row| about.contains(key(&row.view).0)));
    Ok(found)
}

async fn officer(place: &Place, id: &str) -> Result<Vec<Row>, StoreError> {
    let own = format!("OFF#{id}");
    let (mut rows, mut marks) = (Vec::new(), BTreeSet::from([id.to_owned()]));
    for row in opened(place, Part::Personnel).await? {
        let (pk, sk) = key(&row.view);
        let is_own = pk == own
            || pk == "ROSTER" && sk == id
            || row.view["officer_id"] == id
            || row.item.contains_key("run_id") && !pk.starts_with("OFF#") && names(&row.view, id);
        if !is_own {
            continue;
        }
        if sk == "PROFILE" {
            let known = |field: &str| row.view["sealed"][field]["value"].as_str().map(str::to_owned);
            marks.extend(["name", "email"].into_iter().filter_map(known));
        }
        rows.push(row);
    }
    for row in opened(place, Part::Messages).await? {
        let letter = format!("{} {}", row.view["letter"], row.view["address"]);
        let is_letter = key(&row.view).0.starts_with("STAFF#");
        if is_letter && marks.iter().any(|mark| mentions(&letter, mark)) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Whether a run's lists name the officer.
fn names(view: &Value, id: &str) -> bool {
    ["standing", "watched", "similar"].iter().any(|list| match &view[*list] {
        Value::Object(fields) => fields.contains_key(id),
        Value::Array(values) => values.iter().any(|value| value == id),
        _ => false,
    })
}

/// Whether a text names `mark` as a whole word: `E-1` is not named by `E-10`.
fn mentions(text: &str, mark: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '-';
    text.match_indices(mark).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + mark.len()..].chars().next();
        // An alert is named by officer and date, with a dot between them.
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Partition and sort key of a row.
pub(super) fn key(view: &Value) -> (&str, &str) {
    (view["pk"].as_str().unwrap_or_default(), view["sk"].as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_officer_is_named_by_the_whole_id() {
        assert!(mentions("- E-1.2026-07-05 (patrol)", "E-1"));
        assert!(!mentions("- E-10.2026-07-05 (patrol)", "E-1"));
    }
}
