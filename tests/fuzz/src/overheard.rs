//! Listens to everything that is logged in this process, so that a planted name in a line is noticed.
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

/// Everything of our own crates, and what the SDK warns of.
pub const FILTER: &str = "info,aws=warn";

/// What was logged since the last look.
#[derive(Clone, Debug, Default)]
pub struct Overheard(Arc<Mutex<Vec<u8>>>);

impl Overheard {
    /// Starts to listen to what passes `filter`, in the words of `tracing-subscriber`; once in a process.
    pub fn start(filter: &str) -> anyhow::Result<Self> {
        let overheard = Self::default();
        let subscriber = tracing_subscriber::fmt().json().with_env_filter(filter);
        let started = subscriber.with_writer(overheard.clone()).try_init();
        started.map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(overheard)
    }

    /// What was logged since the last look.
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A fault if something of `planted` was logged.
    pub fn nothing_of(&self, planted: &[&str]) -> Result<(), String> {
        let lines = self.take();
        match planted.iter().find(|canary| lines.contains(**canary)) {
            Some(canary) => Err(format!("{canary:?} was logged: {lines}")),
            None => Ok(()),
        }
    }
}

impl io::Write for Overheard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Overheard {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
