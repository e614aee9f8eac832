//! sacrebleu's bootstrap: numpy's own indices, and rows of 32-bit floats added in the order in which numpy adds them.

use rayon::prelude::*;

use crate::kernels::parallel::threads_available;
use crate::kernels::resampling::numpy_draws::{fill_bounded, words_of_flips};
use crate::kernels::resampling::pcg64::Pcg64;
use crate::kernels::resampling::tiles::{cut, tile, with_lanes};

/// Draws held at a time.
const CHUNK: usize = 1 << 16;

/// Rows below which a thread is not worth waking.
const MIN_DRAWS: usize = 1 << 14;

/// Resamples added side by side: one chain of additions would wait for itself.
const TOGETHER: usize = 2;

/// `default_rng(seed)` after `n_flips` coin flips of one call.
#[must_use]
pub fn generator_after(seed: &[u32], n_flips: u64) -> Pcg64 {
    let mut generator = Pcg64::new(seed);
    generator.skip_u32(words_of_flips(n_flips));
    generator
}

/// Fills `draws` with `default_rng(seed).choice(n, draws.len())`, for an `n` below 2^32.
pub fn numpy_choices(mut generator: Pcg64, n: u32, draws: &mut [i64]) {
    let mut part = vec![0; CHUNK.min(draws.len())];
    for chunk in draws.chunks_mut(CHUNK) {
        let part = &mut part[..chunk.len()];
        fill_bounded(&mut generator, n, part);
        for (draw, &index) in chunk.iter_mut().zip(&*part) {
            *draw = i64::from(index);
        }
    }
}

/// Sums of the rows of each resample: `n_resamples * width` numbers.
///
/// `rows` are `width` columns wide and fewer than 2^32. A sum starts at the row drawn first and takes the others one
/// by one, each time rounded to 32 bits: what numpy's `rows[draws].sum(0)` does.
///
/// # Panics
///
/// If `width` is 0.
#[must_use]
pub fn numpy_bootstrap_sums(
    rows: &[f32],
    width: usize,
    mut generator: Pcg64,
    n_resamples: usize,
) -> Vec<f32> {
    let n = rows.len() / width;
    let mut sums = vec![0.0; n_resamples * width];
    let Some(n_rows) = u32::try_from(n).ok().filter(|&n| n > 0) else {
        return sums;
    };
    let (starts, lanes) = cut(width);
    let tiles = with_lanes!(lanes => make_tiles [] (rows, width, &starts));
    let per_chunk = (CHUNK / n).max(TOGETHER);
    let mut draws = vec![0; per_chunk.min(n_resamples) * n];
    for part in sums.chunks_mut(per_chunk * width) {
        let draws = &mut draws[..part.len() / width * n];
        fill_bounded(&mut generator, n_rows, draws);
        tiles(draws, part);
    }
    sums
}

type AddTiles<'a> = Box<dyn Fn(&[u32], &mut [f32]) + 'a>;

/// The tiles of `rows`, as a function from draws to sums: one row of `sums` for each `n` draws.
fn make_tiles<'a, const LANES: usize>(
    rows: &[f32],
    width: usize,
    starts: &'a [usize],
) -> AddTiles<'a> {
    let n = rows.len() / width;
    let ends = starts.iter().skip(1).copied().chain([width]);
    let tables: Vec<Vec<[f32; LANES]>> = starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| tile(rows, width, start..end))
        .collect();
    let add = move |(draws, sums): (&[u32], &mut [f32])| {
        for (table, &start) in tables.iter().zip(starts) {
            if draws.len() == TOGETHER * n {
                let (first, second) = draws.split_at(n);
                let (one, other) = sums.split_at_mut(width);
                let totals = add_two(table, first, second);
                for (row, total) in [one, other].into_iter().zip(totals) {
                    copy_lanes(&total, &mut row[start..]);
                }
            } else {
                copy_lanes(&add_one(table, draws), &mut sums[start..]);
            }
        }
    };
    Box::new(move |draws, sums| {
        let (n_draws, n_sums) = (TOGETHER * n, TOGETHER * width);
        if draws.len() > MIN_DRAWS && threads_available() {
            draws
                .par_chunks(n_draws)
                .zip(sums.par_chunks_mut(n_sums))
                .with_min_len(1 + MIN_DRAWS / n_draws)
                .for_each(&add);
        } else {
            draws
                .chunks(n_draws)
                .zip(sums.chunks_mut(n_sums))
                .for_each(&add);
        }
    })
}

/// Lanes beyond the last column are padding.
fn copy_lanes(total: &[f32], row: &mut [f32]) {
    for (place, &value) in row.iter_mut().zip(total) {
        *place = value;
    }
}

fn add_one<const LANES: usize>(table: &[[f32; LANES]], draws: &[u32]) -> [f32; LANES] {
    let mut total = [0.0; LANES];
    for &draw in draws {
        add_row(&mut total, &table[draw as usize]);
    }
    total
}

fn add_two<const LANES: usize>(
    table: &[[f32; LANES]],
    first: &[u32],
    second: &[u32],
) -> [[f32; LANES]; TOGETHER] {
    let (mut one, mut other) = ([0.0; LANES], [0.0; LANES]);
    for (&left, &right) in first.iter().zip(second) {
        add_row(&mut one, &table[left as usize]);
        add_row(&mut other, &table[right as usize]);
    }
    [one, other]
}

#[inline]
fn add_row<const LANES: usize>(total: &mut [f32; LANES], row: &[f32; LANES]) {
    for (sum, value) in total.iter_mut().zip(row) {
        *sum += value;
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, clippy::cast_sign_loss)] // same additions, same bits; draws are not negative
mod tests {
    use super::*;

    #[test]
    fn rows_are_added_in_draw_order() {
        for (n, width, n_resamples) in [
            (1, 1, 3),
            (7, 2, 5),
            (30, 10, 4),
            (41, 18, 7),
            (40_000, 50, 3),
        ] {
            let rows: Vec<f32> = (0..n * width).map(|v| (v as f32).sqrt()).collect();
            let mut draws = vec![0; n * n_resamples];
            numpy_choices(generator_after(&[4], 9), n as u32, &mut draws);
            let sums = numpy_bootstrap_sums(&rows, width, generator_after(&[4], 9), n_resamples);
            for (sums, draws) in sums.chunks(width).zip(draws.chunks(n)) {
                for (column, &sum) in sums.iter().enumerate() {
                    let expected = draws
                        .iter()
                        .fold(0.0, |sum, &draw| sum + rows[draw as usize * width + column]);
                    assert_eq!(sum, expected);
                }
            }
        }
    }

    #[test]
    fn nothing_to_draw_from_is_no_panic() {
        assert!(numpy_bootstrap_sums(&[], 3, generator_after(&[4], 0), 0).is_empty());
        assert_eq!(
            numpy_bootstrap_sums(&[], 2, generator_after(&[4], 0), 2),
            [0.0; 4]
        );
    }
}
