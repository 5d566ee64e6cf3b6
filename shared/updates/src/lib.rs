//! Who is told what, when and how, or why not: a pure function of facts, contacts, policy and clock.
//!
//! ```text
//! Incident, Case --derive--> candidates --gates--> planned updates --render--> text or e-mail
//!                  (what happened)   (may this person be told, now?)
//! ```
#![warn(missing_docs)]

pub mod advice;
pub mod approvals;
pub mod contact;
pub mod deny;
pub mod derive;
pub mod effect;
pub mod email;
pub mod gates;
pub mod kind;
pub mod language;
pub mod limits;
pub mod needs;
pub mod plan;
pub mod policy;
pub mod quiet;
pub mod receipt;
pub mod render;
pub mod reply;
pub mod segments;
pub mod silence;
pub mod standing;
pub mod subject;
pub mod summary;
pub mod task;
pub mod texts;
pub mod transliterate;
pub mod triggers;
pub mod wording;

pub use contact::{ConfirmedSafe, ContactState, Flag, OptOut, Scope};
pub use kind::{Answer, Channel, Class, Kind, Reason};
pub use needs::needs;
pub use plan::{Outcome, Plan, Planned, plan, wake};
pub use policy::{Policy, PolicyError};
pub use subject::Subject;
pub use task::{Need, Owner, TaskKind};
