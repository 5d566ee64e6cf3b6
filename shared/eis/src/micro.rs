//! Decimal fixed point with six digits, so that printed contributions add up to the printed score to the last
//! digit, and so that equal records tie exactly.
use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micro(pub i64);

impl Micro {
    /// The number one.
    pub const ONE: Self = Self(1_000_000);

    /// The nearest multiple of a millionth; halves away from zero.
    pub fn nearest(value: f64) -> Self {
        Self(libm::round(value * 1e6) as i64)
    }

    /// As a floating-point number.
    pub fn value(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for Micro {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for Micro {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self(0), Add::add)
    }
}

impl fmt::Display for Micro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}

impl Serialize for Micro {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

impl<'de> Deserialize<'de> for Micro {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::nearest(f64::deserialize(deserializer)?))
    }
}

/// `value` with nine significant digits: enough to recompute every line by hand, short enough to read.
pub fn nine_digits(value: f64) -> f64 {
    by_scaling(value).unwrap_or_else(|| by_text(value))
}

/// Rounding as text does it: right in every case, and too slow for the two million figures of a large department.
fn by_text(value: f64) -> f64 {
    format!("{value:.8e}").parse().unwrap_or(value)
}

/// The powers of ten that floating point holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// The same wherever it is certain. Nine digits and the power are exact, so that their quotient is the number nearest
/// to the decimal one; their product with the power errs by 1e-7 at most, which matters close to a half alone.
fn by_scaling(value: f64) -> Option<f64> {
    let magnitude = value.abs();
    let power = POWERS.get(POWERS.partition_point(|power| magnitude * power < 1e8))?;
    let scaled = magnitude * power;
    let digits = libm::floor(scaled);
    let rest = scaled - digits;
    let is_certain = scaled < 1e9 && (rest - 0.5).abs() > 1e-6;
    let digits = if rest > 0.5 { digits + 1.0 } else { digits };
    is_certain.then(|| (digits / power).copysign(value))
}

/// Adds decayed weights in whole billionths: the sum does not depend on the order of its terms.
pub fn nano(value: f64) -> i64 {
    libm::round(value * 1e9) as i64
}

/// A sum of billionths as a floating-point number.
pub fn from_nano(sum: i64) -> f64 {
    sum as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(value: f64, expected: f64) {
        assert_eq!(nine_digits(value).to_bits(), expected.to_bits());
        assert_eq!(by_text(value).to_bits(), expected.to_bits());
    }

    #[test]
    fn nine_digits_are_kept() {
        check(0.0, 0.0);
        check(-0.0, -0.0);
        check(1.0, 1.0);
        check(0.1 + 0.2, 0.3);
        check(0.999_999_999_9, 1.0);
        check(-1_234.567_890_12, -1_234.567_89);
        check(9_999_999_999.0, 1e10);
        check(1.234_567_894e-30, 1.234_567_89e-30);
        // An exact half: to the even digit.
        check(1_000_000_000.5, 1_000_000_000.0);
        check(100_000_000.5, 100_000_000.0);
        check(100_000_001.5, 100_000_002.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn the_fast_way_is_the_way_of_text(digits in -1_000_000_000_000_i64..1_000_000_000_000, power in -25..12) {
            let value = digits as f64 * libm::pow(10.0, f64::from(power));
            prop_assert_eq!(nine_digits(value).to_bits(), by_text(value).to_bits());
        }

        #[test]
        fn also_for_any_number(value in any::<f64>()) {
            prop_assert_eq!(nine_digits(value).to_bits(), by_text(value).to_bits());
        }
    }
}
