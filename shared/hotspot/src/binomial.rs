//! The exact upper tail of a binomial (D8), accurate to about one part in 10^13 over all of `f64`'s range.
//!
//! The mass at one point follows Loader's saddle-point expansion (Fast and Accurate Computation of Binomial
//! Probabilities, 2000), which has no cancellation; the tail is summed away from the mean by exact ratios.
/// P(Bin(trials, share / of) >= successes); 1 where `successes` is 0.
pub fn upper_tail(trials: u64, share: u64, of: u64, successes: u64) -> f64 {
    if successes == 0 || share >= of {
        return 1.0;
    }
    if successes > trials || share == 0 {
        return 0.0;
    }
    let odds = share as f64 / (of - share) as f64;
    if u128::from(successes) * u128::from(of) > u128::from(trials) * u128::from(share) {
        let up = |k: u64| (trials - k) as f64 / (k + 1) as f64 * odds;
        mass(trials, share, of, successes) * series(successes, trials, up)
    } else {
        let down = |back: u64| {
            let k = successes - 1 - back;
            k as f64 / (trials - k + 1) as f64 / odds
        };
        1.0 - mass(trials, share, of, successes - 1) * series(0, successes - 1, down)
    }
}

/// 1 + r(from) + r(from) r(from + 1) + ..., until the terms no longer count or `to` is reached.
fn series(from: u64, to: u64, ratio: impl Fn(u64) -> f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for step in from..to {
        let r = ratio(step);
        term *= r;
        sum += term;
        if r < 1.0 && term < sum * (1.0 - r) * 1e-18 {
            break;
        }
    }
    sum
}

/// P(Bin(trials, share / of) = k), with 0 < share < of.
fn mass(trials: u64, share: u64, of: u64, k: u64) -> f64 {
    let (n, x) = (trials as f64, k as f64);
    let (hit, miss) = (share as f64 / of as f64, (of - share) as f64 / of as f64);
    if k == 0 {
        return libm::exp(n * libm::log1p(-hit));
    }
    if k == trials {
        return libm::exp(n * libm::log(hit));
    }
    let rest = (trials - k) as f64;
    let exponent = stirling_error(trials)
        - stirling_error(k)
        - stirling_error(trials - k)
        - deviance(x, n * hit)
        - deviance(rest, n * miss);
    libm::exp(exponent) * (n / (std::f64::consts::TAU * x * rest)).sqrt()
}

/// x ln(x / m) + m - x, by a series where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut term = 2.0 * x * v;
    for j in 1..1000 {
        term *= v * v;
        let next = sum + term / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// ln n! - ln(sqrt(2 pi n) (n / e)^n): exact values up to 15, then Stirling's series.
fn stirling_error(n: u64) -> f64 {
    const SMALL: [f64; 16] = [
        0.0,
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_3,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_093,
        0.016_644_691_189_821_193,
        0.013_876_128_823_070_748,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_096,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
        0.007_573_675_487_951_841,
        0.006_942_840_107_209_53,
        0.006_408_994_188_004_207,
        0.005_951_370_112_758_847_5,
        0.005_554_733_551_962_801,
    ];
    if let Some(value) = SMALL.get(n as usize) {
        return *value;
    }
    let n = n as f64;
    let square = n * n;
    let tail = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - tail / square) / square) / n
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tail by adding every term, with the mass at 0 by powers: good for small cases only.
    fn by_hand(trials: u64, share: u64, of: u64, successes: u64) -> f64 {
        let p = share as f64 / of as f64;
        let mut mass = (1.0 - p).powi(trials as i32);
        let mut tail = if successes == 0 { mass } else { 0.0 };
        for k in 0..trials {
            mass *= (trials - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            if k + 1 >= successes {
                tail += mass;
            }
        }
        tail
    }

    #[test]
    fn small_cases_equal_the_sum_of_all_terms() {
        for trials in [1, 2, 5, 16, 40] {
            for share in [1, 9, 50, 99] {
                for successes in 0..=trials {
                    let (tail, sum) =
                        (upper_tail(trials, share, 100, successes), by_hand(trials, share, 100, successes));
                    assert!(
                        (tail / sum - 1.0).abs() < 1e-12,
                        "{trials} {share} {successes}: {tail:e} {sum:e}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(upper_tail(10, 9, 100, 0), 1.0);
        assert_eq!(upper_tail(10, 100, 100, 10), 1.0);
        assert_eq!(upper_tail(10, 9, 100, 11), 0.0);
        assert_eq!(upper_tail(0, 9, 100, 0), 1.0);
    }

    #[test]
    fn the_tail_falls_with_the_successes() {
        let tails: Vec<f64> = (0..2000).map(|s| upper_tail(153_107, 9, 20_660, s)).collect();
        assert!(tails.windows(2).all(|pair| pair[0] >= pair[1] && pair[1] >= 0.0 && pair[0] <= 1.0));
    }
}
