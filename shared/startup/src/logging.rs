//! JSON logs: a readable message and dotted fields, never personal data (docs/logging.md).
use tracing_subscriber::EnvFilter;

/// Starts logging for a deployed function; the level comes from `RUST_LOG`, else `info` for our own crates.
pub fn logging() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,aws=warn,hyper=warn"));
    tracing_subscriber::fmt().json().flatten_event(true).without_time().with_env_filter(filter).init();
}
