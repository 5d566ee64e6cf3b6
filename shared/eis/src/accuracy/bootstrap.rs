//! Bootstrap intervals from a small generator of our own: the same seed gives the same interval on every platform
//! and in every release, which a general random-number library does not promise.

/// SplitMix64 (Steele, Lea and Flood 2014): a seeded sequence, for lots and permutations, never for secrets.
#[derive(Clone, Debug)]
pub struct Lot(u64);

impl Lot {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`, which must not be 0; its bias is below `end / 2^64`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }

    /// Puts `items` into a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// A 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval {
    /// The 2.5 % quantile.
    pub lo: f64,
    /// The 97.5 % quantile.
    pub hi: f64,
}

/// The percentile interval of `statistics` (as many as one draw gives) over `rounds` draws of `size` officers with
/// replacement. Each statistic is told how often each officer was drawn; draws for which it is not defined are
/// left out of its own interval.
pub fn bootstrap<const N: usize>(
    size: usize,
    rounds: usize,
    seed: u64,
    mut statistics: impl FnMut(&[u32]) -> [Option<f64>; N],
) -> [Option<Interval>; N] {
    let mut lot = Lot::new(seed);
    let mut values: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    let mut drawn = vec![0_u32; size];
    for _ in 0..rounds {
        drawn.fill(0);
        for _ in 0..size {
            drawn[lot.below(size)] += 1;
        }
        for (values, value) in values.iter_mut().zip(statistics(&drawn)) {
            values.extend(value);
        }
    }
    values.map(|mut values| {
        values.sort_by(f64::total_cmp);
        Some(Interval { lo: quantile(&values, 0.025)?, hi: quantile(&values, 0.975)? })
    })
}

/// The `p` quantile of sorted values, interpolated between neighbours (numpy's default); `None` of nothing.
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = p * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * (place - place.floor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_its_published_sequence() {
        // Reference output for seed 1234567, as the author's program prints it.
        let mut lot = Lot::new(1_234_567);
        let first = [(); 3].map(|()| lot.bits());
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn the_interval_of_a_share_is_that_of_the_binomial() {
        let hits: Vec<bool> = (0..400).map(|index| index % 4 == 0).collect();
        let share = |drawn: &[u32]| {
            let sum: u32 = drawn.iter().zip(&hits).filter(|(_, hit)| **hit).map(|(drawn, _)| drawn).sum();
            [Some(f64::from(sum) / 400.0)]
        };
        let [interval] = bootstrap(400, 2000, 7, share);
        let interval = interval.unwrap();
        // .25 +- 1.96 * sqrt(.25 * .75 / 400) = .208 to .292.
        assert!((interval.lo - 0.208).abs() < 0.006 && (interval.hi - 0.292).abs() < 0.006, "{interval:?}");
    }

    #[test]
    fn a_shuffle_keeps_everything() {
        let mut items: Vec<u32> = (0..100).collect();
        Lot::new(3).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
