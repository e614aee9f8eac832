//! Arithmetic on a mixture of Python's and numpy's numbers, rounded where numpy rounds.
//!
//! sacrebleu computes the score of a resample from 32-bit numpy scalars and Python's numbers. What a mixture of the two
//! is depends on numpy's major version: from 2 on, under NEP 50, a Python number takes the width of its partner; before,
//! the result had 64 bits.

use std::ops::{Add, Div, Mul};

/// A number and what Python holds it in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// Python's `float`.
    Python(f64),
    /// `numpy.float32`, under NEP 50 or before.
    Single(f32, Promotion),
    /// `numpy.float64`, or an integer it holds exactly.
    Double(f64),
}

/// What a 32-bit scalar and a Python number make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promotion {
    /// A 32-bit scalar: numpy 2 and later.
    Nep50,
    /// A 64-bit scalar: numpy 1.
    ByValue,
}

impl Scalar {
    /// Its value, which 64 bits hold exactly.
    #[must_use]
    pub fn value(self) -> f64 {
        match self {
            Self::Python(value) | Self::Double(value) => value,
            Self::Single(value, _) => f64::from(value),
        }
    }

    /// What is left of it in the place of `place`: an assignment to an element of an array.
    #[must_use]
    pub fn stored_as(self, place: Self) -> Self {
        match place {
            Self::Single(_, promotion) => Self::Single(self.value() as f32, promotion),
            Self::Double(_) => Self::Double(self.value()),
            Self::Python(_) => self,
        }
    }

    #[inline]
    fn combine(
        self,
        other: Self,
        double: impl Fn(f64, f64) -> f64,
        single: impl Fn(f32, f32) -> f32,
    ) -> Self {
        match (self, other) {
            (Self::Python(left), Self::Python(right)) => Self::Python(double(left, right)),
            (Self::Single(left, promotion), Self::Single(right, _)) => {
                Self::Single(single(left, right), promotion)
            }
            (Self::Single(left, Promotion::Nep50), Self::Python(right)) => {
                Self::Single(single(left, right as f32), Promotion::Nep50)
            }
            (Self::Python(left), Self::Single(right, Promotion::Nep50)) => {
                Self::Single(single(left as f32, right), Promotion::Nep50)
            }
            (left, right) => Self::Double(double(left.value(), right.value())),
        }
    }
}

impl Add for Scalar {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        self.combine(
            other,
            |left, right| left + right,
            |left, right| left + right,
        )
    }
}

impl Mul for Scalar {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        self.combine(
            other,
            |left, right| left * right,
            |left, right| left * right,
        )
    }
}

impl Div for Scalar {
    type Output = Self;
    #[inline]
    fn div(self, other: Self) -> Self {
        self.combine(
            other,
            |left, right| left / right,
            |left, right| left / right,
        )
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // equality to the bit is what these tests are about
mod tests {
    use super::*;

    #[test]
    fn mixtures_round_as_numpys_version_does() {
        let new = Scalar::Single(3.0, Promotion::Nep50);
        let old = Scalar::Single(3.0, Promotion::ByValue);
        let one = Scalar::Python(1.0);
        assert_eq!(one / new, Scalar::Single(1.0_f32 / 3.0, Promotion::Nep50));
        assert_eq!(one / old, Scalar::Double(1.0 / 3.0));
        assert_eq!(
            old / old * Scalar::Python(0.1),
            Scalar::Double(0.1),
            "two 32-bit scalars stay 32 bits wide, with a Python number they do not"
        );
        assert_eq!(one / Scalar::Python(3.0), Scalar::Python(1.0 / 3.0));
        assert_eq!((new + Scalar::Double(0.1)).value(), 3.1);
    }

    #[test]
    fn an_element_keeps_its_width() {
        let place = Scalar::Single(0.0, Promotion::ByValue);
        let stored = Scalar::Double(0.1).stored_as(place);
        assert_eq!(stored.value(), f64::from(0.1_f32));
    }
}
