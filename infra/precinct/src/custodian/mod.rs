//! What the custodian of records does: place and lift legal holds, hand out copies of what is held about somebody, erase by
//! order. On a data folder, or on a deployed stack with the operator's own credentials.
mod audit;
mod erase;
mod export;
mod find;
mod hold;
mod page;
pub(crate) mod place;
mod target;

pub use audit::ExportAudit;
pub use erase::Erase;
pub use export::{Export, How, What as ExportWhat};
pub use hold::{Hold, Order};
pub use place::{Place, Where};
pub use target::{Kind, Target};
