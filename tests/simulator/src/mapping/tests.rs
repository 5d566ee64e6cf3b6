//! The model of a mapping by itself: what comes again, as what batch, when, and what is given up.
use serde_json::json;

use super::*;

const OFF: (bool, Option<Timestamp>) = (false, None);

fn start() -> Timestamp {
    "2026-07-07T17:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

/// A mapping in whose one shard so many records of one item wait, an hour between each and the next.
fn waiting(records: u64) -> (Mapping, usize) {
    let mut mapping = Mapping::new("Incidents", Reader::Log, "{}");
    for number in 1..=records {
        let event = Arc::new(json!({"dynamodb": {"Keys": {"pk": {"S": format!("INC#{number}")}}}}));
        let at = hours(number.cast_signed() - 1);
        mapping.add("INC#1", Record { number, at, event });
    }
    (mapping, shard_of("INC#1"))
}

fn numbers(records: &[Record]) -> Vec<u64> {
    records.iter().map(|record| record.number).collect()
}

/// What is handed over next, as numbers, and the batch itself.
#[track_caller]
fn next(mapping: &mut Mapping, shard: usize, now: Timestamp) -> (Vec<u64>, Batch) {
    let batch = mapping.next(shard, now).expect("a batch");
    (numbers(&batch.records), batch)
}

/// The numbers that were given up, with why.
fn given_up(mapping: &Mapping) -> Vec<(Vec<u64>, &'static str)> {
    mapping.given_up.iter().map(|given_up| (numbers(&given_up.records), given_up.condition)).collect()
}

#[test]
fn a_batch_holds_ten_records_and_the_next_one_waits_for_it() {
    let (mut mapping, shard) = waiting(12);
    let now = hours(0);
    let (first, batch) = next(&mut mapping, shard, now);
    assert_eq!(first, (1..=10).collect::<Vec<_>>());
    assert!(mapping.next(shard, now).is_none() && !mapping.waits(shard));
    mapping.settle(shard, batch, &Verdict::Failed(Vec::new()), OFF);
    assert!(mapping.waits(shard));
    assert_eq!(next(&mut mapping, shard, now).0, [11, 12]);
}

#[test]
fn records_of_two_items_may_lie_in_two_shards_and_those_of_one_never() {
    assert_eq!(shard_of("INC#1"), shard_of("INC#1"));
    let shards: BTreeSet<usize> = (0..50).map(|call| shard_of(&format!("INC#{call}"))).collect();
    assert_eq!(shards.len(), SHARDS);
}

#[test]
fn a_filter_lets_through_what_the_template_says() {
    let mapping = Mapping::new("Messages", Reader::Send, table::schema::MESSAGES_FILTER);
    let row = |state: &str| json!({"sk": {"S": "MSG#1"}, "state": {"S": state}});
    assert!(mapping.takes("MODIFY", Some(&row("pending"))));
    assert!(!mapping.takes("MODIFY", Some(&row("claimed"))));
    assert!(!mapping.takes("REMOVE", Some(&row("pending"))) && !mapping.takes("INSERT", None));
}

#[test]
fn what_follows_the_lowest_failure_comes_again_as_one_batch() {
    let (mut mapping, shard) = waiting(4);
    let (_, batch) = next(&mut mapping, shard, hours(0));
    mapping.settle(shard, batch, &Verdict::Failed(vec!["4".into(), "2".into()]), OFF);
    let (again, batch) = next(&mut mapping, shard, hours(0));
    assert_eq!((again, batch.attempts), (vec![2, 3, 4], 1));
    // A number that is none of the batch's is a failure of all of it.
    mapping.settle(shard, batch, &Verdict::Failed(vec!["nine".into()]), OFF);
    let (again, batch) = next(&mut mapping, shard, hours(0));
    assert_eq!((again, batch.attempts), (vec![2, 3, 4], 2));
}

#[test]
fn a_batch_whose_function_fails_is_halved_which_is_no_retry() {
    let (mut mapping, shard) = waiting(5);
    let (_, batch) = next(&mut mapping, shard, hours(0));
    mapping.settle(shard, batch, &Verdict::Error, OFF);
    let (first, batch) = next(&mut mapping, shard, hours(0));
    assert_eq!((first, batch.attempts), (vec![1, 2, 3], 0));
    mapping.settle(shard, batch, &Verdict::Failed(Vec::new()), OFF);
    assert_eq!(next(&mut mapping, shard, hours(0)).0, [4, 5]);
}

#[test]
fn a_poison_record_is_given_up_after_its_retries_and_what_follows_is_not() {
    let (mut mapping, shard) = waiting(2);
    let mut attempts = 0;
    let mut done = Vec::new();
    while let Some(batch) = mapping.next(shard, hours(0)) {
        let is_poisoned = batch.records[0].number == 1;
        attempts += u32::from(numbers(&batch.records) == [1]);
        done.extend(numbers(&batch.records).into_iter().filter(|_| !is_poisoned));
        let verdict = if is_poisoned { Verdict::Error } else { Verdict::Failed(Vec::new()) };
        mapping.settle(shard, batch, &verdict, OFF);
    }
    assert_eq!(given_up(&mapping), [(vec![1], "RetryAttemptsExhausted")]);
    assert_eq!((attempts, done), (1 + RETRIES, vec![2]));
}

#[test]
fn a_record_too_old_is_given_up_and_the_younger_ones_are_handed_over() {
    let (mut mapping, shard) = waiting(3);
    assert_eq!(next(&mut mapping, shard, start() + RECORD_AGE).0, [1, 2, 3]);
    let (mut mapping, shard) = waiting(3);
    assert_eq!(next(&mut mapping, shard, start() + RECORD_AGE + SignedDuration::from_secs(1)).0, [2, 3]);
    assert_eq!(given_up(&mapping), [(vec![1], "RecordAgeExceeded")]);
}

#[test]
fn what_the_stream_does_not_keep_is_gone_without_a_word() {
    let (mut mapping, shard) = waiting(3);
    assert!(mapping.next(shard, start() + KEPT + SignedDuration::from_secs(1)).is_none());
    assert_eq!(given_up(&mapping), [(vec![2, 3], "RecordAgeExceeded")]);
    assert_eq!(mapping.dropped, BTreeSet::from(["INC#1".to_owned()]));
}

#[test]
fn a_batch_that_comes_twice_comes_twice_only() {
    let (mut mapping, shard) = waiting(2);
    for _ in 0..2 {
        let (handed, batch) = next(&mut mapping, shard, hours(0));
        assert_eq!(handed, [1, 2]);
        mapping.settle(shard, batch, &Verdict::Failed(Vec::new()), (true, None));
    }
    assert!(mapping.next(shard, hours(0)).is_none());
}

#[test]
fn a_shard_rests_after_a_failure_and_a_mapping_that_is_off_hands_nothing_over() {
    let (mut mapping, shard) = waiting(1);
    let (_, batch) = next(&mut mapping, shard, hours(0));
    assert_eq!(batch.back_off(), SignedDuration::from_secs(1));
    mapping.settle(shard, batch, &Verdict::Error, (false, Some(hours(1))));
    assert!(mapping.next(shard, hours(0)).is_none());
    mapping.disabled_until = Some(hours(2));
    assert!(mapping.next(shard, hours(1)).is_none());
    let (again, batch) = next(&mut mapping, shard, hours(2));
    assert_eq!((again, batch.back_off()), (vec![1], SignedDuration::from_secs(2)));
}
