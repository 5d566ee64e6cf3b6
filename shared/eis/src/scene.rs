//! The same-scene index: who stood above the others at the same incidents. Surroundings cancel, since only officers
//! at one scene are compared; that is why it stands beside the score and never inside it. A linear-time stand-in for
//! the conditional model of Ridgeway (JASA 2026, 10.1080/01621459.2025.2597050).
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::input::Input;

/// Drawn towards 0 by this much variance, so that two scenes are no verdict; chosen from four values on public data.
const SHRINKAGE: f64 = 2.0;

/// `[same_scene]` of `eis.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SceneRules {
    /// Events of this indicator are compared where they share a scene and their severity is a number.
    pub indicator: String,
    /// With fewer shared scenes at unequal levels nothing is shown.
    pub min_scenes: u32,
}

impl Default for SceneRules {
    fn default() -> Self {
        Self { indicator: "use_of_force".into(), min_scenes: 5 }
    }
}

impl SceneRules {
    /// Whether nothing was changed.
    pub fn is_shipped(&self) -> bool {
        *self == Self::default()
    }
}

/// One officer at one incident.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Presence<'a> {
    /// The incident.
    pub scene: &'a str,
    /// The officer.
    pub officer: &'a str,
    /// Level, e.g. of force: the greater, the more.
    pub level: u32,
}

/// An officer's index.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Index {
    /// Scenes shared with others at unequal levels.
    pub scenes: u32,
    /// `sum (O - E) / (sum V + 2)`: mean excess over the others at the scene, drawn towards 0.
    pub effect: f64,
    /// `sum (O - E) / sqrt(sum V)`: how far from chance.
    pub z: f64,
}

/// What an explanation says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SameScene {
    /// The indicator compared.
    pub indicator: String,
    /// Scenes shared with others at unequal levels.
    pub scenes: u32,
    /// Mean excess over the others, drawn towards 0; in levels.
    pub effect: f64,
    /// How far from chance; beyond 2 either way is unusual for one officer, not among many.
    pub z: f64,
    /// The same in words.
    pub sentence: String,
}

/// Sum of `O - E` and of `V` in billionths, which add up to the same in any order.
#[derive(Clone, Copy, Default)]
struct Sums {
    scenes: u32,
    excess: i128,
    variance: i128,
}

/// The index of every officer with a shared scene at unequal levels, by officer; in linear time but for the sorting
/// into scenes. An officer who stands at one scene several times counts once, at the highest level.
pub fn index<'a>(rows: impl IntoIterator<Item = Presence<'a>>) -> BTreeMap<&'a str, Index> {
    let mut scenes: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
    for row in rows {
        let level = scenes.entry(row.scene).or_default().entry(row.officer).or_default();
        *level = (*level).max(row.level);
    }
    let mut officers: BTreeMap<&str, Sums> = BTreeMap::new();
    for scene in scenes.values() {
        let size = scene.len() as f64;
        let mean = scene.values().map(|level| f64::from(*level)).sum::<f64>() / size;
        let apart = |level: &u32| (f64::from(*level) - mean) * (f64::from(*level) - mean);
        let variance = scene.values().map(apart).sum::<f64>() / size;
        if variance == 0.0 {
            continue;
        }
        for (officer, level) in scene {
            let sums = officers.entry(officer).or_default();
            sums.scenes += 1;
            sums.excess += billionths(f64::from(*level) - mean);
            sums.variance += billionths(variance);
        }
    }
    officers.into_iter().map(|(officer, sums)| (officer, sums.index())).collect()
}

fn billionths(value: f64) -> i128 {
    libm::round(value * 1e9) as i128
}

impl Sums {
    fn index(self) -> Index {
        let (excess, variance) = (self.excess as f64 / 1e9, self.variance as f64 / 1e9);
        Index {
            scenes: self.scenes,
            effect: excess / (variance + SHRINKAGE),
            z: excess / libm::sqrt(variance),
        }
    }
}

/// What is shown of every officer in `input` with scenes enough; events on the scene that were cleared count, since
/// level and not blame is compared.
pub fn same_scene(input: &Input, rules: &SceneRules) -> BTreeMap<String, SameScene> {
    let rows = input.officers.iter().flat_map(|(officer, record)| {
        let events = record.events.values().filter(|event| event.indicator == rules.indicator);
        events.filter_map(move |event| {
            let level = event.severity.as_deref()?.trim().parse().ok()?;
            Some(Presence { scene: event.scene_id.as_deref()?, officer, level })
        })
    });
    let shown = index(rows).into_iter().filter(|(_, index)| index.scenes >= rules.min_scenes);
    shown.map(|(officer, index)| (officer.to_owned(), index.shown(&rules.indicator))).collect()
}

impl Index {
    fn shown(self, indicator: &str) -> SameScene {
        let (effect, z) = (crate::micro::nine_digits(self.effect), crate::micro::nine_digits(self.z));
        let mut sentence =
            format!("Beside the score: at {} scenes shared with others at unequal levels, ", self.scenes);
        let _ = match effect {
            effect if effect >= 0.005 => write!(sentence, "{effect:.2} levels above the others"),
            effect if effect <= -0.005 => write!(sentence, "{:.2} levels below the others", -effect),
            _ => write!(sentence, "at the level of the others"),
        };
        let _ = write!(sentence, " (z {z:.1}; few scenes draw it towards 0).");
        SameScene { indicator: indicator.to_owned(), scenes: self.scenes, effect, z, sentence }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at<'a>(scene: &'a str, officer: &'a str, level: u32) -> Presence<'a> {
        Presence { scene, officer, level }
    }

    #[test]
    fn reference_example_to_the_printed_digits() {
        // Levels {1, 1, 3} and {1, 2}; the officer at 3 and at 2.
        let rows = [at("a", "x", 1), at("a", "y", 1), at("a", "o", 3), at("b", "x", 1), at("b", "o", 2)];
        let found = index(rows)["o"];
        assert_eq!(found.scenes, 2);
        assert_eq!(
            (format!("{:.4}", found.effect), format!("{:.4}", found.z)),
            ("0.5841".into(), "1.7179".into())
        );
    }

    #[test]
    fn lone_officers_and_equal_levels_say_nothing() {
        assert!(index([at("a", "o", 4), at("b", "o", 2), at("b", "x", 2)]).is_empty());
    }

    #[test]
    fn an_officer_listed_twice_at_a_scene_counts_once_at_the_highest_level() {
        let twice = index([at("a", "o", 1), at("a", "o", 3), at("a", "x", 1)]);
        assert_eq!(twice, index([at("a", "o", 3), at("a", "x", 1)]));
    }

    #[test]
    fn the_sentence_says_which_way() {
        let index = Index { scenes: 6, effect: 0.5841, z: 1.7179 };
        insta::assert_snapshot!(index.shown("use_of_force").sentence, @"Beside the score: at 6 scenes shared with others at unequal levels, 0.58 levels above the others (z 1.7; few scenes draw it towards 0).");
        let below = Index { effect: -0.2, z: -0.9, ..index };
        assert!(below.shown("use_of_force").sentence.contains("0.20 levels below"));
    }

    fn rows() -> impl Strategy<Value = Vec<(u8, u8, u32)>> {
        prop::collection::vec((0..6_u8, 0..5_u8, 1..5_u32), 1..40)
    }

    proptest! {
        #[test]
        fn order_changes_no_bit(rows in rows()) {
            let names: Vec<(String, String, u32)> =
                rows.iter().map(|row| (row.0.to_string(), row.1.to_string(), row.2)).collect();
            let of = |rows: &[(String, String, u32)]| -> Vec<(String, Index)> {
                let found = index(rows.iter().map(|row| at(&row.0, &row.1, row.2)));
                found.into_iter().map(|(officer, index)| (officer.to_owned(), index)).collect()
            };
            let back: Vec<_> = names.iter().rev().cloned().collect();
            prop_assert_eq!(of(&names), of(&back));
        }

        #[test]
        fn a_worse_scene_for_everybody_at_it_changes_nobodys_index(rows in rows(), worse in 1..5_u32) {
            let names: Vec<(String, String, u32)> =
                rows.iter().map(|row| (row.0.to_string(), row.1.to_string(), row.2)).collect();
            let shifted = index(names.iter().map(|row| at(&row.0, &row.1, row.2 + worse)));
            for (officer, found) in index(names.iter().map(|row| at(&row.0, &row.1, row.2))) {
                prop_assert!((found.effect - shifted[officer].effect).abs() < 1e-8);
            }
        }

        #[test]
        fn between_two_officers_a_higher_level_never_lowers_ones_own_z(low in 1..4_u32, other in 1..4_u32) {
            let effect = |level| {
                index([at("a", "o", level), at("a", "x", other)]).get("o").map_or(0.0, |index| index.z)
            };
            prop_assert!(effect(low + 1) >= effect(low));
        }
    }
}
