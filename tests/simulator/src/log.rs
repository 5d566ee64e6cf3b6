//! What the handlers log, caught on this thread, so that every line can be searched for personal data.
use std::cell::RefCell;
use std::io::Write;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Starts catching, once for the process.
pub fn catch() {
    let filter = EnvFilter::new("info,aws=off,hyper=off");
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).without_time();
    // Another test of this process may have been first; lines are caught either way.
    let _ = subscriber.with_env_filter(filter).with_writer(Catch).try_init();
}

/// The lines of this thread since the last call.
pub(crate) fn take() -> Vec<String> {
    LINES.with(RefCell::take)
}

struct Catch;

impl Write for Catch {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with(|lines| lines.borrow_mut().push(String::from_utf8_lossy(bytes).into_owned()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Catch {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}
