//! Small dense numbers for the distinct words of one text.

/// A word of the text: `fingerprint` is the word itself, zero-padded, up to eight bytes and a hash beyond.
struct Word {
    fingerprint: u64,
    start: u32,
    len: u32,
}

/// The distinct words of one text, numbered from 1 in order of appearance; the buffers are reused from text to text.
#[derive(Default)]
pub struct WordIds {
    words: Vec<Word>,
    /// Open addressing over word numbers; 0 marks a free slot.
    slots: Vec<u32>,
    shift: u32,
}

impl WordIds {
    /// Forgets the old words and makes room for up to `n_tokens` new ones.
    pub fn reset(&mut self, n_tokens: usize) {
        let bits = (2 * n_tokens).next_power_of_two().trailing_zeros().max(4);
        self.words.clear();
        self.slots.clear();
        self.slots.resize(1 << bits, 0);
        self.shift = u64::BITS - bits;
    }

    /// Number of distinct words so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are no words yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The number of the word `text[start..end]`, a new one if it is new.
    #[inline]
    pub fn insert(&mut self, text: &[u8], start: usize, end: usize) -> u32 {
        let fingerprint = fingerprint(text, start, end);
        let mut slot = self.first_slot(fingerprint, end - start);
        loop {
            let id = self.slots[slot];
            if id == 0 {
                let (start, len) = (start as u32, (end - start) as u32);
                self.words.push(Word {
                    fingerprint,
                    start,
                    len,
                });
                let id = self.words.len() as u32;
                self.slots[slot] = id;
                return id;
            }
            if self.is_word(id, text, fingerprint, &text[start..end]) {
                return id;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// The number that the word `other[start..end]` has in `text`, the text of all insertions; 0 if it has none.
    #[inline]
    #[must_use]
    pub fn find(&self, text: &[u8], other: &[u8], start: usize, end: usize) -> u32 {
        let fingerprint = fingerprint(other, start, end);
        let mut slot = self.first_slot(fingerprint, end - start);
        loop {
            let id = self.slots[slot];
            if id == 0 || self.is_word(id, text, fingerprint, &other[start..end]) {
                return id;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    #[inline]
    fn first_slot(&self, fingerprint: u64, len: usize) -> usize {
        (fold(fingerprint ^ len as u64) >> self.shift) as usize
    }

    #[inline]
    fn is_word(&self, id: u32, text: &[u8], fingerprint: u64, token: &[u8]) -> bool {
        let word = &self.words[id as usize - 1];
        let start = word.start as usize;
        word.fingerprint == fingerprint
            && word.len as usize == token.len()
            && (token.len() <= 8 || &text[start..start + token.len()] == token)
    }
}

/// Multiplies into 128 bits and folds the halves, which mixes all bits into all bits.
#[inline]
pub(crate) fn fold(value: u64) -> u64 {
    let product = u128::from(value ^ 0x2d35_8dcc_aa6c_78a5) * 0x9e37_79b9_7f4a_7c15;
    (product as u64) ^ ((product >> 64) as u64)
}

#[inline]
fn read_word(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

#[inline]
pub(crate) fn fingerprint(text: &[u8], start: usize, end: usize) -> u64 {
    let len = end - start;
    if len > 8 {
        let mut hash = len as u64;
        let mut at = start;
        while at + 8 < end {
            hash = fold(hash ^ read_word(&text[at..at + 8]));
            at += 8;
        }
        return fold(hash ^ read_word(&text[end - 8..end]));
    }
    let keep = u64::MAX >> (64 - 8 * len as u32);
    if let Some(bytes) = text.get(start..start + 8) {
        read_word(bytes) & keep
    } else if let Some(from) = text.len().checked_sub(8) {
        // The last eight bytes of the text hold the word; shift what precedes it out.
        read_word(&text[from..]) >> (8 * (start - from)) & keep
    } else {
        text[start..end]
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u64::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<u32> {
        let mut words = WordIds::default();
        let mut spans = Vec::new();
        crate::kernels::characters::python_whitespace::split(text.as_bytes(), |start, end| {
            spans.push((start, end));
        });
        words.reset(spans.len());
        spans
            .iter()
            .map(|&(start, end)| words.insert(text.as_bytes(), start, end))
            .collect()
    }

    #[test]
    fn equal_words_share_a_number_wherever_they_stand() {
        assert_eq!(
            ids("a b a extraordinarily b extraordinarily a"),
            [1, 2, 1, 3, 2, 3, 1]
        );
        assert_eq!(ids("ab a ab"), [1, 2, 1]);
        assert_eq!(ids("twelve-bytes twelve-bytez"), [1, 2]);
    }

    #[test]
    fn a_trailing_nul_is_part_of_the_word() {
        assert_eq!(ids("a a\0 a"), [1, 2, 1]);
    }

    #[test]
    fn every_length_at_every_distance_from_the_end_is_exact() {
        for len in 1..20 {
            for before in 0..10 {
                let word: String = ('a'..).take(len).collect();
                let other = format!("{}é", &word[1..]);
                let text = format!("{word} {}{other} {word}", "x ".repeat(before));
                let found = ids(&text);
                assert_eq!(found[0], found[found.len() - 1], "{text}");
                assert_ne!(found[0], found[found.len() - 2], "{text}");
            }
        }
    }

    #[test]
    fn finds_the_words_of_another_text() {
        let (text, other) = (b"one two".as_slice(), b"two three one".as_slice());
        let mut words = WordIds::default();
        words.reset(2);
        words.insert(text, 0, 3);
        words.insert(text, 4, 7);
        assert_eq!(
            [(0, 3), (4, 9), (10, 13)].map(|(start, end)| words.find(text, other, start, end)),
            [2, 0, 1]
        );
    }
}
