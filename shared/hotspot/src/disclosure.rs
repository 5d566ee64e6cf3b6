//! What a reader can work out about one coarse cell from everything that is published of it: every map's band, and the
//! fine cells shown inside. A small count may be known to be small, and nothing more.
//!
//! Maps share incidents: a burglary is in `burglary`, in `property` and in `all`. Bands of the whole and of the other
//! parts narrow what a small part can be, down to one number where five parts of at most four make up twenty. So the
//! reader's arithmetic is done here first, and what would give a small count away is shown with less.
use crate::privacy::Band;

/// No upper end; far from overflow when added up.
pub(crate) const OPEN: u64 = u64::MAX / 1024;

/// What is shown of one map in the cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shown {
    /// Nothing: no incident, or none that may be told.
    Nothing,
    /// The band of its count.
    Band,
    /// That there are `k` or more.
    AtLeastK,
}

/// What the fine cells shown inside tell of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fine {
    /// The least that they add up to.
    pub low: u64,
    /// The most, where no fine cell is hidden: then no coarse cell stands in, and this is all that is told.
    pub high: Option<u64>,
}

/// The numbers a count can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    low: u64,
    high: u64,
}

/// One coarse cell before it is published. Incidents are sorted into parts, each the incidents that lie in the same
/// maps; map 0 holds all of them.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// For each part, the maps it lies in: bit j for map j.
    pub parts: &'a [u32],
    /// Incidents of each part.
    pub counts: &'a [u64],
    /// Number of maps.
    pub maps: usize,
    /// Smallest count that is shown.
    pub k: u32,
}

impl Cell<'_> {
    /// Incidents of a map.
    pub fn count(&self, map: usize) -> u64 {
        let members = self.parts.iter().zip(self.counts).filter(|(maps, _)| **maps >> map & 1 == 1);
        members.map(|(_, count)| count).sum()
    }

    /// What may be shown of each map. Where the whole is `AtLeastK`, no fine cell may be shown inside.
    pub fn protect(&self, fine: Fine) -> Vec<Shown> {
        let small = |map: usize| self.count(map) < u64::from(self.k);
        // Of a small whole the parts are not told apart.
        let within_small = |map: usize| (0..self.maps).any(|whole| self.contains(whole, map) && small(whole));
        let untold = |map: usize| self.count(map) == 0 || within_small(map);
        let first = |map| if untold(map) { Shown::Nothing } else { Shown::Band };
        let mut shown: Vec<Shown> = (0..self.maps).map(first).collect();
        while let Some(map) = (1..self.maps).find(|map| self.gives_away(*map, &shown, fine)) {
            let above = |other: &usize| self.contains(*other, map) && shown[*other] == Shown::Band;
            match (0..self.maps).find(above) {
                Some(whole) => shown[whole] = Shown::AtLeastK,
                None if shown[map] == Shown::Band => shown[map] = Shown::Nothing,
                None if shown[1..].iter().all(|shown| *shown == Shown::Nothing) => break,
                None => shown[1..].fill(Shown::Nothing),
            }
        }
        shown
    }

    /// Whether a reader can tell more of a map's small count than that it is below `k`.
    fn gives_away(&self, map: usize, shown: &[Shown], fine: Fine) -> bool {
        let count = self.count(map);
        if count == 0 || count >= u64::from(self.k) {
            return false;
        }
        let known = self.known(map, shown, fine);
        known.high - known.low + 2 < u64::from(self.k)
    }

    /// Whether everything of `part` lies in `whole` as well; of two maps that are the same, the first is the whole.
    fn contains(&self, whole: usize, part: usize) -> bool {
        let same = self.parts.iter().all(|maps| maps >> part & 1 == maps >> whole & 1);
        whole != part
            && (!same || whole < part)
            && self.parts.iter().all(|maps| maps >> part & 1 == 0 || maps >> whole & 1 == 1)
    }

    /// What a reader who knows these rules can tell of a map's count: bounds go to and fro between maps and parts
    /// until nothing moves.
    fn known(&self, map: usize, shown: &[Shown], fine: Fine) -> Range {
        let mut parts = vec![Range { low: 0, high: OPEN }; self.parts.len()];
        let told: Vec<Range> = (0..self.maps).map(|map| self.told(map, shown[map], fine)).collect();
        loop {
            let before = parts.clone();
            for (map, told) in told.iter().enumerate() {
                self.narrow(map, *told, &mut parts);
            }
            if parts == before {
                let sum = self.sum(map, &parts);
                return Range { low: sum.low.max(told[map].low), high: sum.high.min(told[map].high) };
            }
        }
    }

    fn narrow(&self, map: usize, told: Range, parts: &mut [Range]) {
        for index in (0..parts.len()).filter(|index| self.parts[*index] >> map & 1 == 1) {
            let (sum, own) = (self.sum(map, parts), parts[index]);
            let low = told.low.saturating_sub(sum.high.saturating_sub(own.high));
            let high = told.high.saturating_sub(sum.low - own.low);
            parts[index] = Range { low: own.low.max(low), high: own.high.min(high) };
        }
    }

    fn sum(&self, map: usize, parts: &[Range]) -> Range {
        let members = self.parts.iter().zip(parts).filter(|(maps, _)| **maps >> map & 1 == 1);
        members.fold(Range { low: 0, high: 0 }, |sum, (_, part)| Range {
            low: sum.low + part.low,
            high: sum.high + part.high,
        })
    }

    /// What the files themselves say of a map.
    fn told(&self, map: usize, shown: Shown, fine: Fine) -> Range {
        let k = u64::from(self.k);
        let band = match shown {
            Shown::Nothing => return Range { low: 0, high: k - 1 },
            Shown::AtLeastK => Band::at_least(self.k),
            Shown::Band => Band::of(self.count(map), self.k),
        };
        let told = Range { low: band.low, high: band.high.unwrap_or(OPEN) };
        match (map, shown, fine) {
            (0, Shown::Band, Fine { low, high: Some(high) }) => Range { low, high },
            // Whoever knows the rules knows that k or more are hidden beside what is shown.
            (0, Shown::Band, Fine { low, high: None }) if low > 0 => {
                Range { low: told.low.max(low + k), ..told }
            }
            _ => told,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const NO_FINE: Fine = Fine { low: 0, high: None };

    /// Parts that lie in the whole and one map each, from map 1 on.
    fn apart(parts: usize) -> Vec<u32> {
        (1..=parts).map(|map| 1 | 1 << map).collect()
    }

    #[track_caller]
    fn check(counts: &[u64], expected: &str) {
        let parts = apart(counts.len());
        let cell = Cell { parts: &parts, counts, maps: counts.len() + 1, k: 5 };
        let word = |(map, shown): (usize, Shown)| match shown {
            Shown::Nothing => "-".to_owned(),
            Shown::Band => Band::of(cell.count(map), 5).to_string(),
            Shown::AtLeastK => "5+".to_owned(),
        };
        let shown: Vec<String> = cell.protect(NO_FINE).into_iter().enumerate().map(word).collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn what_gives_nothing_away_is_shown_with_its_band() {
        check(&[30, 12], "20-49 20-49 10-19");
        check(&[30, 2], "20-49 20-49 <5");
        check(&[3, 2], "5-9 <5 <5");
    }

    #[test]
    fn a_whole_that_fixes_its_parts_is_told_less_of() {
        check(&[4, 4, 4, 4, 4], "5+ <5 <5 <5 <5 <5");
        check(&[4, 4, 3], "5+ <5 <5 <5");
        check(&[6, 2, 1], "5+ 5-9 <5 <5");
    }

    #[test]
    fn parts_of_a_small_whole_are_not_told_apart() {
        check(&[1, 1, 1, 1], "<5 - - - -");
        check(&[2, 0], "<5 - -");
    }

    /// Every way to fill the parts with 0 to `most` that agrees with what is shown: what each map can then be.
    fn possible(cell: &Cell, shown: &[Shown], fine: Fine, most: u64) -> Vec<BTreeSet<u64>> {
        let mut found = vec![BTreeSet::new(); cell.maps];
        let ways = (most + 1).pow(cell.parts.len() as u32);
        for way in 0..ways {
            let digit = |place: usize| way / (most + 1).pow(place as u32) % (most + 1);
            let counts: Vec<u64> = (0..cell.parts.len()).map(digit).collect();
            let guess = Cell { counts: &counts, ..cell.clone() };
            let agrees = |map: usize| {
                let told = cell.told(map, shown[map], fine);
                (told.low..=told.high).contains(&guess.count(map))
            };
            if (0..cell.maps).all(agrees) {
                (0..cell.maps).for_each(|map| _ = found[map].insert(guess.count(map)));
            }
        }
        found
    }

    fn maps() -> impl Strategy<Value = (Vec<u32>, usize)> {
        prop_oneof![
            Just((apart(2), 3)),
            Just((apart(4), 5)),
            Just((vec![1, 0b11, 0b101], 3)), // the rest lies in no map but the whole
            Just((vec![0b11, 0b111, 0b1001], 4)), // a map within a map
            Just((vec![0b011, 0b111, 0b101, 1], 3)), // two maps that overlap
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        /// The reader tries every filling there is, not the bounds that the code above goes by.
        #[test]
        fn no_reader_can_tell_a_small_count((parts, maps) in maps(), draw in prop::collection::vec(prop_oneof![3 => 0u64..5, 1 => 0u64..10], 4), floor in 0u64..3) {
            let counts = &draw[..parts.len()];
            let cell = Cell { parts: &parts, counts, maps, k: 5 };
            // As if the cells shown inside were all of the whole, or less.
            let fine = Fine { low: if cell.count(0) >= 10 { 5 * floor.min(cell.count(0) / 5 - 1) } else { 0 }, high: None };
            let shown = cell.protect(fine);
            let possible = possible(&cell, &shown, fine, if parts.len() == 4 { 14 } else { 30 });
            for (map, values) in possible.iter().enumerate() {
                prop_assert!(values.contains(&cell.count(map)));
                let small = (1..5).contains(&cell.count(map));
                prop_assert!(!small || values.len() >= 4, "map {} of {:?}: {:?} leaves {:?}", map, counts, shown, values);
            }
        }
    }
}
