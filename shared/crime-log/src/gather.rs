//! Day files into the inputs of a night, on as many threads as there are: most of a night is reading them.
use std::num::NonZeroUsize;
use std::thread;

use bytes::Bytes;
use hotspot::Settings;
use hotspot::history::Gathering;

use crate::{Result, columns};

/// Gathers the rows of `files`. Neither their order nor the number of threads changes the result.
pub fn gather<'s>(files: &[Bytes], settings: &'s Settings) -> Result<Gathering<'s>> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = files.len().div_ceil(threads).max(1);
    let parts: Vec<Result<Gathering>> = thread::scope(|scope| {
        let read = |part| scope.spawn(move || gather_part(part, settings));
        let running: Vec<_> = files.chunks(share).map(read).collect();
        running
            .into_iter()
            .map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut all = Gathering::new(settings);
    for part in parts {
        all.append(part?);
    }
    Ok(all)
}

fn gather_part<'s>(files: &[Bytes], settings: &'s Settings) -> Result<Gathering<'s>> {
    let mut gathering = Gathering::new(settings);
    for file in files {
        for columns in columns(file.clone())? {
            for index in 0..columns.deleted.len() {
                gathering.add(columns.entry(index)?);
            }
        }
    }
    Ok(gathering)
}
