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
