//! Residential burglaries of 2024: the published pairs of every band, and their ratios.
use hotspot::Cell;
use hotspot::near_repeat::{Bands, Event, Knox};
use jiff::Timestamp;

use crate::source::{PHILADELPHIA, PHILADELPHIA_AREA, folder, lattice, unzip};

/// Observed pairs and ratio by distance (rows) and time (columns).
const EXPECTED: [[(u64, f64); 4]; 4] = [
    [(63, 6.22), (23, 2.30), (16, 1.65), (12, 1.24)],
    [(115, 1.37), (82, 0.99), (87, 1.08), (64, 0.80)],
    [(247, 1.22), (196, 0.98), (201, 1.04), (207, 1.08)],
    [(783, 1.10), (703, 1.00), (718, 1.05), (704, 1.04)],
];

#[test]
fn near_repeats_of_burglary_agree() {
    let Some(data) = folder() else { return };
    let lattice = lattice(&data, PHILADELPHIA_AREA, 7);
    let latitude = lattice.mean_latitude();
    let text = unzip(data.join(PHILADELPHIA));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    let burglaries = rows.filter(|row| &row[2] == "Burglary Residential" && row[1].starts_with("2024"));
    let events: Vec<Event> = burglaries
        .filter_map(|row| {
            let place: (f64, f64) = (row[3].parse().ok()?, row[4].parse().ok()?);
            lattice.index_of(Cell::at(place.0, place.1, 7)?)?;
            let at: Timestamp = format!("{}:00", &row[1]).parse().unwrap();
            Some(Event::at(place, at.as_second() as f64 / 86_400.0, latitude))
        })
        .collect();
    assert_eq!(events.len(), 3_283);
    let start = std::time::Instant::now();
    let knox = Knox::of(&events, &Bands::default(), 999, 1);
    println!("{} pairs, 999 shuffles in {:.2} s", knox.pairs, start.elapsed().as_secs_f64());
    assert_eq!(knox.pairs, 26_271);
    for (row, expected) in knox.rows.iter().zip(EXPECTED) {
        for (cell, (observed, ratio)) in row.iter().zip(expected) {
            let found = cell.ratio.unwrap();
            print!("{} {found:.2} ({:.3})  ", cell.observed, cell.p);
            assert_eq!(cell.observed, observed);
            assert!((found / ratio - 1.0).abs() <= 0.03, "{observed}: {found} instead of {ratio}");
        }
        println!();
    }
}
