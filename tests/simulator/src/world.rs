//! One run: a single thread, virtual time, and a list of moments. Every request of a handler arrives at a service at
//! one moment and is answered at a later one, so that invocations interleave in every way that the seed can think of.
use std::cmp::Reverse;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BinaryHeap};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use startup::agency::Folder;
use startup::{Entropy, Runtime};

use crate::checker::Checker;
use crate::failures::Failures;
use crate::fault::{Asked, Faults, Plan};
use crate::functions::Functions;
use crate::mapping::{Mapping, Reader};
use crate::moment::Entry;
pub(crate) use crate::moment::{Inbox, Moment};
use crate::network::{Network, Request};
use crate::providers::Providers;
use crate::queue::Queue;
use crate::report::{Calls, Report};
use crate::sandbox::Sandboxes;
use crate::services::{Kms, Objects};
use crate::story::Story;
use crate::sweeps::Sweeps;
use crate::tables::Tables;

/// Longest a run goes on after its last post: open tasks are escalated for days.
const REST: SignedDuration = SignedDuration::from_hours(24 * 12);
/// More moments than any run of a few calls needs that ends, and more for each call.
const WATCHDOG: u64 = 400_000;
const WATCHDOG_EACH: u64 = 1_000;

/// How a run is made.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Everything random comes from it.
    pub seed: u64,
    /// Faults that happen, and no others; none: drawn from the seed.
    pub faults: Option<Faults>,
    /// Whether deliveries are in order, once and at an even pace.
    pub calm: bool,
    /// The prepared agency folder.
    pub agency: std::path::PathBuf,
}

/// Everything there is in one run.
pub(crate) struct World {
    pub(crate) setting: Setting,
    pub(crate) story: Story,
    pub(crate) network: Network,
    pub(crate) tables: Tables,
    pub(crate) kms: Kms,
    pub(crate) objects: Objects,
    pub(crate) providers: Providers,
    pub(crate) runtime: Runtime,
    pub(crate) functions: Functions,
    /// The outbox as it was, for a restore, and whether one is under way.
    pub(crate) copied: Option<crate::tables::Copy>,
    pub(crate) held_back: bool,
    /// How often its commands came to no end.
    pub(crate) interrupted: u32,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) failures: Failures,
    pub(crate) replies: Queue,
    pub(crate) receipts: Queue,
    pub(crate) sweeps: Sweeps,
    pub(crate) checker: Checker,
    pub(crate) plan: Plan,
    pub(crate) weather: fastrand::Rng,
    pub(crate) requests: BTreeMap<u64, Request>,
    pub(crate) deliveries: Vec<crate::work::Delivery>,
    pub(crate) effects: u64,
    /// How often each function asked for each action.
    pub(crate) calls: Calls,
    /// Sequence number of the last stream record.
    pub(crate) sequence: u64,
    pub(crate) receipts_sent: u64,
    pub(crate) actions: Vec<Asked>,
    pub(crate) sandboxes: Sandboxes,
    moments: BinaryHeap<Reverse<Entry>>,
    pub(crate) trace: DefaultHasher,
    counter: u64,
}

impl World {
    /// The world of `story` before anything happens.
    pub(crate) fn new(story: Story, setting: Setting) -> anyhow::Result<Self> {
        let start = story.start();
        let heals_at = story.end() + SignedDuration::from_mins(20);
        let network = Network::new(start);
        let clock = network.clone();
        let clock = startup::Clock::new(move || clock.now());
        let random = Mutex::new(fastrand::Rng::with_seed(setting.seed ^ 0xe47_0b1e));
        let entropy = Entropy::new(move |bytes| {
            random.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
        });
        let runtime =
            Runtime::new(network.sdk_config(), clock, entropy, crate::work::variables(&setting.agency));
        let plan = match &setting.faults {
            Some(listed) => Plan::listed(listed.clone()),
            None => Plan::drawn(setting.seed, start, heals_at),
        };
        let mappings = vec![
            Mapping::new("Incidents", Reader::Plan, plan_filter()),
            Mapping::new("Incidents", Reader::Log, table::schema::INCIDENTS_FILTER),
            Mapping::new("Messages", Reader::Send, table::schema::MESSAGES_FILTER),
        ];
        let mut world = Self {
            checker: Checker::new(&story, &table::planning::policy(&Folder::new(&setting.agency))?),
            functions: Functions::new(runtime.clone()),
            runtime,
            copied: None,
            held_back: false,
            interrupted: 0,
            tables: Tables::new()?,
            kms: Kms::default(),
            objects: Objects::default(),
            providers: Providers::default(),
            mappings,
            failures: Failures::new(heals_at),
            replies: Queue::default(),
            receipts: Queue::default(),
            sweeps: Sweeps::default(),
            plan,
            weather: fastrand::Rng::with_seed(setting.seed ^ 0x3ea_7e4),
            requests: BTreeMap::new(),
            deliveries: Vec::new(),
            effects: 0,
            calls: Calls::new(),
            sequence: 0,
            receipts_sent: 0,
            actions: Vec::new(),
            moments: BinaryHeap::new(),
            sandboxes: Sandboxes::default(),
            trace: DefaultHasher::new(),
            counter: 0,
            network,
            story,
            setting,
        };
        world.begin();
        Ok(world)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.network.now()
    }

    /// Notes that `moment` comes `after` from now.
    pub(crate) fn later(&mut self, after: SignedDuration, moment: Moment) {
        self.at(self.now() + after, moment);
    }

    /// Notes that `moment` comes at `at`; the seed decides between those of one instant.
    pub(crate) fn at(&mut self, at: Timestamp, moment: Moment) {
        let number = self.number();
        let lot = if self.setting.calm { 0 } else { u64::from(self.weather.u16(..)) << 40 };
        self.moments.push(Reverse(Entry { at, order: lot | number, moment }));
    }

    /// A number that nothing else in this run has.
    pub(crate) fn number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Adds to the trace.
    pub(crate) fn note(&mut self, what: impl Hash) {
        (self.now().as_microsecond(), what).hash(&mut self.trace);
    }

    /// Plays everything until it has come to rest.
    pub(crate) fn run(mut self) -> Report {
        let horizon = self.story.end() + REST;
        let watchdog = WATCHDOG + WATCHDOG_EACH * self.story.lifecycles;
        let mut moments: u64 = 0;
        while let Some(Reverse(entry)) = self.moments.pop() {
            if entry.at > horizon {
                break;
            }
            moments += 1;
            if moments > watchdog {
                self.checker.violate("I10", "the run does not come to rest", entry.at);
                break;
            }
            self.network.set_now(entry.at.max(self.now()));
            self.happen(entry.moment);
            if self.checker.is_restless || self.tables.differing.is_some() {
                break;
            }
            if !self.poll_ready() {
                self.checker.violate(
                    "I10",
                    "a handler goes on without waiting for anything",
                    self.network.now(),
                );
                break;
            }
        }
        self.report()
    }

    fn happen(&mut self, moment: Moment) {
        match moment {
            Moment::Arrive(request) => self.arrive(request),
            Moment::Answer(request, answer) => {
                if let Some(request) = self.requests.remove(&request) {
                    request.slot.fill(answer);
                }
            }
            Moment::Wake(slot) => slot.fill(()),
            Moment::Kill(task) => self.kill(task),
            Moment::Post(delivery) => self.post(delivery),
            Moment::Text(text) => self.text(text),
            Moment::Poll(reader, shard) => self.poll_shard(reader, shard),
            Moment::Receive(inbox) => self.receive(inbox),
            Moment::Sweep => self.sweep(),
            Moment::Reap => self.reap(),
            Moment::Copy => self.copy(),
            Moment::Restore => self.restore(),
            Moment::Close => self.close(),
            Moment::Redrive => self.redrive(),
            Moment::Receipt(receipt, tries) => self.receipt(*receipt, tries),
        }
    }

    /// How long a request or an answer is under way.
    pub(crate) fn travel(&mut self) -> SignedDuration {
        if self.setting.calm {
            return SignedDuration::from_millis(2);
        }
        let slow = self.weather.u8(..64) == 0;
        let millis = if slow { self.weather.i64(20..1500) } else { self.weather.i64(1..12) };
        SignedDuration::from_millis(millis)
    }
}

/// The template's filter; the mistake of taking removals for news needs removals to come through.
fn plan_filter() -> &'static str {
    #[cfg(feature = "mutants")]
    if startup::mutant::is(startup::mutant::Mutant::RemovalCancels) {
        return "{}";
    }
    table::schema::INCIDENTS_FILTER
}

#[cfg(test)]
mod tests;
