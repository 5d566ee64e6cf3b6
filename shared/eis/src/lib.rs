//! Early intervention: which officers a supervisor should sit down with, and the sum that says why.
//!
//! Pure rules: personnel events read into types, an append-only ledger resolved to what was known on a night,
//! the score `gp-1`, its explanation and the alert rule. No clock, no input or output: the same input gives the
//! same bytes on every platform, so that any past night can be replayed and contested line by line.
//!
//! The word for a high score is *review*. It is no probability, no finding, and never a ground for discipline.
#![warn(missing_docs)]

pub mod accuracy;
pub mod alert;
pub mod case;
pub mod chance;
pub mod coaching;
mod counts;
mod department;
pub mod event;
pub mod explanation;
pub mod exposure;
pub mod fairness;
pub mod gamma;
pub mod input;
pub mod ledger;
pub mod measure;
pub mod micro;
pub mod outcome;
pub mod peers;
pub mod protected;
pub mod rate;
pub mod record;
pub mod ruleset;
pub mod run;
pub mod scene;
pub mod score;
pub mod spread;
pub mod summary;
pub mod threshold;

pub use alert::Level;
pub use event::Event;
pub use explanation::Explanation;
pub use input::Input;
pub use ledger::{Known, Ledger, Revision};
pub use ruleset::Ruleset;
pub use run::Run;
pub use score::{Output, Scored, score};
pub use summary::Summary;
