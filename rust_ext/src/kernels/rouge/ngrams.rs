//! Clipped n-gram matches of a prediction with one target, any order.
//!
//! An n-gram is keyed by the number of its first n - 1 words and its last word, which is exact at any length.

/// The n-grams of one pair, order by order; buffers are reused.
#[derive(Default)]
pub struct RougeNgrams {
    /// For each position, the number of the target's n-gram that starts there.
    target: Vec<u32>,
    /// The same for the prediction, 0 where the target does not have it.
    prediction: Vec<u32>,
    /// Keys of n-grams by open addressing; 0 marks a free slot. The number of an n-gram is its slot plus 1.
    keys: Vec<u64>,
    /// How often the target has the n-gram of each number, less the matches found.
    counts: Vec<u32>,
}

impl RougeNgrams {
    /// Calls `matched(order, hits)` for orders 1 to `max_order`, for words numbered 1 to `n_words`, 0 for others.
    pub fn for_each(
        &mut self,
        target: &[u32],
        prediction: &[u32],
        n_words: usize,
        max_order: usize,
        mut matched: impl FnMut(usize, i64),
    ) {
        if max_order == 0 {
            return;
        }
        refill(&mut self.counts, n_words + 1);
        for &id in target {
            self.counts[id as usize] += 1;
        }
        // No word of the target has the number 0, so it is never matched.
        matched(1, count_matches(&mut self.counts, prediction));
        copy(&mut self.target, target);
        copy(&mut self.prediction, prediction);
        let bits = (2 * target.len())
            .next_power_of_two()
            .trailing_zeros()
            .max(4);
        for order in 2..=max_order {
            self.lengthen(target, prediction, order, bits);
            matched(order, count_matches(&mut self.counts, &self.prediction));
        }
    }

    /// Turns the numbers of n-grams one word shorter into those of `order` and counts the target's.
    fn lengthen(&mut self, target: &[u32], prediction: &[u32], order: usize, bits: u32) {
        refill(&mut self.keys, 1 << bits);
        refill(&mut self.counts, (1 << bits) + 1);
        self.target
            .truncate((target.len() + 1).saturating_sub(order));
        self.prediction
            .truncate((prediction.len() + 1).saturating_sub(order));
        for (number, &last) in self.target.iter_mut().zip(target.iter().skip(order - 1)) {
            let key = u64::from(*number) << 32 | u64::from(last);
            let slot = slot_of(&self.keys, key, bits);
            self.keys[slot] = key;
            self.counts[slot + 1] += 1;
            *number = slot as u32 + 1;
        }
        for (number, &last) in self
            .prediction
            .iter_mut()
            .zip(prediction.iter().skip(order - 1))
        {
            if *number == 0 || last == 0 {
                *number = 0;
                continue;
            }
            let key = u64::from(*number) << 32 | u64::from(last);
            let slot = slot_of(&self.keys, key, bits);
            *number = if self.keys[slot] == 0 {
                0
            } else {
                slot as u32 + 1
            };
        }
    }
}

/// Takes each of `numbers` out of `counts` while there is one left; returns how often there was.
#[inline]
fn count_matches(counts: &mut [u32], numbers: &[u32]) -> i64 {
    let mut hits = 0;
    for &number in numbers {
        let count = &mut counts[number as usize];
        hits += i64::from(*count > 0);
        *count = count.saturating_sub(1);
    }
    hits
}

/// The slot that holds `key` or is free for it.
#[inline]
fn slot_of(keys: &[u64], key: u64, bits: u32) -> usize {
    let mask = (1 << bits) - 1;
    let mixed = (key ^ (key >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut slot = (mixed >> (u64::BITS - bits)) as usize;
    while keys[slot] != 0 && keys[slot] != key {
        slot = (slot + 1) & mask;
    }
    slot
}

fn refill<T: Clone + Default>(buffer: &mut Vec<T>, len: usize) {
    buffer.clear();
    buffer.resize(len, T::default());
}

fn copy(buffer: &mut Vec<u32>, numbers: &[u32]) {
    buffer.clear();
    buffer.extend_from_slice(numbers);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(target: &[u32], prediction: &[u32], max_order: usize) -> Vec<i64> {
        let mut found = Vec::new();
        RougeNgrams::default().for_each(target, prediction, 9, max_order, |order, hits| {
            found.push(hits);
            assert_eq!(order, found.len());
        });
        found
    }

    #[test]
    fn matches_are_clipped_at_both_sides() {
        assert_eq!(matches(&[1, 1, 2], &[1, 1, 1, 2], 4), [3, 2, 1, 0]);
        assert_eq!(matches(&[1, 1, 1, 2], &[1, 1, 2], 4), [3, 2, 1, 0]);
        assert_eq!(matches(&[1, 2, 3], &[3, 0, 1, 2], 2), [3, 1]);
    }

    #[test]
    fn orders_beyond_the_text_match_nothing() {
        assert_eq!(matches(&[1, 2], &[1, 2], 9), [2, 1, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(matches(&[], &[0, 0], 3), [0, 0, 0]);
        assert_eq!(matches(&[1], &[], 3), [0, 0, 0]);
        assert_eq!(matches(&[1], &[1], 0), Vec::<i64>::new());
    }
}
