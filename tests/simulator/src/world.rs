//! One run: a single thread, virtual time, and a list of moments. Every request of a handler arrives at a service at
//! one moment and is answered at a later one, so that invocations interleave in every way that the seed can think of.
use std::cmp::Reverse;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BinaryHeap};
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake};

use jiff::{SignedDuration, Timestamp};
use startup::agency::Folder;
use startup::{Entropy, Runtime};

use crate::checker::{Checker, Violation};
use crate::failures::Failures;
use crate::fault::{Asked, Faults, Plan};
use crate::functions::{Functions, Invocation};
use crate::log;
use crate::mapping::{Mapping, Reader};
use crate::moment::Entry;
pub(crate) use crate::moment::{Inbox, Moment};
use crate::network::{Network, Request, Service};
use crate::providers::Providers;
use crate::queue::Queue;
use crate::services::{Kms, Objects};
use crate::story::Story;
use crate::sweeps::Sweeps;
use crate::tables::Tables;
use crate::work::Work;

/// Longest a run goes on after its last post: open tasks are escalated for days.
const REST: SignedDuration = SignedDuration::from_hours(24 * 12);
/// More moments than any run of a few calls needs that ends, and more for each call.
const WATCHDOG: u64 = 400_000;
const WATCHDOG_EACH: u64 = 1_000;
/// More turns of handlers than any single moment needs.
const TURNS: u32 = 10_000;

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

/// Calls of services by function and service, then by action.
pub type Calls = BTreeMap<(&'static str, Service), BTreeMap<String, u64>>;

/// What a run has shown.
#[derive(Clone, Debug)]
pub struct Report {
    /// What must not happen and did.
    pub violations: Vec<Violation>,
    /// The faults that happened, by effect.
    pub faults: Faults,
    /// How many effects there were.
    pub effects: u64,
    /// How often each function asked for each action of a service.
    pub calls: Calls,
    /// What each effect was, for single faults and pairs.
    pub actions: Vec<Asked>,
    /// Hash of everything that happened, in order.
    pub trace: u64,
    /// Calls and cases played.
    pub lifecycles: u64,
    /// Records of streams that Lambda gave up, and those of them that were handed out again.
    pub given_up: u64,
    /// See `given_up`.
    pub redriven: u64,
    /// Words that reached people: address, words.
    pub told: Vec<(String, String)>,
    /// State of each message at the end, by its facts.
    pub fates: BTreeMap<String, String>,
    /// What was decided about updates, by the same facts; the last decision counts.
    pub decisions: BTreeMap<String, String>,
}

/// A sandbox at work.
pub(crate) struct Task {
    pub(crate) work: Work,
    pub(crate) begun: Timestamp,
    invocation: Invocation,
    waker: std::task::Waker,
}

/// Notes that a task can go on.
struct Ready {
    task: u64,
    list: Arc<Mutex<Vec<u64>>>,
}

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).push(self.task);
    }
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
    moments: BinaryHeap<Reverse<Entry>>,
    tasks: BTreeMap<u64, Task>,
    ready: Arc<Mutex<Vec<u64>>>,
    trace: DefaultHasher,
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
            tasks: BTreeMap::new(),
            ready: Arc::default(),
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
        self.counter += 1;
        let lot = if self.setting.calm { 0 } else { u64::from(self.weather.u16(..)) << 40 };
        self.moments.push(Reverse(Entry { at, order: lot | self.counter, moment }));
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
            if self.checker.is_restless {
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
        let now = self.now();
        self.checker.finish(&self.story, &self.tables, &self.providers.accepted, now);
        let unmended = self.unmended();
        self.checker.check_stored(&self.tables, &self.objects, &unmended, now);
        self.checker_objects();
        if let Some(differing) = self.tables.differing.take() {
            self.checker.violate("images", differing, now);
        }
        self.report()
    }

    fn report(self) -> Report {
        let told = self.providers.accepted.iter().map(|one| (one.to.clone(), one.body.clone())).collect();
        let rows = |prefix: &'static str| {
            let rows = self.tables.all("Messages").filter(move |(place, _)| place.sk.starts_with(prefix));
            rows.map(|(place, item)| {
                let word = |name: &str| item[name]["S"].as_str().unwrap_or_default();
                let facts = ["person", "kind", "ordinal", "channel"].map(word).join(" ");
                (format!("{} {facts}", place.pk), word("state").to_owned())
            })
        };
        Report {
            fates: rows("MSG#").collect(),
            decisions: rows("DEC#").collect(),
            violations: self.checker.violations,
            faults: self.plan.used,
            effects: self.effects,
            calls: self.calls,
            actions: self.actions,
            trace: self.trace.finish(),
            lifecycles: self.story.lifecycles,
            given_up: self.failures.given_up,
            redriven: self.failures.redriven,
            told,
        }
    }

    fn checker_objects(&mut self) {
        let now = self.now();
        for (path, bytes) in &self.objects.held {
            self.checker.leaked("a public or internal object's name", path, now);
            self.checker.leaked("an object", &String::from_utf8_lossy(bytes), now);
        }
        for dead in self.replies.dead.iter().chain(&self.receipts.dead) {
            // These two queues hold numbers by design; they are told apart from every other place.
            self.checker.leaked("a dead letter's id", &dead.id, now);
        }
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

    /// The function at work in a sandbox.
    pub(crate) fn function_of(&self, task: u64) -> &'static str {
        self.tasks.get(&task).map_or("", |task| task.work.function())
    }

    /// The sandboxes at work.
    pub(crate) fn running(&self) -> Vec<u64> {
        self.tasks.keys().copied().collect()
    }

    /// Starts `work` in a sandbox of its own.
    pub(crate) fn start(&mut self, work: Work, input: crate::functions::Input) {
        if self.held_back {
            let now = self.now();
            self.ended(work, now, Err(anyhow::anyhow!("nothing runs during a restore")));
            return;
        }
        let invocation = match self.functions.invoke(input) {
            Ok(invocation) => invocation,
            Err(error) => {
                let now = self.now();
                self.checker.violate("I10", format!("a function cannot start: {error:#}"), now);
                return;
            }
        };
        self.counter += 1;
        let task = self.counter;
        let limit = work.limit();
        let ready = Ready { task, list: Arc::clone(&self.ready) };
        let waker = Arc::new(ready).into();
        let begun = self.now();
        self.tasks.insert(task, Task { work, begun, invocation, waker });
        self.later(limit, Moment::Kill(task));
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// Ends a sandbox where it stands.
    pub(crate) fn kill(&mut self, task: u64) {
        if let Some(task_state) = self.tasks.remove(&task) {
            self.note(("killed", task));
            drop(task_state.invocation);
            self.checker.ended(task, true);
            self.ended(task_state.work, task_state.begun, Err(anyhow::anyhow!("the sandbox died")));
        }
    }

    /// Lets every sandbox go on that can; `false` where they never come to wait.
    fn poll_ready(&mut self) -> bool {
        for _ in 0..TURNS {
            let mut ready = std::mem::take(&mut *self.ready.lock().unwrap_or_else(PoisonError::into_inner));
            if ready.is_empty() {
                return true;
            }
            ready.sort_unstable();
            ready.dedup();
            for task in ready {
                self.poll_task(task);
            }
        }
        false
    }

    fn poll_task(&mut self, id: u64) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        self.network.enter(id);
        let waker = task.waker.clone();
        let mut context = Context::from_waker(&waker);
        let polled = catch_unwind(AssertUnwindSafe(|| task.invocation.as_mut().poll(&mut context)));
        let (requests, sleepers) = self.network.take();
        for sleeper in sleepers {
            self.at(sleeper.until, Moment::Wake(sleeper.slot));
        }
        for request in requests {
            self.counter += 1;
            let number = self.counter;
            self.requests.insert(number, request);
            let travel = self.travel();
            self.later(travel, Moment::Arrive(number));
        }
        for line in log::take() {
            let now = self.now();
            self.checker.leaked("a log line", &line, now);
        }
        match polled {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready((output, warm))) => {
                let task = self.tasks.remove(&id).expect("the task that was polled");
                self.functions.keep(warm);
                self.checker.ended(id, false);
                self.ended(task.work, task.begun, output);
            }
            Err(_) => {
                let now = self.now();
                self.checker.violate("I10", "a handler panicked", now);
                self.kill(id);
            }
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
mod tests {
    use std::future::poll_fn;

    use super::*;
    use crate::campaign::prepare;
    use crate::functions::{Input, Output, Warm};

    /// Plays a plain story in which one more sandbox does what `planted` says; the invariants that broke, and the first word.
    fn play(planted: Invocation) -> Vec<(&'static str, String)> {
        let prepared = prepare().unwrap();
        let faults = Some(Faults::new());
        let setting = Setting { seed: 0, faults, calm: true, agency: prepared.agency() };
        let mut world = World::new(Story::plain(0), setting).unwrap();
        world.start(Work::Sweep, Input::Planted(planted));
        let violations = world.run().violations;
        violations.into_iter().map(|violation| (violation.invariant, violation.what)).collect()
    }

    #[test]
    fn a_handler_that_panics_is_reported() {
        let broken = play(Box::pin(async { panic!("planted") }));
        assert_eq!(broken, [("I10", "a handler panicked".to_owned())]);
        assert_eq!(play(Box::pin(async { (Ok(Output::Done), Warm::Nothing) })), []);
    }

    #[test]
    fn a_handler_that_never_waits_is_reported() {
        let endless = Box::pin(poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::Pending
        }));
        let broken = play(endless);
        assert!(
            broken.contains(&("I10", "a handler goes on without waiting for anything".to_owned())),
            "{broken:?}"
        );
    }

    #[test]
    fn a_run_that_does_not_come_to_rest_is_reported() {
        let prepared = prepare().unwrap();
        let setting = Setting { seed: 0, faults: Some(Faults::new()), calm: true, agency: prepared.agency() };
        let mut world = World::new(Story::plain(0), setting).unwrap();
        // So much to happen at one instant is as much as what wakes itself for ever.
        for _ in 0..=WATCHDOG + WATCHDOG_EACH {
            world.later(SignedDuration::ZERO, Moment::Receive(Inbox::Replies));
        }
        let violations = world.run().violations;
        assert!(violations.iter().any(|violation| violation.what == "the run does not come to rest"));
    }
}
