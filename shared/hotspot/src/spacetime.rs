//! Thirteen slices of 28 days: Gi* in each, the trend of z across them, and the class of a cell in two
//! vocabularies, one as `sfhotspot` gives it and one as ArcGIS does, by rules that are written out.
use crate::fdr;
use crate::gistar::{Moments, Neighbourhoods, two_sided_p};
use crate::kinds::Kinds;
use crate::lattice::Lattice;
use crate::mann_kendall::{Trend, trends};

/// Number of slices.
pub const SLICES: usize = 13;

/// Days of one slice.
pub const SLICE_DAYS: i64 = 28;

/// Slices that `sfhotspot` takes as recent: a fifth of all, rounded up.
const RECENT: usize = SLICES.div_ceil(5);

/// Level of every test here.
const LEVEL: f64 = 0.05;

/// Gi* of one map of counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Events of each cell.
    pub counts: Vec<u32>,
    kinds: Kinds,
    z: Vec<f64>,
    p: Vec<f64>,
    q: Vec<f64>,
}

/// The class of a cell as R's `sfhotspot` names it: a slice is hot where z > 0 and p < .05, **unadjusted**.
/// On sparse maps it names many cells by chance; show it only beside [`Emergence`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Persistence {
    /// Hot in fewer than a tenth of the slices.
    None,
    /// Hot in a tenth of the slices or more.
    Intermittent,
    /// Hot in a tenth of the first ten slices or more, and in none of the last three.
    Former,
    /// Hot in one of the last three slices or more, and in none of the first ten.
    Emerging,
    /// Hot in four fifths of the slices or more.
    Persistent,
}

/// The class of a cell as ArcGIS Emerging Hot Spot Analysis names it: a slice is hot where z > 0 and q <= .05.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Emergence {
    /// None of the others.
    None,
    /// Hot in the last slice and in others, with gaps.
    Sporadic,
    /// Hot in an unbroken run of two or more slices up to the last, and never before.
    Consecutive,
    /// Hot in the last slice only.
    New,
    /// Hot in nine tenths of the slices or more, without a trend.
    Persistent,
    /// The same, and z rises (Mann-Kendall, p <= .05).
    Intensifying,
    /// The same, and z falls.
    Diminishing,
    /// Hot in nine tenths of the slices or more, but not in the last.
    Historical,
}

/// Slices, trends and classes of one map.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceTime {
    /// The slices, oldest first.
    pub slices: Vec<Slice>,
    /// Mann-Kendall of each cell's z.
    pub trends: Vec<Trend>,
    /// Class of each cell, unadjusted.
    pub persistence: Vec<Persistence>,
    /// Class of each cell, adjusted.
    pub emergence: Vec<Emergence>,
}

impl Slice {
    /// Gi*, p and q of `counts`, one count per cell of `lattice`.
    pub fn of(lattice: &Lattice, counts: Vec<u32>) -> Self {
        let kinds = Kinds::of(&Neighbourhoods::of(lattice, &counts));
        let moments = Moments::of(&counts);
        let z: Vec<f64> = kinds.pairs().iter().map(|(members, sum)| moments.z(*members, *sum)).collect();
        let p: Vec<f64> = z.iter().map(|z| two_sided_p(*z)).collect();
        let q = fdr::adjusted_shared(&p, kinds.cells());
        Self { counts, kinds, z, p, q }
    }

    /// Gi* of every cell (D5).
    pub fn z(&self) -> impl Iterator<Item = f64> {
        self.kinds.to_cells(&self.z)
    }

    /// Its two-sided p (D6).
    pub fn p(&self) -> impl Iterator<Item = f64> {
        self.kinds.to_cells(&self.p)
    }

    /// Its Benjamini-Hochberg q over the cells of this slice (D7).
    pub fn q(&self) -> impl Iterator<Item = f64> {
        self.kinds.to_cells(&self.q)
    }

    /// Adds the mark of slice `t` to the cells that are hot by `test`, which takes z, p and q.
    fn mark(&self, t: usize, marks: &mut [u16], test: impl Fn(f64, f64, f64) -> bool) {
        let hot: Vec<u16> = (0..self.z.len())
            .map(|kind| u16::from(test(self.z[kind], self.p[kind], self.q[kind])) << t)
            .collect();
        marks.iter_mut().zip(self.kinds.to_cells(&hot)).for_each(|(mark, hot)| *mark |= hot);
    }
}

impl SpaceTime {
    /// Of thirteen lists of counts, oldest first, one count per cell of `lattice` in each.
    pub fn of(lattice: &Lattice, counts: Vec<Vec<u32>>) -> Self {
        debug_assert_eq!(counts.len(), SLICES);
        let slices: Vec<Slice> = counts.into_iter().map(|counts| Slice::of(lattice, counts)).collect();
        let z: Vec<Vec<f64>> = slices.iter().map(|slice| slice.z().collect()).collect();
        let trends = trends(&z);
        let (mut unadjusted, mut adjusted) = (vec![0u16; lattice.len()], vec![0u16; lattice.len()]);
        for (t, slice) in slices.iter().enumerate() {
            slice.mark(t, &mut unadjusted, |z, p, _| z > 0.0 && p < LEVEL);
            slice.mark(t, &mut adjusted, |z, _, q| z > 0.0 && q <= LEVEL);
        }
        let persistence = unadjusted.into_iter().map(Persistence::of).collect();
        let emergence = adjusted.into_iter().zip(&trends).map(|(hot, trend)| Emergence::of(hot, *trend));
        Self { persistence, emergence: emergence.collect(), slices, trends }
    }
}

impl Persistence {
    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Intermittent => "intermittent",
            Self::Former => "former",
            Self::Emerging => "emerging",
            Self::Persistent => "persistent",
        }
    }

    /// The class of a cell hot in the slices whose bits are set, the oldest the lowest; later rules override.
    fn of(hot: u16) -> Self {
        let all = hot.count_ones();
        let recent = (hot >> (SLICES - RECENT)).count_ones();
        let older = all - recent;
        let tenth = |hot: u32, of: usize| 10 * hot as usize >= of;
        let mut class = Self::None;
        if tenth(all, SLICES) {
            class = Self::Intermittent;
        }
        if tenth(older, SLICES - RECENT) && !tenth(recent, RECENT) {
            class = Self::Former;
        }
        if tenth(recent, RECENT) && !tenth(older, SLICES - RECENT) {
            class = Self::Emerging;
        }
        if 10 * all as usize >= 8 * SLICES {
            class = Self::Persistent;
        }
        class
    }
}

impl Emergence {
    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sporadic => "sporadic",
            Self::Consecutive => "consecutive",
            Self::New => "new",
            Self::Persistent => "persistent",
            Self::Intensifying => "intensifying",
            Self::Diminishing => "diminishing",
            Self::Historical => "historical",
        }
    }

    /// As [`Persistence::of`], with the trend of the cell's z.
    fn of(hot: u16, trend: Trend) -> Self {
        let count = hot.count_ones();
        let last = hot >> (SLICES - 1) & 1 == 1;
        let run = (hot << (16 - SLICES)).leading_ones();
        let mostly = 10 * count as usize >= 9 * SLICES;
        match (mostly, last) {
            (false, false) => Self::None,
            (false, true) if count == 1 => Self::New,
            (false, true) if run == count => Self::Consecutive,
            (false, true) => Self::Sporadic,
            (true, false) => Self::Historical,
            (true, true) if trend.p() > LEVEL => Self::Persistent,
            (true, true) if trend.z > 0.0 => Self::Intensifying,
            (true, true) => Self::Diminishing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RISING: Trend = Trend { s: 40, z: 2.4 };
    const FALLING: Trend = Trend { s: -40, z: -2.4 };
    const FLAT: Trend = Trend { s: 2, z: 0.1 };

    /// Slices as a picture, oldest first, `#` hot.
    #[track_caller]
    fn check(picture: &str, trend: Trend, persistence: &str, emergence: &str) {
        let hot = picture.bytes().enumerate().fold(0, |hot, (t, mark)| hot | u16::from(mark == b'#') << t);
        assert_eq!((Persistence::of(hot).word(), Emergence::of(hot, trend).word()), (persistence, emergence));
    }

    #[test]
    fn classes_follow_their_rules() {
        check(".............", RISING, "none", "none");
        check("............#", FLAT, "emerging", "new");
        check("...........##", FLAT, "emerging", "consecutive");
        check("..........#..", FLAT, "emerging", "none");
        check(".........#...", FLAT, "former", "none");
        check(".........###.", FLAT, "intermittent", "none");
        check("#...........#", FLAT, "intermittent", "sporadic");
        check("..###########", FLAT, "persistent", "consecutive");
        check("###.#.#######", FLAT, "persistent", "sporadic");
        check("###.#########", FLAT, "persistent", "persistent");
        check("#############", RISING, "persistent", "intensifying");
        check("#############", FALLING, "persistent", "diminishing");
        check("############.", FALLING, "persistent", "historical");
    }
}
