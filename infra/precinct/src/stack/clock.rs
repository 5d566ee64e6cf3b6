//! The virtual clock: the only clock of the stack. It starts where it is told, runs on by itself or stands still,
//! and is moved by `set` and `advance`; its place survives a restart.
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use startup::Clock;

/// How the time of the stack follows from the time of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pace {
    /// Machine time and this much.
    Offset(SignedDuration),
    /// This instant, until it is moved.
    Still(Timestamp),
}

/// What is kept between runs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Kept {
    pace: Pace,
    /// Schedules due up to here have run.
    done_until: Timestamp,
}

/// A clock that can be moved; clones share it.
#[derive(Clone)]
pub(crate) struct VirtualClock {
    wall: Clock,
    kept: Arc<Mutex<Kept>>,
    file: Arc<PathBuf>,
}

impl VirtualClock {
    /// The clock kept in `file`; `start` moves it, else it goes on where it was, else it shows machine time.
    pub(crate) fn open(file: &Path, start: Option<Timestamp>, still: bool) -> anyhow::Result<Self> {
        let wall = Clock::wall();
        let kept = match std::fs::read(file) {
            Ok(bytes) => Some(
                serde_json::from_slice::<Kept>(&bytes)
                    .with_context(|| format!("{} does not hold a clock", file.display()))?,
            ),
            Err(_) => None,
        };
        let before = kept.map_or_else(|| wall.now(), |kept| shown(kept.pace, wall.now()));
        let now = start.unwrap_or(before);
        let pace = if still { Pace::Still(now) } else { Pace::Offset(now.duration_since(wall.now())) };
        // What fell due while nothing ran is not made up for, as with a deployed stack that was switched off.
        let clock = Self {
            wall,
            kept: Arc::new(Mutex::new(Kept { pace, done_until: now })),
            file: Arc::new(file.to_owned()),
        };
        clock.keep()?;
        Ok(clock)
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        shown(self.kept().pace, self.wall.now())
    }

    /// The same clock as handlers take it.
    pub(crate) fn as_clock(&self) -> Clock {
        let clock = self.clone();
        Clock::new(move || clock.now())
    }

    /// Up to where schedules have run.
    pub(crate) fn done_until(&self) -> Timestamp {
        self.kept().done_until
    }

    /// Notes that the schedules due up to `until` have run.
    pub(crate) fn set_done_until(&self, until: Timestamp) -> anyhow::Result<()> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).done_until = until;
        self.keep()
    }

    /// Moves the clock to `to`, forward or back.
    pub(crate) fn move_to(&self, to: Timestamp) -> anyhow::Result<()> {
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.pace = match kept.pace {
                Pace::Still(_) => Pace::Still(to),
                Pace::Offset(_) => Pace::Offset(to.duration_since(self.wall.now())),
            };
        }
        self.keep()
    }

    /// Moves the clock to `to` unless it is past that already.
    pub(crate) fn reach(&self, to: Timestamp) -> anyhow::Result<()> {
        if self.now() < to { self.move_to(to) } else { Ok(()) }
    }

    fn kept(&self) -> Kept {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self) -> anyhow::Result<()> {
        super::data::write_json(&self.file, &self.kept())
    }
}

fn shown(pace: Pace, wall: Timestamp) -> Timestamp {
    match pace {
        Pace::Offset(offset) => wall.saturating_add(offset).unwrap_or(wall),
        Pace::Still(at) => at,
    }
}
