//! A city as a table for the terminal.
use std::fmt::Write as _;

use hotspot::forecast::intake::Rows;

use super::city::words;
use super::play::{METHODS, Played};

/// Square feet of a square metre.
const SQUARE_FEET: f64 = 10.763_910_4;

/// The whole table.
pub(super) fn table(played: &Played) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, played);
    text
}

fn write(text: &mut String, played: &Played) -> std::fmt::Result {
    let (first, last) = (played.origins[0], played.origins[played.origins.len() - 1]);
    writeln!(text, "{}: {} origins, {first} to {last}", played.city.title, played.origins.len())?;
    writeln!(text, "{}", chosen_on(played))?;
    for (reason, rows) in reasons(&played.rows) {
        writeln!(text, "{rows:>9} rows {reason}")?;
    }
    writeln!(text, "{}", cells(played))?;
    for note in notes(played) {
        writeln!(text, "{note}")?;
    }
    for (setting, of) in played.settings.iter().enumerate() {
        let mean = played.metrics(0, 0, setting);
        writeln!(
            text,
            "\n{}: k {:.0}, {:.2} km2, {:.2} % of the area. PAI/PEI/hit rate, means over origins",
            words(of),
            mean.k,
            mean.area_km2,
            100.0 * mean.area_share
        )?;
        rows(text, played, setting)?;
    }
    writeln!(text)?;
    for (method, name) in METHODS.iter().enumerate().skip(1) {
        writeln!(text, "mean gain over {name:<12} {:+.1} %", 100.0 * played.mean_gain(method))?;
    }
    for group in &played.groups {
        writeln!(text, "{:<20} {}", group.name, group.choice.champion.name)?;
    }
    writeln!(
        text,
        "{} + {} origins x {} groups x {} candidates and the baselines: {:.1} s",
        played.tuning.len(),
        played.origins.len(),
        played.groups.len(),
        played.candidates,
        played.seconds
    )
}

fn rows(text: &mut String, played: &Played, setting: usize) -> std::fmt::Result {
    let beside = (setting == 0).then(|| played.city.beside(0)).flatten().map_or("", |(label, _)| label);
    write!(text, "{:<20}{:>8}{:>8}", "group", "N", "max")?;
    for method in METHODS {
        write!(text, "{method:>20}")?;
    }
    writeln!(text, "  {beside}")?;
    for (group, tried) in played.groups.iter().enumerate() {
        let of = |method| played.metrics(group, method, setting);
        write!(text, "{:<20}{:>8.0}{:>8.1}", tried.name, of(0).events, of(0).pai_max)?;
        for method in 0..METHODS.len() {
            let mean = of(method);
            let figures = format!("{:.2}/{:.3}/{:.3}", mean.pai, mean.pei, mean.hit_rate);
            write!(text, "{figures:>20}")?;
        }
        match played.city.beside(group).filter(|_| setting == 0) {
            Some((_, pai)) => writeln!(text, "  {pai:.2}")?,
            None => writeln!(text)?,
        }
    }
    Ok(())
}

/// On which nights the method was chosen.
pub(super) fn chosen_on(played: &Played) -> String {
    match (played.tuning.first(), played.tuning.last()) {
        (Some(first), Some(last)) => {
            format!("method chosen on {} earlier origins, {first} to {last}", played.tuning.len())
        }
        _ => "too little history to choose a method: the default, a half-life of 180 days".to_owned(),
    }
}

/// Cells in words.
pub(super) fn cells(played: &Played) -> String {
    let mean = played.study_km2 * 1e6 / played.lattice.len() as f64;
    format!(
        "{} cells of geohash-{}, {mean:.0} m2 ({:.0} square feet) each in the mean, {:.1} km2 in all",
        played.lattice.len(),
        played.city.precision,
        mean * SQUARE_FEET,
        played.study_km2
    )
}

/// What to mind when reading the figures.
pub(super) fn notes(played: &Played) -> Vec<String> {
    let mut notes = Vec::new();
    if played.days_unseen > 0 {
        let last = played.span.1;
        notes.push(format!(
            "the last window reaches {} days beyond the last event ({last}): its figures are of a part",
            played.days_unseen
        ));
    }
    notes
}

/// Rows by what became of them.
pub(super) fn reasons(rows: &Rows) -> Vec<(&'static str, u64)> {
    let all = [
        ("read", rows.read),
        ("used", rows.used),
        ("without a time that can be read", rows.no_time),
        ("without coordinates", rows.no_coordinates),
        ("at 0/0", rows.zero_coordinates),
        ("with coordinates that are no place on Earth", rows.impossible_coordinates),
        ("outside the study area", rows.outside),
        ("that a later row of the same incident replaced", rows.repeated),
    ];
    all.into_iter()
        .enumerate()
        .filter(|(place, (_, rows))| *place < 2 || *rows > 0)
        .map(|(_, row)| row)
        .collect()
}
