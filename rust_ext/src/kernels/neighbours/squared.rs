//! Squared distances of two vectors in float64, and a look in float32 at whether that is worth the while.

/// Vectors no longer than this are summed in eight parts, longer ones halved: the order of numpy's sums.
const PART: usize = 128;
const LANES: usize = 16;
/// Below this, squares in float32 may have lost all their digits.
const LEAST: f32 = 1e-30;

/// A coordinate, which float64 holds exactly.
pub trait Coordinate: Copy + Send + Sync {
    /// The same number in float64.
    fn wide(self) -> f64;
    /// Numbers that are in float32.
    fn single(values: &[Self]) -> Option<&[f32]>;
}

impl Coordinate for f32 {
    fn wide(self) -> f64 {
        f64::from(self)
    }

    fn single(values: &[Self]) -> Option<&[f32]> {
        Some(values)
    }
}

impl Coordinate for f64 {
    fn wide(self) -> f64 {
        self
    }

    fn single(_: &[Self]) -> Option<&[f32]> {
        None
    }
}

/// Sum of squared differences: 0 for equal vectors, the same in both directions, and the same bits as
/// `((x - y) ** 2).sum()` in numpy.
///
/// # Panics
///
/// If `y` is shorter than `x`.
pub fn squared_distance<X: Coordinate, Y: Coordinate>(x: &[X], y: &[Y]) -> f64 {
    let y = &y[..x.len()];
    if x.len() > PART {
        let half = x.len() / 2 / 8 * 8;
        return squared_distance(&x[..half], &y[..half]) + squared_distance(&x[half..], &y[half..]);
    }
    let mut sums = [0.0; 8];
    let (x_parts, y_parts) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest = x_parts.remainder().iter().zip(y_parts.remainder());
    for (a, b) in x_parts.zip(y_parts) {
        for lane in 0..8 {
            let difference = a[lane].wide() - b[lane].wide();
            sums[lane] += difference * difference;
        }
    }
    let quarter = |lane: usize| sums[lane] + sums[lane + 1];
    let sum = (quarter(0) + quarter(2)) + (quarter(4) + quarter(6));
    rest.fold(sum, |sum, (a, b)| {
        let difference = a.wide() - b.wide();
        sum + difference * difference
    })
}

/// Whether float32 is enough to see that a squared distance is above a limit.
pub fn surely_above<X: Coordinate, Y: Coordinate>(x: &[X], y: &[Y], limit: f64) -> bool {
    let (Some(x), Some(y)) = (X::single(x), Y::single(y)) else {
        return false;
    };
    let mut sums = [0.0_f32; LANES];
    let (x_parts, y_parts) = (x.chunks_exact(LANES), y.chunks_exact(LANES));
    let rest = x_parts.remainder().iter().zip(y_parts.remainder());
    for (a, b) in x_parts.zip(y_parts) {
        for lane in 0..LANES {
            let difference = a[lane] - b[lane];
            sums[lane] += difference * difference;
        }
    }
    for (sum, (a, b)) in sums.iter_mut().zip(rest) {
        *sum += (a - b) * (a - b);
    }
    let squared: f32 = sums.iter().sum();
    // No term is negative, so that each rounding is one of the whole's last places at most.
    let roundings = (x.len() / LANES + LANES + 8) as f64;
    squared > LEAST
        && squared < f32::INFINITY
        && f64::from(squared) * (1.0 - roundings * f64::from(f32::EPSILON)) > limit
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // sums of small integers are exact
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_summed_exactly_whatever_the_length() {
        for length in (0..40).chain([127, 128, 129, 137, 255, 256, 1000, 2048]) {
            let x: Vec<f32> = (0..length).map(|i| (i * 7 % 13) as f32).collect();
            let y: Vec<f64> = (0..length).map(|i| f64::from(i * 5 % 11)).collect();
            let expected: f64 = (0..length)
                .map(|i| f64::from(i * 7 % 13 - i * 5 % 11).powi(2))
                .sum();
            assert_eq!(squared_distance(&x, &y), expected);
            assert_eq!(squared_distance(&y, &x), expected);
        }
    }

    #[test]
    fn a_look_in_float32_never_calls_near_what_is_far_and_is_nearly_always_right() {
        for (length, scale) in [(1, 1.0), (15, 1e-3), (64, 1e9), (2048, 1.0)] {
            let x: Vec<f32> = (0..length).map(|i| (i * 7 % 13) as f32 * scale).collect();
            let y: Vec<f32> = (0..length)
                .map(|i| (i * 5 % 11 + 1) as f32 * scale)
                .collect();
            let exact = squared_distance(&x, &y);
            assert!(!surely_above(&x, &y, exact));
            assert!(surely_above(&x, &y, exact * 0.999));
        }
    }

    #[test]
    fn float32_has_no_say_where_squares_overflow_or_vanish() {
        for size in [1e-22, 1e25] {
            assert!(!surely_above(&[size], &[0.0_f32], 0.0));
        }
        assert!(!surely_above(&[1.0_f64], &[0.0_f32], 0.0));
    }
}
