//! Distances and alignments of many pairs of texts.

#![allow(clippy::cast_possible_wrap)] // lengths of slices fit i64

use rayon::prelude::*;

use crate::error::KernelError;
use crate::kernels::edit::alignment::{Aligner, Edit, EditCounts};
use crate::kernels::edit::levenshtein::Levenshtein;
use crate::kernels::numbering::symbols::{SymbolPair, Unit};
use crate::kernels::parallel::{fill_rows, threads_available};
use crate::kernels::segments::{check_sizes, cut_at_lengths};

/// Pairs a thread takes at a time, at least: fewer are done faster than handed over.
const MIN_PAIRS: usize = 64;

/// Pairs of sequences of symbols.
pub trait Pairs: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Both sequences of pair `index` and a number above all their symbols; `buffers` may hold them.
    fn read<'a>(
        &'a self,
        index: usize,
        buffers: &'a mut SymbolPair,
    ) -> (&'a [u32], &'a [u32], usize);
}

/// Pairs of texts, each cut into units.
pub struct TextPairs<'a, T> {
    first: &'a [T],
    second: &'a [T],
    unit: Unit,
}

impl<'a, T: AsRef<[u8]> + Sync> TextPairs<'a, T> {
    /// Pairs the texts of two lists, UTF-8 in which lone surrogates may be encoded.
    ///
    /// # Errors
    ///
    /// Lists of different lengths, or a text of 4 GiB or more.
    pub fn new(first: &'a [T], second: &'a [T], unit: Unit) -> Result<Self, KernelError> {
        if first.len() != second.len() {
            return Err(KernelError::Lengths {
                what: "second",
                expected: first.len(),
                found: second.len(),
            });
        }
        check_sizes(first)?;
        check_sizes(second)?;
        Ok(Self {
            first,
            second,
            unit,
        })
    }
}

impl<T: AsRef<[u8]> + Sync> Pairs for TextPairs<'_, T> {
    fn count(&self) -> usize {
        self.first.len()
    }

    fn read<'a>(
        &'a self,
        index: usize,
        buffers: &'a mut SymbolPair,
    ) -> (&'a [u32], &'a [u32], usize) {
        buffers.read(
            self.first[index].as_ref(),
            self.second[index].as_ref(),
            self.unit,
        );
        (&buffers.first, &buffers.second, buffers.bound)
    }
}

/// Pairs of sequences that are numbers already.
pub struct NumberPairs<'a> {
    first: Vec<&'a [u32]>,
    second: Vec<&'a [u32]>,
    bound: usize,
}

impl<'a> NumberPairs<'a> {
    /// Cuts two flat lists into sequences of the given lengths. Memory grows with the largest number.
    ///
    /// # Errors
    ///
    /// Lengths that do not add up, or different numbers of sequences.
    pub fn new(
        first: &'a [u32],
        first_lengths: &[i64],
        second: &'a [u32],
        second_lengths: &[i64],
    ) -> Result<Self, KernelError> {
        if first_lengths.len() != second_lengths.len() {
            return Err(KernelError::Lengths {
                what: "second",
                expected: first_lengths.len(),
                found: second_lengths.len(),
            });
        }
        let most = first.iter().chain(second).max();
        Ok(Self {
            first: cut_at_lengths(first, first_lengths, "first_lengths")?,
            second: cut_at_lengths(second, second_lengths, "second_lengths")?,
            bound: most.map_or(1, |&most| most as usize + 1),
        })
    }
}

impl Pairs for NumberPairs<'_> {
    fn count(&self) -> usize {
        self.first.len()
    }

    fn read<'a>(&'a self, index: usize, _: &'a mut SymbolPair) -> (&'a [u32], &'a [u32], usize) {
        (self.first[index], self.second[index], self.bound)
    }
}

/// Rows of three: the distance of a pair, or `limit + 1` where it is greater than `limit`, and both lengths.
pub fn edit_distances(pairs: &impl Pairs, limit: usize) -> Vec<i64> {
    let limit = limit.min(usize::MAX / 4);
    let mut rows = vec![0; 3 * pairs.count()];
    let new_state = || (SymbolPair::default(), Levenshtein::default());
    fill_rows(
        &mut rows,
        3,
        MIN_PAIRS,
        new_state,
        |(buffers, levenshtein), index, row| {
            let (a, b, bound) = pairs.read(index, buffers);
            let distance = levenshtein.distance(a, b, bound, limit);
            row.copy_from_slice(&[distance as i64, a.len() as i64, b.len() as i64]);
        },
    );
    rows
}

/// Rows of four: hits, substitutions, deletions and insertions of the alignment of a pair.
pub fn edit_counts(pairs: &impl Pairs) -> Vec<i64> {
    let mut rows = vec![0; 4 * pairs.count()];
    let new_state = || (SymbolPair::default(), Aligner::default());
    fill_rows(
        &mut rows,
        4,
        MIN_PAIRS,
        new_state,
        |(buffers, aligner), index, row| {
            let (a, b, bound) = pairs.read(index, buffers);
            let counts = EditCounts::of(aligner.align(a, b, bound));
            let counts = [
                counts.hits,
                counts.substitutions,
                counts.deletions,
                counts.insertions,
            ];
            row.copy_from_slice(&counts.map(|count| count as i64));
        },
    );
    rows
}

/// The alignments of all pairs, one after the other, and how many runs each has.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Alignments {
    /// Rows of five: the edit (0 equal, 1 substitute, 2 insert, 3 delete), then begin and end in the first sequence
    /// and in the second.
    pub runs: Vec<i64>,
    /// Runs of each pair.
    pub counts: Vec<i64>,
}

/// Aligns the second sequence of each pair with the first.
pub fn edit_alignments(pairs: &impl Pairs) -> Alignments {
    let new_state = || (SymbolPair::default(), Aligner::default());
    let align = |(buffers, aligner): &mut (SymbolPair, Aligner), index| {
        let (a, b, bound) = pairs.read(index, buffers);
        let (mut i, mut j) = (0, 0);
        let mut rows = Vec::new();
        for run in aligner.align(a, b, bound) {
            let length = run.length as i64;
            let (edit, di, dj) = match run.edit {
                Edit::Equal => (0, length, length),
                Edit::Substitute => (1, length, length),
                Edit::Insert => (2, 0, length),
                Edit::Delete => (3, length, 0),
            };
            rows.extend([edit, i, i + di, j, j + dj]);
            (i, j) = (i + di, j + dj);
        }
        rows
    };
    let found: Vec<Vec<i64>> = if pairs.count() > MIN_PAIRS && threads_available() {
        (0..pairs.count())
            .into_par_iter()
            .with_min_len(MIN_PAIRS)
            .map_init(new_state, align)
            .collect()
    } else {
        let mut state = new_state();
        (0..pairs.count())
            .map(|index| align(&mut state, index))
            .collect()
    };
    Alignments {
        counts: found.iter().map(|rows| rows.len() as i64 / 5).collect(),
        runs: found.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_aligned_as_written() {
        let first = ["this is a test", "", "one"];
        let second = ["this is test here", "two words", ""];
        let pairs = TextPairs::new(&first, &second, Unit::Words).unwrap();
        assert_eq!(
            edit_distances(&pairs, usize::MAX),
            [2, 4, 4, 2, 0, 2, 1, 1, 0]
        );
        // Of two ways that cost 2, the one without a gap.
        assert_eq!(edit_counts(&pairs), [2, 2, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0]);
        let found = edit_alignments(&pairs);
        assert_eq!(found.counts, [2, 1, 1]);
        assert_eq!(found.runs[..10], [0, 0, 2, 0, 2, 1, 2, 4, 2, 4]);
    }

    #[test]
    fn numbers_are_as_good_as_words() {
        let pairs = NumberPairs::new(&[7, 8, 9], &[2, 1], &[7, 9], &[1, 1]).unwrap();
        assert_eq!(edit_distances(&pairs, usize::MAX), [1, 2, 1, 0, 1, 1]);
        assert!(NumberPairs::new(&[7], &[2], &[], &[0]).is_err());
        assert!(NumberPairs::new(&[7], &[0], &[], &[0]).is_err());
        assert!(NumberPairs::new(&[7], &[1], &[], &[]).is_err());
    }
}
