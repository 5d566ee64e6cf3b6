//! On maps of pure noise the joint label is rarely wrong, however few the events; Gi* alone nearly always is.
use hotspot::{CellTable, Lattice, StudyArea};

/// A fixed sequence of numbers that look random (SplitMix64), so that the test is the same everywhere.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(mixed ^ (mixed >> 31)) * bound as u128) >> 64) as usize
    }
}

/// Of 200 maps, how many have a cell hot at 95 % by the joint label, and how many by Gi* alone.
fn false_alarms(lattice: &Lattice, events: usize) -> (u32, u32) {
    let mut sequence = Sequence(events as u64);
    (0..200).fold((0, 0), |(joint, gistar), _| {
        let mut counts = vec![0; lattice.len()];
        for _ in 0..events {
            counts[sequence.below(lattice.len())] += 1;
        }
        let table = CellTable::of_counts(lattice, counts, vec![0.0; lattice.len()]);
        (joint + u32::from(table.hot().at_95 > 0), gistar + u32::from(table.hot_by_gistar().at_95 > 0))
    })
}

#[test]
fn noise_is_not_called_hot() {
    let square = r#"{"type":"Polygon","coordinates":[[[-92.15,46.75],[-92.05,46.75],[-92.05,46.8],[-92.15,46.8],[-92.15,46.75]]]}"#;
    let lattice = Lattice::new(&StudyArea::from_geojson(square).unwrap(), 7);
    for events in [10, 50, 150, 600, 2_000, 20_000] {
        let (joint, gistar) = false_alarms(&lattice, events);
        println!("{events} events on {} cells: joint {joint}, Gi* alone {gistar} of 200 maps", lattice.len());
        assert!(joint <= 16, "{events} events: {joint} of 200 maps have a false hot cell");
        assert!(events > 150 || gistar >= 150, "{events} events: {gistar}");
    }
}
