//! Length of the longest common subsequence by bit-parallel columns (Crochemore et al. 2001; Hyyrö 2004).

use crate::kernels::edit::match_bits::{MatchBits, WORD};

/// Words of a strip of rows.
const STRIP: usize = 4;

/// Computes lengths; its buffers are reused.
#[derive(Default)]
pub struct LcsLength {
    matches: MatchBits,
    /// For each column, what the strip above carries over.
    carries: Vec<u8>,
}

impl LcsLength {
    /// The length of the longest common subsequence of two sequences of symbols below `bound`.
    #[must_use]
    pub fn length(&mut self, a: &[u32], b: &[u32], bound: usize) -> usize {
        self.matches.reserve(bound, STRIP);
        self.carries.clear();
        self.carries.resize(b.len(), 0);
        let mut length = 0;
        for part in a.chunks(STRIP * WORD) {
            self.matches.set::<STRIP>(part);
            let mut column = LcsColumn::<STRIP>::EMPTY;
            for (&symbol, carry) in b.iter().zip(&mut self.carries) {
                *carry = u8::from(column.step(self.matches.get(symbol), *carry != 0));
            }
            self.matches.clear::<STRIP>(part);
            length += column.length();
        }
        length
    }
}

/// One column of the matrix of lengths: a bit is 0 where a cell is one more than the cell above it.
#[derive(Clone, Copy, Debug)]
pub struct LcsColumn<const W: usize> {
    level: [u64; W],
}

impl<const W: usize> LcsColumn<W> {
    /// The column of an empty sequence.
    pub const EMPTY: Self = Self {
        level: [u64::MAX; W],
    };

    /// Moves one column to the right; returns what is carried into the rows below.
    #[inline(always)]
    #[allow(clippy::inline_always)] // a loop around it must keep the column in registers
    pub fn step(&mut self, matches: [u64; W], mut carry: bool) -> bool {
        for (level, matches) in self.level.iter_mut().zip(matches) {
            let (sum, over) = level.overflowing_add(*level & matches);
            let (sum, over_too) = sum.overflowing_add(u64::from(carry));
            carry = over | over_too;
            *level = sum | (*level & !matches);
        }
        carry
    }

    /// The last cell; rows that the sequence does not have never match and add nothing.
    #[must_use]
    #[inline]
    pub fn length(&self) -> usize {
        self.level
            .iter()
            .map(|level| level.count_zeros() as usize)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::resampling::counter_rng::Stream;

    fn table(a: &[u32], b: &[u32]) -> usize {
        let mut above = vec![0; b.len() + 1];
        for x in a {
            let mut row = vec![0; b.len() + 1];
            for (j, y) in b.iter().enumerate() {
                row[j + 1] = if x == y {
                    above[j] + 1
                } else {
                    row[j].max(above[j + 1])
                };
            }
            above = row;
        }
        above[b.len()]
    }

    #[test]
    fn equals_the_table() {
        let mut lcs = LcsLength::default();
        for trial in 0..300 {
            let stream = Stream::new(5, trial);
            let longest = [6, 66, 270, 700][trial as usize % 4];
            let letters = 2 + stream.draw(0, 30);
            let sequence = |from: u64, len: u64| -> Vec<u32> {
                (0..len)
                    .map(|at| stream.draw(from + at, letters) as u32 + 1)
                    .collect()
            };
            let a = sequence(10, stream.draw(1, longest));
            let b = sequence(1000, stream.draw(2, longest));
            assert_eq!(lcs.length(&a, &b, 64), table(&a, &b), "{a:?} {b:?}");
        }
    }
}
