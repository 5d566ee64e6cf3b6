//! Tables brought back to an earlier state, as point-in-time recovery does it: into a table of its own, from which lost
//! rows come back. Nothing stale is sent, nothing twice, and no STOP is forgotten.
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use precinct::restore::{Order, Outcome, plans, stops};
use precinct::stack::{Fault, Service};
use serde_json::json;
use table::restore::Fate;
use tests::{NOON, World, call, theft};

use crate::nights::scores;

type Rows = Vec<std::collections::HashMap<String, AttributeValue>>;

fn client(world: &World) -> Client {
    Client::new(&world.stack.runtime().sdk)
}

async fn rows(world: &World, table: &str) -> Rows {
    client(world).scan().table_name(table).send().await.unwrap().items.unwrap_or_default()
}

/// What point-in-time recovery makes: a table of its own with the rows of that moment, without stream and indexes.
async fn recover(world: &World, table: &str, then: &Rows) -> String {
    let name = format!("{table}Restored");
    let key = |name: &str, kind: KeyType| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
    };
    let text = |name: &str| {
        let definition = AttributeDefinition::builder().attribute_name(name);
        definition.attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let make = client(world).create_table().table_name(&name).billing_mode(BillingMode::PayPerRequest);
    let make = make.key_schema(key("pk", KeyType::Hash)).key_schema(key("sk", KeyType::Range));
    make.attribute_definitions(text("pk")).attribute_definitions(text("sk")).send().await.unwrap();
    for row in then {
        client(world).put_item().table_name(&name).set_item(Some(row.clone())).send().await.unwrap();
    }
    name
}

/// The command, on tables by these names.
async fn restore(world: &World, (from, into): (&str, &str), apply: bool) -> anyhow::Result<Outcome> {
    let order = Order { from: from.into(), into: into.into(), replace_keys: false, apply };
    precinct::restore::restore(world.stack.runtime(), &order).await
}

/// A disaster: every row of the table is gone.
async fn lose(world: &World, table: &str) {
    lose_where(world, table, |_| true).await;
}

/// A smaller one: only the rows of these sort keys are gone.
async fn lose_where(world: &World, table: &str, lost: impl Fn(&str) -> bool) {
    for row in rows(world, table).await.into_iter().filter(|row| lost(row["sk"].as_s().unwrap())) {
        let key = |name: &str| row[name].clone();
        let delete = client(world).delete_item().table_name(table).key("pk", key("pk")).key("sk", key("sk"));
        delete.send().await.unwrap();
    }
}

fn told(world: &World) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for text in world.texts() {
        *told.entry(text.to).or_default() += 1;
    }
    told
}

const SENT: &str = "+12185550101";
const WAITING: &str = "+12185550102";
const STOPPED: &str = "+12185550103";
const LATER: &str = "+12185550104";
const STOPPED_LATER: &str = "+12185550105";

/// A quarter of an hour: one call was told, one waits for a sender that stands still, one number said STOP. Then the
/// rows of that moment are kept, what waited is sent, another call comes and is told, another number says STOP.
async fn before_and_after() -> (World, Rows, Rows) {
    let world = World::lasting().await;
    world.cad(call("LARCENY", "e-1", NOON, "26-1", SENT)).await;
    world.reply(STOPPED, "STOP").await;
    world.stack.fault(Service::SendUpdates, Fault::Throttle, Duration::ZERO);
    world.cad(call("LARCENY", "e-2", NOON, "26-2", WAITING)).await;
    let (messages, contacts) = (rows(&world, "Messages").await, rows(&world, "Contacts").await);
    world.stack.fault(Service::SendUpdates, Fault::Off, Duration::ZERO);
    world.minutes(1).await;
    world.cad(call("LARCENY", "e-3", "2026-07-07T12:01:00-05:00", "26-3", LATER)).await;
    world.reply(STOPPED_LATER, "STOP").await;
    let all = [SENT, WAITING, STOPPED, LATER, STOPPED_LATER].map(|number| (number.to_owned(), 1));
    assert_eq!(told(&world), BTreeMap::from(all));
    world.minutes(1).await;
    (world, messages, contacts)
}

/// Everything that could tell somebody again: the stream delivers all anew, the sweep runs for twenty minutes. After half
/// an hour without a car there would be something new to tell.
async fn shake(world: &World) {
    world.stack.redeliver().await.unwrap();
    world.minutes(20).await;
}

#[tokio::test]
async fn a_lost_outbox_comes_back_and_tells_nobody_again() {
    let (world, messages, _) = before_and_after().await;
    let before = told(&world);
    lose(&world, "Messages").await;
    // The fence first, so that nothing is planned anew for what is not known any more.
    let fence = format!("nothing_before = \"{}\"\nadult_age = 18", world.stack.now());
    let world = world.redeployed("updates.toml", "adult_age = 18", &fence).await;
    let copy = recover(&world, "Messages", &messages).await;
    let tried = restore(&world, (&copy, "Messages"), false).await.unwrap();
    assert_eq!(rows(&world, "Messages").await, Rows::new(), "a dry run writes nothing");
    assert_eq!(restore(&world, (&copy, "Messages"), true).await.unwrap(), tried);
    assert_eq!(tried.0.get(&Fate::Closed), Some(&1), "{tried}");
    // What came since the copy stands nowhere, until it is planned once more.
    let since = tests::instant("2026-07-07T12:01:00-05:00");
    assert_eq!(plans(world.stack.runtime(), since, false).await.unwrap(), (3, 0));
    world.minutes(2).await;
    assert_eq!(world.decisions("26-3").await, [""; 0]);
    assert_eq!(plans(world.stack.runtime(), since, true).await.unwrap(), (3, 0));
    world.minutes(1).await;
    assert_eq!(world.decisions("26-3").await, ["call_received expired"]);
    shake(&world).await;
    assert_eq!(told(&world), before);
    assert_eq!(world.messages("26-1").await, ["call_received accepted"]);
    assert_eq!(world.messages("26-2").await, ["call_received expired"]);
    // What comes about from now on is told, also of a call from before.
    world.cad(theft("e-4", &world.stack.now().to_string(), "26-4")).await;
    assert_eq!(world.texts().len(), before.len() + 1);
}

#[tokio::test]
async fn what_is_planned_once_more_does_not_hang_on_the_stream() {
    let world = World::new().await;
    for service in [Service::PlanUpdates, Service::SendUpdates] {
        world.stack.fault(service, Fault::Throttle, Duration::ZERO);
    }
    world.cad(theft("e-1", NOON, "26-1")).await;
    world.minutes(3).await;
    assert_eq!(world.decisions("26-1").await, ["call_received pending"]);
    lose(&world, "Messages").await;
    assert_eq!(plans(world.stack.runtime(), tests::instant(NOON), true).await.unwrap(), (1, 0));
    world.minutes(3).await;
    assert_eq!(world.decisions("26-1").await, ["call_received pending"]);
}

#[tokio::test]
async fn rows_that_stand_are_left_alone() {
    let (world, messages, contacts) = before_and_after().await;
    let live = (rows(&world, "Messages").await, rows(&world, "Contacts").await);
    for (table, then) in [("Messages", &messages), ("Contacts", &contacts)] {
        let copy = recover(&world, table, then).await;
        let outcome = restore(&world, (&copy, table), true).await.unwrap();
        assert!(
            outcome.0.keys().all(|fate| matches!(fate, Fate::Stands | Fate::LeftOut)),
            "{table}: {outcome}"
        );
    }
    assert_eq!((rows(&world, "Messages").await, rows(&world, "Contacts").await), live);
}

#[tokio::test]
async fn a_table_restored_under_its_own_name_is_closed_in_place() {
    let (world, messages, _) = before_and_after().await;
    lose(&world, "Messages").await;
    let fence = format!("nothing_before = \"{}\"\nadult_age = 18", world.stack.now());
    let world = world.redeployed("updates.toml", "adult_age = 18", &fence).await;
    let before = told(&world);
    for row in messages {
        client(&world).put_item().table_name("Messages").set_item(Some(row)).send().await.unwrap();
    }
    let closed = |outcome: Outcome| outcome.0.get(&Fate::Closed).copied();
    assert_eq!(closed(restore(&world, ("Messages", "Messages"), true).await.unwrap()), Some(1));
    assert_eq!(closed(restore(&world, ("Messages", "Messages"), true).await.unwrap()), None);
    shake(&world).await;
    assert_eq!(told(&world), before);
}

#[tokio::test]
async fn a_claim_that_comes_back_is_unknown_and_never_sent() {
    let (world, mut messages, _) = before_and_after().await;
    lose(&world, "Messages").await;
    let pending = |row: &&mut std::collections::HashMap<String, AttributeValue>| {
        let is_message = row["sk"].as_s().unwrap().starts_with("MSG#");
        is_message && row.get("state") == Some(&AttributeValue::S("pending".into()))
    };
    let row = messages.iter_mut().find(pending).unwrap();
    row.insert("state".into(), AttributeValue::S("claimed".into()));
    row.insert("claim".into(), AttributeValue::S("token".into()));
    let copy = recover(&world, "Messages", &messages).await;
    let before = told(&world);
    restore(&world, (&copy, "Messages"), true).await.unwrap();
    assert_eq!(world.messages("26-2").await, ["call_received unknown"]);
    shake(&world).await;
    assert_eq!(told(&world)[WAITING], before[WAITING]);
}

#[tokio::test]
async fn lost_contacts_come_back_and_no_stop_is_forgotten() {
    let (world, _, contacts) = before_and_after().await;
    lose(&world, "Contacts").await;
    // Before anybody restores anything, a number that had said STOP asks for another language: a row made anew.
    world.reply(STOPPED, "ESPAÑOL").await;
    let copy = recover(&world, "Contacts", &contacts).await;
    let outcome = restore(&world, (&copy, "Contacts"), true).await.unwrap();
    assert_eq!(outcome.0.get(&Fate::Merged), Some(&1), "{outcome}");
    let since = tests::instant(NOON);
    assert_eq!(stops(world.stack.runtime(), since, false).await.unwrap(), 1);
    assert_eq!(stops(world.stack.runtime(), since, true).await.unwrap(), 1);
    assert_eq!(stops(world.stack.runtime(), since, true).await.unwrap(), 0, "once is enough");
    let texts = world.texts().len();
    for (number, phone) in [STOPPED, STOPPED_LATER].into_iter().enumerate() {
        let (id, now) = (format!("26-9{number}"), world.stack.now().to_string());
        world.cad(call("LARCENY", &format!("e-9{number}"), &now, &id, phone)).await;
        assert_eq!(world.decisions(&id).await, ["call_received suppressed opted_out"], "{phone}");
    }
    assert_eq!(world.texts().len(), texts, "{:?}", json!(world.texts().last().map(|text| &text.body)));
}

#[tokio::test]
async fn keys_that_were_made_anew_give_way_only_on_demand_and_the_stop_is_found_again() {
    let (world, _, contacts) = before_and_after().await;
    lose(&world, "Contacts").await;
    // Long enough for every function to have forgotten the keys that it knew: they are made anew.
    world.minutes(20).await;
    world.reply("+12185550106", "HELP").await;
    let copy = recover(&world, "Contacts", &contacts).await;
    let live = rows(&world, "Contacts").await;
    let refused = restore(&world, (&copy, "Contacts"), true).await.unwrap_err();
    assert!(refused.to_string().contains("--replace-keys"), "{refused}");
    assert_eq!(rows(&world, "Contacts").await, live, "nothing was written");
    let order = Order { from: copy, into: "Contacts".into(), replace_keys: true, apply: true };
    precinct::restore::restore(world.stack.runtime(), &order).await.unwrap();
    // Until the functions ask for their keys again.
    world.minutes(20).await;
    let now = world.stack.now().to_string();
    world.cad(call("LARCENY", "e-9", &now, "26-9", STOPPED)).await;
    assert_eq!(world.decisions("26-9").await, ["call_received suppressed opted_out"]);
}

#[tokio::test]
async fn lost_incidents_come_back_and_tell_nobody_again() {
    let world = World::lasting().await;
    let first = call("LARCENY", "e-1", NOON, "26-1", SENT);
    world.cad(first.clone()).await;
    world.cad(call("LARCENY", "e-2", NOON, "26-2", WAITING)).await;
    let incidents = rows(&world, "Incidents").await;
    world.minutes(1).await;
    let last = call("LARCENY", "e-3", "2026-07-07T12:01:00-05:00", "26-3", LATER);
    world.cad(last.clone()).await;
    world.minutes(1).await;
    let before = told(&world);
    assert_eq!(before, BTreeMap::from([SENT, WAITING, LATER].map(|number| (number.to_owned(), 1))));
    // The data keys are left: with them gone too, the command asks for `--replace-keys` first, as for Contacts.
    lose_where(&world, "Incidents", |sk| sk != "KEY").await;
    let fence = format!("nothing_before = \"{}\"\nadult_age = 18", world.stack.now());
    let world = world.redeployed("updates.toml", "adult_age = 18", &fence).await;
    // Before anybody restores anything, the CAD posts one call again: a row made anew, which stands.
    world.cad(first).await;
    let anew = rows(&world, "Incidents").await;
    let copy = recover(&world, "Incidents", &incidents).await;
    let tried = restore(&world, (&copy, "Incidents"), false).await.unwrap();
    assert_eq!(rows(&world, "Incidents").await, anew, "a dry run writes nothing");
    assert_eq!(restore(&world, (&copy, "Incidents"), true).await.unwrap(), tried);
    assert_eq!(tried.0.get(&Fate::MadeAnew), Some(&1), "{tried}");
    assert!(tried.0.contains_key(&Fate::Copied), "{tried}");
    let live = rows(&world, "Incidents").await;
    assert!(anew.iter().all(|row| live.contains(row)), "a live row was written over");
    plans(world.stack.runtime(), tests::instant(NOON), true).await.unwrap();
    shake(&world).await;
    // The sender posts again what it posted since the copy.
    world.cad(last).await;
    world.minutes(1).await;
    assert_eq!(told(&world), before);
    world.cad(theft("e-4", &world.stack.now().to_string(), "26-4")).await;
    assert_eq!(world.texts().len(), before.values().sum::<usize>() + 1);
}

#[tokio::test]
async fn lost_personnel_come_back_and_the_nights_are_as_if_nothing_had_been_lost() {
    let evening = "2026-07-04T18:00:00-05:00";
    let (usual, world) = (World::lasting_at(evening).await, World::lasting_at(evening).await);
    for world in [&usual, &world] {
        let events = json!(tests::department(evening));
        assert_eq!(world.stack.post("/v1/personnel/events", &events).await.unwrap().0, 202);
        world.until("2026-07-05T12:00:00-05:00").await;
    }
    let personnel = rows(&world, "Personnel").await;
    lose(&world, "Personnel").await;
    // A night passes before anybody sees it: it scores nobody.
    for world in [&usual, &world] {
        world.until("2026-07-06T12:00:00-05:00").await;
    }
    let copy = recover(&world, "Personnel", &personnel).await;
    let tried = restore(&world, (&copy, "Personnel"), false).await.unwrap();
    assert_eq!(restore(&world, (&copy, "Personnel"), true).await.unwrap(), tried);
    assert!(tried.0[&Fate::Copied] > 20, "{tried}");
    world.stack.run("score-officers", Some(tests::instant("2026-07-06T03:30:00-05:00"))).await.unwrap();
    for world in [&usual, &world] {
        world.until("2026-07-07T12:00:00-05:00").await;
    }
    let (expected, found) = (scores(&usual).await, scores(&world).await);
    assert!(expected.keys().any(|(pk, sk)| pk == "RUNS" && sk == "2026-07-07"));
    let differs = expected.keys().find(|key| found.get(*key) != expected.get(*key));
    assert_eq!(differs, None);
    // The night that scored nobody was one, and its record stays beside the one that counts.
    let empty: BTreeSet<&str> =
        found.keys().filter(|key| !expected.contains_key(*key)).map(|(pk, _)| &**pk).collect();
    assert!(empty.len() == 1 && empty.iter().all(|pk| pk.starts_with("RUN#")), "{empty:?}");
    let told = |world: &World| -> Vec<String> {
        world.emails().into_iter().map(|email| email.to).filter(|to| to.starts_with("e1")).collect()
    };
    assert_eq!(told(&world), told(&usual), "the review's supervisor and officer were told once");
    assert_eq!(told(&world).len(), 2);
}
