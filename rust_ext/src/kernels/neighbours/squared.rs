//! Squared distances of two vectors in float64.

/// Vectors no longer than this are summed in eight parts, longer ones halved: the order of numpy's sums.
const PART: usize = 128;

/// A coordinate, which float64 holds exactly.
pub trait Coordinate: Copy + Send + Sync {
    /// The same number in float64.
    fn wide(self) -> f64;
}

impl Coordinate for f32 {
    fn wide(self) -> f64 {
        f64::from(self)
    }
}

impl Coordinate for f64 {
    fn wide(self) -> f64 {
        self
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
    let [a, b, c, d, e, f, g, h] = sums;
    rest.fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, (a, b)| {
        let difference = a.wide() - b.wide();
        sum + difference * difference
    })
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
}
