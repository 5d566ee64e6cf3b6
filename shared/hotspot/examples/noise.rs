//! Prints how often maps of pure noise have a hot cell: by the joint label, and by the textbook's Gi* with
//! false-discovery control. Usage: `cargo run --release -p hotspot --example noise [BOUNDARY.geojson [MAPS [SEED]]]`
#![expect(clippy::print_stdout, reason = "printing is its work")]
use std::error::Error;

use hotspot::calibration::{CITY, SIZES, false_alarms};
use hotspot::{Lattice, StudyArea};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let boundary = arguments.first().map_or(Ok(CITY.to_owned()), std::fs::read_to_string)?;
    let maps: u32 = arguments.get(1).map_or(Ok(200), |text| text.parse())?;
    let seed: u64 = arguments.get(2).map_or(Ok(1), |text| text.parse())?;
    let lattice = Lattice::new(&StudyArea::from_geojson(&boundary)?, 7);
    println!(
        "{} cells, {maps} maps a row, seed {seed}, level .05; share of maps with any hot cell",
        lattice.len()
    );
    println!(
        "| events | mean per cell | joint label | Gi* + BH | false cells by Gi* + BH | by p <= .05 alone |"
    );
    println!("|---|---|---|---|---|---|");
    for events in SIZES {
        let alarms = false_alarms(&lattice, events, maps, seed);
        let share = |count: u32| f64::from(count) / f64::from(maps);
        let mean = |cells: u64| cells as f64 / f64::from(maps);
        println!(
            "| {events} | {:.4} | {:.3} | {:.3} | {:.1} | {:.0} |",
            events as f64 / lattice.len() as f64,
            share(alarms.joint),
            share(alarms.gistar),
            mean(alarms.gistar_cells),
            mean(alarms.unadjusted_cells),
        );
    }
    Ok(())
}
