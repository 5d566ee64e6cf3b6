//! The clock and the source of randomness as values, so that a test or a replay can supply its own.
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use vault::random::fill_from_system;

/// Tells the time. Handlers read it once per decision and pass the instant on.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks `read` each time.
    pub fn new(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The wall clock of this machine: the only place in production code that reads it.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else takes")]
    pub fn wall() -> Self {
        Self::new(Timestamp::now)
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Gives random bytes: for fencing tokens, ids and nonces that need no secrecy of their own.
#[derive(Clone)]
pub struct Entropy(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl Entropy {
    /// A source that asks `fill` each time.
    pub fn new(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    /// The operating system's generator.
    pub fn system() -> Self {
        Self::new(fill_from_system)
    }

    /// Sixteen random bytes as 32 hexadecimal digits.
    pub fn token(&self) -> String {
        let mut bytes = [0; 16];
        (self.0)(&mut bytes);
        hex::encode(bytes)
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}
