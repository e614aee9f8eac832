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
    /// For the only reference: what is left of its words, and the hypothesis with 0 for words the two do not share.
    left: Vec<u64>,
    shared: Vec<u32>,
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

    /// Counts a hypothesis of word numbers 1 to `n_words` and its only reference, where 0 stands for all other words.
    ///
    /// N-grams with a word that the reference lacks cannot match and are not stored. One table serves all orders, since
    /// no word has the number 0: a longer n-gram is a greater key. Counts are used up, so there is nothing to tally.
    pub fn match_only_reference(
        &mut self,
        hypothesis: &[u32],
        reference: &[u32],
        n_words: usize,
        max_order: usize,
    ) {
        self.max_order = max_order;
        let mut correct = [0; MAX_ORDER];
        refill(&mut self.left, n_words + 1);
        for &id in reference {
            // Odd for a word that the reference has, two for each of its occurrences.
            self.left[id as usize] = (self.left[id as usize] + 2) | 1;
        }
        self.left[0] = 0;
        self.shared.clear();
        let (mut run, mut n_longer) = (0, 0);
        for &id in hypothesis {
            let left = &mut self.left[id as usize];
            let found = u64::from(*left > 1);
            *left -= 2 * found;
            correct[0] += found;
            let is_shared = *left & 1 == 1;
            run = if is_shared { run + 1 } else { 0 };
            n_longer += max_order.min(run).saturating_sub(1);
            self.shared.push(if is_shared { id } else { 0 });
        }
        self.bits = (2 * n_longer).next_power_of_two().trailing_zeros().max(4);
        refill(&mut self.slots, 1 << self.bits);
        let (mut key, mut run) = (0, 0);
        for i in 0..self.shared.len() {
            let id = self.shared[i];
            if id == 0 {
                run = 0;
                continue;
            }
            run += 1;
            key = (key << 12 | u64::from(id)) & 0xffff_ffff_ffff;
            for order in 2..=max_order.min(run) {
                let slot = self.slot_of(2, key & (u64::MAX >> (64 - 12 * order as u32)));
                self.tables_increment(slot);
            }
        }
        if n_longer > 0 {
            for (position, &id) in reference.iter().enumerate() {
                let mut key = u64::from(id);
                if id == 0 {
                    continue;
                }
                // An n-gram whose beginning the hypothesis lacks is lacking too.
                for (order, &next) in (2..=max_order).zip(&reference[position + 1..]) {
                    if next == 0 {
                        break;
                    }
                    key = key << 12 | u64::from(next);
                    let (slot, _) = self.slot_of(2, key);
                    let left = &mut self.slots[slot];
                    if *left == 0 {
                        break;
                    }
                    // A slot whose count is used up keeps its key, which is not 0.
                    let found = u64::from(*left & 0xffff != 0);
                    *left -= found;
                    correct[order - 1] += found;
                }
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
            several.set_hypothesis(&[1, 1, 1, 2], 2, 4);
            one.match_only_reference(&[1, 1, 1, 2], reference, 2, 4);
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
