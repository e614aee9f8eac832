//! Clipped n-gram matches of one segment, orders 1 to 4, at most 4095 distinct words.
//!
//! A word number takes 12 bits, so an n-gram is an exact 48-bit key that shares its `u64` with a 16-bit count. There
//! is one table for each order, small enough for the first-level cache.

/// Most distinct words: 12 bits less the number 0, which stands for a word the hypothesis does not have.
pub const MAX_WORDS: usize = (1 << 12) - 1;
/// Most words in a hypothesis, so that no count passes 16 bits.
pub const MAX_TOKENS: usize = u16::MAX as usize;
/// Highest order whose key fits 48 bits.
pub const MAX_ORDER: usize = 4;

/// Matches of one n-gram: `seen` in the reference at hand, `best` in any reference so far, neither above its count.
#[derive(Clone, Copy, Default)]
struct Tally {
    seen: u16,
    best: u16,
}

impl Tally {
    /// Adds an occurrence in the reference; returns 1 if it raises the clipped count, else 0.
    #[inline]
    fn raise(&mut self, count: u16) -> u64 {
        self.seen += u16::from(self.seen < count);
        let raised = self.seen > self.best;
        self.best = self.best.max(self.seen);
        u64::from(raised)
    }
}

/// The n-grams of one hypothesis and how many of them its references contain; buffers are reused.
#[derive(Default)]
pub struct NgramCounts {
    max_order: usize,
    word_counts: Vec<u16>,
    word_tallies: Vec<Tally>,
    /// `key << 16 | count`, the tables of orders 2, 3, ... one after the other; 0 marks a free slot.
    slots: Vec<u64>,
    tallies: Vec<Tally>,
    bits: u32,
    n_references: usize,
    correct: [u64; MAX_ORDER],
}

impl NgramCounts {
    /// Whether a hypothesis of `n_tokens` words, `n_words` of them distinct, can be counted here.
    #[must_use]
    pub fn fits(n_tokens: usize, n_words: usize, max_order: usize) -> bool {
        n_tokens <= MAX_TOKENS && n_words <= MAX_WORDS && max_order <= MAX_ORDER
    }

    /// Counts the n-grams of a hypothesis given as word numbers 1 to `n_words`.
    pub fn set_hypothesis(&mut self, ids: &[u32], n_words: usize, max_order: usize) {
        self.max_order = max_order;
        self.n_references = 0;
        self.correct = [0; MAX_ORDER];
        self.bits = (2 * ids.len()).next_power_of_two().trailing_zeros().max(4);
        refill(&mut self.word_counts, n_words + 1);
        refill(&mut self.slots, (max_order - 1) << self.bits);
        let mut key = 0;
        for (position, &id) in ids.iter().enumerate() {
            self.word_counts[id as usize] += 1;
            key = (key << 12 | u64::from(id)) & 0xffff_ffff_ffff;
            for order in 2..=max_order.min(position + 1) {
                let slot = self.slot_of(order, key & (u64::MAX >> (64 - 12 * order as u32)));
                self.tables_increment(slot);
            }
        }
    }

    /// Matches the only reference, given as for [`Self::add_reference`], and uses the counts up: nothing to remember.
    pub fn match_only_reference(&mut self, ids: &[u32]) {
        let mut correct = [0; MAX_ORDER];
        for (position, &id) in ids.iter().enumerate() {
            if id == 0 {
                continue;
            }
            let left = &mut self.word_counts[id as usize];
            let found = u16::from(*left > 0);
            *left -= found;
            correct[0] += u64::from(found);
            let mut key = u64::from(id);
            // An n-gram whose beginning the hypothesis lacks is lacking too.
            for (order, &next) in (2..=self.max_order).zip(&ids[position + 1..]) {
                if next == 0 {
                    break;
                }
                key = key << 12 | u64::from(next);
                let (slot, _) = self.slot_of(order, key);
                let left = &mut self.slots[slot];
                if *left == 0 {
                    break;
                }
                // A slot whose count is used up keeps its key, of an n-gram of at least one word: it is not 0.
                let found = u64::from(*left & 0xffff != 0);
                *left -= found;
                correct[order - 1] += found;
            }
        }
        self.correct = correct;
    }

    /// Matches one more reference, given as the hypothesis's word numbers with 0 for all other words.
    pub fn add_reference(&mut self, ids: &[u32]) {
        if self.n_references == 0 {
            refill(&mut self.word_tallies, self.word_counts.len());
            refill(&mut self.tallies, self.slots.len());
        } else {
            for tally in self.word_tallies.iter_mut().chain(&mut self.tallies) {
                tally.seen = 0;
            }
        }
        self.n_references += 1;
        for (position, &id) in ids.iter().enumerate() {
            if id == 0 {
                continue;
            }
            self.correct[0] += self.word_tallies[id as usize].raise(self.word_counts[id as usize]);
            let mut key = u64::from(id);
            // An n-gram whose beginning the hypothesis lacks is lacking too.
            for (order, &next) in (2..=self.max_order).zip(&ids[position + 1..]) {
                if next == 0 {
                    break;
                }
                key = key << 12 | u64::from(next);
                let (slot, _) = self.slot_of(order, key);
                if self.slots[slot] == 0 {
                    break;
                }
                self.correct[order - 1] += self.tallies[slot].raise(self.slots[slot] as u16);
            }
        }
    }

    /// Clipped matches of each order.
    #[must_use]
    pub fn correct(&self) -> &[u64] {
        &self.correct[..self.max_order]
    }

    /// The slot that holds `key` or is free for it, and the key in its place within a slot.
    #[inline]
    fn slot_of(&self, order: usize, key: u64) -> (usize, u64) {
        let table = (order - 2) << self.bits;
        let mask = (1 << self.bits) - 1;
        let mut probe =
            (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - self.bits)) as usize;
        loop {
            let slot = self.slots[table + probe];
            if slot == 0 || slot >> 16 == key {
                return (table + probe, key << 16);
            }
            probe = (probe + 1) & mask;
        }
    }

    #[inline]
    fn tables_increment(&mut self, (slot, key): (usize, u64)) {
        self.slots[slot] = (self.slots[slot] | key) + 1;
    }
}

fn refill<T: Clone + Default>(buffer: &mut Vec<T>, len: usize) {
    buffer.clear();
    buffer.resize(len, T::default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_to_the_reference_with_the_most() {
        let mut counts = NgramCounts::default();
        counts.set_hypothesis(&[1, 1, 1, 2], 2, 4);
        counts.add_reference(&[1, 1, 0, 2]);
        assert_eq!(counts.correct(), [3, 1, 0, 0]);
        counts.add_reference(&[1, 1, 1, 1, 1]);
        assert_eq!(counts.correct(), [4, 2, 1, 0]);
        counts.add_reference(&[1, 1]);
        assert_eq!(counts.correct(), [4, 2, 1, 0]);
    }

    #[test]
    fn the_only_reference_matches_as_the_first_of_several() {
        for reference in [
            &[1, 1, 0, 2][..],
            &[1, 1, 1, 1, 1],
            &[1, 1, 2, 1, 1, 2],
            &[],
            &[0, 2],
        ] {
            let (mut one, mut several) = (NgramCounts::default(), NgramCounts::default());
            one.set_hypothesis(&[1, 1, 1, 2], 2, 4);
            several.set_hypothesis(&[1, 1, 1, 2], 2, 4);
            one.match_only_reference(reference);
            several.add_reference(reference);
            assert_eq!(one.correct(), several.correct());
        }
    }

    #[test]
    fn an_exhausted_beginning_does_not_hide_a_longer_match() {
        let mut counts = NgramCounts::default();
        counts.set_hypothesis(&[1, 2, 3], 3, 4);
        counts.add_reference(&[1, 2, 0, 1, 2, 3]);
        assert_eq!(counts.correct(), [3, 2, 1, 0]);
    }

    #[test]
    fn the_limits_hold_exactly() {
        let ids = vec![MAX_WORDS as u32; MAX_TOKENS];
        let mut counts = NgramCounts::default();
        counts.set_hypothesis(&ids, MAX_WORDS, MAX_ORDER);
        counts.add_reference(&ids);
        let n = MAX_TOKENS as u64;
        assert_eq!(counts.correct(), [n, n - 1, n - 2, n - 3]);
        assert!(NgramCounts::fits(MAX_TOKENS, MAX_WORDS, MAX_ORDER));
        assert!(!NgramCounts::fits(MAX_TOKENS + 1, 1, 1));
        assert!(!NgramCounts::fits(1, MAX_WORDS + 1, 1));
        assert!(!NgramCounts::fits(1, 1, MAX_ORDER + 1));
    }

    #[test]
    fn an_empty_hypothesis_matches_nothing() {
        let mut counts = NgramCounts::default();
        counts.set_hypothesis(&[], 0, 1);
        counts.add_reference(&[0, 0]);
        assert_eq!(counts.correct(), [0]);
    }
}
