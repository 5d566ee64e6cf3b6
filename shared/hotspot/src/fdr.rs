//! Benjamini-Hochberg adjusted p-values over all study cells (D7).

/// q_(k) = min over j >= k of p_(j) n / j, capped at 1; cells come in geohash order, which breaks ties.
pub fn adjusted(p: &[f64]) -> Vec<f64> {
    let n = p.len() as f64;
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b])); // stable: ties stay in geohash order
    let mut q = vec![1.0; p.len()];
    let mut least = 1.0f64;
    for (rank, index) in order.iter().enumerate().rev() {
        least = least.min(p[*index] * n / (rank + 1) as f64);
        q[*index] = least;
    }
    q
}

/// The same where `cells[i]` cells share the value `p[i]`: one q per entry, the bits of [`adjusted`] on the
/// list written out. Cells of equal p have equal q, so the order among them does not matter.
pub fn adjusted_shared(p: &[f64], cells: &[u32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_unstable_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut rank: u64 = cells.iter().map(|cells| u64::from(*cells)).sum();
    let n = rank as f64;
    let mut q = vec![1.0; p.len()];
    let (mut least, mut last) = (1.0f64, (f64::NAN, 0));
    for index in order.iter().rev() {
        if last.0 != p[*index] {
            last = (p[*index], rank);
        }
        least = least.min(p[*index] * n / last.1 as f64);
        q[*index] = least;
        rank -= u64::from(cells[*index]);
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_textbook_example() {
        let q = adjusted(&[0.01, 0.04, 0.03, 0.005]);
        let expected = [0.02, 0.04, 0.04, 0.02];
        assert!(q.iter().zip(expected).all(|(q, e)| (q - e).abs() < 1e-15), "{q:?}");
    }

    proptest! {
        #[test]
        fn shared_values_have_the_q_of_the_list_written_out(entries in prop::collection::vec((0u8..20, 1u32..5), 1..60)) {
            let p: Vec<f64> = entries.iter().map(|(p, _)| f64::from(*p) / 37.0).collect();
            let cells: Vec<u32> = entries.iter().map(|(_, cells)| *cells).collect();
            let written_out = |of: &[f64]| -> Vec<f64> {
                of.iter().zip(&cells).flat_map(|(x, cells)| vec![*x; *cells as usize]).collect()
            };
            prop_assert_eq!(written_out(&adjusted_shared(&p, &cells)), adjusted(&written_out(&p)));
        }

        #[test]
        fn q_is_at_least_p_at_most_one_and_in_the_order_of_p(p in prop::collection::vec(0.0..=1.0f64, 1..200)) {
            let q = adjusted(&p);
            for i in 0..p.len() {
                prop_assert!(q[i] >= p[i] * (1.0 - 1e-15) && q[i] <= 1.0);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || q[i] <= q[j]);
                }
            }
        }
    }
}
