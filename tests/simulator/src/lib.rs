//! A whole stack for caller updates in one thread, on virtual time: the real handlers with the real AWS SDK clients, and
//! around them every service with every way in which it may fail. One seed is one run, to the byte.

pub mod campaign;
mod caps;
pub mod case;
mod checker;
mod effects;
mod failures;
pub mod fault;
mod functions;
mod images;
pub mod log;
mod mapping;
mod moment;
#[cfg(feature = "mutants")]
pub mod mutants;
mod network;
pub mod order;
mod providers;
mod queue;
mod quiet;
mod reads;
mod report;
mod restore;
mod sandbox;
mod services;
pub mod story;
mod stream;
mod sweeps;
mod tables;
pub mod tally;
mod telling;
#[cfg(test)]
mod template;
mod tokens;
mod work;
mod world;

pub use checker::Violation;
pub use network::Service;
pub use report::{Calls, Report};
pub use world::Setting;

/// Plays `story` under `setting`.
pub fn play(story: story::Story, setting: Setting) -> anyhow::Result<Report> {
    Ok(world::World::new(story, setting)?.run())
}
