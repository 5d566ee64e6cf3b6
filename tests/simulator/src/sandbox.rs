//! Where handlers run: each invocation in a sandbox of its own, all of them on one thread, each going on when what it waits for
//! has come.
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake};

use jiff::Timestamp;

use crate::functions::Invocation;
use crate::log;
use crate::moment::Moment;
use crate::work::Work;
use crate::world::World;

/// More turns of handlers than any single moment needs.
const TURNS: u32 = 10_000;

/// A sandbox at work.
struct Task {
    work: Work,
    begun: Timestamp,
    invocation: Invocation,
    waker: std::task::Waker,
}

/// Those at work, and which of them can go on.
#[derive(Default)]
pub(crate) struct Sandboxes {
    tasks: BTreeMap<u64, Task>,
    ready: Arc<Mutex<Vec<u64>>>,
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

impl World {
    /// The function at work in a sandbox.
    pub(crate) fn function_of(&self, task: u64) -> &'static str {
        self.sandboxes.tasks.get(&task).map_or("", |task| task.work.function())
    }

    /// The sandboxes at work.
    pub(crate) fn running(&self) -> Vec<u64> {
        self.sandboxes.tasks.keys().copied().collect()
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
        let task = self.number();
        let limit = work.limit();
        let ready = Ready { task, list: Arc::clone(&self.sandboxes.ready) };
        let waker = Arc::new(ready).into();
        let begun = self.now();
        self.sandboxes.tasks.insert(task, Task { work, begun, invocation, waker });
        self.later(limit, Moment::Kill(task));
        self.sandboxes.ready.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// Ends a sandbox where it stands.
    pub(crate) fn kill(&mut self, task: u64) {
        if let Some(task_state) = self.sandboxes.tasks.remove(&task) {
            self.note(("killed", task));
            drop(task_state.invocation);
            self.checker.ended(task, true);
            self.ended(task_state.work, task_state.begun, Err(anyhow::anyhow!("the sandbox died")));
        }
    }

    /// Lets every sandbox go on that can; `false` where they never come to wait.
    pub(crate) fn poll_ready(&mut self) -> bool {
        for _ in 0..TURNS {
            let mut ready =
                std::mem::take(&mut *self.sandboxes.ready.lock().unwrap_or_else(PoisonError::into_inner));
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
        let Some(task) = self.sandboxes.tasks.get_mut(&id) else { return };
        self.network.enter(id);
        let waker = task.waker.clone();
        let mut context = Context::from_waker(&waker);
        let polled = catch_unwind(AssertUnwindSafe(|| task.invocation.as_mut().poll(&mut context)));
        let (requests, sleepers) = self.network.take();
        for sleeper in sleepers {
            self.at(sleeper.until, Moment::Wake(sleeper.slot));
        }
        for request in requests {
            let number = self.number();
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
                let task = self.sandboxes.tasks.remove(&id).expect("the task that was polled");
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
}
