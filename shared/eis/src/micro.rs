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
    format!("{value:.8e}").parse().unwrap_or(value)
}

/// Adds decayed weights in whole billionths: the sum does not depend on the order of its terms.
pub fn nano(value: f64) -> i64 {
    libm::round(value * 1e9) as i64
}

/// A sum of billionths as a floating-point number.
pub fn from_nano(sum: i64) -> f64 {
    sum as f64 / 1e9
}
