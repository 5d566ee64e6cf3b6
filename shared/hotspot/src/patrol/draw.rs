//! What is drawn by lot, the same on every platform: FNV-1a 64 of a text seeds the generator of [`crate::random`]. No
//! draw depends on the order of any input.
use crate::random::Random;

/// The generator that follows from `parts`. A separator that stands in no part keeps them apart.
pub fn drawn_by(parts: &[&str]) -> Random {
    let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0x1f]));
    Random::new(bytes.fold(0xcbf2_9ce4_8422_2325, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(drawn_by(&["ab", "c"]).word(), drawn_by(&["a", "bc"]).word());
    }

    #[test]
    fn every_order_of_four_comes_up_about_as_often() {
        let mut seen = std::collections::BTreeMap::new();
        for day in 0..2_400 {
            let mut items = [0, 1, 2, 3];
            drawn_by(&[&day.to_string(), "evening", "21"]).shuffle(&mut items);
            *seen.entry(items).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 24);
        assert!(seen.values().all(|times| (60..=145).contains(times)), "{seen:?}");
    }
}
