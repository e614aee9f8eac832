//! Numbers for words up to their stems, remembered from text to text so that each distinct word is stemmed once.

use super::porter;
use super::word_ids::{fingerprint, fold};

/// Distinct words after which a vocabulary is emptied: what it holds stays in the second-level cache.
const MAX_WORDS: usize = 1 << 16;
/// Bytes of words after which it is emptied.
const MAX_BYTES: usize = 1 << 23;

/// A word in the table; `number` 0 marks a free slot.
#[derive(Clone, Copy, Default)]
struct Slot {
    fingerprint: u64,
    len: u32,
    number: u32,
}

/// Distinct words, numbered from 1 in order of appearance.
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
            slots: vec![Slot::default(); 1 << 10],
            bytes: Vec::new(),
            starts: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.slots.fill(Slot::default());
        self.bytes.clear();
        self.starts.clear();
    }

    /// The number of `text[start..end]`, a new one if it is new.
    #[inline]
    fn insert(&mut self, text: &[u8], start: usize, end: usize) -> u32 {
        let len = (end - start) as u32;
        let fingerprint = fingerprint(text, start, end);
        let mask = self.slots.len() - 1;
        let mut at = fold(fingerprint ^ u64::from(len)) as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == 0 {
                return self.add(text, start, end, fingerprint, at);
            }
            if slot.fingerprint == fingerprint
                && slot.len == len
                && (len <= 8 || self.bytes_of(slot) == &text[start..end])
            {
                return slot.number;
            }
            at = (at + 1) & mask;
        }
    }

    fn bytes_of(&self, slot: Slot) -> &[u8] {
        let start = self.starts[slot.number as usize - 1];
        &self.bytes[start..start + slot.len as usize]
    }

    #[cold]
    fn add(&mut self, text: &[u8], start: usize, end: usize, fingerprint: u64, at: usize) -> u32 {
        self.starts.push(self.bytes.len());
        if end - start > 8 {
            self.bytes.extend_from_slice(&text[start..end]);
        }
        let number = self.starts.len() as u32;
        self.slots[at] = Slot {
            fingerprint,
            len: (end - start) as u32,
            number,
        };
        if 2 * self.starts.len() > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mask = 4 * self.slots.len() - 1;
        let mut slots = vec![Slot::default(); mask + 1];
        for slot in self.slots.iter().filter(|slot| slot.number > 0) {
            let mut at = fold(slot.fingerprint ^ u64::from(slot.len)) as usize & mask;
            while slots[at].number > 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }
}

/// Numbers of words, equal for words of one stem if stemming is asked for.
pub struct RougeVocabulary {
    use_stemmer: bool,
    words: WordTable,
    stems: WordTable,
    /// The number of the stem of each word; 0 where nothing is left of it.
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
        if self.words.starts.len() > MAX_WORDS || self.words.bytes.len() > MAX_BYTES {
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

    /// The number of the word `text[start..end]`, in lower case; 0 if its stem is empty.
    #[inline]
    pub fn number(&mut self, text: &[u8], start: usize, end: usize) -> u32 {
        let word = self.words.insert(text, start, end);
        if !self.use_stemmer {
            return word;
        }
        match self.stem_numbers.get(word as usize - 1) {
            Some(&number) => number,
            None => self.add_stem(&text[start..end]),
        }
    }

    #[cold]
    fn add_stem(&mut self, word: &[u8]) -> u32 {
        self.stemmed.clear();
        self.stemmed.extend_from_slice(word);
        if word.len() > 3 && word.is_ascii() {
            porter::stem(&mut self.stemmed);
        }
        let number = match self.stemmed.len() {
            0 => 0,
            len => self.stems.insert(&self.stemmed, 0, len),
        };
        self.stem_numbers.push(number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(vocabulary: &mut RougeVocabulary, word: &str) -> u32 {
        vocabulary.number(word.as_bytes(), 0, word.len())
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
        let mut vocabulary = RougeVocabulary::new(false);
        let numbers: Vec<u32> = (0..=MAX_WORDS)
            .map(|n| number(&mut vocabulary, &format!("some word {n}")))
            .collect();
        for n in [0, 1000, MAX_WORDS] {
            assert_eq!(
                number(&mut vocabulary, &format!("some word {n}")),
                numbers[n]
            );
        }
        assert_eq!(vocabulary.limit(), MAX_WORDS + 2);
        vocabulary.make_room();
        assert_eq!(vocabulary.limit(), 1);
        assert_eq!(number(&mut vocabulary, "some word 7"), 1);
    }
}
