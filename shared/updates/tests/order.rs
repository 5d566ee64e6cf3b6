//! Order, repetition and grouping of events never change the set of messages, but for what is recorded as
//! superseded or expired; and nothing is ever sent after the fact that forbids it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod world;

use std::collections::{BTreeMap, BTreeSet};

use incident::Event;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use updates::gates::Contacts;
use updates::policy::Channels;
use updates::{Outcome, plan};
use world::{at, policy, read, subject};

type Key = (String, String, String, String);

/// An outbox in miniature: what is pending goes out at once and never again; the last outcome of the rest is kept.
#[derive(Default)]
struct Outbox {
    sent: BTreeSet<Key>,
    open: BTreeMap<Key, Outcome>,
}

impl Outbox {
    /// Plans and sends; says when the clock alone may change the plan.
    fn plan(&mut self, events: &[Event], now: Timestamp) -> Option<Timestamp> {
        let plan = plan(&subject(events), &Contacts::new(), policy(), now);
        let planned: BTreeMap<Key, Outcome> = plan
            .updates
            .iter()
            .map(|u| {
                // A kind that goes by text, else by e-mail, is told once, whichever way was known first.
                let one_way = policy().channels(u.kind) == Channels::First;
                let channel = if one_way { "first".into() } else { u.channel.to_string() };
                ((u.person.clone(), u.kind.to_string(), u.ordinal.clone(), channel), u.outcome)
            })
            .collect();
        for (key, outcome) in &mut self.open {
            if !planned.contains_key(key) {
                *outcome = Outcome::Superseded;
            }
        }
        for (key, outcome) in planned {
            if outcome == Outcome::Pending {
                self.sent.insert(key.clone());
            }
            if !self.sent.contains(&key) {
                self.open.insert(key, outcome);
            }
        }
        plan.wake
    }

    /// Lets the clock run from one due moment to the next.
    fn run_on(&mut self, events: &[Event]) {
        let mut now = at(240);
        while let Some(wake) = self.plan(events, now) {
            now = wake;
        }
    }

    /// Groups of events arrive within one instant; then the clock runs on until nothing is due.
    fn play(groups: &[Vec<Event>]) -> Self {
        let mut outbox = Self::default();
        let mut known = Vec::new();
        for group in groups {
            known.extend(group.iter().cloned());
            outbox.plan(&known, at(240));
        }
        outbox.run_on(&known);
        outbox
    }
}

/// A call with a caller and a victim, told within four minutes: opened, and some of what may follow.
fn any_call() -> impl Strategy<Value = Vec<Event>> {
    let unit = prop::sample::select(vec!["214", "215"]);
    let kinds = prop::sample::select(vec![
        "incident.updated",
        "unit.assigned",
        "unit.enroute",
        "unit.delayed",
        "unit.diverted",
        "unit.arrived",
        "unit.cleared",
        "incident.closed",
        "incident.reopened",
        "incident.transferred",
    ]);
    let follow = prop::collection::vec((kinds, 1i64..240, unit, prop::option::of(300i64..1500)), 0..7);
    (follow, 1u8..4).prop_map(|(follow, priority)| {
        let people = json!([{"id": "p1", "roles": ["caller"], "phone": "+12185550101"},
            {"id": "p2", "roles": ["caller", "victim"], "email": "p2@example.com"}]);
        let call = json!({"id": "26-1", "call_type": "LARCENY", "priority": priority});
        let mut events = vec![read("incident.opened", 0, &json!({"incident": call, "people": people}))];
        // One reopening at most: with two, what came between them cannot be told apart while the first is unknown.
        let mut reopened = false;
        let follow = follow.into_iter().filter(|(kind, ..)| *kind != "incident.reopened" || !std::mem::replace(&mut reopened, true));
        events.extend(follow.map(|(kind, seconds, unit, eta)| {
            let units = json!([{"id": unit, "eta": eta.map(|eta| at(eta).to_string())}]);
            let agency = json!({"name": format!("Agency {unit}"), "phone": "218-555-0160"});
            let data = json!({"incident": {"id": "26-1"}, "agency": agency, "units": if kind.starts_with("unit") { units } else { json!([]) }});
            read(kind, seconds, &data)
        }));
        events
    })
}

/// A call in which more can happen: it is called off, merged, expunged or turns out to be of another type; people are
/// named late, leave, or turn out to be suspects.
fn eventful_call() -> impl Strategy<Value = Vec<Event>> {
    let kinds = prop::sample::select(vec!["incident.cancelled", "incident.merged", "incident.expunged"]);
    let types = prop::sample::select(vec!["NOISE", "DVA", "ZZZ"]);
    let roles = prop::sample::select(vec!["caller", "suspect", "witness", "victim"]);
    let call = |kind: &str, seconds: i64, extra: Value| {
        let mut data = json!({"incident": {"id": "26-1"}});
        data.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        read(kind, seconds, &data)
    };
    let ends = (kinds, 1i64..240).prop_map(move |(kind, at)| call(kind, at, json!({"merged_into": "26-2"})));
    let turns = (types, 1i64..240).prop_map(move |(kind, at)| {
        call("incident.reclassified", at, json!({"incident": {"id": "26-1", "call_type": kind}}))
    });
    let people = (0usize..3, roles, any::<bool>(), 1i64..240).prop_map(move |(who, role, removed, at)| {
        let phone = format!("+1218555010{who}");
        let person = json!({"id": format!("p{who}"), "roles": [role], "phone": phone, "removed": removed});
        call("incident.updated", at, json!({"people": [person]}))
    });
    let more = prop::collection::vec(prop_oneof![1 => ends, 1 => turns, 3 => people], 1..4);
    (any_call(), more).prop_map(|(mut events, more)| {
        // Two events of one instant and rank about one person would be told apart by content alone, which is tested in
        // shared/incident.
        let mut stamps = BTreeSet::new();
        events.extend(more);
        events.retain(|event| match event {
            Event::Incident(stamp, ..) | Event::Case(stamp, ..) => stamps.insert(*stamp),
        });
        events
    })
}

/// Missing members are recorded with what overtook or forbids them, by whichever way the person would be told now.
fn check_recorded(in_order: &Outbox, rearranged: &Outbox) -> Result<(), TestCaseError> {
    for (these, those) in [(in_order, rearranged), (rearranged, in_order)] {
        for missing in these.sent.difference(&those.sent) {
            let about = |key: &Key| (&key.0, &key.1, &key.2) == (&missing.0, &missing.1, &missing.2);
            let recorded = those.open.iter().filter(|(key, _)| about(key)).any(|(_, outcome)| {
                matches!(outcome, Outcome::Superseded | Outcome::Expired | Outcome::Suppressed(_))
            });
            prop_assert!(recorded, "{missing:?} was sent once, and otherwise nothing is recorded");
        }
    }
    Ok(())
}

/// A case told within four minutes.
fn any_case() -> impl Strategy<Value = Vec<Event>> {
    let kinds = prop::sample::select(vec![
        "case.assigned",
        "case.charged",
        "case.referred_to_prosecutor",
        "case.contact_requested",
        "case.status_changed",
        "case.closed",
    ]);
    let follow = prop::collection::vec((kinds, 1i64..240, 0usize..2, prop::option::of(0i64..3600)), 0..6);
    follow.prop_map(|follow| {
        let case = |extra: Value| {
            let mut fields = json!({"number": "26-9", "offence": "23F"});
            fields.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let victim = json!({"id": "v", "roles": ["victim"], "contact": "ok", "phone": "+12185550102", "email": "v@example.com"});
            json!({"case": fields, "people": [victim]})
        };
        let mut events = vec![read("case.opened", 0, &case(json!({})))];
        // One charge and one referral at most: a later one may hold what an earlier one released.
        let mut held = BTreeSet::new();
        let follow = follow.into_iter().filter(|(kind, ..)| !["case.charged", "case.referred_to_prosecutor"].contains(kind) || held.insert(*kind));
        events.extend(follow.map(|(kind, seconds, who, release)| {
            let name = ["Det. One", "Det. Two"][who];
            let status = ["active", "suspended"][who];
            let extra = json!({"investigator": {"name": name}, "status": status,
                "release_at": release.map(|release| at(release).to_string())});
            read(kind, seconds, &case(extra))
        }));
        events
    })
}

/// The same events, each perhaps twice, in another order, cut into groups.
fn rearranged(events: Vec<Event>) -> impl Strategy<Value = (Vec<Event>, Vec<Vec<Event>>)> {
    let twice: Vec<Event> = events.iter().chain(&events).cloned().collect();
    let length = twice.len();
    let cuts = prop::collection::vec(any::<bool>(), length);
    (Just(events), Just(twice).prop_shuffle(), cuts).prop_map(|(events, shuffled, cuts)| {
        let mut groups: Vec<Vec<Event>> = vec![Vec::new()];
        for (event, cut) in shuffled.into_iter().zip(cuts) {
            if cut {
                groups.push(Vec::new());
            }
            groups.last_mut().unwrap().push(event);
        }
        groups.retain(|group| !group.is_empty());
        (events, groups)
    })
}

fn in_order(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by_key(|event| match event {
        Event::Incident(stamp, ..) | Event::Case(stamp, ..) => *stamp,
    });
    events
}

fn check(in_order: &Outbox, rearranged: &Outbox) -> Result<(), TestCaseError> {
    for missing in in_order.sent.difference(&rearranged.sent) {
        let outcome = rearranged.open.get(missing);
        let recorded = matches!(outcome, Some(Outcome::Superseded | Outcome::Expired));
        prop_assert!(recorded, "{missing:?} was sent in order, and otherwise {outcome:?}");
    }
    for extra in rearranged.sent.difference(&in_order.sent) {
        let outcome = in_order.open.get(extra);
        let recorded = matches!(outcome, Some(Outcome::Superseded | Outcome::Expired));
        prop_assert!(recorded, "{extra:?} was sent out of order only, in order {outcome:?}");
    }
    Ok(())
}

/// A diversion told in time counts as the first delay; known together with another unit it never was one. Whichever
/// units they are.
#[test]
fn a_delay_that_counted_as_the_second_is_recorded_where_it_is_none() {
    let course = [
        ("unit.diverted", 19),
        ("unit.enroute", 105),
        ("unit.assigned", 106),
        ("unit.delayed", 156),
        ("unit.arrived", 225),
    ];
    for units in 0..32 {
        let people = json!([{"id": "p1", "roles": ["caller"], "phone": "+12185550101"}]);
        let call = json!({"id": "26-1", "call_type": "LARCENY", "priority": 1});
        let mut events = vec![read("incident.opened", 0, &json!({"incident": call, "people": people}))];
        events.extend(course.iter().enumerate().map(|(index, (kind, seconds))| {
            let unit = if units >> index & 1 == 0 { "214" } else { "215" };
            read(kind, *seconds, &json!({"incident": {"id": "26-1"}, "units": [{"id": unit}]}))
        }));
        let singly: Vec<Vec<Event>> = events.iter().map(|event| vec![event.clone()]).collect();
        check(&Outbox::play(&singly), &Outbox::play(&[events])).unwrap();
    }
}

proptest! {
    #[test]
    fn calls_give_the_same_messages_in_any_order((events, groups) in any_call().prop_flat_map(rearranged)) {
        let singly: Vec<Vec<Event>> = in_order(events).into_iter().map(|event| vec![event]).collect();
        check(&Outbox::play(&singly), &Outbox::play(&groups))?;
    }

    #[test]
    fn eventful_calls_give_the_same_messages_or_record_why_not(
        (events, groups) in eventful_call().prop_flat_map(rearranged)
    ) {
        let singly: Vec<Vec<Event>> = in_order(events).into_iter().map(|event| vec![event]).collect();
        check_recorded(&Outbox::play(&singly), &Outbox::play(&groups))?;
    }

    #[test]
    fn cases_give_the_same_messages_in_any_order((events, groups) in any_case().prop_flat_map(rearranged)) {
        let singly: Vec<Vec<Event>> = in_order(events).into_iter().map(|event| vec![event]).collect();
        check(&Outbox::play(&singly), &Outbox::play(&groups))?;
    }

    #[test]
    fn nothing_is_sent_once_the_call_is_known_to_be_denied((_, groups) in any_call().prop_flat_map(rearranged), place in 0usize..20) {
        let denied = json!({"incident": {"id": "26-1", "call_type": "DVA"}});
        let place = place % groups.len();
        let mut known = vec![read("incident.reclassified", 239, &denied)];
        let mut outbox = Outbox::default();
        for (index, group) in groups.iter().enumerate() {
            known.extend(group.iter().cloned());
            if index >= place {
                outbox.plan(&known, at(240));
            }
        }
        outbox.run_on(&known);
        prop_assert!(outbox.sent.is_empty());
    }
}
