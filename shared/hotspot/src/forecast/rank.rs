//! Which cells come first, and how far down an area allows (D15).
use crate::lattice::Lattice;

/// One square mile in square metres.
pub const SQUARE_MILE_M2: f64 = 2_589_988.110336;

/// How much of the study area may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Limit {
    /// Share of the cells: the first floor(share · n) are chosen.
    Fraction(f64),
    /// Area in square miles: the longest prefix whose summed area fits.
    SquareMiles(f64),
}

/// Areas of the cells of a lattice, in square metres (D10).
#[derive(Clone, Debug)]
pub struct Areas {
    cells: Vec<f64>,
    smallest: f64,
    /// Area of all cells together.
    pub total_m2: f64,
}

impl Areas {
    /// The areas of `lattice`.
    pub fn new(lattice: &Lattice) -> Self {
        let cells: Vec<f64> = lattice.cells().iter().map(crate::Cell::area_m2).collect();
        let smallest = cells.iter().copied().fold(f64::INFINITY, f64::min);
        Self { total_m2: cells.iter().sum(), smallest, cells }
    }

    /// Summed area of some cells.
    pub fn of(&self, cells: &[u32]) -> f64 {
        cells.iter().map(|cell| self.cells[*cell as usize]).sum()
    }

    /// Cells that `limit` may choose at most.
    pub fn most(&self, limit: Limit) -> usize {
        let most = match limit {
            Limit::Fraction(share) => share * self.cells.len() as f64,
            Limit::SquareMiles(miles) => miles * SQUARE_MILE_M2 / self.smallest,
        };
        (most as usize).min(self.cells.len())
    }

    /// The cells of a ranking that `limit` chooses.
    pub fn chosen<'r>(&self, ranking: &'r [u32], limit: Limit) -> &'r [u32] {
        let within = &ranking[..self.most(limit).min(ranking.len())];
        let Limit::SquareMiles(miles) = limit else { return within };
        let mut left = miles * SQUARE_MILE_M2;
        let fits = |cell: &&u32| {
            left -= self.cells[**cell as usize];
            left >= 0.0
        };
        &within[..within.iter().take_while(fits).count()]
    }
}

/// Puts the first `count` cells by score into `ranking`, best first, ties by geohash; cells of a lattice are in
/// order of geohash. Room is reused.
pub fn rank<T: PartialOrd + Copy>(scores: &[T], count: usize, ranking: &mut Vec<u32>) {
    ranking.clear();
    ranking.extend(0..scores.len() as u32);
    let order = |a: &u32, b: &u32| {
        let by_score = scores[*b as usize].partial_cmp(&scores[*a as usize]);
        by_score.unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(b))
    };
    if count < ranking.len() {
        ranking.select_nth_unstable_by(count, order);
        ranking.truncate(count);
    }
    ranking.sort_unstable_by(order);
}
