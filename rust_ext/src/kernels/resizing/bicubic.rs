//! Bicubic resizing with antialiasing: first along rows, then along columns.

use crate::kernels::resizing::narrowing::{LANES, Narrowing};
use crate::kernels::resizing::products::add_products;
use crate::kernels::resizing::weights::{Axis, Part};

/// Rows of the image that are added to the result's rows together.
const BAND: usize = 2 * LANES;
/// Columns of the result added up together.
const TILE: usize = 16;

/// An image: `height * width * channels` samples, row by row and pixel by pixel.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// The samples.
    pub samples: &'a [u8],
    /// Pixels from top to bottom.
    pub height: usize,
    /// Pixels from left to right.
    pub width: usize,
    /// Samples of a pixel: 1 or 3.
    pub channels: usize,
}

/// Resizes to `size` by `size` pixels, and hands them on row by row: `emit(place, values)` for each row of each channel,
/// of which the first value has that place among all, one channel after the other.
///
/// A pixel of the result is a sum of products of double precision along its row, rounded to a float, and one of these
/// along its column, rounded again. This takes the memory of some rows of the result in double precision: of those to
/// which a row of the image may contribute.
///
/// # Panics
///
/// If there is no pixel, or not as many samples as `image` says, or `channels` is neither 1 nor 3.
pub fn resize_bicubic(image: Image<'_>, size: usize, emit: impl FnMut(usize, &[f32])) {
    match image.channels {
        1 => resize::<{ LANES }>(image, size, emit),
        3 => resize::<{ 3 * LANES }>(image, size, emit),
        other => panic!("1 or 3 channels, not {other}"),
    }
}

fn resize<const G: usize>(image: Image<'_>, size: usize, mut emit: impl FnMut(usize, &[f32])) {
    let length = image.width * image.channels;
    assert_eq!(image.samples.len(), image.height * length, "samples");
    let columns = Axis::bicubic(image.width, size);
    let of_height = (image.height != image.width).then(|| Axis::bicubic(image.height, size));
    let rows = of_height.as_ref().unwrap_or(&columns);

    let used = image.channels * size;
    let stride = used.next_multiple_of(TILE);
    let mut narrowing = Narrowing::<G>::new(size);
    let mut band = vec![0.0; BAND * stride];
    // Rows of the result that are not complete take turns in as many places as there are at most.
    let n_open = most_open(rows, image.height);
    let mut sums = vec![0.0; n_open * stride];
    let mut parts: Vec<(usize, Part<'_>)> = Vec::with_capacity(n_open);
    let mut line = vec![0.0; size];
    let mut next = 0;

    for (index, lines) in image.samples.chunks(BAND * length).enumerate() {
        let start = index * BAND;
        let end = (start + BAND).min(image.height);
        for (some, to) in lines
            .chunks(LANES * length)
            .zip(band.chunks_mut(LANES * stride))
        {
            narrowing.resize(some, image.width, &columns, to, stride);
        }
        parts.clear();
        parts.extend(
            (next..size)
                .map_while(|y| Some((y % n_open * stride, rows.taps(y).within(start, end)?))),
        );
        add_rows(&mut sums, &parts, &band, start, stride);
        let complete = rows.complete(next, end);
        for y in next..complete {
            let row = &sums[y % n_open * stride..][..used];
            for (channel, part) in row.chunks_exact(size).enumerate() {
                for (value, sum) in line.iter_mut().zip(part) {
                    *value = *sum as f32;
                }
                emit((channel * size + y) * size, &line);
            }
        }
        next = complete;
    }
}

/// Adds rows of `band`, the first of which is row `start` of the image, to rows of `sums`, each at its place.
fn add_rows(
    sums: &mut [f64],
    parts: &[(usize, Part<'_>)],
    band: &[f64],
    start: usize,
    stride: usize,
) {
    for column in (0..stride).step_by(TILE) {
        for &(place, part) in parts {
            let own: &mut [f64; TILE] = sums[place + column..]
                .first_chunk_mut()
                .expect("whole tiles");
            let before = if part.is_first { [0.0; TILE] } else { *own };
            let samples = &band[(part.first - start) * stride + column..];
            *own = add_products(before, part.weights, samples, stride);
        }
    }
}

/// The most rows of the result to which one band contributes.
fn most_open(rows: &Axis, height: usize) -> usize {
    let (mut next, mut most) = (0, 0);
    for start in (0..height).step_by(BAND) {
        let end = (start + BAND).min(height);
        let open = (next..rows.size()).take_while(|&y| rows.taps(y).first < end);
        most = most.max(open.count());
        next = rows.complete(next, end);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One sum after the other, from an image of floats to one that is transposed.
    fn plain(values: &[f32], n_lines: usize, axis: &Axis) -> Vec<f32> {
        let length = values.len() / n_lines;
        let mut out = vec![0.0; n_lines * axis.size()];
        for i in 0..axis.size() {
            for line in 0..n_lines {
                let taps = axis.taps(i);
                let mut sum = 0.0;
                for (k, weight) in taps.weights.iter().enumerate() {
                    sum += weight * f64::from(values[line * length + taps.first + k]);
                }
                out[i * n_lines + line] = sum as f32;
            }
        }
        out
    }

    fn samples(n: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut draw = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..n).map(|_| draw()).collect()
    }

    #[test]
    fn equals_plain_sums_bit_for_bit() {
        let shapes = [
            (1, 1),
            (1, 40),
            (40, 1),
            (7, 9),
            (16, 128),
            (17, 129),
            (33, 300),
            (299, 300),
            (300, 299),
            (700, 5),
            (5, 700),
        ];
        for (height, width) in shapes {
            for channels in [1, 3] {
                for size in [1, 7, 64, 299] {
                    let all = samples(height * width * channels);
                    let image = Image {
                        samples: &all,
                        height,
                        width,
                        channels,
                    };
                    let mut found = vec![f32::NAN; channels * size * size];
                    resize_bicubic(image, size, |place, values| {
                        found[place..][..size].copy_from_slice(values);
                    });
                    for channel in 0..channels {
                        let own: Vec<f32> = all[channel..]
                            .iter()
                            .step_by(channels)
                            .map(|&sample| f32::from(sample))
                            .collect();
                        let narrow = plain(&own, height, &Axis::bicubic(width, size));
                        let expected = plain(&narrow, size, &Axis::bicubic(height, size));
                        assert_eq!(found[channel * size * size..][..size * size], expected);
                    }
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "1 or 3 channels")]
    fn two_channels() {
        let image = Image {
            samples: &[0; 2],
            height: 1,
            width: 1,
            channels: 2,
        };
        resize_bicubic(image, 2, |_, _| ());
    }
}
