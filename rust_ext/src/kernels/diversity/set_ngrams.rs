//! The n-grams of a set of texts, one order after the other, as numbers.
//!
//! An n-gram is the pair of the n-gram one shorter at its place and its last token, which is exact at any length. One
//! that occurs a single time in the whole set is never looked up again: whatever contains it is single as well, and in
//! ordinary text that spares most of the work beyond pairs of words.

use crate::kernels::numbering::token_sequences::TokenSequences;
use crate::kernels::numbering::word_ids::fold;

/// The n-grams of one order: walk from order to order with [`SetNgrams::lengthen`].
pub struct SetNgrams<'a> {
    texts: TokenSequences<'a>,
    order: usize,
    /// For each place the number, from 1 on, of the n-gram that starts there; 0 if it is single or does not fit.
    numbers: Vec<u32>,
    /// Occurrences of each number; the first is that of no n-gram.
    counts: Vec<u32>,
    n_single: usize,
}

impl<'a> SetNgrams<'a> {
    /// The single tokens, order 1.
    #[must_use]
    pub fn new(texts: TokenSequences<'a>) -> Self {
        let mut counts = vec![0; texts.n_types()];
        for &id in texts.ids() {
            counts[id as usize] += 1;
        }
        let mut ngrams = Self {
            texts,
            order: 1,
            numbers: texts.ids().to_vec(),
            counts: Vec::new(),
            n_single: 0,
        };
        ngrams.keep_repeated(&counts);
        ngrams
    }

    /// Number, from 1 on, of the n-gram at each place; 0 where it is single or the text ends.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// Occurrences of each repeated n-gram, without the number 0.
    #[must_use]
    pub fn counts(&self) -> &[u32] {
        &self.counts[1..]
    }

    /// How many n-grams occur once.
    #[must_use]
    pub const fn n_single(&self) -> usize {
        self.n_single
    }

    /// How many n-grams of this order a text of so many tokens has.
    #[must_use]
    pub const fn n_places(&self, n_tokens: usize) -> usize {
        (n_tokens + 1).saturating_sub(self.order)
    }

    /// Goes on to n-grams one token longer.
    pub fn lengthen(&mut self) {
        let order = self.order;
        self.order += 1;
        let n_repeated: usize = self.counts().iter().map(|&count| count as usize).sum();
        let mut table = PairTable::new(n_repeated);
        let mut n_places = 0;
        for range in self.texts.ranges() {
            // The last `order` places of a text begin no n-gram that long.
            let end = range.end.saturating_sub(order).max(range.start);
            for place in range.start..end {
                let (head, tail) = (self.numbers[place], self.numbers[place + 1]);
                self.numbers[place] = if head == 0 || tail == 0 {
                    0
                } else {
                    table.number(head, self.texts.ids()[place + order])
                };
            }
            n_places += end - range.start;
            self.numbers[end..range.end].fill(0);
        }
        let n_numbered: usize = table.counts.iter().map(|&count| count as usize).sum();
        let counts = std::mem::take(&mut table.counts);
        self.keep_repeated(&counts);
        self.n_single += n_places - n_numbered;
    }

    /// Numbers the repeated n-grams anew and drops the single ones.
    fn keep_repeated(&mut self, counts: &[u32]) {
        self.counts.clear();
        self.counts.push(0);
        self.n_single = 0;
        let mut renumbered = vec![0; counts.len()];
        for (new, &count) in renumbered.iter_mut().zip(counts) {
            if count > 1 {
                *new = self.counts.len() as u32;
                self.counts.push(count);
            }
            self.n_single += usize::from(count == 1);
        }
        for number in &mut self.numbers {
            *number = renumbered[*number as usize];
        }
    }
}

/// Numbers, from 1 on, of pairs (number, token), and how often each was asked for.
struct PairTable {
    slots: Vec<(u64, u32)>,
    counts: Vec<u32>,
    shift: u32,
}

impl PairTable {
    fn new(n_pairs: usize) -> Self {
        let bits = (n_pairs + n_pairs / 2)
            .next_power_of_two()
            .trailing_zeros()
            .max(4);
        Self {
            slots: vec![(0, 0); 1 << bits],
            counts: vec![0],
            shift: u64::BITS - bits,
        }
    }

    #[inline]
    fn number(&mut self, head: u32, last: u32) -> u32 {
        let key = u64::from(head) << 32 | u64::from(last);
        let mut at = (fold(key) >> self.shift) as usize;
        loop {
            let (found, number) = self.slots[at];
            if number == 0 {
                let number = self.counts.len() as u32;
                self.slots[at] = (key, number);
                self.counts.push(1);
                return number;
            }
            if found == key {
                self.counts[number as usize] += 1;
                return number;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::kernels::resampling::counter_rng::mix64;

    #[test]
    fn equals_a_plain_count_on_random_texts() {
        let mut state = 1;
        let mut draw = |below: u64| {
            state = mix64(state);
            state % below
        };
        for _ in 0..300 {
            let (mut ids, mut ends) = (Vec::new(), Vec::new());
            let n_types = 1 + draw(6);
            for _ in 0..draw(6) {
                for _ in 0..draw(12) {
                    ids.push(1 + draw(n_types) as u32);
                }
                ends.push(ids.len() as i64);
            }
            let texts = TokenSequences::new(&ids, &ends).unwrap();
            let mut ngrams = SetNgrams::new(texts);
            for order in 1..7 {
                let mut plain: HashMap<&[u32], u32> = HashMap::new();
                for range in texts.ranges() {
                    for window in ids[range].windows(order) {
                        *plain.entry(window).or_default() += 1;
                    }
                }
                let mut expected: Vec<u32> = plain.values().copied().collect();
                let mut found = ngrams.counts().to_vec();
                found.resize(found.len() + ngrams.n_single(), 1);
                expected.sort_unstable();
                found.sort_unstable();
                assert_eq!(found, expected);
                ngrams.lengthen();
            }
        }
    }
}
