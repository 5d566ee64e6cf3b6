//! The same-scene index: who used more force than the colleagues at the same incidents. What the scene was like cancels
//! out, since only officers who stood at it are compared. Shown beside the score and never inside it.
//!
//! For each incident with two officers or more at unequal levels, with `E` the mean level and `V` the population
//! variance: `effect = sum (O - E) / (sum V + 2)`, `z = sum (O - E) / sqrt(sum V)` over an officer's incidents, `O`
//! being the officer's own level. A linear-time stand-in for the conditional model of Ridgeway (JASA 2026,
//! 10.1080/01621459.2025.2597050).
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::micro::nine_digits;

/// Keeps the effect of officers with little to go by near zero.
const STEADY: f64 = 2.0;
/// With fewer shared incidents nothing is shown.
pub const LEAST_SCENES: usize = 5;

/// An officer's standing among those at the same scenes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SameScene {
    /// Mean difference of level from the colleagues', steadied; 0 where there is none.
    pub effect: f64,
    /// The same in standard deviations.
    pub z: f64,
    /// Incidents compared.
    pub scenes: usize,
}

/// The index of every officer with something to compare. `levels` are incident, officer and level; an officer named
/// twice at one incident counts at the higher level.
pub fn same_scene<'a>(
    levels: impl IntoIterator<Item = (&'a str, &'a str, u8)>,
) -> BTreeMap<&'a str, SameScene> {
    let mut scenes: BTreeMap<&str, BTreeMap<&str, u8>> = BTreeMap::new();
    for (incident, officer, level) in levels {
        let held = scenes.entry(incident).or_default().entry(officer).or_insert(level);
        *held = level.max(*held);
    }
    let mut sums: BTreeMap<&str, (f64, f64, usize)> = BTreeMap::new();
    for officers in scenes.values() {
        let count = officers.len() as f64;
        let mean = officers.values().map(|level| f64::from(*level)).sum::<f64>() / count;
        let square = |level: &u8| (f64::from(*level) - mean) * (f64::from(*level) - mean);
        let variance = officers.values().map(square).sum::<f64>() / count;
        if variance > 0.0 {
            for (officer, level) in officers {
                let (apart, spread, scenes) = sums.entry(officer).or_default();
                *apart += f64::from(*level) - mean;
                *spread += variance;
                *scenes += 1;
            }
        }
    }
    let index = |(apart, spread, scenes): (f64, f64, usize)| SameScene {
        effect: nine_digits(apart / (spread + STEADY)),
        z: nine_digits(apart / libm::sqrt(spread)),
        scenes,
    };
    sums.into_iter().map(|(officer, sums)| (officer, index(sums))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_formula() {
        let levels = [("i", "a", 1), ("i", "b", 1), ("i", "x", 3), ("j", "c", 1), ("j", "x", 2)];
        let found = same_scene(levels)["x"];
        assert_eq!(format!("{:.4} {:.4} {}", found.effect, found.z, found.scenes), "0.5841 1.7179 2");
    }

    #[test]
    fn scenes_of_one_officer_or_of_equal_levels_say_nothing() {
        assert_eq!(same_scene([("i", "a", 4), ("j", "a", 2), ("j", "b", 2)]).len(), 0);
    }

    proptest! {
        #[test]
        fn neither_the_order_nor_the_scale_of_the_scene_matters(
            levels in prop::collection::vec((0_u8..9, 0_u8..9, 1_u8..4), 1..60),
        ) {
            let names: Vec<String> = (0..9).map(|number| number.to_string()).collect();
            let rows = |shift: u8| levels.iter().map(move |(i, o, level)| (*i as usize, *o as usize, level + shift));
            let index = |rows: Vec<(usize, usize, u8)>| -> Vec<(String, SameScene)> {
                let named = rows.iter().map(|(i, o, level)| (names[*i].as_str(), names[*o].as_str(), *level));
                same_scene(named).into_iter().map(|(officer, found)| (officer.to_owned(), found)).collect()
            };
            let first = index(rows(0).collect());
            let mut backwards: Vec<_> = rows(0).collect();
            backwards.reverse();
            prop_assert_eq!(&first, &index(backwards));
            // A worse scene for everybody at it changes nobody's index.
            let shifted = index(rows(5).collect());
            for (one, other) in first.iter().zip(&shifted) {
                prop_assert_eq!(&one.0, &other.0);
                prop_assert!((one.1.effect - other.1.effect).abs() < 1e-6);
            }
        }
    }
}
