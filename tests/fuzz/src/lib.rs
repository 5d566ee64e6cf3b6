//! Feeds the readers and the handlers what no sender should send, by the million, and judges each answer: no panic, no
//! fault of ours, nothing half stored, nothing personal in a refusal or a log line.
//!
//! Everything is drawn from a seed; the same seed finds the same fault again.

pub mod agency;
pub mod chance;
mod cloud;
pub mod mutate;
pub mod overheard;
pub mod parsers;
pub mod replies;
pub mod sample;
pub mod staff;
pub mod world;

use std::collections::BTreeMap;

use agency::Agency;
use chance::Chance;
use mutate::Wire;
use overheard::Overheard;
use parsers::Parsers;
use world::World;

/// Inputs to one world, before the next begins with empty tables: rows that grow make each input slower.
const WORLD: u64 = 200;
/// Every so many worlds one lives long enough for its rows to become as large as they may.
const LONG_ONE_IN: u64 = 256;
const LONG_WORLD: u64 = 1500;

/// What was tried, and how it was answered.
#[derive(Debug, Default)]
pub struct Tally {
    /// Inputs of handlers, by what they were for and how they were answered.
    pub answers: BTreeMap<(String, u16), u64>,
    /// Faults, with the input's number.
    pub faults: Vec<(u64, String)>,
}

/// Inputs number `first` to `first + inputs` of `seed` through whole handlers.
pub fn handlers(overheard: &Overheard, seed: u64, inputs: u64) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let agency = Agency::prepare()?;
    let mut world = World::new(overheard, &agency)?;
    let mut chance = Chance::new(seed);
    let mut ends = ends();
    let mut end = ends.next();
    for input in 0..inputs {
        if end == Some(input) {
            world = World::new(overheard, &agency)?;
            end = ends.next();
        }
        let (what, result) = one(&world, &mut chance);
        match result {
            Ok(status) => *tally.answers.entry((what, status)).or_default() += 1,
            Err(fault) => tally.faults.push((input, format!("{what}: {fault}"))),
        }
    }
    Ok(tally)
}

/// The inputs before which a world ends.
fn ends() -> impl Iterator<Item = u64> {
    (0..).scan(0, |end, number: u64| {
        *end += if number.is_multiple_of(LONG_ONE_IN) { LONG_WORLD } else { WORLD };
        Some(*end)
    })
}

/// One input for one handler.
fn one(world: &World, chance: &mut Chance) -> (String, Result<u16, world::Fault>) {
    match chance.below(20) {
        0..14 => {
            let path = *chance.pick(world::paths());
            let mut posted = sample::post(chance, path);
            mutate::spoil(chance, &mut posted);
            let body = mutate::bytes(chance, &posted);
            let wire = mutate::wire(chance, &body);
            let headers = headers(chance);
            let answered = world.post(path, &body, wire.clone(), &headers);
            (path.into(), answered.map_err(|fault| format!("{fault}\n  {headers:?} {}", shown(&wire))))
        }
        14..18 => {
            let ask = staff::ask(chance);
            let answered = world.ask(&ask);
            let told = |fault| {
                format!("{fault}\n  {} as {} {} {}", ask.path, ask.subject, ask.groups, shown(&ask.wire))
            };
            (ask.what.clone(), answered.map_err(told))
        }
        _ => {
            let is_reply = chance.once_in(2);
            let body = replies::message(chance);
            let answered = world.queue(is_reply, &body);
            let what = if is_reply { "replies" } else { "receipts" };
            let body = String::from_utf8_lossy(&body).into_owned();
            let wire = Wire { body: Some(body), is_base64: false };
            (what.into(), answered.map_err(|fault| format!("{fault}\n  {}", shown(&wire))))
        }
    }
}

/// Headers that replace those of a sound post, now and then.
fn headers(chance: &mut Chance) -> Vec<(&'static str, &'static str)> {
    let odd = [
        ("content-type", "text/plain"),
        ("content-type", "application/json; charset=utf-16"),
        ("content-type", "application/emergency.eido+json"),
        ("precinct-mode", "baseline"),
        ("precinct-mode", "\u{7f}"),
        ("webhook-signature", "v1,AAAA"),
        ("webhook-timestamp", "-9223372036854775808"),
        ("webhook-timestamp", "99999999999999999999"),
        ("webhook-id", ""),
        ("x-webhook-signature-v2", "sha256=zz"),
        ("x-api-key", "0123456789abcdef01234567"),
    ];
    if chance.once_in(8) { vec![*chance.pick(&odd)] } else { Vec::new() }
}

fn shown(wire: &Wire) -> String {
    let mark = if wire.is_base64 { "base64: " } else { "" };
    mark.chars().chain(wire.body.iter().flat_map(|text| text.chars()).take(3000)).collect()
}

/// As many damaged inputs of `seed` through the readers alone; the faults.
pub fn readers(seed: u64, inputs: u64) -> anyhow::Result<Vec<String>> {
    let parsers = Parsers::new()?;
    let mut chance = Chance::new(seed);
    Ok((0..inputs).filter_map(|_| parsers.one(&mut chance).err()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_input_is_refused_and_never_half_stored() {
        let overheard = Overheard::start(overheard::FILTER).unwrap();
        let tally = handlers(&overheard, 1, 1_500).unwrap();
        assert_eq!(tally.faults, []);
        let reached = |status: u16| tally.answers.keys().any(|(_, answered)| *answered == status);
        for status in [200, 202, 400, 401, 409, 413, 415, 422] {
            assert!(reached(status), "nothing was answered with {status}: the inputs are too tame");
        }
        // Every path took something, and every address of staff was asked.
        for path in world::paths() {
            assert!(tally.answers.contains_key(&((*path).to_owned(), 202)), "{path} took nothing");
        }
        for route in staff_api::Route::samples() {
            let is_asked = tally.answers.keys().any(|(what, _)| what == route.name());
            assert!(is_asked, "{} was never asked", route.name());
        }
    }

    #[test]
    fn damaged_input_panics_no_reader() {
        assert_eq!(readers(1, 5_000).unwrap(), Vec::<String>::new());
    }
}
