//! I7: no address gets more on one agency day than its cap says, and no month's texts cost more than its money. Checked at
//! each message that a provider takes, from the rows and the rules alone: the functions' own counters are not asked.
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use updates::limits::{Limits, day_start, month};
use updates::segments::measure;
use updates::{Kind, Policy};

use crate::network::Service;
use crate::providers::Accepted;
use crate::tables::{Item, Place};

/// The count of earlier messages comes from an index: what was written so shortly before a claim may be missing in it, as
/// docs/limits.md says. A claim whose transaction is tried again is made some seconds after the count.
const UNCOUNTED: SignedDuration = SignedDuration::from_mins(1);

/// A message that a provider took.
#[derive(Clone, Debug)]
struct Counted {
    created_at: Timestamp,
    place: Place,
    /// When its row was first written.
    written_at: Timestamp,
}

/// What was taken so far, by address and month.
pub(crate) struct Caps {
    limits: Limits,
    zone: TimeZone,
    written: BTreeMap<Place, Timestamp>,
    taken: BTreeMap<(String, Timestamp), Vec<Counted>>,
    spent: BTreeMap<Date, f64>,
}

impl Caps {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self {
            limits: policy.limits().clone(),
            zone: policy.zone().clone(),
            written: BTreeMap::new(),
            taken: BTreeMap::new(),
            spent: BTreeMap::new(),
        }
    }

    /// A row of the outbox was written; only the first time counts.
    pub(crate) fn written(&mut self, place: &Place, now: Timestamp) {
        if !self.written.contains_key(place) {
            self.written.insert(place.clone(), now);
        }
    }

    /// A restore has put an older outbox back: nobody can know what it does not hold, nor what was paid meanwhile.
    pub(crate) fn forget(&mut self, place: &Place) {
        self.written.remove(place);
        for day in self.taken.values_mut() {
            day.retain(|counted| counted.place != *place);
        }
        self.spent.clear();
    }

    /// The message of the row at `place`, claimed at `claimed_at`, was taken; what is wrong about that.
    pub(crate) fn taken(
        &mut self,
        (place, row): (&Place, &Item),
        claimed_at: Timestamp,
        taken: &Accepted,
    ) -> Option<String> {
        if !place.sk.starts_with("MSG#") {
            return None;
        }
        let created_at: Timestamp = row["created_at"]["S"].as_str()?.parse().ok()?;
        let kind = row["kind"]["S"].as_str().and_then(Kind::from_word)?;
        let written_at = self.written.get(place).copied().unwrap_or(created_at);
        let day = day_start(created_at, &self.zone);
        let others = self.taken.entry((taken.to.clone(), day)).or_default();
        let own = (created_at, place);
        let known = |other: &&Counted| {
            (other.created_at, &other.place) < own && other.written_at + UNCOUNTED <= claimed_at
        };
        let earlier = others.iter().filter(known).count();
        others.push(Counted { created_at, place: place.clone(), written_at });
        let all = others.len();
        if self.limits.number_cap(kind, u32::try_from(earlier).unwrap_or(u32::MAX)).is_err() {
            return Some(format!("{kind} is the {all}th message to one address on one day"));
        }
        self.pay(taken)
    }

    fn pay(&mut self, taken: &Accepted) -> Option<String> {
        if taken.service != Service::Sns {
            return None;
        }
        let parts = u32::try_from(measure(&taken.body).parts).unwrap_or(u32::MAX);
        let spent = self.spent.entry(month(taken.at, &self.zone)).or_default();
        *spent += f64::from(parts) * self.limits.price_per_part_usd;
        // Sums of a price that is no binary fraction are off by less than any price.
        let is_over = *spent > self.limits.spend_per_month_usd + 1e-6;
        is_over.then(|| format!("texts of one month cost {spent:.4} dollars"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;
    use startup::agency::Folder;

    use super::*;

    const DAY: &str = "2026-07-07T17:00:00Z";

    fn caps(per_day: u32, must_notify: u32, spend: f64) -> Caps {
        let shipped = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/agency"));
        let mut caps = Caps::new(&table::planning::policy(&Folder::new(shipped)).unwrap());
        caps.limits.per_number_per_day = per_day;
        caps.limits.per_number_per_day_must_notify = must_notify;
        caps.limits.spend_per_month_usd = spend;
        caps
    }

    /// Takes messages of a kind, so many minutes after the day's beginning; what is said of each.
    fn take(caps: &mut Caps, messages: &[(&str, i64)]) -> Vec<Option<String>> {
        let start: Timestamp = DAY.parse().unwrap();
        let one = |(kind, minutes): &(&str, i64)| {
            let at = start + SignedDuration::from_mins(*minutes);
            let place = Place { table: "Messages", pk: "INC#1".into(), sk: format!("MSG#{at}#{kind}") };
            let row = Item::new(json!({"created_at": {"S": at.to_string()}, "kind": {"S": kind}}));
            let taken = Accepted {
                service: Service::Sns,
                to: "+12185550123".into(),
                body: "Officers are on the way.".into(),
                id: "provider-1".into(),
                at,
                tag: None,
                acknowledged: true,
            };
            caps.written(&place, at);
            caps.taken((&place, &row), at, &taken)
        };
        messages.iter().map(one).collect()
    }

    #[track_caller]
    fn check(caps: &mut Caps, messages: &[(&str, i64)], broken: &[bool]) {
        let said: Vec<bool> = take(caps, messages).iter().map(Option::is_some).collect();
        assert_eq!(said, broken);
    }

    #[test]
    fn a_message_above_the_cap_of_its_day_is_reported() {
        let calls = [("call_received", 0), ("call_closed", 10), ("call_received", 20)];
        check(&mut caps(2, 2, 250.0), &calls, &[false, false, true]);
        check(&mut caps(3, 3, 250.0), &calls, &[false, false, false]);
        // What must be told has a cap of its own.
        let told = [("call_received", 0), ("call_closed", 10), ("case_charged", 20), ("call_closed", 30)];
        check(&mut caps(2, 3, 250.0), &told, &[false, false, false, true]);
    }

    #[test]
    fn a_day_is_the_agencys_and_what_the_index_did_not_hold_yet_is_not_counted() {
        // Noon of the agency; its next day begins twelve hours later.
        let days = [("call_received", 0), ("call_closed", 60 * 12)];
        check(&mut caps(1, 1, 250.0), &days, &[false, false]);
        let meanwhile = [("call_received", 0), ("call_closed", 0), ("officers_delayed", 1)];
        check(&mut caps(1, 1, 250.0), &meanwhile, &[false, false, true]);
    }

    #[test]
    fn a_text_that_the_month_cannot_pay_is_reported() {
        let texts = [("call_received", 0), ("call_closed", 10), ("officers_delayed", 20)];
        check(&mut caps(9, 9, 0.025), &texts, &[false, false, true]);
    }

    #[test]
    fn what_a_restore_took_back_does_not_count() {
        let mut caps = caps(1, 1, 250.0);
        check(&mut caps, &[("call_received", 0)], &[false]);
        let gone = caps.taken.values().next().unwrap()[0].place.clone();
        caps.forget(&gone);
        check(&mut caps, &[("call_closed", 10), ("officers_delayed", 20)], &[false, true]);
    }
}
