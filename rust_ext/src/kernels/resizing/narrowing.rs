//! The pass along rows: eight rows at once, so that the numbers that a weight is multiplied by lie together.

use crate::kernels::resizing::products::add_products;
use crate::kernels::resizing::weights::Axis;

/// Rows taken together.
pub const LANES: usize = 8;
/// Pixels of the rows held at a time: few enough to stay in the fastest cache.
const CHUNK: usize = 128;
/// All samples as floats, which are looked up faster than converted.
const FLOATS: [f64; 256] = floats();

/// Rows of an image brought to the width of the result; `G` is `LANES` times the channels.
#[derive(Clone, Debug)]
pub struct Narrowing<const G: usize> {
    /// Some pixels of the rows, each by channel and row.
    spread: Vec<[f64; G]>,
    /// The sums of each pixel of the result, by channel and row.
    sums: Vec<[f64; G]>,
}

impl<const G: usize> Narrowing<G> {
    const CHANNELS: usize = G / LANES;

    /// For a result `size` pixels wide.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self {
            spread: vec![[0.0; G]; CHUNK],
            sums: vec![[0.0; G]; size],
        }
    }

    /// Resizes 1 to `LANES` rows of `width` pixels into rows of `out`, `stride` numbers apart, one channel after the
    /// other; what stands in rows of `out` beyond these is of no meaning.
    ///
    /// # Panics
    ///
    /// If there is no row, or no room for `LANES` rows.
    pub fn resize(
        &mut self,
        lines: &[u8],
        width: usize,
        columns: &Axis,
        out: &mut [f64],
        stride: usize,
    ) {
        let mut next = 0; // the first pixel of the result that is not complete
        for start in (0..width).step_by(CHUNK) {
            let end = (start + CHUNK).min(width);
            self.spread(lines, width, start, end);
            for x in next..self.sums.len() {
                let Some(part) = columns.taps(x).within(start, end) else {
                    break;
                };
                let sums = if part.is_first {
                    [0.0; G]
                } else {
                    self.sums[x]
                };
                let samples = self.spread[part.first - start..].as_flattened();
                self.sums[x] = add_products(sums, part.weights, samples, G);
            }
            next = columns.complete(next, end);
        }
        self.gather(out, stride);
    }

    /// Puts the samples of pixels `start` to `end - 1` side by side.
    fn spread(&mut self, lines: &[u8], width: usize, start: usize, end: usize) {
        let length = width * Self::CHANNELS;
        let last = lines.len() / length - 1;
        let count = (end - start) * Self::CHANNELS;
        let rows: [&[u8]; LANES] = std::array::from_fn(|lane| {
            let row = lane.min(last); // where there are fewer the last one stands for the others
            &lines[row * length + start * Self::CHANNELS..][..count]
        });
        let places = self.spread.as_flattened_mut().chunks_exact_mut(LANES);
        for (i, place) in places.take(count).enumerate() {
            for (lane, row) in place.iter_mut().zip(rows) {
                *lane = FLOATS[usize::from(row[i])];
            }
        }
    }

    /// Rounds the sums to floats and puts them into rows.
    fn gather(&self, out: &mut [f64], stride: usize) {
        let size = self.sums.len();
        for (x, sums) in self.sums.iter().enumerate() {
            let rounded = sums.map(|sum| f64::from(sum as f32));
            for (channel, lanes) in rounded.chunks_exact(LANES).enumerate() {
                for (row, &value) in lanes.iter().enumerate() {
                    out[row * stride + channel * size + x] = value;
                }
            }
        }
    }
}

const fn floats() -> [f64; 256] {
    let mut all = [0.0; 256];
    let mut i = 0;
    while i < 256 {
        all[i] = i as f64;
        i += 1;
    }
    all
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // equal bit for bit is what they claim
mod tests {
    use super::*;

    #[test]
    fn of_the_same_width_rows_are_parted_by_channel() {
        let (width, stride) = (300, 1000);
        let lines: Vec<u8> = (0..2 * 3 * width).map(|i| (i * 7 % 251) as u8).collect();
        let mut out = vec![-1.0; LANES * stride];
        let columns = Axis::bicubic(width, width);
        Narrowing::<24>::new(width).resize(&lines, width, &columns, &mut out, stride);
        for (i, &sample) in lines.iter().enumerate() {
            let (row, x, channel) = (i / (3 * width), i / 3 % width, i % 3);
            assert_eq!(out[row * stride + channel * width + x], f64::from(sample));
        }
    }
}
