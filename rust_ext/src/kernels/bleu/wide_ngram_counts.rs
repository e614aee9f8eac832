//! Clipped n-gram matches of one segment of any size and order: the slow path of [`crate::kernels::bleu::ngram_counts`].
//!
//! An n-gram is numbered by the pair (number of its first n - 1 words, last word), which is exact at any length.

use std::collections::HashMap;

/// Occurrences of one n-gram in the hypothesis, in the reference at hand, and in the reference with the most.
#[derive(Clone, Copy, Default)]
struct Tally {
    count: u64,
    seen: u64,
    best: u64,
}

/// The n-grams of one hypothesis and how many of them its references contain.
#[derive(Default)]
pub struct WideNgramCounts {
    numbers: HashMap<(usize, u32), usize>,
    tallies: Vec<Tally>,
    correct: Vec<u64>,
}

impl WideNgramCounts {
    /// Counts the n-grams of a hypothesis given as word numbers from 1 on.
    #[must_use]
    pub fn new(ids: &[u32], max_order: usize) -> Self {
        let mut counts = Self {
            correct: vec![0; max_order],
            ..Self::default()
        };
        // Number 0 is the empty beginning and never counted.
        counts.tallies.push(Tally::default());
        for position in 0..ids.len() {
            let mut number = 0;
            for &id in ids[position..].iter().take(max_order) {
                let new = counts.tallies.len();
                number = *counts.numbers.entry((number, id)).or_insert(new);
                if number == new {
                    counts.tallies.push(Tally::default());
                }
                counts.tallies[number].count += 1;
            }
        }
        counts
    }

    /// Matches one more reference, given as the hypothesis's word numbers with 0 for all other words.
    pub fn add_reference(&mut self, ids: &[u32]) {
        for tally in &mut self.tallies {
            tally.seen = 0;
        }
        for position in 0..ids.len() {
            let mut number = 0;
            for (&id, correct) in ids[position..].iter().zip(&mut self.correct) {
                match self.numbers.get(&(number, id)) {
                    Some(&found) => number = found,
                    None => break,
                }
                let tally = &mut self.tallies[number];
                tally.seen += 1;
                if tally.seen <= tally.count && tally.seen > tally.best {
                    tally.best = tally.seen;
                    *correct += 1;
                }
            }
        }
    }

    /// Clipped matches of each order.
    #[must_use]
    pub fn correct(&self) -> &[u64] {
        &self.correct
    }
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
        let mut narrow = NgramCounts::default();
        for _ in 0..500 {
            let hypothesis: Vec<u32> = (0..draw(30)).map(|_| 1 + draw(4)).collect();
            let order = 1 + draw(4) as usize;
            let mut wide = WideNgramCounts::new(&hypothesis, order);
            narrow.set_hypothesis(&hypothesis, 4, order);
            for _ in 0..3 {
                // Only words of the hypothesis have numbers.
                let reference: Vec<u32> = (0..draw(30))
                    .map(|_| draw(5))
                    .map(|id| if hypothesis.contains(&id) { id } else { 0 })
                    .collect();
                wide.add_reference(&reference);
                narrow.add_reference(&reference);
                assert_eq!(wide.correct(), narrow.correct());
            }
        }
    }

    #[test]
    fn orders_and_counts_beyond_the_narrow_tables() {
        let ids = vec![1; 70_000];
        let mut counts = WideNgramCounts::new(&ids, 6);
        counts.add_reference(&ids);
        assert_eq!(
            counts.correct(),
            [70_000, 69_999, 69_998, 69_997, 69_996, 69_995]
        );
    }
}
