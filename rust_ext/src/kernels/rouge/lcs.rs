//! Length of the longest common subsequence of two lists of words, bit-parallel (Hyyrö, AWOCA 2004).
//!
//! The bits of a word of memory stand for 64 words of the target; a bit is 0 where the length rises along the target.
//! The target is done 64 words at a time, and what one block carries into the next is kept as a bit a prediction word.

/// The words of one block of the target: for each word number, the positions where it stands.
#[derive(Default)]
pub struct RougeLcs {
    masks: Vec<u64>,
    carries: Vec<bool>,
}

/// One step of the recurrence on a block: the new block and whether it carries into the next one.
#[inline]
pub(crate) fn advance(block: u64, mask: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = block.overflowing_add(block & mask);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum | (block & !mask), first || second)
}

/// The bits of the first `n` positions.
#[inline]
pub(crate) fn low_bits(n: usize) -> u64 {
    match n {
        0 => 0,
        1..64 => (1 << n) - 1,
        _ => u64::MAX,
    }
}

impl RougeLcs {
    /// The length for words given as numbers 1 to `n_words` of the target, 0 for words it does not have.
    pub fn length(&mut self, target: &[u32], prediction: &[u32], n_words: usize) -> usize {
        self.masks.clear();
        self.masks.resize(n_words + 1, 0);
        let wide = target.len() > 64;
        if wide {
            self.carries.clear();
            self.carries.resize(prediction.len(), false);
        }
        let mut length = 0;
        for words in target.chunks(64) {
            for (position, &id) in words.iter().enumerate() {
                self.masks[id as usize] |= 1 << position;
            }
            let block = if wide {
                self.wide_block(prediction)
            } else {
                self.only_block(prediction)
            };
            length += (!block & low_bits(words.len())).count_ones() as usize;
            if wide {
                for &id in words {
                    self.masks[id as usize] = 0;
                }
            }
        }
        length
    }

    fn only_block(&self, prediction: &[u32]) -> u64 {
        let mut block = u64::MAX;
        for &id in prediction {
            let matched = block & self.masks[id as usize];
            block = block.wrapping_add(matched) | (block - matched);
        }
        block
    }

    fn wide_block(&mut self, prediction: &[u32]) -> u64 {
        let mut block = u64::MAX;
        for (&id, carry) in prediction.iter().zip(&mut self.carries) {
            (block, *carry) = advance(block, self.masks[id as usize], *carry);
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table_length(a: &[u32], b: &[u32]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for &x in a {
            let mut diagonal = 0;
            for (j, &y) in b.iter().enumerate() {
                let above = row[j + 1];
                row[j + 1] = if x == y {
                    diagonal + 1
                } else {
                    above.max(row[j])
                };
                diagonal = above;
            }
        }
        row[b.len()]
    }

    #[test]
    fn equals_the_table_at_every_length_around_a_block() {
        let mut lcs = RougeLcs::default();
        let mut state = 1_u32;
        for n in [0_usize, 1, 2, 63, 64, 65, 127, 128, 129, 300] {
            for m in [0, 1, 5, 64, 200] {
                for n_words in [1, 2, 7, 50] {
                    let mut draw = |least: u32| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        least + (state >> 16) % n_words
                    };
                    let target: Vec<u32> = (0..n).map(|_| draw(1)).collect();
                    let prediction: Vec<u32> = (0..m).map(|_| draw(0)).collect();
                    assert_eq!(
                        lcs.length(&target, &prediction, n_words as usize),
                        table_length(&target, &prediction),
                        "{n} {m} {n_words}"
                    );
                }
            }
        }
    }
}
