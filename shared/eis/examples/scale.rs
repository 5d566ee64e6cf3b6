//! How long a run takes and how much memory the process needs, by size of the department:
//! `cargo run --release -p eis --example scale -- [OFFICERS] [EVENTS PER OFFICER] [streams|months]`.
#![expect(clippy::print_stdout, reason = "printing is its work")]
#[path = "../benches/department/mod.rs"]
mod department;

use std::time::Instant;

use department::Size;
use eis::run::Identity;
use eis::{Run, Scored, Summary};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (officers, events) = (number(5_000), number(200));
    let streams = arguments.next().is_none_or(|word| word != "months");
    let input = department::department(Size { officers, events, streams });
    let rules = department::rules();
    let total: usize = input.officers.values().map(|officer| officer.events.len()).sum();
    let decoded = memory("VmRSS");
    println!("{officers} officers, {} indicators, {total} events", rules.indicators.len());
    println!("{:28} {decoded:7.1} MiB resident", "input decoded");

    let started = Instant::now();
    let scored = Scored::new(&input, &rules);
    let lines: usize = scored.explanations().map(|explanation| explanation.to_json().len()).sum();
    tell("scored, written one by one", started, decoded);
    println!("{:28} {:7.1} MiB of JSON", "", lines as f64 / 1024.0 / 1024.0);

    let started = Instant::now();
    let mut summary = Summary::default();
    scored.explanations().for_each(|explanation| summary.add(&explanation));
    let identity = Identity::new("2026-07-04T08:30:00Z".parse().expect("a valid instant"), &rules, &input);
    let run = Run::new(identity, scored.missing_feeds(), &summary);
    tell("named by hashes", started, decoded);
    println!("input {}, output {}", &run.input_sha256[..12], &run.output_sha256[..12]);
    drop(scored);

    let started = Instant::now();
    let output = eis::score(&input, &rules);
    tell("scored, all kept", started, decoded);
    drop(output);
}

fn tell(what: &str, started: Instant, decoded: f64) {
    let (seconds, peak) = (started.elapsed().as_secs_f64(), memory("VmHWM"));
    println!(
        "{what:28} {seconds:7.3} s, at most {peak:.1} MiB resident, {:.1} above the input",
        peak - decoded
    );
}

/// A figure of /proc/self/status in MiB; 0 where there is none.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
