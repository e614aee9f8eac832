//! Which words of a target sentence are in a longest common subsequence with any of the prediction's sentences.
//!
//! Of several longest subsequences rouge-score takes the one that it meets first from the end: at a mismatch it goes on
//! to the prediction's previous word only where the table is strictly higher there, else to the target's. With a 0 bit
//! where column `j` of the table rises, that is just where the bit of the row at hand is 0 in column `j`: the highest
//! bit, from there down, that is either a match or 0 says where the walk leaves the column.

use crate::kernels::rouge::lcs::{advance, low_bits};

/// Words of memory of the columns kept for one walk back; longer sentences are walked in halves.
const MAX_KEPT: usize = 1 << 22;

/// Finds the union for one target sentence after another with the same buffers.
#[derive(Default)]
pub struct UnionLcs {
    /// Positions of each word number in a target sentence of at most 64 words.
    masks: Vec<u64>,
    /// Match mask and state of each column that matters.
    columns: Vec<(u64, u64)>,
    wide: WideUnion,
}

impl UnionLcs {
    /// Prepares for words numbered 1 to `n_words`, 0 for those the target does not have.
    pub fn reset(&mut self, n_words: usize) {
        self.masks.clear();
        self.masks.resize(n_words + 1, 0);
    }

    /// Calls `hit(word number)` for each position of `target` in the union over `predictions`.
    pub fn for_each<'a>(
        &mut self,
        target: &[u32],
        predictions: impl Iterator<Item = &'a [u32]>,
        mut hit: impl FnMut(u32),
    ) {
        if target.len() > 64 {
            if self.wide.entries.len() < self.masks.len() {
                self.wide.entries.resize(self.masks.len(), Vec::new());
            }
            self.wide.for_each(target, predictions, hit);
            return;
        }
        for (position, &id) in target.iter().enumerate() {
            self.masks[id as usize] |= 1 << position;
        }
        let mut union = 0;
        for prediction in predictions {
            union |= self.narrow(prediction, target.len());
        }
        for &id in target {
            self.masks[id as usize] = 0;
        }
        while union != 0 {
            hit(target[union.trailing_zeros() as usize]);
            union &= union - 1;
        }
    }

    /// The positions of the subsequence with one sentence.
    #[inline]
    fn narrow(&mut self, prediction: &[u32], n_target: usize) -> u64 {
        if self.columns.len() < prediction.len() {
            self.columns.resize(prediction.len(), (0, 0));
        }
        // Columns without a match are equal, so of several in a row the walk needs only one.
        let (mut block, mut n_columns, mut matched_before) = (u64::MAX, 0, false);
        for &id in prediction {
            let mask = self.masks[id as usize];
            let matched = block & mask;
            block = block.wrapping_add(matched) | (block - matched);
            self.columns[n_columns] = (mask, block);
            n_columns += usize::from(mask != 0 || matched_before);
            matched_before = mask != 0;
        }
        let mut left = low_bits(n_target);
        let mut found = 0;
        for &(mask, block) in self.columns[..n_columns].iter().rev() {
            let stops = (mask | !block) & left;
            if stops == 0 {
                break;
            }
            let stop = 1 << stops.ilog2();
            // A match takes the position and leaves those below it; else the walk goes on at the position itself.
            let taken = stop & mask;
            found |= taken;
            left = (stop - 1) | (stop ^ taken);
        }
        found
    }
}

/// The same for target sentences of any length, in blocks of 64 positions.
#[derive(Default)]
struct WideUnion {
    /// For each word number, the blocks it occurs in and its positions there.
    entries: Vec<Vec<(usize, u64)>>,
    union: Vec<u64>,
}

/// The state of one column and what is left of the target.
type Blocks = Vec<u64>;

impl WideUnion {
    fn for_each<'a>(
        &mut self,
        target: &[u32],
        predictions: impl Iterator<Item = &'a [u32]>,
        mut hit: impl FnMut(u32),
    ) {
        for (position, &id) in target.iter().enumerate() {
            let (block, bit) = (position / 64, 1 << (position % 64));
            match self.entries[id as usize].last_mut() {
                Some((last, mask)) if *last == block => *mask |= bit,
                _ => self.entries[id as usize].push((block, bit)),
            }
        }
        let n_blocks = target.len().div_ceil(64);
        self.union.clear();
        self.union.resize(n_blocks, 0);
        for prediction in predictions {
            self.walk(prediction, vec![u64::MAX; n_blocks], target.len());
        }
        for &id in target {
            self.entries[id as usize].clear();
        }
        for (words, &union) in target.chunks(64).zip(&self.union) {
            for (position, &id) in words.iter().enumerate() {
                if union >> position & 1 == 1 {
                    hit(id);
                }
            }
        }
    }

    /// Walks back through the columns of `prediction`, `before` the state of the one before them, from the first
    /// `left` positions of the target; returns how many are left before the first column.
    fn walk(&mut self, prediction: &[u32], before: Blocks, left: usize) -> usize {
        let n_blocks = before.len();
        if prediction.len() > 1 && prediction.len().saturating_mul(n_blocks) > MAX_KEPT {
            let (first, second) = prediction.split_at(prediction.len() / 2);
            let mut middle = before.clone();
            for &id in first {
                self.advance(&mut middle, id);
            }
            let left = self.walk(second, middle, left);
            return self.walk(first, before, left);
        }
        let mut kept = Vec::with_capacity(prediction.len() * n_blocks);
        let mut column = before;
        for &id in prediction {
            self.advance(&mut column, id);
            kept.extend_from_slice(&column);
        }
        let mut left = left;
        for (column, &id) in kept.chunks(n_blocks).zip(prediction).rev() {
            if left == 0 {
                break;
            }
            left = self.leave(column, id, left);
        }
        left
    }

    /// The next column after `column`, for the prediction's word `id`: only blocks with matches or a carry change.
    fn advance(&self, column: &mut [u64], id: u32) {
        let (mut at, mut carry) = (0, false);
        for &(block, mask) in &self.entries[id as usize] {
            while carry && at < block {
                (column[at], carry) = advance(column[at], 0, true);
                at += 1;
            }
            (column[block], carry) = advance(column[block], mask, carry);
            at = block + 1;
        }
        while carry && at < column.len() {
            (column[at], carry) = advance(column[at], 0, true);
            at += 1;
        }
    }

    /// Where the walk leaves a column that it enters with `left` positions.
    fn leave(&mut self, column: &[u64], id: u32, left: usize) -> usize {
        let mut entries = self.entries[id as usize].iter().rev().peekable();
        for block in (0..left.div_ceil(64)).rev() {
            while entries.next_if(|entry| entry.0 > block).is_some() {}
            let mask = entries
                .next_if(|entry| entry.0 == block)
                .map_or(0, |entry| entry.1);
            let stops = (mask | !column[block]) & low_bits(left - 64 * block);
            if stops != 0 {
                let position = stops.ilog2() as usize;
                let taken = mask >> position & 1;
                self.union[block] |= taken << position;
                return 64 * block + position + usize::from(taken == 0);
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// rouge-score's table and its walk.
    fn union(target: &[u32], predictions: &[Vec<u32>]) -> Vec<u32> {
        let mut found = vec![false; target.len()];
        for prediction in predictions {
            let width = prediction.len() + 1;
            let mut table = vec![0; (target.len() + 1) * width];
            for i in 1..=target.len() {
                for j in 1..width {
                    table[i * width + j] = if target[i - 1] == prediction[j - 1] {
                        table[(i - 1) * width + j - 1] + 1
                    } else {
                        table[(i - 1) * width + j].max(table[i * width + j - 1])
                    };
                }
            }
            let (mut i, mut j) = (target.len(), prediction.len());
            while i > 0 && j > 0 {
                if target[i - 1] == prediction[j - 1] {
                    found[i - 1] = true;
                    (i, j) = (i - 1, j - 1);
                } else if table[i * width + j - 1] > table[(i - 1) * width + j] {
                    j -= 1;
                } else {
                    i -= 1;
                }
            }
        }
        let hits = target.iter().zip(found);
        hits.filter(|(_, found)| *found)
            .map(|(&id, _)| id)
            .collect()
    }

    fn draw(state: &mut u32, n: usize, least: u32, n_words: u32) -> Vec<u32> {
        (0..n)
            .map(|_| {
                *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                least + (*state >> 16) % n_words
            })
            .collect()
    }

    #[test]
    fn equals_the_table_and_the_walk() {
        let mut lcs = UnionLcs::default();
        let mut state = 7;
        for n in [0, 1, 2, 10, 63, 64, 65, 130, 200] {
            for m in [0, 1, 3, 20, 70, 150] {
                for n_words in [1, 2, 3, 8, 40] {
                    let target = draw(&mut state, n, 1, n_words);
                    let predictions: Vec<_> = (0..3)
                        .map(|_| draw(&mut state, m, 0, n_words + 1))
                        .collect();
                    lcs.reset(n_words as usize);
                    for _ in 0..2 {
                        let mut found = Vec::new();
                        let slices = predictions.iter().map(Vec::as_slice);
                        lcs.for_each(&target, slices, |id| found.push(id));
                        assert_eq!(found, union(&target, &predictions), "{n} {m} {n_words}");
                    }
                }
            }
        }
    }

    #[test]
    fn sentences_too_long_to_keep_are_walked_in_halves() {
        let mut state = 3;
        let target = draw(&mut state, 64 * 300, 1, 900);
        let prediction = draw(&mut state, 30_000, 0, 900);
        assert!(prediction.len() * 300 > 2 * MAX_KEPT);
        let mut lcs = UnionLcs::default();
        lcs.reset(900);
        let mut n_hits = 0;
        lcs.for_each(&target, [prediction.as_slice()].into_iter(), |_| {
            n_hits += 1;
        });
        let length =
            crate::kernels::rouge::lcs::RougeLcs::default().length(&target, &prediction, 900);
        assert_eq!(n_hits, length);
    }
}
