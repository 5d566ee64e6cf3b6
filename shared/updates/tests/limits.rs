//! Limits under any interleaving of senders: never more leased than the caps, whoever asks in what order and however
//! clocks differ; what a lost sender held stays counted.
#![expect(clippy::unwrap_used, reason = "in a test, what cannot be had is a failure")]
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use updates::limits::{Counters, LEASE, Lease, Limits, Permits, Wanted, month, spend_look_again};
use updates::{Kind, Reason};

fn limits() -> Limits {
    Limits {
        breaker_per_minute: 12,
        breaker_open_minutes: 15,
        per_number_per_day: 3,
        per_number_per_day_must_notify: 6,
        spend_per_month_usd: 0.5,
        price_per_part_usd: 0.0125,
        texts_per_second: 3.0,
    }
}

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

fn noon() -> Timestamp {
    "2026-07-07T12:00:00-05:00".parse().unwrap()
}

/// Senders over one row of counters.
#[derive(Default)]
struct World {
    counters: Counters,
    /// Messages leased by minute, micro-dollars by month, parts by second.
    minutes: BTreeMap<i64, u32>,
    months: BTreeMap<Date, u64>,
    seconds: Vec<(Timestamp, u32)>,
}

impl World {
    fn ask(&mut self, held: &mut Permits, parts: u32, now: Timestamp) -> Result<(), Lease> {
        let zone = zone();
        if held.take(parts, now, &zone) {
            return Ok(());
        }
        match limits().lease(&self.counters, held, Wanted { parts, waiting: 0, now, zone: &zone }) {
            Lease::Go(permits, next) => {
                *self.minutes.entry(next.minute).or_default() += permits.messages;
                *self.months.entry(permits.month.unwrap()).or_default() += u64::from(permits.parts) * 12_500;
                self.seconds.push((now, permits.parts));
                self.counters = next;
                held.add(&permits);
                assert!(held.take(parts, now, &zone), "a lease is enough for what was asked");
                Ok(())
            }
            refused => Err(refused),
        }
    }
}

#[test]
fn the_message_above_the_minutes_number_opens_the_breaker() {
    let (mut world, mut held) = (World::default(), Permits::default());
    for _ in 0..12 {
        assert_eq!(world.ask(&mut held, 0, noon()), Ok(()));
    }
    assert_eq!(world.ask(&mut held, 0, noon()), Err(Lease::Refuse(Reason::BreakerOpen)));
    assert_eq!(world.ask(&mut held, 0, noon() + SignedDuration::from_mins(1)), Ok(()));
}

#[test]
fn what_has_to_wait_is_wanted_too() {
    let (counters, held, zone) = (Counters::default(), Permits::default(), zone());
    let ask =
        |waiting| limits().lease(&counters, &held, Wanted { parts: 1, waiting, now: noon(), zone: &zone });
    assert!(matches!(ask(11), Lease::Go(..)));
    assert_eq!(ask(12), Lease::Refuse(Reason::BreakerOpen));
}

#[test]
fn two_senders_share_the_minute_and_a_lost_one_takes_its_lease_along() {
    let (mut world, mut one, mut other) = (World::default(), Permits::default(), Permits::default());
    assert_eq!(world.ask(&mut one, 0, noon()), Ok(()));
    assert_eq!(world.ask(&mut other, 0, noon()), Ok(()));
    // From here on nobody uses what `one` still holds.
    assert_eq!(one.messages, LEASE - 1);
    let more = std::iter::repeat_with(|| world.ask(&mut other, 0, noon()).is_ok());
    assert_eq!(more.take_while(|sent| *sent).count(), 6, "4 of the second lease, 2 left of the minute");
}

#[test]
fn money_ends_texts_and_not_emails_and_a_new_month_begins_anew() {
    let (mut world, mut held) = (World::default(), Permits::default());
    let minute = |n: i64| noon() + SignedDuration::from_mins(n);
    for n in 0..40 {
        assert_eq!(world.ask(&mut held, 1, minute(n)), Ok(()), "text {n}");
    }
    assert_eq!(world.ask(&mut held, 1, minute(40)), Err(Lease::Refuse(Reason::SpendCap)));
    assert_eq!(world.ask(&mut held, 0, minute(41)), Ok(()));
    assert_eq!(world.ask(&mut held, 1, "2026-08-01T00:00:00-05:00".parse().unwrap()), Ok(()));
}

#[test]
fn the_numbers_rate_lets_a_burst_go_and_then_says_how_long_to_wait() {
    let mut fast = limits();
    (fast.breaker_per_minute, fast.spend_per_month_usd) = (1_000, 1_000.0);
    let (mut counters, mut held, zone) = (Counters::default(), Permits::default(), zone());
    let mut sent = 0;
    let wait = loop {
        if held.take(1, noon(), &zone) {
            sent += 1;
            continue;
        }
        match fast.lease(&counters, &held, Wanted { parts: 1, waiting: 0, now: noon(), zone: &zone }) {
            Lease::Go(permits, next) => {
                held.add(&permits);
                counters = next;
            }
            Lease::Wait(until) => break until,
            Lease::Refuse(reason) => panic!("{reason}"),
        }
    };
    assert_eq!((sent, wait), (29, noon() + SignedDuration::from_millis(3)));
}

#[test]
fn a_text_longer_than_a_burst_goes_when_the_line_is_quiet() {
    let slow = Limits { texts_per_second: 0.2, ..limits() };
    let (zone, held) = (zone(), Permits::default());
    let ask = |counters: &Counters, now| {
        slow.lease(counters, &held, Wanted { parts: 3, waiting: 0, now, zone: &zone })
    };
    let Lease::Go(permits, next) = ask(&Counters::default(), noon()) else { panic!("not granted") };
    assert_eq!(permits.parts, 3);
    assert_eq!(ask(&next, noon()), Lease::Wait(noon() + SignedDuration::from_secs(15)));
}

#[test]
fn an_address_has_its_number_of_updates_a_day_and_what_must_be_told_has_more() {
    let limits = limits();
    assert_eq!(limits.number_cap(Kind::CallReceived, 2), Ok(()));
    assert_eq!(limits.number_cap(Kind::CallReceived, 3), Err(Reason::NumberCap));
    assert_eq!(limits.number_cap(Kind::CaseCharged, 5), Ok(()));
    assert_eq!(limits.number_cap(Kind::StaffMessage, 6), Err(Reason::NumberCap));
}

#[test]
fn a_spent_month_is_looked_at_within_the_hour_and_when_it_ends() {
    let again = |now: &str| spend_look_again(now.parse().unwrap(), &zone()).to_string();
    assert_eq!(again("2026-07-07T12:00:00-05:00"), "2026-07-07T18:00:00Z");
    assert_eq!(again("2026-07-31T23:30:00-05:00"), "2026-08-01T05:00:00Z");
}

proptest! {
    #[test]
    fn never_more_is_leased_than_the_caps(
        steps in prop::collection::vec((0_usize..4, 0_u32..4, 0_i64..40, prop::bool::weighted(0.05)), 1..400),
        start in 0_i64..40_000,
    ) {
        let mut world = World::default();
        let mut senders = vec![Permits::default(); 4];
        let mut now = "2026-07-01T00:00:00-05:00".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(start);
        let mut sent = 0_u32;
        for (sender, parts, seconds, lost) in steps {
            now += SignedDuration::from_secs(seconds);
            // Clocks of machines differ by a little.
            let own = now - SignedDuration::from_millis(i64::try_from(sender).unwrap() * 300);
            sent += u32::from(world.ask(&mut senders[sender], parts, own).is_ok());
            if lost {
                senders[sender] = Permits::default();
            }
            prop_assert!(senders[sender].messages < LEASE);
        }
        prop_assert!(sent <= world.minutes.values().sum::<u32>());
        prop_assert!(world.minutes.values().all(|leased| *leased <= 12));
        prop_assert!(world.months.values().all(|micro_usd| *micro_usd <= 500_000));
        for (index, (from, _)) in world.seconds.iter().enumerate() {
            let window = world.seconds[index..].iter().take_while(|(at, _)| at.duration_since(*from) <= SignedDuration::from_secs(5));
            let parts: u32 = window.map(|(_, parts)| parts).sum();
            prop_assert!(parts <= 3 * (5 + 10) + 1, "{parts} parts in five seconds");
        }
        prop_assert!(world.counters.month.is_none_or(|leased| leased >= month(now - SignedDuration::from_secs(1), &zone()) || world.months.len() == 1));
    }
}
