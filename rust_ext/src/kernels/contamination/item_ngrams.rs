//! The n-grams of evaluation items, to be looked for in a corpus that streams by.

use std::collections::BTreeSet;

use crate::kernels::contamination::corpus_ngrams::as_count;
use crate::kernels::contamination::corpus_words::{WordHasher, words};
use crate::kernels::contamination::rolling_ngrams::{Length, Rolling};

/// Bits of the filter for each n-gram, at least. Each sets two in one number, so that at most one other in 20 passes.
const FILTER_BITS: usize = 8;
const FREE: u64 = u64::MAX;
/// The part of a hash that is kept beside an n-gram's number.
const TAG: u64 = 0xffff_ffff_0000_0000;

/// One of the different n-grams of the items, with its own text.
struct Ngram {
    hash: u64,
    n: usize,
    /// Where it stands among the items' texts: of its first word, its second, and the end of its last.
    start: usize,
    second: usize,
    end: usize,
}

/// The items' n-grams by their hash.
pub struct ItemNgrams {
    hasher: WordHasher,
    probes: Vec<Probe>,
    /// The items' normalised words, a space after each.
    texts: Vec<u8>,
    ngrams: Vec<Ngram>,
    filter: Vec<u64>,
    filter_shift: u32,
    /// Open addressing: tag and number.
    slots: Vec<u64>,
    /// The n-gram at each place of each item, item after item; and places of each item.
    places: Vec<u32>,
    counts: Vec<i64>,
    n_words: Vec<i64>,
}

impl ItemNgrams {
    /// The n-grams of items; an item of fewer than `n` words, but at least `min_words`, is one n-gram as a whole.
    pub fn new<T: AsRef<[u8]>>(items: &[T], n: usize, min_words: usize, seed: u64) -> Self {
        let mut new = Self {
            hasher: WordHasher::new(seed),
            probes: Vec::new(),
            texts: Vec::new(),
            ngrams: Vec::new(),
            filter: Vec::new(),
            filter_shift: 0,
            slots: vec![FREE; 1 << 4],
            places: Vec::new(),
            counts: Vec::new(),
            n_words: Vec::new(),
        };
        let (mut scratch, mut starts, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
        let (mut rolling, mut lengths) = (Rolling::default(), BTreeSet::new());
        for item in items {
            starts.clear();
            hashes.clear();
            let (out, hash) = (&mut new.texts, new.hasher);
            words(item.as_ref(), &mut scratch, |word| {
                starts.push(out.len());
                hashes.push(hash.hash(word));
                out.extend_from_slice(word);
                out.push(b' ');
            });
            let n_words = starts.len();
            starts.push(new.texts.len());
            new.n_words.push(as_count(n_words));
            let before = new.places.len();
            if n_words >= min_words.clamp(1, n.max(1)) {
                let length = Length::new(n.min(n_words));
                lengths.insert(length.n);
                rolling.reset();
                for (last, &word) in hashes.iter().enumerate() {
                    rolling.push(word);
                    if let Some(hash) = rolling.last_ngram(length) {
                        let first = last + 1 - length.n;
                        let place = new.intern(Ngram {
                            hash,
                            n: length.n,
                            start: starts[first],
                            second: starts[first + 1],
                            end: starts[last + 1] - 1,
                        });
                        new.places.push(place);
                    }
                }
            }
            new.counts.push(as_count(new.places.len() - before));
        }
        new.probes = probes(n, &lengths);
        new.make_filter();
        new
    }

    /// Number of different n-grams.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ngrams.len()
    }

    /// Whether there is no n-gram to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ngrams.is_empty()
    }

    /// The n-gram, 0 to `len() - 1`, at each place of each item, item after item.
    #[must_use]
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    /// Places of each item, and words of each item.
    #[must_use]
    pub fn counts(&self) -> (&[i64], &[i64]) {
        (&self.counts, &self.n_words)
    }

    /// What to ask the filter for at each word of the corpus.
    #[must_use]
    pub(crate) fn probes(&self) -> &[Probe] {
        &self.probes
    }

    /// How the words of the corpus are to be hashed.
    #[must_use]
    pub fn hasher(&self) -> WordHasher {
        self.hasher
    }

    /// Whether there may be an n-gram of this hash.
    #[inline]
    pub(crate) fn may_hold(&self, hash: u64) -> bool {
        let (place, bits) = self.filter_bits(hash);
        self.filter[place] & bits == bits
    }

    /// The n-gram of this hash and the words that `is_equal` accepts: it is given their text and that of the first word.
    #[inline]
    pub(crate) fn find(
        &self,
        hash: u64,
        mut is_equal: impl FnMut(Place<'_>) -> bool,
    ) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let entry = self.slots[slot];
            if entry == FREE {
                return None;
            }
            if (entry ^ hash) & TAG == 0 {
                let ngram = &self.ngrams[(entry & !TAG) as usize];
                if ngram.hash == hash && is_equal(self.place(ngram)) {
                    return Some(entry as u32);
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    fn place<'a>(&'a self, ngram: &Ngram) -> Place<'a> {
        Place {
            texts: &self.texts,
            start: ngram.start,
            second: ngram.second,
            end: ngram.end,
        }
    }

    fn intern(&mut self, new: Ngram) -> u32 {
        let text = &self.texts[new.start..new.end];
        if let Some(known) = self.find(new.hash, |place| place.text() == text) {
            return known;
        }
        let index = self.ngrams.len() as u32;
        self.ngrams.push(new);
        if 2 * self.ngrams.len() > self.slots.len() {
            self.slots = vec![FREE; 4 * self.slots.len()];
            for index in 0..self.ngrams.len() {
                self.insert(index as u32);
            }
        } else {
            self.insert(index);
        }
        index
    }

    fn insert(&mut self, index: u32) {
        let mask = self.slots.len() - 1;
        let hash = self.ngrams[index as usize].hash;
        let mut slot = hash as usize & mask;
        while self.slots[slot] != FREE {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = (hash & TAG) | u64::from(index);
    }

    /// Where a hash is in the filter: the number, and the two bits of it, which may be one.
    #[inline]
    fn filter_bits(&self, hash: u64) -> (usize, u64) {
        let rest = hash.rotate_left(u64::BITS - self.filter_shift);
        let place = (hash >> self.filter_shift) as usize;
        (place, 1 << (rest >> 58) | 1 << (rest >> 52 & 63))
    }

    fn make_filter(&mut self) {
        let bits = (FILTER_BITS * self.ngrams.len())
            .next_power_of_two()
            .trailing_zeros()
            .max(12);
        self.filter = vec![0; 1 << (bits - 6)];
        self.filter_shift = u64::BITS - (bits - 6);
        let (mut rolling, mut scratch) = (Rolling::default(), Vec::new());
        for ngram in &self.ngrams {
            let is_asked = |probe: &&Probe| probe.lengths.iter().any(|length| length.n == ngram.n);
            let Some(probe) = self.probes.iter().find(is_asked) else {
                continue;
            };
            let mut hash = ngram.hash;
            if ngram.n != probe.asked.n {
                rolling.reset();
                words(&self.texts[ngram.start..ngram.end], &mut scratch, |word| {
                    rolling.push(self.hasher.hash(word));
                });
                hash = rolling.last_ngram(probe.asked).unwrap_or(hash);
            }
            let (place, bits) = self.filter_bits(hash);
            self.filter[place] |= bits;
        }
    }
}

/// The filter is asked for the last words of this length; n-grams of these lengths may end in them.
pub(crate) struct Probe {
    pub(crate) asked: Length,
    pub(crate) lengths: Vec<Length>,
}

/// One probe for n-grams of `n` words, one for all items that are shorter.
fn probes(n: usize, lengths: &BTreeSet<usize>) -> Vec<Probe> {
    let (short, whole): (Vec<usize>, Vec<usize>) = lengths.iter().partition(|&&length| length < n);
    [whole, short]
        .into_iter()
        .filter(|lengths| !lengths.is_empty())
        .map(|lengths| Probe {
            asked: Length::new(lengths[0]),
            lengths: lengths.into_iter().map(Length::new).collect(),
        })
        .collect()
}

/// Where the words of an n-gram stand in the items' texts.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    texts: &'a [u8],
    pub(crate) start: usize,
    pub(crate) second: usize,
    pub(crate) end: usize,
}

impl<'a> Place<'a> {
    /// The words, single spaces between them.
    pub(crate) fn text(&self) -> &'a [u8] {
        &self.texts[self.start..self.end]
    }

    /// The text from `from`, which is not after its end.
    pub(crate) fn text_from(&self, from: usize) -> &'a [u8] {
        &self.texts[from..self.end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_number_the_different_ngrams() {
        let found = ItemNgrams::new(&["a b a b a", "b A!", "c", ""], 2, 1, 0);
        assert_eq!(found.places(), [0, 1, 0, 1, 1, 2]);
        assert_eq!(found.counts(), (&[4, 1, 1, 0][..], &[5, 2, 1, 0][..]));
        assert_eq!(found.len(), 3);
        assert!(!found.is_empty());
    }

    #[test]
    fn short_items_are_one_ngram_if_not_too_short() {
        let found = ItemNgrams::new(&["a b c d", "a b", "a"], 3, 2, 0);
        assert_eq!(found.counts().0, [2, 1, 0]);
        let asked = found.probes().iter().map(|probe| probe.asked.n);
        assert_eq!(asked.collect::<Vec<_>>(), [3, 2]);
    }

    #[test]
    fn many_ngrams_are_all_found() {
        let words: Vec<String> = (0..5000).map(|i| format!("w{i}")).collect();
        let text = words.join(" ");
        let found = ItemNgrams::new(&[text], 1, 1, 3);
        assert_eq!(found.len(), 5000);
        for i in 0..5000 {
            let mut rolling = Rolling::default();
            rolling.push(found.hasher().hash(format!("w{i}").as_bytes()));
            let hash = rolling.last_ngram(Length::new(1)).unwrap();
            assert!(found.may_hold(hash));
            assert_eq!(found.find(hash, |_| true), Some(i));
            assert_eq!(found.find(hash, |place| place.text() == b"other"), None);
        }
    }
}
