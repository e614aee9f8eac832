//! Which pixels along an axis an output pixel reads, and with what weights.

/// Keys' parameter of the cubic kernel.
const A: f64 = -0.5;
/// Where the kernel ends, in pixels of the smaller image.
const SUPPORT: f64 = 2.0;

/// The pixels that an output pixel reads: `first` and those after it, as many as there are weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taps<'a> {
    /// Index of the first pixel.
    pub first: usize,
    /// Their weights, which add up to 1.
    pub weights: &'a [f64],
}

/// Those of a run of pixels among the taps of an output pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part<'a> {
    /// Index of the first pixel.
    pub first: usize,
    /// The pixels' weights: at least one.
    pub weights: &'a [f64],
    /// Whether these are the first of the taps.
    pub is_first: bool,
}

impl<'a> Taps<'a> {
    /// Those of pixels `start` to `end - 1`, if there are any.
    #[must_use]
    pub fn within(self, start: usize, end: usize) -> Option<Part<'a>> {
        let first = self.first.max(start);
        let last = self.end().min(end);
        (first < last).then(|| Part {
            first,
            weights: &self.weights[first - self.first..last - self.first],
            is_first: first == self.first,
        })
    }

    /// The pixel after the last one.
    fn end(self) -> usize {
        self.first + self.weights.len()
    }
}

/// The taps of all output pixels along an axis; neither their first pixels nor their last ones ever fall.
#[derive(Clone, Debug)]
pub struct Axis {
    /// For each output pixel its first pixel, and where its weights end.
    places: Vec<(usize, usize)>,
    weights: Vec<f64>,
}

impl Axis {
    /// Bicubic weights with antialiasing, from `n` pixels to `size`; where both are equal each pixel is taken as it is.
    ///
    /// With `s = n / size`, output pixel `i` has its centre at `(i + 1/2) s`, where pixel `k` has it at `k + 1/2`, and
    /// reads the pixels within `2 max(s, 1)` of it, both ends rounded to whole pixels. Bits depend on the order of
    /// these operations, which is Pillow's.
    ///
    /// # Panics
    ///
    /// If `n` or `size` is 0.
    #[must_use]
    pub fn bicubic(n: usize, size: usize) -> Self {
        assert!(n > 0 && size > 0, "an axis without pixels");
        if n == size {
            return Self {
                places: (0..n).map(|i| (i, i + 1)).collect(),
                weights: vec![1.0; n],
            };
        }
        let step = n as f64 / size as f64;
        let stretch = step.max(1.0);
        let reach = SUPPORT * stretch;
        let per_stretch = 1.0 / stretch;
        let mut axis = Self {
            places: Vec::with_capacity(size),
            weights: Vec::new(),
        };
        for i in 0..size {
            let centre = (i as f64 + 0.5) * step;
            let first = rounded(centre - reach);
            let end = rounded(centre + reach).min(n);
            let before = axis.weights.len();
            axis.weights
                .extend((first..end).map(|k| kernel((k as f64 - centre + 0.5) * per_stretch)));
            let own = &mut axis.weights[before..];
            let sum = own.iter().fold(0.0, |sum, weight| sum + weight);
            for weight in own {
                *weight /= sum;
            }
            axis.places.push((first, axis.weights.len()));
        }
        axis
    }

    /// How many output pixels there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.places.len()
    }

    /// What output pixel `i` reads.
    ///
    /// # Panics
    ///
    /// If there is no such pixel.
    #[must_use]
    pub fn taps(&self, i: usize) -> Taps<'_> {
        let start = if i == 0 { 0 } else { self.places[i - 1].1 };
        let (first, end) = self.places[i];
        Taps {
            first,
            weights: &self.weights[start..end],
        }
    }

    /// The first output pixel from `next` on that reads pixel `end` or one after it; `size` if none does.
    #[must_use]
    pub fn complete(&self, next: usize, end: usize) -> usize {
        (next..self.size())
            .find(|&i| self.taps(i).end() > end)
            .unwrap_or(self.size())
    }
}

/// A place to the nearest whole pixel, at least 0.
#[allow(clippy::cast_sign_loss)]
fn rounded(place: f64) -> usize {
    (place + 0.5).max(0.0) as usize
}

/// Keys' cubic kernel at distance `t`.
fn kernel(t: f64) -> f64 {
    let t = t.abs();
    if t < 1.0 {
        ((A + 2.0) * t - (A + 3.0)) * t * t + 1.0
    } else if t < SUPPORT {
        (((t - 5.0) * t + 8.0) * t - 4.0) * A
    } else {
        0.0
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // equal bit for bit is what they claim
mod tests {
    use super::*;

    #[test]
    fn halving_by_hand() {
        // Distances of 7/4, 5/4, 3/4 and 1/4 of Keys' kernel on either side, whose sum is 2.
        let side = [-0.023_437_5, -0.070_312_5, 0.226_562_5, 0.867_187_5];
        let axis = Axis::bicubic(16, 8);
        let taps = axis.taps(4);
        assert_eq!((taps.first, taps.weights.len()), (5, 8));
        for (k, weight) in taps.weights.iter().enumerate() {
            assert_eq!(*weight, side[k.min(7 - k)] / 2.0);
        }
        assert_eq!(axis.taps(0).first, 0);
    }

    #[test]
    fn of_the_same_size_each_pixel_is_itself() {
        let axis = Axis::bicubic(5, 5);
        for i in 0..5 {
            assert_eq!(
                axis.taps(i),
                Taps {
                    first: i,
                    weights: &[1.0]
                }
            );
        }
    }

    #[test]
    fn weights_add_up_to_one_and_places_never_fall() {
        for (n, size) in [
            (1, 1),
            (1, 299),
            (2, 5),
            (299, 299),
            (300, 299),
            (1000, 7),
            (7, 1),
            (8193, 299),
        ] {
            let axis = Axis::bicubic(n, size);
            assert_eq!(axis.size(), size);
            let mut last = (0, 0);
            for i in 0..size {
                let taps = axis.taps(i);
                let end = taps.first + taps.weights.len();
                assert!(last.0 <= taps.first && last.1 <= end && taps.first < end && end <= n);
                last = (taps.first, end);
                assert!((taps.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
            assert_eq!(last.1, n);
        }
    }

    #[test]
    fn a_part_of_the_taps() {
        let weights = [0.1, 0.2, 0.3, 0.4];
        let taps = Taps {
            first: 5,
            weights: &weights,
        };
        let whole = Part {
            first: 5,
            weights: &weights,
            is_first: true,
        };
        let middle = Part {
            first: 6,
            weights: &weights[1..3],
            is_first: false,
        };
        assert_eq!(taps.within(0, 20), Some(whole));
        assert_eq!(taps.within(6, 8), Some(middle));
        assert_eq!(taps.within(0, 5), None);
        assert_eq!(taps.within(9, 10), None);
    }

    #[test]
    fn pixels_are_complete_when_all_they_read_is_there() {
        let axis = Axis::bicubic(16, 8);
        assert_eq!(
            [0, 5, 13, 15, 16].map(|end| axis.complete(0, end)),
            [0, 1, 5, 6, 8]
        );
        assert_eq!(axis.complete(7, 3), 7);
    }
}
