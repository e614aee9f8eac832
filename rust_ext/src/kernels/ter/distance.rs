//! Edit distance within tercom's beam, 64 columns at a time.
//!
//! Rows are prefixes of the hypothesis, columns prefixes of the reference. Within the beam, neighbours of a row differ
//! by -1, 0 or 1, so a row is two words of bits (Myers, JACM 1999; Hyyrö 2003). The beam is at most 50 columns wide and
//! moves to the right; what lies outside it costs so much that no cell inside can gain by it:
//!
//! * to its right, a row goes on with +1, and new columns beyond the first see no match;
//! * the column to its left is 1 above the first one in it.

#![allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)] // lengths are far below 2^63

use crate::kernels::ter::matches::Matches;

/// Half the width of the beam.
pub const BEAM: usize = 25;

/// A row's first and last columns within the beam, last excluded.
#[must_use]
pub fn beam(row: usize, n_rows: usize, n_columns: usize) -> (usize, usize) {
    // As sacrebleu computes it, in float64: rounding may move the beam by one.
    let ratio = n_columns as f64 / n_rows as f64;
    let mut width = BEAM;
    if (width as f64) < ratio / 2.0 {
        width = (ratio / 2.0 + width as f64).ceil() as usize;
    }
    let diagonal = (row as f64 * ratio).floor() as usize;
    let end = if row == n_rows {
        n_columns + 1
    } else {
        (n_columns + 1).min(diagonal + width)
    };
    (diagonal.saturating_sub(width), end)
}

/// Whether the beam fits the bits of a word.
#[must_use]
pub fn fits(n_rows: usize, n_columns: usize) -> bool {
    n_columns <= 2 * BEAM * n_rows
}

/// What to do to a row before and after it is computed; all of it depends on lengths only.
#[derive(Clone, Copy)]
struct Step {
    /// The column left of bit 0.
    first: u32,
    /// How far that is from the row before.
    shift: u32,
    /// First and last columns in the beam.
    low: u32,
    high: u32,
    /// Bits of the row before between its first column and this row's.
    passed: u64,
    /// Bit 0 where the column left of it was outside the beam in the row before.
    outside: u64,
    /// Bits that may match.
    may_match: u64,
    /// Bits to the right of the beam.
    beyond: u64,
    /// 1 if bit 0 is the first column in the beam, 0 if that is column 0.
    edge: u64,
}

/// A row: where it goes up and down, and the distance at its first column in the beam.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Row {
    up: u64,
    down: u64,
    at_low: i64,
}

/// What led to a row: where it equals the row before one column to the left, where it is above the row before, and
/// where words match.
#[derive(Clone, Copy, Default)]
struct Origin {
    same_diagonal: u64,
    above: u64,
    matching: u64,
}

/// Distances of rearrangements of one hypothesis from one reference.
#[derive(Default)]
pub struct BitDistance {
    n_columns: usize,
    steps: Vec<Step>,
    rows: Vec<Row>,
    origins: Vec<Origin>,
}

impl BitDistance {
    /// Prepares for hypotheses of `n_rows` words and a reference of `n_columns`.
    pub fn set_lengths(&mut self, n_rows: usize, n_columns: usize) {
        debug_assert!(fits(n_rows, n_columns));
        self.n_columns = n_columns;
        self.steps.clear();
        let (mut low_before, mut high_before, mut first_before) = (0, usize::MAX, 0);
        for row in 1..=n_rows {
            let (low, high) = beam(row, n_rows, n_columns);
            let first = low.saturating_sub(1);
            let new = low - low_before;
            self.steps.push(Step {
                first: first as u32,
                shift: (first - first_before) as u32,
                low: low as u32,
                high: high as u32,
                passed: ones(new) << (low_before - first_before),
                outside: u64::from(row > 1 && low > 0 && new == 0),
                may_match: ones(high_before.saturating_sub(first)),
                beyond: !ones(high - 1 - first),
                edge: u64::from(low > 0),
            });
            (low_before, high_before, first_before) = (low, high, first);
        }
    }

    /// The distance of `words`, whose rows are kept for `changed` and `trace`.
    pub fn set_words(&mut self, words: &[u32], matches: &Matches) -> i64 {
        let mut row = Row {
            up: u64::MAX,
            down: 0,
            at_low: 0,
        };
        self.rows.clear();
        self.rows.push(row);
        self.origins.clear();
        self.origins.push(Origin::default());
        for (step, &word) in self.steps.iter().zip(words) {
            let origin;
            (row, origin) = next(row, step, matches.bits(word, step.first as usize));
            self.rows.push(row);
            self.origins.push(origin);
        }
        self.last(row)
    }

    /// The distance of `words` (those of `set_words`) when `new` stand from `start` on.
    #[must_use]
    pub fn changed(&self, words: &[u32], start: usize, new: &[u32], matches: &Matches) -> i64 {
        let mut row = self.rows[start];
        let mut at = start;
        for &word in new {
            let step = &self.steps[at];
            row = next(row, step, matches.bits(word, step.first as usize)).0;
            at += 1;
        }
        while at < words.len() {
            let before = self.rows[at];
            if row.up == before.up && row.down == before.down {
                // From here on all is as before.
                let last = self.last(self.rows[words.len()]);
                return last + row.at_low - before.at_low;
            }
            let step = &self.steps[at];
            row = next(row, step, matches.bits(words[at], step.first as usize)).0;
            at += 1;
        }
        self.last(row)
    }

    /// Calls `edit(row, column, kind)` for each edit of the words, from the end; rows and columns are counted from 1.
    pub fn trace(&self, mut edit: impl FnMut(usize, usize, Edit)) {
        let (mut row, mut column) = (self.steps.len(), self.n_columns);
        while row > 0 || column > 0 {
            let kind = self.kind(row, column);
            edit(row, column, kind);
            row -= usize::from(kind != Edit::Insert);
            column -= usize::from(kind != Edit::Delete);
        }
    }

    /// Match or substitution if they are among the best, then deletion, then insertion.
    fn kind(&self, row: usize, column: usize) -> Edit {
        if row == 0 {
            return Edit::Insert;
        }
        if column == 0 {
            return Edit::Delete;
        }
        if row > 1 {
            let before = &self.steps[row - 2];
            if column <= before.low as usize {
                return Edit::Delete;
            }
            if column > before.high as usize {
                return Edit::Insert;
            }
        }
        let bit = column - 1 - self.steps[row - 1].first as usize;
        let origin = &self.origins[row];
        let is_set = |bits: u64| bits >> bit & 1 == 1;
        if !is_set(origin.same_diagonal) {
            Edit::Substitute
        } else if is_set(origin.matching) {
            Edit::Match
        } else if is_set(origin.above) {
            Edit::Delete
        } else {
            Edit::Insert
        }
    }

    /// The distance at the last column, given the last row.
    fn last(&self, row: Row) -> i64 {
        let (low, first) = self
            .steps
            .last()
            .map_or((0, 0), |step| (step.low as usize, step.first as usize));
        // Column j is bit j - first - 1.
        let bits = ones(self.n_columns - first) & !ones(low - first);
        row.at_low + rise(row, bits)
    }
}

/// What happens to one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Equal words.
    Match,
    /// A word of the hypothesis for one of the reference.
    Substitute,
    /// A word of the hypothesis that the reference does not have.
    Delete,
    /// A word of the reference that the hypothesis does not have.
    Insert,
}

#[inline]
fn next(before: Row, step: &Step, bits: u64) -> (Row, Origin) {
    let mut at_low = before.at_low + rise(before, step.passed);
    // The columns that enter from the right go up by one each.
    let up = (before.up >> step.shift | !(u64::MAX >> step.shift)) & !step.outside;
    let down = before.down >> step.shift | step.outside;
    let matching = bits & step.may_match;
    let same_diagonal = ((matching & up).wrapping_add(up) ^ up) | matching | down;
    let above = down | !(same_diagonal | up);
    let below = up & same_diagonal;
    at_low += 1 - (step.edge as i64);
    at_low += (above & step.edge) as i64 - (below & step.edge) as i64;
    let (above_left, below_left) = (above << 1 | 1, below << 1);
    let row = Row {
        up: below_left | !(same_diagonal | above_left) | step.beyond,
        down: above_left & same_diagonal & !step.beyond,
        at_low,
    };
    let origin = Origin {
        same_diagonal,
        above,
        matching,
    };
    (row, origin)
}

#[inline]
fn rise(row: Row, bits: u64) -> i64 {
    i64::from((row.up & bits).count_ones()) - i64::from((row.down & bits).count_ones())
}

/// The lowest `n` bits.
#[inline]
fn ones(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::resampling::counter_rng::mix64;
    use crate::kernels::ter::wide_distance::WideDistance;

    #[test]
    fn equals_the_table_of_numbers() {
        let mut state = 5;
        let mut draw = |below: u64| {
            state = mix64(state);
            state % below
        };
        let (mut bits, mut wide) = (BitDistance::default(), WideDistance::default());
        let mut matches = Matches::default();
        for round in 0..3000 {
            let size = [8, 40, 150, 400][round % 4];
            let n_words = [2, 5, 40][round % 3];
            let n_rows = 1 + draw(size) as usize;
            let n_columns = 1 + draw(size.min(50 * n_rows as u64)) as usize;
            let reference: Vec<u32> = (0..n_columns).map(|_| 1 + draw(n_words) as u32).collect();
            let mut words: Vec<u32> = (0..n_rows).map(|_| draw(n_words + 1) as u32).collect();
            if round % 2 == 0 {
                // A copy that slips out of the beam, and back.
                let skip = draw(1 + n_columns as u64) as usize;
                for (word, &other) in words.iter_mut().zip(&reference[skip..]) {
                    *word = other;
                }
            }
            matches.set(&reference, n_words as usize);
            bits.set_lengths(n_rows, n_columns);
            wide.set_lengths(n_rows, n_columns);
            let distance = bits.set_words(&words, &matches);
            assert_eq!(distance, wide.set_words(&words, &reference));
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            bits.trace(|row, column, edit| ours.push((row, column, edit)));
            wide.trace(|row, column, edit| theirs.push((row, column, edit)));
            assert_eq!(ours, theirs);
            let start = draw(n_rows as u64) as usize;
            let end = start + draw(1 + (n_rows - start) as u64) as usize;
            let new: Vec<u32> = words[start..end].iter().rev().copied().collect();
            assert_eq!(
                bits.changed(&words, start, &new, &matches),
                wide.changed(&words, start, &new, &reference)
            );
        }
    }
}
