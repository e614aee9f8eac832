//! Common n-grams of up to 64 texts, where an n-gram's words fit into 64 bits together.

/// Texts that a mask has room for.
const MOST_TEXTS: usize = u64::BITS as usize;

/// How many different n-grams texts have, and how many each pair has in common.
#[derive(Debug)]
pub struct PackedNgrams {
    n_texts: usize,
    /// `shared[i * n_texts + j]` for i <= j; on the diagonal, how many text i has.
    shared: Vec<u32>,
}

impl PackedNgrams {
    /// Counts the n-grams of sequences of words below `bound`; `None` where there are too many texts or words.
    ///
    /// Each n-gram is one key, equal only to itself, and stands once in a table, with the texts that have it as a mask.
    #[must_use]
    pub fn new<'a>(
        sequences: &(impl Iterator<Item = &'a [u32]> + Clone),
        bound: usize,
        order: usize,
    ) -> Option<Self> {
        let n_texts = sequences.clone().count();
        let bits = usize::BITS - bound.saturating_sub(1).leading_zeros();
        let width = u32::try_from(order).ok()?.checked_mul(bits)?;
        if n_texts > MOST_TEXTS || !(1..=u64::BITS).contains(&width) {
            return None;
        }
        let n_ngrams: usize = sequences
            .clone()
            .map(|words| (words.len() + 1).saturating_sub(order))
            .sum();
        let mut table = Table::new(n_ngrams);
        let keep = u64::MAX >> (u64::BITS - width);
        for (text, words) in sequences.clone().enumerate() {
            let mut key = 0_u64;
            for (place, &word) in (1..).zip(words) {
                // With one word of 64 bits to an n-gram nothing of the key before is left.
                key = (key.checked_shl(bits).unwrap_or(0) | u64::from(word)) & keep;
                if place >= order {
                    table.insert(key, 1 << text);
                }
            }
        }
        Some(Self {
            n_texts,
            shared: table.count_pairs(n_texts),
        })
    }

    /// Number of different n-grams of a text.
    #[must_use]
    pub fn size(&self, text: usize) -> usize {
        self.shared[text * self.n_texts + text] as usize
    }

    /// Number of different n-grams that text i has in common with each text from i on.
    #[must_use]
    pub fn shared(&self, i: usize) -> &[u32] {
        &self.shared[i * self.n_texts + i..(i + 1) * self.n_texts]
    }
}

/// Keys and masks of texts by open addressing; an empty mask marks a free slot.
struct Table {
    slots: Vec<(u64, u64)>,
    /// The slots with a key: half of all have none, and which is hard to foretell.
    taken: Vec<u32>,
    shift: u32,
}

impl Table {
    fn new(n_keys: usize) -> Self {
        let bits = (n_keys + n_keys / 2)
            .next_power_of_two()
            .trailing_zeros()
            .max(4);
        Self {
            slots: vec![(0, 0); 1 << bits],
            taken: Vec::with_capacity(n_keys),
            shift: u64::BITS - bits,
        }
    }

    #[inline]
    fn insert(&mut self, key: u64, text: u64) {
        let hash = (key ^ key >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut slot = (hash >> self.shift) as usize;
        let last = self.slots.len() - 1;
        loop {
            let (found, texts) = &mut self.slots[slot & last];
            if *texts == 0 {
                *found = key;
                self.taken.push((slot & last) as u32);
            }
            if *found == key {
                *texts |= text;
                return;
            }
            slot += 1;
        }
    }

    fn count_pairs(&self, n_texts: usize) -> Vec<u32> {
        let mut shared = vec![0; n_texts * n_texts];
        for &slot in &self.taken {
            let mut rest = self.slots[slot as usize].1;
            if rest.is_power_of_two() {
                shared[rest.trailing_zeros() as usize * (n_texts + 1)] += 1;
                continue;
            }
            while rest != 0 {
                let i = rest.trailing_zeros() as usize;
                let row = &mut shared[i * n_texts..(i + 1) * n_texts];
                let mut others = rest;
                while others != 0 {
                    row[others.trailing_zeros() as usize] += 1;
                    others &= others - 1;
                }
                rest &= rest - 1;
            }
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::edit::ngram_sets::NgramSets;

    #[test]
    fn counts_what_each_pair_shares() {
        let texts: [&[u32]; 4] = [&[1, 2, 1, 2, 3], &[2, 1, 2], &[], &[1, 2, 3]];
        for (order, sizes, shared) in [
            (1, [3, 2, 0, 3], [3, 2, 0, 3]),
            (2, [3, 2, 0, 2], [3, 2, 0, 2]),
            (3, [3, 1, 0, 1], [3, 1, 0, 1]),
            (4, [2, 0, 0, 0], [2, 0, 0, 0]),
            (9, [0, 0, 0, 0], [0, 0, 0, 0]),
        ] {
            let packed = PackedNgrams::new(&texts.into_iter(), 4, order).unwrap();
            assert_eq!([0, 1, 2, 3].map(|text| packed.size(text)), sizes);
            assert_eq!(packed.shared(0), shared);
        }
    }

    #[test]
    fn agrees_with_sets_of_numbered_ngrams() {
        let mut state = 7_u64;
        let mut draw = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        for (n_texts, bound, order) in [
            (2, 9, 1),
            (5, 3, 4),
            (64, 17, 2),
            (7, 65_536, 4),
            (3, 2, 64),
        ] {
            let texts: Vec<Vec<u32>> = (0..n_texts)
                .map(|_| (0..draw(200)).map(|_| draw(bound) as u32).collect())
                .collect();
            let words = texts.iter().map(Vec::as_slice);
            let packed = PackedNgrams::new(&words, bound as usize, order).unwrap();
            let sets = NgramSets::new(&words, order);
            for i in 0..n_texts {
                let mut shared = vec![0; n_texts - i];
                sets.count_shared(i, &mut shared);
                assert_eq!(packed.size(i), sets.size(i));
                assert_eq!(packed.shared(i)[1..], shared[1..]);
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_left_to_others() {
        let text: &[u32] = &[1, 2, 3];
        assert!(PackedNgrams::new(&[text; 64].into_iter(), 1 << 16, 4).is_some());
        assert!(PackedNgrams::new(&[text; 65].into_iter(), 1 << 16, 4).is_none());
        assert!(PackedNgrams::new(&[text].into_iter(), (1 << 16) + 1, 4).is_none());
        assert!(PackedNgrams::new(&[text].into_iter(), 5, usize::MAX).is_none());
    }
}
