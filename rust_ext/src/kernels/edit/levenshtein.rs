//! Levenshtein distance by bit-parallel columns (Myers 1999; Hyyrö 2003), in strips of rows within Ukkonen's band.
//!
//! The matrix has a row for each symbol of the first sequence and a column for each of the second. It is computed in
//! strips of 256 rows, from left to right; between strips only the differences along the border are kept, so memory
//! grows with the length of a text and not with the product of two.

#![allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)] // lengths of slices fit isize; columns are clamped

use crate::kernels::edit::match_bits::{Column, MatchBits, WORD};

/// Words of a strip; several columns of words overlap in the processor's pipeline.
const STRIP: usize = 4;
/// Rows of a strip.
const STRIP_ROWS: usize = STRIP * WORD;
/// Difference +1 along the border above a strip, as [`Column::step`] takes it.
const PLUS: u64 = 1;

/// The diagonals (row less column) that a path of at most some cost can touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    low: isize,
    high: isize,
}

impl Band {
    /// The band of paths of at most `cost` in a matrix of `rows` by `columns`; `cost` is at least their difference.
    #[must_use]
    pub fn new(rows: usize, columns: usize, cost: usize) -> Self {
        let cost = cost.clamp(rows.abs_diff(columns), rows.max(columns)) as isize;
        let slope = rows as isize - columns as isize;
        Self {
            low: -((cost - slope) / 2),
            high: (cost + slope) / 2,
        }
    }

    /// The columns, counted from 0, that rows `first..end` share with the band in a matrix of `columns`.
    #[must_use]
    pub fn columns(self, first: usize, end: usize, columns: usize) -> (usize, usize) {
        let start = (first as isize - self.high).max(0) as usize;
        let stop = (end as isize - self.low).clamp(0, columns as isize) as usize;
        (start.min(stop), stop)
    }
}

/// The last column of a matrix, as far as the band holds it.
#[derive(Clone, Debug, Default)]
pub struct LastColumn {
    /// The row of the first value; row 0 is above the first symbol.
    pub first_row: usize,
    /// The distances of the beginnings of the first sequence to the whole second one; never below the truth, and equal
    /// to it on every path that the band was made for.
    pub values: Vec<usize>,
}

/// Computes distances; its buffers are reused.
#[derive(Default)]
pub struct Levenshtein {
    matches: MatchBits,
    /// For each column, the difference along the border between two strips.
    border: Vec<u8>,
}

impl Levenshtein {
    /// The distance of two sequences of symbols below `bound`, or `limit + 1` where it is greater than `limit`.
    #[must_use]
    pub fn distance(&mut self, a: &[u32], b: &[u32], bound: usize, limit: usize) -> usize {
        let (a, b) = without_common_ends(a, b);
        // Rows cost by the 64, columns one by one.
        let (a, b) = if a.len().div_ceil(WORD) * b.len() > b.len().div_ceil(WORD) * a.len() {
            (b, a)
        } else {
            (a, b)
        };
        let (rows, columns) = (a.len(), b.len());
        if rows.abs_diff(columns) > limit {
            return limit + 1;
        }
        let found = if rows == 0 || columns == 0 {
            rows.max(columns)
        } else if rows <= WORD {
            self.in_one_strip::<1>(a, b, bound)
        } else if rows <= 2 * WORD {
            self.in_one_strip::<2>(a, b, bound)
        } else if rows <= 3 * WORD {
            self.in_one_strip::<3>(a, b, bound)
        } else if rows <= 4 * WORD {
            self.in_one_strip::<4>(a, b, bound)
        } else {
            self.in_a_band(a, b, bound, limit)
        };
        found.min(limit.saturating_add(1))
    }

    fn in_one_strip<const W: usize>(&mut self, a: &[u32], b: &[u32], bound: usize) -> usize {
        self.matches.reserve(bound, W);
        self.matches.set::<W>(a);
        let mut column = Column::<W>::ASCENDING;
        for &symbol in b {
            column.step(self.matches.get(symbol), PLUS);
        }
        self.matches.clear::<W>(a);
        add(b.len(), column.rise(a.len()))
    }

    /// Tries narrow bands first; what a band finds bounds the distance, and so the next band.
    fn in_a_band(&mut self, a: &[u32], b: &[u32], bound: usize, limit: usize) -> usize {
        let (rows, columns) = (a.len(), b.len());
        let most = rows.max(columns);
        let mut cost = rows.abs_diff(columns) + 2 * WORD;
        loop {
            // A band half as wide as the matrix saves too little to be tried.
            if 2 * cost + STRIP_ROWS > rows / 2 || cost > limit {
                cost = cost.max(most).min(limit);
            }
            let found = self.through_band(a, b, bound, Band::new(rows, columns, cost), None);
            if found <= cost || cost >= most.min(limit) {
                return found;
            }
            cost = found.min(4 * cost);
        }
    }

    /// The values of the last column within a band; the last row is always there.
    #[must_use]
    pub fn last_column(&mut self, a: &[u32], b: &[u32], bound: usize, band: Band) -> LastColumn {
        let mut last = LastColumn::default();
        self.through_band(a, b, bound, band, Some(&mut last));
        last
    }

    /// The last cell within a band: the distance if that is at most the band's cost, else no less than the distance.
    fn through_band(
        &mut self,
        a: &[u32],
        b: &[u32],
        bound: usize,
        band: Band,
        mut last: Option<&mut LastColumn>,
    ) -> usize {
        self.matches.reserve(bound, STRIP);
        self.border.clear();
        self.border.resize(b.len(), PLUS as u8);
        if let Some(last) = last.as_deref_mut() {
            last.first_row = 0;
            last.values.clear();
        }
        // The value above the strip at the column where the strip before it ended.
        let (mut value, mut ended) = (0, 0);
        for (strip, part) in a.chunks(STRIP_ROWS).enumerate() {
            let first = strip * STRIP_ROWS;
            let (start, stop) = band.columns(first, first + part.len(), b.len());
            self.matches.set::<STRIP>(part);
            let mut column = Column::<STRIP>::ASCENDING;
            // Beyond its end the strip before is taken to rise by 1 a column, which no path is hurt by.
            for at in &mut self.border[ended.min(stop)..stop] {
                *at = PLUS as u8;
            }
            for (&symbol, border) in b[start..stop].iter().zip(&mut self.border[start..stop]) {
                *border = column.step(self.matches.get(symbol), u64::from(*border)) as u8;
            }
            self.matches.clear::<STRIP>(part);
            let above = value + (stop - ended.min(stop));
            value = add(above, column.rise(part.len()));
            ended = stop;
            if let Some(last) = last.as_deref_mut().filter(|_| stop == b.len()) {
                if last.values.is_empty() {
                    last.first_row = first;
                    last.values.push(above);
                }
                let mut cell = above;
                for row in 0..part.len() {
                    cell += (column.plus[row / WORD] >> (row % WORD) & 1) as usize;
                    cell -= (column.minus[row / WORD] >> (row % WORD) & 1) as usize;
                    last.values.push(cell);
                }
            }
        }
        value + (b.len() - ended)
    }
}

fn add(value: usize, rise: i64) -> usize {
    value.saturating_add_signed(rise as isize)
}

/// The two sequences without what both begin with and then without what both end with.
#[must_use]
pub fn without_common_ends<'a>(a: &'a [u32], b: &'a [u32]) -> (&'a [u32], &'a [u32]) {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    (&a[..a.len() - suffix], &b[..b.len() - suffix])
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::kernels::resampling::counter_rng::Stream;

    /// Rows of the whole table, as Wagner and Fischer wrote it.
    pub(crate) fn table(a: &[u32], b: &[u32]) -> Vec<Vec<usize>> {
        let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
        for (i, x) in a.iter().enumerate() {
            let mut row = vec![i + 1];
            for (j, y) in b.iter().enumerate() {
                let substituted = rows[i][j] + usize::from(x != y);
                row.push(substituted.min(rows[i][j + 1] + 1).min(row[j] + 1));
            }
            rows.push(row);
        }
        rows
    }

    fn sequence(stream: Stream, from: u64, len: u64, letters: u64) -> Vec<u32> {
        (0..len)
            .map(|at| stream.draw(from + at, letters) as u32 + 1)
            .collect()
    }

    #[test]
    fn equals_the_table() {
        let mut levenshtein = Levenshtein::default();
        for trial in 0..500 {
            let stream = Stream::new(3, trial);
            let longest = [6, 66, 140, 270, 700][trial as usize % 5];
            let letters = 2 + stream.draw(0, 30);
            let a = sequence(stream, 10, stream.draw(1, longest), letters);
            let mut b = sequence(stream, 1000, stream.draw(2, longest), letters);
            if stream.draw(3, 2) == 0 {
                // Near each other: the narrow bands suffice.
                b = a.iter().copied().filter(|&symbol| symbol > 1).collect();
            }
            let expected = table(&a, &b)[a.len()][b.len()];
            let found = levenshtein.distance(&a, &b, 64, usize::MAX - 1);
            assert_eq!(found, expected, "{a:?} {b:?}");
            for limit in [0, 1, 5, expected.saturating_sub(1), expected, expected + 1] {
                let found = levenshtein.distance(&a, &b, 64, limit);
                assert_eq!(found, expected.min(limit + 1), "{limit} {a:?} {b:?}");
            }
        }
    }

    #[test]
    fn rows_around_the_ends_of_words_equal_the_table() {
        let mut levenshtein = Levenshtein::default();
        for rows in (1..=5).flat_map(|words| WORD * words - 1..=WORD * words + 1) {
            let stream = Stream::new(5, rows as u64);
            let mut a = sequence(stream, 0, rows as u64, 3);
            let mut b = sequence(stream, 1000, rows as u64, 3);
            // Other symbols at the ends, so that none is taken off.
            (a[0], a[rows - 1], b[0], b[rows - 1]) = (4, 4, 5, 5);
            let found = levenshtein.distance(&a, &b, 6, usize::MAX - 1);
            assert_eq!(found, table(&a, &b)[rows][rows], "{rows}");
        }
    }

    #[test]
    fn a_block_moved_farther_than_the_first_band_reaches_is_followed() {
        let a = sequence(Stream::new(6, 0), 0, 2000, 1000);
        let mut b = a.clone();
        b.rotate_left(300);
        let found = Levenshtein::default().distance(&a, &b, 1001, usize::MAX - 1);
        assert_eq!(found, table(&a, &b)[2000][2000]);
    }

    #[test]
    fn the_last_column_holds_all_rows_of_a_full_band() {
        let stream = Stream::new(4, 0);
        let (a, b) = (sequence(stream, 0, 900, 5), sequence(stream, 1000, 300, 5));
        let band = Band::new(a.len(), b.len(), usize::MAX / 4);
        let last = Levenshtein::default().last_column(&a, &b, 6, band);
        let expected: Vec<usize> = table(&a, &b).iter().map(|row| row[b.len()]).collect();
        assert_eq!((last.first_row, last.values), (0, expected));
    }
}
