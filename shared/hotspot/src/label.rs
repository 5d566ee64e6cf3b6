//! Labels of a cell: Gi* as other programs print it, and the joint label that also stands on sparse maps (D9).

/// Significance levels and their bins, strictest first (ArcGIS `Gi_Bin` numbering).
const LEVELS: [(f64, i8); 3] = [(0.01, 3), (0.05, 2), (0.10, 1)];

/// Confidence bin by Gi* and q alone: 3, 2, 1 for hot at 99, 95, 90 %; negative for cold; else 0.
pub fn gi_bin(z: f64, q: f64) -> i8 {
    let bin = LEVELS.iter().find(|(level, _)| q <= *level).map_or(0, |(_, bin)| *bin);
    if z > 0.0 {
        bin
    } else if z < 0.0 {
        -bin
    } else {
        0
    }
}

/// The same, with a hot bin only as strong as the exact binomial's q allows. Gi* alone marks hot cells on pure
/// noise where counts are low; the binomial alone marks everything above the mean where they are high.
pub fn joint_bin(z: f64, q: f64, q_binom: f64) -> i8 {
    let bin = gi_bin(z, q);
    if bin > 0 { bin.min(gi_bin(z, q_binom)) } else { bin }
}

/// Confidence in percent of a bin, either sign; nothing for 0.
pub fn confidence(bin: i8) -> Option<u8> {
    match bin.abs() {
        3 => Some(99),
        2 => Some(95),
        1 => Some(90),
        _ => None,
    }
}

/// Whether a map has so few events for its cells that its labels need the caution flag (mean below one half).
pub fn low_count(events: u64, cells: usize) -> bool {
    2 * events < cells as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(z: f64, q: f64, q_binom: f64, gi: i8, joint: i8) {
        assert_eq!((gi_bin(z, q), joint_bin(z, q, q_binom)), (gi, joint));
    }

    #[test]
    fn a_hot_label_needs_both_tests_and_cold_only_one() {
        check(3.0, 0.01, 0.01, 3, 3);
        check(3.0, 0.001, 0.04, 3, 2);
        check(3.0, 0.06, 0.001, 1, 1);
        check(3.0, 0.001, 0.5, 3, 0);
        check(-3.0, 0.02, 1.0, -2, -2);
        check(0.0, 0.0, 0.0, 0, 0);
    }
}
