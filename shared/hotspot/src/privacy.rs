//! Small counts: which cells of a fine map may be shown, and which coarser cells stand in for the rest.
//!
//! A count of 1 to k - 1 is never shown, and never left to subtraction: where a coarse cell is shown beside fine
//! ones, at least two non-zero fine cells with k events or more together are hidden in it.
use std::collections::BTreeMap;

use crate::cell::Cell;
use crate::lattice::Lattice;

/// What of a fine map may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether each fine cell may be shown with its own band; zero cells never need to be.
    pub fine: Vec<bool>,
    /// Coarse cells that stand in for withheld fine ones, with the events of the whole coarse cell, by geohash.
    pub coarse: Vec<(Cell, u64)>,
}

/// Applies the threshold `k` to `counts`, one per cell of `lattice`; withheld cells are covered at `precision`.
pub fn withhold(lattice: &Lattice, counts: &[u32], precision: u8, k: u32) -> Shown {
    let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, cell) in lattice.cells().iter().enumerate() {
        if counts[index] > 0 {
            families.entry(cell.parent(precision).name()).or_default().push(index);
        }
    }
    let mut shown = Shown { fine: vec![false; lattice.len()], coarse: Vec::new() };
    for children in families.values() {
        let hidden = hidden_among(children, counts, k);
        for child in children {
            shown.fine[*child] = !hidden.contains(child);
        }
        if !hidden.is_empty() {
            let total = children.iter().map(|child| u64::from(counts[*child])).sum();
            shown.coarse.push((lattice.cells()[children[0]].parent(precision), total));
        }
    }
    shown
}

/// The cells of one family to hide: all small ones, and then, smallest first, as many others as it takes until
/// what is hidden is two cells with `k` events or more, or everything.
fn hidden_among(children: &[usize], counts: &[u32], k: u32) -> Vec<usize> {
    let (mut hidden, mut visible): (Vec<usize>, Vec<usize>) =
        children.iter().partition(|child| counts[**child] < k);
    visible.sort_by_key(|child| counts[*child]); // stable: ties in geohash order
    let mut rest = visible.into_iter();
    while !hidden.is_empty()
        && (hidden.len() < 2 || hidden.iter().map(|child| counts[*child]).sum::<u32>() < k)
    {
        let Some(next) = rest.next() else { break };
        hidden.push(next);
    }
    hidden
}

/// The band of a count: `<k` below the threshold, then 5-9, 10-19 and so on, the last one open.
pub fn band(count: u64, k: u32) -> String {
    const STEPS: [u64; 7] = [10, 20, 50, 100, 200, 500, 1000];
    let k = u64::from(k);
    if count < k {
        return format!("<{k}");
    }
    let low = STEPS.into_iter().rfind(|step| *step <= count && *step > k).unwrap_or(k);
    match STEPS.into_iter().find(|step| *step > count && *step > k) {
        Some(next) if next - 1 > low => format!("{low}-{}", next - 1),
        Some(_) => low.to_string(),
        None => format!("{low}+"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StudyArea;
    use proptest::prelude::*;

    /// 32 p7 cells a parent, a handful of parents.
    fn lattice() -> Lattice {
        let text = r#"{"type":"Polygon","coordinates":[[[-92.12,46.77],[-92.08,46.77],[-92.08,46.79],[-92.12,46.79],[-92.12,46.77]]]}"#;
        Lattice::new(&StudyArea::from_geojson(text).unwrap(), 7)
    }

    #[track_caller]
    fn check(count: u64, k: u32, expected: &str) {
        assert_eq!(band(count, k), expected);
    }

    #[test]
    fn bands_start_at_the_threshold() {
        check(1, 5, "<5");
        check(5, 5, "5-9");
        check(9, 5, "5-9");
        check(10, 5, "10-19");
        check(562, 5, "500-999");
        check(1000, 5, "1000+");
        check(11, 10, "10-19");
        check(12, 12, "12-19");
        check(9, 9, "9");
    }

    fn sparse() -> impl Strategy<Value = Vec<u32>> {
        let count = prop_oneof![8 => Just(0u32), 2 => 1u32..8, 1 => 5u32..60];
        prop::collection::vec(count, lattice().len())
    }

    proptest! {
        #[test]
        fn no_small_count_is_shown_or_left_to_subtraction(counts in sparse(), k in 2u32..8) {
            let lattice = lattice();
            let shown = withhold(&lattice, &counts, 6, k);
            for (index, count) in counts.iter().enumerate() {
                prop_assert!(!shown.fine[index] || *count >= k);
                let covered = shown.coarse.iter().any(|(cell, _)| *cell == lattice.cells()[index].parent(6));
                prop_assert!(*count == 0 || shown.fine[index] || covered);
            }
            for (cell, total) in &shown.coarse {
                let children: Vec<usize> = (0..lattice.len()).filter(|i| lattice.cells()[*i].parent(6) == *cell).collect();
                let visible: u64 = children.iter().filter(|i| shown.fine[**i]).map(|i| u64::from(counts[*i])).sum();
                let hidden = children.iter().filter(|i| !shown.fine[**i] && counts[**i] > 0).count();
                prop_assert_eq!(*total, children.iter().map(|i| u64::from(counts[*i])).sum::<u64>());
                let safe = total - visible >= u64::from(k) && hidden >= 2;
                prop_assert!(safe || (visible == 0 && *total < u64::from(k)), "{} {} {}", total, visible, hidden);
            }
        }
    }
}
