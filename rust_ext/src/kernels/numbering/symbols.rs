//! Two texts as sequences of small numbers, equal where their words or characters are equal.

use crate::kernels::characters::code_point::code_points;
use crate::kernels::characters::python_whitespace::{split, trim, whitespace_len};
use crate::kernels::numbering::word_ids::WordIds;

/// What a text is a sequence of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Code points.
    Characters,
    /// Code points of the text without whitespace at its ends, as jiwer's character error rate takes them.
    StrippedCharacters,
    /// Words as `str.split` gives them.
    Words,
    /// Words as jiwer's default transform gives them; see [`split_spaced`].
    SpacedWords,
}

impl Unit {
    /// The unit of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "characters" => Some(Self::Characters),
            "stripped_characters" => Some(Self::StrippedCharacters),
            "words" => Some(Self::Words),
            "spaced_words" => Some(Self::SpacedWords),
            _ => None,
        }
    }
}

/// Calls `emit(start, end)` for each word of `text` as jiwer's default transform cuts it.
///
/// Words end at a space and at two or more whitespace characters in a row; a single other one, such as a tab, is part
/// of its word unless it stands at an end of the text.
#[inline]
pub fn split_spaced(text: &[u8], mut emit: impl FnMut(usize, usize)) {
    let (mut start, mut at) = (0, 0);
    loop {
        at = next_unusual(text, at);
        if at == text.len() {
            break;
        }
        if text[at] == b' ' && matches!(text.get(at + 1), Some(b'!'..0x80)) {
            if start < at {
                emit(start, at);
            }
            at += 1;
            start = at;
            continue;
        }
        let first = whitespace_len(text, at);
        if first == 0 {
            at += 1;
            continue;
        }
        let mut end = at + first;
        while end < text.len() {
            let width = whitespace_len(text, end);
            if width == 0 {
                break;
            }
            end += width;
        }
        let inside = text[at] != b' ' && end == at + first && at > 0 && end < text.len();
        if !inside {
            if start < at {
                emit(start, at);
            }
            start = end;
        }
        at = end;
    }
    if start < at {
        emit(start, at);
    }
}

/// The first byte from `at` on that is below `!` or beyond ASCII, as all whitespace is; eight are looked at at a time.
#[inline]
fn next_unusual(text: &[u8], mut at: usize) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const FIRST_USUAL: u64 = 0x2121_2121_2121_2121;
    while let Some(bytes) = text[at..].first_chunk::<8>() {
        let word = u64::from_le_bytes(*bytes);
        // A borrow runs upwards only, so the lowest mark is right.
        let marks = (word.wrapping_sub(FIRST_USUAL) | word) & HIGH;
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = text[at..].iter();
    at + rest
        .take_while(|&&byte| (b'!'..0x80).contains(&byte))
        .count()
}

/// Code points below this are their own number plus 1.
const DIRECT: u32 = 256;

/// Numbers of the code points of one text; buffers are reused.
#[derive(Default)]
struct CharacterIds {
    /// Open addressing, `code point << 32 | number`; 0 marks a free slot.
    slots: Vec<u64>,
    shift: u32,
    next: u32,
}

impl CharacterIds {
    fn reset(&mut self, n_characters: usize) {
        let bits = (2 * n_characters)
            .next_power_of_two()
            .trailing_zeros()
            .max(4);
        self.slots.clear();
        self.slots.resize(1 << bits, 0);
        self.shift = u64::BITS - bits;
        self.next = DIRECT + 1;
    }

    /// The slot of a code point of at least `DIRECT`: its own, or the free one where it belongs.
    #[inline]
    fn slot(&self, code: u32) -> usize {
        let mut slot = (u64::from(code).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize;
        while self.slots[slot] != 0 && (self.slots[slot] >> 32) as u32 != code {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        slot
    }

    #[inline]
    fn insert(&mut self, code: u32) -> u32 {
        if code < DIRECT {
            return code + 1;
        }
        let slot = self.slot(code);
        if self.slots[slot] == 0 {
            self.slots[slot] = u64::from(code) << 32 | u64::from(self.next);
            self.next += 1;
        }
        self.slots[slot] as u32
    }

    #[inline]
    fn find(&self, code: u32) -> u32 {
        if code < DIRECT {
            return code + 1;
        }
        self.slots[self.slot(code)] as u32
    }
}

/// Two texts as numbers from 1; 0 stands, in the second only, for what the first does not have. Buffers are reused.
#[derive(Default)]
pub struct SymbolPair {
    /// The first text.
    pub first: Vec<u32>,
    /// The second text.
    pub second: Vec<u32>,
    /// All numbers are below this.
    pub bound: usize,
    words: WordIds,
    characters: CharacterIds,
    spans: Vec<(u32, u32)>,
}

impl SymbolPair {
    /// Reads two texts, each shorter than 4 GiB.
    pub fn read(&mut self, first: &[u8], second: &[u8], unit: Unit) {
        self.first.clear();
        self.second.clear();
        match unit {
            Unit::Characters => self.read_characters(first, second),
            Unit::StrippedCharacters => self.read_characters(trim(first), trim(second)),
            Unit::Words => self.read_words(first, second, |text, spans| {
                split(text, |start, end| spans.push((start as u32, end as u32)));
            }),
            Unit::SpacedWords => self.read_words(first, second, |text, spans| {
                split_spaced(text, |start, end| spans.push((start as u32, end as u32)));
            }),
        }
    }

    fn read_characters(&mut self, first: &[u8], second: &[u8]) {
        if first.is_ascii() && second.is_ascii() {
            self.first
                .extend(first.iter().map(|&byte| u32::from(byte) + 1));
            self.second
                .extend(second.iter().map(|&byte| u32::from(byte) + 1));
            self.bound = DIRECT as usize + 1;
            return;
        }
        let (ids, symbols) = (&mut self.characters, &mut self.first);
        ids.reset(first.len());
        code_points(first, |code| symbols.push(ids.insert(code)));
        let symbols = &mut self.second;
        code_points(second, |code| symbols.push(ids.find(code)));
        self.bound = ids.next as usize;
    }

    fn read_words(
        &mut self,
        first: &[u8],
        second: &[u8],
        cut: impl Fn(&[u8], &mut Vec<(u32, u32)>),
    ) {
        self.spans.clear();
        cut(first, &mut self.spans);
        self.words.reset(self.spans.len());
        for &(start, end) in &self.spans {
            let id = self.words.insert(first, start as usize, end as usize);
            self.first.push(id);
        }
        self.spans.clear();
        cut(second, &mut self.spans);
        for &(start, end) in &self.spans {
            let id = self.words.find(first, second, start as usize, end as usize);
            self.second.push(id);
        }
        self.bound = self.words.len() + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spaced(text: &str) -> Vec<&str> {
        let mut words = Vec::new();
        split_spaced(text.as_bytes(), |start, end| words.push(&text[start..end]));
        words
    }

    #[test]
    fn a_single_tab_is_part_of_a_word_and_two_are_not() {
        assert_eq!(spaced("a\tb c\t\td\u{3000}e"), ["a\tb", "c", "d\u{3000}e"]);
        assert_eq!(spaced("\ta \n b\n"), ["a", "b"]);
        assert_eq!(spaced("\t"), Vec::<&str>::new());
        assert_eq!(spaced(" \u{85}é\u{85}"), ["é"]);
    }

    #[test]
    fn equal_characters_share_a_number_and_others_are_zero() {
        let mut pair = SymbolPair::default();
        pair.read(
            "aé中b😀".as_bytes(),
            "中é字😀a".as_bytes(),
            Unit::Characters,
        );
        assert_eq!(pair.first[2], pair.second[0]);
        assert_eq!(pair.first[1], pair.second[1]);
        assert_eq!(pair.second[2], 0);
        assert_eq!(pair.first[4], pair.second[3]);
        assert_eq!(pair.first[0], pair.second[4]);
        assert!(
            pair.first
                .iter()
                .chain(&pair.second)
                .all(|&id| (id as usize) < pair.bound)
        );
    }

    #[test]
    fn lone_surrogates_are_one_character_each() {
        let mut pair = SymbolPair::default();
        pair.read(
            b"\xed\xa0\xbd\xed\xb8\x80",
            "😀".as_bytes(),
            Unit::Characters,
        );
        assert_eq!((pair.first.len(), pair.second.len()), (2, 1));
        assert_eq!(pair.second, [0]);
    }
}
