//! Everything a handler may use that is not a function of its input: SDK settings, clock, entropy, variables.
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_async::rt::sleep::default_async_sleep;
use std::time::Duration;

#[cfg(feature = "mutants")]
use crate::mutant;
use crate::{Clock, Entropy, Variables};

/// Handed to each function's `Context::new`; clones share the HTTP connector.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// Region, credentials, endpoint, connector; retries are off, since `table` retries what is safe and
    /// a text must never be sent twice by the SDK itself.
    pub sdk: SdkConfig,
    /// The only clock.
    pub clock: Clock,
    /// The only source of randomness.
    pub entropy: Entropy,
    /// The function's settings.
    pub variables: Variables,
    /// Where posts to addresses of the department's own choosing may go.
    pub reach: Reach,
}

/// Where a post outward may go. No variable and no file sets it: a deployed function has [`Reach::Public`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// By `https` to addresses of the public internet.
    Public,
    /// To this machine alone, as in the local stack.
    Loopback,
}

impl Runtime {
    /// What a deployed function runs on.
    pub async fn start() -> Self {
        let sdk = aws_config::defaults(BehaviorVersion::latest()).load().await;
        Self {
            sdk: harden(sdk),
            clock: Clock::wall(),
            entropy: Entropy::system(),
            variables: Variables::process(),
            reach: Reach::Public,
        }
    }

    /// The same for a stack on this machine: `sdk` says where, `clock` what time it is there.
    pub fn new(sdk: SdkConfig, clock: Clock, entropy: Entropy, variables: Variables) -> Self {
        Self { sdk: harden(sdk), clock, entropy, variables, reach: Reach::Loopback }
    }

    /// The same runtime with another function's settings.
    pub fn with_variables(&self, variables: Variables) -> Self {
        Self { variables, ..self.clone() }
    }
}

/// Retries off, one time-out for all, no stream watchdog (it needs its own timer). `table` waits between its own
/// attempts by the same sleep as the SDK, so there must be one.
fn harden(sdk: SdkConfig) -> SdkConfig {
    let sleep = sdk.sleep_impl().or_else(default_async_sleep);
    let mut builder = sdk.into_builder();
    builder.set_sleep_impl(sleep);
    let retries = RetryConfig::disabled();
    #[cfg(feature = "mutants")]
    let retries = if mutant::is(mutant::Mutant::SdkRetries) {
        RetryConfig::standard().with_max_attempts(3)
    } else {
        retries
    };
    builder
        .retry_config(retries)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .operation_attempt_timeout(Duration::from_secs(10))
                .build(),
        )
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}
