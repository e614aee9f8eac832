//! Tercom's search for shifts: blocks of the hypothesis that are moved where they match (Snover et al., AMTA 2006).
//!
//! Conventions of sacrebleu 2.6. Candidates are listed first and tried afterwards: when there are too many of them the
//! round is not applied whatever they would bring, and most of the others cannot beat the best one so far.

#![allow(clippy::cast_possible_wrap, clippy::similar_names)] // lengths are far below 2^63

use crate::kernels::ter::distance::{BitDistance, Edit, fits};
use crate::kernels::ter::matches::Matches;
use crate::kernels::ter::wide_distance::WideDistance;

const MAX_SHIFT_SIZE: usize = 10;
const MAX_SHIFT_DISTANCE: usize = 50;
/// Candidates of all rounds together at which the search ends.
const MAX_CANDIDATES: usize = 1000;

/// Words `start..start + len` of the hypothesis, to stand before word `target`.
#[derive(Clone, Copy)]
struct Shift {
    start: usize,
    len: usize,
    target: usize,
}

/// Counts the edits of one pair after another in the same buffers.
#[derive(Default)]
pub struct ShiftSearch {
    matches: Matches,
    bits: BitDistance,
    wide: WideDistance,
    counts: Vec<i64>,
    words: Vec<u32>,
    moved: Vec<u32>,
    candidates: Vec<Shift>,
    alignment: Alignment,
}

/// Which words of both texts an edit path gets wrong, and where it leads.
#[derive(Default)]
struct Alignment {
    /// For each word of the reference, how many words of the hypothesis it and those before it account for.
    used: Vec<usize>,
    /// For each word, how many right ones there are from it on.
    right_in_reference: Vec<usize>,
    right_in_hypothesis: Vec<usize>,
}

impl ShiftSearch {
    /// Number of edits, shifts among them, that turn the hypothesis into the reference.
    ///
    /// The words of the reference are numbered from 1 to `n_words`; 0 is any other word.
    pub fn count_edits(&mut self, hypothesis: &[u32], reference: &[u32], n_words: usize) -> i64 {
        if hypothesis.is_empty() || reference.is_empty() {
            return hypothesis.len().max(reference.len()) as i64;
        }
        // No arrangement of the words has a shorter distance than this.
        let least = hypothesis.len().max(reference.len()) as i64
            - self.count_common(hypothesis, reference, n_words);
        self.matches.set(reference, n_words);
        self.words.clear();
        self.words.extend_from_slice(hypothesis);
        let narrow = fits(hypothesis.len(), reference.len());
        if narrow {
            self.bits.set_lengths(hypothesis.len(), reference.len());
        } else {
            self.wide.set_lengths(hypothesis.len(), reference.len());
        }
        let (mut n_shifts, mut n_candidates) = (0, 0);
        loop {
            let distance = if narrow {
                self.bits.set_words(&self.words, &self.matches)
            } else {
                self.wide.set_words(&self.words, reference)
            };
            if distance == least {
                return n_shifts + distance;
            }
            self.align(reference.len(), narrow);
            if !self.list_candidates(reference, &mut n_candidates) {
                return n_shifts + distance;
            }
            match self.best_shift(reference, narrow, distance, least) {
                Some(shift) => {
                    let (from, to) = self.move_words(shift);
                    self.words[from..to].copy_from_slice(&self.moved);
                    n_shifts += 1;
                }
                None => return n_shifts + distance,
            }
        }
    }

    /// Words the two have in common, each as often as in the one that has it less often.
    fn count_common(&mut self, hypothesis: &[u32], reference: &[u32], n_words: usize) -> i64 {
        self.counts.clear();
        self.counts.resize(n_words + 1, 0);
        for &word in reference {
            self.counts[word as usize] += 1;
        }
        let mut common = 0;
        for &word in hypothesis {
            let count = &mut self.counts[word as usize];
            common += i64::from(*count > 0);
            *count -= 1;
        }
        common
    }

    fn align(&mut self, n_reference: usize, narrow: bool) {
        let alignment = &mut self.alignment;
        let n_hypothesis = self.words.len();
        refill(&mut alignment.used, n_reference);
        refill(&mut alignment.right_in_reference, n_reference + 1);
        refill(&mut alignment.right_in_hypothesis, n_hypothesis + 1);
        let note = |row: usize, column: usize, edit: Edit| {
            if edit != Edit::Delete {
                alignment.used[column - 1] = row;
            }
            if edit == Edit::Match {
                alignment.right_in_hypothesis[row - 1] = alignment.right_in_hypothesis[row] + 1;
                alignment.right_in_reference[column - 1] = alignment.right_in_reference[column] + 1;
            }
        };
        // The path comes from the end, so that what follows a word is known when the word is.
        if narrow {
            self.bits.trace(note);
        } else {
            self.wide.trace(note);
        }
    }

    /// Lists the shifts to try; false when the search has seen too many of them.
    fn list_candidates(&mut self, reference: &[u32], n_candidates: &mut usize) -> bool {
        self.candidates.clear();
        for start in 0..self.words.len() {
            // Without an error among the next words there is nothing to shift.
            let right = self.alignment.right_in_hypothesis[start];
            let word = self.words[start];
            if right >= MAX_SHIFT_SIZE || word == 0 {
                continue;
            }
            let low = start.saturating_sub(MAX_SHIFT_DISTANCE);
            let high = reference.len().min(start + MAX_SHIFT_DISTANCE + 1);
            for block in (low..high).step_by(64) {
                let mut bits = self.matches.bits(word, block);
                if high - block < 64 {
                    bits &= (1 << (high - block)) - 1;
                }
                while bits != 0 {
                    let to = block + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    if !self.list_pair(reference, start, to, right, n_candidates) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Lists the shifts of words from `start` on that match the reference from `to` on.
    fn list_pair(
        &mut self,
        reference: &[u32],
        start: usize,
        to: usize,
        right: usize,
        n_candidates: &mut usize,
    ) -> bool {
        let least = right.max(self.alignment.right_in_reference[to]) + 1;
        let run = self.words[start..].iter().zip(&reference[to..]);
        let run = run
            .take(MAX_SHIFT_SIZE)
            .take_while(|(word, other)| word == other)
            .count();
        // A block is not moved into itself. Word number `used - 1` is the one aligned with the first.
        let used = self.alignment.used[to];
        let most = if used > start {
            run.min(used - 1 - start)
        } else {
            run
        };
        for len in least..=most {
            let mut last = usize::MAX;
            for before in 0..=len {
                let target = match (to + before).checked_sub(1) {
                    None => 0,
                    Some(word) => self.alignment.used[word],
                };
                if target != last {
                    last = target;
                    *n_candidates += 1;
                    self.candidates.push(Shift { start, len, target });
                }
            }
            if *n_candidates >= MAX_CANDIDATES {
                return false;
            }
        }
        true
    }

    /// The shift that gains most; of several the longest, then the one from farthest left, then to farthest left.
    fn best_shift(
        &mut self,
        reference: &[u32],
        narrow: bool,
        distance: i64,
        least: i64,
    ) -> Option<Shift> {
        let mut best: Option<Shift> = None;
        let mut best_gain = 0;
        for index in 0..self.candidates.len() {
            let shift = self.candidates[index];
            let wins_ties = best.is_none_or(|best| {
                (best.len, shift.start, shift.target) < (shift.len, best.start, best.target)
            });
            // Gains of nothing are not applied, and none is greater than this.
            let most = distance - least;
            if best_gain == most && (best_gain == 0 || !wins_ties) {
                continue;
            }
            let (from, _) = self.move_words(shift);
            let new_distance = if narrow {
                self.bits
                    .changed(&self.words, from, &self.moved, &self.matches)
            } else {
                self.wide.changed(&self.words, from, &self.moved, reference)
            };
            let gain = distance - new_distance;
            if gain > best_gain || gain == best_gain && gain > 0 && wins_ties {
                best = Some(shift);
                best_gain = gain;
            }
        }
        best
    }

    /// Fills `moved` with the words that a shift changes, and returns which they are.
    fn move_words(&mut self, shift: Shift) -> (usize, usize) {
        let Shift { start, len, target } = shift;
        let (from, to, left) = if target < start {
            (target, start + len, start - target)
        } else if target > start + len {
            (start, target, len)
        } else {
            // Into itself: the words after it come first.
            (start, self.words.len().min(target + len), len)
        };
        self.moved.clear();
        self.moved.extend_from_slice(&self.words[from..to]);
        self.moved.rotate_left(left);
        (from, to)
    }
}

fn refill(buffer: &mut Vec<usize>, len: usize) {
    buffer.clear();
    buffer.resize(len, 0);
}
