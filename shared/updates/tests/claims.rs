//! Whatever happens in whatever order, nothing goes out to an address that is denied at the moment of its claim. The
//! test keeps its own account of who is denied, from the steps it takes, and never asks the gates.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod world;

use std::collections::{BTreeMap, BTreeSet};

use incident::{Contact, Event};
use proptest::prelude::*;
use serde_json::{Value, json};
use updates::contact::Flag;
use updates::gates::Contacts;
use updates::{ContactState, Outcome, Scope, plan};
use world::{at, policy, read, subject};

const PHONES: [&str; 3] = ["+12185550101", "+12185550102", "+12185550103"];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// An event of the call.
    Event(&'static str),
    /// The call turns out to be of another type.
    Reclassified(&'static str),
    /// A person is named in a role, at a number, of an age.
    Person(usize, &'static str, usize, u8),
    /// Somebody answers STOP, or START.
    Stop(usize),
    Start(usize),
    /// A call of another kind latches a number for so many seconds.
    Latch(usize, i64),
    /// Staff enter a wish for so many seconds.
    Wish(usize, Contact, i64),
    /// The provider reports a dead number.
    Dead(usize),
    /// Time passes.
    Wait(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let kinds = prop::sample::select(vec![
        "incident.updated",
        "unit.enroute",
        "unit.delayed",
        "unit.diverted",
        "unit.arrived",
        "unit.cleared",
        "incident.closed",
        "incident.reopened",
        "incident.transferred",
        "incident.cancelled",
        "incident.expunged",
    ]);
    let roles = prop::sample::select(vec!["caller", "victim", "witness", "suspect", "person_of_interest"]);
    let wishes = prop::sample::select(vec![Contact::Never, Contact::NoText, Contact::AskFirst, Contact::Ok]);
    let types = prop::sample::select(vec!["LARCENY", "NOISE", "DVA", "ZZZ"]);
    prop_oneof![
        6 => kinds.prop_map(Step::Event),
        1 => types.prop_map(Step::Reclassified),
        2 => (0usize..3, roles, 0usize..3, prop::sample::select(vec![12u8, 17, 18, 40]))
            .prop_map(|(person, role, phone, age)| Step::Person(person, role, phone, age)),
        1 => (0usize..3).prop_map(Step::Stop),
        1 => (0usize..3).prop_map(Step::Start),
        1 => (0usize..3, 1i64..4000).prop_map(|(phone, length)| Step::Latch(phone, length)),
        1 => (0usize..3, wishes, 1i64..4000).prop_map(|(phone, wish, length)| Step::Wish(phone, wish, length)),
        1 => (0usize..3).prop_map(Step::Dead),
        4 => (1i64..1200).prop_map(Step::Wait),
    ]
}

/// The test's own account of who must hear nothing.
#[derive(Default)]
struct Account {
    stopped: BTreeSet<usize>,
    latched_until: BTreeMap<usize, i64>,
    wishes: BTreeMap<usize, (Contact, i64)>,
    dead: BTreeSet<usize>,
    suspects: BTreeSet<usize>,
    minors: BTreeSet<String>,
    dangerous: bool,
    expunged: bool,
}

impl Account {
    fn denies(&self, phone: usize, person: &str, now: i64) -> bool {
        let refused = |wish: Contact| matches!(wish, Contact::Never | Contact::NoText | Contact::AskFirst);
        self.dangerous
            || self.expunged
            || self.stopped.contains(&phone)
            || self.dead.contains(&phone)
            || self.suspects.contains(&phone)
            || self.minors.contains(person)
            || self.latched_until.get(&phone).is_some_and(|until| *until > now)
            || self.wishes.get(&phone).is_some_and(|(wish, until)| *until > now && refused(*wish))
    }

    fn note(&mut self, step: &Step, now: i64) {
        match step {
            Step::Event("incident.expunged") => self.expunged = true,
            Step::Reclassified(kind) => self.dangerous |= ["DVA", "ZZZ"].contains(kind),
            Step::Person(person, role, phone, age) => {
                let id = format!("p{person}");
                if *age < 18 {
                    self.minors.insert(id);
                } else {
                    self.minors.remove(&id);
                }
                if role.starts_with("suspect") || role.starts_with("person_of") {
                    self.suspects.insert(*phone);
                }
            }
            Step::Stop(phone) => drop(self.stopped.insert(*phone)),
            Step::Start(phone) => drop(self.stopped.remove(phone)),
            Step::Latch(phone, length) => {
                let until = self.latched_until.entry(*phone).or_default();
                *until = (*until).max(now + length);
            }
            Step::Wish(phone, wish, length) => drop(self.wishes.insert(*phone, (*wish, now + length))),
            Step::Dead(phone) => drop(self.dead.insert(*phone)),
            Step::Event(_) | Step::Wait(_) => {}
        }
    }
}

/// The event of a step at `now`, if it is one.
fn event(step: &Step, now: i64) -> Option<Event> {
    let call = |extra: Value, fields: Value| {
        let mut data =
            json!({"incident": {"id": "26-1"}, "agency": {"name": "Example", "phone": "218-555-0160"}});
        data["incident"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        data.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        data
    };
    Some(match step {
        Step::Event(kind) => read(kind, now, &call(json!({"units": [{"id": "214"}]}), json!({}))),
        Step::Reclassified(kind) => {
            read("incident.reclassified", now, &call(json!({}), json!({"call_type": kind})))
        }
        Step::Person(person, role, phone, age) => {
            let person =
                json!({"id": format!("p{person}"), "roles": [role], "phone": PHONES[*phone], "age": age});
            read("incident.updated", now, &call(json!({"people": [person]}), json!({})))
        }
        _ => return None,
    })
}

/// What a step does to Contacts.
fn contact(step: &Step, contacts: &mut Contacts, now: i64) {
    let mut change = |phone: usize, change: &dyn Fn(&ContactState) -> Option<ContactState>| {
        let state = contacts.entry(PHONES[phone].to_owned()).or_default();
        if let Some(next) = change(state) {
            *state = next;
        }
    };
    match step {
        Step::Stop(phone) => change(*phone, &|state| state.opted_out(Scope::All, at(now), "text")),
        Step::Start(phone) => change(*phone, &ContactState::opted_in),
        Step::Latch(phone, length) => change(*phone, &|state| state.latched(at(now + length))),
        Step::Wish(phone, wish, length) => change(*phone, &|state| {
            Some(ContactState { flag: Some(Flag { wish: *wish, until: at(now + length) }), ..state.next() })
        }),
        Step::Dead(phone) => {
            change(*phone, &|state| Some(ContactState { undeliverable: true, ..state.next() }));
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn nothing_goes_to_a_denied_address_at_the_time_of_its_claim(steps in prop::collection::vec(any_step(), 1..40)) {
        let call = json!({"id": "26-1", "call_type": "LARCENY", "priority": 1});
        let people = json!([{"id": "p0", "roles": ["caller"], "phone": PHONES[0]},
            {"id": "p1", "roles": ["caller", "victim"], "phone": PHONES[1]}]);
        let mut events = vec![read("incident.opened", 0, &json!({"incident": call, "people": people}))];
        let (mut contacts, mut account, mut now) = (Contacts::new(), Account::default(), 0);
        let mut sent = BTreeSet::new();
        for step in &steps {
            now += if let Step::Wait(seconds) = step { *seconds } else { 1 };
            account.note(step, now);
            events.extend(event(step, now));
            contact(step, &mut contacts, now);
            for update in plan(&subject(&events), &contacts, policy(), at(now)).updates {
                let key = (update.address.clone(), update.kind, update.ordinal.clone());
                if update.outcome == Outcome::Pending && !sent.contains(&key) {
                    let address = &update.address.as_ref().unwrap().0;
                    let phone = PHONES.iter().position(|known| known == address).unwrap();
                    prop_assert!(!account.denies(phone, &update.person, now), "{} to {} after {steps:?}", update.kind, update.person);
                    sent.insert(key);
                }
            }
        }
    }
}
