//! What can go wrong with one call of a service, and which call it goes wrong with. Every call of a handler is an
//! effect and has a number; a plan names effects by number or draws them from the seed, and keeps what it used, so that
//! a run can be played again from its list of faults alone.
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::network::Service;
use crate::tables::READS;

/// A call of a service, as much of it as decides which faults fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The service.
    pub service: Service,
    /// The action, or method.
    pub action: String,
    /// Whether it is a read that may be answered from a moment ago.
    pub may_lag: bool,
}

/// What happens to one effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The sandbox dies before the request leaves.
    CrashBefore,
    /// The request is carried out and the sandbox dies.
    CrashAfter,
    /// An internal error; nothing was carried out.
    Error,
    /// An internal error; it was carried out.
    ErrorApplied,
    /// No answer; nothing was carried out.
    Timeout,
    /// No answer; it was carried out.
    TimeoutApplied,
    /// Refused for now.
    Throttle,
    /// A transaction meets another one.
    Conflict,
    /// An eventually consistent read or an index that lags.
    Stale,
    /// The provider refuses the message for good.
    Rejected,
    /// The provider knows that the person opted out.
    OptedOut,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::CrashBefore,
        Self::CrashAfter,
        Self::Error,
        Self::ErrorApplied,
        Self::Timeout,
        Self::TimeoutApplied,
        Self::Throttle,
        Self::Conflict,
        Self::Stale,
        Self::Rejected,
        Self::OptedOut,
    ];

    /// Whether it can happen to this call.
    pub fn fits(self, asked: &Asked) -> bool {
        let Asked { service, action, may_lag } = asked;
        let (service, action) = (*service, action.as_str());
        let writes = match service {
            Service::DynamoDb => !READS.contains(&action),
            Service::S3 => action == "PUT",
            Service::Sns | Service::Ses => true,
            Service::Kms | Service::Secrets => false,
        };
        match self {
            Self::CrashBefore | Self::Error | Self::Timeout | Self::Throttle => true,
            Self::CrashAfter | Self::ErrorApplied | Self::TimeoutApplied => writes,
            Self::Conflict => action == "TransactWriteItems",
            Self::Stale => *may_lag,
            Self::Rejected => matches!(service, Service::Sns | Service::Ses),
            Self::OptedOut => service == Service::Sns,
        }
    }

    /// Its name in lists and regression tests.
    pub fn word(self) -> &'static str {
        match self {
            Self::CrashBefore => "crash-before",
            Self::CrashAfter => "crash-after",
            Self::Error => "error",
            Self::ErrorApplied => "error-applied",
            Self::Timeout => "timeout",
            Self::TimeoutApplied => "timeout-applied",
            Self::Throttle => "throttle",
            Self::Conflict => "conflict",
            Self::Stale => "stale",
            Self::Rejected => "rejected",
            Self::OptedOut => "opted-out",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|fault| fault.word() == text)
            .ok_or_else(|| format!("no fault is called {text}"))
    }
}

/// Faults by the number of their effect.
pub type Faults = BTreeMap<u64, Fault>;

/// Where the faults of a run come from.
#[derive(Debug)]
pub(crate) struct Plan {
    listed: Faults,
    drawn: Option<Drawn>,
    heals_at: Option<Timestamp>,
    /// What happened so far.
    pub(crate) used: Faults,
}

/// Faults drawn from a seed: a swarm of some kinds, at one rate.
#[derive(Debug)]
struct Drawn {
    random: fastrand::Rng,
    per_mille: u32,
    kinds: Vec<Fault>,
    outage: Option<Outage>,
}

/// A time in which one service fails more often than not.
#[derive(Debug)]
struct Outage {
    service: Service,
    from: Timestamp,
    until: Timestamp,
}

impl Outage {
    /// The outage of `random`, if it has one, in the first three quarters of an hour after `start`.
    fn drawn(random: &mut fastrand::Rng, start: Timestamp) -> Option<Self> {
        let service = [Service::DynamoDb, Service::S3, Service::S3, Service::Kms][random.usize(..4)];
        let from = start + SignedDuration::from_secs(random.i64(0..2700));
        let until = from + SignedDuration::from_secs(random.i64(2..90));
        random.bool().then_some(Self { service, from, until })
    }

    fn strikes(&self, service: Service, now: Timestamp, random: &mut fastrand::Rng) -> bool {
        service == self.service && (self.from..self.until).contains(&now) && random.u8(..3) > 0
    }
}

impl Plan {
    /// These and no others.
    pub(crate) fn listed(listed: Faults) -> Self {
        Self { listed, drawn: None, heals_at: None, used: Faults::new() }
    }

    /// Drawn from `seed` for a story that begins at `start`, until `heals_at`.
    pub(crate) fn drawn(seed: u64, start: Timestamp, heals_at: Timestamp) -> Self {
        let mut random = fastrand::Rng::with_seed(seed ^ 0x5eed_fa17);
        let per_mille = [2, 5, 10, 20, 40][random.usize(..5)];
        let kinds: Vec<Fault> = Fault::ALL.into_iter().filter(|_| random.u8(..3) > 0).collect();
        let outage = Outage::drawn(&mut random, start);
        let drawn = Drawn { random, per_mille, kinds, outage };
        Self { listed: Faults::new(), drawn: Some(drawn), heals_at: Some(heals_at), used: Faults::new() }
    }

    /// What happens to effect `number`; `dies` where it was made by somebody who may.
    pub(crate) fn at(&mut self, number: u64, asked: &Asked, now: Timestamp, dies: bool) -> Option<Fault> {
        let fault = self.listed.get(&number).copied().or_else(|| self.draw(asked.service, now))?;
        let is_crash = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
        if !fault.fits(asked) || is_crash && !dies {
            return None;
        }
        self.used.insert(number, fault);
        Some(fault)
    }

    fn draw(&mut self, service: Service, now: Timestamp) -> Option<Fault> {
        if self.heals_at.is_some_and(|heals_at| now >= heals_at) {
            return None;
        }
        let drawn = self.drawn.as_mut()?;
        if drawn.outage.as_ref().is_some_and(|outage| outage.strikes(service, now, &mut drawn.random)) {
            return Some(Fault::Error);
        }
        let hit = drawn.random.u32(..1000) < drawn.per_mille;
        (hit && !drawn.kinds.is_empty()).then(|| drawn.kinds[drawn.random.usize(..drawn.kinds.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(service: Service, action: &str, may_lag: bool) -> Asked {
        Asked { service, action: action.into(), may_lag }
    }

    #[track_caller]
    fn check(asked: &Asked, fitting: &[Fault]) {
        let found: Vec<Fault> = Fault::ALL.into_iter().filter(|fault| fault.fits(asked)).collect();
        assert_eq!(found, fitting);
    }

    #[test]
    fn a_fault_fits_only_what_it_can_happen_to() {
        use Fault::{
            Conflict, CrashAfter, CrashBefore, Error, ErrorApplied, OptedOut, Rejected, Stale, Throttle,
            Timeout, TimeoutApplied,
        };
        let always = [CrashBefore, Error, Timeout, Throttle];
        check(&asked(Service::DynamoDb, "GetItem", false), &always);
        check(&asked(Service::DynamoDb, "Query", true), &[CrashBefore, Error, Timeout, Throttle, Stale]);
        check(&asked(Service::Kms, "Decrypt", false), &always);
        let writes = [CrashBefore, CrashAfter, Error, ErrorApplied, Timeout, TimeoutApplied, Throttle];
        check(&asked(Service::S3, "PUT", false), &writes);
        check(&asked(Service::DynamoDb, "TransactWriteItems", false), &[&writes[..], &[Conflict]].concat());
        check(&asked(Service::Ses, "SendRawEmail", false), &[&writes[..], &[Rejected]].concat());
        check(&asked(Service::Sns, "Publish", false), &[&writes[..], &[Rejected, OptedOut]].concat());
    }

    #[test]
    fn a_fault_that_does_not_fit_does_not_happen_and_is_not_counted() {
        let mut plan =
            Plan::listed(Faults::from([(1, Fault::Stale), (2, Fault::Stale), (3, Fault::CrashBefore)]));
        let mut at = |number, may_lag, dies| {
            plan.at(number, &asked(Service::DynamoDb, "GetItem", may_lag), Timestamp::UNIX_EPOCH, dies)
        };
        assert_eq!(at(1, false, true), None);
        assert_eq!(at(2, true, true), Some(Fault::Stale));
        assert_eq!(at(3, false, false), None);
        assert_eq!(plan.used, Faults::from([(2, Fault::Stale)]));
    }
}
