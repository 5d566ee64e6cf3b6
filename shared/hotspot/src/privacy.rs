//! Small counts: their bands, and which cells of a fine map hide behind the coarse cell around them.
//!
//! A count of 1 to k - 1 is never shown, and never left to subtraction: where a coarse cell is shown beside fine
//! ones, at least two non-zero fine cells with k events or more together are hidden in it.
use std::fmt;

/// Where bands begin, above the threshold.
const STEPS: [u64; 7] = [10, 20, 50, 100, 200, 500, 1000];

/// The cells of one family to hide: all small ones and all `masked` ones, and then, smallest first, as many others as
/// it takes until what is hidden is two cells with `k` events or more, or everything. `children` are places in `counts`
/// of cells with events, in geohash order.
pub fn hidden_among(children: &[usize], counts: &[u32], k: u32, masked: &[bool]) -> Vec<usize> {
    let must_hide = |child: &&usize| counts[**child] < k || masked[**child];
    let (mut hidden, mut visible): (Vec<usize>, Vec<usize>) = children.iter().partition(must_hide);
    visible.sort_by_key(|child| counts[*child]); // stable: ties in geohash order
    let mut rest = visible.into_iter();
    while !hidden.is_empty()
        && (hidden.len() < 2 || hidden.iter().map(|child| counts[*child]).sum::<u32>() < k)
    {
        let Some(next) = rest.next() else { break };
        hidden.push(next);
    }
    hidden
}

/// What is told of a count: `<k` below the threshold, then 5-9, 10-19 and so on, the last one open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The least it can be.
    pub low: u64,
    /// The most, if there is an upper end.
    pub high: Option<u64>,
}

impl Band {
    /// The band of a count above zero.
    pub fn of(count: u64, k: u32) -> Self {
        let k = u64::from(k);
        if count < k {
            return Self { low: 1, high: Some(k - 1) };
        }
        let low = STEPS.into_iter().rfind(|step| *step <= count && *step > k).unwrap_or(k);
        Self { low, high: STEPS.into_iter().find(|step| *step > low).map(|next| next - 1) }
    }

    /// `k` or more, and nothing else.
    pub fn at_least(k: u32) -> Self {
        Self { low: u64::from(k), high: None }
    }

    /// Whether it is that of a small count.
    pub fn is_small(&self) -> bool {
        self.low == 1
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Self { low: 1, high: Some(high) } => write!(f, "<{}", high + 1),
            Self { low, high: Some(high) } if low == high => write!(f, "{low}"),
            Self { low, high: Some(high) } => write!(f, "{low}-{high}"),
            Self { low, high: None } => write!(f, "{low}+"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(count: u64, k: u32, expected: &str) {
        let band = Band::of(count, k);
        assert_eq!(band.to_string(), expected);
        assert!(band.low <= count && band.high.is_none_or(|high| count <= high));
    }

    #[test]
    fn bands_start_at_the_threshold() {
        check(1, 5, "<5");
        check(5, 5, "5-9");
        check(9, 5, "5-9");
        check(10, 5, "10-19");
        check(562, 5, "500-999");
        check(1000, 5, "1000+");
        check(11, 10, "10-19");
        check(12, 12, "12-19");
        check(9, 9, "9");
        assert_eq!(Band::at_least(5).to_string(), "5+");
    }

    proptest! {
        #[test]
        fn no_small_count_is_shown_or_left_to_subtraction(
            cells in prop::collection::vec((1u32..40, prop::bool::weighted(0.1)), 1..33),
            k in 5u32..9,
        ) {
            let (counts, masked): (Vec<u32>, Vec<bool>) = cells.into_iter().unzip();
            let children: Vec<usize> = (0..counts.len()).collect();
            let hidden = hidden_among(&children, &counts, k, &masked);
            for child in &children {
                prop_assert!(hidden.contains(child) || counts[*child] >= k && !masked[*child]);
            }
            let sum: u32 = hidden.iter().map(|child| counts[*child]).sum();
            let everything = hidden.len() == children.len();
            prop_assert!(hidden.is_empty() || everything || hidden.len() >= 2 && sum >= k);
        }
    }
}
