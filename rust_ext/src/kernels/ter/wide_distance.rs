//! Edit distance within tercom's beam, number by number: for references so much longer than the hypothesis that the
//! beam does not fit [`crate::kernels::ter::distance`].

#![allow(clippy::needless_range_loop)] // one index into several rows

use crate::kernels::ter::distance::{Edit, beam};

/// What no path reaches.
const UNREACHED: u32 = u32::MAX / 2;

/// Distances of rearrangements of one hypothesis from one reference; the memory is that of the beam.
#[derive(Default)]
pub struct WideDistance {
    n_columns: usize,
    /// First column in the beam, and where the row lies in `table`; row 0 is not there.
    rows: Vec<(usize, usize)>,
    table: Vec<u32>,
    kinds: Vec<Edit>,
}

impl WideDistance {
    /// Prepares for hypotheses of `n_rows` words and a reference of `n_columns`.
    pub fn set_lengths(&mut self, n_rows: usize, n_columns: usize) {
        self.n_columns = n_columns;
        self.rows.clear();
        let mut start = 0;
        for row in 1..=n_rows {
            let (low, high) = beam(row, n_rows, n_columns);
            self.rows.push((low, start));
            start += high - low;
        }
        self.rows.push((0, start));
        self.table.clear();
        self.table.resize(start, UNREACHED);
        self.kinds.clear();
        self.kinds.resize(start, Edit::Insert);
    }

    /// The distance of `words`, which is kept for `changed` and `trace`.
    pub fn set_words(&mut self, words: &[u32], reference: &[u32]) -> i64 {
        for (at, &word) in words.iter().enumerate() {
            let (low, start) = self.rows[at];
            let (before, rest) = self.table.split_at_mut(start);
            let end = self.rows[at + 1].1;
            let row = &mut rest[..end - start];
            let above = Above {
                row: at
                    .checked_sub(1)
                    .map(|above| (self.rows[above].0, &before[self.rows[above].1..])),
            };
            fill(
                &above,
                word,
                reference,
                low,
                row,
                &mut self.kinds[start..end],
            );
        }
        // The last row ends with the last column.
        self.table.last().map_or(0, |&last| i64::from(last))
    }

    /// The distance of `words` (those of `set_words`) when `new` stand from `start` on.
    #[must_use]
    pub fn changed(&self, words: &[u32], start: usize, new: &[u32], reference: &[u32]) -> i64 {
        let mut before = match start.checked_sub(1) {
            None => Vec::new(),
            Some(above) => self.table[self.rows[above].1..self.rows[start].1].to_vec(),
        };
        let (mut row, mut kinds) = (Vec::new(), Vec::new());
        for at in start..words.len() {
            let word = *new.get(at - start).unwrap_or(&words[at]);
            let (low, from) = self.rows[at];
            let width = self.rows[at + 1].1 - from;
            row.resize(width, UNREACHED);
            kinds.resize(width, Edit::Insert);
            let above = Above {
                row: at
                    .checked_sub(1)
                    .map(|above| (self.rows[above].0, before.as_slice())),
            };
            fill(&above, word, reference, low, &mut row, &mut kinds);
            std::mem::swap(&mut row, &mut before);
        }
        before.last().map_or(0, |&last| i64::from(last))
    }

    /// Calls `edit(row, column, kind)` for each edit of the words, from the end; rows and columns are counted from 1.
    pub fn trace(&self, mut edit: impl FnMut(usize, usize, Edit)) {
        let (mut row, mut column) = (self.rows.len() - 1, self.n_columns);
        while row > 0 || column > 0 {
            let kind = if row == 0 {
                Edit::Insert
            } else {
                let (low, start) = self.rows[row - 1];
                self.kinds[start + column - low]
            };
            edit(row, column, kind);
            row -= usize::from(kind != Edit::Insert);
            column -= usize::from(kind != Edit::Delete);
        }
    }
}

/// The row above the one to be filled.
struct Above<'a> {
    /// None for row 0, whose column j is j.
    row: Option<(usize, &'a [u32])>,
}

impl Above<'_> {
    fn at(&self, column: usize) -> u32 {
        match self.row {
            None => column as u32,
            Some((low, values)) => match column.checked_sub(low) {
                Some(index) => values.get(index).copied().unwrap_or(UNREACHED),
                None => UNREACHED,
            },
        }
    }
}

fn fill(
    above: &Above,
    word: u32,
    reference: &[u32],
    low: usize,
    row: &mut [u32],
    kinds: &mut [Edit],
) {
    let mut left = UNREACHED;
    for ((column, value), kind) in (low..).zip(row).zip(kinds) {
        let mut best = (UNREACHED, Edit::Insert);
        if column > 0 {
            let matched = reference[column - 1] == word;
            best = if matched {
                (above.at(column - 1), Edit::Match)
            } else {
                (above.at(column - 1) + 1, Edit::Substitute)
            };
        }
        if above.at(column) + 1 < best.0 {
            best = (above.at(column) + 1, Edit::Delete);
        }
        if left + 1 < best.0 {
            best = (left + 1, Edit::Insert);
        }
        // Sums with what is unreached stay unreached.
        *value = best.0.min(UNREACHED);
        *kind = best.1;
        left = *value;
    }
}
