//! The Gamma-Poisson model behind one indicator: means, dispersion, shrunk rates (score `gp-1`, formulas 4 to 8).
//! An officer's rate is pulled towards the peers' the more, the less exposure there is to judge by.
use crate::gamma;

/// Lower and upper bound of the shape `a`: beyond them the data say nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Least shape.
    pub lowest: f64,
    /// Greatest shape, also taken where there is no more than Poisson variation.
    pub highest: f64,
}

/// Department mean `mu = sum y / sum E`; 0 without exposure.
pub fn mean(rows: &[(f64, f64)]) -> f64 {
    let (y, e) = rows.iter().fold((0.0, 0.0), |(y, e), row| (y + row.0, e + row.1));
    if e > 0.0 { y / e } else { 0.0 }
}

/// Shape by moments: `a = sum (mu E)^2 / sum ((y - mu E)^2 - mu E)`, over rows of (y, E).
pub fn shape(rows: &[(f64, f64)], bounds: Bounds) -> f64 {
    let mu = mean(rows);
    let (mut above, mut below) = (0.0, 0.0);
    for (y, e) in rows {
        let expected = mu * e;
        above += expected * expected;
        below += (y - expected) * (y - expected) - expected;
    }
    if below <= 0.0 { bounds.highest } else { (above / below).clamp(bounds.lowest, bounds.highest) }
}

/// Group mean `m_g = (sum y + K mu) / (sum E + K)` with `K = strength * a / mu`.
pub fn group_mean(y: f64, e: f64, mu: f64, a: f64, strength: f64) -> f64 {
    if mu <= 0.0 {
        return 0.0;
    }
    let k = strength * a / mu;
    (y + k * mu) / (e + k)
}

/// One officer's rate against the department's and the peers'.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratios {
    /// Shrunk rate `lambda = (a + y) / (a / m_g + E)`, events per unit of exposure.
    pub lambda: f64,
    /// `lambda / mu`.
    pub dept: f64,
    /// `lambda / m_g`.
    pub peer: f64,
}

/// Shrinks `y` events in exposure `e` towards `m_g`. Written in ratios, so that an indicator without a single
/// counted event (`mu = 0`) gives 1 for everybody instead of nothing divided by nothing.
pub fn shrink(y: f64, e: f64, mu: f64, m_g: f64, a: f64) -> Ratios {
    let peer = (a + y) / (a + m_g * e);
    let lambda = peer * m_g;
    Ratios { lambda, dept: if mu > 0.0 { lambda / mu } else { peer }, peer }
}

/// What plain counts leave open about `R_peer`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uncertainty {
    /// Exceedance `P(lambda > 2 m_g)`.
    pub exceedance: f64,
    /// Lower end of the 90 % interval of `R_peer`.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

/// The 90 % interval of Gamma(a + n, rate 1). It costs more than all other figures of an officer and depends on `n`
/// alone, so that whoever needs many works out each once.
pub fn interval(n: u32, a: f64) -> [f64; 2] {
    [0.05, 0.95].map(|p| gamma::quantile(a + f64::from(n), p))
}

/// `lambda | data ~ Gamma(a + n, a / m_g + E)` (shape, rate), here of `lambda / m_g`, hence rate `a + m_g E`;
/// `[lo, hi]` is the [`interval`] of `n` and `a`.
pub fn uncertainty(n: u32, e: f64, m_g: f64, a: f64, [lo, hi]: [f64; 2]) -> Uncertainty {
    let (shape, rate) = (a + f64::from(n), a + m_g * e);
    Uncertainty { exceedance: gamma::upper(shape, 2.0 * rate), lo: lo / rate, hi: hi / rate }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: f64, printed: &str) {
        let digits = printed.split('.').nth(1).map_or(0, str::len);
        assert_eq!(format!("{found:.digits$}"), printed);
    }

    /// 60 months of service at a half-life of 730 days.
    fn exposure() -> f64 {
        crate::exposure::constant_duty(60.0, 730.0)
    }

    #[test]
    fn reference_vector_to_the_printed_digits() {
        check(exposure(), "28.514");
        let complaints = shrink(3.0, exposure(), 0.05, 0.06, 0.95);
        check(complaints.lambda, "0.089070");
        check(complaints.dept, "1.78141");
        check(complaints.peer, "1.48451");
        let force = shrink(1.0, exposure(), 0.036, 0.045, 0.55);
        check(force.lambda, "0.038050");
        check(force.dept, "1.05694");
        check(force.peer, "0.84556");
        check(0.7 * (complaints.dept - 1.0), "0.54698");
        check(0.3 * (force.dept - 1.0), "0.01708");
        check(1.0 + 0.7 * (complaints.dept - 1.0) + 0.3 * (force.dept - 1.0), "1.56407");
    }

    #[test]
    fn reference_uncertainty_to_the_printed_digits() {
        let found = uncertainty(4, 24.0, 0.06, 0.64, interval(4, 0.64));
        check(found.exceedance, "0.5296");
        check(found.lo, "0.840");
        check(found.hi, "4.161");
    }

    #[test]
    fn the_shape_stays_within_its_bounds() {
        let bounds = Bounds { lowest: 0.2, highest: 5.0 };
        assert_eq!(shape(&[(1.0, 10.0), (1.0, 10.0), (1.0, 10.0)], bounds), 5.0);
        let mut uneven = vec![(0.0, 1.0); 100];
        uneven.push((50.0, 1.0));
        assert_eq!(shape(&uneven, bounds), 0.2);
    }

    #[test]
    fn an_indicator_without_counted_events_says_nothing() {
        let m_g = group_mean(0.0, 300.0, 0.0, 5.0, 10.0);
        let ratios = shrink(0.0, 28.5, 0.0, m_g, 5.0);
        assert_eq!((ratios.dept, ratios.peer), (1.0, 1.0));
    }
}
