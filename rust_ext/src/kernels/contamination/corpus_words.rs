//! The words of corpora and what is looked for in them: `normalizer:lower-alnum`, version 1.
//!
//! Letters, numbers and marks in lower case; whitespace ends a word; all else is dropped as if it were not there. So a
//! word is "lowercase, whitespace delimited, with no punctuation" (Brown et al. 2020, appendix C), in any script; in
//! those written without spaces each letter is a word. Texts are UTF-8, in which lone surrogates may be encoded too.

use crate::kernels::contamination::character_classes::{Class, Classes};

/// Multiplies into 128 bits and folds the halves, which mixes all bits into all bits.
#[inline]
const fn fold(value: u64) -> u64 {
    let product = (value ^ 0x2d35_8dcc_aa6c_78a5) as u128 * 0x9e37_79b9_7f4a_7c15;
    (product as u64) ^ ((product >> 64) as u64)
}

/// Hashes words: their normalised bytes, eight at a time and the last ones padded with zeros, which no word holds.
#[derive(Clone, Copy, Debug)]
pub struct WordHasher {
    start: u64,
}

impl WordHasher {
    /// The hasher of a seed; the same on every platform.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            start: fold(fold(seed)),
        }
    }

    /// The hash of a word's normalised bytes.
    #[must_use]
    pub fn hash(self, word: &[u8]) -> u64 {
        let mut hash = self.start;
        let mut chunks = word.chunks_exact(8);
        for chunk in &mut chunks {
            hash = fold(hash ^ padded(chunk));
        }
        if !chunks.remainder().is_empty() {
            hash = fold(hash ^ padded(chunks.remainder()));
        }
        fold(hash)
    }
}

/// Calls `emit(hash, start, end)` for each word, `text[start..end]` before normalisation.
#[inline]
pub fn scan(
    text: &[u8],
    hasher: WordHasher,
    scratch: &mut Vec<u8>,
    mut emit: impl FnMut(u64, usize, usize),
) {
    let classes = Classes::get();
    let mut at = 0;
    while at < text.len() {
        match ASCII[usize::from(text[at])] {
            Ascii::Word => {}
            Ascii::Foreign => {
                at = scan_slowly(text, at, classes, scratch, |word, start, end| {
                    emit(hasher.hash(word), start, end);
                });
                continue;
            }
            Ascii::Space | Ascii::Dropped => {
                at += 1;
                continue;
            }
        }
        let start = at;
        let mut hash = hasher.start;
        loop {
            let chunk = load(text, at);
            let others = not_alphanumeric(chunk);
            // Lower case: bit 0x20, which digits have already.
            let lowered = chunk | 0x2020_2020_2020_2020;
            if others == 0 {
                hash = fold(hash ^ lowered);
                at += 8;
                continue;
            }
            let bits = others.trailing_zeros() & !7;
            if bits > 0 {
                hash = fold(hash ^ (lowered & ((1 << bits) - 1)));
                at += bits as usize / 8;
            }
            break;
        }
        let end = at;
        while at < text.len() && ASCII[usize::from(text[at])] == Ascii::Dropped {
            at += 1;
        }
        if at == text.len() || ASCII[usize::from(text[at])] == Ascii::Space {
            emit(fold(hash), start, end);
            at += 1;
        } else {
            at = scan_slowly(text, start, classes, scratch, |word, start, end| {
                emit(hasher.hash(word), start, end);
            });
        }
    }
}

/// Appends the words of `text` to `out`, single spaces between them.
pub fn normalize(text: &[u8], scratch: &mut Vec<u8>, out: &mut Vec<u8>) {
    let first = out.len();
    words(text, scratch, |word| {
        if out.len() > first {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    });
}

/// Calls `emit` with the normalised bytes of each word.
pub fn words(text: &[u8], scratch: &mut Vec<u8>, mut emit: impl FnMut(&[u8])) {
    let classes = Classes::get();
    let mut at = 0;
    while at < text.len() {
        at = scan_slowly(text, at, classes, scratch, |word, _, _| emit(word));
    }
}

/// Emits the words from `at` to the next whitespace; returns where to go on.
fn scan_slowly(
    text: &[u8],
    mut at: usize,
    classes: &Classes,
    word: &mut Vec<u8>,
    mut emit: impl FnMut(&[u8], usize, usize),
) -> usize {
    word.clear();
    let (mut start, mut end, mut alone) = (at, at, false);
    while at < text.len() {
        let (point, width) = decode(text, at);
        let (class, written) = classes.look_up(point);
        match class {
            Class::Dropped => {}
            Class::Space => {
                at += width;
                break;
            }
            Class::Word | Class::Mark | Class::Alone => {
                if class == Class::Alone || (alone && class == Class::Word) {
                    if !word.is_empty() {
                        emit(word, start, end);
                    }
                    word.clear();
                }
                if word.is_empty() {
                    start = at;
                    alone = class == Class::Alone;
                }
                push(word, written);
                end = at + width;
            }
        }
        at += width;
    }
    if !word.is_empty() {
        emit(word, start, end);
    }
    at
}

/// What the scanner does with a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ascii {
    Dropped,
    Space,
    Word,
    /// Part of a code point that is not ASCII.
    Foreign,
}

const ASCII: [Ascii; 256] = {
    let mut table = [Ascii::Dropped; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Ascii::Word,
            0x09..=0x0d | 0x1c..=0x20 => Ascii::Space,
            0x80.. => Ascii::Foreign,
            _ => Ascii::Dropped,
        };
        byte += 1;
    }
    table
};

/// The eight bytes at `at`, zeros behind the end.
#[inline]
fn load(text: &[u8], at: usize) -> u64 {
    match text.get(at..at + 8) {
        Some(bytes) => bytes.try_into().map_or(0, u64::from_le_bytes),
        None => padded(&text[at..]),
    }
}

/// Up to eight bytes as a number, zeros behind them.
#[inline]
fn padded(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The highest bit of each byte that is not an ASCII letter or digit.
#[inline]
const fn not_alphanumeric(chunk: u64) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    let low = chunk & !HIGH;
    let lowered = low | (0x20 * ONES);
    // Sums of numbers below 128 carry into the highest bit of their own byte only.
    let letter = (lowered + ONES * (0x80 - b'a' as u64)) & !(lowered + ONES * (0x7f - b'z' as u64));
    let digit = (low + ONES * (0x80 - b'0' as u64)) & !(low + ONES * (0x7f - b'9' as u64));
    (!(letter | digit) | chunk) & HIGH
}

/// The code point at `at` and its width, at least 1; bytes that are no UTF-8 give one that is dropped.
#[inline]
fn decode(text: &[u8], at: usize) -> (u32, usize) {
    const NOTHING: (u32, usize) = (0, 1);
    let low = |byte: u8| u32::from(byte & 0x3f);
    match text[at] {
        byte @ ..0x80 => (u32::from(byte), 1),
        byte @ 0xc2..=0xdf => match text.get(at + 1) {
            Some(&second) => (u32::from(byte & 0x1f) << 6 | low(second), 2),
            None => NOTHING,
        },
        byte @ 0xe0..=0xef => match text.get(at + 1..at + 3) {
            Some(&[second, third]) => (
                u32::from(byte & 0x0f) << 12 | low(second) << 6 | low(third),
                3,
            ),
            _ => NOTHING,
        },
        byte @ 0xf0..=0xf4 => match text.get(at + 1..at + 4) {
            Some(&[second, third, fourth]) => {
                let point = u32::from(byte & 0x07) << 18
                    | low(second) << 12
                    | low(third) << 6
                    | low(fourth);
                (point.min(0x10_ffff), 4)
            }
            _ => NOTHING,
        },
        _ => NOTHING,
    }
}

#[inline]
fn push(word: &mut Vec<u8>, point: u32) {
    if point < 0x80 {
        word.push(point as u8);
    } else {
        let mut buffer = [0; 4];
        let character = char::from_u32(point).unwrap_or('\0');
        word.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(text: &str) -> String {
        let mut out = Vec::new();
        normalize(text.as_bytes(), &mut Vec::new(), &mut out);
        String::from_utf8(out).unwrap()
    }

    fn scanned(text: &[u8]) -> Vec<(u64, usize, usize)> {
        let mut found = Vec::new();
        scan(
            text,
            WordHasher::new(7),
            &mut Vec::new(),
            |hash, start, end| {
                found.push((hash, start, end));
            },
        );
        found
    }

    #[test]
    fn words_are_lowercase_and_without_punctuation() {
        for (text, expected) in [
            ("It's well-known: 3.14, (yes)!", "its wellknown 314 yes"),
            ("  --  \n a\u{3000}b\x1cc ", "a b c"),
            ("ΟΔΟΣ Straße ÉTÉ", "οδοσ straße été"),
            ("中文, 字abcテ", "中 文 字 abc テ"),
            ("हिन्दी की", "हिन्दी की"),
            ("กำ ก\u{e49}า", "ก ำ ก\u{e49} า"),
            ("e\u{301}t\u{200b}e 😀", "e\u{301}te"),
            ("中\u{301}a", "中\u{301} a"),
            ("", ""),
        ] {
            assert_eq!(normalized(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_fast_path_hashes_what_the_slow_one_writes() {
        let hasher = WordHasher::new(7);
        for text in [
            "The QUICK brown-fox, jumps; over 12345678 123456789 extraordinarily internationalisation.",
            "don't x'y'z a.b.c \"quoted\" (paren) end",
            "exactly8 exactly16letters exactly8, naïve wordé é,a ,é",
            "a",
            "abcdefgh",
            "...abcdefghi...",
        ] {
            let normal = normalized(text);
            let expected: Vec<u64> = normal
                .split(' ')
                .map(|word| hasher.hash(word.as_bytes()))
                .collect();
            let found: Vec<u64> = scanned(text.as_bytes()).iter().map(|word| word.0).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_word_normalised_by_itself_is_the_same_word() {
        let text = "x Don't, 中文! (a中) ก\u{e49}า. e\u{301}é-";
        for (hash, start, end) in scanned(text.as_bytes()) {
            let again = scanned(&text.as_bytes()[start..end]);
            assert_eq!(again, [(hash, 0, end - start)]);
        }
    }

    #[test]
    fn alphanumeric_bytes_are_told_from_others() {
        for byte in 0..=255u8 {
            for place in 0..8 {
                let mut bytes = *b"aZ09mM5x";
                bytes[place] = byte;
                let found = not_alphanumeric(u64::from_le_bytes(bytes));
                let expected = u64::from(!byte.is_ascii_alphanumeric()) << (8 * place + 7);
                assert_eq!(found, expected, "{byte}");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_do_not_panic() {
        for text in [
            &b"\xff\xfe"[..],
            b"a\xed\xa0\x80b",
            b"\xf4\xbf\xbf\xbf",
            b"\xe4",
            b"\xf0\x9f",
            b"\xc3",
            b"\x80a",
        ] {
            scanned(text);
            normalize(text, &mut Vec::new(), &mut Vec::new());
        }
        assert_eq!(scanned(b"a\xed\xa0\x80b").len(), 1);
    }

    #[test]
    fn hashes_are_fixed() {
        // In files of indexes: a change here is a new version of their format.
        assert_eq!(
            WordHasher::new(0).hash(b"the"),
            WordHasher::new(0).hash(b"the")
        );
        assert_ne!(
            WordHasher::new(0).hash(b"the"),
            WordHasher::new(1).hash(b"the")
        );
    }
}
