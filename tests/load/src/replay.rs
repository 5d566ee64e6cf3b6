//! An hour of a large city: calls that are opened, sent a car and closed, and the server's memory on the way.
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::Target;
use crate::judge::Verdict;
use crate::memory;
use crate::step::wait_for;
use crate::traffic::Call;

/// Texts of one call: received, on the way, closed.
const EACH: usize = 3;
/// A car is sent, and the call is closed, this many calls later: the text before has gone by then.
const LATER: u32 = 300;
/// Posts under way at once.
const IN_FLIGHT: usize = 64;

/// What the replay showed.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    /// Calls.
    pub calls: u32,
    /// Posts, three for each call.
    pub posts: usize,
    /// From the first post to the last text.
    pub seconds: f64,
    /// Resident MiB of the server after so many calls.
    pub resident: Vec<(u32, u64)>,
    /// What came.
    pub verdict: Verdict,
}

/// Replays `calls` calls at `rate` posts a second; memory is that of the process `pid`.
pub async fn run(
    target: &Target,
    name: &str,
    first: u32,
    (calls, rate): (u32, f64),
    pid: Option<u32>,
) -> anyhow::Result<Replayed> {
    let all: Vec<Call> = (first..first + calls).map(|number| Call::new(name, number)).collect();
    let mut replayed = Replayed { calls, ..Replayed::default() };
    let (room, mut posts, begun) = (Arc::new(Semaphore::new(IN_FLIGHT)), JoinSet::new(), Instant::now());
    for tick in 0..calls + 2 * LATER {
        let opened = all.get(tick as usize).map(|call| call.opened(target.now()));
        let sent = tick
            .checked_sub(LATER)
            .and_then(|at| all.get(at as usize))
            .map(|call| call.en_route(target.now()));
        let closed = tick
            .checked_sub(2 * LATER)
            .and_then(|at| all.get(at as usize))
            .map(|call| call.closed(target.now()));
        for event in [opened, sent, closed].into_iter().flatten() {
            tokio::time::sleep_until((begun + Duration::from_secs_f64(replayed.posts as f64 / rate)).into())
                .await;
            replayed.posts += 1;
            let (target, place) = (target.clone(), Arc::clone(&room).acquire_owned().await?);
            posts.spawn(async move {
                let posted = target.post(&event).await;
                drop(place);
                posted
            });
        }
        while let Some(posted) = posts.try_join_next() {
            ensure!(posted??.acknowledged, "a post was given up");
        }
        if let Some(pid) = pid.filter(|_| tick % 1000 == 0 || tick + 1 == calls) {
            replayed.resident.push((tick, memory::resident(pid)?));
        }
    }
    while let Some(posted) = posts.join_next().await {
        ensure!(posted??.acknowledged, "a post was given up");
    }
    (_, replayed.verdict) = wait_for(target, &all, EACH).await?;
    replayed.seconds = begun.elapsed().as_secs_f64();
    Ok(replayed)
}
