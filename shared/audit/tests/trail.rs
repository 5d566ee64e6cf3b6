//! What a check of the trail finds, and what it can only find against the heads of an earlier one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
use std::collections::BTreeMap;

use audit::{Act, Chain, Fault, Heads, Object, Record, Report, Verifier};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;

type Trail = BTreeMap<String, Vec<u8>>;

fn act(status: u16) -> Act {
    Act {
        actor: "a1".into(),
        roles: vec!["records".into(), "auditor".into()],
        action: "GET /v1/alerts".into(),
        about: vec!["b7".into()],
        status,
    }
}

/// `count` records, ten minutes apart, so that long chains pass midnight.
fn write(mut chain: Chain, count: usize) -> (Vec<Object>, Chain) {
    let begun: Timestamp = "2026-07-05T23:00:00Z".parse().unwrap();
    let mut objects = Vec::new();
    for minute in (0..count as i64).map(|number| number * 10) {
        let (object, after) = chain.next(begun + SignedDuration::from_mins(minute), act(200)).unwrap();
        objects.push(object);
        chain = after;
    }
    (objects, chain)
}

/// Writers `w0`, `w1`, … with so many records each; every second one goes on from the one before.
fn trail(counts: &[usize]) -> Trail {
    let mut objects = Vec::new();
    let mut last = Chain::new("none".into());
    for (number, &count) in counts.iter().enumerate() {
        let name = format!("w{number}");
        let chain = if number % 2 == 1 { last.continued_by(name) } else { Chain::new(name) };
        let (written, after) = write(chain, count);
        objects.extend(written);
        last = after;
    }
    objects.into_iter().map(|object| (object.key, object.body)).collect()
}

fn check(trail: &Trail, heads: &Heads) -> Report {
    let mut verifier = Verifier::default();
    for (key, body) in trail {
        verifier.read(key, body);
    }
    verifier.report(heads)
}

fn heads(trail: &Trail) -> Heads {
    check(trail, &Heads::new()).heads()
}

fn nth(trail: &Trail, index: usize) -> String {
    trail.keys().nth(index).unwrap().clone()
}

fn some_trail() -> impl Strategy<Value = Trail> {
    prop::collection::vec(1..12_usize, 1..6).prop_map(|counts| trail(&counts))
}

#[test]
fn a_whole_trail_is_counted_by_writer() {
    let report = check(&trail(&[3, 9, 1]), &Heads::new());
    assert_eq!(report.breaks, []);
    let counts: Vec<(&str, u64)> =
        report.writers.iter().map(|(name, writer)| (name.as_str(), writer.records)).collect();
    assert_eq!(counts, [("w0", 3), ("w1", 9), ("w2", 1)]);
    assert_eq!(report.writers["w1"].last.to_string(), "2026-07-06T00:20:00Z");
}

#[test]
fn the_first_break_is_named_by_its_key() {
    let mut trail = trail(&[4, 1]);
    let gone = nth(&trail, 1);
    trail.remove(&gone);
    let report = check(&trail, &Heads::new());
    let told: Vec<String> = report.breaks.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["audit/2026-07-05/w0/0000000003.json comes after a gap: its writer's record 2 is missing"]
    );
}

#[test]
fn a_writer_in_doubt_about_its_last_call_leaves_no_break() {
    let (first, chain) = write(Chain::new("w0".into()), 2);
    // Stored, but its answer was lost; two further writers go on from the second record.
    let (lost, _) = chain.next("2026-07-06T00:00:00Z".parse().unwrap(), act(200)).unwrap();
    let (second, _) = write(chain.continued_by("w1".into()), 2);
    let (third, _) = write(chain.continued_by("w2".into()), 1);
    let objects = first.into_iter().chain([lost]).chain(second).chain(third);
    let trail = objects.map(|object| (object.key, object.body)).collect();
    assert_eq!(check(&trail, &Heads::new()).breaks, []);
}

#[test]
fn one_number_twice_is_a_fork() {
    let (_, chain) = write(Chain::new("w0".into()), 0);
    let before = chain.next("2026-07-05T23:59:59Z".parse().unwrap(), act(200)).unwrap().0;
    let after = chain.next("2026-07-06T00:00:01Z".parse().unwrap(), act(404)).unwrap().0;
    let trail = Trail::from([(before.key.clone(), before.body), (after.key.clone(), after.body)]);
    let report = check(&trail, &Heads::new());
    assert_eq!(report.breaks.len(), 1);
    assert_eq!((&report.breaks[0].key, &report.breaks[0].fault), (&after.key, &Fault::Forked(before.key)));
}

#[test]
fn breaks_are_told_in_the_order_of_their_keys() {
    let mut trail = trail(&[3, 1, 2]);
    let (first, last) = (nth(&trail, 0), nth(&trail, 5));
    trail.remove(&first);
    trail.insert(last.clone(), b"{}".to_vec());
    let breaks = check(&trail, &Heads::new()).breaks;
    assert_eq!((&breaks[0].fault, &breaks[1].fault), (&Fault::Gap(1), &Fault::Unreadable));
    assert_eq!(breaks[1].key, last);
}

#[test]
fn a_last_record_in_another_form_is_no_record() {
    let mut trail = trail(&[2]);
    let last = nth(&trail, 1);
    trail.get_mut(&last).unwrap().push(b' ');
    let breaks = check(&trail, &Heads::new()).breaks;
    assert_eq!((&breaks[0].key, &breaks[0].fault), (&last, &Fault::Unreadable));
}

#[test]
fn a_writer_that_goes_on_from_nothing_is_found() {
    let mut trail = trail(&[2, 1]);
    trail.retain(|key, _| !key.contains("/w0/"));
    assert_eq!(check(&trail, &Heads::new()).breaks[0].fault, Fault::Adrift);
}

#[test]
fn a_cut_end_shows_against_earlier_heads_and_only_there() {
    let mut trail = trail(&[3]);
    let before = heads(&trail);
    trail.pop_last();
    assert_eq!(
        check(&trail, &Heads::new()).breaks,
        [],
        "the chain cannot tell what followed its last record"
    );
    assert_eq!(check(&trail, &before).breaks[0].fault, Fault::CutOff(3));
    trail.clear();
    assert_eq!(check(&trail, &before).breaks[0].fault, Fault::Vanished(3));
}

proptest! {
    #[test]
    fn what_grows_is_whole(counts in prop::collection::vec(1..6_usize, 1..4), more in 0..6_usize) {
        let grown: Vec<usize> = counts.iter().map(|count| count + more).collect();
        // Writers that start by themselves, so that the longer trail holds the shorter.
        let of = |counts: &[usize]| -> Trail {
            let chains = counts.iter().enumerate().map(|(number, &count)| {
                write(Chain::new(format!("w{number}")), count).0
            });
            chains.flatten().map(|object| (object.key, object.body)).collect()
        };
        prop_assert_eq!(check(&of(&grown), &heads(&of(&counts))).breaks, []);
    }

    #[test]
    fn a_removed_record_is_found(trail in some_trail(), which: Index) {
        let (mut left, key) = (trail.clone(), nth(&trail, which.index(trail.len())));
        left.remove(&key);
        prop_assert!(!check(&left, &heads(&trail)).breaks.is_empty(), "{} is gone", key);
    }

    #[test]
    fn a_changed_byte_is_found(trail in some_trail(), which: Index, at: Index, flip in 1..=255_u8) {
        let (mut changed, key) = (trail.clone(), nth(&trail, which.index(trail.len())));
        let body = changed.get_mut(&key).unwrap();
        let at = at.index(body.len());
        body[at] ^= flip;
        prop_assert!(!check(&changed, &heads(&trail)).breaks.is_empty(), "byte {} of {}", at, key);
    }

    #[test]
    fn a_record_rewritten_with_its_own_form_is_found(trail in some_trail(), which: Index) {
        let (mut changed, key) = (trail.clone(), nth(&trail, which.index(trail.len())));
        let mut record: Record = serde_json::from_slice(&trail[&key]).unwrap();
        record.status = 404;
        changed.insert(key.clone(), record.object().unwrap().body);
        let report = check(&changed, &heads(&trail));
        prop_assert!(!report.breaks.is_empty(), "{}", key);
        // Without earlier heads too, unless nothing follows that holds its hash.
        let last = heads(&trail)[&record.writer].seq == record.seq;
        prop_assert!(last || !check(&changed, &Heads::new()).breaks.is_empty(), "{}", key);
    }

    #[test]
    fn a_record_put_between_is_found(trail in some_trail(), which: Index) {
        // Everything after it is moved up by one and keyed anew; only the hashes are not forged.
        let key = nth(&trail, which.index(trail.len()));
        let inserted: Record = serde_json::from_slice(&trail[&key]).unwrap();
        let mut forged = Trail::new();
        for body in trail.values() {
            let mut record: Record = serde_json::from_slice(body).unwrap();
            if record.writer == inserted.writer && record.seq >= inserted.seq {
                record.seq += 1;
            }
            let object = record.object().unwrap();
            forged.insert(object.key, object.body);
        }
        let object = Record { status: 401, ..inserted }.object().unwrap();
        forged.insert(object.key, object.body);
        prop_assert!(!check(&forged, &heads(&trail)).breaks.is_empty());
    }

    #[test]
    fn two_records_exchanged_are_found(trail in some_trail(), one: Index, other: Index) {
        let (one, other) = (nth(&trail, one.index(trail.len())), nth(&trail, other.index(trail.len())));
        prop_assume!(one != other);
        let mut swapped = trail.clone();
        swapped.insert(one.clone(), trail[&other].clone());
        swapped.insert(other, trail[&one].clone());
        let found = check(&swapped, &Heads::new()).breaks;
        prop_assert!(found.iter().any(|found| found.key == one), "{:?}", found);
    }
}
