//! The moments of a run: everything that may happen at one instant, in a heap by time.
use std::sync::Arc;

use aws_smithy_runtime_api::client::result::ConnectorError;
use jiff::Timestamp;

use crate::mapping::Reader;
use crate::network::{Answer, Slot};

/// What happens at a moment.
pub(crate) enum Moment {
    /// A request reaches its service.
    Arrive(u64),
    /// An answer reaches its caller.
    Answer(u64, Result<Answer, ConnectorError>),
    Wake(Arc<Slot<()>>),
    /// A sandbox has used up its time, or dies.
    Kill(u64),
    /// A sender posts, by its place in the list of deliveries.
    Post(usize),
    /// A person's text reaches the queue.
    Text(usize),
    Poll(Reader, usize),
    Receive(Inbox),
    Sweep,
    /// The tables' housekeeping.
    Reap,
    /// The outbox is copied; it is lost and comes back.
    Copy,
    Restore,
    /// The commands after it are run once more.
    Close,
    /// The operator works off the failure queues.
    Redrive,
    /// A provider reports; how often that was tried.
    Receipt(Box<serde_json::Value>, u8),
}

/// A queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inbox {
    Replies,
    Receipts,
}

/// A moment with its time; the order decides between those of one instant.
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) order: u64,
    pub(crate) moment: Moment,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}
