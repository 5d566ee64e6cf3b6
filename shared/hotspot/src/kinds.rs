//! Cells whose neighbourhoods have the same members and the same sum have the same z, p and tail: a map of
//! twenty thousand cells has some hundred such kinds, so what is costly is computed once for each kind.
use crate::gistar::Neighbourhoods;

/// The distinct pairs (c_i, S_i) of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kinds {
    /// Kind of each cell, as a place in the other lists.
    of_cell: Vec<u32>,
    /// Members and sum of each kind, ascending.
    pairs: Vec<(u32, u64)>,
    /// Cells of each kind.
    cells: Vec<u32>,
}

impl Kinds {
    /// The kinds of `near`.
    pub fn of(near: &Neighbourhoods) -> Self {
        let cells = || near.members.iter().copied().zip(near.sums.iter().copied());
        let most = cells().fold((0, 0), |(c, s), (members, sum)| (c.max(members), s.max(sum)));
        let slots = (u128::from(most.0) + 1) * (u128::from(most.1) + 1);
        if slots <= 16 * near.sums.len() as u128 + 4096 {
            Self::by_table(cells, most)
        } else {
            Self::by_order(cells)
        }
    }

    /// A table over all pairs that could be: linear, for all but very dense maps.
    fn by_table<I: Iterator<Item = (u32, u64)>>(cells: impl Fn() -> I, most: (u32, u64)) -> Self {
        let width = most.1 as usize + 1;
        let slot = |(members, sum): (u32, u64)| members as usize * width + sum as usize;
        let mut table = vec![0u32; (most.0 as usize + 1) * width];
        cells().for_each(|pair| table[slot(pair)] += 1);
        let (mut pairs, mut counts) = (Vec::new(), Vec::new());
        for (at, entry) in table.iter_mut().enumerate().filter(|(_, entry)| **entry > 0) {
            counts.push(*entry);
            *entry = pairs.len() as u32;
            pairs.push(((at / width) as u32, (at % width) as u64));
        }
        Self { of_cell: cells().map(|pair| table[slot(pair)]).collect(), pairs, cells: counts }
    }

    fn by_order<I: Iterator<Item = (u32, u64)>>(cells: impl Fn() -> I) -> Self {
        let mut pairs: Vec<(u32, u64)> = cells().collect();
        pairs.sort_unstable();
        pairs.dedup();
        let place = |pair| pairs.binary_search(&pair).expect("every pair is in the list of all pairs") as u32;
        let of_cell: Vec<u32> = cells().map(place).collect();
        let mut counts = vec![0; pairs.len()];
        for kind in &of_cell {
            counts[*kind as usize] += 1;
        }
        Self { of_cell, pairs, cells: counts }
    }

    /// The kind of a cell.
    pub fn of_cell(&self, cell: usize) -> usize {
        self.of_cell[cell] as usize
    }

    /// Members and sum of each kind.
    pub fn pairs(&self) -> &[(u32, u64)] {
        &self.pairs
    }

    /// Number of cells of each kind.
    pub fn cells(&self) -> &[u32] {
        &self.cells
    }

    /// One value per cell from one value per kind.
    pub fn to_cells<'a, T: Copy>(&'a self, of_kind: &'a [T]) -> impl Iterator<Item = T> + 'a {
        self.of_cell.iter().map(|kind| of_kind[*kind as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_ways_find_the_same_kinds_and_lose_no_cell(pairs in prop::collection::vec((1u32..=9, 0u64..40), 1..300)) {
            let cells = || pairs.iter().copied();
            let kinds = Kinds::by_order(cells);
            prop_assert_eq!(&Kinds::by_table(cells, (9, 40)), &kinds);
            prop_assert_eq!(kinds.to_cells(kinds.pairs()).collect::<Vec<_>>(), pairs.clone());
            prop_assert_eq!(kinds.cells().iter().sum::<u32>() as usize, pairs.len());
        }
    }
}
