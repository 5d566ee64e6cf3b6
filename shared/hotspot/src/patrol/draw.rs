//! What is drawn by lot, the same on every platform: FNV-1a 64 of a text seeds SplitMix64 (Steele, Lea and Flood
//! 2014), and a list is shuffled by Fisher and Yates from its end. No draw depends on the order of any input.

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The generator that follows from `parts`. A separator that stands in no part keeps them apart.
    pub fn of(parts: &[&str]) -> Self {
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        let bytes = parts.iter().flat_map(|part| part.bytes().chain([0x1f]));
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, hash))
    }

    /// The next 64 bits.
    pub fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound` (0 where that is 0), by the high half of a 128-bit product; its bias is below 2^-58
    /// for the few items drawn here.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next_bits()) * bound as u128) >> 64) as usize
    }

    /// Shuffles a list.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_published_numbers() {
        // The first outputs for the seed 1234567, as in the reference implementation by Vigna.
        let mut draw = Draw(1_234_567);
        let first = [draw.next_bits(), draw.next_bits(), draw.next_bits()];
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(Draw::of(&["ab", "c"]).next_bits(), Draw::of(&["a", "bc"]).next_bits());
    }

    #[test]
    fn every_order_of_four_comes_up_about_as_often() {
        let mut seen = std::collections::BTreeMap::new();
        for day in 0..2_400 {
            let mut items = [0, 1, 2, 3];
            Draw::of(&[&day.to_string(), "evening", "21"]).shuffle(&mut items);
            *seen.entry(items).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 24);
        assert!(seen.values().all(|times| (60..=145).contains(times)), "{seen:?}");
    }
}
