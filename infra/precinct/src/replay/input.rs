//! What a replay reads: events as JSON lines, and the addresses of people who had opted out before.
use std::collections::BTreeSet;

use incident::{Event, address, event};
use startup::intake;

/// A file of events, read.
#[derive(Debug, Default)]
pub struct Input {
    /// In the order of time.
    pub events: Vec<Event>,
    /// Lines that repeat an event already read.
    pub repeated: usize,
    /// Lines that are no events, with what is wrong.
    pub faults: Vec<String>,
}

/// Events in order of time, and the lines that are none with what is wrong.
pub fn read(text: &str) -> Input {
    let mut input = Input::default();
    let mut seen = BTreeSet::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Ok(posted) = intake::read(line.as_bytes()) else {
            input.faults.push(format!("line {}: is not an event in JSON", index + 1));
            continue;
        };
        for posted in posted {
            match one(posted) {
                Ok((digest, event)) => {
                    if seen.insert(digest) {
                        input.events.push(event);
                    } else {
                        input.repeated += 1;
                    }
                }
                Err(fault) => input.faults.push(format!("line {}: {fault}", index + 1)),
            }
        }
    }
    input.events.sort_by_key(|event| match event {
        Event::Incident(stamp, ..) | Event::Case(stamp, ..) => *stamp,
    });
    input
}

/// The event with the digest of its line.
fn one(posted: intake::Event) -> Result<(String, Event), String> {
    let envelope =
        posted.map_err(|unreadable| format!("{}: {}", unreadable.fault.pointer, unreadable.fault.detail))?;
    let takes_cases = envelope.kind.starts_with("case.");
    let event = event::read(&envelope.kind, envelope.timestamp, &envelope.data, takes_cases)
        .map_err(|invalid| invalid.to_string())?;
    Ok((envelope.digest, event))
}

/// Phones and e-mail addresses, one to a line, normalised. A fault names the line and never repeats what stands in it.
pub fn read_stopped(text: &str) -> Result<BTreeSet<String>, String> {
    let mut stopped = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let read = if line.contains('@') { address::email(line) } else { address::phone(line) };
        let address = read.map_err(|_| {
            format!("line {}: is neither a telephone number nor an e-mail address", index + 1)
        })?;
        stopped.insert(address);
    }
    Ok(stopped)
}
