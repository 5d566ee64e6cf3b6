//! The public layers as a reader sees them: every map at once, fine and coarse cells, and one edition after another.
#![expect(clippy::unwrap_used, reason = "in a test, what cannot be had is a failure")]
use std::collections::{BTreeMap, BTreeSet};

use hotspot::privacy::Band;
use hotspot::public::{Counted, Edition, Feature, Part, layers};
use hotspot::{Cell, CellTable, Lattice, StudyArea};
use jiff::civil::date;
use proptest::prelude::*;

const K: u32 = 5;
/// Everything; two kinds; a kind within the first. The rest of everything is on no other map.
const MAPS: [&str; 4] = ["all", "property", "violent", "burglary"];
const PARTS: [u32; 4] = [0b0001, 0b0011, 0b1011, 0b0101];

fn lattice(precision: u8) -> Lattice {
    let ring = "[-92.12,46.77],[-92.08,46.77],[-92.08,46.79],[-92.12,46.79],[-92.12,46.77]";
    let text = format!(r#"{{"type":"Polygon","coordinates":[[{ring}]]}}"#);
    Lattice::new(&StudyArea::from_geojson(&text).unwrap(), precision)
}

/// An edition of some incidents: what is published, and what is true.
struct Published {
    fine: Lattice,
    parts: Vec<Part>,
    layers: Vec<(String, Vec<Feature>)>,
}

impl Published {
    fn new(parts: Vec<Vec<u32>>, masked: &[bool]) -> Self {
        Self::of(&MAPS, &PARTS, parts, masked)
    }

    fn of(names: &[&str], lies_in: &[u32], parts: Vec<Vec<u32>>, masked: &[bool]) -> Self {
        let (fine, coarse) = (lattice(7), lattice(6));
        let parts: Vec<Part> =
            lies_in.iter().zip(parts).map(|(maps, counts)| Part { maps: *maps, counts }).collect();
        let fine_counts: Vec<u32> =
            (0..fine.len()).map(|i| parts.iter().map(|part| part.counts[i]).sum()).collect();
        let recency = fine_counts.iter().map(|count| f64::from(*count)).collect();
        let table = CellTable::of_counts(&fine, fine_counts, recency);
        let counted = |map: usize| {
            let mut counts = vec![0; coarse.len()];
            for (i, cell) in fine.cells().iter().enumerate() {
                let inside = parts.iter().filter(|part| part.maps >> map & 1 == 1);
                let sum: u32 = inside.map(|part| part.counts[i]).sum();
                if let Some(index) = coarse.index_of(cell.parent(6)) {
                    counts[index] += sum;
                }
            }
            let recency = counts.iter().map(|count| f64::from(*count)).collect();
            Counted { name: names[map], coarse: CellTable::of_counts(&coarse, counts, recency) }
        };
        let maps: Vec<Counted> = (0..names.len()).map(counted).collect();
        let edition = Edition { window_days: 365, as_of: date(2026, 7, 6), k: K };
        let layers = layers(edition, &table, &maps, &parts, masked);
        Self { fine, parts, layers }
    }

    /// Incidents of a map in a cell, fine or coarse.
    fn truth(&self, map: usize, cell: Cell) -> u64 {
        let inside = |i: &usize| self.fine.cells()[*i].parent(cell.precision()) == cell;
        let parts = || self.parts.iter().filter(|part| part.maps >> map & 1 == 1);
        (0..self.fine.len())
            .filter(inside)
            .map(|i| parts().map(|part| u64::from(part.counts[i])).sum::<u64>())
            .sum()
    }
}

/// Counts for each part, most of them zero and most others small.
fn incidents() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<bool>)> {
    let n = lattice(7).len();
    let count = prop_oneof![20 => Just(0u32), 4 => 1u32..5, 1 => 5u32..60];
    (
        prop::collection::vec(prop::collection::vec(count, n), PARTS.len()),
        prop::collection::vec(prop::bool::weighted(0.01), n),
    )
}

/// The numbers that a band allows.
fn range(text: &str) -> (u64, Option<u64>) {
    if let Some(k) = text.strip_prefix('<') {
        return (1, Some(k.parse::<u64>().unwrap() - 1));
    }
    if let Some(low) = text.strip_suffix('+') {
        return (low.parse().unwrap(), None);
    }
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    (low.parse().unwrap(), Some(high.parse().unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_shown_is_true_and_never_a_small_count((parts, masked) in incidents()) {
        let published = Published::new(parts, &masked);
        for (map, (name, features)) in published.layers.iter().enumerate() {
            prop_assert_eq!(name, MAPS[map]);
            let names: Vec<String> = features.iter().map(|feature| feature.cell.name()).collect();
            prop_assert!(names.is_sorted_by(|a, b| a < b), "by geohash, each once");
            for feature in features {
                let truth = published.truth(map, feature.cell);
                let (low, high) = range(&feature.count_band);
                prop_assert!(low <= truth && high.is_none_or(|high| truth <= high), "{} is not {}", truth, feature.count_band);
                prop_assert!(low >= u64::from(K) || feature.count_band == "<5");
                let told = [feature.class.is_some(), feature.rank_band.is_some(), feature.confidence.is_some()];
                prop_assert!(low >= u64::from(K) || told == [false; 3]);
                prop_assert!(map == 0 || feature.cell.precision() == 6);
                if feature.cell.precision() == 7 {
                    let index = published.fine.index_of(feature.cell).unwrap();
                    prop_assert!(!masked[index]);
                }
            }
        }
    }

    #[test]
    fn hidden_fine_cells_cannot_be_had_by_subtraction((parts, masked) in incidents()) {
        let published = Published::new(parts, &masked);
        let mut shown: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut stand_ins = BTreeSet::new();
        for feature in &published.layers[0].1 {
            match published.fine.index_of(feature.cell) {
                Some(index) => _ = shown.entry(feature.cell.parent(6).name()).or_default().insert(index),
                None => _ = stand_ins.insert(feature.cell.name()),
            }
        }
        let parents: BTreeSet<String> = published.fine.cells().iter().map(|cell| cell.parent(6).name()).collect();
        for parent in parents {
            let inside = |i: &usize| published.fine.cells()[*i].parent(6).name() == parent;
            let count = |i: usize| published.truth(0, published.fine.cells()[i]);
            let visible = shown.get(&parent).cloned().unwrap_or_default();
            let hidden: Vec<u64> =
                (0..published.fine.len()).filter(inside).filter(|i| !visible.contains(i)).map(count).filter(|count| *count > 0).collect();
            prop_assert_eq!(!hidden.is_empty(), stand_ins.contains(&parent));
            let safe = hidden.is_empty() || visible.is_empty() || hidden.len() >= 2 && hidden.iter().sum::<u64>() >= u64::from(K);
            prop_assert!(safe, "{:?} hidden beside {} shown", hidden, visible.len());
        }
    }
}

/// Three maps of four incidents each, a fine cell of six of them among two small ones: beside that cell the whole would
/// be 11 or more, and leave each map three numbers.
#[test]
fn where_the_whole_is_told_as_k_or_more_no_fine_cell_is_shown() {
    let fine = lattice(7);
    let parent = fine.cells()[0].parent(6);
    let inside: Vec<usize> = (0..fine.len()).filter(|i| fine.cells()[*i].parent(6) == parent).collect();
    let mut parts = vec![vec![0; fine.len()]; 3];
    for (cell, counts) in inside.iter().zip([[2, 2, 2], [2, 0, 1], [0, 2, 1]]) {
        parts.iter_mut().zip(counts).for_each(|(part, count)| part[*cell] = count);
    }
    let published =
        Published::of(&["all", "a", "b", "c"], &[0b0011, 0b0101, 0b1001], parts, &vec![false; fine.len()]);
    let shown: Vec<(usize, &str)> = published
        .layers
        .iter()
        .flat_map(|(_, features)| {
            features.iter().map(|feature| (feature.cell.name().len(), feature.count_band.as_str()))
        })
        .collect();
    assert_eq!(shown, [(6, "5+"), (6, "<5"), (6, "<5"), (6, "<5")]);
}

/// Weeks of one cell, and windows of three weeks published one after the other: every history that agrees with the
/// bands of all editions is tried.
fn left_open(weeks: &[u64], most: u64) -> Vec<BTreeSet<u64>> {
    let band = |weeks: &[u64]| match weeks.iter().sum() {
        0 => "none".to_owned(),
        count => Band::of(count, K).to_string(),
    };
    let editions = |weeks: &[u64]| weeks.windows(3).map(band).collect::<Vec<_>>();
    let told = editions(weeks);
    let mut possible = vec![BTreeSet::new(); weeks.len()];
    for way in 0..(most + 1).pow(weeks.len() as u32) {
        let guess: Vec<u64> =
            (0..weeks.len()).map(|week| way / (most + 1).pow(week as u32) % (most + 1)).collect();
        if editions(&guess) == told {
            possible.iter_mut().zip(&guess).for_each(|(possible, count)| _ = possible.insert(*count));
        }
    }
    possible
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_week_can_be_had_from_one_edition_after_the_other(weeks in prop::collection::vec(prop_oneof![2 => Just(0u64), 3 => 1u64..5, 1 => 5u64..8], 5)) {
        for (count, possible) in weeks.iter().zip(left_open(&weeks, 9)) {
            let is_small = (1..u64::from(K)).contains(count);
            prop_assert!(!is_small || possible.len() > 1, "{:?}: {} is certain", weeks, count);
        }
    }
}
