//! The gamma distribution, on `libm` alone so that its digits do not depend on the platform.
//! Series and continued fraction: DLMF 8.11.4 and 8.9.2 (<https://dlmf.nist.gov/8>), evaluated by Lentz's method.

/// Relative accuracy aimed at.
const EPSILON: f64 = 1e-15;
/// Far more terms than either expansion needs on its side of `x = a + 1` for shapes up to 10^5.
const TERMS: u32 = 2_000;

/// Lower regularised incomplete gamma function `P(a, x)`: distribution function at `x` of Gamma(shape `a`, rate 1).
pub fn lower(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if x < a + 1.0 {
        series(a, x)
    } else {
        1.0 - fraction(a, x)
    }
}

/// Upper regularised incomplete gamma function `Q(a, x) = 1 - P(a, x)`, without loss in the far tail.
pub fn upper(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        1.0
    } else if x < a + 1.0 {
        1.0 - series(a, x)
    } else {
        fraction(a, x)
    }
}

/// `x^a e^-x / Gamma(a)`.
fn front(a: f64, x: f64) -> f64 {
    libm::exp(a * libm::log(x) - x - libm::lgamma(a))
}

fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    for _ in 0..TERMS {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * EPSILON {
            break;
        }
    }
    sum * front(a, x)
}

fn fraction(a: f64, x: f64) -> f64 {
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..TERMS {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / nonzero(an * d + b, tiny);
        c = nonzero(b + an / c, tiny);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < EPSILON {
            break;
        }
    }
    h * front(a, x)
}

fn nonzero(value: f64, tiny: f64) -> f64 {
    if value.abs() < tiny { tiny } else { value }
}

/// Quantile `p` of Gamma(shape `a`, rate 1): Newton steps on `P`, kept inside a bracket that shrinks each time.
pub fn quantile(a: f64, p: f64) -> f64 {
    let mut x = guess(a, p);
    let (mut low, mut high) = (0.0, 2.0 * x + 1.0);
    while lower(a, high) < p {
        high *= 2.0;
    }
    for _ in 0..200 {
        let miss = lower(a, x) - p;
        if miss > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - miss * x / front(a, x);
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - x).abs() <= 1e-13 * x {
            return next;
        }
        x = next;
    }
    x
}

/// A first guess of the quantile: Wilson and Hilferty's cube (PNAS 17, 1931, 684-688) over Hastings' normal quantile
/// (Abramowitz and Stegun 26.2.22), and the leading power of the series for small shapes.
fn guess(a: f64, p: f64) -> f64 {
    if a <= 1.0 {
        let split = 1.0 - a * (0.253 + a * 0.12);
        return if p < split {
            libm::pow(p / split, 1.0 / a).max(1e-300)
        } else {
            1.0 - libm::log(1.0 - (p - split) / (1.0 - split))
        };
    }
    let t = libm::sqrt(-2.0 * libm::log(p.min(1.0 - p)));
    let z = t - (2.30753 + t * 0.27061) / (1.0 + t * (0.99229 + t * 0.04481));
    let z = if p < 0.5 { -z } else { z };
    let root = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * libm::sqrt(a));
    (a * root * root * root).max(1e-3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
    }

    #[test]
    fn shape_one_is_the_exponential() {
        for x in [0.01, 0.5, 1.0, 3.0, 30.0] {
            close(upper(1.0, x), libm::exp(-x), 1e-14);
            close(lower(1.0, x) + upper(1.0, x), 1.0, 1e-15);
        }
    }

    #[test]
    fn whole_shapes_count_poisson_events() {
        // P(N >= 3) for N ~ Poisson(2.5).
        let below: f64 = libm::exp(-2.5) * (1.0 + 2.5 + 2.5 * 2.5 / 2.0);
        close(lower(3.0, 2.5), 1.0 - below, 1e-14);
    }

    #[test]
    fn quantiles_undo_the_distribution_function() {
        for a in [0.2, 0.64, 1.0, 4.64, 31.0, 900.0] {
            for p in [0.001, 0.05, 0.5, 0.95, 0.999] {
                close(lower(a, quantile(a, p)), p, 1e-11);
            }
        }
    }

    #[test]
    fn far_tails_keep_their_digits() {
        // chi-square with 10 degrees of freedom beyond 100, from its closed form for whole shapes.
        let x: f64 = 50.0;
        let sum = 1.0 + x + x * x / 2.0 + x.powi(3) / 6.0 + x.powi(4) / 24.0;
        close(upper(5.0, x) / (libm::exp(-x) * sum), 1.0, 1e-12);
    }
}
