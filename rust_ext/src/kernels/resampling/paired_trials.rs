//! Approximate randomisation: in each trial a coin a row says whether two systems swap their statistics.
//!
//! With differences `d = a - b`, the statistics of the two shuffled systems are `sum(b) + sum(d over heads)` and
//! `sum(a) - sum(d over heads)`; this computes the last sum. Rows are taken eight at a time, whose 256 subset sums are
//! tabulated once for many trials (the method of the Four Russians): an eighth of the additions.

use rayon::prelude::*;

use crate::kernels::parallel::threads_available;
use crate::kernels::resampling::numpy_draws::Flips;
use crate::kernels::resampling::pcg64::Pcg64;
use crate::kernels::resampling::tiles::{cut, tile, with_lanes};

use crate::kernels::resampling::counter_rng::Stream;

/// Trials that share a table.
const TRIALS: usize = 1024;
/// Rows whose coins are held at a time.
const ROWS: usize = 2048;
/// Rows of a table.
const GROUP: usize = 8;

/// Where coins come from.
#[derive(Clone, Debug)]
pub enum Coins {
    /// The next coin flips of a numpy generator: all of trial 0, then all of trial 1, and so on.
    Numpy(Pcg64),
    /// Our counter-based stream: bit `j % 64` of word `j / 64` of the stream of (seed, first + trial).
    Counter {
        /// Key of the random stream.
        seed: u64,
        /// Number of the first trial.
        first: u64,
    },
}

/// A place in the stream of coins, and buffers.
struct Reader<'a> {
    coins: &'a Coins,
    n: usize,
    flips: Option<Flips>,
    scratch: Vec<u32>,
}

impl<'a> Reader<'a> {
    fn new(coins: &'a Coins, n: usize) -> Self {
        let flips = match coins {
            Coins::Numpy(generator) => Some(Flips::new(generator.clone())),
            Coins::Counter { .. } => None,
        };
        Self {
            coins,
            n,
            flips,
            scratch: Vec::new(),
        }
    }

    /// Fills `words` with the coins of rows `row`, `row + 1`, ... of a trial; what lies beyond the last row is no coin.
    fn fill(&mut self, trial: usize, row: usize, words: &mut [u64]) {
        if let Some(flips) = &mut self.flips {
            let first = trial as u64 * self.n as u64 + row as u64;
            flips.fill(first, words, &mut self.scratch);
        } else if let Coins::Counter { seed, first } = *self.coins {
            let stream = Stream::new(seed, first.wrapping_add(trial as u64));
            for (word, index) in words.iter_mut().zip((row / 64) as u64..) {
                *word = stream.word(index);
            }
        }
    }
}

/// The coins of each trial: `n_trials * n` times 1 for heads, where the systems swap, or 0.
#[must_use]
pub fn trial_coins(n: usize, n_trials: usize, coins: &Coins) -> Vec<u8> {
    let mut flipped = vec![0; n * n_trials];
    let mut reader = Reader::new(coins, n);
    let mut words = vec![0; n.div_ceil(64)];
    for (trial, row) in flipped.chunks_mut(n.max(1)).enumerate() {
        reader.fill(trial, 0, &mut words);
        for (coin, bits) in row.chunks_mut(64).zip(&words) {
            for (bit, coin) in coin.iter_mut().enumerate() {
                *coin = (bits >> bit & 1) as u8;
            }
        }
    }
    flipped
}

/// A number that trials add up.
pub trait Number: Copy + Default + Send + Sync {
    /// The sum; integers are so small that no sum of theirs overflows.
    #[must_use]
    fn plus(self, other: Self) -> Self;
}

impl Number for i32 {
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Number for i64 {
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

impl Number for f64 {
    fn plus(self, other: Self) -> Self {
        self + other
    }
}

/// For each trial the sum of `differences`, `width` columns wide, over the rows with heads: `n_trials * width` numbers.
///
/// Rows are added eight by eight, within eight by pairs and fours: a fixed order, whatever the number of threads.
///
/// # Panics
///
/// If `width` is 0.
#[must_use]
pub fn trial_sums<T: Number>(
    differences: &[T],
    width: usize,
    n_trials: usize,
    coins: &Coins,
) -> Vec<T> {
    let (starts, lanes) = cut(width);
    with_lanes!(lanes => sums_in_tiles [T] (differences, width, n_trials, coins, &starts))
}

/// [`trial_sums`] of integers, in 32 bits where they suffice.
///
/// # Panics
///
/// If `width` is 0.
#[must_use]
pub fn trial_sums_of_counts(
    differences: &[i64],
    width: usize,
    n_trials: usize,
    coins: &Coins,
) -> Vec<i64> {
    let mut magnitudes = vec![0_u64; width];
    for row in differences.chunks_exact(width) {
        for (sum, value) in magnitudes.iter_mut().zip(row) {
            *sum = sum.saturating_add(value.unsigned_abs());
        }
    }
    if magnitudes.iter().any(|&sum| sum > i32::MAX as u64) {
        return trial_sums(differences, width, n_trials, coins);
    }
    let narrow: Vec<i32> = differences.iter().map(|&value| value as i32).collect();
    trial_sums(&narrow, width, n_trials, coins)
        .into_iter()
        .map(i64::from)
        .collect()
}

fn sums_in_tiles<T: Number, const LANES: usize>(
    differences: &[T],
    width: usize,
    n_trials: usize,
    coins: &Coins,
    starts: &[usize],
) -> Vec<T> {
    let n = differences.len() / width;
    let ends = starts.iter().skip(1).copied().chain([width]);
    let tiles: Vec<Vec<[T; LANES]>> = starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| tile(differences, width, start..end))
        .collect();
    let mut sums = vec![T::default(); n_trials * width];
    let fill = |(block, sums): (usize, &mut [T])| {
        let count = sums.len() / width;
        let mut reader = Reader::new(coins, n);
        let mut words = [0_u64; ROWS / 64];
        let mut bytes = vec![0_u8; ROWS / GROUP * count];
        let mut totals = vec![[T::default(); LANES]; count * tiles.len()];
        for first_row in (0..n).step_by(ROWS) {
            let n_rows = ROWS.min(n - first_row);
            let words = &mut words[..n_rows.div_ceil(64)];
            for trial in 0..count {
                reader.fill(block * TRIALS + trial, first_row, words);
                let groups = words.iter().flat_map(|word| word.to_le_bytes());
                for (column, byte) in bytes.chunks_exact_mut(count).zip(groups) {
                    column[trial] = byte;
                }
            }
            for (table, totals) in tiles.iter().zip(totals.chunks_exact_mut(count)) {
                let groups = table[first_row..first_row + n_rows].chunks(GROUP);
                for (group, bytes) in groups.zip(bytes.chunks_exact(count)) {
                    let subsets = subset_sums(group);
                    for (total, &byte) in totals.iter_mut().zip(bytes) {
                        add_row(total, &subsets[usize::from(byte)]);
                    }
                }
            }
        }
        for (&start, totals) in starts.iter().zip(totals.chunks_exact(count)) {
            for (row, total) in sums.chunks_exact_mut(width).zip(totals) {
                for (place, &value) in row[start..].iter_mut().zip(total) {
                    *place = value;
                }
            }
        }
    };
    let size = TRIALS * width;
    if n_trials > TRIALS && threads_available() {
        sums.par_chunks_mut(size).enumerate().for_each(fill);
    } else {
        sums.chunks_mut(size).enumerate().for_each(fill);
    }
    sums
}

/// The sum of every subset of up to eight rows; bit `j` of the index says whether row `j` is in it.
fn subset_sums<T: Number, const LANES: usize>(rows: &[[T; LANES]]) -> [[T; LANES]; 256] {
    let mut sums = [[T::default(); LANES]; 256];
    for bit in 0..GROUP {
        let (known, new) = sums.split_at_mut(1 << bit);
        let row = rows.get(bit).copied().unwrap_or([T::default(); LANES]);
        for (sum, known) in new.iter_mut().zip(known) {
            *sum = *known;
            add_row(sum, &row);
        }
    }
    sums
}

#[inline]
fn add_row<T: Number, const LANES: usize>(total: &mut [T; LANES], row: &[T; LANES]) {
    for (sum, &value) in total.iter_mut().zip(row) {
        *sum = sum.plus(value);
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, clippy::cast_possible_wrap)] // small integers are exact in any order
mod tests {
    use super::*;

    #[test]
    fn rows_with_heads_are_added() {
        for coins in [
            Coins::Numpy(Pcg64::new(&[5])),
            Coins::Counter { seed: 5, first: 3 },
        ] {
            for (n, width, n_trials) in [
                (1, 1, 2),
                (9, 3, 5),
                (64, 10, 3),
                (2100, 26, 30),
                (3, 2, 1030),
            ] {
                let differences: Vec<i64> = (0..n * width)
                    .map(|v| (v as i64 * 7919) % 201 - 100)
                    .collect();
                let flipped = trial_coins(n, n_trials, &coins);
                let sums = trial_sums_of_counts(&differences, width, n_trials, &coins);
                let floats: Vec<f64> = differences.iter().map(|&v| v as f64).collect();
                let float_sums = trial_sums(&floats, width, n_trials, &coins);
                for (trial, coins) in flipped.chunks(n).enumerate() {
                    for column in 0..width {
                        let expected: i64 = coins
                            .iter()
                            .zip(differences.chunks(width))
                            .map(|(&coin, row)| i64::from(coin) * row[column])
                            .sum();
                        assert_eq!(sums[trial * width + column], expected);
                        assert_eq!(float_sums[trial * width + column], expected as f64);
                    }
                }
            }
        }
    }

    #[test]
    fn large_counts_take_64_bits() {
        let coins = Coins::Counter { seed: 1, first: 0 };
        let differences = vec![i64::from(i32::MAX); 20];
        let flipped = trial_coins(20, 3, &coins);
        let sums = trial_sums_of_counts(&differences, 1, 3, &coins);
        for (sum, coins) in sums.iter().zip(flipped.chunks(20)) {
            let heads: i64 = coins.iter().map(|&coin| i64::from(coin)).sum();
            assert_eq!(*sum, heads * i64::from(i32::MAX));
        }
    }

    #[test]
    fn coins_are_fair() {
        let n = 100_000;
        let coins = trial_coins(n, 4, &Coins::Counter { seed: 2, first: 0 });
        for trial in coins.chunks(n) {
            let heads: u32 = trial.iter().map(|&coin| u32::from(coin)).sum();
            // Four standard deviations of a binomial of 100,000.
            assert!((f64::from(heads) - 50_000.0).abs() < 633.0, "{heads}");
        }
    }
}
