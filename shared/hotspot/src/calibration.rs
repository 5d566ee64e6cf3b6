//! How often a label is wrong: maps of pure noise, on which every hot cell is a false alarm.
use crate::lattice::Lattice;
use crate::random::Random;
use crate::table::CellTable;

/// Events on a map, from nearly none to a year of everything in a large city.
pub const SIZES: [usize; 7] = [50, 173, 410, 1_000, 4_795, 12_434, 153_107];

/// A study area of 20,660 cells of precision 7, as many as a large city has, with a step in its border.
pub const CITY: &str = r#"{"type":"Polygon","coordinates":[[[-92.20001220703125,46.698760986328125],[-92.00225830078125,46.698760986328125],[-92.00225830078125,46.8951416015625],[-92.10662841796875,46.8951416015625],[-92.10662841796875,46.896514892578125],[-92.20001220703125,46.896514892578125],[-92.20001220703125,46.698760986328125]]]}"#;

/// What was found on maps of noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    /// Maps drawn.
    pub maps: u32,
    /// Maps with a cell hot at 95 % by the joint label (D9).
    pub joint: u32,
    /// Maps with a cell hot at 95 % by Gi* and its q alone, the textbook's rule.
    pub gistar: u32,
    /// Cells hot by the textbook's rule, on all maps together.
    pub gistar_cells: u64,
    /// Cells with z > 0 and p <= .05 without any correction, on all maps together.
    pub unadjusted_cells: u64,
}

/// Throws `events` uniformly over the cells of `lattice`, `maps` times over, and counts false alarms.
pub fn false_alarms(lattice: &Lattice, events: usize, maps: u32, seed: u64) -> Alarms {
    let mut random = Random::new(seed ^ events as u64);
    let mut alarms = Alarms { maps, ..Alarms::default() };
    for _ in 0..maps {
        let mut counts = vec![0; lattice.len()];
        for _ in 0..events {
            counts[random.below(lattice.len())] += 1;
        }
        let table = CellTable::of_counts(lattice, counts, vec![0.0; lattice.len()]);
        let textbook = table.hot_by_gistar().at_95;
        let unadjusted = table.z.iter().zip(&table.p).filter(|(z, p)| **z > 0.0 && **p <= 0.05).count();
        alarms.joint += u32::from(table.hot().at_95 > 0);
        alarms.gistar += u32::from(textbook > 0);
        alarms.gistar_cells += u64::from(textbook);
        alarms.unadjusted_cells += unadjusted as u64;
    }
    alarms
}
