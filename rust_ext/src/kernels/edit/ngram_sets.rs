//! The sets of n-grams of several texts, and which texts share them.

/// Numbers for pairs of numbers, in order of appearance.
pub(crate) struct PairIds {
    /// Open addressing, key and number plus 1; 0 marks a free slot.
    slots: Vec<(u64, u32)>,
    shift: u32,
    len: u32,
}

impl PairIds {
    pub(crate) fn new(n_pairs: usize) -> Self {
        let bits = (2 * n_pairs).next_power_of_two().trailing_zeros().max(4);
        Self {
            slots: vec![(0, 0); 1 << bits],
            shift: u64::BITS - bits,
            len: 0,
        }
    }

    /// How many pairs there are.
    pub(crate) const fn len(&self) -> usize {
        self.len as usize
    }

    pub(crate) fn insert(&mut self, first: u32, second: u32) -> u32 {
        let key = u64::from(first) << 32 | u64::from(second);
        let hash = (key ^ key >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut slot = (hash >> self.shift) as usize;
        loop {
            match self.slots[slot] {
                (_, 0) => {
                    self.slots[slot] = (key, self.len + 1);
                    self.len += 1;
                    return self.len - 1;
                }
                (found, id) if found == key => return id - 1,
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
    }
}

/// The sets of n-grams of a number of texts.
#[derive(Debug, Default)]
pub struct NgramSets {
    /// The different n-grams of each text, one after the other.
    ngrams: Vec<u32>,
    /// Where those of each text begin; one more than there are texts.
    starts: Vec<usize>,
    /// The texts that hold each n-gram, in rising order.
    texts: Vec<u32>,
    /// Where those of each n-gram begin.
    text_starts: Vec<usize>,
}

impl NgramSets {
    /// Collects the n-grams of sequences of words below 2^32.
    #[must_use]
    pub fn new<'a>(sequences: &(impl Iterator<Item = &'a [u32]> + Clone), order: usize) -> Self {
        let n_words: usize = sequences.clone().map(<[u32]>::len).sum();
        let mut longer: Vec<Vec<u32>> = sequences.clone().map(<[u32]>::to_vec).collect();
        let mut n_ngrams = longer
            .iter()
            .flatten()
            .max()
            .map_or(0, |&most| most as usize + 1);
        for length in 2..=order {
            if longer.iter().all(Vec::is_empty) {
                break;
            }
            let mut ids = PairIds::new(n_words);
            for (ngrams, words) in longer.iter_mut().zip(sequences.clone()) {
                // The n-gram at a place is the shorter one there and the word that follows it.
                ngrams.truncate((words.len() + 1).saturating_sub(length));
                for (ngram, &next) in ngrams.iter_mut().zip(words.iter().skip(length - 1)) {
                    *ngram = ids.insert(*ngram, next);
                }
            }
            n_ngrams = ids.len as usize;
        }
        Self::from_lists(&longer, n_ngrams)
    }

    fn from_lists(lists: &[Vec<u32>], n_ngrams: usize) -> Self {
        let mut sets = Self {
            starts: vec![0],
            text_starts: vec![0; n_ngrams + 1],
            ..Self::default()
        };
        let mut seen_in = vec![0; n_ngrams];
        for (text, list) in (1..).zip(lists) {
            for &ngram in list {
                if seen_in[ngram as usize] != text {
                    seen_in[ngram as usize] = text;
                    sets.ngrams.push(ngram);
                    sets.text_starts[ngram as usize + 1] += 1;
                }
            }
            sets.starts.push(sets.ngrams.len());
        }
        for ngram in 0..n_ngrams {
            sets.text_starts[ngram + 1] += sets.text_starts[ngram];
        }
        let mut places = sets.text_starts.clone();
        sets.texts = vec![0; sets.ngrams.len()];
        for (text, ends) in (0..).zip(sets.starts.windows(2)) {
            for &ngram in &sets.ngrams[ends[0]..ends[1]] {
                sets.texts[places[ngram as usize]] = text;
                places[ngram as usize] += 1;
            }
        }
        sets
    }

    /// Number of different n-grams of a text.
    #[must_use]
    pub fn size(&self, text: usize) -> usize {
        self.starts[text + 1] - self.starts[text]
    }

    /// Adds to `shared[j - i]`, for each text j > i, the n-grams that it has in common with text i.
    pub fn count_shared(&self, i: usize, shared: &mut [u32]) {
        for &ngram in &self.ngrams[self.starts[i]..self.starts[i + 1]] {
            let ngram = ngram as usize;
            let texts = &self.texts[self.text_starts[ngram]..self.text_starts[ngram + 1]];
            for &j in texts.iter().rev() {
                let Some(ahead) = (j as usize).checked_sub(i).filter(|&ahead| ahead > 0) else {
                    break;
                };
                shared[ahead] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_each_pair_shares() {
        let texts: [&[u32]; 4] = [&[1, 2, 1, 2, 3], &[2, 1, 2], &[], &[1, 2, 3]];
        for (order, sizes, shared) in [
            (1, [3, 2, 0, 3], [2, 0, 3]),
            (2, [3, 2, 0, 2], [2, 0, 2]),
            (3, [3, 1, 0, 1], [1, 0, 1]),
            (4, [2, 0, 0, 0], [0, 0, 0]),
            (9, [0, 0, 0, 0], [0, 0, 0]),
        ] {
            let sets = NgramSets::new(&texts.into_iter(), order);
            assert_eq!([0, 1, 2, 3].map(|text| sets.size(text)), sizes);
            let mut found = [0; 4];
            sets.count_shared(0, &mut found);
            assert_eq!(found[1..], shared);
        }
    }
}
