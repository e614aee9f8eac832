//! The alignment behind a Levenshtein distance: of all the shortest ones, that which rapidfuzz takes, and so jiwer.
//!
//! A path is followed back from the last cell: a deletion where the cell to the left of it in the hypothesis's row is
//! one less, else an insertion where the row above demands it, else a match or substitution. Common ends are taken
//! off first. Where the differences of the whole matrix would take a mebibyte or more, the hypothesis is halved where
//! it is cheapest (Hirschberg, CACM 1975), first position on ties, and both parts are aligned by themselves; this
//! choice is part of the result.

use crate::kernels::edit::levenshtein::{Band, Levenshtein, without_common_ends};
use crate::kernels::edit::match_bits::{Column, MatchBits, WORD};

/// Bytes of matrix from which on it is halved.
const MAX_MATRIX: usize = 1 << 20;
/// A reference shorter than this is not divided.
const MIN_REFERENCE: usize = WORD + 1;
/// A hypothesis shorter than this is not divided.
const MIN_HYPOTHESIS: usize = 10;

/// What is done to a run of the reference to get the hypothesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Nothing: the two are equal.
    Equal,
    /// Each symbol is replaced by another.
    Substitute,
    /// Symbols of the hypothesis that the reference lacks.
    Insert,
    /// Symbols of the reference that the hypothesis lacks.
    Delete,
}

/// A number of symbols in a row with the same edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// What is done to them.
    pub edit: Edit,
    /// How many there are.
    pub length: usize,
}

/// How many symbols have each edit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EditCounts {
    /// Symbols that are equal.
    pub hits: usize,
    /// Symbols replaced.
    pub substitutions: usize,
    /// Symbols of the reference alone.
    pub deletions: usize,
    /// Symbols of the hypothesis alone.
    pub insertions: usize,
}

impl EditCounts {
    /// Adds the runs of an alignment up.
    #[must_use]
    pub fn of(runs: &[Run]) -> Self {
        let mut counts = Self::default();
        for run in runs {
            *match run.edit {
                Edit::Equal => &mut counts.hits,
                Edit::Substitute => &mut counts.substitutions,
                Edit::Insert => &mut counts.insertions,
                Edit::Delete => &mut counts.deletions,
            } += run.length;
        }
        counts
    }
}

/// Aligns sequences; its buffers are reused.
#[derive(Default)]
pub struct Aligner {
    levenshtein: Levenshtein,
    matches: MatchBits,
    matrix: Matrix,
    back: Vec<Run>,
    runs: Vec<Run>,
    reversed: (Vec<u32>, Vec<u32>),
}

impl Aligner {
    /// The runs that turn `reference` into `hypothesis`, both of symbols below `bound`; neighbours differ in their edit.
    pub fn align(&mut self, reference: &[u32], hypothesis: &[u32], bound: usize) -> &[Run] {
        self.runs.clear();
        let most = reference.len().max(hypothesis.len());
        self.align_part(reference, hypothesis, bound, most, None);
        &self.runs
    }

    /// Aligns two parts that are at most `cost` apart; `exact` is how far they are, where that is known.
    ///
    /// The size at which a part is halved depends on `cost` and not on `exact`, which only saves work.
    fn align_part(
        &mut self,
        reference: &[u32],
        hypothesis: &[u32],
        bound: usize,
        cost: usize,
        exact: Option<usize>,
    ) {
        let (a, b) = without_common_ends(reference, hypothesis);
        let prefix = common_prefix(reference, hypothesis);
        let suffix = reference.len() - prefix - a.len();
        push(&mut self.runs, Edit::Equal, prefix);
        let cost = cost.min(a.len().max(b.len()));
        let band = a.len().min(2 * cost + 1);
        let divided = (2 * band as u128 * b.len() as u128) / 8 >= MAX_MATRIX as u128
            && a.len() >= MIN_REFERENCE
            && b.len() >= MIN_HYPOTHESIS;
        if divided {
            let exact = match exact {
                Some(exact) => exact,
                None => self.levenshtein.distance(a, b, bound, usize::MAX - 1),
            };
            let half = b.len() / 2;
            let (middle, left, right) = self.divide(a, b, bound, half, exact);
            self.align_part(&a[..middle], &b[..half], bound, left, Some(left));
            self.align_part(&a[middle..], &b[half..], bound, right, Some(right));
        } else {
            self.follow_back(a, b, bound, exact.unwrap_or(cost));
        }
        push(&mut self.runs, Edit::Equal, suffix);
    }

    /// Where to cut `a` so that the parts are aligned with `b[..half]` and `b[half..]`, and what both cost.
    fn divide(
        &mut self,
        a: &[u32],
        b: &[u32],
        bound: usize,
        half: usize,
        exact: usize,
    ) -> (usize, usize, usize) {
        let band = Band::new(a.len(), b.len(), exact);
        let (reversed_a, reversed_b) = &mut self.reversed;
        reversed_a.clear();
        reversed_a.extend(a.iter().rev());
        reversed_b.clear();
        reversed_b.extend(b[half..].iter().rev());
        let right = self
            .levenshtein
            .last_column(reversed_a, reversed_b, bound, band);
        let left = self.levenshtein.last_column(a, &b[..half], bound, band);
        let mut best = (a.len(), usize::MAX, 0);
        for (row, &before) in (left.first_row..).zip(&left.values) {
            let after = (a.len() - row)
                .checked_sub(right.first_row)
                .and_then(|mirrored| right.values.get(mirrored));
            if let Some(&after) = after {
                if before + after < best.1.saturating_add(best.2) {
                    best = (row, before, after);
                }
            }
        }
        best
    }

    /// Aligns two parts at most `cost` apart by their whole matrix, as far as the band holds it.
    fn follow_back(&mut self, a: &[u32], b: &[u32], bound: usize, cost: usize) {
        self.back.clear();
        let (mut row, mut column) = (a.len(), b.len());
        if row > 0 && column > 0 {
            self.matrix.fill(&mut self.matches, a, b, bound, cost);
        }
        // Rows are symbols of the reference, columns of the hypothesis.
        while row > 0 && column > 0 {
            let edit = if self.matrix.rises(row - 1, column - 1) {
                row -= 1;
                Edit::Delete
            } else {
                column -= 1;
                if column > 0 && self.matrix.falls(row - 1, column - 1) {
                    Edit::Insert
                } else {
                    row -= 1;
                    if a[row] == b[column] {
                        Edit::Equal
                    } else {
                        Edit::Substitute
                    }
                }
            };
            push(&mut self.back, edit, 1);
        }
        push(&mut self.back, Edit::Delete, row);
        push(&mut self.back, Edit::Insert, column);
        for run in self.back.iter().rev() {
            push(&mut self.runs, run.edit, run.length);
        }
    }
}

fn common_prefix(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

fn push(runs: &mut Vec<Run>, edit: Edit, length: usize) {
    match runs.last_mut() {
        _ if length == 0 => {}
        Some(last) if last.edit == edit => last.length += length,
        _ => runs.push(Run { edit, length }),
    }
}

/// The vertical differences of a matrix within a band: for every 64 rows, the columns that the band has there.
#[derive(Default)]
struct Matrix {
    columns: Vec<Column<1>>,
    /// For each 64 rows: where their columns begin in `columns`, less the number of the first column.
    blocks: Vec<(usize, usize, usize)>,
    border: Vec<u8>,
}

impl Matrix {
    fn fill(&mut self, matches: &mut MatchBits, a: &[u32], b: &[u32], bound: usize, cost: usize) {
        let band = Band::new(a.len(), b.len(), cost);
        matches.reserve(bound, 1);
        self.columns.clear();
        self.blocks.clear();
        self.border.clear();
        self.border.resize(b.len(), 1);
        let mut ended = 0;
        for (block, part) in a.chunks(WORD).enumerate() {
            let first = block * WORD;
            let (start, stop) = band.columns(first, first + part.len(), b.len());
            self.blocks.push((start, stop, self.columns.len()));
            matches.set::<1>(part);
            self.border[ended.min(stop)..stop].fill(1);
            let mut column = Column::<1>::ASCENDING;
            for (&symbol, border) in b[start..stop].iter().zip(&mut self.border[start..stop]) {
                *border = column.step(matches.get(symbol), u64::from(*border)) as u8;
                self.columns.push(column);
            }
            matches.clear::<1>(part);
            ended = stop;
        }
    }

    /// Whether the cell after `a[row]` and `b[column]` is one more than the one above it.
    fn rises(&self, row: usize, column: usize) -> bool {
        self.at(row, column)
            .is_some_and(|found| found.plus[0] >> (row % WORD) & 1 == 1)
    }

    /// Whether it is one less.
    fn falls(&self, row: usize, column: usize) -> bool {
        self.at(row, column)
            .is_some_and(|found| found.minus[0] >> (row % WORD) & 1 == 1)
    }

    fn at(&self, row: usize, column: usize) -> Option<&Column<1>> {
        let &(start, stop, offset) = self.blocks.get(row / WORD)?;
        (start..stop)
            .contains(&column)
            .then(|| &self.columns[offset + column - start])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::edit::levenshtein::tests::table;
    use crate::kernels::resampling::counter_rng::Stream;

    /// The same path on the whole table.
    #[allow(clippy::many_single_char_names)] // those of the recurrence
    fn plain(a: &[u32], b: &[u32]) -> Vec<Run> {
        let rows = table(a, b);
        let (prefix, (x, y)) = (common_prefix(a, b), without_common_ends(a, b));
        let (mut i, mut j, mut back) = (prefix + x.len(), prefix + y.len(), Vec::new());
        push(&mut back, Edit::Equal, a.len() - i);
        while i > prefix && j > prefix {
            if rows[i][j] == rows[i - 1][j] + 1 {
                i -= 1;
                push(&mut back, Edit::Delete, 1);
            } else if j - 1 > prefix && rows[i][j - 1] + 1 == rows[i - 1][j - 1] {
                j -= 1;
                push(&mut back, Edit::Insert, 1);
            } else {
                (i, j) = (i - 1, j - 1);
                let equal = a[i] == b[j];
                push(
                    &mut back,
                    if equal { Edit::Equal } else { Edit::Substitute },
                    1,
                );
            }
        }
        push(&mut back, Edit::Delete, i - prefix);
        push(&mut back, Edit::Insert, j - prefix);
        push(&mut back, Edit::Equal, prefix);
        let mut runs = Vec::new();
        for run in back.iter().rev() {
            push(&mut runs, run.edit, run.length);
        }
        runs
    }

    fn sequence(stream: Stream, from: u64, len: u64, letters: u64) -> Vec<u32> {
        (0..len)
            .map(|at| stream.draw(from + at, letters) as u32 + 1)
            .collect()
    }

    #[test]
    fn follows_the_plain_path() {
        let mut aligner = Aligner::default();
        for trial in 0..600 {
            let stream = Stream::new(1, trial);
            let longest = [8, 70, 300][trial as usize % 3];
            let letters = 2 + stream.draw(0, 4);
            let a = sequence(stream, 10, stream.draw(1, longest), letters);
            let b = sequence(stream, 1000, stream.draw(2, longest), letters);
            assert_eq!(aligner.align(&a, &b, 8), plain(&a, &b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn divided_texts_cost_what_the_distance_says() {
        let mut aligner = Aligner::default();
        for (trial, changes) in [(0, 20), (1, 600), (2, 3000)] {
            let stream = Stream::new(2, trial);
            let a = sequence(stream, 0, 4000, 4);
            let mut b = a.clone();
            for change in 0..changes {
                let at = stream.draw(10_000 + change, b.len() as u64) as usize;
                match stream.draw(20_000 + change, 3) {
                    0 => drop(b.remove(at)),
                    1 => b.insert(at, 1),
                    _ => b[at] = 4,
                }
            }
            let distance = aligner.levenshtein.distance(&a, &b, 5, usize::MAX - 1);
            let counts = EditCounts::of(aligner.align(&a, &b, 5));
            assert_eq!(
                counts.substitutions + counts.deletions + counts.insertions,
                distance
            );
            assert_eq!(
                counts.hits + counts.substitutions + counts.deletions,
                a.len()
            );
            assert_eq!(
                counts.hits + counts.substitutions + counts.insertions,
                b.len()
            );
        }
    }
}
