//! Limits that fail closed: how many messages may leave in a minute, how many texts in a second, how much money in a
//! month, how many messages an address gets in a day. Counters and rules in, an answer out.
//!
//! Senders share one row of counters and take from it in small leases, so that a write serves several messages. What
//! a lost sender had leased stays counted: the limits err on the side of silence.
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kind::{Kind, Reason};

/// Messages, and text parts, in one lease. Small: this much a sender may still hold when the limits close, and this
/// much is lost with a sender.
pub const LEASE: u32 = 5;
/// As many texts as the number may send in this time, in milliseconds, may leave at once after a quiet spell.
const BURST_MS: i64 = 10_000;
const MILLION: f64 = 1_000_000.0;

/// `[limits]` in `updates.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Messages (texts and e-mails) wanted in one minute above which the breaker opens.
    pub breaker_per_minute: u32,
    /// How long the breaker stays open.
    pub breaker_open_minutes: u16,
    /// Updates to one address on one agency day.
    pub per_number_per_day: u32,
    /// The same for messages by staff and for what must be told.
    pub per_number_per_day_must_notify: u32,
    /// US dollars for texts in one month of agency time.
    pub spend_per_month_usd: f64,
    /// US dollars for one part of a text, carrier fee included.
    pub price_per_part_usd: f64,
    /// Text parts that the origination number may send in one second.
    pub texts_per_second: f64,
}

/// What all senders share: one row, under 1 KB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Minutes since 1970 of the last lease.
    pub minute: i64,
    /// Messages leased in that minute.
    pub messages: u32,
    /// First day of the month of the last lease, agency time.
    pub month: Option<Date>,
    /// Millionths of a US dollar leased in that month.
    pub spent_micro_usd: u64,
    /// Until when the number's rate is taken, in milliseconds since 1970.
    pub texts_until_ms: i64,
}

/// What a sender holds: leased and not yet used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permits {
    /// Messages.
    pub messages: u32,
    /// Text parts.
    pub parts: u32,
    /// The month whose money pays for the parts.
    pub month: Option<Date>,
}

/// What a sender asks a lease for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Text parts of the message; 0 for an e-mail.
    pub parts: u32,
    /// Messages that this sender has had to put off in this minute.
    pub waiting: u32,
    /// When.
    pub now: Timestamp,
    /// Agency time, for the month.
    pub zone: &'a TimeZone,
}

/// The answer to a sender that asks for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lease {
    /// Granted, once the counters are stored as given.
    Go(Permits, Counters),
    /// Not now: the number's rate is used up until then.
    Wait(Timestamp),
    /// Not. [`Reason::BreakerOpen`] means that the breaker has to be opened now.
    Refuse(Reason),
}

impl Limits {
    /// Checks the values; the error names key and reason.
    pub fn check(&self) -> Result<(), String> {
        let whole = [
            ("breaker_per_minute", self.breaker_per_minute),
            ("breaker_open_minutes", self.breaker_open_minutes.into()),
            ("per_number_per_day", self.per_number_per_day),
        ];
        if let Some((key, _)) = whole.iter().find(|(_, value)| *value == 0) {
            return Err(format!("limits.{key} must be 1 or more"));
        }
        if self.per_number_per_day_must_notify < self.per_number_per_day {
            return Err("limits.per_number_per_day_must_notify must not be below per_number_per_day".into());
        }
        let money = [
            ("spend_per_month_usd", self.spend_per_month_usd, 0.0..=1_000_000.0),
            ("price_per_part_usd", self.price_per_part_usd, 0.0001..=10.0),
            ("texts_per_second", self.texts_per_second, 0.1..=1_000.0),
        ];
        for (key, value, range) in money {
            if !range.contains(&value) {
                return Err(format!("limits.{key} must be from {} to {}", range.start(), range.end()));
            }
        }
        Ok(())
    }

    /// Asks at `now` for what a sender who holds `held` lacks for a message of `parts` text parts (0 for an e-mail).
    /// `waiting` is how many messages that sender has had to put off in this minute: they are wanted too.
    pub fn lease(&self, counters: &Counters, held: &Permits, wanted: Wanted<'_>) -> Lease {
        let Wanted { parts, waiting, now, zone } = wanted;
        let minute = now.as_second().div_euclid(60);
        // A clock behind that of another sender counts in the other's minute.
        let (minute, leased) =
            if minute > counters.minute { (minute, 0) } else { (counters.minute, counters.messages) };
        let room = self.breaker_per_minute.saturating_sub(leased.saturating_add(waiting));
        if held.messages == 0 && room == 0 {
            return Lease::Refuse(Reason::BreakerOpen);
        }
        let month = month(now, zone).max(counters.month.unwrap_or(Date::MIN));
        let spent = if counters.month == Some(month) { counters.spent_micro_usd } else { 0 };
        let messages = if held.messages == 0 { room.min(LEASE) } else { 0 };
        let held_parts = if held.month == Some(month) { held.parts } else { 0 };
        let mut next = Counters {
            minute,
            messages: leased + messages,
            month: Some(month),
            spent_micro_usd: spent,
            texts_until_ms: counters.texts_until_ms,
        };
        let Some(needed) = parts.checked_sub(held_parts).filter(|needed| *needed > 0) else {
            return Lease::Go(Permits { messages, parts: 0, month: Some(month) }, next);
        };
        match self.lease_parts(&mut next, needed, now) {
            Ok(parts) => Lease::Go(Permits { messages, parts, month: Some(month) }, next),
            Err(refused) => refused,
        }
    }

    /// Takes at least `needed` parts from the month's money and the number's rate.
    fn lease_parts(&self, next: &mut Counters, needed: u32, now: Timestamp) -> Result<u32, Lease> {
        let affordable = self.affordable(next.spent_micro_usd);
        if affordable < needed {
            return Err(Lease::Refuse(Reason::SpendCap));
        }
        let now_ms = now.as_millisecond();
        let from = next.texts_until_ms.max(now_ms);
        // A text that is longer than a burst may go when the line is quiet, or it would never go.
        let free = if from == now_ms { self.free(now_ms, from).max(needed) } else { self.free(now_ms, from) };
        if free < needed {
            return Err(Lease::Wait(self.room_for(needed, from, now)));
        }
        let parts = needed.max(LEASE).min(free).min(affordable);
        next.spent_micro_usd += u64::from(parts) * self.price();
        next.texts_until_ms = from.saturating_add(self.milliseconds(parts));
        Ok(parts)
    }

    /// Whether a message of `kind` may go to an address to which `earlier` messages came about before it on the same
    /// agency day.
    pub fn number_cap(&self, kind: Kind, earlier: u32) -> Result<(), Reason> {
        let higher = kind.must_notify() || kind == Kind::StaffMessage;
        let cap = if higher { self.per_number_per_day_must_notify } else { self.per_number_per_day };
        if earlier < cap { Ok(()) } else { Err(Reason::NumberCap) }
    }

    /// How long the breaker stays open.
    pub fn breaker_open(&self) -> SignedDuration {
        SignedDuration::from_mins(self.breaker_open_minutes.into())
    }

    /// Price of a part in millionths of a dollar, never nothing.
    fn price(&self) -> u64 {
        micro_usd(self.price_per_part_usd).max(1)
    }

    /// Parts that the month's money still pays for.
    fn affordable(&self, spent: u64) -> u32 {
        let cap = micro_usd(self.spend_per_month_usd);
        u32::try_from(cap.saturating_sub(spent) / self.price()).unwrap_or(u32::MAX)
    }

    /// Time that `parts` take on the number.
    fn milliseconds(&self, parts: u32) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "at most 2^32 parts at 10 seconds each")]
        let span = (f64::from(parts) * 1_000.0 / self.texts_per_second).ceil() as i64;
        span
    }

    /// Parts that may leave at `now_ms`, where the number's time is taken until `from_ms`.
    fn free(&self, now_ms: i64, from_ms: i64) -> u32 {
        let ahead = u32::try_from(now_ms + BURST_MS - from_ms).unwrap_or(0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10,000 parts")]
        let free = (f64::from(ahead) * self.texts_per_second / 1_000.0).floor() as u32;
        free
    }

    /// When `needed` parts may leave.
    fn room_for(&self, needed: u32, from_ms: i64, now: Timestamp) -> Timestamp {
        let at = from_ms.min(from_ms - BURST_MS + self.milliseconds(needed));
        let soonest = now + SignedDuration::from_millis(1);
        Timestamp::from_millisecond(at).map_or(soonest, |at| at.max(soonest))
    }
}

impl Permits {
    /// Uses one message of `parts` text parts; `false` where a new lease is needed.
    pub fn take(&mut self, parts: u32, now: Timestamp, zone: &TimeZone) -> bool {
        if self.month.is_none_or(|leased| leased < month(now, zone)) {
            // Another month's money does not pay for this text.
            self.parts = 0;
        }
        let enough = self.messages > 0 && self.parts >= parts;
        if enough {
            self.messages -= 1;
            self.parts -= parts;
        }
        enough
    }

    /// Gives back what was taken for a message that was certainly not handed to a provider.
    pub fn give_back(&mut self, parts: u32) {
        self.messages += 1;
        self.parts += parts;
    }

    /// Adds a lease. Parts that another month paid for lapse.
    pub fn add(&mut self, lease: &Self) {
        let left = if self.month == lease.month { self.parts } else { 0 };
        self.messages += lease.messages;
        self.parts = left + lease.parts;
        self.month = lease.month;
    }
}

/// What a provider answers lately: the share of sends that it did not take.
#[derive(Clone, Debug, Default)]
pub struct Acceptance {
    recent: u32,
    known: u32,
}

impl Acceptance {
    /// Number of sends looked at.
    const WINDOW: u32 = 20;
    /// So many of them not taken are an alarm.
    const ALARM: u32 = 10;

    /// Notes a send; `true` when the acceptance has just been found too low. Counting then begins anew.
    pub fn note(&mut self, accepted: bool) -> bool {
        self.recent = (self.recent << 1 | u32::from(!accepted)) & ((1 << Self::WINDOW) - 1);
        self.known = (self.known + 1).min(Self::WINDOW);
        let low = self.known == Self::WINDOW && self.recent.count_ones() >= Self::ALARM;
        if low {
            *self = Self::default();
        }
        low
    }
}

/// First day of the month of `at` in agency time.
pub fn month(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned_datetime(zone.clone()).date().first_of_month()
}

/// First instant of the agency day of `at`.
pub fn day_start(at: Timestamp, zone: &TimeZone) -> Timestamp {
    at.to_zoned_datetime(zone.clone()).start_of_day().map_or(at, |start| start.timestamp())
}

/// When a message that the month's money did not pay for is looked at again: within the hour, since staff may raise the
/// cap, and at once when a new month begins.
pub fn spend_look_again(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let hour = now + SignedDuration::from_hours(1);
    let next = now.to_zoned_datetime(zone.clone()).date().last_of_month().tomorrow();
    let next =
        next.ok().and_then(|day| day.to_datetime(Time::midnight()).to_zoned_datetime(zone.clone()).ok());
    next.map_or(hour, |next| next.timestamp().min(hour))
}

fn micro_usd(usd: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be 0 to 10^12")]
    let micro = (usd * MILLION).round().max(0.0) as u64;
    micro
}
