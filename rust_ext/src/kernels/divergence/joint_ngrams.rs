//! How often each n-gram occurs in two sets of texts, exactly: the counts that divergences are made of.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::kernels::divergence::text_units::{Unit, units};
use crate::kernels::resampling::counter_rng::mix64;

/// Hashes a key of one number, which no text can choose: numbers are given in order of appearance.
#[derive(Default)]
struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = mix64(self.0 ^ u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mix64(self.0 ^ number);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type Numbers = HashMap<u64, u32, BuildHasherDefault<NumberHasher>>;

/// Counts of each n-gram of `order` units in either set, in order of first appearance: `first` before `second`.
///
/// N-grams do not cross from one text to the next. An n-gram is numbered by its first n - 1 units and its last one,
/// so that no two share a number. Numbers end at 2^32 - 1: a set with more different n-grams does not fit into memory.
#[must_use]
pub fn joint_ngram_counts<T: AsRef<[u8]>>(
    first: &[T],
    second: &[T],
    unit: Unit,
    order: usize,
) -> (Vec<i64>, Vec<i64>) {
    let mut unit_numbers: HashMap<&[u8], u32> = HashMap::new();
    let mut levels: Vec<Numbers> = vec![Numbers::default(); order.saturating_sub(1)];
    let mut counts = [Vec::new(), Vec::new()];
    let mut grams: Vec<u32> = Vec::new();
    let mut ids: Vec<u32> = Vec::new();
    for (side, texts) in [first, second].into_iter().enumerate() {
        for text in texts {
            ids.clear();
            units(text.as_ref(), unit, |bytes| {
                let next = unit_numbers.len() as u32;
                ids.push(*unit_numbers.entry(bytes).or_insert(next));
            });
            if order == 0 || ids.len() < order {
                continue;
            }
            grams.clear();
            grams.extend_from_slice(&ids);
            for (level, numbers) in levels.iter_mut().enumerate() {
                // grams[i] numbers the units i..=i + level; it takes in one unit more.
                grams.truncate(ids.len() - level - 1);
                for (gram, &last) in grams.iter_mut().zip(&ids[level + 1..]) {
                    let next = numbers.len() as u32;
                    let key = u64::from(*gram) << 32 | u64::from(last);
                    *gram = *numbers.entry(key).or_insert(next);
                }
            }
            for &gram in &grams {
                if gram as usize >= counts[side].len() {
                    for count in &mut counts {
                        count.resize(gram as usize + 1, 0);
                    }
                }
                counts[side][gram as usize] += 1;
            }
        }
    }
    let [first, second] = counts;
    (first, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_union_in_order_of_appearance() {
        let counts = joint_ngram_counts(&["a b a b", "b"], &["b a", "c b a"], Unit::Words, 2);
        // a b, b a, c b
        assert_eq!(counts, (vec![2, 1, 0], vec![0, 2, 1]));
        let counts = joint_ngram_counts(&["aab"], &["ba"], Unit::Characters, 1);
        assert_eq!(counts, (vec![2, 1], vec![1, 1]));
    }

    #[test]
    fn short_texts_have_no_ngrams() {
        for order in [0, 3, 4] {
            let counts = joint_ngram_counts(&["a b", ""], &["a"], Unit::Words, order);
            assert_eq!(counts, (vec![], vec![]));
        }
    }
}
