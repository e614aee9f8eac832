//! Clipped n-gram matches of one segment of any size and order: the slow path of [`crate::kernels::bleu::ngram_counts`].
//!
//! Orders are counted one after the other. An n-gram is numbered by the pair (number of its first n - 1 words, last
//! word), which is exact at any length; one that no reference has gets the number 0, for no longer one can match.

use crate::kernels::numbering::word_ids::fold;

/// Occurrences of one n-gram in the hypothesis, in the reference at hand, and in the reference with the most.
#[derive(Clone, Copy, Default)]
struct Tally {
    count: u32,
    seen: u32,
    best: u32,
}

/// Counts one segment after another with the same buffers.
#[derive(Default)]
pub struct WideNgramCounts {
    numbers: Vec<u32>,
    reference_numbers: Vec<Vec<u32>>,
    tallies: Vec<Tally>,
    table: PairTable,
    correct: Vec<u64>,
}

impl WideNgramCounts {
    /// Counts a hypothesis, given as word numbers 1 to `n_words`, and its references, where 0 stands for all other words.
    pub fn count(
        &mut self,
        hypothesis: &[u32],
        references: &[Vec<u32>],
        n_words: usize,
        max_order: usize,
    ) {
        self.correct.clear();
        self.correct.resize(max_order, 0);
        self.tallies.clear();
        self.tallies.resize(n_words + 1, Tally::default());
        self.numbers.clear();
        self.numbers.extend_from_slice(hypothesis);
        for &number in hypothesis {
            self.tallies[number as usize].count += 1;
        }
        self.reference_numbers.clear();
        self.reference_numbers.extend_from_slice(references);
        for order in 1..=max_order {
            if order > 1 {
                self.lengthen(hypothesis, references, order);
            }
            self.correct[order - 1] = self.match_references();
            if self.correct[order - 1] == 0 {
                break;
            }
            for number in &mut self.numbers {
                if self.tallies[*number as usize].best == 0 {
                    *number = 0;
                }
            }
        }
    }

    /// Clipped matches of each order.
    #[must_use]
    pub fn correct(&self) -> &[u64] {
        &self.correct
    }

    /// Numbers the n-grams of the next order and counts those of the hypothesis.
    fn lengthen(&mut self, hypothesis: &[u32], references: &[Vec<u32>], order: usize) {
        let n_left = self.numbers.iter().filter(|&&number| number != 0).count();
        self.table.reset(n_left);
        self.tallies.clear();
        self.tallies.push(Tally::default());
        let last_words = hypothesis.get(order - 1..).unwrap_or_default();
        self.numbers.truncate(last_words.len());
        for (number, &word) in self.numbers.iter_mut().zip(last_words) {
            if *number != 0 {
                let new = self.tallies.len() as u32;
                *number = self.table.insert(*number, word, new);
                if *number == new {
                    self.tallies.push(Tally::default());
                }
                self.tallies[*number as usize].count += 1;
            }
        }
        for (numbers, reference) in self.reference_numbers.iter_mut().zip(references) {
            let last_words = reference.get(order - 1..).unwrap_or_default();
            numbers.truncate(last_words.len());
            for (number, &word) in numbers.iter_mut().zip(last_words) {
                if *number != 0 {
                    *number = if word == 0 {
                        0
                    } else {
                        self.table.find(*number, word)
                    };
                }
            }
        }
    }

    /// Matches the n-grams of one order and returns how many there are, each clipped at its best reference.
    fn match_references(&mut self) -> u64 {
        let mut correct = 0;
        for (index, numbers) in self.reference_numbers.iter().enumerate() {
            if index > 0 {
                for tally in &mut self.tallies {
                    tally.seen = 0;
                }
            }
            for &number in numbers.iter().filter(|&&number| number != 0) {
                let tally = &mut self.tallies[number as usize];
                tally.seen += u32::from(tally.seen < tally.count);
                if tally.seen > tally.best {
                    tally.best = tally.seen;
                    correct += 1;
                }
            }
        }
        correct
    }
}

/// Numbers of pairs of numbers from 1 on, by open addressing; the pair 0 marks a free slot.
#[derive(Default)]
struct PairTable {
    slots: Vec<(u64, u32)>,
    shift: u32,
}

impl PairTable {
    /// Forgets the old pairs and makes room for up to `n_pairs` new ones.
    fn reset(&mut self, n_pairs: usize) {
        let bits = (2 * n_pairs).next_power_of_two().trailing_zeros().max(4);
        self.slots.clear();
        self.slots.resize(1 << bits, (0, 0));
        self.shift = u64::BITS - bits;
    }

    /// The number of a pair, `new` if the pair is new.
    #[inline]
    fn insert(&mut self, first: u32, second: u32, new: u32) -> u32 {
        let slot = self.slot(first, second);
        let (pair, number) = &mut self.slots[slot];
        if *pair == 0 {
            (*pair, *number) = (key(first, second), new);
        }
        *number
    }

    /// The number of a pair, 0 if it has none.
    #[inline]
    fn find(&self, first: u32, second: u32) -> u32 {
        self.slots[self.slot(first, second)].1
    }

    /// Where a pair is, or belongs.
    #[inline]
    fn slot(&self, first: u32, second: u32) -> usize {
        let wanted = key(first, second);
        let mut slot = (fold(wanted) >> self.shift) as usize;
        while self.slots[slot].0 != 0 && self.slots[slot].0 != wanted {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        slot
    }
}

fn key(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::bleu::ngram_counts::NgramCounts;

    #[test]
    fn equals_the_narrow_tables_on_random_segments() {
        let mut state = 7;
        let mut draw = |below: u32| {
            state = crate::kernels::resampling::counter_rng::mix64(state);
            (state % u64::from(below)) as u32
        };
        let (mut narrow, mut wide) = (NgramCounts::default(), WideNgramCounts::default());
        for _ in 0..500 {
            let hypothesis: Vec<u32> = (0..draw(30)).map(|_| 1 + draw(4)).collect();
            let order = 1 + draw(4) as usize;
            narrow.set_hypothesis(&hypothesis, 4, order);
            let mut references: Vec<Vec<u32>> = Vec::new();
            for _ in 0..3 {
                // Only words of the hypothesis have numbers.
                let reference: Vec<u32> = (0..draw(30))
                    .map(|_| draw(5))
                    .map(|id| if hypothesis.contains(&id) { id } else { 0 })
                    .collect();
                narrow.add_reference(&reference);
                references.push(reference);
                wide.count(&hypothesis, &references, 4, order);
                assert_eq!(wide.correct(), narrow.correct());
            }
        }
    }

    #[test]
    fn orders_and_counts_beyond_the_narrow_tables() {
        let ids = vec![1; 70_000];
        let mut counts = WideNgramCounts::default();
        counts.count(&ids, std::slice::from_ref(&ids), 1, 6);
        assert_eq!(
            counts.correct(),
            [70_000, 69_999, 69_998, 69_997, 69_996, 69_995]
        );
    }

    #[test]
    fn orders_longer_than_the_texts_have_no_match() {
        let mut counts = WideNgramCounts::default();
        counts.count(&[1, 2], &[vec![1, 2, 0, 1], vec![2]], 2, 9);
        assert_eq!(counts.correct(), [2, 1, 0, 0, 0, 0, 0, 0, 0]);
        counts.count(&[], &[vec![], vec![0]], 0, 2);
        assert_eq!(counts.correct(), [0, 0]);
    }
}
