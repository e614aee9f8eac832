//! Numbers for words up to their stems, remembered from text to text so that each distinct word is stemmed once.

use crate::kernels::numbering::word_ids::{fingerprint, fold};
use crate::kernels::rouge::porter;

/// Distinct words after which a vocabulary with stems is emptied, so that it stays in the second-level cache.
const MAX_STEMMED_WORDS: usize = 1 << 16;
/// The same without stems, where a word is as quickly added as found: it stays in the first-level cache.
const MAX_WORDS: usize = FEWEST_SLOTS / 2;
/// Bytes of words after which it is emptied.
const MAX_BYTES: usize = 1 << 23;
/// Slots of an empty table.
const FEWEST_SLOTS: usize = 1 << 10;
/// Words looked up at a time.
const CHUNK: usize = 64;

/// What tells words apart: all of a word of up to eight bytes, a hash beyond.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Key {
    fingerprint: u64,
    len: u32,
}

impl Key {
    #[inline]
    fn new(text: &[u8], start: usize, end: usize) -> Self {
        Self {
            fingerprint: fingerprint(text, start, end),
            len: (end - start) as u32,
        }
    }

    #[inline]
    fn hash(self) -> usize {
        fold(self.fingerprint ^ u64::from(self.len)) as usize
    }
}

/// A word in the table; `number` 0 marks a free slot.
#[derive(Clone, Copy, Default)]
struct Slot {
    key: Key,
    number: u32,
}

/// Distinct words, numbered from 1 in order of appearance.
#[derive(Default)]
struct WordTable {
    slots: Vec<Slot>,
    /// The words longer than a fingerprint, one after the other.
    bytes: Vec<u8>,
    /// Where in `bytes` each word starts.
    starts: Vec<usize>,
}

impl WordTable {
    fn new() -> Self {
        Self {
            slots: vec![Slot::default(); FEWEST_SLOTS],
            bytes: Vec::new(),
            starts: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.slots.truncate(FEWEST_SLOTS);
        self.slots.fill(Slot::default());
        self.bytes.clear();
        self.starts.clear();
    }

    /// The number of `text[start..end]`, a new one if it is new.
    fn insert(&mut self, text: &[u8], start: usize, end: usize) -> u32 {
        let key = Key::new(text, start, end);
        let mask = self.slots.len() - 1;
        let mut at = key.hash() & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == 0 {
                return self.add(&text[start..end], key, at);
            }
            if self.holds(slot, key, text, start) {
                return slot.number;
            }
            at = (at + 1) & mask;
        }
    }

    /// The number of each span of `text`, new ones for those that are new.
    ///
    /// First all keys are made and the slots read where they should be, then the words are compared: the table does
    /// not fit the first-level cache, and reads that wait for no comparison are under way together.
    #[inline]
    fn insert_all(
        &mut self,
        text: &[u8],
        spans: &[(u32, u32)],
        mut on: impl FnMut(u32, (u32, u32)),
    ) {
        let mut keys = [Key::default(); CHUNK];
        let mut slots = [Slot::default(); CHUNK];
        for spans in spans.chunks(CHUNK) {
            let mask = self.slots.len() - 1;
            for ((&(start, end), key), slot) in spans.iter().zip(&mut keys).zip(&mut slots) {
                *key = Key::new(text, start as usize, end as usize);
                *slot = self.slots[key.hash() & mask];
            }
            for ((&(start, end), &key), &slot) in spans.iter().zip(&keys).zip(&slots) {
                let number = if slot.number > 0 && self.holds(slot, key, text, start as usize) {
                    slot.number
                } else {
                    self.insert(text, start as usize, end as usize)
                };
                on(number, (start, end));
            }
        }
    }

    #[inline]
    fn holds(&self, slot: Slot, key: Key, text: &[u8], start: usize) -> bool {
        slot.key == key
            && (key.len <= 8 || self.bytes_of(slot) == &text[start..start + key.len as usize])
    }

    fn bytes_of(&self, slot: Slot) -> &[u8] {
        let start = self.starts[slot.number as usize - 1];
        &self.bytes[start..start + slot.key.len as usize]
    }

    #[cold]
    fn add(&mut self, word: &[u8], key: Key, at: usize) -> u32 {
        self.starts.push(self.bytes.len());
        if word.len() > 8 {
            self.bytes.extend_from_slice(word);
        }
        let number = self.starts.len() as u32;
        self.slots[at] = Slot { key, number };
        if 2 * self.starts.len() > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mask = 4 * self.slots.len() - 1;
        let mut slots = vec![Slot::default(); mask + 1];
        for slot in self.slots.iter().filter(|slot| slot.number > 0) {
            let mut at = slot.key.hash() & mask;
            while slots[at].number > 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }
}

/// Numbers of words, equal for words of one stem if stemming is asked for. The default is what is left of one that was
/// taken and must not be used.
#[derive(Default)]
pub struct RougeVocabulary {
    use_stemmer: bool,
    words: WordTable,
    stems: WordTable,
    /// The number of the stem of each word.
    stem_numbers: Vec<u32>,
    stemmed: Vec<u8>,
}

impl RougeVocabulary {
    /// An empty vocabulary; with `use_stemmer`, words of more than three ASCII characters stand for their stems.
    #[must_use]
    pub fn new(use_stemmer: bool) -> Self {
        Self {
            use_stemmer,
            words: WordTable::new(),
            stems: WordTable::new(),
            stem_numbers: Vec::new(),
            stemmed: Vec::new(),
        }
    }

    /// Forgets all words if there are many; numbers given before are then void.
    pub fn make_room(&mut self) {
        let most = if self.use_stemmer {
            MAX_STEMMED_WORDS
        } else {
            MAX_WORDS
        };
        if self.words.starts.len() > most || self.words.bytes.len() > MAX_BYTES {
            self.words.clear();
            self.stems.clear();
            self.stem_numbers.clear();
        }
    }

    /// One more than the highest number.
    #[must_use]
    pub fn limit(&self) -> usize {
        // Without a stemmer the words have the numbers.
        self.words.starts.len() + 1
    }

    /// Adds the numbers of words, spans of `text` in lower case, to `numbers`.
    pub fn number_all(&mut self, text: &[u8], spans: &[(u32, u32)], numbers: &mut Vec<u32>) {
        if !self.use_stemmer {
            self.words
                .insert_all(text, spans, |number, _| numbers.push(number));
            return;
        }
        let Self {
            words,
            stems,
            stem_numbers,
            stemmed,
            ..
        } = self;
        words.insert_all(text, spans, |word, (start, end)| {
            let known = stem_numbers.get(word as usize - 1).copied();
            numbers.push(known.unwrap_or_else(|| {
                // Words are numbered as they come, so this one is the next.
                let number = add_stem(stems, stemmed, &text[start as usize..end as usize]);
                stem_numbers.push(number);
                number
            }));
        });
    }
}

#[cold]
fn add_stem(stems: &mut WordTable, stemmed: &mut Vec<u8>, word: &[u8]) -> u32 {
    stemmed.clear();
    stemmed.extend_from_slice(word);
    if word.len() > 3 && word.is_ascii() {
        porter::stem(stemmed);
    }
    stems.insert(stemmed, 0, stemmed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(vocabulary: &mut RougeVocabulary, word: &str) -> u32 {
        let mut numbers = Vec::new();
        vocabulary.number_all(word.as_bytes(), &[(0, word.len() as u32)], &mut numbers);
        numbers[0]
    }

    #[test]
    fn words_of_one_stem_share_a_number() {
        let mut vocabulary = RougeVocabulary::new(true);
        let cat = number(&mut vocabulary, "cat");
        assert_eq!(number(&mut vocabulary, "cats"), cat);
        let its = number(&mut vocabulary, "its");
        assert_ne!(number(&mut vocabulary, "it"), its);
        let long = number(&mut vocabulary, "internationalisation");
        assert_eq!(number(&mut vocabulary, "internationalisations"), long);
        assert_ne!(
            number(&mut vocabulary, "cafés"),
            number(&mut vocabulary, "café")
        );
    }

    #[test]
    fn many_words_keep_their_numbers_until_room_is_made() {
        for (use_stemmer, most) in [(false, MAX_WORDS), (true, MAX_STEMMED_WORDS)] {
            let mut vocabulary = RougeVocabulary::new(use_stemmer);
            let numbers: Vec<u32> = (0..=most)
                .map(|n| number(&mut vocabulary, &format!("some word {n}")))
                .collect();
            for n in [0, most / 2, most] {
                assert_eq!(
                    number(&mut vocabulary, &format!("some word {n}")),
                    numbers[n]
                );
            }
            assert_eq!(vocabulary.limit(), most + 2);
            vocabulary.make_room();
            assert_eq!(vocabulary.limit(), 1);
            assert_eq!(number(&mut vocabulary, "some word 7"), 1);
            // Words of one stem share a number, others do not: none is left from before.
            let [cat, cats] = ["cat", "cats"].map(|word| number(&mut vocabulary, word));
            assert_eq!(cat == cats, use_stemmer);
            assert!(number(&mut vocabulary, "lake") > cat.max(cats));
        }
    }
}
