//! Mistakes that a careful reader might make in this code, one at a time, for the simulator to find. Compiled with the
//! feature `mutants` alone, which no function's build turns on: what is deployed holds none of this.
use std::cell::Cell;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// The SDK tries a send again by itself.
    SdkRetries,
    /// A message is marked as accepted before it is sent.
    MarkBeforeSend,
    /// A message is sent without a claim and marked afterwards.
    SendThenMark,
    /// The claim is written whatever happened since it was read.
    ClaimWithoutCondition,
    /// Opt-outs and safety facts are read before the claim and not checked in it.
    OptOutReadBefore,
    /// A repeated event is looked for by a read that may be stale, and its effect is written without condition.
    StaleDeduplication,
    /// A received event is remembered for five minutes.
    ShortMemory,
    /// A message is named by the delivery it came with.
    IdFromDelivery,
    /// A batch of which something failed is answered as done.
    EmptyBatchAnswer,
    /// Of the records that failed, the last is reported.
    LastFailure,
    /// A claim stands for less time than a send may take.
    ShortLease,
    /// There is no sweep.
    NoSweep,
    /// What the table's housekeeping removes is taken as called off.
    RemovalCancels,
    /// The later clock wins, not the revision.
    ClockWins,
    /// A restored outbox is taken into use as it is.
    RestoreWithoutFence,
}

impl Mutant {
    /// Every one.
    pub const ALL: [Self; 15] = [
        Self::SdkRetries,
        Self::MarkBeforeSend,
        Self::SendThenMark,
        Self::ClaimWithoutCondition,
        Self::OptOutReadBefore,
        Self::StaleDeduplication,
        Self::ShortMemory,
        Self::IdFromDelivery,
        Self::EmptyBatchAnswer,
        Self::LastFailure,
        Self::ShortLease,
        Self::NoSweep,
        Self::RemovalCancels,
        Self::ClockWins,
        Self::RestoreWithoutFence,
    ];
}

thread_local! {
    static PRESENT: Cell<Option<Mutant>> = const { Cell::new(None) };
}

/// Makes `mutant` the mistake of this thread, or none.
pub fn set(mutant: Option<Mutant>) {
    PRESENT.set(mutant);
}

/// Whether `mutant` is the mistake of this thread.
pub fn is(mutant: Mutant) -> bool {
    PRESENT.get() == Some(mutant)
}
