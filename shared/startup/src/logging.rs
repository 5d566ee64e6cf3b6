//! JSON logs: a readable message and dotted fields, never personal data (docs/logging.md).
use std::io;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging for a deployed function; the level comes from `RUST_LOG`, else `info` for our own crates.
pub fn logging() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,aws=warn,hyper=warn"));
    subscriber(filter, io::stdout).init();
}

/// Writes what passes `filter` to `writer`, a line of JSON each. Fields lie at the top: the template's metric filters look for
/// them there.
pub fn subscriber<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().json().flatten_event(true).without_time();
    lines.with_env_filter(filter).with_writer(writer).finish()
}
