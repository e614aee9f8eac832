//! The inner loop of both passes: several sums of products at once, each added up in the order of its terms.

/// Adds to each of `L` sums the products of weights and samples; the first weight's samples are the first `L`, and those
/// of the next begin `stride` later.
///
/// A lane is one sum: its terms are multiplied, rounded and added one after the other on every machine.
///
/// # Panics
///
/// If there are too few samples for a weight that has any.
#[must_use]
#[inline(always)]
#[allow(clippy::inline_always)] // sums stay in registers only where this is part of the loop around it
pub fn add_products<const L: usize>(
    sums: [f64; L],
    weights: &[f64],
    samples: &[f64],
    stride: usize,
) -> [f64; L] {
    let mut found = sums;
    for (weight, lanes) in weights.iter().zip(samples.chunks(stride)) {
        let lanes: &[f64; L] = lanes.first_chunk().expect("a sample for each lane");
        for (sum, sample) in found.iter_mut().zip(lanes) {
            *sum += weight * sample;
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // equal bit for bit is what they claim
mod tests {
    use super::*;

    #[test]
    fn each_lane_is_a_sum_of_its_own() {
        let samples = [1.0, 10.0, -1.0, 2.0, 20.0];
        assert_eq!(
            add_products([1.0, 2.0], &[3.0, 0.5], &samples, 3),
            [5.0, 42.0]
        );
    }

    #[test]
    fn terms_are_added_in_their_order() {
        assert_eq!(
            add_products([0.0], &[1.0; 3], &[1e16, 1.0, -1e16], 1),
            [0.0]
        );
    }
}
