//! Each invariant with a violation planted in what the checker looks at: it is worth nothing where it stays silent.
use std::path::Path;

use jiff::SignedDuration;
use serde_json::json;
use startup::agency::Folder;

use super::*;
use crate::network::Service;

fn start() -> Timestamp {
    "2026-07-07T17:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

/// A checker of the first plain story, and tables with nothing in them.
fn fresh() -> (Checker, Tables) {
    let shipped = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/agency"));
    let policy = table::planning::policy(&Folder::new(shipped)).unwrap();
    (Checker::new(&Story::plain(0), &policy), Tables::new().unwrap())
}

/// The number of the first plain story's caller.
fn caller() -> String {
    Story::plain(0).told.values().next().unwrap()[0].clone()
}

fn message(number: u32) -> Place {
    Place { table: "Messages", pk: "INC#26-00000".into(), sk: format!("MSG#p1#text#call_received#{number}") }
}

fn taken(words: &str, acknowledged: bool) -> Accepted {
    let id = format!("provider-{words}");
    let (service, to) = (Service::Sns, caller());
    Accepted { service, to, body: words.into(), id, at: start(), tag: None, acknowledged }
}

/// Writes a row in this state, as some invocation does; what changed.
fn write(tables: &mut Tables, place: &Place, state: &str, at: Timestamp) -> Change {
    let item = json!({
        "pk": {"S": place.pk}, "sk": {"S": place.sk}, "state": {"S": state},
        "kind": {"S": "call_received"}, "created_at": {"S": start().to_string()},
    });
    let put = json!({"TableName": place.table, "Item": item});
    tables.call("PutItem", put.to_string().as_bytes(), at, None).changes.remove(0)
}

/// Has invocation 1 claim a row at an instant, and the provider take its message.
fn claim_and_send(checker: &mut Checker, tables: &mut Tables, number: u32, words: &str, at: Timestamp) {
    let place = message(number);
    let change = write(tables, &place, "claimed", at);
    checker.changed(1, &change, at);
    checker.accepted(1, &taken(words, true), tables, at);
}

#[track_caller]
fn check(checker: &Checker, invariants: &[&str]) {
    let broken: Vec<&str> = checker.violations.iter().map(|violation| violation.invariant).collect();
    assert_eq!(broken, invariants, "{:?}", checker.violations);
}

#[test]
fn words_that_reach_somebody_twice_are_reported() {
    let (mut checker, mut tables) = fresh();
    claim_and_send(&mut checker, &mut tables, 1, "We have your call.", start());
    claim_and_send(&mut checker, &mut tables, 2, "Officers are on the way.", start());
    check(&checker, &[]);
    claim_and_send(&mut checker, &mut tables, 3, "We have your call.", start());
    check(&checker, &["I1"]);
}

#[test]
fn a_row_that_is_taken_twice_is_reported() {
    let (mut checker, mut tables) = fresh();
    claim_and_send(&mut checker, &mut tables, 1, "We have your call.", start());
    write(&mut tables, &message(1), "pending", start());
    claim_and_send(&mut checker, &mut tables, 1, "Other words.", start());
    check(&checker, &["I1"]);
}

#[test]
fn a_send_without_a_claim_is_reported() {
    let (mut checker, tables) = fresh();
    checker.accepted(1, &taken("We have your call.", true), &tables, start());
    check(&checker, &["I2"]);
}

/// A claim after `said` is reported, and one before it is not.
#[track_caller]
fn check_claim_after(said: impl Fn(&mut Checker)) {
    let (mut checker, mut tables) = fresh();
    claim_and_send(&mut checker, &mut tables, 1, "We have your call.", start());
    said(&mut checker);
    check(&checker, &[]);
    claim_and_send(&mut checker, &mut tables, 2, "Officers are on the way.", later(2));
    check(&checker, &["I2"]);
}

#[test]
fn a_claim_after_a_stop_is_reported_and_one_before_it_is_not() {
    check_claim_after(|checker| checker.stopped(&caller(), later(1)));
}

#[test]
fn a_claim_after_the_provider_said_unreachable_is_reported_and_one_before_it_is_not() {
    check_claim_after(|checker| checker.unreachable(&caller(), later(1)));
}

#[test]
fn a_claim_of_case_news_at_night_is_reported() {
    let (mut checker, mut tables) = fresh();
    let night = "2026-07-08T04:00:00Z".parse().unwrap();
    claim_and_send(&mut checker, &mut tables, 1, "We have your call.", night);
    check(&checker, &[]);
    let place = Place { sk: "MSG#p1#text#case_number#1".into(), ..message(1) };
    let change = write(&mut tables, &place, "claimed", night);
    checker.changed(1, &change, night);
    checker.accepted(1, &taken("Your case number is 26-1.", true), &tables, night);
    check(&checker, &["I2"]);
}

#[test]
fn a_message_to_somebody_who_may_never_be_told_is_reported() {
    let (mut checker, mut tables) = fresh();
    checker.never.insert(caller());
    claim_and_send(&mut checker, &mut tables, 1, "We have your call.", start());
    check(&checker, &["I2"]);
}

#[test]
fn what_stays_open_or_is_decided_by_nobody_is_reported() {
    let (mut checker, mut tables) = fresh();
    write(&mut tables, &message(1), "pending", start());
    write(&mut tables, &message(2), "unknown", start());
    checker.acknowledged.insert("26-00000-1".into(), start());
    checker.finish(&Story::plain(0), &tables, &[], start());
    check(&checker, &["I3", "I3", "I3"]);
}

#[test]
fn a_crime_log_that_lacks_a_call_is_reported_unless_its_record_is_lost_for_good() {
    let place = table::keys::subject("INC#26-00000");
    let place = Place { table: "Incidents", pk: place.pk, sk: place.sk };
    for (unmended, broken) in [(BTreeSet::new(), vec!["I3"]), (BTreeSet::from([place.pk.clone()]), vec![])] {
        let (mut checker, mut tables) = fresh();
        write(&mut tables, &place, "", start());
        checker.stored.insert("26-00000".into());
        checker.check_stored(&tables, &Objects::default(), &unmended, start());
        check(&checker, &broken);
    }
}

#[test]
fn an_acknowledged_event_that_is_not_stored_is_reported() {
    let (mut checker, tables) = fresh();
    let event = json!({"id": "26-00000-1", "data": {"incident": {"id": "26-00000"}}});
    checker.acknowledged(&event, &[], r#"{"accepted":1}"#, (start(), start()), &tables);
    checker.check_stored(&tables, &Objects::default(), &BTreeSet::new(), start());
    check(&checker, &["I4", "I4"]);
}

#[test]
fn a_repeated_event_taken_for_a_new_one_is_reported_for_seven_days() {
    let (mut checker, mut tables) = fresh();
    let key = table::keys::received("dispatch", "26-00000-1");
    write(&mut tables, &Place { table: "Incidents", pk: key.pk, sk: key.sk }, "", start());
    let event = json!({"id": "26-00000-1", "data": {}});
    let mut answer = |at: Timestamp, answer| {
        checker.acknowledged(&event, &[], answer, (at, at), &tables);
        checker.violations.len()
    };
    assert_eq!(answer(start(), r#"{"accepted":1}"#), 0);
    assert_eq!(answer(later(60), r#"{"accepted":0}"#), 0);
    assert_eq!(answer(later(60), r#"{"accepted":1}"#), 1);
    assert_eq!(answer(start() + REMEMBERED, r#"{"accepted":1}"#), 1);
}

#[test]
fn a_message_that_becomes_sendable_again_is_reported() {
    let (mut checker, mut tables) = fresh();
    for (state, broken) in [("claimed", 0), ("unknown", 0), ("pending", 1)] {
        let change = write(&mut tables, &message(1), state, start());
        checker.changed(1, &change, start());
        assert_eq!(checker.violations.len(), broken, "{state}");
    }
    check(&checker, &["I5"]);
}

#[test]
fn more_rows_than_messages_are_reported() {
    let (mut checker, mut tables) = fresh();
    write(&mut tables, &message(1), "accepted", start());
    write(&mut tables, &message(2), "delivered", start());
    checker.finish(&Story::plain(0), &tables, &[taken("We have your call.", true)], start());
    check(&checker, &["I6"]);
}

#[test]
fn more_messages_than_rows_are_reported_unless_their_answer_was_lost() {
    for (acknowledged, broken) in [(true, vec!["I6"]), (false, vec![])] {
        let (mut checker, mut tables) = fresh();
        write(&mut tables, &message(1), "accepted", start());
        let both = [taken("We have your call.", true), taken("Officers are on the way.", acknowledged)];
        checker.finish(&Story::plain(0), &tables, &both, start());
        check(&checker, &broken);
    }
}

#[test]
fn a_message_above_the_cap_is_reported() {
    let (mut checker, mut tables) = fresh();
    for number in 10..22 {
        let at = later(i64::from(number) * 120);
        claim_and_send(&mut checker, &mut tables, number, &format!("Words {number}."), at);
    }
    check(&checker, &[]);
    claim_and_send(&mut checker, &mut tables, 22, "Words 22.", later(22 * 120));
    check(&checker, &["I7"]);
}

#[test]
fn each_kind_of_personal_data_is_reported_wherever_it_stands() {
    let canaries = Story::plain(0).canaries;
    assert_eq!(canaries.len(), 4);
    for canary in canaries {
        let (mut checker, _) = fresh();
        checker.leaked("a log line", "message sent", start());
        check(&checker, &[]);
        checker.leaked("a log line", &format!("message sent to {canary}"), start());
        check(&checker, &["I8"]);
        assert!(!checker.violations[0].what.contains(&canary), "{:?}", checker.violations);
    }
}

#[test]
fn a_row_that_is_written_for_ever_is_reported_once() {
    let (mut checker, mut tables) = fresh();
    for (rev, is_restless) in [(MOST_MOVES, false), (MOST_MOVES + 1, true), (MOST_MOVES + 2, true)] {
        let mut change = write(&mut tables, &message(rev as u32), "pending", start());
        let row = json!({"state": {"S": "pending"}, "rev": {"N": rev.to_string()}});
        change.new = Some(std::sync::Arc::new(Item::new(row)));
        checker.changed(1, &change, start());
        assert_eq!(checker.is_restless, is_restless);
    }
    check(&checker, &["I10"]);
}
